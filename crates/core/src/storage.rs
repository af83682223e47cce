//! Where archives are kept: the bucket's Swift URL and the user that opens it.

mod mistake;
mod url;
mod user;

pub use mistake::{Mistake, StorageUrlError};
pub use url::{StorageUrl, is_loopback};
pub use user::{SwiftUser, UserForm};
