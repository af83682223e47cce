//! An archive as a tree of files for people and for version control.
//!
//! What says nothing is left out, what stays is in canonical form, and the same artifact has the same path whatever
//! wrapped it; so the trees of two exports of one unchanged instance are equal file by file.

mod clean;
mod hidden;
mod place;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ferry_core::model::Identity;
use serde::Serialize;

use crate::again::again;
use crate::artifact::{Artifact, Place};
use crate::error::Error;
use crate::survey::{Archive, Survey};

use clean::Cleaned;
pub(crate) use hidden::hidden;

/// What became of an archive that was given as a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tree {
    /// Files of the tree.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Secrets that were taken out of them: values, tokens, keys, contents of attachments.
    pub secrets_taken_out: u64,
    /// What is not in the tree though it says something: its path, and why. Unsafe to print.
    pub left_out: Vec<(String, String)>,
}

/// Takes a file of the tree: its path, unsafe to join to another as it is, and its content.
pub type Take<'a> = dyn Fn(&str, &[u8]) -> io::Result<()> + Sync + 'a;

/// Gives an archive as a tree, file by file in no order, from several threads.
///
/// # Errors
/// As [`Archive::survey`](crate::Archive::survey); an error of `take` is one of reading.
pub fn tree<F, R>(
    (archive, survey): (&Archive<F>, &Survey),
    with_secrets: bool,
    take: &Take<'_>,
) -> Result<Tree, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let folders = place::folders(survey);
    let wanted: BTreeSet<(Place, Identity)> = folders.keys().cloned().collect();
    let done = Mutex::new(Tree::default());
    let failed = Mutex::new(None);
    let secrets = AtomicU64::new(0);
    let work = Work {
        folders: &folders,
        with_secrets,
        take,
        done: &done,
        secrets: &secrets,
    };
    again(archive, &wanted, &|artifact| {
        if let Err(error) = work.artifact(artifact) {
            let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
            failed.get_or_insert(error);
        }
        None::<()>
    })?;
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.into());
    }
    let mut tree = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    tree.secrets_taken_out = secrets.into_inner();
    tree.left_out.sort();
    Ok(tree)
}

struct Work<'a> {
    folders: &'a BTreeMap<(Place, Identity), String>,
    with_secrets: bool,
    take: &'a Take<'a>,
    done: &'a Mutex<Tree>,
    secrets: &'a AtomicU64,
}

impl Work<'_> {
    fn artifact(&self, artifact: Artifact) -> io::Result<()> {
        let key = (artifact.place.clone(), artifact.id.clone());
        let Some(folder) = self.folders.get(&key) else {
            return Ok(());
        };
        let id = artifact.id;
        for (inner, file) in artifact.files {
            let path = place::file(&id, folder, &inner);
            let length = file.len();
            let Some(bytes) = file.into_bytes() else {
                let why = format!("its {length} bytes are more than are kept in memory");
                self.leave_out(path, why);
                continue;
            };
            match clean::file(&id, &inner, bytes, self.with_secrets) {
                Cleaned::Noise => {}
                Cleaned::Secret(why) => self.leave_out(path, why.to_owned()),
                Cleaned::File { content, secrets } => {
                    self.secrets.fetch_add(secrets, Ordering::Relaxed);
                    (self.take)(&path, &content)?;
                    let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
                    done.files += 1;
                    done.bytes += content.len() as u64;
                }
            }
        }
        Ok(())
    }

    fn leave_out(&self, path: String, why: String) {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.left_out.push((path, why));
    }
}
