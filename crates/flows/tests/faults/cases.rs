//! The steps of a promotion, as an undisturbed one shows them, and what may go wrong at each.

use std::collections::BTreeSet;
use std::fmt;

use ferry_emulator::{Action, JobEnd, Recorded, Rule, Service, Way};

/// A kind of request at one stage of a promotion, and the rule that meets its first.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    title: String,
    service: Service,
    method: String,
    path: String,
    from: u64,
}

/// One fault at one step.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    step: Step,
    fault: &'static str,
    action: Action,
    /// Once, or from then on.
    always: bool,
}

/// Every kind of request of an undisturbed promotion, once in each stage: before the export, the safety copy, the import,
/// and behind it.
pub(crate) fn steps(journal: &[Recorded]) -> Vec<Step> {
    let mut seen = BTreeSet::new();
    let mut steps = Vec::new();
    let mut stage = 0;
    for (at, record) in journal.iter().enumerate() {
        let Some(service) = record.service else {
            continue;
        };
        let title = format!("stage {stage}: {} {}", record.method, kind(&record.target));
        if record.method == "POST" && record.target.contains("ServiceInstanceArchive?") {
            stage += 1;
        }
        if !seen.insert(title.clone()) {
            continue;
        }
        let path = part(service, &record.target);
        let meets = |other: &&Recorded| {
            other.service == record.service
                && other.method == record.method
                && other.target.contains(&path)
        };
        let from = journal[..=at].iter().filter(meets).count() as u64;
        steps.push(Step {
            title,
            service,
            method: record.method.clone(),
            path,
            from,
        });
    }
    steps
}

/// A target without what tells one thing from another of its kind.
fn kind(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let instance = query
        .split('&')
        .find(|it| it.starts_with("integrationInstance="));
    let instance = instance.map_or("", |it| it.trim_start_matches("integrationInstance="));
    let mut kind = Vec::new();
    let mut before = "";
    for segment in path.split('/') {
        let name = match before {
            "connections" | "lookups" => "{name}",
            "exportServiceInstanceArchive" | "importServiceInstanceArchive" => "{job}",
            _ if segment.contains("%7C") => "{id}",
            _ if segment.contains("ferry-") => "{object}",
            _ => segment,
        };
        kind.push(name);
        before = segment;
    }
    format!("{} {instance}", kind.join("/"))
}

/// The part of a target by which a rule meets it, and nothing else that matters: names of jobs and objects are other ones
/// after a fault.
fn part(service: Service, target: &str) -> String {
    let archive = "ServiceInstanceArchive/";
    let end = match service {
        Service::Oic => target.find(archive).map(|at| at + archive.len()),
        Service::Store => Some(target.rfind('/').unwrap_or_default() + 1),
        Service::Identity => None,
    };
    let end = end.unwrap_or(target.len());
    match (service, target.find('?')) {
        // A listing.
        (Service::Store, Some(query)) => target.split_at(query + 1).0.to_owned(),
        _ => target.split_at(end).0.to_owned(),
    }
}

const PAGE: &str = "<html><head><title>Gateway</title></head><body><h1>Sign in</h1></body></html>";

impl Step {
    fn is_start(&self) -> bool {
        self.method == "POST" && self.path.contains("ServiceInstanceArchive?")
    }

    fn is_import(&self) -> bool {
        self.is_start() && self.path.contains("importServiceInstanceArchive")
    }

    /// What may go wrong here.
    fn faults(&self) -> Vec<(&'static str, Action)> {
        let status = |code, body: Option<&str>| Action::Status {
            code,
            body: body.map(str::to_owned),
            headers: body
                .map(|_| ("content-type".to_owned(), "text/html".to_owned()))
                .into_iter()
                .collect(),
        };
        let mut all = vec![
            ("401", status(401, None)),
            ("403", status(403, None)),
            ("404", status(404, None)),
            ("409", status(409, None)),
            ("412", status(412, None)),
            ("423", status(423, None)),
            ("429", status(429, None)),
            ("500", status(500, None)),
            ("502 of a proxy", status(502, Some(PAGE))),
            ("503", status(503, None)),
            ("200 of a proxy", status(200, Some(PAGE))),
            ("reset", Action::Reset),
            ("lost answer", Action::LoseAnswer),
            (
                "cut answer",
                Action::Cut {
                    after: 10,
                    way: Way::Down,
                },
            ),
            (
                "truncated answer",
                Action::Truncate {
                    after: 10,
                    way: Way::Down,
                },
            ),
            ("delay", Action::Delay { ms: 600_000 }),
            (
                "slow",
                Action::Slow {
                    bytes_per_second: 20,
                },
            ),
            ("expired tokens", Action::ExpireTokens),
        ];
        if matches!(self.method.as_str(), "POST" | "PUT") {
            all.push((
                "cut request",
                Action::Cut {
                    after: 5,
                    way: Way::Up,
                },
            ));
        }
        if self.is_start() {
            let job = |state: &str| {
                Action::Job(JobEnd {
                    state: state.to_owned(),
                    integration: None,
                    process: None,
                })
            };
            all.push(("failing job", job("FAILED")));
            all.push(("endless job", job("RUNNING")));
        }
        match (self.service, self.path.ends_with('?'), self.method.as_str()) {
            (Service::Store, true, _) => all.extend([
                ("empty listing", Action::EmptyListing),
                ("stale listing", Action::StaleListing { seconds: 3600 }),
                ("reordered listing", Action::ReorderedListing),
            ]),
            (Service::Store, false, "PUT") => all.extend([
                ("corrupt", Action::Corrupt { way: Way::Up }),
                (
                    "truncated",
                    Action::Truncate {
                        after: 100,
                        way: Way::Up,
                    },
                ),
                ("full disk", Action::FullDisk { after: 100 }),
                ("wrong etag", Action::WrongEtag),
            ]),
            (Service::Store, false, _) => all.extend([
                ("corrupt", Action::Corrupt { way: Way::Down }),
                ("wrong etag", Action::WrongEtag),
            ]),
            _ => {}
        }
        all
    }
}

/// Every fault at every step, once and for ever.
pub(crate) fn cases(steps: &[Step]) -> Vec<Case> {
    let of = |step: &Step| {
        let step = step.clone();
        let faults = step.faults().into_iter();
        faults.flat_map(move |(fault, action)| {
            [false, true].map(|always| Case {
                step: step.clone(),
                fault,
                action: action.clone(),
                always,
            })
        })
    };
    steps.iter().flat_map(of).collect()
}

impl Case {
    pub(crate) fn rule(&self) -> Rule {
        Rule {
            service: Some(self.step.service),
            method: Some(self.step.method.clone()),
            path: Some(self.step.path.clone()),
            from: Some(self.step.from),
            times: (!self.always).then_some(1),
            ..Rule::new(self.action.clone())
        }
    }

    /// Whether the answer to the request that starts the import may be lost, so that nobody can tell whether it runs.
    pub(crate) fn loses_the_import(&self) -> bool {
        let refuses = match &self.action {
            Action::Status { code, .. } => (400..500).contains(code),
            Action::Job(_) | Action::ExpireTokens => true,
            _ => false,
        };
        self.step.is_import() && !refuses
    }

    /// Whether a job of it never ends.
    pub(crate) fn is_endless(&self) -> bool {
        self.fault == "endless job"
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let always = if self.always { "always" } else { "once" };
        write!(f, "{} {always} at {}", self.fault, self.step.title)
    }
}
