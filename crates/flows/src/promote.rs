//! Promote: export the source or take a given archive, plan, make a safety copy of the target, stop what is live there,
//! import without activating, re-point the connections, activate, start the schedules, and verify.

mod activate;
mod arrived;
mod describe;
mod live;
mod lookups;
mod prepare;
mod repoint;
mod schedules;

use std::collections::BTreeSet;

use ferry_archive::Limits;
use ferry_core::exit::Exit;
use ferry_core::flow::{Event, ExportStep, ImportStep, Promotion, PromotionStep};
use ferry_core::ids::JobName;
use ferry_core::job::ImportMode;
use ferry_core::overrides::Pattern;
use ferry_core::plan::{Choice, Saved};

use crate::close::{Reported, close};
use crate::export::{ExportDriver, is_started, object_name};
use crate::failure::Fate;
use crate::import::ImportDriver;
use crate::inventory::Inventory;
use crate::{
    ArchiveSource, Context, Environment, ExportRequest, Failure, ImportRequest, Intention,
    PromoteReport, Run, Storage, Talk,
};
use arrived::{Held, arrived};
use describe::{planned, report};
use prepare::{Prepared, Taken, is_open, named, prepare};

/// What is asked of a promotion.
#[derive(Debug, Clone, Default)]
pub struct PromoteRequest {
    /// The archive that is taken; `None`: the source is exported.
    pub archive: Option<ArchiveSource>,
    /// The plan that is carried out; `None`: one is made.
    pub plan: Option<Box<Saved>>,
    /// The fingerprint of the plan that is approved.
    pub approve: Option<String>,
    /// What becomes of what is live today.
    pub live: Option<Choice>,
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
    pub no_wait: bool,
    /// Say what would be done, and do nothing.
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
    let (mut run, records) = context.runs.open(context, &intention)?;
    let mut machine = Promotion::new(
        from.instance.generation(),
        to.instance.generation(),
        request.archive.is_none(),
    );
    for record in &records {
        machine.apply(&record.event);
    }
    machine.resumed();
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
            let source = Inventory::read(context, from).await?;
            let target = Inventory::read(context, to).await?;
            refuse_misfits(to, &source, &target)?;
        }
        if let (Some(plan), None) = (&request.plan, machine.given()) {
            record(context, machine, run, &Event::Given(plan.clone()))?;
        }
        let folder = run.folder().to_path_buf();
        let (export, copy) = (export_request(request), copy_request(request));
        let mut exporter = ExportDriver::new(context, from, &export, &folder);
        let mut copier = ExportDriver::new(context, to, &copy, &folder);
        loop {
            let next = machine.next();
            let waits = match &next {
                PromotionStep::Export(step) | PromotionStep::SafetyCopy(step) => is_started(step),
                PromotionStep::Import(step) => matches!(step, ImportStep::Follow { .. }),
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
                    match prepare(context, from, to, request, machine, &taken, &folder).await? {
                        Prepared::Go(plan, stop) => Event::Planned { plan, stop },
                        Prepared::Waits(saved, path) => {
                            let mut report = report(machine, from, to, run);
                            report.exit = Exit::Rail;
                            report.next = vec![
                                format!("{} is protected: look at the plan, {path}", to.name),
                                format!(
                                    "approve it and carry it out: ferry promote --plan {path} --approve {}",
                                    saved.fingerprint
                                ),
                            ];
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
                    self.import(machine, run, step).await?;
                    if request.no_wait
                        && matches!(machine.import().next(), ImportStep::Follow { .. })
                    {
                        return Ok(report(machine, from, to, run));
                    }
                    continue;
                }
                PromotionStep::Finish => return self.finish(machine, run).await,
            };
            record(context, machine, run, &event)?;
        }
    }

    /// Carries steps of the import out while there is one; places the archive, and comes back, before anything is stopped.
    async fn import(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
        mut step: ImportStep,
    ) -> Result<(), Failure> {
        let archive = self.archive(machine)?;
        let holder = self.holder_of(&archive);
        let request = import_request(archive, self.request);
        let folder = run.folder().to_path_buf();
        let mut importer = ImportDriver::new(self.context, self.to, holder, &request, &folder);
        loop {
            let event = importer.step(machine.import(), step).await?;
            record(self.context, machine, run, &Event::Import(event))?;
            match machine.next() {
                PromotionStep::Import(ImportStep::Follow { .. }) if self.request.no_wait => {
                    return Ok(());
                }
                PromotionStep::Import(next) => step = next,
                _ => return Ok(()),
            }
        }
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
        let source = Inventory::read(context, from)
            .await
            .map_err(Failure::open)?;
        activate::activate(context, &source, to, true, machine, run).await?;
        schedules::schedules(context, to, machine, run).await?;
        let after = Inventory::read(context, to).await.map_err(Failure::open)?;
        let mut report = report(machine, from, to, run);
        verify(machine, &after, &mut report);
        let held = Held {
            from: (from, &source),
            to: (to, &after),
        };
        arrived(context, &held, &self.request.limits, machine, &mut report).await?;
        if let Some(import) = &mut report.import {
            import.target = Some(after.report());
        }
        report.exit = exit(&report);
        Ok(report)
    }

    /// Brings the target to what it was, as far as that goes, where a promotion ends before its end.
    async fn undo(&self, failure: Failure, machine: &mut Promotion, run: &mut Run) -> Failure {
        let is_final = failure.fate() != Fate::Open;
        let told = if !machine.is_dirty() {
            if machine.was_live().next().is_none() {
                return failure;
            }
            live::bring_back(self.context, self.to, machine, run).await
        } else if is_final && machine.import().ended().is_none() {
            self.make_clean(machine, run).await
        } else {
            return failure;
        };
        match told {
            Ok(told) => told.into_iter().fold(failure, Failure::evidence),
            Err(error) => {
                let why = crate::follow::chain(&error);
                let left: Vec<String> = machine
                    .was_live()
                    .map(|((project, id), _)| named(project.as_deref(), id))
                    .collect();
                failure
                    .open()
                    .evidence(format!(
                        "of {} these are NOT live again: {}",
                        self.to.name,
                        left.join(", ")
                    ))
                    .evidence(why)
                    .next("repeat the command: it goes on, or brings them back")
            }
        }
    }

    /// After an import that failed: connections may have come all the same, so they are re-pointed before what was live is
    /// made live again.
    async fn make_clean(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<Vec<String>, Failure> {
        let Self {
            context, from, to, ..
        } = *self;
        repoint::repoint(context, to, &self.request.untested, machine, run).await?;
        let source = Inventory::read(context, from).await?;
        activate::activate(context, &source, to, false, machine, run).await?;
        schedules::schedules(context, to, machine, run).await?;
        let told = machine.activations().map(|one| {
            let name = named(one.project.as_deref(), &one.id);
            match &one.problem {
                None => format!("{name} is live again"),
                Some(why) => format!("{name} is NOT live again: {why}"),
            }
        });
        Ok(told.collect())
    }
}

fn without_archive() -> Failure {
    Failure::new(Exit::Bug, "a promotion went on without an archive").open()
}

/// Every override must mean a connection of the source or the target, and one thing: a misspelled one would leave another
/// connection as it is.
fn refuse_misfits(to: &Environment, source: &Inventory, target: &Inventory) -> Result<(), Failure> {
    let stated = &to.overrides.stated;
    let refused = |what: String| {
        Failure::new(Exit::Usage, what)
            .next("correct the overrides; nothing was exported or imported")
    };
    let all = || source.connections.iter().chain(&target.connections);
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
    let attached = stated.connections.iter();
    let attached = attached.filter(|(_, entry)| !entry.attachments.is_empty());
    let beyond: Vec<String> = attached
        .map(|(entry, _)| format!("attachments of {entry}"))
        .collect();
    if !beyond.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            format!(
                "the overrides of {} state what a promotion cannot set: {}",
                to.name,
                beyond.join(", ")
            ),
        )
        .next(
            "set it by hand and take it out of the overrides; nothing was exported or imported",
        ));
    }
    Ok(())
}

/// What the target holds at the end, against what the plan promised.
fn verify(machine: &Promotion, after: &Inventory, report: &mut PromoteReport) {
    let planned = machine
        .plan()
        .into_iter()
        .flat_map(|plan| &plan.integrations);
    for one in planned {
        let id = one.id.to_string();
        if after.integration(one.project.as_deref(), &id).is_none() {
            report.missed.push(format!(
                "{id} is in the source and did not arrive in the target"
            ));
        }
    }
    for one in machine.activations().filter(|one| one.problem.is_none()) {
        let now = after.integration(one.project.as_deref(), &one.id);
        let status = now.map_or("ABSENT", |now| now.status.as_str());
        if status != activate::ACTIVE {
            let name = named(one.project.as_deref(), &one.id);
            report
                .missed
                .push(format!("{name} was active, and is {status} now"));
        }
    }
    let off = machine.plan().into_iter().flat_map(|plan| &plan.turned_off);
    let off = off.map(|off| (off.project.as_deref(), off.id.to_string()));
    let live = machine.was_live();
    let live = live.map(|((project, id), _)| (project.as_deref(), id.clone()));
    for (project, id) in off.chain(live).collect::<BTreeSet<_>>() {
        let now = after.integration(project, &id);
        if now.is_none_or(|now| now.status != activate::ACTIVE) {
            report.notes.push(format!(
                "{id} was active in the target before and is not now: a newer version of its major version took its place, or it was turned off"
            ));
        }
    }
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
        || !report.missed.is_empty();
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

fn import_request(archive: ArchiveSource, request: &PromoteRequest) -> ImportRequest {
    ImportRequest {
        archive,
        mode: ImportMode::ImportOnly,
        security_artifacts: request.security_artifacts,
        start_schedules: false,
        schedule_params: false,
        name: None,
        description: request.description.clone(),
        no_wait: request.no_wait,
        dry_run: false,
    }
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
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}
