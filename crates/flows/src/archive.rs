//! Archives as things to look into: files, extracted trees, and objects of a bucket of which little is read.

mod extract;
mod folder;
mod input;
mod remote;

pub use extract::{Extracted, extract};
pub use input::{Input, Reader};
pub use remote::Remote;
