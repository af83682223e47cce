//! The structure of a zip, read by a small parser of our own.
//!
//! Zip readers differ in which of two contradicting headers they believe. This one reads them all and
//! compares them, so that an archive means the same to every reader, or is reported.

pub(crate) mod directory;
pub(crate) mod end;
pub(crate) mod fields;
pub(crate) mod local;
pub(crate) mod spans;

/// Sizes and counts at their largest mean "see the zip64 field".
pub(crate) const FULL_16: u16 = u16::MAX;
/// The same for 32 bits.
pub(crate) const FULL_32: u32 = u32::MAX;
