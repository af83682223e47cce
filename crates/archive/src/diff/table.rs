//! Two tables: columns in order, rows in none.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::model::Change;

use super::Walk;
use crate::meaning::Table;

pub(super) fn compare(walk: &mut Walk, before: &Table, after: &Table) {
    let common = columns(walk, before, after);
    rows(walk, before, after, &common);
}

/// A column that both tables have: its name, and its place in each.
type Common<'t> = Vec<(&'t str, usize, usize)>;

fn columns<'t>(walk: &mut Walk, before: &'t Table, after: &'t Table) -> Common<'t> {
    let (old, new) = (&before.columns, &after.columns);
    let at_same_place = || {
        old.iter()
            .zip(new)
            .enumerate()
            .map(|(at, (_, name))| (name.as_str(), at, at))
            .collect()
    };
    let twice = |names: &[String]| names.iter().collect::<BTreeSet<_>>().len() < names.len();
    if twice(old) || twice(new) {
        if old != new {
            column(
                walk,
                "columns".to_owned(),
                Change::Changed,
                Some(old.join(", ")),
                Some(new.join(", ")),
            );
        }
        return at_same_place();
    }
    let place = |names: &[String], name: &String| names.iter().position(|known| known == name);
    let gone: Vec<&String> = old
        .iter()
        .filter(|name| place(new, name).is_none())
        .collect();
    let come: Vec<&String> = new
        .iter()
        .filter(|name| place(old, name).is_none())
        .collect();
    // One name for another in the same place is another name.
    if let ([from], [to]) = (gone.as_slice(), come.as_slice())
        && place(old, from) == place(new, to)
    {
        column(
            walk,
            format!("column {to}"),
            Change::Renamed,
            Some((*from).clone()),
            Some((*to).clone()),
        );
        return at_same_place();
    }
    for name in gone {
        column(walk, format!("column {name}"), Change::Removed, None, None);
    }
    for name in come {
        column(walk, format!("column {name}"), Change::Added, None, None);
    }
    let common: Common<'t> = old
        .iter()
        .enumerate()
        .filter_map(|(at, name)| Some((name.as_str(), at, place(new, name)?)))
        .collect();
    if !common.iter().map(|(_, _, to)| to).is_sorted() {
        column(
            walk,
            "columns".to_owned(),
            Change::Moved,
            Some(old.join(", ")),
            Some(new.join(", ")),
        );
    }
    common
}

fn column(
    walk: &mut Walk,
    name: String,
    change: Change,
    before: Option<String>,
    after: Option<String>,
) {
    walk.within(name, |walk| walk.push(change, before, after));
}

/// The rows that only one of the tables has; two of them that begin with the same cell are one row that was changed.
fn rows(walk: &mut Walk, before: &Table, after: &Table, common: &Common<'_>) {
    let mut counts: BTreeMap<Vec<&str>, i64> = BTreeMap::new();
    for row in &before.rows {
        *counts
            .entry(common.iter().map(|(_, at, _)| cell(row, *at)).collect())
            .or_default() -= 1;
    }
    for row in &after.rows {
        *counts
            .entry(common.iter().map(|(_, _, at)| cell(row, *at)).collect())
            .or_default() += 1;
    }
    let mut open: BTreeMap<&str, GoneAndCome<'_>> = BTreeMap::new();
    for (row, count) in &counts {
        let (gone, come) = open
            .entry(row.first().copied().unwrap_or_default())
            .or_default();
        let list = if *count < 0 { gone } else { come };
        for _ in 0..count.unsigned_abs() {
            list.push(row);
        }
    }
    for (first, (gone, come)) in open {
        let both = gone.len().min(come.len());
        for (old, new) in gone.iter().zip(&come) {
            walk.within(format!("row '{first}'"), |walk| {
                for ((name, _, _), (old, new)) in common.iter().zip(old.iter().zip(*new)) {
                    if old != new {
                        let (old, new) = (Some((*old).to_owned()), Some((*new).to_owned()));
                        walk.within(format!("column {name}"), |walk| {
                            walk.push(Change::Changed, old, new);
                        });
                    }
                }
            });
        }
        for row in gone.iter().skip(both) {
            walk.within(format!("row '{first}'"), |walk| {
                walk.push(Change::Removed, Some(row.join(" | ")), None);
            });
        }
        for row in come.iter().skip(both) {
            walk.within(format!("row '{first}'"), |walk| {
                walk.push(Change::Added, None, Some(row.join(" | ")));
            });
        }
    }
}

/// Rows with one first cell that are in the one table only, and in the other.
type GoneAndCome<'t> = (Vec<&'t [&'t str]>, Vec<&'t [&'t str]>);

fn cell(row: &[String], at: usize) -> &str {
    row.get(at).map_or("", String::as_str)
}
