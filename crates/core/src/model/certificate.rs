use serde::Serialize;

/// A certificate, or a store of some.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// The name: that of its file without the ending.
    pub name: String,
    /// `pem`, `der` or `keystore`.
    pub format: String,
    /// SHA-256 of its bytes, hex in lower case.
    pub sha256: String,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
