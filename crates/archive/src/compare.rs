//! Two archives, and what is different between them.
//!
//! A survey keeps fingerprints alone; what differs by them is read once more, and only that.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use ferry_core::model::difference::Files;
use ferry_core::model::{ArtifactDifference, ArtifactKind, Identity};

use crate::artifact::{Artifact, File, Place};
use crate::diff::{self, Key, Pair};
use crate::error::Error;
use crate::fingerprint;
use crate::meaning::{Meaning, Memo, meaning};
use crate::survey::{Archive, Record, Survey};
use crate::tree::hidden;
use crate::walk::Wanted;

/// One of two sides.
#[derive(Debug)]
pub struct Side<'a, F> {
    /// What is read again where it differs.
    pub archive: &'a Archive<F>,
    /// What was found in it.
    pub survey: &'a Survey,
}

/// What is different between two archives, in the order of identities; nothing where they mean the same.
///
/// A side that is one artifact alone is compared with the same one of the other side, and with nothing else there.
/// With `lines`, files that differ are compared line by line too, in their canonical form.
///
/// # Errors
/// As [`Archive::survey`].
pub fn compare<F, R, G, S>(
    before: &Side<'_, F>,
    after: &Side<'_, G>,
    lines: bool,
) -> Result<Vec<ArtifactDifference>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
    G: Fn() -> io::Result<S> + Sync,
    S: Read + Seek,
{
    let (mut old, mut new) = (known(before.survey), known(after.survey));
    only_the_same(&mut old, &mut new);
    only_the_same(&mut new, &mut old);
    drop_found_elsewhere(&mut old, &mut new);
    let prints = |side: &Known<'_>| {
        side.iter()
            .map(|(key, record)| (key.clone(), record.semantic.clone()))
            .collect()
    };
    let pairs = diff::pairs(&prints(&old), &prints(&new));
    let both = |pair: &&Pair| pair.before.is_some() && pair.after.is_some();
    let wanted = |side: &Known<'_>, of: &dyn Fn(&Pair) -> Option<Key>| {
        let keys = pairs.iter().filter(both).filter_map(of);
        keys.filter_map(|key| Some((place(side.get(&key)?), key.1)))
            .collect::<BTreeSet<_>>()
    };
    let left = meanings(before, wanted(&old, &|pair| pair.before.clone()))?;
    let right = meanings(after, wanted(&new, &|pair| pair.after.clone()))?;
    let compared = pairs.into_iter().map(|pair| {
        let of = |side: &Known<'_>, all: &Meanings, key: &Option<Key>| {
            let place = place(side.get(key.as_ref()?)?);
            all.get(&place).cloned()
        };
        let (a, b) = (of(&old, &left, &pair.before), of(&new, &right, &pair.after));
        let differences = match (a, b) {
            (Some(a), Some(b)) => diff::compare(&a, &b),
            _ => Vec::new(),
        };
        (pair, differences)
    });
    let mut told = diff::told(compared.collect());
    if lines {
        add_lines((before, &old), (after, &new), &mut told)?;
    }
    for it in told.iter_mut().flat_map(|it| &mut it.differences) {
        let lines = it.files.as_mut().map(|files| &mut files.lines);
        for text in [Some(&mut it.before), Some(&mut it.after), lines]
            .into_iter()
            .flatten()
        {
            *text = text.take().map(hidden);
        }
    }
    Ok(told)
}

type Known<'s> = BTreeMap<Key, &'s Record>;
type Meanings = BTreeMap<Place, std::sync::Arc<Meaning>>;

fn known(survey: &Survey) -> Known<'_> {
    survey
        .records
        .iter()
        .map(|record| ((record.project.clone(), record.id.clone()), record))
        .collect()
}

fn place(record: &&Record) -> Place {
    record.places.first().cloned().unwrap_or_default()
}

/// Where `one` is a single artifact, what else `other` holds is not asked about.
fn only_the_same(one: &mut Known<'_>, other: &mut Known<'_>) {
    let mut keys = one.keys();
    let (Some((_, id)), None) = (keys.next(), keys.next()) else {
        return;
    };
    let same = |other: &Identity| other.kind == id.kind && other.name == id.name;
    if other.keys().any(|(_, id)| same(id)) {
        other.retain(|(_, id), _| same(id));
    }
}

/// What nobody recognised is known by its place; with the same content it is the same elsewhere.
fn drop_found_elsewhere(old: &mut Known<'_>, new: &mut Known<'_>) {
    let unknown = |side: &Known<'_>, other: &Known<'_>| {
        let mut found: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for (key, record) in side {
            if key.1.kind == ArtifactKind::Unknown && !other.contains_key(key) {
                let keys = found.entry(record.semantic.clone()).or_default();
                keys.push(key.clone());
            }
        }
        found
    };
    let gone = unknown(old, new);
    for (print, came) in unknown(new, old) {
        let went = gone.get(&print).map(Vec::as_slice).unwrap_or_default();
        for (went, came) in went.iter().zip(&came) {
            old.remove(went);
            new.remove(came);
        }
    }
}

fn meanings<F, R>(
    side: &Side<'_, F>,
    wanted: BTreeSet<(Place, Identity)>,
) -> Result<Meanings, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let memo = Memo::default();
    let read = again(side, wanted, &|artifact| {
        let digests = fingerprint::digests(&artifact.files);
        let meaning = meaning(&artifact, &digests, &memo);
        Some((artifact.place, std::sync::Arc::new(meaning)))
    })?;
    Ok(read.into_iter().collect())
}

/// Reads some artifacts once more.
pub(crate) fn again<F, R, T: Send>(
    side: &Side<'_, F>,
    wanted: BTreeSet<(Place, Identity)>,
    each: &(dyn Fn(Artifact) -> Option<T> + Sync),
) -> Result<Vec<T>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let places = wanted.iter().map(|(place, _)| place.clone()).collect();
    let walked = side.archive.walk(&Wanted::At(places), &|artifact, _| {
        let key = (artifact.place.clone(), artifact.id.clone());
        wanted.contains(&key).then(|| each(artifact)).flatten()
    })?;
    Ok(walked.results)
}

/// Compares the files that differ line by line.
fn add_lines<F, R, G, S>(
    (before, old): (&Side<'_, F>, &Known<'_>),
    (after, new): (&Side<'_, G>, &Known<'_>),
    told: &mut [ArtifactDifference],
) -> Result<(), Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
    G: Fn() -> io::Result<S> + Sync,
    S: Read + Seek,
{
    let places = |side: &Known<'_>, id: &Identity| {
        let same = side.iter().filter(|((_, it), _)| it == id);
        same.map(|(_, record)| place(record)).collect::<Vec<_>>()
    };
    let was = |it: &ArtifactDifference| it.was.clone().unwrap_or_else(|| it.artifact.clone());
    let mut left = BTreeMap::new();
    let mut right = BTreeMap::new();
    for it in told.iter() {
        for files in it.differences.iter().filter_map(|it| it.files.as_ref()) {
            let (id, now) = (was(it), it.artifact.clone());
            for place in places(old, &id) {
                want(&mut left, (place, id.clone()), &files.before);
            }
            for place in places(new, &now) {
                want(&mut right, (place, now.clone()), &files.after);
            }
        }
    }
    let (left, right) = (texts(before, left)?, texts(after, right)?);
    for it in told {
        let (id, now) = (was(it), it.artifact.clone());
        for files in it.differences.iter_mut().filter_map(|it| it.files.as_mut()) {
            let Files { before, after, .. } = files;
            let a = left.get(&(id.clone(), before.clone()));
            let b = right.get(&(now.clone(), after.clone()));
            if let (Some(a), Some(b)) = (a, b) {
                files.lines = diff::lines(after, a, b);
            }
        }
    }
    Ok(())
}

type WantedFiles = BTreeMap<(Place, Identity), BTreeSet<String>>;

fn want(all: &mut WantedFiles, key: (Place, Identity), path: &str) {
    all.entry(key).or_default().insert(path.to_owned());
}

fn texts<F, R>(
    side: &Side<'_, F>,
    wanted: WantedFiles,
) -> Result<BTreeMap<(Identity, String), Vec<u8>>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let keys = wanted.keys().cloned().collect();
    let read = again(side, keys, &|artifact| {
        let paths = wanted.get(&(artifact.place, artifact.id.clone()))?;
        let kept = artifact.files.into_iter().filter_map(|(path, file)| {
            let File::Kept(bytes) = file else { return None };
            paths
                .contains(&path)
                .then(|| ((artifact.id.clone(), path), bytes))
        });
        Some(kept.collect::<Vec<_>>())
    })?;
    Ok(read.into_iter().flatten().collect())
}
