//! Export: start or adopt a job, follow it, wait for the finished zip, verify it.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, Export, ExportEvent, ExportStep, StartStep};
use ferry_core::ids::{JobKind, JobName, ObjectName};
use ferry_core::job::{Generation, JobEnd, Listed};
use ferry_oic::ExportOrder;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::close::{Reported, close};
use crate::follow::{attach_command, follow};
use crate::start::{Order, Starter};
use crate::watch::{Reading, read_whole, watch};
use crate::{
    ArchiveReport, Asked, Context, Environment, ExportReport, Failure, Intention, Run, Talk,
};

/// What is asked of an export.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct ExportRequest {
    /// The job's and archive's name; generated when `None`.
    pub name: Option<JobName>,
    /// Free text for the job.
    pub description: Option<String>,
    /// Whether credentials and certificates travel.
    pub security_artifacts: bool,
    /// Whether an archive of that name is replaced.
    pub overwrite: bool,
    /// Where a copy of the verified archive goes: a file, or a folder.
    pub download: Option<PathBuf>,
    /// Return as soon as the job is known.
    #[serde(skip)]
    pub no_wait: bool,
    /// Say what would be done, and do nothing.
    #[serde(skip)]
    pub dry_run: bool,
}

/// Exports an instance into its bucket.
///
/// The answer's `exit` is 0 or 3; everything else is a [`Failure`].
pub async fn export(
    context: &Context,
    environment: &Environment,
    request: &ExportRequest,
) -> Result<ExportReport, Failure> {
    if request.dry_run {
        return Ok(planned(environment, request));
    }
    let intention = intention(environment, request);
    let asked = Asked::Export(request.clone());
    let (mut run, records) = context.runs.open(context, &intention, &asked)?;
    let mut machine = Export::new(environment.instance.generation());
    for record in &records {
        if let Event::Export(event) = &record.event {
            machine.apply(event);
        }
    }
    machine.resumed();
    run.assumed(None, &machine.next())?;
    (context.talk)(Talk::Run {
        id: run.id().to_owned(),
        resumed: run.is_resumed(),
    });
    if let Some(target) = &request.download
        && !run.is_resumed()
    {
        refuse_to_replace(target)?;
    }
    let outcome = drive(context, environment, request, &mut machine, &mut run).await;
    close(context, &mut run, outcome)
}

async fn drive(
    context: &Context,
    environment: &Environment,
    request: &ExportRequest,
    machine: &mut Export,
    run: &mut Run,
) -> Result<ExportReport, Failure> {
    let folder = run.folder().to_path_buf();
    let mut driver = ExportDriver::new(context, environment, request, &folder);
    loop {
        let step = machine.next();
        if step == ExportStep::Done || (request.no_wait && is_started(&step)) {
            break;
        }
        let event = driver.step(machine, step).await?;
        run.append(context.now(), &Event::Export(event.clone()))?;
        machine.apply(&event);
    }
    let mut report = describe(environment, machine, Some(run.id()));
    if machine.next() == ExportStep::Done {
        report.downloaded = driver.deliver(machine).await?;
    }
    Ok(report)
}

/// Whether a job is known or its archive awaited.
pub(crate) fn is_started(step: &ExportStep) -> bool {
    matches!(step, ExportStep::Follow { .. } | ExportStep::Watch { .. })
}

impl Reported for ExportReport {
    fn exit(&self) -> Exit {
        self.exit
    }

    fn is_final(&self) -> bool {
        self.archive.is_some()
    }
}

/// Carries the steps of one export out, in one process.
pub(crate) struct ExportDriver<'a> {
    context: &'a Context,
    environment: &'a Environment,
    request: &'a ExportRequest,
    folder: &'a Path,
    starter: Option<Starter<'a>>,
    file: Option<NamedTempFile>,
}

impl<'a> ExportDriver<'a> {
    pub(crate) fn new(
        context: &'a Context,
        environment: &'a Environment,
        request: &'a ExportRequest,
        folder: &'a Path,
    ) -> Self {
        Self {
            context,
            environment,
            request,
            folder,
            starter: None,
            file: None,
        }
    }

    pub(crate) async fn step(
        &mut self,
        machine: &Export,
        step: ExportStep,
    ) -> Result<ExportEvent, Failure> {
        match step {
            ExportStep::Name => Ok(self.name()),
            ExportStep::Start(step) => self.start(machine, step).await,
            ExportStep::Follow { job, archive } => {
                (self.context.talk)(Talk::Step(format!(
                    "following the export job {job} on {}",
                    self.environment.name
                )));
                let end = follow(self.context, self.environment, JobKind::Export, &job).await?;
                let mut snapshot = end.snapshot().clone();
                snapshot.archive = snapshot.archive.or(archive);
                Ok(ExportEvent::JobEnded { snapshot })
            }
            ExportStep::Watch { archive, completed } => {
                let start = machine.start().ok_or_else(unnamed)?;
                let whole = watch(
                    self.context,
                    self.environment,
                    start,
                    &archive,
                    completed,
                    self.folder,
                )
                .await?;
                self.file = Some(whole.file);
                Ok(ExportEvent::Verified {
                    object: whole.object,
                    sha256: whole.digests.sha256,
                    md5: whole.digests.md5,
                    entries: whole.entries,
                })
            }
            ExportStep::Done => {
                Err(Failure::new(Exit::Bug, "a finished export was to go on").open())
            }
        }
    }

    fn name(&self) -> ExportEvent {
        let given = self.request.name.clone();
        let name = given.clone().unwrap_or_else(|| {
            JobName::generate(
                &self.environment.name,
                self.context.now(),
                (self.context.random)(),
            )
        });
        ExportEvent::Named {
            name,
            given: given.is_some(),
            overwrite: self.request.overwrite,
        }
    }

    async fn start(&mut self, machine: &Export, step: StartStep) -> Result<ExportEvent, Failure> {
        let (name, start) = machine.name().zip(machine.start()).ok_or_else(unnamed)?;
        let starter = self.starter.get_or_insert_with(|| {
            let order = ExportOrder {
                name: name.clone(),
                description: self.request.description.clone(),
                security_artifacts: self.request.security_artifacts,
                overwrite: self.request.overwrite,
                storage: self.environment.storage.info(),
            };
            Starter::new(self.context, self.environment, Order::Export(order))
        });
        starter.step(start, step).await.map(ExportEvent::Start)
    }

    /// Puts the verified copy where `--download` wants it.
    async fn deliver(&mut self, machine: &Export) -> Result<Option<String>, Failure> {
        let Some(target) = &self.request.download else {
            return Ok(None);
        };
        let Some((object, sha256, _)) = machine.verified() else {
            return Ok(None);
        };
        let target = target_file(target, object)?;
        let file = match self.file.take() {
            Some(file) => file,
            // An earlier process verified it; its copy is gone.
            None => self.fetch_again(object, sha256).await?,
        };
        let failed = |error| Failure::disk(error, format!("cannot write {}", target.display()));
        file.as_file().sync_all().map_err(failed)?;
        if let Err(error) = file.persist(&target) {
            // Another file system than the run's folder: copy beside the target, then rename.
            let beside = target
                .parent()
                .filter(|dir| !dir.as_os_str().is_empty())
                .unwrap_or(Path::new("."));
            let copy = NamedTempFile::new_in(beside).map_err(failed)?;
            std::io::copy(
                &mut error.file.reopen().map_err(failed)?,
                &mut copy.as_file(),
            )
            .map_err(failed)?;
            copy.as_file().sync_all().map_err(failed)?;
            copy.persist(&target).map_err(|error| failed(error.error))?;
        }
        Ok(Some(target.display().to_string()))
    }

    async fn fetch_again(&self, object: &Listed, sha256: &str) -> Result<NamedTempFile, Failure> {
        let bucket = &self.environment.storage.bucket;
        match read_whole(self.context, bucket, object, self.folder).await? {
            Reading::Whole(whole) if whole.digests.sha256 == sha256 => Ok(whole.file),
            Reading::Whole(_) => Err(changed(object, "its content is another")),
            Reading::Not(why) => Err(changed(object, &why)),
        }
    }
}

/// The report of an export as far as it has come.
pub(crate) fn describe(
    environment: &Environment,
    machine: &Export,
    run: Option<&str>,
) -> ExportReport {
    let job = machine.start().and_then(|start| start.job().cloned());
    let ended = machine.ended();
    let mut notes = gen2_note(environment);
    let mut exit = Exit::Done;
    if let Some(snapshot) = ended {
        match snapshot.end() {
            Some(JobEnd::CompletedPartly(_)) => {
                exit = Exit::Partly;
                notes
                    .push("the job completed in part: the archive may lack what failed".to_owned());
            }
            Some(end) => notes.extend(end.notes()),
            None => {}
        }
    } else if machine.verified().is_some() {
        notes.push("job state unknown: the job was followed by its archive alone".to_owned());
    }
    let archive = machine
        .verified()
        .map(|(object, sha256, entries)| ArchiveReport {
            bucket: environment.storage.url.to_string(),
            name: object.name.clone(),
            bytes: object.bytes,
            sha256: sha256.to_owned(),
            entries: Some(entries),
        });
    let next = match (&archive, &job) {
        (None, Some(job)) => vec![
            format!(
                "follow it: {}",
                attach_command(environment, JobKind::Export, job)
            ),
            "or repeat the command without --no-wait: it goes on, and verifies the archive"
                .to_owned(),
        ],
        _ => Vec::new(),
    };
    ExportReport {
        exit,
        run: run.map(str::to_owned),
        environment: environment.name.to_string(),
        job_name: machine.name().map(ToString::to_string),
        job: job.map(|job| job.to_string()),
        job_state: ended.map(|snapshot| snapshot.state.to_string()),
        components: ended
            .map(|snapshot| snapshot.components.clone())
            .unwrap_or_default(),
        archive,
        downloaded: None,
        next,
        notes,
    }
}

/// Gen2 has no flag for security artifacts (documented, oic-api 7).
pub(crate) fn gen2_note(environment: &Environment) -> Vec<String> {
    match environment.instance.generation() {
        Generation::Gen2 => {
            vec![format!(
                "{} is Gen2, which has no switch for security artifacts: credentials travel whatever was asked",
                environment.name
            )]
        }
        Generation::Gen3 => Vec::new(),
    }
}

fn planned(environment: &Environment, request: &ExportRequest) -> ExportReport {
    let name = request.name.as_ref().map_or_else(
        || format!("ferry-{}-<time>-<4 hex>", environment.name),
        ToString::to_string,
    );
    let flag = |on| if on { "with" } else { "without" };
    let mut report = describe(
        environment,
        &Export::new(environment.instance.generation()),
        None,
    );
    report.next = vec![
        format!("list the bucket {}", environment.storage.url),
        format!(
            "POST exportServiceInstanceArchive to {}: job {name}, {} security artifacts{}",
            environment.instance.origin(),
            flag(request.security_artifacts),
            if request.overwrite {
                ", replacing an archive of that name"
            } else {
                ""
            }
        ),
        "follow the job, wait for its archive, read and verify all of it".to_owned(),
    ];
    if let Some(target) = &request.download {
        report
            .next
            .push(format!("download it to {}", target.display()));
    }
    report
}

fn intention(environment: &Environment, request: &ExportRequest) -> Intention {
    Intention {
        flow: "export".to_owned(),
        environments: vec![(environment.name.to_string(), environment.identity.clone())],
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

fn refuse_to_replace(target: &Path) -> Result<(), Failure> {
    if target.exists() && !target.is_dir() {
        return Err(
            Failure::new(Exit::Usage, format!("{} exists already", target.display()))
                .next("name another file, or a folder"),
        );
    }
    Ok(())
}

fn target_file(target: &Path, object: &Listed) -> Result<PathBuf, Failure> {
    if !target.is_dir() {
        return Ok(target.to_path_buf());
    }
    // A name from the server is no path: its last part, and that only if it is a plain one.
    let last = object.name.rsplit('/').next().unwrap_or_default();
    let plain = !last.is_empty()
        && !last.starts_with('.')
        && last
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.+ ".contains(c));
    if !plain {
        return Err(Failure::new(
            Exit::Usage,
            format!("the object's name {:?} makes no file name", object.name),
        )
        .next("name a file: --download=FILE"));
    }
    Ok(target.join(last))
}

fn changed(object: &Listed, why: &str) -> Failure {
    Failure::new(
        Exit::No,
        format!("{} is no longer what was verified: {why}", object.name),
    )
    .closed()
    .next("someone has replaced it; export again")
}

fn unnamed() -> Failure {
    Failure::new(Exit::Bug, "an export went on without a name").open()
}

/// The name of an object that was verified.
pub(crate) fn object_name(object: &Listed) -> Result<ObjectName, Failure> {
    ObjectName::try_from(object.name.clone()).map_err(|error| {
        Failure::new(Exit::Usage, "the archive's name is no object name").because(error)
    })
}
