//! What is different between two archives.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use ferry_core::model::{ArtifactDifference, Difference, Identity};

use super::{Archive, Record, Survey};
use crate::artifact::{Artifact, File};
use crate::diff::{Key, compare, lines, pairs, told};
use crate::error::Error;
use crate::findings::Findings;
use crate::fingerprint;
use crate::meaning::{Meaning, Memo, meaning};
use crate::walk::{Wanted, walk};

/// What is different between two surveyed archives, or single artifacts, in what they mean.
///
/// The surveys tell by their fingerprints what is equal; only what is not is read again.
///
/// # Errors
/// Only where no answer was reached: a reader failed, or a limit was passed.
pub fn diff<F, G, R, S>(
    before: (&Archive<F>, &Survey),
    after: (&Archive<G>, &Survey),
) -> Result<Vec<ArtifactDifference>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    G: Fn() -> io::Result<S> + Sync,
    R: Read + Seek,
    S: Read + Seek,
{
    let pairs = pairs(&prints(before.1), &prints(after.1));
    let mut old = meanings(
        before,
        pairs
            .iter()
            .filter(|it| it.after.is_some())
            .filter_map(|it| it.before.as_ref()),
    )?;
    let mut new = meanings(
        after,
        pairs
            .iter()
            .filter(|it| it.before.is_some())
            .filter_map(|it| it.after.as_ref()),
    )?;
    let compared = pairs.into_iter().map(|pair| {
        let old = pair.before.as_ref().and_then(|key| old.remove(key));
        let new = pair.after.as_ref().and_then(|key| new.remove(key));
        let differences = match (old, new) {
            (Some(old), Some(new)) => compare(&old, &new),
            _ => Vec::new(),
        };
        (pair, differences)
    });
    Ok(told(compared.collect()))
}

/// The two texts that a difference is about, line by line in canonical form, as a unified difference; `None` where it
/// is about no files, or they are no texts.
///
/// # Errors
/// Only where no answer was reached: a reader failed, or a limit was passed.
pub fn text_difference<F, G, R, S>(
    before: (&Archive<F>, &Survey),
    after: (&Archive<G>, &Survey),
    artifact: &ArtifactDifference,
    difference: &Difference,
) -> Result<Option<String>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    G: Fn() -> io::Result<S> + Sync,
    R: Read + Seek,
    S: Read + Seek,
{
    let Some(files) = &difference.files else {
        return Ok(None);
    };
    let was = artifact.was.as_ref().unwrap_or(&artifact.artifact);
    let old = file(before, was, artifact, &files.before)?;
    let new = file(after, &artifact.artifact, artifact, &files.after)?;
    Ok(old
        .zip(new)
        .and_then(|(old, new)| lines(&files.after, &old, &new)))
}

/// A file of an artifact that is read again.
fn file<F, R>(
    (archive, survey): (&Archive<F>, &Survey),
    id: &Identity,
    artifact: &ArtifactDifference,
    path: &str,
) -> Result<Option<Vec<u8>>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let mut records: Vec<&Record> = survey.records.iter().filter(|it| it.id == *id).collect();
    // The same artifact may lie outside of projects in one of the archives.
    records.sort_by_key(|it| !artifact.projects.contains(&it.project));
    let Some(place) = records.first().and_then(|it| it.places.first()) else {
        return Ok(None);
    };
    let wanted = Wanted::At(BTreeSet::from([place.clone()]));
    let read = |mut artifact: Artifact, _: &mut Findings| {
        let own = artifact.id == *id && artifact.place == *place;
        match artifact.files.remove(path).filter(|_| own)? {
            File::Kept(bytes) => Some(bytes),
            File::Digest { .. } => None,
        }
    };
    let walked = walk(
        &archive.open,
        &archive.limits,
        archive.threads,
        &wanted,
        &read,
    )?;
    Ok(walked.results.into_iter().next())
}

fn key(record: &Record) -> Key {
    (record.project.clone(), record.id.clone())
}

fn prints(survey: &Survey) -> BTreeMap<Key, String> {
    survey
        .records
        .iter()
        .map(|record| (key(record), record.semantic.clone()))
        .collect()
}

fn meanings<'k, F, R>(
    (archive, survey): (&Archive<F>, &Survey),
    wanted: impl Iterator<Item = &'k Key>,
) -> Result<BTreeMap<Key, Meaning>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let wanted: BTreeSet<&Key> = wanted.collect();
    let records = survey.records.iter().map(|record| (key(record), record));
    let mut keys: BTreeMap<&str, Key> = BTreeMap::new();
    for (key, record) in records.filter(|(key, _)| wanted.contains(key)) {
        if let Some(place) = record.places.first() {
            keys.insert(place, key);
        }
    }
    if keys.is_empty() {
        return Ok(BTreeMap::new());
    }
    let places = keys.keys().map(|place| (*place).to_owned()).collect();
    let memo = Memo::default();
    let read = |artifact: Artifact| {
        let key = keys
            .get(artifact.place.as_str())
            .filter(|key| key.1 == artifact.id)?;
        let digests = fingerprint::digests(&artifact.files);
        Some((key.clone(), meaning(&artifact, &digests, &memo)))
    };
    let walked = walk(
        &archive.open,
        &archive.limits,
        archive.threads,
        &Wanted::At(places),
        &|artifact, _| read(artifact),
    )?;
    Ok(walked.results.into_iter().collect())
}
