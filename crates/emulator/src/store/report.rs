//! The report at the end of a request that does many things: text, JSON or XML. Its own status is the truth.

use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::stream;
use http::StatusCode;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde::Serialize;
use serde::ser::SerializeMap as _;

use super::listing::escaped;
use super::problem::{Problem, line, typed};
use super::{accept, json};
use crate::body::Reply;
use crate::world::Call;

/// The forms of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Json,
    /// Text, for what is asked for is none of these.
    Other,
    /// With its media type.
    Xml(&'static str),
}

impl Form {
    /// What a request accepts.
    pub(super) fn of(call: &Call) -> Self {
        let offers = [
            "text/plain",
            "application/json",
            "application/xml",
            "text/xml",
        ];
        let header = call.header("accept").unwrap_or_default();
        match accept::best(header, &offers) {
            Ok(Some("application/json")) => Self::Json,
            Ok(Some(kind @ ("application/xml" | "text/xml"))) => Self::Xml(kind),
            Ok(Some(_)) => Self::Text,
            Ok(None) | Err(accept::Malformed) => Self::Other,
        }
    }

    /// The same for a manifest, of which a report comes in any case.
    pub(super) fn of_upload(call: &Call) -> Self {
        match Self::of(call) {
            Self::Other => Self::Text,
            form => form,
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::Json => "application/json",
            Self::Xml(kind) => kind,
            Self::Other => super::problem::PAGE,
        }
    }
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
            Form::Text | Form::Other => {
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
pub(super) fn streamed(status: StatusCode, form: Form, pieces: Vec<String>) -> Reply {
    let mut reply = typed("", form.kind());
    *reply.status_mut() = status;
    let frames = pieces
        .into_iter()
        .map(|it| Ok(Frame::data(Bytes::from(it))));
    reply.map(|_| StreamBody::new(stream::iter(frames)).boxed())
}

/// What a refusal says inside a report: its own sentence, if it has one.
pub(super) fn refusal(problem: &Problem) -> Vec<(&'static str, Field)> {
    let text = problem.text().unwrap_or_default();
    vec![
        ("Response Status", Field::Text(line(problem.status()))),
        ("Response Body", Field::Text(text.to_owned())),
    ]
}
