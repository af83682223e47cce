//! What a lookup means, as `.dvm` and as `.csv`.

use super::node::{Node, Table, Value};
use super::{Meaning, xml};
use crate::artifact::Artifact;
use crate::formats::csv;

pub(super) fn read(artifact: &Artifact) -> Option<Meaning> {
    let file = artifact.only()?;
    let bytes = file.bytes()?;
    if csv::is(bytes) {
        return from_csv(bytes);
    }
    let tree = file.tree().ok()?;
    let mut meaning = Meaning::default();
    let mut table = Table::default();
    for child in tree.root().children() {
        match child.name() {
            "description" => meaning.content.say("description", child.text()),
            "columns" => {
                let names = child
                    .all("column")
                    .map(|it| it.attribute("name").unwrap_or_default());
                table.columns = names.map(str::to_owned).collect();
            }
            "rows" => {
                let cells = |row: crate::canonical::Element<'_>| {
                    row.all("cell")
                        .map(|cell| cell.whole_text().to_owned())
                        .collect()
                };
                table.rows = child.all("row").map(cells).collect();
            }
            _ => xml::unknown(&mut meaning.unknown, "", child),
        }
    }
    Some(with(meaning, table))
}

fn from_csv(bytes: &[u8]) -> Option<Meaning> {
    let lines = csv::lines(bytes).ok()?;
    let mut lines = lines.into_iter();
    let mut meaning = Meaning::default();
    meaning.content.say(
        "description",
        lines.next()?.get(2).map_or("", String::as_str),
    );
    let columns = lines.next().unwrap_or_default();
    Some(with(
        meaning,
        Table {
            columns,
            rows: lines.collect(),
        },
    ))
}

fn with(mut meaning: Meaning, table: Table) -> Meaning {
    meaning
        .content
        .parts
        .push(Node::with("table", Value::Table(table)));
    meaning
}
