//! The runs of a machine: found, listed, gone on with and given up.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::flow::{Claim, Event, ExportEvent, ImportEvent, Promotion, Record, StartEvent};
use ferry_core::ids::{JobId, JobKind, ObjectName};
use ferry_core::job::Generation;
use ferry_core::plan::EarlierImports;
use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::journal::{JOURNAL, REQUEST, asks, is_locked, parse};
use crate::promote::undo::told;
use crate::{Context, ExportRequest, Failure, ImportRequest, PromoteRequest, Run, Trace};

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
    /// What a promotion leaves in its target where it goes no further, a sentence each.
    pub left: Vec<String>,
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
                let (run, records) = Run::reopen(&self.root, &summary.id)?;
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
        let run = Run::begin(&self.root, context, intention, asked)?;
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
        let (run, records) = Run::reopen(&self.root, id)?;
        let run = run.assuming(resumed.assume);
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
        let (mut run, _) = Run::reopen(&self.root, id)?;
        run.append(now, &Event::Abandoned)?;
        drop(run);
        self.find(id)
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
    let left = left(&header.intention, &records);
    Ok(RunSummary {
        id: header.run,
        began: header.began,
        intention: header.intention,
        state: state.to_owned(),
        exit,
        note,
        jobs,
        left,
        records,
    })
}

/// What the promotion of these records leaves. Which generations are at work only decides what comes next.
fn left(intention: &Intention, records: &[Record]) -> Vec<String> {
    let mut machine = Promotion::new(Generation::Gen3, Generation::Gen3, false);
    for record in records {
        machine.apply(&record.event);
    }
    let to = intention.environments.last();
    to.map_or_else(Vec::new, |(to, _)| told(&machine.left(), to))
}
