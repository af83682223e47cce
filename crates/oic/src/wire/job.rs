//! Answers about jobs.

use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::{Component, JobSnapshot, JobState};
use serde_json::Value;

use crate::model::job::Started;
use crate::text;
use crate::wire::fields::Fields;

const ID: &[&str] = &["jobid", "id"];
const STATE: &[&str] = &[
    "overallstatus",
    "status",
    "jobstatus",
    "overallstate",
    "state",
];
const ARCHIVE: &[&str] = &["archivename", "archivefilename", "archivefile"];
const PERCENTAGE: &[&str] = &["percentage", "percentagecomplete", "percentcomplete"];

/// The answer to an order: `jobId` is needed, all else may be missing. Its `location` is the bucket's URL
/// (seen), not a link to the job, and is not read.
pub(crate) fn started(value: &Value) -> Option<Started> {
    let fields = Fields::of(value)?;
    Some(Started {
        job: JobId::try_from(fields.text(ID)?).ok()?,
        archive: fields.text(ARCHIVE),
        state: state(fields),
    })
}

/// The answer to a question about a job; `None` where it has no state, or is an error's body after all.
pub(crate) fn snapshot(value: &Value) -> Option<JobSnapshot> {
    let fields = Fields::of(value)?;
    let components = fields.list(&["components"]).iter();
    Some(JobSnapshot {
        id: fields.text(ID).and_then(|id| JobId::try_from(id).ok()),
        kind: fields
            .text(&["jobtype", "type"])
            .and_then(|kind| kind_of(&kind)),
        name: fields.text(&["jobname"]),
        percentage: fields.percentage(PERCENTAGE),
        components: components.filter_map(component).collect(),
        archive: fields.text(ARCHIVE),
        started: fields.time(&["starttime", "startdate", "started"]),
        ended: fields.time(&["endtime", "enddate", "ended"]),
        mode: fields.text(&["mode", "importactivatemode"]),
        start_schedules: fields.flag(&["startschedules", "startschedule"]),
        message: fields
            .text(&["message", "errormessage", "error", "detail", "details"])
            .map(|message| text::plain(&message))
            .filter(|message| !message.is_empty()),
        state: state(fields)?,
    })
}

fn state(fields: Fields<'_>) -> Option<JobState> {
    let state = fields.text(STATE)?;
    // `"status": "HTTP 500 Internal Server Error"` is an error's body, not a failed job.
    (!state.to_ascii_uppercase().starts_with("HTTP ")).then(|| JobState::new(state))
}

fn component(value: &Value) -> Option<Component> {
    let fields = Fields::of(value)?;
    Some(Component {
        name: fields.text(&["name", "component", "componentname"])?,
        state: JobState::new(fields.text(STATE).unwrap_or_default()),
        percentage: fields.percentage(PERCENTAGE),
    })
}

fn kind_of(text: &str) -> Option<JobKind> {
    let text = text.to_ascii_uppercase();
    match (text.contains("EXPORT"), text.contains("IMPORT")) {
        (true, false) => Some(JobKind::Export),
        (false, true) => Some(JobKind::Import),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Value {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn an_export_that_was_accepted() {
        let answer = read(
            r#"{"jobId":"142040","location":"https://swiftobjectstorage.eu-frankfurt-1.oraclecloud.com/v1/ns/migrationBucket","status":"NOT_STARTED"}"#,
        );
        let started = started(&answer).unwrap();
        assert_eq!(started.job.as_str(), "142040");
        assert_eq!(started.archive, None);
        assert_eq!(started.state, Some(JobState::new("NOT_STARTED")));
    }

    #[test]
    fn an_import_that_was_accepted() {
        let started = started(&read(r#"{"jobId":"1231","status":"NOT_STARTED"}"#)).unwrap();
        assert_eq!(started.job.as_str(), "1231");
    }

    #[test]
    fn ids_of_every_form() {
        for answer in [
            json!({"jobId": 142_040}),
            json!({"job-id": "142040"}),
            json!({"JobID": "142040"}),
            json!({"id": 142_040}),
        ] {
            assert_eq!(started(&answer).unwrap().job.as_str(), "142040", "{answer}");
        }
        for answer in [
            json!({}),
            json!({"jobId": ""}),
            json!({"jobId": null}),
            json!([]),
        ] {
            assert!(started(&answer).is_none(), "{answer}");
        }
        let legacy = json!({"jobId": "1", "archiveFilename": "archive_Local.zip"});
        assert_eq!(
            started(&legacy).unwrap().archive.as_deref(),
            Some("archive_Local.zip")
        );
    }

    #[test]
    fn an_export_that_runs() {
        let answer = read(
            r#"{"jobId":"142040","jobType":"EXPORT","includeSecurityArtifacts":true,"overallStatus":"RUNNING",
             "startTime":"Thu May 14 21:28:31 UTC 2020",
             "components":[{"name":"Integration","status":"NOT_STARTED"},{"name":"Process","status":"NOT_STARTED"}]}"#,
        );
        let snapshot = snapshot(&answer).unwrap();
        assert_eq!(snapshot.id.unwrap().as_str(), "142040");
        assert_eq!(snapshot.kind, Some(JobKind::Export));
        assert_eq!(snapshot.state.as_str(), "RUNNING");
        assert_eq!(snapshot.archive, None);
        assert_eq!(snapshot.started, "2020-05-14T21:28:31Z".parse().ok());
        assert_eq!(snapshot.ended, None);
        assert_eq!(snapshot.components.len(), 2);
        assert_eq!(snapshot.components[1].name, "Process");
        assert_eq!(snapshot.components[1].state.as_str(), "NOT_STARTED");
        assert_eq!(snapshot.components[1].percentage, None);
    }

    #[test]
    fn an_export_that_is_done() {
        let answer = read(
            r#"{"jobId":"142040","jobType":"EXPORT","archiveName":"Local_Suite_Instance-142040.zip","includeSecurityArtifacts":true,
             "overallStatus":"COMPLETED","startTime":"Thu May 14 21:28:31 UTC 2020","endTime":"Thu May 14 21:55:57 UTC 2020",
             "components":[{"name":"Integration","status":"COMPLETED","percentage":100},{"name":"Process","status":"COMPLETED","percentage":100}]}"#,
        );
        let snapshot = snapshot(&answer).unwrap();
        assert_eq!(
            snapshot.archive.as_deref(),
            Some("Local_Suite_Instance-142040.zip")
        );
        assert_eq!(snapshot.ended, "2020-05-14T21:55:57Z".parse().ok());
        assert_eq!(snapshot.components[0].percentage, Some(100));
    }

    #[test]
    fn an_import_that_runs() {
        let answer = read(
            r#"{"jobId":"1231","jobType":"IMPORT","includeSecurityArtifacts":true,"overallStatus":"RUNNING",
             "startTime":"Thu May 14 22:18:02 UTC 2020","mode":"ImportOnly","importScheduleParams":false,"startSchedules":false,
             "components":[{"name":"Integration","status":"RUNNING"},{"name":"Process","status":"CANCELLED"}]}"#,
        );
        let snapshot = snapshot(&answer).unwrap();
        assert_eq!(snapshot.kind, Some(JobKind::Import));
        assert_eq!(snapshot.mode.as_deref(), Some("ImportOnly"));
        assert_eq!(snapshot.start_schedules, Some(false));
        assert_eq!(snapshot.components[1].state.as_str(), "CANCELLED");
    }

    #[test]
    fn names_of_other_releases() {
        let answer = json!({
            "job-id": 7, "job-name": "nightly", "status": "Completed", "percentageComplete": "87%",
            "archiveFileName": "nightly.zip", "start-schedules": "true", "start-time": "2026-09-17T19:23:49.887+0000",
            "endTime": "2026-09-17T20:00:00Z", "job-type": "export",
            "components": [{"name": "Integration", "status": "COMPLETED", "percentage": "100"}, "junk"],
            "message": "<br> all <b>good</b>",
        });
        let snapshot = snapshot(&answer).unwrap();
        assert_eq!(snapshot.name.as_deref(), Some("nightly"));
        assert_eq!(snapshot.state.as_str(), "Completed");
        assert_eq!(snapshot.percentage, Some(87));
        assert_eq!(snapshot.archive.as_deref(), Some("nightly.zip"));
        assert_eq!(snapshot.start_schedules, Some(true));
        assert_eq!(snapshot.started, "2026-09-17T19:23:49.887Z".parse().ok());
        assert_eq!(snapshot.kind, Some(JobKind::Export));
        assert_eq!(snapshot.components.len(), 1);
        assert_eq!(snapshot.message.as_deref(), Some("all good"));
    }

    #[test]
    fn what_is_no_job_is_no_failed_job() {
        for answer in [
            json!({"title": "Oops", "status": "HTTP 500 Internal Server Error"}),
            json!({"jobId": "1"}),
            json!({"jobId": "1", "overallStatus": ""}),
            json!("COMPLETED"),
            json!(null),
        ] {
            assert!(snapshot(&answer).is_none(), "{answer}");
        }
    }
}
