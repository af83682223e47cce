//! Runs on disk: one folder a run, one line a record, each synced before the next step.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::flow::{Claim, Event, ExportEvent, ImportEvent, Record, Start, StartEvent};
use ferry_core::ids::{JobId, JobKind, ObjectName};
use ferry_core::plan::EarlierImports;
use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{Context, ExportRequest, Failure, ImportRequest, PromoteRequest, Trace};

pub(crate) const JOURNAL: &str = "journal.ndjson";
/// Beside the journal, as the last command said it.
const REQUEST: &str = "request.json";

/// Where runs are kept.
#[derive(Debug, Clone)]
pub struct RunStore {
    root: PathBuf,
    trace: Option<Trace>,
    resumed: Option<Resumed>,
}

/// The one run that is gone on with.
#[derive(Debug, Clone)]
struct Resumed {
    id: String,
    /// What the operator says of a lost answer: whether it started a job.
    assume: Option<bool>,
}

/// All that a command asked for, so that its run can be gone on with without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// `ferry export`.
    Export(ExportRequest),
    /// `ferry import`.
    Import(ImportRequest),
    /// `ferry promote`.
    Promote(Box<PromoteRequest>),
}

/// What a run was asked to do: the same command finds its own unfinished run by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Intention {
    /// `export`, `import` or `promote`.
    pub flow: String,
    /// Names and identities of the environments, in the order of the command line.
    pub environments: Vec<(String, String)>,
    /// The options that change what is done, as `name=value`.
    pub options: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Header {
    /// Version of the journal's format.
    ferry: u32,
    run: String,
    began: Timestamp,
    intention: Intention,
}

/// An open run: its journal is locked by this process.
#[derive(Debug)]
pub struct Run {
    id: String,
    path: PathBuf,
    file: File,
    resumed: bool,
    asked: bool,
    assume: Option<bool>,
}

/// One line of `ferry runs list`, and the whole of `ferry runs show`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct RunSummary {
    /// Its id.
    pub id: String,
    /// When it began.
    pub began: Timestamp,
    /// What it was asked to do.
    pub intention: Intention,
    /// `finished`, `unfinished`, `running` or `abandoned`.
    pub state: String,
    /// The exit code, once finished.
    pub exit: Option<u8>,
    /// One line on how it ended.
    pub note: Option<String>,
    /// Jobs that it started or adopted.
    pub jobs: Vec<(JobKind, JobId)>,
    /// Its records, oldest first.
    pub records: Vec<Record>,
}

impl RunStore {
    /// Runs are kept under this folder; it is made when the first run begins.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            trace: None,
            resumed: None,
        }
    }

    /// The same; each run that is opened keeps this trace.
    #[must_use]
    pub fn with_trace(self, trace: Trace) -> Self {
        Self {
            trace: Some(trace),
            ..self
        }
    }

    /// The same, to go on with this run alone: no other is found, none is begun. `assume`: what the operator says of a
    /// lost answer, whether it started a job.
    #[must_use]
    pub fn resuming(self, id: &str, assume: Option<bool>) -> Self {
        let id = id.to_owned();
        Self {
            resumed: Some(Resumed { id, assume }),
            ..self
        }
    }

    /// Which environments an unfinished run is about, and all that was asked of it.
    pub fn asked(&self, id: &str) -> Result<(Vec<String>, Asked), Failure> {
        let found = self.find(id)?;
        if found.is_over() {
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "run {id} is {}: there is nothing to go on with",
                    found.state
                ),
            ));
        }
        let path = self.root.join(id).join(REQUEST);
        let text = fs::read_to_string(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::new(
                Exit::Usage,
                format!("run {id} is of an earlier version, which does not tell all that was asked of it"),
            )
            .next("repeat its command: it goes on with the run"),
            _ => Failure::disk(error, format!("cannot read {}", path.display())),
        })?;
        let asked = serde_json::from_str(&text).map_err(|error| {
            Failure::new(Exit::Disk, format!("{} is not readable", path.display()))
                .because(error)
                .next("repeat the command of the run: it goes on with it")
        })?;
        let environments = found.intention.environments.into_iter();
        Ok((environments.map(|(name, _)| name).collect(), asked))
    }

    /// The folder of a run.
    pub(crate) fn folder(&self, id: &str) -> PathBuf {
        self.root.join(id)
    }

    /// Goes on with the unfinished run of this intention, or begins one. Says which, and gives what is journalled.
    pub(crate) fn open(
        &self,
        context: &Context,
        intention: &Intention,
        asked: &Asked,
    ) -> Result<(Run, Vec<Record>), Failure> {
        if let Some(resumed) = &self.resumed {
            return self.resume(resumed, intention);
        }
        // Two equal commands at one moment must not both find nothing and begin two runs.
        let _alone = self.lock()?;
        for summary in self.list()?.into_iter().filter(|run| !run.is_over()) {
            if summary.intention == *intention {
                let (run, records) = self.reopen(&summary.id)?;
                run.keep(asked)?;
                self.keep_trace(&run);
                return Ok((run, records));
            }
            let same_place = summary.intention.flow == intention.flow
                && summary.intention.environments == intention.environments;
            if same_place && summary.records.iter().any(|record| asks(&record.event)) {
                return Err(Failure::new(
                    Exit::Conflict,
                    format!("run {} of the same kind is not finished, and was asked for with other options", summary.id),
                )
                .evidence(format!("its options: {}", summary.intention.options.join(" ")))
                .next(format!("see what it did: `ferry runs show {}`", summary.id))
                .next(format!("go on with it: `ferry runs resume {}`", summary.id))
                .next(format!("give it up: `ferry runs abandon {}`", summary.id)));
            }
        }
        let run = self.begin(context, intention, asked)?;
        self.keep_trace(&run);
        Ok((run, Vec::new()))
    }

    fn resume(
        &self,
        resumed: &Resumed,
        intention: &Intention,
    ) -> Result<(Run, Vec<Record>), Failure> {
        let id = &resumed.id;
        let found = self.find(id)?;
        if found.intention != *intention {
            let shown = |of: &Intention| {
                let names = of.environments.iter();
                let names = names.map(|(name, identity)| format!("{name} ({identity})"));
                names.collect::<Vec<_>>().join(", ")
            };
            return Err(Failure::new(
                Exit::Usage,
                format!(
                    "run {id} is about other instances than the names of its environments mean now"
                ),
            )
            .evidence(format!("then: {}", shown(&found.intention)))
            .evidence(format!("now: {}", shown(intention))));
        }
        let (mut run, records) = self.reopen(id)?;
        run.assume = resumed.assume;
        self.keep_trace(&run);
        Ok((run, records))
    }

    fn keep_trace(&self, run: &Run) {
        if let Some(trace) = &self.trace {
            trace.keep(run.folder());
        }
    }

    /// Held while a run is looked for and begun: a moment.
    fn lock(&self) -> Result<File, Failure> {
        let failed = |error| {
            Failure::disk(
                error,
                format!("cannot keep runs in {}", self.root.display()),
            )
        };
        fs::create_dir_all(&self.root).map_err(failed)?;
        let path = self.root.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    fn begin(
        &self,
        context: &Context,
        intention: &Intention,
        asked: &Asked,
    ) -> Result<Run, Failure> {
        let began = context.now();
        let names: Vec<&str> = intention
            .environments
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        let id = format!(
            "{}-{}-{}-{:04x}",
            intention.flow,
            names.join("-"),
            began.strftime("%Y%m%dT%H%M%SZ"),
            (context.random)()
        );
        let folder = self.root.join(&id);
        let failed = |error| {
            Failure::disk(
                error,
                format!("cannot keep the run's journal in {}", folder.display()),
            )
        };
        fs::create_dir(&folder).map_err(failed)?;
        keep_private(&folder).map_err(failed)?;
        let path = folder.join(JOURNAL);
        let file = File::options()
            .create_new(true)
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        let mut run = Run {
            id,
            path,
            file,
            resumed: false,
            asked: false,
            assume: None,
        };
        run.lock()?;
        run.keep(asked)?;
        let header = Header {
            ferry: 1,
            run: run.id.clone(),
            began,
            intention: intention.clone(),
        };
        run.write_line(&header)?;
        // The folder's entry must be on disk too, or a crash could lose the journal that the intent stands in.
        for dir in [&folder, &self.root] {
            File::open(dir)
                .and_then(|dir| dir.sync_all())
                .map_err(failed)?;
        }
        Ok(run)
    }

    fn reopen(&self, id: &str) -> Result<(Run, Vec<Record>), Failure> {
        let path = self.root.join(id).join(JOURNAL);
        let failed =
            |error| Failure::disk(error, format!("cannot read the journal {}", path.display()));
        let file = File::options()
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        let mut run = Run {
            id: id.to_owned(),
            path: path.clone(),
            file,
            resumed: true,
            asked: false,
            assume: None,
        };
        run.lock()?;
        let mut text = String::new();
        run.file.seek(SeekFrom::Start(0)).map_err(failed)?;
        run.file.read_to_string(&mut text).map_err(failed)?;
        // A line that a kill cut short was never acted upon: what follows a record is done only after its sync.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        if whole < text.len() {
            run.file.set_len(whole as u64).map_err(failed)?;
        }
        let (_, records) = parse(&path, &text)?;
        run.asked = records.iter().any(|record| asks(&record.event));
        Ok((run, records))
    }

    /// All runs, newest first. Folders that hold no readable journal are left out.
    pub fn list(&self) -> Result<Vec<RunSummary>, Failure> {
        let entries = match fs::read_dir(&self.root) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(Failure::disk(error, "cannot list the runs")),
        };
        let mut runs = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| Failure::disk(error, "cannot list the runs"))?
                .path()
                .join(JOURNAL);
            let text = match fs::read_to_string(&path) {
                Ok(text) => text,
                // Something else than a run, or one that was killed before its journal began.
                Err(error)
                    if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
                {
                    continue;
                }
                // A run that cannot be read may have started a job: it must not be passed over.
                Err(error) => {
                    return Err(Failure::disk(error, format!("cannot read the journal {}", path.display()))
                        .next("make it readable, or move its folder away once it is sure that no job of it runs"));
                }
            };
            if text.contains('\n') {
                runs.push(summarise(&path, &text)?);
            }
        }
        runs.sort_by(|a, b| b.began.cmp(&a.began).then_with(|| b.id.cmp(&a.id)));
        Ok(runs)
    }

    /// One run by its id, or exit 1.
    pub fn find(&self, id: &str) -> Result<RunSummary, Failure> {
        self.list()?
            .into_iter()
            .find(|run| run.id == id)
            .ok_or_else(|| {
                Failure::new(Exit::No, format!("there is no run {id}"))
                    .next("list them: `ferry runs list`")
            })
    }

    /// How long imports into the instance of this identity took, as the runs of this machine tell.
    pub fn earlier_imports(&self, identity: &str) -> Result<Option<EarlierImports>, Failure> {
        let runs = self.list()?;
        let into = runs.iter().filter(|run| {
            let target = run.intention.environments.last();
            target.is_some_and(|(_, own)| own == identity)
        });
        Ok(EarlierImports::of(into.map(|run| run.records.as_slice())))
    }

    /// Closes an unfinished run: nothing on the server is touched, and the next command begins a new run.
    pub fn abandon(&self, id: &str, now: Timestamp) -> Result<RunSummary, Failure> {
        let found = self.find(id)?;
        if found.is_over() {
            return Err(Failure::new(
                Exit::Usage,
                format!("run {id} is {} already", found.state),
            ));
        }
        let (mut run, _) = self.reopen(id)?;
        run.append(now, &Event::Abandoned)?;
        drop(run);
        self.find(id)
    }
}

impl Run {
    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether an earlier process began it.
    pub fn is_resumed(&self) -> bool {
        self.resumed
    }

    /// Whether a job was asked for: an intent is in the journal.
    pub(crate) fn has_asked(&self) -> bool {
        self.asked
    }

    /// What the operator says of a lost answer, to be journalled: taken only where the run waits for it.
    pub(crate) fn assumed(
        &self,
        start: Option<&Start>,
        waits_for: &impl fmt::Display,
    ) -> Result<Option<StartEvent>, Failure> {
        let Some(started) = self.assume else {
            return Ok(None);
        };
        if start.is_some_and(Start::takes_a_word) {
            return Ok(Some(StartEvent::Assumed { started }));
        }
        let id = &self.id;
        Err(Failure::new(
            Exit::Usage,
            format!("run {id} does not wait to be told whether an import was started"),
        )
        .evidence(format!("what comes next: {waits_for}"))
        .next(format!("go on with it: `ferry runs resume {id}`"))
        .open())
    }

    /// Keeps what was asked for beside the journal; a repeated command may have said some of it otherwise.
    fn keep(&self, asked: &Asked) -> Result<(), Failure> {
        let text = serde_json::to_vec(asked)
            .map_err(|error| Failure::disk(error.into(), format!("cannot write {REQUEST}")))?;
        keep_beside(self.folder(), REQUEST, &text).map(drop)
    }

    /// The folder of this run, for files that belong to it.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// Writes a record and syncs it. What the record announces is done only after this returns.
    pub(crate) fn append(&mut self, at: Timestamp, event: &Event) -> Result<(), Failure> {
        self.asked |= asks(event);
        self.write_line(&Record {
            at,
            event: event.clone(),
        })
    }

    fn write_line(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        let failed = |error| Failure::disk(error, "cannot write the run's journal");
        let mut line = serde_json::to_vec(value).map_err(|error| failed(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(failed)?;
        self.file.sync_data().map_err(failed)
    }

    fn lock(&self) -> Result<(), Failure> {
        match self.file.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(Failure::new(
                Exit::Conflict,
                format!("run {} is being carried out by another process", self.id),
            )
            .next("wait for it; once that process has ended, the run is gone on with where it stopped")
            .open()),
            Err(TryLockError::Error(error)) => {
                Err(Failure::disk(error, "cannot lock the run's journal"))
            }
        }
    }
}

impl RunSummary {
    /// The object by which a promotion claims its target, where it may have done so.
    pub fn claim(&self) -> Option<ObjectName> {
        let is_planned = |record: &Record| matches!(record.event, Event::Planned { .. });
        let (_, identity) = self.intention.environments.last()?;
        let claims = self.records.iter().any(is_planned);
        claims.then(|| Claim::object(identity)).flatten()
    }

    /// Whether nothing of it is left to do.
    fn is_over(&self) -> bool {
        self.exit.is_some() || self.state == "abandoned"
    }
}

/// Puts a file beside a run's journal: the whole of it or nothing, in the place of an earlier one.
pub(crate) fn keep_beside(folder: &Path, name: &str, text: &[u8]) -> Result<PathBuf, Failure> {
    let path = folder.join(name);
    let failed = |error| Failure::disk(error, format!("cannot write {}", path.display()));
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&path).map_err(|error| failed(error.error))?;
    Ok(path)
}

fn parse(path: &Path, text: &str) -> Result<(Header, Vec<Record>), Failure> {
    let mut lines = text
        .split_inclusive('\n')
        .filter(|line| line.ends_with('\n'))
        .enumerate();
    let broken = |number: usize, error: serde_json::Error| {
        Failure::new(
            Exit::Disk,
            format!(
                "the journal {} is not readable at line {}",
                path.display(),
                number + 1
            ),
        )
        .because(error)
        .next("it was changed by hand or by a newer version; move its folder away to begin anew")
        .open()
    };
    let Some((_, first)) = lines.next() else {
        return Err(Failure::new(
            Exit::Disk,
            format!("the journal {} is empty", path.display()),
        ));
    };
    let header = serde_json::from_str(first).map_err(|error| broken(0, error))?;
    let records = lines
        .map(|(number, line)| serde_json::from_str(line).map_err(|error| broken(number, error)))
        .collect::<Result<_, _>>()?;
    Ok((header, records))
}

fn summarise(path: &Path, text: &str) -> Result<RunSummary, Failure> {
    let (header, records) = parse(path, text)?;
    let mut state = "unfinished";
    let mut ending = None;
    let mut jobs = Vec::new();
    for record in &records {
        match &record.event {
            Event::Export(ExportEvent::Start(StartEvent::Accepted { job, .. }))
            | Event::SafetyCopy(ExportEvent::Start(StartEvent::Accepted { job, .. })) => {
                jobs.push((JobKind::Export, job.clone()));
            }
            Event::Import(ImportEvent::Start(StartEvent::Accepted { job, .. }))
            | Event::ActivationJob(ImportEvent::Start(StartEvent::Accepted { job, .. })) => {
                jobs.push((JobKind::Import, job.clone()));
            }
            Event::Finished { exit, note } => {
                state = "finished";
                ending = Some((exit.code(), note.clone()));
            }
            Event::Abandoned => state = "abandoned",
            _ => {}
        }
    }
    if state == "unfinished" && is_locked(path) {
        state = "running";
    }
    let (exit, note) = ending.unzip();
    Ok(RunSummary {
        id: header.run,
        began: header.began,
        intention: header.intention,
        state: state.to_owned(),
        exit,
        note,
        jobs,
        records,
    })
}

fn is_locked(path: &Path) -> bool {
    File::open(path)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a POST that starts a job follows this record.
fn asks(event: &Event) -> bool {
    matches!(
        event,
        Event::Export(ExportEvent::Start(StartEvent::Intent { .. }))
            | Event::SafetyCopy(ExportEvent::Start(StartEvent::Intent { .. }))
            | Event::Import(ImportEvent::Start(StartEvent::Intent { .. }))
            | Event::ActivationJob(ImportEvent::Start(StartEvent::Intent { .. }))
    )
}

#[cfg(unix)]
fn keep_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn keep_private(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}
