//! The server over real sockets, asked by clients that mean no good, and by clients of TLS.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod admin;
mod anything;
mod bodies;
mod heads;
mod house;
mod paths;
mod stop;
mod tls;
