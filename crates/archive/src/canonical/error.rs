//! Why a document is not read.

use thiserror::Error;

/// Why an XML document is not read.
#[derive(Debug, Error)]
pub(crate) enum XmlError {
    /// It is no UTF-8, or holds control characters.
    #[error("not a text in UTF-8 that XML may hold")]
    Encoding,
    /// It is not well-formed.
    #[error("not well-formed: {0}")]
    Malformed(&'static str),
    /// It declares or uses entities of its own.
    #[error(
        "a document type with an internal subset, or an entity that XML does not define, is not read"
    )]
    Entities,
    /// It is deeper, or has more names in scope, than any real one.
    #[error("more than the limit of {limit} {what}")]
    Limit {
        /// Of what there is too much.
        what: &'static str,
        /// How much is read.
        limit: usize,
    },
}
