//! `heartbeat=on`: the answer begins at once, and its body tells the status.

use http::{StatusCode, header};

use super::super::listing::Form;
use super::super::problem::{Problem, page, words};
use super::super::reply::truth;
use super::super::report::{Field, Report, accepted, outcome, streamed};
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
            let mut fields = outcome(StatusCode::CREATED, "");
            // Upstream's order, which JSON shows.
            let more = [
                ("Etag", of(header::ETAG)),
                ("Last Modified", of(header::LAST_MODIFIED)),
            ];
            fields.splice(1..1, more);
            (fields, Vec::new())
        }
        // What the place of the manifest says is told as it says it.
        Ok(Err(problem)) if problem.status() != StatusCode::UNPROCESSABLE_ENTITY => {
            let text = problem.text().map(str::to_owned);
            let text = text.unwrap_or_else(|| page(problem.status()));
            (outcome(problem.status(), text), Vec::new())
        }
        Ok(Err(problem)) | Err(Flaw::Request(problem)) => (failed(problem.status()), Vec::new()),
        Err(Flaw::Segments(problems)) => (failed(StatusCode::BAD_REQUEST), problems),
    };
    let form = accepted(call).unwrap_or(Form::Text);
    let report = Report {
        root: "upload",
        fields,
        errors,
    };
    let text = format!("\r\n\r\n{}", report.text(form));
    streamed(
        StatusCode::ACCEPTED,
        form.kind(),
        vec![" ".to_owned(), text],
    )
}

/// What a failure tells: the title and the sentence of its status.
fn failed(status: StatusCode) -> Vec<(&'static str, Field)> {
    let text = words(status).map(|(title, text)| format!("{title}\n{text}"));
    outcome(status, text.unwrap_or_default())
}
