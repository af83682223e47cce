//! `heartbeat=on`: the answer begins at once, and its body tells the status.

use bytes::Bytes;
use futures_util::stream;
use http::{StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use serde_json::json;

use super::super::bulk::{lines, wants_json};
use super::super::problem::{Problem, typed};
use super::Static;
use super::statics::Flaw;
use crate::body::Reply;
use crate::world::Call;

/// Whether a request asks for it.
pub(in crate::store) fn beats(call: &Call) -> bool {
    let truth = ["true", "1", "yes", "on", "t", "y"];
    call.query("heartbeat")
        .is_some_and(|text| truth.contains(&text.to_ascii_lowercase().as_str()))
}

/// 202, whatever comes of the manifest.
pub(in crate::store) fn heartbeat(
    call: &Call,
    checked: Result<Static, Flaw>,
    keep: impl FnOnce(Static) -> Result<Reply, Problem>,
) -> Reply {
    let (mut told, errors) = match checked.map(keep) {
        Ok(Ok(reply)) => {
            let of = |name: header::HeaderName| {
                let value = reply.headers().get(name);
                let text = value.and_then(|value| value.to_str().ok());
                text.unwrap_or_default().to_owned()
            };
            let told = vec![
                ("Etag", of(header::ETAG)),
                ("Last Modified", of(header::LAST_MODIFIED)),
                ("Response Body", String::new()),
                ("Response Status", "201 Created".to_owned()),
            ];
            (told, Vec::new())
        }
        Ok(Err(problem)) | Err(Flaw::Request(problem)) => (failed(&problem), Vec::new()),
        Err(Flaw::Segments { problems, .. }) => {
            let why = Problem::page(
                StatusCode::BAD_REQUEST,
                "segments are not as they should be",
            );
            (failed(&why), problems)
        }
    };
    let json = wants_json(call);
    let text = if json {
        let mut all = serde_json::Map::new();
        all.extend(
            told.drain(..)
                .map(|(name, value)| (name.to_owned(), json!(value))),
        );
        all.insert("Errors".to_owned(), json!(errors));
        serde_json::Value::Object(all).to_string()
    } else {
        let fields: String = told
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("{fields}Errors:\n{}", lines(&errors))
    };
    let kind = if json {
        "application/json"
    } else {
        "text/plain"
    };
    let mut reply = typed("", kind);
    *reply.status_mut() = StatusCode::ACCEPTED;
    // In pieces, as nobody knows its length when it begins.
    let pieces = [Bytes::from(" "), Bytes::from(format!("\r\n\r\n{text}"))];
    let frames = stream::iter(pieces.map(|piece| Ok(Frame::data(piece))));
    reply.map(|_| StreamBody::new(frames).boxed())
}

/// What a failure tells: the title and the sentence of its status.
fn failed(problem: &Problem) -> Vec<(&'static str, String)> {
    let status = problem.status();
    let page = super::super::problem::page(status);
    let text = page
        .replace("<html><h1>", "")
        .replace("</h1><p>", "\n")
        .replace("</p></html>", "");
    vec![
        ("Response Body", text),
        ("Response Status", status.to_string()),
    ]
}
