//! The emulator's own account of a case, held against what was expected of it.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::job::Generation;
use ferry_flows::Environment;
use ferry_oic::Integration;

use crate::connections;
use crate::control::{Held, Job};
use crate::expect::{Expectation, Policy};
use crate::findings::Findings;
use crate::load::{ACTIVE, EXISTING, LOCKED, SCHEDULED, SUPERSEDED, UNTOUCHED, carrier};
use crate::stand::Stand;

const ACTIVATED: &str = "ACTIVATED";
const CONFIGURED: &str = "CONFIGURED";

/// By path.
type Artifacts = BTreeMap<String, Held>;

/// What the instances held before anything was exported.
pub(crate) struct Account {
    source: Artifacts,
    prod: Artifacts,
    /// Everything in the source, by project and id.
    integrations: BTreeMap<(Option<String>, String), Integration>,
}

impl Account {
    pub(crate) async fn before(stand: &Stand) -> Self {
        let account = Self {
            source: artifacts(stand, "test").await,
            prod: artifacts(stand, "prod").await,
            integrations: integrations(&stand.test).await,
        };
        assert!(artifacts(stand, "spare").await.is_empty());
        account
    }

    /// Everything has come as it was, but what a policy kept back, and nothing of it is active.
    pub(crate) async fn after_import(
        &self,
        stand: &Stand,
        target: &Environment,
        expected: &Expectation,
        findings: &mut Findings,
    ) {
        let generation = target.instance.generation();
        let name = target.name.as_str();
        let held = artifacts(stand, name).await;
        self.bytes(&held, generation, expected, findings);
        if !expected.installs() {
            let prod = artifacts(stand, "prod").await;
            findings.check(digests(&prod) == digests(&self.prod), || {
                "an import that failed changed artifacts of prod".to_owned()
            });
        }
        let jobs = stand.control.jobs().await;
        obstacles(&jobs, expected, findings);

        let there = integrations(target).await;
        for (key, source) in &self.integrations {
            let id = source.id.to_string();
            let kept_active =
                id == ACTIVE && expected.installs() && expected.active == Policy::Skip;
            let wanted = if kept_active { ACTIVATED } else { CONFIGURED };
            let status = there.get(key).map(|one| one.status.as_str());
            findings.check(status == Some(wanted), || {
                format!("after the import {id} is {status:?}, not {wanted}")
            });
        }
        if expected.installs() {
            let locked = there.values().any(|one| one.locked);
            findings.check(locked == (expected.locked == Policy::Skip), || {
                format!("after the import something is locked: {locked}")
            });
        }
        let values = connections::values(&target.instance.connections().await.unwrap());
        findings.check(values == Some(expected.values), || {
            format!("expected values {:?}, found {values:?}", expected.values)
        });
    }

    /// What was active in the source and came is active, schedules run as they are to, and no job began that nobody asked for.
    pub(crate) async fn at_the_end(
        &self,
        stand: &Stand,
        target: &Environment,
        expected: &Expectation,
        findings: &mut Findings,
    ) {
        let there = integrations(target).await;
        for (key, source) in &self.integrations {
            let id = source.id.to_string();
            // What an import left idle was not brought by it, so a later job has nothing to activate.
            let left = [(EXISTING, expected.existing), (LOCKED, expected.locked)]
                .contains(&(id.as_str(), Policy::Skip));
            let wanted = if expected.installs() && left {
                CONFIGURED
            } else {
                source.status.as_str()
            };
            let status = there.get(key).map(|one| one.status.as_str());
            findings.check(status == Some(wanted), || {
                format!("{id} is {status:?} at the end, not {wanted}")
            });
        }
        let active = self
            .integrations
            .values()
            .any(|one| one.status == ACTIVATED);
        let idle = self
            .integrations
            .values()
            .any(|one| one.status == CONFIGURED);
        assert!(active && idle, "the source holds both");
        if expected.installs() {
            for (id, wanted) in [(UNTOUCHED, ACTIVATED), (SUPERSEDED, CONFIGURED)] {
                let found = there.values().find(|one| one.id.to_string() == id);
                let status = found.map(|one| one.status.as_str());
                findings.check(status == Some(wanted), || {
                    format!("{id} of prod is {status:?}, not {wanted}")
                });
            }
        }
        let jobs = stand.control.jobs().await;
        let mut begun: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for job in &jobs {
            *begun.entry((&job.instance, &job.kind)).or_default() += 1;
        }
        findings.check(begun == expected.jobs, || {
            format!("jobs begun: {begun:?}, expected: {:?}", expected.jobs)
        });
        let last = imports(&jobs, target.name.as_str()).next_back();
        let started = last.is_some_and(|job| {
            let schedules = job.report.iter().filter(|line| line.kind == "schedule");
            let mut started = schedules.filter(|line| line.outcome == "started");
            started.any(|line| line.id == SCHEDULED)
        });
        findings.check(started == expected.schedules, || {
            format!("the schedule of {SCHEDULED} was started: {started}")
        });
    }

    /// Every artifact of the source, byte for byte, and everything that the archive does not hold, as it was.
    fn bytes(
        &self,
        held: &Artifacts,
        generation: Generation,
        expected: &Expectation,
        findings: &mut Findings,
    ) {
        let kept: BTreeMap<&str, bool> = [
            (EXISTING, expected.existing),
            (ACTIVE, expected.active),
            (LOCKED, expected.locked),
        ]
        .into_iter()
        .filter(|(_, policy)| expected.installs() && *policy == Policy::Skip)
        .map(|(id, _)| carrier(id, generation))
        .collect();
        let nothing = Artifacts::new();
        let own = if expected.installs() {
            &self.prod
        } else {
            &nothing
        };
        let travels = |held: &&Held| {
            expected.security || !matches!(held.kind.as_str(), "certificate" | "security")
        };
        let coming: BTreeMap<&str, &Held> = self
            .source
            .values()
            .filter(travels)
            .map(|held| (held.path.as_str(), held))
            .collect();
        let paths: BTreeSet<&str> = (held.keys().chain(own.keys()))
            .map(String::as_str)
            .chain(coming.keys().copied())
            .collect();
        for path in paths {
            let found = held.get(path).map(|one| one.sha256.as_str());
            let own = own.get(path).map(|one| one.sha256.as_str());
            let source = coming.get(path).map(|one| one.sha256.as_str());
            let right = match (source, kept.get(path)) {
                (None, _) | (Some(_), Some(false)) => found == own,
                (Some(_), None) => found == source,
                // Some of its integrations were kept and others came: it is made of both.
                (Some(_), Some(true)) => found.is_some() && found != own && found != source,
            };
            findings.check(right, || {
                format!("{path} is {found:?}; it was {own:?} before and {source:?} in the source")
            });
        }
    }
}

/// What the first job that imported tells of what was in its way.
fn obstacles(jobs: &[Job], expected: &Expectation, findings: &mut Findings) {
    let Some(job) = imports(jobs, "prod").next() else {
        findings.check(false, || "prod has no import job".to_owned());
        return;
    };
    for (id, policy) in [
        (EXISTING, expected.existing),
        (ACTIVE, expected.active),
        (LOCKED, expected.locked),
    ] {
        let mut lines = job.report.iter().filter(|line| line.kind == "integration");
        let outcome = lines
            .find(|line| line.id == id)
            .map(|line| line.outcome.as_str());
        let wanted = policy.outcome(expected.installs());
        findings.check(outcome == Some(wanted), || {
            format!("job {}: {id} was {outcome:?}, not {wanted}", job.id)
        });
    }
}

fn imports<'a>(jobs: &'a [Job], instance: &'a str) -> impl DoubleEndedIterator<Item = &'a Job> {
    jobs.iter()
        .filter(move |job| job.instance == instance && job.kind == "import")
}

async fn artifacts(stand: &Stand, instance: &str) -> Artifacts {
    let held = stand.control.artifacts(instance).await;
    held.into_iter()
        .map(|one| (one.path.clone(), one))
        .collect()
}

fn digests(artifacts: &Artifacts) -> Vec<(&str, &str)> {
    artifacts
        .iter()
        .map(|(path, held)| (path.as_str(), held.sha256.as_str()))
        .collect()
}

async fn integrations(
    environment: &Environment,
) -> BTreeMap<(Option<String>, String), Integration> {
    let all = environment.instance.integrations().await.unwrap();
    all.into_iter()
        .map(|one| ((one.project.clone(), one.id.to_string()), one))
        .collect()
}
