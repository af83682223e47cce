use serde::Serialize;

/// A JavaScript library.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Library {
    /// The code.
    pub code: String,
    /// The version.
    pub version: String,
    /// The display name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The files that its descriptor names.
    pub sources: Vec<String>,
    /// The functions that its descriptor names, sorted.
    pub functions: Vec<String>,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
