//! What several commands show alike.

use std::fmt::Display;

use ferry_core::job::Component;
use ferry_flows::{ArchiveReport, TargetReport};

use crate::output::Table;

/// A job and its components.
pub(crate) fn job(
    kind: &str,
    id: Option<&str>,
    state: Option<&str>,
    parts: &[Component],
) -> String {
    let head = match (id, state) {
        (Some(id), Some(state)) => format!("job:{kind}:{id}: {state}\n"),
        (Some(id), None) => format!("job:{kind}:{id} goes on\n"),
        (None, Some(state)) => format!("{kind}: {state}\n"),
        (None, None) => String::new(),
    };
    head + &components(parts)
}

/// One line a component.
pub(crate) fn components(parts: &[Component]) -> String {
    parts
        .iter()
        .map(|part| {
            let percent = part
                .percentage
                .map(|percent| format!(" {percent} %"))
                .unwrap_or_default();
            format!("  {}: {}{percent}\n", part.name, part.state)
        })
        .collect()
}

/// A verified archive.
pub(crate) fn archive(archive: &ArchiveReport) -> String {
    let entries = archive
        .entries
        .map(|entries| format!(", {entries} entries"))
        .unwrap_or_default();
    format!(
        "archive {}: {} bytes{entries}, verified\n  sha256 {}\n  bucket {}\n",
        archive.name, archive.bytes, archive.sha256, archive.bucket
    )
}

/// What an instance holds.
pub(crate) fn target(name: &str, target: &TargetReport) -> String {
    let mut table = Table::new(["HOLDS", "PROJECT", "STATUS"]);
    for one in &target.integrations {
        table.row([&one.id, one.project.as_deref().unwrap_or("-"), &one.status]);
    }
    for one in &target.connections {
        table.row([
            &format!("connection {}", one.id),
            one.project.as_deref().unwrap_or("-"),
            &one.status,
        ]);
    }
    if table.is_empty() {
        format!("{name} holds no integrations and no connections\n")
    } else {
        table.text()
    }
}

/// Lines with a word in front.
pub(crate) fn listed(word: &str, lines: &[impl Display]) -> String {
    lines
        .iter()
        .map(|line| format!("{word}: {line}\n"))
        .collect()
}
