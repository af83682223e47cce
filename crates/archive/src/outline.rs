//! What one artifact says, in words for people.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};

use serde::Serialize;

use crate::again::again;
use crate::error::Error;
use crate::meaning::{Memo, Node, Value, meaning};
use crate::survey::{Archive, Record};
use crate::tree::hidden;

/// One thing that an artifact says, and what belongs to it. Texts are as they are: unsafe to print.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Outline {
    /// What it is, and how it is called.
    pub what: String,
    /// What it says itself; never a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What belongs to it, in no order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Outline>,
    /// What it does, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Outline>,
}

/// Reads one artifact again and tells what it says: content, state, release, and what the rules do not know; without
/// those that say nothing.
///
/// # Errors
/// As [`Archive::survey`](crate::Archive::survey).
pub fn outline<F, R>(archive: &Archive<F>, record: &Record) -> Result<Vec<Outline>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let place = record.places.first().cloned().unwrap_or_default();
    let wanted = BTreeSet::from([(place, record.id.clone())]);
    let read = again(archive, &wanted, &|artifact| {
        let meaning = meaning(&artifact, &Memo::default());
        let sections = [
            ("content", &meaning.content),
            ("state", &meaning.state),
            ("release", &meaning.release),
            ("unknown", &meaning.unknown),
        ];
        let told = sections.map(|(name, node)| Outline {
            what: name.to_owned(),
            ..of(node)
        });
        let says = |it: &Outline| !it.parts.is_empty() || !it.steps.is_empty();
        Some(told.into_iter().filter(says).collect())
    })?;
    Ok(read.into_iter().next().unwrap_or_default())
}

fn of(node: &Node) -> Outline {
    Outline {
        what: node.called(),
        value: shown(&node.value),
        parts: node.parts.iter().map(of).collect(),
        steps: node.steps.iter().map(of).collect(),
    }
}

fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::None => return None,
        Value::Text { shown, .. } => hidden(shown.clone()),
        Value::Secret(_) => "(kept back)".to_owned(),
        Value::File { path, .. } => path.clone(),
        Value::Table(table) => {
            let (columns, rows) = (table.columns.join(", "), table.rows.len());
            format!("{rows} rows of {columns}")
        }
    })
}
