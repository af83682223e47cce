//! Work on many objects: so many at once, each failure by itself, and an end at once where going on makes no sense.

use std::path::Path;
use std::sync::Arc;

use ferry_core::exit::Exit;
use serde::Serialize;
use tokio::task::JoinSet;

use super::NamedBucket;
use super::meter::Meter;
use crate::follow::chain;
use crate::{Context, Failure};

/// Objects that are under way at once.
pub(crate) const LANES: usize = 16;
/// How many failures in a row, with nothing done between them, prove that the server is gone.
const GONE: usize = LANES;
/// How many failures a message names; the report has all.
const SHOWN: usize = 5;

/// What to do about a disk.
pub(super) const ROOM: &str =
    "see that there are room and permission there, then repeat the command: it goes on";

/// What became of many objects.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ManyReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// `get`, `put` or `rm`.
    pub action: &'static str,
    /// The bucket's Swift URL.
    pub bucket: String,
    /// Whether nothing was done but look.
    pub dry_run: bool,
    /// Objects that were fetched, stored or removed; with `--dry-run` those that would be.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that were there already, and the same.
    pub already_there: u64,
    /// Objects that were not tried, since the command ended before.
    pub left: u64,
    /// What failed, and why.
    pub failed: Vec<Failed>,
    /// With `--dry-run`: what would be done.
    pub would: Vec<Would>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// An object that failed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Failed {
    /// The object's name; for an upload whose file makes none, the file.
    pub name: String,
    /// Why.
    pub why: String,
}

/// An object that something would be done to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Would {
    /// The object's name.
    pub name: String,
    /// The local file, where one takes part.
    pub path: Option<String>,
    /// Its size.
    pub bytes: u64,
}

/// What became of one object.
#[derive(Debug)]
pub(super) enum Done {
    /// So many bytes were moved or removed.
    Bytes(u64),
    /// It was there already.
    Already,
}

/// Why one object failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The others may go well.
    This(Failure),
    /// The others would fail as well.
    All(Failure),
}

impl Trouble {
    /// Of a call to the bucket: who is refused once is refused always, and a full disk stays full.
    pub(super) fn bucket(error: ferry_swift::Error, what: String) -> Self {
        let disk = std::error::Error::source(&error)
            .and_then(|source| source.downcast_ref::<std::io::Error>())
            .is_some_and(|error| is_of_the_disk(error.kind()));
        let failure = Failure::bucket(error, what);
        if disk {
            Self::All(failure.next(ROOM))
        } else {
            Self::of(failure)
        }
    }

    /// Of whatever one object came to.
    pub(super) fn of(failure: Failure) -> Self {
        if failure.exit() == Exit::Refused {
            Self::All(failure)
        } else {
            Self::This(failure)
        }
    }

    pub(super) fn failure(self) -> Failure {
        match self {
            Self::This(failure) | Self::All(failure) => failure,
        }
    }
}

/// Whether an error of one file is that of every file.
pub(super) fn is_of_the_disk(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind as Kind;
    matches!(
        kind,
        Kind::StorageFull
            | Kind::QuotaExceeded
            | Kind::ReadOnlyFilesystem
            | Kind::PermissionDenied
            | Kind::FileTooLarge
    )
}

impl ManyReport {
    pub(super) fn new(action: &'static str, bucket: &NamedBucket, dry_run: bool) -> Self {
        Self {
            exit: Exit::Done,
            action,
            bucket: bucket.url().to_string(),
            dry_run,
            objects: 0,
            bytes: 0,
            already_there: 0,
            left: 0,
            failed: Vec::new(),
            would: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn fails(&mut self, name: impl Into<String>, why: impl Into<String>) {
        self.failed.push(Failed {
            name: name.into(),
            why: why.into(),
        });
    }

    pub(super) fn would(&mut self, name: String, path: Option<String>, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
        self.would.push(Would { name, path, bytes });
    }

    /// Takes in what a look at one object came to, where nothing more is to be done.
    pub(super) fn examined(
        &mut self,
        name: &str,
        path: &Path,
        bytes: u64,
        found: Result<Option<Done>, Trouble>,
    ) {
        match found {
            Ok(None) => self.would(name.to_owned(), Some(path.display().to_string()), bytes),
            Ok(Some(_)) => self.already_there += 1,
            Err(trouble) => self.fails(name, chain(&trouble.failure())),
        }
    }

    /// Carries the work out on each item, at most [`LANES`] at once, and gives the whole as it ended.
    pub(super) async fn carry_out<T, F>(
        mut self,
        context: &Context,
        meter: &Meter,
        items: Vec<(String, T)>,
        work: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> Result<Self, Failure>
    where
        T: Send + 'static,
        F: Future<Output = Result<Done, Trouble>> + Send + 'static,
    {
        let work = Arc::new(work);
        self.left = items.len() as u64;
        let mut items = items.into_iter();
        let mut running = JoinSet::new();
        let mut in_a_row = 0;
        let mut unavailable = None;
        loop {
            while running.len() < LANES
                && let Some((name, item)) = items.next()
            {
                let work = Arc::clone(&work);
                running.spawn(async move { (name, work(item).await) });
            }
            let joined = context.unless_stopped(running.join_next()).await;
            let (name, done) = match joined {
                Ok(None) => break,
                Ok(Some(Ok(done))) => done,
                Ok(Some(Err(panic))) => {
                    let bug = Failure::new(Exit::Bug, "a transfer ended without a word");
                    return Err(self.unfinished(bug.because(panic)));
                }
                Err(stopped) => {
                    let stopped =
                        stopped.next("repeat the command: what is done is not done again");
                    return Err(self.unfinished(stopped));
                }
            };
            self.left -= 1;
            match done {
                Ok(done) => {
                    in_a_row = 0;
                    unavailable = None;
                    self.takes(&done);
                }
                Err(Trouble::All(failure)) => {
                    self.fails(name, chain(&failure));
                    return Err(self.unfinished(failure));
                }
                Err(Trouble::This(failure)) => {
                    self.fails(name, chain(&failure));
                    if failure.exit() == Exit::Unavailable {
                        in_a_row += 1;
                        unavailable = Some(failure);
                    }
                }
            }
            if in_a_row >= GONE
                && let Some(failure) = unavailable
            {
                return Err(self.unfinished(failure));
            }
            meter.objects(self.objects + self.already_there);
        }
        match unavailable {
            // Nothing went well, and the last thing that was heard is that nobody answers.
            Some(failure) if self.objects + self.already_there == 0 => {
                Err(self.unfinished(failure))
            }
            _ => Ok(self.ended()),
        }
    }

    pub(super) fn takes(&mut self, done: &Done) {
        match done {
            Done::Bytes(bytes) => {
                self.objects += 1;
                self.bytes += bytes;
            }
            Done::Already => self.already_there += 1,
        }
    }

    /// The exit code of an end that was reached.
    pub(super) fn ended(mut self) -> Self {
        self.exit = if !self.failed.is_empty() {
            Exit::Partly
        } else if self.objects + self.already_there == 0 {
            Exit::No
        } else {
            Exit::Done
        };
        self
    }

    /// An end that came too early, with what was done all the same.
    pub(super) fn unfinished(self, failure: Failure) -> Failure {
        let tried = self.objects + self.already_there + self.failed.len() as u64;
        let mut failure = failure.evidence(format!(
            "{} of {} objects were done, {} failed, {} were not tried",
            self.objects + self.already_there,
            tried + self.left,
            self.failed.len(),
            self.left
        ));
        let told = chain(&failure);
        let others = self.failed.iter().filter(|failed| failed.why != told);
        for failed in others.take(SHOWN) {
            failure = failure.evidence(format!("{}: {}", failed.name, failed.why));
        }
        failure.report(&self)
    }
}
