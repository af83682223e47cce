//! The integration service and its identity domain, asked through the seam by a client that knows nothing but HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests"
)]

mod arrivals;
mod clone;
mod connections;
mod design;
mod house;
mod identity;
mod integrations;
mod lists;
mod refusals;
mod samples;
mod schedules;
mod state;
mod tables;
