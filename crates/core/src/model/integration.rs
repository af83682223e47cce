use serde::Serialize;

/// An integration, as its properties say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Integration {
    /// The code.
    pub code: String,
    /// The version.
    pub version: String,
    /// The display name.
    pub name: String,
    /// The description; often empty.
    pub description: String,
    /// The persisted state: `ACTIVATED`, `CONFIGURED`, or what else it says.
    pub state: String,
    /// The pattern, as `mep_type` says it: `MEP00`, `MEP04`, `MEP07`, `MEP08`.
    pub pattern: String,
    /// The smart tags, sorted.
    pub tags: Vec<String>,
    /// The keywords.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// The release that saved it last.
    pub release: String,
    /// How complete the design is, in per cent, as `project.xml` says.
    pub complete: String,
    /// The name of its schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// The package that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
