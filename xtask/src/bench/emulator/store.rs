//! The store's figures: how fast objects come and go, what that takes of memory, and how fast many are listed.

mod large;
mod many;
mod peer;
mod small;

use std::path::Path;

use anyhow::Result;

/// What is measured, in this order.
const FIGURES: &[fn(&Path) -> Result<()>] =
    &[small::measure, peer::measure, large::measure, many::measure];

/// The container that is measured in a Swift of OpenStack's dialect.
const CONTAINER: &str = "bench";

/// Measures all.
pub(in crate::bench) fn measure(ferry: &Path) -> Result<()> {
    FIGURES.iter().try_for_each(|figure| figure(ferry))
}
