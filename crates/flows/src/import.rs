//! Import: bring an archive to the target's bucket, start a job, follow it.

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, Import, ImportEvent, ImportStep, StartStep};
use ferry_core::ids::{JobKind, JobName};
use ferry_core::job::{ImportMode, JobEnd, JobSnapshot};
use ferry_oic::ImportOrder;
use serde::{Deserialize, Serialize};

use crate::close::{Reported, close};
use crate::export::gen2_note;
use crate::follow::{attach_command, follow};
use crate::inventory::Inventory;
use crate::place::place;
use crate::start::{Order, Starter};
use crate::{
    ArchiveReport, ArchiveSource, Asked, Context, Environment, Failure, ImportReport, Intention,
    Run, Storage, Talk,
};

/// What is asked of an import.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ImportRequest {
    /// The archive.
    pub archive: ArchiveSource,
    /// What becomes of the integrations.
    pub mode: ImportMode,
    /// Whether credentials and certificates are taken from the archive.
    pub security_artifacts: bool,
    /// Whether the service starts the schedules.
    pub start_schedules: bool,
    /// Whether the service takes schedule parameters.
    pub schedule_params: bool,
    /// The job's name; generated when `None`.
    pub name: Option<JobName>,
    /// Free text for the job.
    pub description: Option<String>,
    /// Return as soon as the job is known.
    #[serde(skip)]
    pub no_wait: bool,
    /// Say what would be done, and do nothing.
    #[serde(skip)]
    pub dry_run: bool,
}

/// Imports an archive into an instance.
///
/// `holder` is the storage that holds the archive, where that is not the target's own. The answer's `exit` is 0 or 3;
/// everything else is a [`Failure`].
pub async fn import(
    context: &Context,
    environment: &Environment,
    holder: Option<&Storage>,
    request: &ImportRequest,
) -> Result<ImportReport, Failure> {
    refuse_protected(environment)?;
    if request.dry_run {
        return Ok(planned(environment, holder, request));
    }
    let intention = intention(environment, request);
    let asked = Asked::Import(request.clone());
    let (mut run, records) = context.runs.open(context, &intention, &asked)?;
    let mut machine = Import::new(environment.instance.generation());
    for record in &records {
        if let Event::Import(event) = &record.event {
            machine.apply(event);
        }
    }
    machine.resumed();
    if let Some(word) = run.assumed(machine.start(), &machine.next())? {
        let event = ImportEvent::Start(word);
        run.append(context.now(), &Event::Import(event.clone()))?;
        machine.apply(&event);
    }
    (context.talk)(Talk::Run {
        id: run.id().to_owned(),
        resumed: run.is_resumed(),
    });
    let outcome = drive(
        context,
        environment,
        holder,
        request,
        &mut machine,
        &mut run,
    )
    .await;
    close(context, &mut run, outcome)
}

/// Only a promotion by an approved plan opens a protected environment.
pub(crate) fn refuse_protected(environment: &Environment) -> Result<(), Failure> {
    if !environment.protected {
        return Ok(());
    }
    Err(Failure::new(Exit::Rail, format!("{} is protected: nothing is changed there", environment.name))
        .evidence(format!("it stands for {} at {}", environment.identity, environment.instance.origin()))
        .next("only a promotion by an approved plan opens it: ferry plan, then ferry promote --plan FILE --approve FINGERPRINT"))
}

async fn drive(
    context: &Context,
    environment: &Environment,
    holder: Option<&Storage>,
    request: &ImportRequest,
    machine: &mut Import,
    run: &mut Run,
) -> Result<ImportReport, Failure> {
    let folder = run.folder().to_path_buf();
    let mut driver = ImportDriver::new(context, environment, holder, request, &folder);
    loop {
        let step = machine.next();
        if step == ImportStep::Done
            || (request.no_wait && matches!(step, ImportStep::Follow { .. }))
        {
            break;
        }
        let event = driver.step(machine, step).await?;
        run.append(context.now(), &Event::Import(event.clone()))?;
        machine.apply(&event);
    }
    let mut report = describe(environment, machine, request.mode, Some(run.id()));
    if machine.unseen().is_some() {
        report.exit = Exit::Partly;
    }
    if let Some(ended) = machine.ended().filter(|_| request.start_schedules) {
        schedules(&mut report, ended);
    }
    if machine.next() == ImportStep::Done {
        match Inventory::read(context, environment).await {
            Ok(inventory) => report.target = Some(inventory.report()),
            Err(failure) if failure.exit() == Exit::Interrupted => return Err(failure),
            Err(failure) => report.notes.push(format!(
                "what the target holds now is unknown: {}",
                crate::follow::chain(&failure)
            )),
        }
    }
    Ok(report)
}

impl Reported for ImportReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn is_final(&self) -> bool {
        self.job_state.is_some()
    }
}

/// Carries the steps of one import out, in one process.
pub(crate) struct ImportDriver<'a> {
    context: &'a Context,
    environment: &'a Environment,
    holder: Option<&'a Storage>,
    request: &'a ImportRequest,
    folder: &'a Path,
    starter: Option<Starter<'a>>,
}

impl<'a> ImportDriver<'a> {
    pub(crate) fn new(
        context: &'a Context,
        environment: &'a Environment,
        holder: Option<&'a Storage>,
        request: &'a ImportRequest,
        folder: &'a Path,
    ) -> Self {
        Self {
            context,
            environment,
            holder,
            request,
            folder,
            starter: None,
        }
    }

    pub(crate) async fn step(
        &mut self,
        machine: &Import,
        step: ImportStep,
    ) -> Result<ImportEvent, Failure> {
        match step {
            ImportStep::Place => {
                place(
                    self.context,
                    self.environment,
                    &self.request.archive,
                    self.holder,
                    self.folder,
                )
                .await
            }
            ImportStep::Name => {
                let name = self.request.name.clone().unwrap_or_else(|| {
                    JobName::generate(
                        &self.environment.name,
                        self.context.now(),
                        (self.context.random)(),
                    )
                });
                Ok(ImportEvent::Named { name })
            }
            ImportStep::Start(step) => self.start(machine, step).await,
            ImportStep::Follow { job } => {
                self.context.step(format!(
                    "following the import job {job} on {}",
                    self.environment.name
                ));
                let end = follow(self.context, self.environment, JobKind::Import, &job).await?;
                Ok(ImportEvent::JobEnded {
                    snapshot: end.snapshot().clone(),
                })
            }
            // Nothing tells what an archive alone was to bring.
            ImportStep::Watch => Ok(ImportEvent::Unseen {
                missing: Vec::new(),
            }),
            ImportStep::Done => {
                Err(Failure::new(Exit::Bug, "a finished import was to go on").open())
            }
        }
    }

    async fn start(&mut self, machine: &Import, step: StartStep) -> Result<ImportEvent, Failure> {
        let (Some(name), Some(start), Some((object, ..))) =
            (machine.name(), machine.start(), machine.placed())
        else {
            return Err(
                Failure::new(Exit::Bug, "an import went on without a name or an archive").open(),
            );
        };
        let starter = self.starter.get_or_insert_with(|| {
            let order = ImportOrder {
                archive: object.to_string(),
                mode: self.request.mode,
                name: name.clone(),
                description: self.request.description.clone(),
                security_artifacts: self.request.security_artifacts,
                start_schedules: self.request.start_schedules,
                schedule_params: self.request.schedule_params,
                storage: self.environment.storage.info(),
            };
            Starter::new(self.context, self.environment, Order::Import(order))
        });
        starter.step(start, step).await.map(ImportEvent::Start)
    }
}

/// Under which field the service takes the order to start schedules is not documented, so its answer has the last word.
fn schedules(report: &mut ImportReport, ended: &JobSnapshot) {
    let environment = &report.environment;
    match ended.start_schedules {
        Some(true) => {}
        Some(false) => {
            report.exit = Exit::Partly;
            report.notes.push(format!(
                "{environment} has not taken the order to start schedules: its answer says that this import starts none; start them in the console"
            ));
        }
        None => report.notes.push(format!(
            "{environment} does not tell whether it starts the schedules: look at them in the console"
        )),
    }
}

/// The report of an import as far as it has come.
pub(crate) fn describe(
    environment: &Environment,
    machine: &Import,
    mode: ImportMode,
    run: Option<&str>,
) -> ImportReport {
    let job = machine.start().and_then(|start| start.job().cloned());
    let ended = machine.ended();
    let mut notes = gen2_note(environment);
    let mut exit = Exit::Done;
    match ended.and_then(JobSnapshot::end) {
        Some(JobEnd::CompletedPartly(_)) => {
            exit = Exit::Partly;
            notes.push("the job completed in part: see its components and the detailed report of the console".to_owned());
        }
        Some(end) => notes.extend(end.notes()),
        None => {}
    }
    if let Some(missing) = machine.unseen() {
        notes.push(
            "no call tells the job's id or its state: that it was started is what you said"
                .to_owned(),
        );
        if !missing.is_empty() {
            notes.push(format!(
                "what it was to bring and is not there: {}",
                missing.join(", ")
            ));
        }
    }
    let unknown = machine.unseen().map(|_| "unknown".to_owned());
    let next = match (ended, &job) {
        (None, Some(job)) => vec![
            format!(
                "follow it: {}",
                attach_command(environment, JobKind::Import, job)
            ),
            "or repeat the command without --no-wait: it goes on".to_owned(),
        ],
        _ => Vec::new(),
    };
    ImportReport {
        exit,
        run: run.map(str::to_owned),
        environment: environment.name.to_string(),
        mode: mode.to_string(),
        job_name: machine.name().map(ToString::to_string),
        job: job.map(|job| job.to_string()),
        job_state: ended.map(|snapshot| snapshot.state.to_string()).or(unknown),
        components: ended
            .map(|snapshot| snapshot.components.clone())
            .unwrap_or_default(),
        archive: machine
            .placed()
            .map(|(object, bytes, sha256)| ArchiveReport {
                bucket: environment.storage.url.to_string(),
                name: object.to_string(),
                bytes,
                sha256: sha256.to_owned(),
                entries: None,
            }),
        target: None,
        next,
        notes,
    }
}

fn planned(
    environment: &Environment,
    holder: Option<&Storage>,
    request: &ImportRequest,
) -> ImportReport {
    let mut report = describe(
        environment,
        &Import::new(environment.instance.generation()),
        request.mode,
        None,
    );
    let bucket = &environment.storage.url;
    report.next = vec![match (
        &request.archive,
        holder.filter(|holder| !holder.is(&environment.storage)),
    ) {
        (ArchiveSource::File(path), _) => {
            format!("verify {} and upload it to {bucket}", path.display())
        }
        (ArchiveSource::Object { name, .. }, Some(holder)) => {
            format!(
                "carry {name} from {} to {bucket}, and verify it",
                holder.url
            )
        }
        (ArchiveSource::Object { name, .. }, None) => format!("verify {name} in {bucket}"),
    }];
    report.next.push(format!(
        "POST importServiceInstanceArchive to {}: {}, {} security artifacts{}{}",
        environment.instance.origin(),
        request.mode,
        if request.security_artifacts {
            "with"
        } else {
            "without"
        },
        if request.start_schedules {
            ", starting schedules"
        } else {
            ""
        },
        if request.schedule_params {
            ", with schedule parameters"
        } else {
            ""
        }
    ));
    report.next.push("follow the job".to_owned());
    report
}

fn intention(environment: &Environment, request: &ImportRequest) -> Intention {
    let archive = match &request.archive {
        ArchiveSource::File(path) => format!("archive=file:{}", path.display()),
        ArchiveSource::Object {
            environment: Some(environment),
            name,
        } => {
            format!("archive=bucket:{environment}/{name}")
        }
        ArchiveSource::Object {
            environment: None,
            name,
        } => format!("archive=bucket:{name}"),
    };
    Intention {
        flow: "import".to_owned(),
        environments: vec![(environment.name.to_string(), environment.identity.clone())],
        options: [
            Some(archive),
            Some(format!("mode={}", request.mode)),
            request.name.as_ref().map(|name| format!("name={name}")),
            request
                .description
                .as_ref()
                .map(|text| format!("description={text}")),
            Some(format!("security-artifacts={}", request.security_artifacts)),
            Some(format!("start-schedules={}", request.start_schedules)),
            Some(format!("schedule-params={}", request.schedule_params)),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(start_schedules: Option<bool>) -> (Exit, Vec<String>) {
        let mut report = ImportReport {
            exit: Exit::Done,
            run: None,
            environment: "prod".to_owned(),
            mode: ImportMode::ActivateOnly.to_string(),
            job_name: None,
            job: None,
            job_state: None,
            components: Vec::new(),
            archive: None,
            target: None,
            next: Vec::new(),
            notes: Vec::new(),
        };
        let ended = JobSnapshot {
            start_schedules,
            ..JobSnapshot::new("COMPLETED")
        };
        schedules(&mut report, &ended);
        (report.exit, report.notes)
    }

    #[test]
    fn an_order_to_start_schedules_that_was_not_taken_is_told() {
        assert_eq!(told(Some(true)), (Exit::Done, Vec::new()));
        let (exit, notes) = told(Some(false));
        assert_eq!(exit, Exit::Partly);
        assert!(notes[0].contains("has not taken the order"), "{notes:?}");
        let (exit, notes) = told(None);
        assert_eq!(exit, Exit::Done);
        assert!(notes[0].contains("does not tell"), "{notes:?}");
    }
}
