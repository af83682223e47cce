//! Promote: export the source or take a given archive, plan, make a safety copy of the target, stop what is live there,
//! import without activating, re-point the connections, activate, start the schedules, and verify.

mod activate;
mod arrive;
mod arrived;
mod describe;
mod job;
mod live;
mod lookups;
mod prepare;
mod probe;
mod repoint;
mod schedules;
pub(crate) mod undo;
mod verify;

use std::collections::BTreeSet;

use ferry_archive::Limits;
use ferry_core::exit::Exit;
use ferry_core::flow::{
    Event, ExportStep, Import, ImportEvent, ImportStep, Key, Left, Promotion, PromotionStep,
};
use ferry_core::ids::JobName;
use ferry_core::overrides::Pattern;
use ferry_core::plan::{ActivateBy, Choice, Saved};
use ferry_oic::Connection;
use futures_util::future::try_join;
use serde::{Deserialize, Serialize};

use crate::claim;
use crate::close::{Reported, close, ends};
use crate::export::{ExportDriver, is_started, object_name};
use crate::inventory::{Inventory, connections};
use crate::{
    ArchiveSource, Asked, Context, Environment, ExportRequest, Failure, Intention, PromoteReport,
    Run, Storage, Talk, shell_word,
};
use describe::{planned, report};
use job::Job;
use prepare::{Prepared, Taken, is_open, prepare};

/// What is asked of a promotion.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct PromoteRequest {
    /// The archive that is taken; `None`: the source is exported.
    pub archive: Option<ArchiveSource>,
    /// The plan that is carried out; `None`: one is made.
    pub plan: Option<Box<Saved>>,
    /// The fingerprint of the plan that is approved.
    pub approve: Option<String>,
    /// What becomes of what is live today.
    pub live: Option<Choice>,
    /// Who activates.
    pub activate_by: ActivateBy,
    /// Connections, `[PROJECT/]CODE`, whose failing test stops nothing.
    pub untested: BTreeSet<String>,
    /// How much the archive may cost to be read.
    pub limits: Limits,
    /// The export job's and archive's name; generated when `None`.
    pub name: Option<JobName>,
    /// Free text for the jobs.
    pub description: Option<String>,
    /// Whether credentials and certificates travel.
    pub security_artifacts: bool,
    /// Whether an archive of that name is replaced.
    pub overwrite: bool,
    /// Return as soon as the next job is known.
    #[serde(skip)]
    pub no_wait: bool,
    /// Say what would be done, and do nothing.
    #[serde(skip)]
    pub dry_run: bool,
}

/// Promotes what `from` holds, or held when the archive was made, to `to`.
///
/// `holder` is the storage that holds a given archive, where that is not the target's own. The answer's `exit` is 0 (the
/// target holds what the plan promised), 3 (something could not be re-pointed, tested, activated or started), or 9 (a
/// safety rail stopped an activation, or the plan waits for an approval); everything else is a [`Failure`].
pub async fn promote(
    context: &Context,
    from: &Environment,
    to: &Environment,
    holder: Option<&Storage>,
    request: &PromoteRequest,
) -> Result<PromoteReport, Failure> {
    if from.identity == to.identity && from.instance.origin() == to.instance.origin() {
        return Err(Failure::new(
            Exit::Usage,
            format!("{} and {} are one instance", from.name, to.name),
        ));
    }
    if request.dry_run {
        return Ok(planned(from, to, request));
    }
    let intention = intention(from, to, request);
    let asked = Asked::Promote(Box::new(request.clone()));
    let (mut run, records) = context.runs.open(context, &intention, &asked)?;
    let mut machine = Promotion::new(
        from.instance.generation(),
        to.instance.generation(),
        request.archive.is_none(),
    );
    if request.activate_by == ActivateBy::Job {
        machine = machine.by_job();
    }
    for record in &records {
        machine.apply(&record.event);
    }
    machine.resumed();
    let job = match machine.next() {
        PromotionStep::ActivationJob(_) => Job::Activation,
        _ => Job::Import,
    };
    let start = job.part(&machine).and_then(Import::start);
    if let Some(word) = run.assumed(start, &machine.next())? {
        let event = job.event(ImportEvent::Start(word));
        record(context, &mut machine, &mut run, &event)?;
    }
    (context.talk)(Talk::Run {
        id: run.id().to_owned(),
        resumed: run.is_resumed(),
    });
    let sides = Sides {
        context,
        from,
        to,
        holder,
        request,
    };
    let outcome = match sides.drive(&mut machine, &mut run).await {
        Err(failure) => Err(sides.undo(failure, &mut machine, &mut run).await),
        done => done,
    };
    if machine.plan().is_some() && ends(&run, &outcome) {
        // Before the run ends, so that a run that was killed here does it once more.
        claim::release(context, to, run.id()).await?;
    }
    close(context, &mut run, outcome)
}

/// Writes what happened to the journal, and tells the machine.
fn record(
    context: &Context,
    machine: &mut Promotion,
    run: &mut Run,
    event: &Event,
) -> Result<(), Failure> {
    run.append(context.now(), event)?;
    machine.apply(event);
    Ok(())
}

/// What one promotion works with.
struct Sides<'a> {
    context: &'a Context,
    from: &'a Environment,
    to: &'a Environment,
    holder: Option<&'a Storage>,
    request: &'a PromoteRequest,
}

impl Sides<'_> {
    async fn drive(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<PromoteReport, Failure> {
        let Self {
            context,
            from,
            to,
            request,
            ..
        } = *self;
        if machine.plan().is_none() {
            // Better now than after an export.
            let source = connections(context, from).await?;
            let target = connections(context, to).await?;
            refuse_misfits(to, &source, &target)?;
        }
        let folder = run.folder().to_path_buf();
        let (export, copy) = (export_request(request), copy_request(request));
        let mut exporter = ExportDriver::new(context, from, &export, &folder);
        let mut copier = ExportDriver::new(context, to, &copy, &folder);
        let mut claims = true;
        loop {
            if claims && machine.plan().is_some() {
                claims = false;
                self.claim(machine, run).await?;
            }
            let next = machine.next();
            let waits = match &next {
                PromotionStep::Export(step) | PromotionStep::SafetyCopy(step) => is_started(step),
                PromotionStep::Import(step) | PromotionStep::ActivationJob(step) => {
                    matches!(step, ImportStep::Follow { .. })
                }
                _ => false,
            };
            if request.no_wait && waits {
                return Ok(report(machine, from, to, run));
            }
            let event = match next {
                PromotionStep::Export(step) => {
                    let export = machine.export().ok_or_else(without_archive)?;
                    Event::Export(exporter.step(export, step).await?)
                }
                PromotionStep::Plan => {
                    let archive = self.archive(machine)?;
                    let taken = Taken {
                        holder: self.holder_of(&archive),
                        archive: &archive,
                    };
                    match prepare(context, from, to, request, &taken, &folder).await? {
                        Prepared::Go(plan, stop) => Event::Planned { plan, stop },
                        Prepared::Waits(saved, path) => {
                            let mut report = report(machine, from, to, run);
                            report.exit = Exit::Rail;
                            report.next = vec![
                                format!("{} is protected: look at the plan, {path}", to.name),
                                format!(
                                    "approve it and carry it out: ferry promote --plan {} --approve {}{}",
                                    shell_word(&path),
                                    saved.fingerprint,
                                    carried(request)
                                ),
                            ];
                            if request.live.is_none() && !saved.plan.live.is_empty() {
                                let live = "what is live today is left alone, and nothing is done: --live=stop stops it meanwhile";
                                report.next.insert(1, live.to_owned());
                            }
                            report.plan = Some(*saved);
                            return Ok(report);
                        }
                    }
                }
                PromotionStep::SafetyCopy(step) => {
                    if step == ExportStep::Name {
                        context.step(format!("making a safety copy of {}", to.name));
                    }
                    Event::SafetyCopy(copier.step(machine.safety_copy(), step).await?)
                }
                PromotionStep::Quiet => {
                    is_open(context, to)?;
                    live::quiet(context, to, machine, run).await?;
                    continue;
                }
                PromotionStep::Dirty => {
                    is_open(context, to)?;
                    Event::ConnectionsDirty
                }
                PromotionStep::Import(step) => {
                    self.job(Job::Import, machine, run, step).await?;
                    continue;
                }
                PromotionStep::Clear => {
                    is_open(context, to)?;
                    self.clear(machine, run).await?
                }
                PromotionStep::ActivationJob(step) => {
                    self.job(Job::Activation, machine, run, step).await?;
                    continue;
                }
                PromotionStep::Finish => return self.finish(machine, run).await,
            };
            record(context, machine, run, &event)?;
        }
    }

    /// Claims the target before it is changed. A dirty import is re-pointed whoever else claims it.
    async fn claim(&self, machine: &Promotion, run: &Run) -> Result<(), Failure> {
        let what = format!("promotion of {} to {}", self.from.name, self.to.name);
        match claim::claim(self.context, self.to, run.id(), what).await {
            Err(failure) if failure.exit() == Exit::Conflict && machine.is_dirty() => {
                let whose = failure.facts().join("; ");
                self.context.warn(format!(
                    "{failure}: {whose}; going on, as connections may point at the source"
                ));
                Ok(())
            }
            done => done,
        }
    }

    /// What both sides hold now.
    async fn inventories(&self) -> Result<(Inventory, Inventory), Failure> {
        let from = Inventory::read(self.context, self.from);
        let to = Inventory::read(self.context, self.to);
        try_join(from, to).await.map_err(Failure::open)
    }

    /// The archive that is imported.
    fn archive(&self, machine: &Promotion) -> Result<ArchiveSource, Failure> {
        if let Some(given) = &self.request.archive {
            return Ok(given.clone());
        }
        let verified = machine.export().and_then(|export| export.verified());
        let (object, ..) = verified.ok_or_else(without_archive)?;
        Ok(ArchiveSource::Object {
            environment: Some(self.from.name.clone()),
            name: object_name(object)?,
        })
    }

    /// The storage that holds it; `None`: the target's own.
    fn holder_of(&self, archive: &ArchiveSource) -> Option<&Storage> {
        match archive {
            ArchiveSource::Object {
                environment: Some(name),
                ..
            } if *name == self.from.name => Some(&self.from.storage),
            _ => self.holder,
        }
    }

    /// Everything behind the import; connections first.
    async fn finish(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<PromoteReport, Failure> {
        let Self {
            context, from, to, ..
        } = *self;
        let untested = &self.request.untested;
        repoint::repoint(context, to, untested, machine, run).await?;
        lookups::lookups(context, to, machine, run).await?;
        let (source, target) = self.inventories().await?;
        let sides = (&source, &target);
        self.probe(sides, &to_be_active(machine), machine, run)
            .await?;
        activate::activate(context, sides, to, true, machine, run).await?;
        schedules::schedules(context, to, machine, run).await?;
        let mut report = report(machine, from, to, run);
        self.verify(&source, machine, &mut report)
            .await
            .map_err(Failure::open)?;
        let left = Left {
            dirty: Vec::new(), // each is told in its own row
            ..machine.left()
        };
        report.notes.extend(undo::told(&left, to.name.as_str()));
        report.exit = exit(&report);
        Ok(report)
    }
}

/// What the plan activates, and what was live before.
fn to_be_active(machine: &Promotion) -> BTreeSet<Key> {
    let live = machine.was_live().map(|(key, _)| key.clone());
    machine.to_activate().chain(live).collect()
}

fn without_archive() -> Failure {
    Failure::new(Exit::Bug, "a promotion went on without an archive").open()
}

/// Every override must mean a connection of the source or the target, and one thing: a misspelled one would leave another
/// connection as it is.
fn refuse_misfits(
    to: &Environment,
    source: &[Connection],
    target: &[Connection],
) -> Result<(), Failure> {
    let stated = &to.overrides.stated;
    let refused = |what: String| {
        Failure::new(Exit::Usage, what)
            .next("correct the overrides; nothing was exported or imported")
    };
    let all = || source.iter().chain(target);
    let is_met =
        |entry: &Pattern| all().any(|one| entry.fits(one.project.as_deref(), one.id.as_str()));
    let unmet: Vec<&str> = stated
        .connections
        .keys()
        .filter(|entry| !is_met(entry))
        .map(Pattern::as_str)
        .collect();
    if !unmet.is_empty() {
        let known: BTreeSet<&str> = all().map(|one| one.id.as_str()).collect();
        let known: Vec<&str> = known.into_iter().collect();
        let what = format!(
            "no connection matches these overrides of {}: {}",
            to.name,
            unmet.join(", ")
        );
        return Err(refused(what).evidence(format!("known: {}", known.join(", "))));
    }
    for one in all() {
        let given = stated.given(one.project.as_deref(), one.id.as_str());
        if let Some((name, entry, other)) = given.contradictions.first() {
            return Err(refused(format!(
                "the overrides of {} state {name} of {} differently in {entry} and {other}, which are equally strong",
                to.name, one.id
            )));
        }
    }
    Ok(())
}

fn exit(report: &PromoteReport) -> Exit {
    let stopped = report.activations.iter().any(|one| one.stopped);
    let failed = report.activations.iter().any(|one| one.problem.is_some())
        || report.connections.iter().any(|one| one.problem.is_some())
        || report.lookups.iter().any(|one| one.problem.is_some())
        || report.schedules.iter().any(|one| one.problem.is_some())
        || report
            .export
            .as_ref()
            .is_some_and(|part| part.exit == Exit::Partly)
        || report
            .import
            .as_ref()
            .is_some_and(|part| part.exit == Exit::Partly)
        || report
            .activation_job
            .as_ref()
            .is_some_and(|part| part.exit == Exit::Partly)
        || !report.verification.is_empty();
    match (stopped, failed) {
        (true, _) => Exit::Rail,
        (false, true) => Exit::Partly,
        (false, false) => Exit::Done,
    }
}

impl Reported for PromoteReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn is_final(&self) -> bool {
        let waits = self.plan.is_some();
        waits
            || self
                .import
                .as_ref()
                .is_some_and(|import| import.job_state.is_some())
                && self
                    .activation_job
                    .as_ref()
                    .is_none_or(|job| job.job_state.is_some())
    }
}

fn export_request(request: &PromoteRequest) -> ExportRequest {
    ExportRequest {
        name: request.name.clone(),
        description: request.description.clone(),
        security_artifacts: request.security_artifacts,
        overwrite: request.overwrite,
        download: None,
        no_wait: request.no_wait,
        dry_run: false,
    }
}

/// The target's own copy: with everything that it takes to be what it was.
fn copy_request(request: &PromoteRequest) -> ExportRequest {
    ExportRequest {
        security_artifacts: true,
        no_wait: request.no_wait,
        description: Some("safety copy before a promotion".to_owned()),
        ..ExportRequest::default()
    }
}

/// What the command said that the plan does not hold.
fn carried(request: &PromoteRequest) -> String {
    let mut words = String::new();
    match request.live {
        Some(Choice::Stop) => words += " --live=stop",
        Some(Choice::Abort) => words += " --live=abort",
        None => {}
    }
    if request.activate_by == ActivateBy::Job {
        words += " --activate-by=job";
    }
    for name in &request.untested {
        words += &format!(" --untested {}", shell_word(name));
    }
    if request.security_artifacts {
        words += " --security-artifacts";
    }
    if request.overwrite {
        words += " --overwrite";
    }
    words
}

/// What is decided about a run while it goes on is no part of it: the choice about what is live, and the approval.
fn intention(from: &Environment, to: &Environment, request: &PromoteRequest) -> Intention {
    let side = |one: &Environment| (one.name.to_string(), one.identity.clone());
    Intention {
        flow: "promote".to_owned(),
        environments: vec![side(from), side(to)],
        options: [
            request
                .archive
                .as_ref()
                .map(|archive| format!("archive={}", archive.shown(&to.name))),
            request
                .plan
                .as_ref()
                .map(|plan| format!("plan={}", plan.fingerprint)),
            request.name.as_ref().map(|name| format!("name={name}")),
            request
                .description
                .as_ref()
                .map(|text| format!("description={text}")),
            Some(format!("security-artifacts={}", request.security_artifacts)),
            Some(format!("overwrite={}", request.overwrite)),
            Some(format!("activate-by={}", request.activate_by.word())),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}
