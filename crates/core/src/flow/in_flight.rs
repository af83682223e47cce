//! Jobs that may be running, as a run's journal tells, and what of a bucket is theirs.
//!
//! Removing or replacing a temporary object of a job fails the job, and nothing is known of how temporary objects are
//! named: so whatever was not there before the job counts as the job's.

use jiff::Timestamp;

use super::claim::FOLDER;
use super::event::{Event, ExportEvent, ImportEvent, Record, StartEvent};
use super::start::SKEW;
use crate::ids::{JobId, JobKind};
use crate::job::{Listed, job_of_archive, names_tried};
use crate::storage::StorageUrl;

/// A job that was asked for and is not known to have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// Export or import.
    pub kind: JobKind,
    /// Its id, where known.
    pub job: Option<JobId>,
    /// Its bucket; journals of an earlier version do not tell.
    pub bucket: Option<StorageUrl>,
    /// When it was first asked for.
    asked: Timestamp,
    /// The bucket as it was listed then, as far as it was.
    before: Vec<Listed>,
    /// What its archive may be called.
    archives: Vec<String>,
}

impl InFlight {
    /// The jobs of one run that may be running.
    pub fn of(records: &[Record]) -> Vec<Self> {
        let mut export = Way::new(JobKind::Export);
        let mut safety_copy = Way::new(JobKind::Export);
        let mut import = Way::new(JobKind::Import);
        let mut activation = Way::new(JobKind::Import);
        for record in records {
            match &record.event {
                Event::Export(event) => export.export(event),
                Event::SafetyCopy(event) => safety_copy.export(event),
                Event::Import(ImportEvent::Placed { object, .. }) => {
                    import.archive(object.as_str());
                }
                Event::Import(ImportEvent::Start(event)) => import.start(event),
                Event::Import(ImportEvent::JobEnded { .. } | ImportEvent::Unseen { .. }) => {
                    import.ended = true;
                }
                Event::ActivationJob(ImportEvent::Placed { object, .. }) => {
                    activation.archive(object.as_str());
                }
                Event::ActivationJob(ImportEvent::Start(event)) => activation.start(event),
                Event::ActivationJob(ImportEvent::JobEnded { .. } | ImportEvent::Unseen { .. }) => {
                    activation.ended = true;
                }
                Event::Finished { .. } | Event::Abandoned => return Vec::new(),
                Event::Import(ImportEvent::Named { .. })
                | Event::ActivationJob(ImportEvent::Named { .. })
                | Event::Planned { .. }
                | Event::Live(_)
                | Event::ConnectionsDirty
                | Event::Connection(_)
                | Event::Lookup(_)
                | Event::Activation(_)
                | Event::Schedule(_) => {}
            }
        }
        [export, safety_copy, import, activation]
            .into_iter()
            .filter_map(Way::in_flight)
            .collect()
    }

    /// Why a change of this object would touch the job; `None` where it would not.
    pub fn touches(&self, object: &Listed) -> Option<&'static str> {
        // Nothing that a service writes.
        if object.name.starts_with(FOLDER) {
            return None;
        }
        self.touches_name(&object.name).or_else(|| {
            let same = |old: &Listed| {
                (&old.name, old.bytes, &old.etag) == (&object.name, object.bytes, &object.etag)
            };
            let is_old = object.modified.is_some_and(|at| at < self.asked - SKEW)
                || self.before.iter().any(same);
            (!is_old).then_some("it was not in the bucket before the job, so that it may be a temporary object of it")
        })
    }

    /// The same of a name under which nothing is yet.
    pub fn touches_name(&self, name: &str) -> Option<&'static str> {
        let by_id = || {
            self.kind == JobKind::Export && self.job.is_some() && job_of_archive(name) == self.job
        };
        if self.archives.iter().any(|archive| archive == name) || by_id() {
            Some("it is the job's archive")
        } else {
            None
        }
    }
}

/// What is gathered on the way to a job.
struct Way {
    job: InFlight,
    intents: u32,
    not_started: bool,
    ended: bool,
}

impl Way {
    fn new(kind: JobKind) -> Self {
        Self {
            job: InFlight {
                kind,
                job: None,
                bucket: None,
                asked: Timestamp::MAX,
                before: Vec::new(),
                archives: Vec::new(),
            },
            intents: 0,
            not_started: false,
            ended: false,
        }
    }

    fn archive(&mut self, name: &str) {
        self.job.archives.extend(names_tried(name));
    }

    fn export(&mut self, event: &ExportEvent) {
        match event {
            ExportEvent::Named { name, .. } => self.archive(name.as_str()),
            ExportEvent::Start(event) => self.start(event),
            ExportEvent::JobEnded { .. } | ExportEvent::Verified { .. } => self.ended = true,
        }
    }

    fn start(&mut self, event: &StartEvent) {
        self.not_started = matches!(event, StartEvent::NotStarted { .. });
        match event {
            StartEvent::Intent { at, before, bucket } => {
                // What came after the first intent may be the job's.
                if self.intents == 0 {
                    self.job.asked = *at;
                    self.job.before.clone_from(before);
                    self.job.bucket.clone_from(bucket);
                }
                self.intents += 1;
            }
            StartEvent::Accepted { job, archive, .. } => {
                self.job.job = Some(job.clone());
                if let Some(archive) = archive {
                    self.archive(archive);
                }
            }
            StartEvent::FoundByName { object } => self.archive(&object.name),
            // What is meant is every POST so far.
            StartEvent::Assumed { started: false } => self.intents = 0,
            StartEvent::NotStarted { .. }
            | StartEvent::Unknown { .. }
            | StartEvent::Busy { .. }
            | StartEvent::NameExists { .. }
            | StartEvent::LookedInVain
            | StartEvent::Assumed { started: true } => {}
        }
    }

    fn in_flight(self) -> Option<InFlight> {
        // That the last of several POSTs started nothing says nothing of the earlier ones.
        let never = self.intents == 0 || (self.intents == 1 && self.not_started);
        (!never && !self.ended).then_some(self.job)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;
    use crate::job::JobSnapshot;

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_778_794_111 + seconds).unwrap()
    }

    fn object(name: &str, seconds: i64) -> Listed {
        Listed {
            name: name.to_owned(),
            bytes: 10,
            etag: Some("e".to_owned()),
            modified: Some(time(seconds)),
        }
    }

    fn of(events: Vec<Event>) -> Vec<InFlight> {
        let record = |event| Record { at: time(0), event };
        InFlight::of(&events.into_iter().map(record).collect::<Vec<_>>())
    }

    fn start(event: StartEvent) -> Event {
        Event::Export(ExportEvent::Start(event))
    }

    fn intent(at: i64, before: Vec<Listed>) -> StartEvent {
        StartEvent::Intent {
            at: time(at),
            before,
            bucket: Some("https://example.com/v1/ns/b".parse().unwrap()),
        }
    }

    fn export() -> Vec<Event> {
        vec![
            Event::Export(ExportEvent::Named {
                name: "nightly".parse().unwrap(),
                given: true,
                overwrite: false,
            }),
            start(intent(1000, vec![object("kept.zip", 900)])),
        ]
    }

    fn accepted() -> Event {
        start(StartEvent::Accepted {
            job: "142040".parse().unwrap(),
            archive: None,
            adopted: None,
        })
    }

    #[test]
    fn nothing_is_in_flight_before_it_was_asked_for_or_after_its_end() {
        let with = |more: Event| {
            export()
                .into_iter()
                .chain([accepted(), more])
                .collect::<Vec<_>>()
        };
        let ended = JobSnapshot::new("COMPLETED");
        for events in [
            vec![],
            export()[..1].to_vec(),
            vec![
                export()[1].clone(),
                start(StartEvent::NotStarted {
                    why: "no".to_owned(),
                }),
            ],
            with(Event::Export(ExportEvent::JobEnded { snapshot: ended })),
            with(Event::Finished {
                exit: Exit::Done,
                note: String::new(),
            }),
            with(Event::Abandoned),
        ] {
            assert_eq!(of(events.clone()), [], "{events:?}");
        }
        let twice = vec![
            start(intent(1000, vec![])),
            start(intent(2000, vec![])),
            start(StartEvent::NotStarted {
                why: "no".to_owned(),
            }),
        ];
        assert_eq!(of(twice).len(), 1);
    }

    #[test]
    fn the_archive_and_whatever_is_new_are_the_jobs() {
        let jobs = of(export().into_iter().chain([accepted()]).collect());
        let [job] = jobs.as_slice() else {
            panic!("{jobs:?}")
        };
        assert_eq!(job.job.as_ref().unwrap().as_str(), "142040");
        for touched in [
            object("nightly", -9000),
            object("nightly.zip", -9000),
            object("Local_Suite_Instance-142040.zip", -9000),
            object("tmp/part-1", 1010),
            // The clocks of two machines differ.
            object("tmp/part-0", 900),
            object("kept.zip", 1010).with("another"),
            Listed {
                modified: None,
                ..object("timeless", 0)
            },
        ] {
            assert!(job.touches(&touched).is_some(), "{touched:?}");
        }
        for free in [
            object("kept.zip", 1010),
            object(".ferry-claims/0123456789abcdef.json", 1010),
            object("old.zip", 100),
            object("Local_Suite_Instance-142039.zip", 100),
        ] {
            assert_eq!(job.touches(&free), None, "{free:?}");
        }
        assert!(job.touches_name("nightly.zip").is_some());
        assert_eq!(job.touches_name("new"), None);
    }

    #[test]
    fn an_archive_is_kept_while_it_is_imported() {
        let placed = Event::Import(ImportEvent::Placed {
            object: "nightly.zip".parse().unwrap(),
            bytes: 1,
            sha256: String::new(),
        });
        let asked = Event::Import(ImportEvent::Start(intent(1000, vec![])));
        assert_eq!(of(vec![placed.clone()]), []);
        let jobs = of(vec![placed, asked]);
        assert!(jobs[0].touches_name("nightly.zip").is_some());
        assert_eq!(jobs[0].touches(&object("old.zip", 100)), None);
    }

    impl Listed {
        fn with(self, etag: &str) -> Self {
            Self {
                etag: Some(etag.to_owned()),
                ..self
            }
        }
    }
}
