//! A second reading of some artifacts.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};

use ferry_core::model::Identity;

use crate::artifact::{Artifact, Place};
use crate::error::Error;
use crate::survey::Archive;
use crate::walk::Wanted;

/// Reads some artifacts once more.
pub(crate) fn again<F, R, T: Send>(
    archive: &Archive<F>,
    wanted: &BTreeSet<(Place, Identity)>,
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
    let walked = archive.walk(&Wanted::At(places), &|artifact, _| {
        let key = (artifact.place.clone(), artifact.id.clone());
        wanted.contains(&key).then(|| each(artifact)).flatten()
    })?;
    Ok(walked.results)
}
