use serde::Serialize;

/// A package of integrations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Package {
    /// The name.
    pub name: String,
    /// Its integrations, `CODE|VERSION`, sorted.
    pub integrations: Vec<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
