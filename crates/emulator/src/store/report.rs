//! The report at the end of a request that does many things: text, JSON or XML. Its own status is the truth.

use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use serde::ser::SerializeMap as _;

use super::json;
use super::listing::{Form, escaped};
use super::problem::{line, typed};
use crate::body::Reply;
use crate::world::Call;

/// The form of a report that a request accepts; none where it accepts none that there is.
pub(super) fn accepted(call: &Call) -> Option<Form> {
    Form::accepted(call, Form::Text).ok().flatten()
}

/// What came of a request.
pub(super) struct Report {
    /// The element that holds all, in XML.
    pub(super) root: &'static str,
    /// In JSON in this order, else by name.
    pub(super) fields: Vec<(&'static str, Field)>,
    /// Paths, percent-encoded, and what is wrong with each.
    pub(super) errors: Vec<(String, String)>,
}

/// A value of a report.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum Field {
    Text(String),
    Number(usize),
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in &self.fields {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("Errors", &self.errors)?;
        map.end()
    }
}

impl Report {
    /// In a form.
    pub(super) fn text(&self, form: Form) -> String {
        let mut sorted: Vec<(&str, String)> = self
            .fields
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Field::Text(text) => text.clone(),
                    Field::Number(number) => number.to_string(),
                };
                (*name, value)
            })
            .collect();
        sorted.sort_unstable();
        let mut out = String::new();
        // Writing to a string does not fail.
        match form {
            Form::Json => return json::text(self),
            Form::Xml(_) => {
                let _ = writeln!(out, "<{}>", self.root);
                for (name, value) in sorted {
                    let name = name.replace(' ', "_").to_lowercase();
                    let _ = writeln!(out, "<{name}>{}</{name}>", escaped(&value));
                }
                out.push_str("<errors>\n");
                for (path, why) in &self.errors {
                    let (path, why) = (escaped(path), escaped(why));
                    let _ = writeln!(
                        out,
                        "<object><name>{path}</name><status>{why}</status></object>"
                    );
                }
                let _ = write!(out, "</errors>\n</{}>\n", self.root);
            }
            Form::Text => {
                for (name, value) in sorted {
                    let _ = writeln!(out, "{name}: {value}");
                }
                out.push_str("Errors:\n");
                for (path, why) in &self.errors {
                    let _ = writeln!(out, "{path}, {why}");
                }
            }
        }
        out
    }
}

/// 200 or another status that says nothing of what came of it; and pieces, as nobody knows their length when it begins.
pub(super) fn streamed(status: StatusCode, kind: &'static str, pieces: Vec<String>) -> Reply {
    let mut reply = typed("", kind);
    *reply.status_mut() = status;
    let frames = pieces
        .into_iter()
        .map(|it| Ok(Frame::data(Bytes::from(it))));
    reply.map(|_| StreamBody::new(stream::iter(frames)).boxed())
}

/// What a report begins with: a status, and what is said of it.
pub(super) fn outcome(status: StatusCode, text: impl Into<String>) -> Vec<(&'static str, Field)> {
    vec![
        ("Response Status", Field::Text(line(status))),
        ("Response Body", Field::Text(text.into())),
    ]
}
