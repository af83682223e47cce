//! The files that differ, line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Seek};

use ferry_core::model::difference::Files;
use ferry_core::model::{ArtifactDifference, Identity};

use crate::again::again;
use crate::artifact::Place;
use crate::diff;
use crate::error::Error;
use crate::survey::{Archive, Survey};
use crate::tree::hidden;

/// Adds to what [`diff`](crate::diff) found how the files differ, line by line and in their canonical form; only those
/// files are read again. Keys and tokens in them are not shown.
///
/// # Errors
/// As [`Archive::survey`].
pub fn add_lines<F, R, G, S>(
    (before, old): (&Archive<F>, &Survey),
    (after, new): (&Archive<G>, &Survey),
    told: &mut [ArtifactDifference],
) -> Result<(), Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
    G: Fn() -> io::Result<S> + Sync,
    S: Read + Seek,
{
    let places = |survey: &Survey, id: &Identity| {
        let same = survey.records.iter().filter(|record| record.id == *id);
        same.filter_map(|record| record.places.first().cloned())
            .collect::<Vec<_>>()
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
    let (left, right) = (texts(before, &left)?, texts(after, &right)?);
    for it in told {
        let (id, now) = (was(it), it.artifact.clone());
        for files in it.differences.iter_mut().filter_map(|it| it.files.as_mut()) {
            let Files { before, after, .. } = files;
            let a = left.get(&(id.clone(), before.clone()));
            let b = right.get(&(now.clone(), after.clone()));
            if let (Some(a), Some(b)) = (a, b) {
                files.lines = diff::lines(after, a, b).map(hidden);
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
    archive: &Archive<F>,
    wanted: &WantedFiles,
) -> Result<BTreeMap<(Identity, String), Vec<u8>>, Error>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    let keys = wanted.keys().cloned().collect();
    let read = again(archive, &keys, &|artifact| {
        let paths = wanted.get(&(artifact.place, artifact.id.clone()))?;
        let wanted = artifact
            .files
            .into_iter()
            .filter(|(path, _)| paths.contains(path));
        let kept = wanted
            .filter_map(|(path, file)| Some(((artifact.id.clone(), path), file.into_bytes()?)));
        Some(kept.collect::<Vec<_>>())
    })?;
    Ok(read.into_iter().flatten().collect())
}
