use serde::Serialize;

/// A schedule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// The name.
    pub name: String,
    /// Code and version of its integration, where its name or its place tells them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration: Option<(String, String)>,
    /// The time zone, where it names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// When it runs, in the words of the file: a calendar expression, a frequency and an interval, or a date.
    pub rule: String,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}
