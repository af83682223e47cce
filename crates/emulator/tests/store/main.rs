//! Object Storage over real sockets, asked by a client that knows nothing but HTTP/1.1.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

mod auth;
mod barriers;
mod bulk;
mod controls;
mod copies;
mod dialect;
mod faults;
mod hostile;
mod house;
mod kept;
mod listings;
mod model;
mod objects;
mod wire;
