//! `heartbeat=on`: the answer begins at once, and its body tells the status.

use http::{StatusCode, header};

use super::super::problem::{Problem, line, page};
use super::super::reply::truth;
use super::super::report::{Field, Form, Report, refusal, streamed};
use super::Static;
use super::statics::Flaw;
use crate::body::Reply;
use crate::world::Call;

/// Whether a request asks for it.
pub(in crate::store) fn beats(call: &Call) -> bool {
    call.query("heartbeat").is_some_and(truth)
}

/// 202, whatever comes of the manifest.
pub(in crate::store) fn heartbeat(
    call: &Call,
    checked: Result<Static, Flaw>,
    keep: impl FnOnce(Static) -> Result<Reply, Problem>,
) -> Reply {
    let (fields, errors) = match checked.map(keep) {
        Ok(Ok(reply)) => {
            let of = |name: header::HeaderName| {
                let value = reply.headers().get(name);
                let text = value.and_then(|value| value.to_str().ok());
                Field::Text(text.unwrap_or_default().to_owned())
            };
            let fields = vec![
                ("Response Status", Field::Text(line(StatusCode::CREATED))),
                ("Etag", of(header::ETAG)),
                ("Last Modified", of(header::LAST_MODIFIED)),
                ("Response Body", Field::Text(String::new())),
            ];
            (fields, Vec::new())
        }
        // What the place of the manifest says is told as it says it.
        Ok(Err(problem)) if problem.status() != StatusCode::UNPROCESSABLE_ENTITY => {
            let text = problem
                .text()
                .map_or_else(|| page(problem.status()), str::to_owned);
            let fields = vec![
                ("Response Status", Field::Text(line(problem.status()))),
                ("Response Body", Field::Text(text)),
            ];
            (fields, Vec::new())
        }
        Ok(Err(problem)) | Err(Flaw::Request(problem)) => (failed(&problem), Vec::new()),
        Err(Flaw::Segments(problems)) => {
            let why = Problem::page(StatusCode::BAD_REQUEST, "");
            (failed(&why), problems)
        }
    };
    let form = Form::of_upload(call);
    let report = Report {
        root: "upload",
        fields,
        errors,
    };
    let text = format!("\r\n\r\n{}", report.text(form));
    streamed(StatusCode::ACCEPTED, form, vec![" ".to_owned(), text])
}

/// What a failure tells: its sentence, or the title and the sentence of its status.
fn failed(problem: &Problem) -> Vec<(&'static str, Field)> {
    let plain = |field| match field {
        Field::Text(text) if text.is_empty() => Field::Text(
            page(problem.status())
                .replace("<html><h1>", "")
                .replace("</h1><p>", "\n")
                .replace("</p></html>", ""),
        ),
        field => field,
    };
    let fields = refusal(problem).into_iter();
    fields.map(|(name, field)| (name, plain(field))).collect()
}
