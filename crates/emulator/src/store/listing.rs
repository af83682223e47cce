//! Listings: pages of names, in the order of their bytes.

use std::collections::BTreeMap;
use std::ops::Bound;

use http::{StatusCode, header};

use super::accept;
use super::dialect::Dialect;
use super::problem::{Problem, bad};
use super::reply::truth;
use crate::fault::Past;
use crate::world::Call;

mod form;

pub(super) use form::{Fields, Form, Shown, answer, escaped, typed};

/// What may be asked of a listing.
const PARAMETERS: [&str; 8] = [
    "prefix",
    "delimiter",
    "marker",
    "end_marker",
    "reverse",
    "path",
    "limit",
    "format",
];

/// What a listing makes of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct View {
    /// Which state of it.
    pub(super) past: Past,
    /// The seed of an order of chance, where the rows of a page come in one.
    pub(super) order: Option<u64>,
}

/// Which page is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    prefix: String,
    delimiter: Option<String>,
    marker: String,
    end_marker: String,
    reverse: bool,
    /// Only what lies right under this pseudo-folder.
    path: Option<String>,
    limit: usize,
}

impl Page {
    /// Reads the query. A limit that is no number is ignored.
    pub(super) fn of(call: &Call, dialect: Dialect) -> Result<Self, Problem> {
        // Of two of one name the last counts.
        let last = |wanted: &str| {
            let mut pairs = call.query.iter().rev();
            let found = pairs.find(|(name, _)| name == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let garbled = |name: &&str| call.garbled.iter().any(|it| it == name);
        if let Some(name) = PARAMETERS.iter().find(|name| garbled(name)) {
            return Err(bad(format!("\"{name}\" parameter not valid UTF-8")));
        }
        let given = |name| last(name).unwrap_or_default().to_owned();
        let limit = last("limit")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(dialect.page);
        if limit > dialect.page {
            let text = format!("Maximum limit is {}", dialect.page);
            return Err(Problem::says(StatusCode::PRECONDITION_FAILED, text));
        }
        let mut page = Self {
            prefix: given("prefix"),
            delimiter: Some(given("delimiter")).filter(|it| !it.is_empty()),
            marker: given("marker"),
            end_marker: given("end_marker"),
            reverse: last("reverse").is_some_and(truth),
            path: last("path").map(str::to_owned),
            limit,
        };
        if let Some(path) = &page.path {
            page.prefix = if path.is_empty() {
                String::new()
            } else {
                format!("{}/", path.trim_end_matches('/'))
            };
            page.path = Some(page.prefix.clone());
            page.delimiter = Some("/".to_owned());
        }
        Ok(page)
    }

    /// The names between which the page lies.
    fn bounds(&self) -> (Bound<String>, Bound<String>) {
        let (above, below) = if self.reverse {
            (&self.end_marker, &self.marker)
        } else {
            (&self.marker, &self.end_marker)
        };
        let start = if !above.is_empty() && *above >= self.prefix {
            Bound::Excluded(above.clone())
        } else {
            Bound::Included(self.prefix.clone())
        };
        let behind = after(&self.prefix);
        let end = match (below.is_empty(), behind) {
            (true, None) => Bound::Unbounded,
            (true, Some(behind)) => Bound::Excluded(behind),
            (false, Some(behind)) if behind < *below => Bound::Excluded(behind),
            (false, _) => Bound::Excluded(below.clone()),
        };
        (start, end)
    }
}

/// The first name behind all that begin so; none where there is none.
fn after(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        // The next letter, over the gap of the surrogates.
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

/// A row of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row<'a, T> {
    Item(&'a str, &'a T),
    /// The names that share a start up to the delimiter.
    Subdir(String),
}

/// What a page makes of a name.
enum Fate {
    /// It is a row.
    Shown,
    /// It stands for all names that begin so, which are a row.
    Grouped(String),
    /// It and all names that begin so are none.
    Hidden(String),
    /// It is none.
    Passed,
}

impl Page {
    fn fate(&self, name: &str) -> Fate {
        let Some(delimiter) = &self.delimiter else {
            return Fate::Shown;
        };
        let rest = name.get(self.prefix.len()..).unwrap_or_default();
        let group = rest.find(delimiter.as_str()).map(|at| {
            let end = self.prefix.len() + at + delimiter.len();
            name.get(..end).unwrap_or_default().to_owned()
        });
        match (group, &self.path) {
            (_, Some(path)) if name == path => Fate::Passed,
            (Some(group), Some(_)) if group.len() < name.len() => Fate::Hidden(group),
            (Some(group), None) => Fate::Grouped(group),
            _ => Fate::Shown,
        }
    }
}

/// The rows of a page. Names that are grouped are passed over at once.
pub(super) fn rows<'a, T>(named: &'a BTreeMap<String, T>, page: &Page) -> Vec<Row<'a, T>> {
    let mut rows = Vec::new();
    let (mut start, mut end) = page.bounds();
    while rows.len() < page.limit && is_range(&start, &end) {
        let range = named.range::<String, _>((start.as_ref(), end.as_ref()));
        let mut leap = None;
        let mut next = |name: &'a String, item: &'a T| {
            let group = match page.fate(name) {
                Fate::Shown => {
                    rows.push(Row::Item(name, item));
                    return rows.len() == page.limit;
                }
                Fate::Passed => return false,
                Fate::Grouped(group) => {
                    // The group that the page lies behind is not shown; backwards, that is its end.
                    let behind = if page.reverse {
                        &page.end_marker
                    } else {
                        &page.marker
                    };
                    if group != *behind {
                        rows.push(Row::Subdir(group.clone()));
                    }
                    group
                }
                Fate::Hidden(group) => group,
            };
            leap = Some(group);
            true
        };
        if page.reverse {
            for (name, item) in range.rev() {
                if next(name, item) {
                    break;
                }
            }
        } else {
            for (name, item) in range {
                if next(name, item) {
                    break;
                }
            }
        }
        match (leap, page.reverse) {
            (None, _) => break,
            (Some(group), true) => end = Bound::Excluded(group),
            (Some(group), false) => match after(&group) {
                Some(behind) => start = Bound::Included(behind),
                None => break,
            },
        }
    }
    rows
}

impl View {
    /// The rows of a page, in the order in which they are shown.
    pub(super) fn rows<'a, T>(
        self,
        named: &'a BTreeMap<String, T>,
        page: &Page,
    ) -> Vec<Row<'a, T>> {
        let mut rows = rows(named, page);
        if let Some(seed) = self.order {
            fastrand::Rng::with_seed(seed).shuffle(&mut rows);
        }
        rows
    }
}

/// Whether a range may be asked for: a start behind its end is none.
fn is_range(start: &Bound<String>, end: &Bound<String>) -> bool {
    match (start, end) {
        (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end)) => start < end,
        _ => true,
    }
}

/// Which form a listing has: `format` first, then `Accept`.
pub(super) fn form(call: &Call, dialect: Dialect) -> Result<Form, Problem> {
    let default = if dialect.json_listings {
        Form::Json
    } else {
        Form::Text
    };
    match call.query("format").filter(|format| !format.is_empty()) {
        Some(format) => {
            return Ok(match format.to_ascii_lowercase().as_str() {
                "json" => Form::Json,
                "xml" => Form::Xml("application/xml"),
                "plain" => Form::Text,
                _ => default,
            });
        }
        None if !call.headers.contains_key(header::ACCEPT) => return Ok(default),
        None => {}
    }
    let best = Form::accepted(call, default).map_err(|accept::Malformed| {
        Problem::says(StatusCode::BAD_REQUEST, "Invalid Accept header")
    })?;
    best.ok_or_else(|| {
        Problem::page(
            StatusCode::NOT_ACCEPTABLE,
            "no acceptable form of a listing",
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(prefix: &str, delimiter: Option<&str>) -> Page {
        Page {
            prefix: prefix.to_owned(),
            delimiter: delimiter.map(str::to_owned),
            limit: 10_000,
            ..Page::default()
        }
    }

    fn shown(names: &[&str], page: &Page) -> Vec<String> {
        let named: BTreeMap<String, u8> = names.iter().map(|it| ((*it).to_owned(), 0)).collect();
        let rows = rows(&named, page).into_iter().map(|row| match row {
            Row::Item(name, _) => name.to_owned(),
            Row::Subdir(name) => name,
        });
        rows.collect()
    }

    #[test]
    fn groups_by_the_delimiter_and_goes_on_behind_a_group() {
        let names = ["a", "d/e", "d/f", "g", "\u{e9}"];
        let mut wanted = page("", Some("/"));
        assert_eq!(shown(&names, &wanted), ["a", "d/", "g", "\u{e9}"]);
        wanted.reverse = true;
        assert_eq!(shown(&names, &wanted), ["\u{e9}", "g", "d/", "a"]);
        wanted.reverse = false;
        wanted.marker = "d/".to_owned();
        assert_eq!(shown(&names, &wanted), ["g", "\u{e9}"]);
        let inner = Page {
            limit: 1,
            ..page("d/", Some("/"))
        };
        assert_eq!(shown(&names, &inner), ["d/e"]);
    }

    #[test]
    fn a_path_shows_one_level() {
        let names = ["a", "d/", "d/e", "d/f/", "d/f/g", "d/h/i"];
        let wanted = Page {
            path: Some("d/".to_owned()),
            ..page("d/", Some("/"))
        };
        assert_eq!(shown(&names, &wanted), ["d/e", "d/f/"]);
    }

    #[test]
    fn markers_bound_a_page_in_both_directions() {
        let names = ["a", "b", "c", "d"];
        let wanted = Page {
            marker: "a".to_owned(),
            end_marker: "d".to_owned(),
            ..page("", None)
        };
        assert_eq!(shown(&names, &wanted), ["b", "c"]);
        let wanted = Page {
            marker: "d".to_owned(),
            end_marker: "a".to_owned(),
            reverse: true,
            ..wanted
        };
        assert_eq!(shown(&names, &wanted), ["c", "b"]);
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(
            names in prop::collection::btree_set("[ab/\u{e9}\u{d7ff}\u{10ffff}]{1,4}", 0..30),
            prefix in "[ab/]{0,2}",
            limit in 1_usize..5,
            grouped: bool,
            reverse: bool,
        ) {
            let whole = Page { reverse, ..page(&prefix, grouped.then_some("/")) };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut paged = Vec::new();
            let mut next = Page { limit, ..whole.clone() };
            loop {
                let rows = shown(&names, &next);
                let Some(last) = rows.last() else { break };
                next.marker.clone_from(last);
                paged.extend(rows);
            }
            prop_assert_eq!(paged, shown(&names, &whole));
        }

        #[test]
        fn what_stands_after_a_prefix_is_behind_all_of_it(prefix in ".{0,4}", more in ".{0,4}") {
            if let Some(behind) = after(&prefix) {
                let inside = prefix + &more;
                prop_assert!(inside < behind);
            }
        }
    }
}
