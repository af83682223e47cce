//! What a recording of a real service says of the assumptions.
//!
//! A recording is read as plain JSON, by its documented form alone: the emulator shares no types with the recorder.

use serde_json::Value;

use super::fidelity::{Row, fidelity};

/// The form of recordings that is read.
const FORM: u64 = 1;

/// What a recording says of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The row.
    pub row: &'static Row,
    /// What it says.
    pub verdict: Verdict,
}

/// What a recording says of an assumption.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The service does as the default has it.
    Confirmed,
    /// The service does something else, which this value of the switch emulates.
    Refuted(String),
    /// The service does what no value of the switch emulates.
    Unlike(String),
    /// The recording does not tell.
    Silent,
}

/// Why a file is no recording.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConformError {
    /// It is no JSON.
    #[error("the file is no JSON")]
    Json(#[from] serde_json::Error),
    /// It is JSON of something else, or of another form.
    #[error("the file is no recording of `ferry record`: its field ferry-record is not {FORM}")]
    Form,
}

/// Holds a recording against every row of the table.
pub fn conform(recording: &[u8]) -> Result<Vec<Finding>, ConformError> {
    let recording: Value = serde_json::from_slice(recording)?;
    if recording.get("ferry-record").and_then(Value::as_u64) != Some(FORM) {
        return Err(ConformError::Form);
    }
    let recording = Recording(&recording);
    Ok(fidelity()
        .iter()
        .map(|row| Finding {
            row,
            verdict: verdict(row, &recording),
        })
        .collect())
}

fn verdict(row: &'static Row, recording: &Recording<'_>) -> Verdict {
    let seen = match row.switch {
        "start-status" => recording.started().and_then(|it| number(it, "status")),
        "job-ids" => recording.job_ids(),
        "percentages" => recording.percentages(),
        "field-names" => recording.field_names(),
        "archive-has-zip-suffix" => recording.zip_suffix(),
        "archive-layout" => recording.layout(),
        "archive-late-seconds" => recording.archive_fact("seconds-after-end"),
        "job-seconds" => recording.number("job-seconds"),
        "job-outcome" => recording.outcome(),
        "integration-component" => recording.component("Integration"),
        "process-component" => recording.component("Process"),
        "temporaries" => recording.temporaries(),
        "token-seconds" => recording.token_seconds(),
        "error-bodies" => recording.error_bodies(),
        "etag" => recording.etag(),
        "start-schedules-field" => recording.start_schedules(),
        _ => None,
    };
    let Some(seen) = seen else {
        return Verdict::Silent;
    };
    let default = row.default_value().unwrap_or_default();
    // Times and states are open: any value can be set.
    let open = matches!(
        row.switch,
        "archive-late-seconds" | "job-seconds" | "job-outcome" | "token-seconds"
    );
    if seen == default {
        Verdict::Confirmed
    } else if open || row.others.contains(&seen.as_str()) {
        Verdict::Refuted(seen)
    } else {
        Verdict::Unlike(seen)
    }
}

/// A recording, and what it tells.
struct Recording<'a>(&'a Value);

impl<'a> Recording<'a> {
    fn exchanges(&self) -> impl DoubleEndedIterator<Item = &'a Value> {
        let list = self.0.get("exchanges").and_then(Value::as_array);
        list.into_iter().flatten()
    }

    fn of(&self, service: &'static str) -> impl DoubleEndedIterator<Item = &'a Value> {
        self.exchanges()
            .filter(move |it| it.get("service").and_then(Value::as_str) == Some(service))
    }

    fn generation(&self) -> &'a str {
        text(self.0, "generation").unwrap_or_default()
    }

    /// The exchange that began the job.
    fn started(&self) -> Option<&'a Value> {
        self.of("oic").find(|it| {
            let path = text(it, "path").unwrap_or_default();
            let status = it.get("status").and_then(Value::as_u64);
            text(it, "method") == Some("POST")
                && path.ends_with("ServiceInstanceArchive")
                && status.is_some_and(|status| (200..300).contains(&status))
        })
    }

    /// The last answer about the job.
    fn last(&self) -> Option<&'a Value> {
        self.of("oic")
            .rfind(|it| {
                let path = text(it, "path").unwrap_or_default();
                text(it, "method") == Some("GET")
                    && path.contains("ServiceInstanceArchive/")
                    && it.get("status").and_then(Value::as_u64) == Some(200)
            })
            .and_then(|it| it.get("answer"))
            .filter(|answer| answer.is_object())
    }

    fn number(&self, field: &str) -> Option<String> {
        number(self.0, field)
    }

    fn archive_fact(&self, field: &str) -> Option<String> {
        number(self.0.get("archive")?, field)
    }

    fn job_ids(&self) -> Option<String> {
        let answer = self.started()?.get("answer")?;
        let id = text(answer, "jobId").or_else(|| text(answer, "job-id"))?;
        let form = match id {
            "<job-id decimal>" => "decimal",
            "<job-id uuid>" => "uuid",
            other => return Some(other.to_owned()),
        };
        // The default has one form for each generation.
        let own = match self.generation() {
            "gen2" => "decimal",
            _ => "uuid",
        };
        Some(if form == own { "generation" } else { form }.to_owned())
    }

    fn components(&self) -> Option<&'a Vec<Value>> {
        self.last()?.get("components")?.as_array()
    }

    fn percentages(&self) -> Option<String> {
        let ended = self.components()?.iter().filter(|component| {
            text(component, "status").is_some_and(|state| state.starts_with("COMPLETED"))
        });
        let told: Vec<bool> = ended.map(|it| it.get("percentage").is_some()).collect();
        (!told.is_empty()).then(|| told.contains(&true).to_string())
    }

    fn field_names(&self) -> Option<String> {
        let answer = self.last()?;
        let has = |field: &str| answer.get(field).is_some();
        let names = if has("overall-status") || has("archive-name") {
            "hyphenated"
        } else if has("archiveFilename") {
            "archive-filename"
        } else if has("overallStatus") {
            "documented"
        } else if has("status") {
            "status-only"
        } else {
            return None;
        };
        Some(names.to_owned())
    }

    fn zip_suffix(&self) -> Option<String> {
        // Gen2 was seen to end it so.
        if self.generation() != "gen3" {
            return None;
        }
        let name = text(self.0.get("archive")?, "name")?;
        Some(name.strip_suffix(".zip").is_some().to_string())
    }

    fn layout(&self) -> Option<String> {
        let archive = self.0.get("archive").filter(|it| it.is_object())?;
        // Without its integrations an archive shows no layout.
        if self.component("Integration")? != "none" {
            return None;
        }
        let Some(entries) = archive.get("entries").and_then(Value::as_array) else {
            return Some("opaque".to_owned());
        };
        let names: Vec<&str> = entries.iter().filter_map(|it| text(it, "name")).collect();
        let inner = |name: &&str| {
            [".iar", ".par", ".car"]
                .iter()
                .any(|end| name.ends_with(end))
        };
        let folders = names.iter().any(|name| name.contains('/'));
        let layout = if names.iter().any(|name| name.contains("PROJECT-INF/")) {
            "expanded"
        } else if names.iter().any(inner) {
            if folders { "nested" } else { "flat" }
        } else if names.len() == 1 {
            "opaque"
        } else {
            "another"
        };
        Some(layout.to_owned())
    }

    fn outcome(&self) -> Option<String> {
        let answer = self.last()?;
        ["overallStatus", "overall-status", "status", "jobStatus"]
            .iter()
            .find_map(|field| text(answer, field))
            .map(str::to_owned)
    }

    /// None of their own: they end as the job does.
    fn component(&self, name: &str) -> Option<String> {
        let mut components = self.components()?.iter();
        let own = components.find(|it| text(it, "name") == Some(name))?;
        let state = text(own, "status")?;
        let job = self.outcome()?;
        Some(if state == job { "none" } else { state }.to_owned())
    }

    /// What an export left in the bucket on its way.
    fn temporaries(&self) -> Option<String> {
        let listed = self.0.get("bucket-listed").and_then(Value::as_bool) == Some(true);
        if !listed || text(self.0, "flow") != Some("export") {
            return None;
        }
        let archive = text(self.0.get("archive")?, "name")?;
        let objects = self.0.get("objects")?.as_array()?;
        let grew = objects.iter().any(|it| {
            let sizes = it.get("bytes").and_then(Value::as_array);
            text(it, "name") == Some(archive) && sizes.is_some_and(|sizes| sizes.len() > 1)
        });
        if grew {
            return Some("final-name".to_owned());
        }
        let others: Vec<&str> = objects
            .iter()
            .filter_map(|it| text(it, "name"))
            .filter(|name| *name != archive)
            .collect();
        let first = others.first()?;
        let seen = if first.starts_with(archive) && first.contains(".tmp-") {
            "suffix"
        } else if first.starts_with("part-") && first.strip_suffix(".zip").is_some() {
            "valid-zips"
        } else {
            first
        };
        Some(seen.to_owned())
    }

    fn token_seconds(&self) -> Option<String> {
        let answer = self.of("identity").find_map(|it| it.get("answer"))?;
        number(answer, "expires_in")
    }

    fn error_bodies(&self) -> Option<String> {
        let refused = self.of("oic").rfind(|it| {
            let status = it.get("status").and_then(Value::as_u64);
            status.is_some_and(|status| (400..500).contains(&status))
        })?;
        let kind = text(refused, "content-type")?;
        let form = if kind.ends_with("json") {
            "json"
        } else if kind == "text/html" {
            "html"
        } else {
            kind
        };
        Some(form.to_owned())
    }

    fn etag(&self) -> Option<String> {
        let md5 = self.0.get("archive")?.get("etag-is-md5")?.as_bool()?;
        Some(if md5 { "md5" } else { "opaque" }.to_owned())
    }

    /// The field that was sent is the right one where the answer says that it was understood.
    fn start_schedules(&self) -> Option<String> {
        let sent = self.started()?.get("sent")?;
        let asked = sent.get("startSchedules")?.as_bool()?;
        let told = self.last()?.get("startSchedules")?.as_bool()?;
        (asked && told).then(|| "startSchedules".to_owned())
    }
}

fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str()
}

fn number(value: &Value, field: &str) -> Option<String> {
    Some(value.get(field)?.as_i64()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recording_is_refused() {
        assert!(matches!(conform(b"half"), Err(ConformError::Json(_))));
        assert!(matches!(conform(b"{}"), Err(ConformError::Form)));
    }

    #[test]
    fn an_empty_recording_says_nothing() {
        let findings = conform(br#"{"ferry-record": 1}"#).unwrap();
        assert_eq!(findings.len(), fidelity().len());
        assert!(findings.iter().all(|it| it.verdict == Verdict::Silent));
    }

    proptest::proptest! {
        #[test]
        fn no_recording_panics(text in ".{0,80}") {
            let _ = conform(text.as_bytes());
            let _ = conform(format!(r#"{{"ferry-record":1,"exchanges":[{{"service":"oic","path":{text:?}}}]}}"#).as_bytes());
        }
    }
}
