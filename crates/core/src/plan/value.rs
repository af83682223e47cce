//! The plan itself. Names in its JSON are kebab-case and never change their meaning within one schema.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::IntegrationId;
use crate::model::Origin;
use crate::overrides::{NotCheckable, NotChecked, Pattern, Unsure};

/// What would happen. Every list is in order, so that equal plans are equal byte by byte.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Plan {
    /// What is to come.
    pub source: Side,
    /// The environment that it is to come to.
    pub target: String,
    /// Every integration of the source.
    pub integrations: Vec<PlannedIntegration>,
    /// What an activation would turn off: an older version of the same major version.
    pub turned_off: Vec<TurnedOff>,
    /// Every connection of the source.
    pub connections: Vec<PlannedConnection>,
    /// What the target lacks.
    pub lacking: Vec<Lacking>,
    /// Schedules that would start, or of which nobody can tell.
    pub schedules: Vec<PlannedSchedule>,
    /// **Live today**: active integrations of the target that would be touched.
    pub live: Vec<LiveToday>,
    /// What comes with the source and cannot be read: wallets and other files, places inside lookups.
    pub not_checkable: Vec<NotCheckable>,
    /// What nobody can know.
    pub unknown: Vec<Unknown>,
}

/// What is to come, and where its facts are known from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// The environment that it comes from, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where its facts are known from; those of the target are always live.
    pub origin: Origin,
    /// SHA-256 of the archive's bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// What would become of one integration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlannedIntegration {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// What would become of it.
    pub fate: Fate,
    /// Whether it would be activated.
    pub activate: bool,
    /// As the target has it; `None`: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<Standing>,
    /// The fingerprint of its meaning in the source, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// How an integration stands in the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Standing {
    /// The status as it came.
    pub status: String,
    /// Whether somebody has it open.
    pub locked: bool,
    /// The fingerprint of its meaning, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// What would become of an integration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The target does not have it.
    New,
    /// The target has another one of this version.
    Replaced,
    /// The target has the same: it means the same, whatever its bytes.
    Unchanged,
    /// It stays as it is in the target, or comes and is not activated.
    Skipped(Skip),
    /// The target has one of this version, and nobody can tell whether it means the same.
    Unknown,
}

/// Why an integration is left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Skip {
    /// Somebody has it open in the target.
    Locked,
    /// It is active in the target, and an active one is not replaced.
    Active,
    /// A newer version of its major version is active in the target: activating this one would turn it off.
    Older {
        /// That version.
        than: IntegrationId,
    },
}

/// An integration of the target that would be turned off.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TurnedOff {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// The newer version, whose activation does it.
    pub by: IntegrationId,
}

/// What would become of one connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlannedConnection {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The code.
    pub code: String,
    /// A fingerprint of it as the target shows it; `None`: it is new there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<String>,
    /// What the overrides give it or keep, and every other place.
    pub values: Vec<PlannedValue>,
}

/// A value today, as it comes, and after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlannedValue {
    /// The property, the credential, `policy` or `agent-group`.
    pub name: String,
    /// In the target today, where that is known and may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub today: Option<String>,
    /// As the source brings it, where that is known and may be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// After: the value, of a credential or a file the reference; `None`: the entry keeps it, or nobody states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The entry of the overrides that states it; `None`: they say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Pattern>,
}

/// What the target lacks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(
    tag = "what",
    deny_unknown_fields,
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub enum Lacking {
    /// A group of connectivity agents; they do not travel.
    AgentGroup {
        /// Its id.
        name: String,
        /// The connections that go through it.
        needed_by: Vec<String>,
    },
    /// A certificate.
    Certificate {
        /// Its alias.
        name: String,
        /// The connections that name it.
        needed_by: Vec<String>,
    },
    /// A credential that nobody gives.
    Credential {
        /// Its name.
        name: String,
        /// The connection.
        needed_by: String,
    },
    /// A property that nobody gives.
    Value {
        /// Its name.
        name: String,
        /// The connection.
        needed_by: String,
    },
}

/// A schedule that would start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlannedSchedule {
    /// The project its integration lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The integration.
    pub id: IntegrationId,
    /// Whether it runs in the source: only what runs there would start; `None` where nobody tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<bool>,
}

/// An active integration of the target that would be touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LiveToday {
    /// The project it lives in, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// `CODE|VERSION`.
    pub id: IntegrationId,
    /// In what ways.
    pub touched: Vec<Touch>,
    /// The connections that it uses, `[PROJECT/]CODE`.
    pub connections: Vec<String>,
    /// The status of its schedule as it came; `None` where it has none, or none that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
}

/// In what way an active integration would be touched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Touch {
    /// The source brings another one of its version.
    Itself,
    /// A newer version would take its place.
    TurnedOff,
    /// The source brings a connection that it uses.
    Connection(String),
}

/// What nobody can know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unknown {
    /// Which agent groups the target has.
    AgentGroups,
    /// Which certificates the target has.
    Certificates,
    /// What the service does with what is there already: nothing documents it.
    Existing,
    /// Which credentials a connection must have that nobody gives.
    Credentials(Unsure),
    /// Something of the overrides, in words.
    Overrides(String),
}

impl From<NotChecked> for Unknown {
    fn from(what: NotChecked) -> Self {
        match what {
            NotChecked::Credentials(unsure) => Self::Credentials(unsure),
            NotChecked::Lookups => Self::Overrides(what.to_string()),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AgentGroups => f.write_str("which agent groups the target has"),
            Self::Certificates => f.write_str("which certificates the target has"),
            Self::Existing => f.write_str(
                "what the service does with what is there already: nothing documents it",
            ),
            Self::Credentials(unsure) => unsure.fmt(f),
            Self::Overrides(what) => f.write_str(what),
        }
    }
}
