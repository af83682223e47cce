//! Lookups: tables by name.

/// A lookup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// Its name, which is what it is read by.
    pub name: String,
    /// The id of the project it lives in (Gen3).
    pub project: Option<String>,
    /// Free text.
    pub description: String,
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows; `None` where the answer has none, as in a listing.
    pub rows: Option<Vec<Vec<String>>>,
    /// How many rows it has, where that is known.
    pub count: Option<u64>,
}

/// Which lookup is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LookupRef {
    /// Its name.
    pub name: String,
    /// The id of its project, for one that lives in a project.
    pub project: Option<String>,
}
