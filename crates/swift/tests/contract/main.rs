//! What the bucket's client promises, kept against every server that it may meet.
//!
//! The checks are the same everywhere; a [`stand::Stand`] is a bucket and what may be assumed of its server. The
//! emulator stands in memory and behind TCP, in both dialects, and as a service of which nothing more is known than is
//! documented for OCI. A genuine OpenStack Swift is met where the environment names one: `FERRY_SWIFT_URL` (an account),
//! `FERRY_SWIFT_USER`, `FERRY_SWIFT_KEY`, and `FERRY_SWIFT_AUTH` where tokens are given out; `cargo xtask interop swift`
//! starts one.

#[cfg(test)]
mod checks;
#[cfg(test)]
mod stand;
#[cfg(test)]
mod stands;
