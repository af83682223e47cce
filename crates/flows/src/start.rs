//! Carries out the way to a job: lists, asks, looks, waits. What may be done is decided in [`ferry_core::flow::Start`].

use std::time::Duration;

use ferry_core::exit::Exit;
use ferry_core::flow::{Start, StartEvent, StartStep, Unproven};
use ferry_core::ids::JobKind;
use ferry_core::job::{Listed, job_of_archive, names_tried};
use ferry_oic::{ExportOrder, ImportOrder, StartError, StartErrorKind};
use jiff::SignedDuration;
use tokio::time::Instant;

use crate::failure::Fate;
use crate::{Context, Environment, Failure};

/// How many lost answers in a row end a command before a job is known.
const LOST_ANSWERS: u32 = 5;

/// What is asked for.
#[derive(Debug)]
pub(crate) enum Order {
    Export(ExportOrder),
    Import(ImportOrder),
}

/// The driver of one start, in one process.
pub(crate) struct Starter<'a> {
    context: &'a Context,
    environment: &'a Environment,
    order: Order,
    began: Instant,
    lost: u32,
    refusal: Option<StartError>,
    facts: Vec<String>,
}

impl<'a> Starter<'a> {
    pub(crate) fn new(context: &'a Context, environment: &'a Environment, order: Order) -> Self {
        Self {
            context,
            environment,
            order,
            began: Instant::now(),
            lost: 0,
            refusal: None,
            facts: Vec::new(),
        }
    }

    /// Carries one step out; the answer is to be journalled and applied.
    pub(crate) async fn step(
        &mut self,
        start: &Start,
        step: StartStep,
    ) -> Result<StartEvent, Failure> {
        match step {
            StartStep::Intend => self.intend(start).await,
            StartStep::Post => self.post(start).await,
            StartStep::LookByName => {
                if self.lost > 0 {
                    self.pause().await?;
                }
                self.look_by_name(start).await
            }
            StartStep::LookForNew => self.look_for_new(start).await,
            StartStep::AskAgain { why } => self.ask_again(start, &why).await,
            StartStep::Stop(unproven) => Err(self.stop(start, &unproven)),
            StartStep::NotStarted { why } => Err(self.not_started(&why)),
            StartStep::Follow { .. } | StartStep::FollowByBucket | StartStep::FollowUnseen => {
                Err(Failure::new(Exit::Bug, "a known job was to be started again").open())
            }
        }
    }

    fn kind(&self) -> JobKind {
        match self.order {
            Order::Export(_) => JobKind::Export,
            Order::Import(_) => JobKind::Import,
        }
    }

    fn name(&self) -> &str {
        match &self.order {
            Order::Export(order) => order.name.as_str(),
            Order::Import(order) => order.name.as_str(),
        }
    }

    /// The listing that a later process needs to tell old from new.
    async fn intend(&mut self, start: &Start) -> Result<StartEvent, Failure> {
        let now = self.context.now();
        let before = match &self.order {
            // Nothing in a bucket proves an import.
            Order::Import(_) => Vec::new(),
            Order::Export(order) => {
                let before = self.listing().await?;
                let names = names_tried(order.name.as_str());
                let standing = before.iter().find(|object| names.contains(&object.name));
                if let Some(object) =
                    standing.filter(|_| !order.overwrite && start.asked_at().is_none())
                {
                    if start.is_ours(object, now, self.deadline()) {
                        self.context.note(format!(
                            "{} is in the bucket already, written {}: taken for this command's earlier run",
                            object.name,
                            object.modified.map(|time| time.to_string()).unwrap_or_default()
                        ));
                        return Ok(StartEvent::FoundByName {
                            object: object.clone(),
                        });
                    }
                    return Err(self.archive_exists(object));
                }
                before
            }
        };
        Ok(StartEvent::Intent {
            at: now,
            before,
            bucket: Some(self.environment.storage.url.clone()),
        })
    }

    async fn post(&mut self, start: &Start) -> Result<StartEvent, Failure> {
        self.context.step(format!(
            "asking {} for the {} {}",
            self.environment.name,
            self.kind(),
            self.name()
        ));
        // Not interruptible: an answer that is on its way is worth more than a quick exit.
        let answer = match &self.order {
            Order::Export(order) => self.environment.instance.start_export(order).await,
            Order::Import(order) => self.environment.instance.start_import(order).await,
        };
        let refusal = match answer {
            Ok(started) => {
                return Ok(StartEvent::Accepted {
                    job: started.job,
                    archive: started.archive,
                    adopted: None,
                });
            }
            Err(refusal) => refusal,
        };
        let why = refusal.error.to_string();
        match refusal.kind {
            StartErrorKind::InProgress => {
                let why = words(&refusal);
                self.refusal = Some(refusal);
                Ok(StartEvent::Busy { why })
            }
            StartErrorKind::NameExists => {
                let why = words(&refusal);
                if self.kind() == JobKind::Export {
                    self.context.warn(format!(
                        "the job name {} is known to {} already ({why}); no call tells that job's id: it is followed by its archive alone",
                        self.name(),
                        self.environment.name
                    ));
                }
                self.refusal = Some(refusal);
                Ok(StartEvent::NameExists { why })
            }
            StartErrorKind::ArchiveExists if start.asked_before() => Ok(StartEvent::NameExists {
                why: words(&refusal),
            }),
            StartErrorKind::Unknown => {
                self.lost += 1;
                if self.lost >= LOST_ANSWERS {
                    return Err(Failure::instance(
                        refusal.error,
                        format!(
                            "{} does not answer whether the {} was started",
                            self.environment.name,
                            self.kind()
                        ),
                    )
                    .next("repeat the command: it finds out first, and starts no second job")
                    .open());
                }
                self.context.warn(format!(
                    "no answer to the start of the {}: {why}; finding out what became of it",
                    self.kind()
                ));
                Ok(StartEvent::Unknown { why })
            }
            // That this POST started nothing says nothing of an earlier one: the run stays open.
            _ if start.asked_before() => Err(self.refused(refusal).open()),
            _ => {
                self.refusal = Some(refusal);
                Ok(StartEvent::NotStarted { why })
            }
        }
    }

    async fn look_by_name(&mut self, start: &Start) -> Result<StartEvent, Failure> {
        self.context.step(format!(
            "looking for the archive of {} in the bucket",
            self.name()
        ));
        let names = names_tried(self.name());
        let listing = self.listing().await?;
        let now = self.context.now();
        let found = listing.into_iter().find(|object| {
            names.contains(&object.name) && start.is_ours(object, now, self.deadline())
        });
        Ok(
            found.map_or(StartEvent::LookedInVain, |object| StartEvent::FoundByName {
                object,
            }),
        )
    }

    /// Gen2: the archive's name ends in the job's id, and only the id leads back to the job.
    async fn look_for_new(&mut self, start: &Start) -> Result<StartEvent, Failure> {
        self.context
            .step("no job id is known: waiting for a new archive that names it");
        loop {
            let known = start.before();
            for object in self.listing().await? {
                let is_new = !known.contains(&object);
                let Some(job) = job_of_archive(&object.name).filter(|_| is_new) else {
                    continue;
                };
                match self.environment.instance.export_status(&job).await {
                    Ok(snapshot) => {
                        let is_export = snapshot.kind.is_none_or(|kind| kind == JobKind::Export);
                        let began_since = snapshot
                            .started
                            .is_some_and(|at| start.began_after_intent(at));
                        if is_export && began_since {
                            let how =
                                format!("{} appeared after the start was asked for", object.name);
                            self.context
                                .note(format!("job {job} is taken for ours: {how}"));
                            return Ok(StartEvent::Accepted {
                                job,
                                archive: None,
                                adopted: Some(how),
                            });
                        }
                        self.fact(format!(
                            "job {job} of {} is another: it began before, or is no export",
                            object.name
                        ));
                    }
                    Err(error) => self.fact(format!("job {job} of {}: {error}", object.name)),
                }
            }
            if self.began.elapsed() >= self.environment.polling.deadline {
                self.fact("no new archive came in the time given".to_owned());
                return Ok(StartEvent::LookedInVain);
            }
            self.pause().await?;
        }
    }

    async fn ask_again(&mut self, start: &Start, why: &str) -> Result<StartEvent, Failure> {
        if self.began.elapsed() >= self.environment.polling.deadline {
            return Err(self.stop(start, &Unproven::Busy(why.to_owned())));
        }
        self.context.step(format!(
            "{} is busy ({why}); asking again",
            self.environment.name
        ));
        self.pause().await?;
        match self.kind() {
            JobKind::Export => self.look_by_name(start).await,
            JobKind::Import => Ok(StartEvent::LookedInVain),
        }
    }

    fn stop(&mut self, start: &Start, unproven: &Unproven) -> Failure {
        let (environment, kind) = (&self.environment.name, self.kind());
        let mut failure = match unproven {
            Unproven::Busy(why) => {
                // Whether an export and an import may run at once is not known, so it may be either.
                let failure = Failure::new(Exit::Conflict, format!("another job runs on {environment}, so the {kind} cannot start"))
                    .evidence(format!("the service says: {why}"))
                    .next("wait until it has ended, then repeat the command");
                if start.asked_before() { failure.open() } else { failure.closed() }
            }
            Unproven::Name(why) => {
                let failure = Failure::new(
                Exit::Conflict,
                format!("the job name {} is taken on {environment}, and the job is not provably ours", self.name()),
            )
            .evidence(format!("the service says: {why}"))
            .next("look at the job of that name in the console; `ferry jobs wait` follows it by its id");
                // A refusal starts nothing, so only an earlier POST of this run can have.
                if start.asked_before() { failure.open() } else { failure.closed() }
            }
            Unproven::LostAnswer => Failure::new(
                Exit::Conflict,
                format!("a start of the {kind} on {environment} was asked for and its answer is lost: whether a job runs cannot be proved"),
            )
            .next("look at the job list in the console; `ferry jobs wait` follows a job by its id")
            .open(),
        };
        if start.takes_a_word() && failure.fate() == Fate::Open {
            failure = failure.unproven();
        }
        if let Some(asked) = start.asked_at() {
            failure = failure.evidence(format!("first asked for at {asked}"));
        }
        self.facts.drain(..).fold(failure, Failure::evidence)
    }

    fn not_started(&mut self, why: &str) -> Failure {
        match self.refusal.take() {
            Some(refusal) => self.refused(refusal).closed(),
            None => Failure::new(
                Exit::Unavailable,
                format!("the {} was not started: {why}", self.kind()),
            ),
        }
    }

    fn refused(&self, refusal: StartError) -> Failure {
        let said = words(&refusal);
        let what = format!(
            "{} did not start the {}",
            self.environment.name,
            self.kind()
        );
        match refusal.kind {
            StartErrorKind::ArchiveExists | StartErrorKind::ConflictOther => {
                Failure::new(Exit::Conflict, what)
                    .evidence(format!("the service says: {said}"))
                    .next(out_of_conflict(refusal.kind))
                    .because(refusal.error)
            }
            _ => Failure::instance(refusal.error, what),
        }
    }

    fn archive_exists(&self, object: &Listed) -> Failure {
        let mut failure = Failure::new(
            Exit::Conflict,
            format!(
                "an archive of this name is in the bucket already: {}",
                object.name
            ),
        )
        .evidence(format!(
            "{} bytes in {}",
            object.bytes, self.environment.storage.url
        ));
        if let Some(modified) = object.modified {
            failure = failure.evidence(format!("written {modified}"));
        }
        failure.next("choose another --name, or replace it with --overwrite")
    }

    /// What the bucket holds that can tell of this job.
    async fn listing(&self) -> Result<Vec<Listed>, Failure> {
        use ferry_core::job::Generation::{Gen2, Gen3};
        let prefix = match self.environment.instance.generation() {
            Gen3 => Some(self.name().trim_end_matches(".zip")),
            Gen2 => None,
        };
        let bucket = &self.environment.storage.bucket;
        let listing = self.context.unless_stopped(bucket.list(prefix)).await?;
        listing.map_err(|error| {
            Failure::bucket(
                error,
                format!("cannot list the bucket of {}", self.environment.name),
            )
        })
    }

    async fn pause(&self) -> Result<(), Failure> {
        self.context
            .wait(self.environment.polling.min.max(Duration::from_millis(1)))
            .await
    }

    fn deadline(&self) -> SignedDuration {
        SignedDuration::try_from(self.environment.polling.deadline).unwrap_or(SignedDuration::MAX)
    }

    fn fact(&mut self, fact: String) {
        if !self.facts.contains(&fact) {
            self.facts.push(fact);
        }
    }
}

/// What to do about a 409. Only where it is about the archive does replacing that help, and only an export can.
fn out_of_conflict(kind: StartErrorKind) -> &'static str {
    match kind {
        StartErrorKind::ArchiveExists => {
            "choose another --name, or replace the archive with --overwrite"
        }
        _ => {
            "another job may run, or the name may be taken: look at the job list in the console, then repeat the command or choose another --name"
        }
    }
}

/// The service's words of a refusal, else what the error says.
fn words(refusal: &StartError) -> String {
    refusal
        .error
        .detail()
        .map_or_else(|| refusal.error.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_archive_in_the_way_is_to_be_replaced() {
        assert!(out_of_conflict(StartErrorKind::ArchiveExists).contains("--overwrite"));
        // A page of a proxy tells nothing of the reason.
        let next = out_of_conflict(StartErrorKind::ConflictOther);
        assert!(next.contains("another job may run") && !next.contains("--overwrite"));
    }
}
