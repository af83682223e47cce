//! What running jobs do as virtual time passes.

use std::io::Read as _;

use jiff::{SignedDuration, Timestamp};

use super::archive::{self, Choice, Content};
use super::install::{self, Settings};
use super::jobs::{Ending, Job, JobKind, Step, Temporary, ending, uuid};
use super::model::Instance;
use super::report::{Line, Outcome};
use crate::artifact::zip;
use crate::blobs::Blobs;
use crate::options::{Switches, Temporaries};
use crate::store::Store;

/// Where jobs act.
pub(super) struct Ground<'a> {
    pub(super) store: &'a mut Store,
    pub(super) blobs: &'a mut Blobs,
    pub(super) switches: &'a Switches,
    /// The virtual time of the request at hand, which may lie well behind a step's own.
    pub(super) now: Timestamp,
}

/// Why a job fails.
type Failure = String;

/// Carries out every step of every job of this instance that is due.
pub(super) fn advance(
    instance: &mut Instance,
    store: &mut Store,
    blobs: &mut Blobs,
    switches: &Switches,
    now: Timestamp,
) {
    let mut ground = Ground {
        store,
        blobs,
        switches,
        now,
    };
    // Jobs are taken out while they work, since an import changes the instance.
    let mut jobs = std::mem::take(&mut instance.jobs);
    for job in &mut jobs {
        while let Some((at, step)) = job.pending.first().copied().filter(|(at, _)| *at <= now) {
            job.pending.remove(0);
            if let Err(why) = carry_out(job, step, at, instance, &mut ground) {
                fail(job, why, at, &mut ground);
            }
        }
    }
    instance.jobs = jobs;
}

fn carry_out(
    job: &mut Job,
    step: Step,
    at: Timestamp,
    instance: &mut Instance,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    temporaries_are_there(job, ground)?;
    match (job.kind, step) {
        (_, Step::Begin) => begin(job, at, instance, ground),
        (JobKind::Export, Step::Temporary(n)) => export_temporary(job, n, at, ground),
        (JobKind::Import, Step::Temporary(_)) => {
            let name = format!("{}.import-{}.log", job.archive, job.id);
            put_temporary(
                job,
                &name,
                b"import in progress\n",
                "text/plain",
                at,
                ground,
            )
        }
        (_, Step::Install) => import(job, at, instance, ground),
        (_, Step::CleanUp) => {
            clean_up(job, ground);
            Ok(())
        }
        (_, Step::End) => end(job, at, instance, ground),
    }
}

/// Somebody who removes or replaces a job's temporary object takes its floor away.
fn temporaries_are_there(job: &Job, ground: &Ground<'_>) -> Result<(), Failure> {
    let Some(key) = &job.bucket else {
        return Ok(());
    };
    for temporary in &job.temporaries {
        let there = ground
            .store
            .head(key, &temporary.name)
            .is_some_and(|object| object.blob == temporary.blob);
        if !there {
            return Err(format!(
                "temporary object {} was removed or changed",
                temporary.name
            ));
        }
    }
    Ok(())
}

fn begin(
    job: &mut Job,
    at: Timestamp,
    instance: &Instance,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    "RUNNING".clone_into(&mut job.state);
    if let Some(why) = &job.storage_fault {
        return Err(why.clone());
    }
    match job.kind {
        JobKind::Export => {
            let choice = Choice {
                integration: job.carries("Integration"),
                process: job.carries("Process"),
                security: job.security,
            };
            let layout = ground.switches.archive_layout;
            let blob = archive::write(instance, ground.blobs, choice, layout, &job.id, at)
                .map_err(|e| e.to_string())?;
            job.content = Some(blob);
        }
        JobKind::Import => {
            let key = job.bucket.as_ref().ok_or("no bucket was opened")?;
            let without = job.archive.strip_suffix(".zip").unwrap_or(&job.archive);
            let names = [
                job.archive.clone(),
                format!("{}.zip", job.archive),
                without.to_owned(),
            ];
            let object = names.iter().find_map(|name| ground.store.head(key, name));
            let object = object
                .ok_or_else(|| format!("archive file {} is not in the bucket", job.archive))?;
            let blob = object.blob.clone();
            let opened = ground.blobs.open(&blob).map_err(|e| e.to_string())?;
            archive::open(opened)
                .map_err(|e| format!("archive file {} cannot be read: {e}", job.archive))?;
            job.content = Some(blob);
        }
    }
    Ok(())
}

/// Writes what the switch `temporaries` says; the names are inventions, as nobody knows the real ones.
fn export_temporary(
    job: &mut Job,
    n: u8,
    at: Timestamp,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    // Seeded by the job's id: another run of the same seed writes the same.
    let seed = job.id.bytes().fold(u64::from(n), |sum, b| {
        sum.wrapping_mul(131).wrapping_add(b.into())
    });
    let mut rng = fastrand::Rng::with_seed(seed);
    match ground.switches.temporaries {
        Temporaries::Suffix => {
            let name = format!("{}.tmp-{:08x}", job.archive, rng.u32(..));
            let mut garbage = vec![0; 256 * usize::from(n)];
            rng.fill(&mut garbage);
            put_temporary(job, &name, &garbage, "application/octet-stream", at, ground)
        }
        Temporaries::ValidZips => {
            let name = format!("part-{n}-{}.zip", uuid(&mut rng));
            let part = vec![(format!("part-{n}.bin"), vec![n; 512 * usize::from(n)])];
            let bytes = zip::write(&part, at).map_err(|e| e.to_string())?;
            put_temporary(job, &name, &bytes, "application/zip", at, ground)
        }
        Temporaries::FinalName => {
            let whole = job.content.as_ref().ok_or("nothing was written yet")?;
            let len = whole.len * u64::from(n - 1) / 4;
            let mut part = Vec::new();
            let opened = ground.blobs.open(whole).map_err(|e| e.to_string())?;
            let read = opened.take(len).read_to_end(&mut part);
            read.map_err(|e| e.to_string())?;
            let name = job.archive.clone();
            job.temporaries.clear();
            put_temporary(job, &name, &part, "application/zip", at, ground)
        }
    }
}

fn put_temporary(
    job: &mut Job,
    name: &str,
    bytes: &[u8],
    content_type: &str,
    at: Timestamp,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    let key = job.bucket.as_ref().ok_or("no bucket was opened")?;
    let blob = ground.blobs.put(bytes).map_err(|e| e.to_string())?;
    ground
        .store
        .put(key, name, blob.clone(), Some(content_type), at);
    job.temporaries.push(Temporary {
        name: name.to_owned(),
        blob,
    });
    Ok(())
}

fn clean_up(job: &mut Job, ground: &mut Ground<'_>) {
    if let Some(key) = &job.bucket {
        for temporary in job.temporaries.drain(..) {
            let own = ground
                .store
                .head(key, &temporary.name)
                .is_some_and(|object| object.blob == temporary.blob);
            if own {
                ground.store.remove(key, &temporary.name);
            }
        }
    }
}

/// Installs, unless the job is to end badly or its component is.
fn import(
    job: &mut Job,
    at: Timestamp,
    instance: &mut Instance,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    let imports = job.import.as_ref().is_some_and(|i| i.mode.imports());
    if !imports || ending(&job.outcome) != Ending::Good {
        return Ok(());
    }
    let content = job.content.as_ref().ok_or("no archive was opened")?;
    let settings = Settings {
        switches: ground.switches,
        choice: Choice {
            integration: job.carries("Integration"),
            process: job.carries("Process"),
            security: job.security,
        },
        schedule_params: job.import.as_ref().is_some_and(|i| i.schedule_params),
        archive: &job.archive,
        now: at,
    };
    install::archive(instance, ground.blobs, content, &settings, &mut job.report)
}

fn end(
    job: &mut Job,
    at: Timestamp,
    instance: &mut Instance,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    match ending(&job.outcome) {
        // It stays in that state for ever, with its temporary objects.
        Ending::Never => {
            job.outcome.clone_into(&mut job.state);
            return Ok(());
        }
        Ending::Bad => return Err("the job failed".to_owned()),
        Ending::Good => {}
    }
    match job.kind {
        JobKind::Export => publish(job, at, ground)?,
        JobKind::Import => activate(job, at, instance, ground)?,
    }
    job.outcome.clone_into(&mut job.state);
    job.ended = Some(at);
    Ok(())
}

/// Puts the finished archive into the bucket; it is seen some seconds after the job's end, as was observed.
fn publish(job: &mut Job, at: Timestamp, ground: &mut Ground<'_>) -> Result<(), Failure> {
    let late = i64::try_from(ground.switches.archive_late_seconds).unwrap_or(i64::MAX);
    let visible = at
        .saturating_add(SignedDuration::from_secs(late))
        .unwrap_or(Timestamp::MAX);
    // A half-written archive under the final name stays until the whole one takes its place.
    if ground.switches.temporaries == Temporaries::FinalName {
        job.temporaries.clear();
    }
    clean_up(job, ground);
    let key = job.bucket.as_ref().ok_or("no bucket was opened")?;
    let blob = job.content.clone().ok_or("nothing was written")?;
    // Seen: the archive of a Gen2 instance was listed without a type.
    let kind = None;
    if visible <= ground.now {
        ground.store.put(key, &job.archive, blob, kind, visible);
    } else {
        ground
            .store
            .put_visible_from(key, &job.archive, blob, kind, at, visible);
    }
    Ok(())
}

/// Activates what was active in the source, where the mode asks for it.
fn activate(
    job: &mut Job,
    at: Timestamp,
    instance: &mut Instance,
    ground: &mut Ground<'_>,
) -> Result<(), Failure> {
    clean_up(job, ground);
    let Some(import) = job.import.clone().filter(|i| i.mode.activates()) else {
        return Ok(());
    };
    let content = job.content.as_ref().ok_or("no archive was opened")?;
    let opened = ground.blobs.open(content).map_err(|e| e.to_string())?;
    match archive::open(opened).map_err(|e| e.to_string())? {
        Content::Known(known) => {
            let (states, start) = (&known.states, import.start_schedules);
            install::revive(instance, states, start, at, &mut job.report);
        }
        Content::Foreign => {
            let line = Line::new("archive", None, &job.archive, Outcome::Skipped);
            let why = "nothing in it was recognised, so nothing could be activated";
            job.report.add(line.because(why));
        }
    }
    Ok(())
}

fn fail(job: &mut Job, why: Failure, at: Timestamp, ground: &mut Ground<'_>) {
    clean_up(job, ground);
    job.pending.clear();
    job.state = match ending(&job.outcome) {
        Ending::Bad => job.outcome.clone(),
        _ => "FAILED".to_owned(),
    };
    job.message = Some(why);
    job.ended = Some(at);
}
