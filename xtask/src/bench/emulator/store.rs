//! The store's figures: how fast objects come and go, what that takes of memory, and how fast many are listed.

mod door;
mod large;
mod many;
mod peer;
mod room;
mod small;

use std::path::Path;

use anyhow::Result;

/// What is measured, in this order.
const FIGURES: &[fn(&Path) -> Result<()>] =
    &[small::measure, peer::measure, large::measure, many::measure];

/// Has the emulator speak as OpenStack Swift does.
const UPSTREAM: [&str; 2] = ["--switch", "store-dialect=upstream"];

const GIB: u64 = 1 << 30;

/// Measures all.
pub(in crate::bench) fn measure(ferry: &Path) -> Result<()> {
    FIGURES.iter().try_for_each(|figure| figure(ferry))
}
