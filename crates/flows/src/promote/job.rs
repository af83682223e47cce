//! The two jobs of a promotion in the target: the import, and, where it was asked for, the service's own activation.

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, Import, ImportEvent, ImportStep, Key, Promotion, PromotionStep};
use ferry_core::job::ImportMode;

use super::activate::{ACTIVE, activate_traced, stop_reason};
use super::arrive::arrive;
use super::prepare::named;
use super::{Sides, lookups, record, repoint, to_be_active};
use crate::import::ImportDriver;
use crate::{ArchiveSource, Failure, ImportRequest, Run};

/// Which of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    Import,
    Activation,
}

impl Job {
    pub(super) fn part(self, machine: &Promotion) -> Option<&Import> {
        match self {
            Self::Import => Some(machine.import()),
            Self::Activation => machine.activation_job(),
        }
    }

    pub(super) fn event(self, event: ImportEvent) -> Event {
        match self {
            Self::Import => Event::Import(event),
            Self::Activation => Event::ActivationJob(event),
        }
    }

    fn step(self, step: PromotionStep) -> Option<ImportStep> {
        match (self, step) {
            (Self::Import, PromotionStep::Import(step))
            | (Self::Activation, PromotionStep::ActivationJob(step)) => Some(step),
            _ => None,
        }
    }
}

impl Sides<'_> {
    /// Carries steps of a job out while there is one; places the archive, and comes back, before anything is stopped.
    pub(super) async fn job(
        &self,
        job: Job,
        machine: &mut Promotion,
        run: &mut Run,
        mut step: ImportStep,
    ) -> Result<(), Failure> {
        let archive = self.archive(machine)?;
        let holder = self.holder_of(&archive);
        let request = self.order(job, machine, archive);
        let folder = run.folder().to_path_buf();
        let mut driver = ImportDriver::new(self.context, self.to, holder, &request, &folder);
        loop {
            let part = job.part(machine).ok_or_else(without_job)?;
            let event = match (job, step) {
                (Job::Import, ImportStep::Watch) => arrive(self.context, self.to, machine).await?,
                // Nothing of this run goes on: its exports have ended, and without the archive there is no import.
                (Job::Import, ImportStep::Place) => {
                    let placed = driver.step(part, ImportStep::Place).await;
                    placed.map_err(|failure| match failure.exit() {
                        Exit::No => failure.closed(),
                        _ => failure,
                    })?
                }
                (_, step) => driver.step(part, step).await?,
            };
            record(self.context, machine, run, &job.event(event))?;
            match job.step(machine.next()) {
                Some(ImportStep::Follow { .. }) if self.request.no_wait => return Ok(()),
                Some(next) => step = next,
                None => return Ok(()),
            }
        }
    }

    fn order(&self, job: Job, machine: &Promotion, archive: ArchiveSource) -> ImportRequest {
        let stated = &self.to.overrides.stated;
        let may_start = |machine: &Promotion| {
            let plan = machine.plan();
            plan.is_some_and(|plan| plan.job_may_start_schedules(stated))
        };
        ImportRequest {
            archive,
            mode: match job {
                Job::Import => ImportMode::ImportOnly,
                Job::Activation => ImportMode::ActivateOnly,
            },
            security_artifacts: self.request.security_artifacts,
            start_schedules: job == Job::Activation && may_start(machine),
            schedule_params: false,
            name: None,
            description: self.request.description.clone(),
            no_wait: self.request.no_wait,
            dry_run: false,
        }
    }

    /// Re-points the connections, and sees that no rail stops anything that the job may activate: all that was active in
    /// the source. Gives the word that all is clear; else what was live is live again, and nothing else is activated.
    pub(super) async fn clear(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<Event, Failure> {
        let Self { context, to, .. } = *self;
        repoint::repoint(context, to, &self.request.untested, machine, run).await?;
        lookups::lookups(context, to, machine, run).await?;
        let (source, target) = self.inventories().await?;
        let mut all = to_be_active(machine);
        let active = source.integrations.iter().filter(|it| it.status == ACTIVE);
        all.extend(active.map(|it| (it.project.clone(), it.id.to_string())));
        self.probe((&source, &target), &all, machine, run).await?;
        let stopped = |key: &Key| {
            let (why, _) = stop_reason(&source, &target, to, machine, key)?;
            Some(format!("{}: {why}", named(key.0.as_deref(), &key.1)))
        };
        let stopped: Vec<String> = all.iter().filter_map(stopped).collect();
        if stopped.is_empty() {
            activate_traced(context, (&source, &target), to, machine, run).await?;
            let (object, bytes, sha256) = machine.import().placed().ok_or_else(without_job)?;
            return Ok(Event::ActivationJob(ImportEvent::Placed {
                object: object.clone(),
                bytes,
                sha256: sha256.to_owned(),
            }));
        }
        let what = format!(
            "the job that activates was not started on {}: it cannot leave out what is stopped",
            to.name
        );
        let failure = Failure::new(Exit::Rail, what)
            .open()
            .next("set it right and repeat the command: it goes on here")
            .next("or close this run and activate one by one: --activate-by=integration leaves out what is stopped");
        let failure = stopped.into_iter().fold(failure, Failure::evidence);
        let told = self.make_clean(machine, run).await?;
        Err(told.into_iter().fold(failure, Failure::evidence))
    }
}

fn without_job() -> Failure {
    Failure::new(Exit::Bug, "a promotion went on without its job").open()
}
