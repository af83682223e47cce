//! From a position in a file to its line and its key.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::places::{Place, Places, join};

/// The line, from 1, of a position in bytes.
pub(crate) fn line_at(text: &str, position: usize) -> usize {
    1 + text
        .bytes()
        .take(position)
        .filter(|byte| *byte == b'\n')
        .count()
}

/// Every key of the file with its line. A file that is not TOML has none.
pub(crate) fn places(file: &Path, text: &str) -> Places {
    let mut places = Places::default();
    if let Ok(table) = DeTable::parse(text) {
        collect(file, text, "", table.get_ref(), &mut places);
    }
    places
}

fn collect(file: &Path, text: &str, path: &str, table: &DeTable<'_>, places: &mut Places) {
    for (key, value) in table {
        let path = join(path, key.get_ref());
        let place = Place {
            file: file.to_owned(),
            line: line_at(text, key.span().start),
        };
        places.0.insert(path.clone(), place);
        if let Some(inner) = value.get_ref().as_table() {
            collect(file, text, &path, inner, places);
        }
    }
}

/// The path of the innermost key whose name or value holds the position; empty when none does.
pub(crate) fn key_at(text: &str, position: usize) -> String {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut found = String::new();
    search("", table.get_ref(), position, &mut found);
    found
}

/// The span of `[a.b]` is its header alone, so each table is looked into, whatever its span says. True: the position is
/// in the key itself, so nothing inside says more.
fn search(path: &str, table: &DeTable<'_>, position: usize, found: &mut String) -> bool {
    table.iter().any(|(key, value)| {
        let path = join(path, key.get_ref());
        let named = key.span().contains(&position);
        if named || holds(value, position) {
            found.clone_from(&path);
        }
        let inner = value.get_ref().as_table();
        named || inner.is_some_and(|inner| search(&path, inner, position, found))
    })
}

fn holds(value: &Spanned<DeValue<'_>>, position: usize) -> bool {
    let span = value.span();
    span.contains(&position) || (span.is_empty() && span.start == position)
}
