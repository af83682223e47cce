//! A run on disk: a folder with its journal, one line a record, each synced before the next step.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_core::flow::{Event, ExportEvent, ImportEvent, Record, Start, StartEvent};
use fs_err as fs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::{Asked, Context, Failure, Intention};

pub(crate) const JOURNAL: &str = "journal.ndjson";
/// Beside the journal, as the last command said it.
pub(crate) const REQUEST: &str = "request.json";

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Header {
    /// Version of the journal's format.
    ferry: u32,
    /// The run's id.
    pub(crate) run: String,
    /// When it began.
    pub(crate) began: Timestamp,
    /// What it was asked to do.
    pub(crate) intention: Intention,
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

impl Run {
    /// Begins a run in a folder of its own.
    pub(crate) fn begin(
        root: &Path,
        context: &Context,
        intention: &Intention,
        asked: &Asked,
    ) -> Result<Self, Failure> {
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
        let folder = root.join(&id);
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
        let mut run = Self {
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
        for dir in [folder.as_path(), root] {
            File::open(dir)
                .and_then(|dir| dir.sync_all())
                .map_err(failed)?;
        }
        Ok(run)
    }

    /// Opens the journal of a run that was begun earlier, and gives what it holds.
    pub(crate) fn reopen(root: &Path, id: &str) -> Result<(Self, Vec<Record>), Failure> {
        let path = root.join(id).join(JOURNAL);
        let failed =
            |error| Failure::disk(error, format!("cannot read the journal {}", path.display()));
        let file = File::options()
            .read(true)
            .append(true)
            .open(&path)
            .map_err(failed)?;
        let mut run = Self {
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

    /// The same, with the operator's word on a lost answer: whether it started a job.
    pub(crate) fn assuming(self, assume: Option<bool>) -> Self {
        Self { assume, ..self }
    }

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
    pub(crate) fn keep(&self, asked: &Asked) -> Result<(), Failure> {
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
        let failed = |error| Failure::disk(error, "cannot lock the run's journal");
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            // Whoever looks at it shares its lock, for a moment: it is not carried out.
            match self.file.try_lock_shared() {
                Ok(()) => self.file.unlock().map_err(failed)?,
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) => {
                    return Err(Failure::new(
                        Exit::Conflict,
                        format!("run {} is being carried out by another process", self.id),
                    )
                    .next("wait for it; once that process has ended, the run is gone on with where it stopped")
                    .open());
                }
            }
            std::thread::yield_now();
        }
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

/// The first line, and the records behind it. A last line that was cut short is left out.
pub(crate) fn parse(path: &Path, text: &str) -> Result<(Header, Vec<Record>), Failure> {
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

/// Whether a process carries it out.
pub(crate) fn is_locked(path: &Path) -> bool {
    File::open(path)
        .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether a POST that starts a job follows this record.
pub(crate) fn asks(event: &Event) -> bool {
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::time::Duration;

    use super::*;

    #[test]
    fn to_look_at_a_run_is_not_to_carry_it_out() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("r").join(JOURNAL);
        fs::create_dir(root.path().join("r")).unwrap();
        let intention = "{\"flow\":\"export\",\"environments\":[],\"options\":[]}";
        let header = format!(
            "{{\"ferry\":1,\"run\":\"r\",\"began\":\"2026-01-01T00:00:00Z\",\"intention\":{intention}}}\n"
        );
        fs::write(&path, header).unwrap();
        // Somebody lists the runs, and is slow; a refusal would come at once.
        let look = File::open(&path).unwrap();
        look.try_lock_shared().unwrap();
        let (told, opened) = channel();
        let folder = root.path().to_owned();
        std::thread::spawn(move || {
            let _ = told.send(Run::reopen(&folder, "r"));
        });
        let early = opened.recv_timeout(Duration::from_millis(200));
        assert!(early.is_err(), "{early:?}");
        drop(look);
        let (run, _) = opened.recv().unwrap().unwrap();
        // Whoever carries it out is not waited for.
        assert!(is_locked(&path));
        let refused = Run::reopen(root.path(), "r").unwrap_err();
        assert_eq!(refused.exit(), Exit::Conflict);
        drop(run);
        assert!(!is_locked(&path));
    }
}
