use serde::Serialize;

/// A lookup; never its cells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
