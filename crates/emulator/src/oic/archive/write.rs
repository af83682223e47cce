//! Writing an archive, entry by entry.

use std::io::{BufWriter, Write};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::super::model::{Artifact, Connection, Instance};
use super::super::shelf::Named;
use super::layout::{self, Layout};
use super::{Choice, GENERATOR, Listed, MANIFEST, Manifest, Record, State};
use crate::artifact::zip::Writer;
use crate::artifact::{Unreadable, hex};
use crate::blobs::{BlobId, Blobs};
use crate::options::ArchiveLayout;

/// What lies in an archive beside its manifest.
enum Part<'a> {
    Artifact(&'a Artifact),
    Connection(Option<&'a str>, &'a Connection),
}

/// Writes the archive of an instance as it is now into the pool.
///
/// # Errors
///
/// The pool could not be read or written.
pub(in super::super) fn write(
    instance: &Instance,
    blobs: &mut Blobs,
    choice: Choice,
    form: ArchiveLayout,
    seed: &str,
    now: Timestamp,
) -> Result<BlobId, Unreadable> {
    let failed = |e: std::io::Error| Unreadable::from_error("archive", &e);
    let out = BufWriter::with_capacity(128 * 1024, blobs.spool());
    let out = if form == ArchiveLayout::Opaque {
        let mut outer = Writer::new(out, now);
        outer.begin_large(layout::SEALED)?;
        let sealed = layout::Sealing::new(outer).map_err(failed)?;
        let sealed = fill(sealed, instance, blobs, choice, form, seed, now)?;
        sealed.into_inner().finish()?
    } else {
        fill(out, instance, blobs, choice, form, seed, now)?
    };
    let spool = out.into_inner().map_err(|e| failed(e.into_error()))?;
    blobs.take(spool).map_err(failed)
}

fn fill<W: Write>(
    out: W,
    instance: &Instance,
    blobs: &Blobs,
    choice: Choice,
    form: ArchiveLayout,
    seed: &str,
    now: Timestamp,
) -> Result<W, Unreadable> {
    let mut zip = Writer::new(out, now);
    let artifacts = instance.artifacts.values();
    let connections = instance.connections.iter().filter(|_| choice.integration);
    let mut parts: Vec<Part<'_>> = artifacts
        .filter(|a| choice.takes(a.kind))
        .map(Part::Artifact)
        .chain(connections.map(|(project, it)| Part::Connection(project, it)))
        .collect();
    // The service writes its entries in no order that could be relied on.
    let seed = seed
        .bytes()
        .fold(0u64, |sum, b| sum.wrapping_mul(31).wrapping_add(b.into()));
    fastrand::Rng::with_seed(seed).shuffle(&mut parts);
    let mut layout = Layout::new(form);
    let mut listed = Vec::with_capacity(parts.len());
    for part in parts {
        let (path, kind, sha256, bytes) = match part {
            Part::Artifact(artifact) => {
                let bytes = blobs
                    .bytes(&artifact.blob)
                    .map_err(|e| Unreadable::from_error(&artifact.path, &e))?;
                let sha256 = artifact.blob.sha256.clone();
                (artifact.path.clone(), artifact.kind.folder(), sha256, bytes)
            }
            Part::Connection(project, it) => {
                let folder = project.map(|p| format!("{p}/")).unwrap_or_default();
                let path = format!("connections/{folder}{}.json", it.id);
                let bytes = serde_json::to_vec_pretty(&Record::of(project, it, choice.security))
                    .map_err(|e| Unreadable::from_error(&path, &e))?;
                let sha256 = hex(&Sha256::digest(&bytes));
                (path, "connection", sha256, bytes.into())
            }
        };
        let entry = layout.put(&mut zip, &path, &sha256, &bytes)?;
        listed.push(Listed {
            entry: Some(entry).filter(|entry| *entry != path),
            path,
            kind: kind.to_owned(),
            sha256,
        });
    }
    listed.sort_by(|a, b| a.path.cmp(&b.path));
    let states = instance.integrations.iter().filter(|_| choice.integration);
    let manifest = Manifest {
        generator: GENERATOR.to_owned(),
        note: "layout invented by the emulator; nobody has published the real one".to_owned(),
        source: instance.name.clone(),
        generation: instance.generation.as_str().to_owned(),
        layout: form,
        security_artifacts: choice.security,
        artifacts: listed,
        states: states
            .map(|(project, it)| State {
                project: project.map(str::to_owned),
                id: it.id(),
                status: it.status,
                schedule_running: it.schedule_running,
                schedule_parameters: it.schedule_parameters.clone(),
            })
            .collect(),
    };
    zip.begin(MANIFEST)?;
    serde_json::to_writer_pretty(&mut zip, &manifest)
        .map_err(|e| Unreadable::from_error(MANIFEST, &e))?;
    zip.finish()
}
