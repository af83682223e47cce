//! What a page shows of names, by looking at each of them.

use super::steps::Page;

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Row {
    Name(String),
    /// The names that share a start up to a slash.
    Group(String),
}

pub(super) fn rows<'a>(names: impl Iterator<Item = &'a String>, page: &Page) -> Vec<Row> {
    let mut names: Vec<&String> = names.collect();
    names.sort_by(|a, b| a.as_bytes().cmp(b.as_bytes()));
    if page.reverse {
        names.reverse();
    }
    // Whether one name comes before another on this page.
    let before = |a: &str, b: &str| if page.reverse { a > b } else { a < b };
    let mut rows = Vec::new();
    for name in names {
        let behind = page.marker.is_empty() || before(&page.marker, name);
        let ahead = page.end_marker.is_empty() || before(name, &page.end_marker);
        let Some(rest) = name.strip_prefix(&page.prefix) else {
            continue;
        };
        if !behind || !ahead {
            continue;
        }
        let row = match rest.split_once('/') {
            Some((start, _)) if page.delimiter => Row::Group(format!("{}{start}/", page.prefix)),
            _ => Row::Name(name.clone()),
        };
        // The group that a page lies behind is none of its rows; backwards that is its end.
        let bound = if page.reverse {
            &page.end_marker
        } else {
            &page.marker
        };
        let known = rows.last() == Some(&row) || row == Row::Group(bound.clone());
        if !known {
            rows.push(row);
        }
    }
    rows.truncate(page.limit.unwrap_or(usize::MAX));
    rows
}
