//! What a failed start proves.

use ferry_http::ErrorKind as Fault;
use serde::Serialize;
use serde_json::Value;

use crate::call::{COMMON, Call};
use crate::error::{Error, ErrorKind, StartError, StartErrorKind};
use crate::instance::Instance;
use crate::model::job::{Started, StorageInfo};
use crate::text;
use crate::wire;

/// The operations' names in the path.
pub(super) const EXPORT: &str = "exportServiceInstanceArchive";
pub(super) const IMPORT: &str = "importServiceInstanceArchive";

/// An order on its way. The names in it are no words of the service, though its texts repeat them.
pub(super) struct Order<'a, B> {
    pub(super) operation: &'static str,
    pub(super) doing: &'static str,
    pub(super) body: B,
    pub(super) storage: &'a StorageInfo,
    pub(super) names: [&'a str; 2],
}

impl Instance {
    /// Sends the order once; only a 401 (nothing was carried out) lets it go out again, with another token.
    pub(super) async fn start<B: Serialize>(
        &self,
        order: &Order<'_, B>,
    ) -> Result<Started, StartError> {
        let call = Call::post(format!("{COMMON}/{}", order.operation), order.doing)
            .json(&order.body, vec![&order.storage.password]);
        let asked = self.ask(&call).await;
        let (value, evidence) = asked.map_err(|error| StartError {
            kind: classify(&error, &order.names),
            error,
        })?;
        wire::job::started(&value).ok_or_else(|| StartError {
            kind: StartErrorKind::Unknown,
            error: Error::answer(order.doing, &unnamed(&value), evidence),
        })
    }
}

fn unnamed(value: &Value) -> String {
    let keys = value.as_object().map(|map| {
        let keys: Vec<&str> = map.keys().map(String::as_str).collect();
        keys.join(", ")
    });
    match keys {
        Some(keys) if !keys.is_empty() => format!("the answer names no job (it has {keys})"),
        _ => "the answer names no job".to_owned(),
    }
}

fn classify(error: &Error, names: &[&str]) -> StartErrorKind {
    if error.is_before_the_call() {
        return match error.kind() {
            ErrorKind::Settings => StartErrorKind::Rejected,
            ErrorKind::TokenRefused => StartErrorKind::Refused,
            _ => StartErrorKind::NotSent,
        };
    }
    // Without a failed request there is a 2xx that is not JSON.
    let Some(http) = error.http() else {
        return StartErrorKind::Unknown;
    };
    let status = http.status().map(|status| status.as_u16());
    match (http.kind(), status) {
        (Fault::Status, Some(code)) => by_answer(code, http.body().unwrap_or_default(), names),
        (Fault::Request | Fault::Refused, _) => StartErrorKind::Rejected,
        _ if http.maybe_done() => StartErrorKind::Unknown,
        _ => StartErrorKind::NotSent,
    }
}

/// The status first; the text only where the status leaves more than one meaning.
fn by_answer(code: u16, body: &str, names: &[&str]) -> StartErrorKind {
    match code {
        401 | 403 => StartErrorKind::Refused,
        409 => by_text(body, names),
        // Which status "the archive exists" has is not documented.
        400 | 412 if by_text(body, names) == StartErrorKind::ArchiveExists => {
            StartErrorKind::ArchiveExists
        }
        // A server that gave up on waiting may have started.
        408 | 499 => StartErrorKind::Unknown,
        400..=498 => StartErrorKind::Rejected,
        _ => StartErrorKind::Unknown,
    }
}

fn by_text(body: &str, names: &[&str]) -> StartErrorKind {
    let mut text = text::detail(body).unwrap_or_default().to_lowercase();
    for name in names {
        let name = name.to_lowercase();
        if !name.is_empty() {
            text = text.replace(&name, " ");
        }
    }
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let running = has(&[
        "in progress",
        "in-progress",
        "inprogress",
        "in_progress",
        "running",
        "not yet complete",
        "another export",
        "another import",
        "being processed",
        "ongoing",
    ]);
    let exists = has(&[
        "exist",
        "unique",
        "duplicate",
        "already used",
        "already been used",
        "already in use",
        "already taken",
    ]);
    let archive = has(&["archive", "file", "object", "overwrite"]);
    // "An archive job of this name exists" is about the job.
    let name = has(&["job name", "jobname", "job with", "name"]);
    match (running, exists) {
        (true, false) => StartErrorKind::InProgress,
        (false, true) if archive && !name => StartErrorKind::ArchiveExists,
        (false, true) if has(&["archive file", "overwrite", "in the bucket"]) => {
            StartErrorKind::ArchiveExists
        }
        (false, true) => StartErrorKind::NameExists,
        _ => StartErrorKind::ConflictOther,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn conflict(detail: &str) -> StartErrorKind {
        let body = json!({"title": "Conflict", "detail": detail, "status": "HTTP 409 Conflict"});
        by_answer(409, &body.to_string(), &["ferry-test", ""])
    }

    #[test]
    fn conflicts_by_their_text() {
        for (text, kind) in [
            (
                "An export job is already in progress.",
                StartErrorKind::InProgress,
            ),
            (
                "Another import job is currently running",
                StartErrorKind::InProgress,
            ),
            (
                "Export job 142040 is INPROGRESS",
                StartErrorKind::InProgress,
            ),
            (
                "Job name ferry-test already exists",
                StartErrorKind::NameExists,
            ),
            (
                "A job with name 'ferry-test' already exists.",
                StartErrorKind::NameExists,
            ),
            ("The job name must be unique", StartErrorKind::NameExists),
            (
                "Archive file ferry-test.zip already exists",
                StartErrorKind::ArchiveExists,
            ),
            (
                "archive already exists in the bucket, set overwrite to true",
                StartErrorKind::ArchiveExists,
            ),
            (
                "An archive file of the name x already exists in the bucket",
                StartErrorKind::ArchiveExists,
            ),
            ("Something else", StartErrorKind::ConflictOther),
            (
                "An export job is in progress or the job name already exists",
                StartErrorKind::ConflictOther,
            ),
            ("", StartErrorKind::ConflictOther),
        ] {
            assert_eq!(conflict(text), kind, "{text}");
        }
    }

    #[test]
    fn a_name_is_no_word_of_the_service() {
        for name in ["export in progress", "archive-file", "Running"] {
            let body = json!({"detail": format!("A job with name '{name}' already exists")});
            assert_eq!(
                by_answer(409, &body.to_string(), &[name, ""]),
                StartErrorKind::NameExists,
                "{name}"
            );
        }
    }

    #[test]
    fn other_answers_by_their_status() {
        let html = "<html><body>An export is already in progress</body></html>";
        for (code, body, kind) in [
            (401, "", StartErrorKind::Refused),
            (403, "", StartErrorKind::Refused),
            (400, "storageInfo is missing", StartErrorKind::Rejected),
            (
                400,
                "archive file already exists",
                StartErrorKind::ArchiveExists,
            ),
            (404, "", StartErrorKind::Rejected),
            (408, "", StartErrorKind::Unknown),
            (429, "", StartErrorKind::Rejected),
            (500, "archive file already exists", StartErrorKind::Unknown),
            (502, html, StartErrorKind::Unknown),
            (503, "", StartErrorKind::Unknown),
            (409, html, StartErrorKind::InProgress),
        ] {
            assert_eq!(
                by_answer(code, body, &["ferry-test", ""]),
                kind,
                "{code} {body}"
            );
        }
    }
}
