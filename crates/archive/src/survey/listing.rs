//! The inventory alone: what an archive holds, without a look at what it does.

use std::io::{self, Read, Seek};

use ferry_core::model::{Identity, Inventory};
use serde::Serialize;

use super::{Archive, Digested, Record, assemble};
use crate::artifact::Artifact;
use crate::error::Error;
use crate::facts;
use crate::findings::{Finding, Findings};
use crate::walk::{Wanted, walk};

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// All of it, as a survey tells it.
    pub inventory: Inventory,
    /// What was seen to be wrong on the way. Damage of what was not read, and whatever needs it, is left to a survey.
    pub findings: Vec<Finding>,
    /// Every artifact, in the order of identities.
    pub artifacts: Vec<Listed>,
    /// Zips that were opened.
    pub containers: u64,
    /// Entries of all of them, folders included.
    pub entries: u64,
    /// Bytes that came out of them.
    pub unpacked: u64,
}

/// One artifact, wherever it lies in the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// What it is, and which one; unsafe to print as it is.
    #[serde(flatten)]
    pub id: Identity,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Every place where it lies, `outer!inner!path`; the first is the one that was taken.
    pub places: Vec<String>,
    /// How many files it has; a zip in an integration is one.
    pub files: u64,
    /// Their bytes, as the directory tells them.
    pub bytes: u64,
}

impl<F, R> Archive<F>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    /// Reads what the inventory is made of: all directories, and of an integration only its properties and its flow.
    ///
    /// # Errors
    /// As of a survey.
    pub fn listing(&self) -> Result<Listing, Error> {
        let each = |artifact, findings: &mut Findings| Some(listed(&artifact, findings));
        let walked = walk(
            &self.open,
            &self.limits,
            self.threads,
            &Wanted::Listed,
            &each,
        )?;
        let assembled = assemble::assemble(walked.results);
        let mut findings = walked.findings;
        findings.extend(assembled.findings.into_vec());
        let artifacts = assembled.records.into_iter().map(|record| Listed {
            id: record.id,
            project: record.project,
            places: record.places,
            files: record.files,
            bytes: record.bytes,
        });
        Ok(Listing {
            inventory: assembled.inventory,
            findings,
            artifacts: artifacts.collect(),
            containers: walked.containers,
            entries: walked.entries,
            unpacked: walked.unpacked,
        })
    }
}

fn listed(artifact: &Artifact, findings: &mut Findings) -> Digested {
    Digested {
        facts: facts::read(artifact, findings),
        record: Record::of(artifact),
    }
}
