//! What became of each object that an import met.
//!
//! The console's "Download Detailed Report" shows such a list, and the REST call behind it is not documented: no
//! answer of the service tells it here, the emulator's own controls do.

use std::collections::BTreeMap;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answers::error;
use super::jobs::Job;
use super::model::Instance;
use crate::body::{Reply, json as json_reply};
use crate::world::World;

/// The end of one object's story in a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
    /// It is new here.
    Imported,
    /// It took the place of another of its identity.
    Replaced,
    /// The same bytes were there.
    Unchanged,
    /// It was in a container that was replaced by one without it.
    Removed,
    /// It was left as it is, by a policy or because there was nothing to do.
    Skipped,
    /// It could not be done, or a policy ended the job for it.
    Failed,
    /// An integration was activated.
    Activated,
    /// A schedule was started.
    Started,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Line {
    /// `integration`, `connection`, `schedule`, or the kind of an artifact.
    pub(super) kind: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) project: Option<String>,
    /// Its identity, for an artifact its path.
    pub(super) id: String,
    pub(super) outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) why: Option<String>,
}

/// The lines of a job, in the order in which things were done.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Report {
    pub(super) lines: Vec<Line>,
}

impl Line {
    pub(super) fn new(kind: &str, project: Option<&str>, id: &str, outcome: Outcome) -> Line {
        Line {
            kind: kind.to_owned(),
            project: project.map(str::to_owned),
            id: id.to_owned(),
            outcome,
            why: None,
        }
    }

    pub(super) fn because(mut self, why: impl Into<String>) -> Line {
        self.why = Some(why.into());
        self
    }
}

impl Report {
    pub(super) fn add(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// The job failed before anything was changed: what was to come did not.
    pub(super) fn nothing_done(&mut self) {
        for line in &mut self.lines {
            if !matches!(line.outcome, Outcome::Failed | Outcome::Skipped) {
                line.outcome = Outcome::Skipped;
                line.why = Some("the job failed, and nothing was installed".to_owned());
            }
        }
    }

    fn counts(&self) -> BTreeMap<Outcome, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.lines {
            *counts.entry(line.outcome).or_default() += 1;
        }
        counts
    }
}

fn told(instance: &Instance, job: &Job) -> Value {
    json!({
        "instance": instance.name,
        "kind": job.kind,
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "message": job.message,
        "ended": job.ended,
        "summary": job.report.counts(),
        "report": job.report,
    })
}

/// Every job of every instance, for `GET /_ferry/jobs`.
pub(crate) fn jobs(world: &World) -> Value {
    let of = |instance| jobs_of(instance).map(|(instance, job)| told(instance, job));
    world.oic.instances.iter().flat_map(of).collect()
}

/// One job, for `GET /_ferry/jobs/{id}/report`; `instance` tells it from one of the same id elsewhere.
pub(crate) fn job(world: &World, id: &str, instance: Option<&str>) -> Reply {
    let instances = world.oic.instances.iter();
    let mut found = instances
        .filter(|i| instance.is_none_or(|name| i.name == name))
        .flat_map(jobs_of)
        .filter(|(_, job)| job.id == id);
    match found.next() {
        Some((instance, job)) => json_reply(StatusCode::OK, &told(instance, job)),
        None => error(
            StatusCode::NOT_FOUND,
            format!("Job {id} is not found."),
            format!("no instance has a job {id}"),
        ),
    }
}

fn jobs_of(instance: &Instance) -> impl Iterator<Item = (&Instance, &Job)> {
    instance.jobs.iter().map(move |job| (instance, job))
}
