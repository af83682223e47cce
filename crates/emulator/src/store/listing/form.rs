//! The forms of listings: text, JSON, XML.

use std::fmt::Write as _;

use http::{HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Row;
use crate::body::{self, Reply, full};
use crate::store::{accept, json};
use crate::world::Call;

/// The form of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Form {
    Text,
    Json,
    /// With its media type, of which there are two.
    Xml(&'static str),
}

/// The fields of what has this name.
pub(in crate::store) type Fields<'a, T> = dyn Fn(&str, &T) -> Vec<(&'static str, Value)> + 'a;

/// What a listing tells of its names.
pub(in crate::store) struct Shown<'a, T> {
    /// The element that holds all, in XML.
    pub(in crate::store) root: &'static str,
    /// The name of what is listed.
    pub(in crate::store) name: &'a str,
    /// The element of one, in XML.
    pub(in crate::store) element: &'static str,
    /// The fields of one in XML, in their order there.
    pub(in crate::store) order: &'a [&'static str],
    /// The fields of one, in the order of JSON.
    pub(in crate::store) fields: &'a Fields<'a, T>,
}

impl Form {
    /// The forms that there are, in the order in which upstream offers them.
    const ALL: [Self; 4] = [
        Self::Text,
        Self::Json,
        Self::Xml("application/xml"),
        Self::Xml("text/xml"),
    ];

    /// The best form that a request accepts; of equals the default, then the first.
    pub(in crate::store) fn accepted(
        call: &Call,
        default: Self,
    ) -> Result<Option<Self>, accept::Malformed> {
        let header = call.header(header::ACCEPT).unwrap_or_default();
        let mut offers = Self::ALL;
        offers.sort_by_key(|form| *form != default);
        let best = accept::best(header, &offers.map(Self::kind))?;
        Ok(offers.into_iter().find(|form| Some(form.kind()) == best))
    }

    /// The media type.
    pub(in crate::store) fn kind(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Xml(kind) => kind,
        }
    }
}

/// The answer that shows the rows.
pub(in crate::store) fn answer<T>(form: Form, rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> Reply {
    let text = match form {
        Form::Text if rows.is_empty() => {
            let mut reply = body::bare(StatusCode::NO_CONTENT);
            typed(&mut reply, form);
            return reply;
        }
        Form::Text => rows.iter().map(|row| format!("{}\n", name(row))).collect(),
        Form::Json => json_text(rows, shown),
        Form::Xml(_) => xml(rows, shown),
    };
    let mut reply = http::Response::new(full(text));
    typed(&mut reply, form);
    reply
}

fn name<'a, T>(row: &'a Row<'_, T>) -> &'a str {
    match row {
        Row::Item(name, _) => name,
        Row::Subdir(name) => name,
    }
}

/// Sets the type of a listing.
pub(in crate::store) fn typed(reply: &mut Reply, form: Form) {
    let kind = match form {
        Form::Text => "text/plain; charset=utf-8",
        Form::Json => "application/json; charset=utf-8",
        Form::Xml("text/xml") => "text/xml; charset=utf-8",
        Form::Xml(_) => "application/xml; charset=utf-8",
    };
    let kind = HeaderValue::from_static(kind);
    reply.headers_mut().insert(header::CONTENT_TYPE, kind);
}

fn json_text<T>(rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> String {
    let items = rows.iter().map(|row| match row {
        Row::Subdir(name) => Item(vec![("subdir", Value::from(name.as_str()))]),
        Row::Item(name, item) => Item((shown.fields)(name, item)),
    });
    json::text(&items.collect::<Vec<_>>())
}

/// The fields of one thing, in their order.
struct Item(Vec<(&'static str, Value)>);

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn xml<T>(rows: &[Row<'_, T>], shown: &Shown<'_, T>) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string does not fail.
    let _ = write!(text, "<{} name=\"{}\">", shown.root, quoted(shown.name));
    // Accounts are shown a line each.
    let end = if shown.root == "account" { "\n" } else { "" };
    if rows.is_empty() && end.is_empty() {
        text.truncate(text.len() - 1);
        return text + " />";
    }
    text.push_str(end);
    for row in rows {
        match row {
            Row::Subdir(name) => {
                let inner = if shown.root == "container" {
                    format!("><name>{}</name></subdir>", escaped(name))
                } else {
                    " />".to_owned()
                };
                let name = quoted(name);
                let _ = write!(text, "<subdir name=\"{name}\"{inner}");
            }
            Row::Item(name, item) => {
                let _ = write!(text, "<{}>", shown.element);
                let fields = (shown.fields)(name, item);
                for field in shown.order {
                    let value = match fields.iter().find(|(name, _)| name == field) {
                        Some((_, Value::String(text))) => escaped(text),
                        Some((_, other)) => other.to_string(),
                        None => continue,
                    };
                    let _ = write!(text, "<{field}>{value}</{field}>");
                }
                let _ = write!(text, "</{}>", shown.element);
            }
        }
        text.push_str(end);
    }
    let _ = write!(text, "</{}>", shown.root);
    text
}

/// As the text of an element.
pub(in crate::store) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// As the value of an attribute.
fn quoted(text: &str) -> String {
    escaped(text).replace('"', "&quot;").replace('\n', "&#10;")
}
