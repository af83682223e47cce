use serde::Serialize;

/// A project.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Project {
    /// The code.
    pub code: String,
    /// The display name.
    pub name: String,
    /// The description.
    pub description: String,
    /// `ACTIVE`, `CONFIGURED`, or what else it says.
    pub status: String,
    /// The deployments that came with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployment>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}

/// A deployment of a project: a chosen set of its integrations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Deployment {
    /// The code.
    pub code: String,
    /// The display name.
    pub name: String,
    /// Its integrations, `CODE|VERSION`, sorted.
    pub integrations: Vec<String>,
}
