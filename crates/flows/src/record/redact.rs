//! JSON made anonymous: field names, numbers, truth values and state words stay.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::patterns::{Known, is_uuid};

/// Words in field names that mark a secret.
const SECRET: [&str; 6] = [
    "password",
    "token",
    "secret",
    "assertion",
    "credential",
    "key",
];

/// Field names whose values are names of archives or jobs: their pattern says how the service makes names.
const NAMES: [&str; 6] = [
    "archivename",
    "archivefilename",
    "archivefile",
    "jobname",
    "name",
    "location",
];

/// Modes of an import, and the components that a job was seen to have.
const WORDS: [&str; 8] = [
    "ImportOnly",
    "ActivateOnly",
    "ImportActivate",
    "importOnly",
    "activateOnly",
    "importActivate",
    "Integration",
    "Process",
];

/// The value with everything replaced that tells whose it is. Lists of more than a few items keep the first.
pub(super) fn value(known: &Known, field: &str, it: &Value) -> Value {
    match it {
        Value::Object(fields) => fields
            .iter()
            .map(|(field, it)| (field.clone(), value(known, field, it)))
            .collect(),
        Value::Array(items) => items
            .iter()
            .take(8)
            .map(|it| value(known, field, it))
            .collect(),
        Value::String(text) => Value::String(string(known, field, text)),
        Value::Number(_) if is_secret(field) && field != "expires_in" => "<secret>".into(),
        Value::Number(_) | Value::Bool(_) | Value::Null => it.clone(),
    }
}

fn string(known: &Known, field: &str, text: &str) -> String {
    if is_secret(field) {
        return "<secret>".to_owned();
    }
    if let Some(symbol) = known.symbol(text) {
        return symbol.to_owned();
    }
    let state = !text.is_empty() && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    if text.is_empty() || state || WORDS.contains(&text) {
        return text.to_owned();
    }
    if let Some(form) = date_form(text) {
        return form.to_owned();
    }
    if text.chars().all(|c| c.is_ascii_digit()) {
        return "<decimal>".to_owned();
    }
    if is_uuid(text) {
        return "<uuid>".to_owned();
    }
    let plain: String = field
        .to_lowercase()
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect();
    if NAMES.contains(&plain.as_str()) {
        known.pattern(text)
    } else {
        "<text>".to_owned()
    }
}

fn is_secret(field: &str) -> bool {
    let field = field.to_lowercase();
    SECRET.iter().any(|word| field.contains(word)) && field != "token_type"
}

fn date_form(text: &str) -> Option<&'static str> {
    if text.parse::<Timestamp>().is_ok() {
        Some("<date RFC 3339>")
    } else if in_words(text).is_some() {
        Some("<date in words>")
    } else {
        None
    }
}

/// A date as job answers have it: `Thu May 14 21:28:31 UTC 2020` (seen), or RFC 3339.
pub(super) fn date(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| in_words(text))
}

fn in_words(text: &str) -> Option<Timestamp> {
    let parsed = strtime::parse("%a %b %d %H:%M:%S UTC %Y", text).ok()?;
    let civil = parsed.to_datetime().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_job_says_keeps_its_form_only() {
        let mut known = Known::default();
        known.learn("142040", "<job-id>");
        let answer = json!({
            "jobId": "142040",
            "archiveName": "Payroll_Suite_Instance-142040.zip",
            "overallStatus": "RUNNING",
            "startTime": "Thu May 14 21:28:31 UTC 2020",
            "message": "by jane@example.com",
            "access_token": "abc",
            "expires_in": 3600,
            "components": [{"name": "Integration", "status": "NOT_STARTED", "percentage": 7}],
        });
        assert_eq!(
            value(&known, "", &answer),
            json!({
                "jobId": "<job-id>",
                "archiveName": "<word>_Suite_Instance-<job-id>.zip",
                "overallStatus": "RUNNING",
                "startTime": "<date in words>",
                "message": "<text>",
                "access_token": "<secret>",
                "expires_in": 3600,
                "components": [{"name": "Integration", "status": "NOT_STARTED", "percentage": 7}],
            })
        );
        assert!(date("Thu May 14 21:28:31 UTC 2020") < date("2020-05-14T21:56:02.716Z"));
    }
}
