//! Listings: pages of names, in the order of their bytes.

use std::ops::Bound;

use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::reply::refuse;
use crate::body::{Refused, Reply, bare, full, json as json_reply};
use crate::world::Call;

/// The default and the largest limit of a page.
const LIMIT: usize = 10_000;

/// Which state of a bucket a listing shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    /// That of so many virtual seconds ago.
    Ago(u64),
    /// None.
    Empty,
}

/// The form of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Text,
}

impl Format {
    /// `format` first, then `Accept`; JSON where nothing is asked for.
    pub(super) fn of(call: &Call) -> Result<Self, Refused> {
        match call.query("format") {
            Some("plain" | "text") => return Ok(Self::Text),
            Some(_) => return Ok(Self::Json),
            None => {}
        }
        let accepts = call.header("accept").unwrap_or("*/*").to_ascii_lowercase();
        let kinds = || {
            accepts
                .split(',')
                .filter_map(|kind| kind.split(';').next())
                .map(str::trim)
        };
        if kinds().any(|kind| matches!(kind, "application/json" | "*/*" | "application/*")) {
            Ok(Self::Json)
        } else if kinds().any(|kind| matches!(kind, "text/plain" | "text/*")) {
            Ok(Self::Text)
        } else {
            Err(refuse(
                StatusCode::NOT_ACCEPTABLE,
                "NotAcceptable",
                "Listings are JSON or plain text.",
                "no acceptable form of a listing",
            ))
        }
    }
}

/// Which page is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    prefix: String,
    delimiter: Option<String>,
    marker: String,
    end_marker: Option<String>,
    limit: usize,
}

impl Page {
    /// Reads the query. A limit that is no number is ignored.
    pub(super) fn of(call: &Call) -> Result<Self, Refused> {
        let given = |name| {
            call.query(name)
                .filter(|value| !value.is_empty())
                .map(str::to_owned)
        };
        let limit = call
            .query("limit")
            .and_then(|limit| limit.parse().ok())
            .unwrap_or(LIMIT);
        if limit > LIMIT {
            return Err(refuse(
                StatusCode::PRECONDITION_FAILED,
                "InvalidParameter",
                "Maximum limit is 10000",
                "limit above 10000",
            ));
        }
        Ok(Self {
            prefix: given("prefix").unwrap_or_default(),
            delimiter: given("delimiter"),
            marker: given("marker").unwrap_or_default(),
            end_marker: given("end_marker"),
            limit,
        })
    }

    /// The names that can be on the page, as far as the start tells.
    pub(super) fn bounds(&self) -> (Bound<&str>, Bound<&str>) {
        let start = if self.marker >= self.prefix {
            Bound::Excluded(self.marker.as_str())
        } else {
            Bound::Included(self.prefix.as_str())
        };
        (start, Bound::Unbounded)
    }
}

/// A row of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Row<T> {
    Item(String, T),
    /// The names that share a start up to the delimiter.
    Subdir(String),
}

/// The rows of a page. `named` comes in the order of names.
pub(super) fn rows<T>(named: impl Iterator<Item = (String, T)>, page: &Page) -> Vec<Row<T>> {
    let mut rows = Vec::new();
    let mut group: Option<String> = None;
    for (name, item) in named {
        if rows.len() >= page.limit || page.end_marker.as_ref().is_some_and(|end| name >= *end) {
            break;
        }
        let Some(rest) = name.strip_prefix(&page.prefix) else {
            if name > page.prefix {
                break;
            }
            continue;
        };
        let subdir = page.delimiter.as_deref().and_then(|delimiter| {
            let (start, _) = rest.split_once(delimiter)?;
            Some(format!("{}{start}{delimiter}", page.prefix))
        });
        let shown = subdir.as_ref().unwrap_or(&name);
        if (!page.marker.is_empty() && *shown <= page.marker)
            || (subdir.is_some() && subdir == group)
        {
            continue;
        }
        match subdir {
            Some(subdir) => {
                rows.push(Row::Subdir(subdir.clone()));
                group = Some(subdir);
            }
            None => rows.push(Row::Item(name, item)),
        }
    }
    rows
}

/// The answer that shows the rows.
pub(super) fn answer<T>(
    format: Format,
    rows: &[Row<T>],
    show: impl Fn(&str, &T) -> Value,
) -> Reply {
    if format == Format::Json {
        let shown: Vec<Value> = rows
            .iter()
            .map(|row| match row {
                Row::Item(name, item) => show(name, item),
                Row::Subdir(subdir) => json!({"subdir": subdir}),
            })
            .collect();
        let mut reply = json_reply(StatusCode::OK, &shown);
        reply.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json; charset=utf-8"),
        );
        return reply;
    }
    if rows.is_empty() {
        return bare(StatusCode::NO_CONTENT);
    }
    let mut text = String::new();
    for row in rows {
        let (Row::Item(name, _) | Row::Subdir(name)) = row;
        text.push_str(name);
        text.push('\n');
    }
    let mut reply = http::Response::new(full(text));
    reply.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/plain; charset=utf-8"),
    );
    reply
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn shown(names: &[&str], page: &Page) -> Vec<String> {
        let sorted: BTreeSet<String> = names.iter().map(|name| (*name).to_owned()).collect();
        rows(sorted.into_iter().map(|name| (name, ())), page)
            .into_iter()
            .map(|row| match row {
                Row::Item(name, ()) | Row::Subdir(name) => name,
            })
            .collect()
    }

    #[test]
    fn groups_by_the_delimiter_and_goes_on_behind_a_group() {
        let names = ["a", "d/e", "d/f", "g", "\u{e9}"];
        let page = Page {
            delimiter: Some("/".to_owned()),
            limit: 9,
            ..Page::default()
        };
        assert_eq!(shown(&names, &page), ["a", "d/", "g", "\u{e9}"]);
        let page = Page {
            marker: "d/".to_owned(),
            ..page
        };
        assert_eq!(shown(&names, &page), ["g", "\u{e9}"]);
        let page = Page {
            prefix: "d/".to_owned(),
            marker: String::new(),
            limit: 1,
            ..page
        };
        assert_eq!(shown(&names, &page), ["d/e"]);
    }

    proptest! {
        #[test]
        fn pages_together_are_the_whole(
            names in prop::collection::btree_set("[ab/\u{e9}]{1,4}", 0..30),
            prefix in "[ab/]{0,2}",
            limit in 1_usize..5,
            grouped: bool,
        ) {
            let delimiter = grouped.then(|| "/".to_owned());
            let whole = Page { prefix, delimiter, limit: LIMIT, ..Page::default() };
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut paged = Vec::new();
            let mut page = Page { limit, ..whole.clone() };
            loop {
                let rows = shown(&names, &page);
                let Some(last) = rows.last() else { break };
                page.marker.clone_from(last);
                paged.extend(rows);
            }
            prop_assert_eq!(paged, shown(&names, &whole));
        }
    }
}
