//! The one pass over an archive: what is in it, who needs whom, and what is wrong.

mod asked;
mod assemble;
mod difference;
mod listing;

pub use difference::diff;
pub use listing::{Listed, Listing};

use std::io::{self, Read, Seek};
use std::num::NonZeroUsize;
use std::thread;

use ferry_core::model::{ArtifactKind, Graph, Identity, Inventory};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::artifact::{Artifact, File};
use crate::entry_names::shown;
use crate::error::Error;
use crate::facts::{self, Facts};
use crate::findings::{Finding, Findings, Severity};
use crate::fingerprint::{self, hex};
use crate::graph;
use crate::limits::Limits;
use crate::meaning::{self, Memo, SEMANTIC_RULE};
use crate::secrets;
use crate::walk::{Each, Walked, Wanted, walk};

/// An archive, or a single artifact, that can be opened more than once.
///
/// ```
/// use std::io::{self, Cursor};
/// let csv = b"DVM,Countries,by code\nCode,Name\nDE,Germany\n";
/// let archive = ferry_archive::Archive::new(|| io::Result::Ok(Cursor::new(csv)), ferry_archive::Limits::default());
/// let survey = archive.survey()?;
/// assert_eq!(survey.inventory.lookups[0].name, "Countries");
/// assert_eq!(survey.inventory.lookups[0].rows, 1);
/// # Ok::<(), ferry_archive::Error>(())
/// ```
#[derive(Debug)]
pub struct Archive<F> {
    open: F,
    limits: Limits,
    threads: NonZeroUsize,
}

/// What a survey found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survey {
    /// All that the archive holds.
    pub inventory: Inventory,
    /// Who needs whom.
    pub graph: Graph,
    /// What is wrong or odd, in the order of the archive: at most 1,000 of each severity, and then one that counts the
    /// rest. Damage and broken invariants are errors; references to what is not there, secrets, and what nobody
    /// recognised are warnings.
    pub findings: Vec<Finding>,
    /// Every artifact with its fingerprints, in the order of identities.
    pub records: Vec<Record>,
    /// Zips that were opened.
    pub containers: u64,
    /// Entries of all of them, folders included.
    pub entries: u64,
    /// Bytes that came out of them.
    pub unpacked: u64,
}

impl Survey {
    /// Whether nothing is wrong. Warnings do not count.
    pub fn is_whole(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}

/// The fingerprints of a whole archive, each with the version of its rules: others do not compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fingerprints {
    /// Of the bytes: `sha256:…`; a tree has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
    /// Of what is in it, whatever wraps it: `content-1:…`.
    pub content: String,
    /// Of what it means: `semantic-1:…`.
    pub semantic: String,
}

impl Survey {
    /// The fingerprints, with the raw one that [`Archive::raw`] gave, where there is one. Neither places nor projects count: the same
    /// artifacts are the same in a package, in a project, and in an instance.
    pub fn fingerprints(&self, raw: Option<&str>) -> Fingerprints {
        let of = |print: fn(&Record) -> &str| {
            let mut all: Vec<_> = self
                .records
                .iter()
                .map(|record| match record.id.kind {
                    // Nobody recognised it: its name is its place.
                    ArtifactKind::Unknown => ("unknown".to_owned(), print(record)),
                    _ => (record.id.to_string(), print(record)),
                })
                .collect();
            all.sort_unstable();
            let mut sum = Sha256::new();
            for (id, print) in all {
                sum.update((id.len() as u64).to_le_bytes());
                sum.update(id);
                sum.update(print);
            }
            hex(&sum.finalize())
        };
        Fingerprints {
            raw: raw.map(|raw| format!("sha256:{raw}")),
            content: format!("{}:{}", fingerprint::CONTENT_RULE, of(|it| &it.content)),
            semantic: format!("{SEMANTIC_RULE}:{}", of(|it| &it.semantic)),
        }
    }
}

/// One artifact, wherever it lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// What it is, and which one; unsafe to print as it is.
    #[serde(flatten)]
    pub id: Identity,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Every place where it lies, `outer!inner!path`; the first is the one that was taken.
    pub places: Vec<String>,
    /// How many files it has.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The fingerprint of its content.
    pub content: String,
    /// The fingerprint of its meaning: what it does, its state, and what the rules do not know.
    pub semantic: String,
    /// The fingerprint of its meaning without its state: the same wherever it lies and whether or not it is active.
    #[serde(skip)]
    pub design: String,
}

impl Record {
    /// One that is known, and not looked into.
    fn of(artifact: &Artifact) -> Self {
        Self {
            id: artifact.id.clone(),
            project: None,
            places: vec![artifact.place.clone()],
            files: artifact.files.len() as u64,
            bytes: artifact.files.values().map(File::len).sum(),
            content: String::new(),
            semantic: String::new(),
            design: String::new(),
        }
    }
}

impl<F, R> Archive<F>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    /// An archive that `open` gives a new reader of, for each thread that reads it.
    pub fn new(open: F, limits: Limits) -> Self {
        let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        Self {
            open,
            limits,
            threads,
        }
    }

    /// The same, read by so many threads instead of one for each core.
    #[must_use]
    pub fn with_threads(self, threads: NonZeroUsize) -> Self {
        Self { threads, ..self }
    }

    pub(crate) fn open(&self) -> io::Result<R> {
        (self.open)()
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn threads(&self) -> NonZeroUsize {
        self.threads
    }

    /// Reads the archive whole, with every zip inside it, and answers with all that it showed.
    ///
    /// Memory grows with what is in the archive, not with its bytes. The answer does not depend on the number of
    /// threads.
    ///
    /// # Errors
    /// Only where no answer was reached: the reader failed, or a limit was passed.
    pub fn survey(&self) -> Result<Survey, Error> {
        let memo = Memo::default();
        let each = |artifact, findings: &mut Findings| Some(digest_of(&artifact, &memo, findings));
        let walked = self.walk(&Wanted::All, &each)?;
        let mut assembled = assemble::assemble(walked.results);
        let records = assembled.records;
        let graph = graph::build(&records, assembled.needs, &mut assembled.findings);
        let mut findings = walked.findings;
        findings.extend(assembled.findings.into_vec());
        Ok(Survey {
            inventory: assembled.inventory,
            graph,
            findings,
            records,
            containers: walked.containers,
            entries: walked.entries,
            unpacked: walked.unpacked,
        })
    }

    /// Shows the wanted artifacts to `each`.
    pub(crate) fn walk<T: Send>(
        &self,
        wanted: &Wanted,
        each: &Each<'_, T>,
    ) -> Result<Walked<T>, Error> {
        walk(&self.open, &self.limits, self.threads, wanted, each)
    }

    /// The raw fingerprint: SHA-256 of the file's bytes, hex in lower case.
    ///
    /// # Errors
    /// The reader failed.
    pub fn raw(&self) -> Result<String, Error> {
        let mut reader = (self.open)()?;
        let mut sum = Sha256::new();
        let mut piece = vec![0; 128 * 1024];
        loop {
            match reader.read(&mut piece) {
                Ok(0) => return Ok(hex(&sum.finalize())),
                Ok(read) => sum.update(piece.get(..read).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What is kept of an artifact when its files are gone.
#[derive(Debug)]
struct Digested {
    record: Record,
    facts: Facts,
}

fn digest_of(artifact: &Artifact, memo: &Memo, findings: &mut Findings) -> Digested {
    let facts = facts::read(artifact, findings);
    secrets::look(artifact, findings);
    let content = fingerprint::content(&artifact.files);
    let meaning = meaning::meaning(artifact, memo);
    for (path, flaw) in &meaning.flaws {
        let place = shown(artifact.inside(path).as_bytes());
        findings.entry_error(&place, format!("XML: {}", shown(flaw.as_bytes())));
    }
    Digested {
        record: Record {
            content,
            semantic: meaning.fingerprint(),
            design: meaning.design(),
            ..Record::of(artifact)
        },
        facts,
    }
}
