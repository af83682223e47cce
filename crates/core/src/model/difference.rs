//! A difference between two artifacts, in words that a reviewer understands.

use serde::Serialize;

use super::identity::Identity;

/// What became of one artifact between two archives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ArtifactDifference {
    /// Which one; as it is called in the newer archive, where it is there.
    pub artifact: Identity,
    /// How it was called in the older archive, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub was: Option<Identity>,
    /// The codes of the projects whose own it is; `None` for one that belongs to no project.
    pub projects: Vec<Option<String>>,
    /// Whether the whole of it came, went, or was changed.
    pub change: Change,
    /// What is different inside; empty where the whole artifact came or went.
    pub differences: Vec<Difference>,
}

/// One difference inside an artifact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// In what part of the artifact's meaning.
    pub section: Section,
    /// Where, from the outside in: `action 'Map to ERP'`, `map`.
    pub path: Vec<String>,
    /// What happened.
    pub change: Change,
    /// The value before, where there is one that can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The value after, where there is one that can be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The files in which the two texts stand, for whoever wants to compare them line by line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Files>,
}

/// Where the text before and the text after stand inside their artifacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Files {
    /// The path inside the older artifact.
    pub before: String,
    /// The path inside the newer artifact.
    pub after: String,
    /// What is different line by line, where that was asked for and both are texts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<String>,
}

/// In what part of an artifact's meaning a difference lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What it does.
    Content,
    /// Whether it runs, and in which package.
    State,
    /// What the rules do not know.
    Unknown,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is there now.
    Added,
    /// It is there no longer.
    Removed,
    /// It says something else.
    Changed,
    /// It stands elsewhere.
    Moved,
    /// It has another name.
    Renamed,
}
