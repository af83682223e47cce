//! Promote: export the source, import it into the target without activating, re-point the connections, activate what was
//! active in the source, and verify.

mod activate;
mod repoint;

pub(crate) use repoint::update;

use std::collections::BTreeSet;

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, ImportStep, Promotion, PromotionStep};
use ferry_core::ids::{ConnectionId, JobName};
use ferry_core::job::ImportMode;

use crate::close::{Reported, close};
use crate::export::{ExportDriver, gen2_note, is_started, object_name};
use crate::import::{ImportDriver, refuse_protected};
use crate::inventory::Inventory;
use crate::{
    ArchiveSource, Context, Environment, ExportRequest, Failure, ImportRequest, Intention,
    PromoteReport, Run, Talk,
};

/// What is asked of a promotion.
#[derive(Debug, Clone, Default)]
pub struct PromoteRequest {
    /// The export job's and archive's name; generated when `None`.
    pub name: Option<JobName>,
    /// Free text for both jobs.
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

/// Promotes what `from` holds to `to`.
///
/// The answer's `exit` is 0 (all that was active in the source is active in the target), 3 (something could not be
/// re-pointed, tested or activated), or 9 (a safety rail stopped an activation); everything else is a [`Failure`].
pub async fn promote(
    context: &Context,
    from: &Environment,
    to: &Environment,
    request: &PromoteRequest,
) -> Result<PromoteReport, Failure> {
    refuse_protected(to)?;
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
    let mut machine = Promotion::new(from.instance.generation(), to.instance.generation());
    for record in &records {
        machine.apply(&record.event);
    }
    machine.resumed();
    (context.talk)(Talk::Run {
        id: run.id().to_owned(),
        resumed: run.is_resumed(),
    });
    let outcome = drive(context, from, to, request, &mut machine, &mut run).await;
    close(context, &mut run, outcome)
}

async fn drive(
    context: &Context,
    from: &Environment,
    to: &Environment,
    request: &PromoteRequest,
    machine: &mut Promotion,
    run: &mut Run,
) -> Result<PromoteReport, Failure> {
    // Both are needed to know what to activate and where connections point; better now than after the import.
    let source = Inventory::read(context, from).await?;
    let target = Inventory::read(context, to).await?;
    refuse_unmatched(to, &source, &target)?;
    // Once an import may have begun, what is there is no longer what was there before.
    let before = machine.import().name().is_none().then_some(target);
    let folder = run.folder().to_path_buf();
    let export = export_request(request);
    let mut exporter = ExportDriver::new(context, from, &export, &folder);
    while let PromotionStep::Export(step) = machine.next() {
        if request.no_wait && is_started(&step) {
            return Ok(report(machine, from, to, run));
        }
        let event = Event::Export(exporter.step(machine.export(), step).await?);
        run.append(context.now(), &event)?;
        machine.apply(&event);
    }
    drop(exporter);
    let import = import_request(from, request, machine)?;
    let mut importer = ImportDriver::new(context, to, Some(&from.storage), &import, &folder);
    while let PromotionStep::Import(step) = machine.next() {
        if request.no_wait && matches!(step, ImportStep::Follow { .. }) {
            return Ok(report(machine, from, to, run));
        }
        let event = Event::Import(importer.step(machine.import(), step).await?);
        run.append(context.now(), &event)?;
        machine.apply(&event);
    }
    repoint::repoint(context, to, machine, run).await?;
    activate::activate(context, &source, to, machine, run).await?;
    let after = Inventory::read(context, to).await.map_err(Failure::open)?;
    let mut report = report(machine, from, to, run);
    compare(&source, before.as_ref(), &after, &mut report);
    if let Some(import) = &mut report.import {
        import.target = Some(after.report());
    }
    report.exit = exit(&report);
    Ok(report)
}

/// Every override must mean a connection of the source or the target: a misspelled one would leave another as it is.
fn refuse_unmatched(
    to: &Environment,
    source: &Inventory,
    target: &Inventory,
) -> Result<(), Failure> {
    let known: BTreeSet<&str> = source
        .connections
        .iter()
        .chain(&target.connections)
        .map(|one| one.id.as_str())
        .collect();
    let unknown: Vec<&str> = to
        .overrides
        .connections
        .keys()
        .map(ConnectionId::as_str)
        .filter(|id| !known.contains(id))
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Usage,
        format!(
            "no connection matches these overrides of {}: {}",
            to.name,
            unknown.join(", ")
        ),
    )
    .evidence(format!(
        "known: {}",
        known.into_iter().collect::<Vec<_>>().join(", ")
    ))
    .next("correct their names in the workspace file; nothing was exported or imported"))
}

/// What the target holds at the end, against what was promised.
fn compare(
    source: &Inventory,
    before: Option<&Inventory>,
    after: &Inventory,
    report: &mut PromoteReport,
) {
    for one in &source.integrations {
        let id = one.id.to_string();
        if after.integration(one.project.as_deref(), &id).is_none() {
            report.notes.push(format!(
                "{id} is in the source and did not arrive in the target"
            ));
            report.exit = Exit::Partly;
        }
    }
    for one in before.iter().flat_map(|before| &before.integrations) {
        let was_active = one.status == activate::ACTIVE;
        let id = one.id.to_string();
        let now = after.integration(one.project.as_deref(), &id);
        if was_active && now.is_none_or(|now| now.status != activate::ACTIVE) {
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
        || report
            .export
            .as_ref()
            .is_some_and(|part| part.exit == Exit::Partly)
        || report
            .import
            .as_ref()
            .is_some_and(|part| part.exit == Exit::Partly)
        || report.exit == Exit::Partly;
    match (stopped, failed) {
        (true, _) => Exit::Rail,
        (false, true) => Exit::Partly,
        (false, false) => Exit::Done,
    }
}

fn report(machine: &Promotion, from: &Environment, to: &Environment, run: &Run) -> PromoteReport {
    let export = crate::export::describe(from, machine.export(), Some(run.id()));
    let import = machine.import().placed().map(|_| {
        crate::import::describe(to, machine.import(), ImportMode::ImportOnly, Some(run.id()))
    });
    let mut next = export.next.clone();
    next.extend(import.iter().flat_map(|import| import.next.clone()));
    PromoteReport {
        exit: Exit::Done,
        run: Some(run.id().to_owned()),
        from: from.name.to_string(),
        to: to.name.to_string(),
        export: Some(export),
        import,
        connections: machine.connections().cloned().collect(),
        activations: machine.activations().cloned().collect(),
        next,
        notes: Vec::new(),
    }
}

impl Reported for PromoteReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn is_final(&self) -> bool {
        self.import
            .as_ref()
            .is_some_and(|import| import.job_state.is_some())
    }
}

fn planned(from: &Environment, to: &Environment, request: &PromoteRequest) -> PromoteReport {
    let mut next = vec![
        format!("read what {} and {} hold", from.name, to.name),
        format!(
            "export {} at {}, {} security artifacts, verify the archive",
            from.name,
            from.instance.origin(),
            if request.security_artifacts {
                "with"
            } else {
                "without"
            }
        ),
    ];
    if !from.storage.is(&to.storage) {
        next.push(format!(
            "carry the archive from {} to {}, and verify it again",
            from.storage.url, to.storage.url
        ));
    }
    next.push(format!(
        "import it into {} at {}, without activating",
        to.name,
        to.instance.origin()
    ));
    for (id, one) in &to.overrides.connections {
        let names: Vec<&str> = one
            .properties
            .keys()
            .chain(one.security.keys())
            .map(String::as_str)
            .collect();
        next.push(format!("re-point {id}: {}, and test it", names.join(", ")));
    }
    next.push("activate what is active in the source, children first; stop what still points at the source".to_owned());
    PromoteReport {
        exit: Exit::Done,
        run: None,
        from: from.name.to_string(),
        to: to.name.to_string(),
        export: None,
        import: None,
        connections: Vec::new(),
        activations: Vec::new(),
        next,
        notes: [from, to].into_iter().flat_map(gen2_note).collect(),
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

fn import_request(
    from: &Environment,
    request: &PromoteRequest,
    machine: &Promotion,
) -> Result<ImportRequest, Failure> {
    let Some((object, ..)) = machine.export().verified() else {
        return Err(Failure::new(Exit::Bug, "a promotion went on without an archive").open());
    };
    Ok(ImportRequest {
        archive: ArchiveSource::Object {
            environment: Some(from.name.clone()),
            name: object_name(object)?,
        },
        mode: ImportMode::ImportOnly,
        security_artifacts: request.security_artifacts,
        start_schedules: false,
        schedule_params: false,
        name: None,
        description: request.description.clone(),
        no_wait: request.no_wait,
        dry_run: false,
    })
}

fn intention(from: &Environment, to: &Environment, request: &PromoteRequest) -> Intention {
    let side = |one: &Environment| (one.name.to_string(), one.identity.clone());
    Intention {
        flow: "promote".to_owned(),
        environments: vec![side(from), side(to)],
        options: [
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
