//! What is different between two archives.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use ferry_core::model::ArtifactDifference;

use super::asked::{Prints, Scope, drop_found_elsewhere};
use super::{Archive, Record, Survey};
use crate::artifact::Artifact;
use crate::diff::{Key, compare, pairs, told};
use crate::error::Error;
use crate::meaning::{Meaning, Memo, meaning};
use crate::tree::hidden;
use crate::walk::{Wanted, walk};

/// What is different between two surveyed archives, or single artifacts, in what they mean.
///
/// A side that is a part of an instance (one artifact, an `.iar`, a `.par`, a `.car`) is compared with the same part of
/// the other side, and with nothing else there.
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
    let (mut old, mut new) = (prints(before.1), prints(after.1));
    drop_found_elsewhere(&mut old, &mut new);
    let (was, is) = (Scope::of(before.1), Scope::of(after.1));
    let mut pairs = pairs(&old, &new, was.knows_projects() && is.knows_projects());
    pairs.retain(|pair| match (&pair.before, &pair.after) {
        (None, Some(key)) => was.misses(key, after.1, is),
        (Some(key), None) => is.misses(key, before.1, was),
        _ => true,
    });
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
    let mut told = told(compared.collect());
    for it in told.iter_mut().flat_map(|it| &mut it.differences) {
        for text in [&mut it.before, &mut it.after] {
            *text = text.take().map(hidden);
        }
    }
    Ok(told)
}

fn key(record: &Record) -> Key {
    (record.project.clone(), record.id.clone())
}

fn prints(survey: &Survey) -> Prints {
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
        Some((key.clone(), meaning(&artifact, &memo)))
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
