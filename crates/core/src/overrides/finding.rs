//! What is wrong with a file of overrides, or missing in it.

use std::fmt;

use serde::Serialize;

use super::pattern::Pattern;

/// Something to correct. A name of an entry is that of its table: `connections."ORDERS"`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Finding {
    /// The entry means nothing that is there.
    MatchesNothing {
        /// `connections`, `lookups` or `schedules`.
        table: &'static str,
        /// Its name.
        entry: Pattern,
        /// What is there and called almost the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        near: Option<String>,
    },
    /// The entry states a property that the connection does not have; a pattern, one that none of its connections has.
    NoSuchProperty {
        /// The entry.
        entry: Pattern,
        /// The property.
        property: String,
        /// A property that is called almost the same.
        #[serde(skip_serializing_if = "Option::is_none")]
        near: Option<String>,
    },
    /// The entry states a column that the lookup does not have.
    NoSuchColumn {
        /// The entry.
        entry: Pattern,
        /// The lookup.
        lookup: String,
        /// The column.
        column: String,
    },
    /// A row does not say which one it is.
    NoKey {
        /// The entry.
        entry: Pattern,
        /// The lookup.
        lookup: String,
        /// Which row, from 1.
        row: usize,
        /// The first column.
        column: String,
    },
    /// Two entries that are equally strong state different values.
    Contradiction {
        /// The connection.
        connection: String,
        /// The property, or `policy`, or `agent-group`.
        property: String,
        /// The entry that counts.
        entry: Pattern,
        /// The other.
        other: Pattern,
    },
    /// A value is needed and nobody gives it.
    NoValue {
        /// Why there is none.
        why: Missing,
        /// The connection.
        connection: String,
        /// The property or the credential.
        property: String,
    },
    /// A value names a host that connections of the source name.
    AtSource {
        /// The connection.
        connection: String,
        /// The property.
        property: String,
        /// The host, or the service of a database that is reached through a wallet.
        place: String,
        /// The entry that gives it; `None`: it is the source's own value.
        #[serde(skip_serializing_if = "Option::is_none")]
        entry: Option<Pattern>,
    },
    /// A file to upload cannot be read.
    NoFile {
        /// The entry.
        entry: Pattern,
        /// The property.
        property: String,
        /// The path.
        path: String,
    },
}

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// The source has none either.
    Empty,
    /// It was taken out when the archive was made.
    Placeholder,
    /// Credentials do not travel.
    Credential,
}

impl Finding {
    /// The table and the entry to look at, where it is one.
    pub fn entry(&self) -> Option<(&'static str, &Pattern)> {
        match self {
            Self::MatchesNothing { table, entry, .. } => Some((table, entry)),
            Self::NoSuchProperty { entry, .. }
            | Self::Contradiction { entry, .. }
            | Self::NoFile { entry, .. } => Some(("connections", entry)),
            Self::NoSuchColumn { entry, .. } | Self::NoKey { entry, .. } => {
                Some(("lookups", entry))
            }
            Self::AtSource { entry, .. } => Some(("connections", entry.as_ref()?)),
            Self::NoValue { .. } => None,
        }
    }

    /// What to do about it.
    pub fn next(&self) -> String {
        let next = match self {
            Self::MatchesNothing {
                near: Some(near), ..
            }
            | Self::NoSuchProperty {
                near: Some(near), ..
            } => return format!("is {near} meant?"),
            Self::NoKey { column, .. } => return format!("add {column} to the row"),
            Self::MatchesNothing { .. } => "correct its name, or remove it",
            Self::NoSuchProperty { .. } => {
                "write the name as the connection has it; credentials go into `credentials`"
            }
            Self::NoSuchColumn { .. } => "write the name as the lookup has it",
            Self::Contradiction { .. } => "state it in an entry that names the connection",
            Self::NoValue {
                why: Missing::Credential,
                ..
            } => "give it in `credentials`, or name it in `keep` where the target has it",
            Self::NoValue { .. } => {
                "give it in `properties`, or name it in `keep` where the target has it"
            }
            Self::AtSource { .. } => {
                "give it a place of the target; where this one is meant, name the property in `keep`, or the host in `shared-hosts`"
            }
            Self::NoFile { .. } => {
                "put the file there; relative paths begin where the overrides lie"
            }
        };
        next.to_owned()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MatchesNothing { .. } => f.write_str("it matches nothing"),
            Self::NoSuchProperty {
                entry, property, ..
            } if entry.is_exact() => {
                write!(f, "the connection has no property {property}")
            }
            Self::NoSuchProperty { property, .. } => {
                write!(f, "none of its connections has a property {property}")
            }
            Self::NoSuchColumn { lookup, column, .. } => {
                write!(f, "the lookup {lookup} has no column {column}")
            }
            Self::NoKey {
                lookup,
                row,
                column,
                ..
            } => write!(
                f,
                "row {row} does not say which row of {lookup} it is: it has no {column}"
            ),
            Self::Contradiction {
                connection,
                property,
                other,
                ..
            } => write!(
                f,
                "{property} of {connection} is stated differently by {other}, which is equally strong"
            ),
            Self::NoValue {
                connection,
                property,
                why,
            } => {
                let why = match why {
                    Missing::Empty => "is required and has no value in the source either",
                    Missing::Placeholder => "has no value: it was taken out of the archive",
                    Missing::Credential => "is needed, and credentials do not travel",
                };
                write!(f, "{property} of {connection} {why}")
            }
            Self::AtSource {
                connection,
                property,
                place,
                entry: None,
            } => write!(
                f,
                "{property} of {connection} keeps the source's value, which points at {place}"
            ),
            Self::AtSource {
                connection,
                property,
                place,
                entry: Some(_),
            } => {
                write!(
                    f,
                    "{property} of {connection} points at {place}, a place of the source"
                )
            }
            Self::NoFile { property, path, .. } => {
                write!(f, "the file for {property} cannot be read: {path}")
            }
        }
    }
}
