//! Waits for the finished archive, reads all of it, and verifies it.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use ferry_archive::{Integrity, Limits};
use ferry_core::exit::Exit;
use ferry_core::flow::Start;
use ferry_core::ids::ObjectName;
use ferry_core::job::{ArchiveWatch, Listed, Sighting};
use ferry_swift::{Bucket, Digests, ErrorKind};
use jiff::SignedDuration;
use tempfile::NamedTempFile;
use tokio::time::Instant;

use crate::bucket::local::is_md5;
use crate::follow::span;
use crate::{Context, Environment, Failure, Talk};

/// An archive that was read whole.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) object: Listed,
    pub(crate) digests: Digests,
    pub(crate) entries: u64,
    pub(crate) file: NamedTempFile,
}

/// What a reading of an object came to.
pub(crate) enum Reading {
    Whole(Box<Whole>),
    /// Why it is not whole, or not what was listed.
    Not(String),
}

/// Waits for the archive `name`. With `completed`, its time runs from now; else the job's own deadline counts.
pub(crate) async fn watch(
    context: &Context,
    environment: &Environment,
    start: &Start,
    name: &str,
    completed: bool,
    folder: &Path,
) -> Result<Whole, Failure> {
    let policy = &environment.polling;
    let bucket = &environment.storage.bucket;
    let began = Instant::now();
    let mut watch = ArchiveWatch::new(name, start.before().to_vec(), policy);
    if completed {
        watch.completed(began.elapsed());
    }
    let prefix = name.trim_end_matches(".zip");
    let mut last = format!("no object named {name} was listed");
    let mut fault = None;
    context.step(format!("waiting for the archive {name} in the bucket"));
    loop {
        let sighting = match context.unless_stopped(bucket.list(Some(prefix))).await? {
            Ok(listing) => {
                fault = None;
                watch.on_listing(&listing, began.elapsed())
            }
            Err(error) if error.kind() == ErrorKind::Unavailable => {
                let text = crate::follow::chain(&error);
                if fault.as_ref() != Some(&text) {
                    context.warn(format!("the bucket does not answer: {text}"));
                }
                fault = Some(text);
                watch.on_listing(&[], began.elapsed())
            }
            Err(error) => {
                return Err(Failure::bucket(
                    error,
                    format!("cannot list the bucket of {}", environment.name),
                )
                .open());
            }
        };
        match sighting {
            Sighting::Ready(object) if !is_this_runs(context, environment, start, &object) => {
                return Err(not_ours(environment, &object));
            }
            Sighting::Ready(object) => match read_whole(context, bucket, &object, folder).await? {
                Reading::Whole(whole) => return Ok(*whole),
                Reading::Not(why) => {
                    context.note(format!("{} is not whole yet: {why}", object.name));
                    last = why;
                    watch.mistrust();
                }
            },
            Sighting::Settling => "it is still changing".clone_into(&mut last),
            Sighting::Absent => {}
            Sighting::TooLate => return Err(never_came(environment, name, &last)),
        }
        if !completed && began.elapsed() >= policy.deadline {
            return Err(never_appeared(environment, start, name, last));
        }
        context
            .wait(policy.settle.max(std::time::Duration::from_millis(1)))
            .await?;
    }
}

/// The job is known by its archive alone, and that did not come in the job's own time.
fn never_appeared(environment: &Environment, start: &Start, name: &str, last: String) -> Failure {
    // A generated name is ours, so our job goes on; a given one may be another's for all that is known.
    let exit = if start.name_given() {
        Exit::Conflict
    } else {
        Exit::TimedOut
    };
    Failure::new(
        exit,
        format!(
            "no whole archive {name} came in {}; the job's state is not known",
            span(environment.polling.deadline)
        ),
    )
    .evidence(last)
    .next("the job may go on: look at the job list in the console")
    .next("repeat the command to wait on")
    .open()
}

fn is_this_runs(
    context: &Context,
    environment: &Environment,
    start: &Start,
    object: &Listed,
) -> bool {
    let within =
        SignedDuration::try_from(environment.polling.deadline).unwrap_or(SignedDuration::MAX);
    // The job's own id led here, so its archive is ours whatever the store's clock says.
    start.job().is_some() || start.is_ours(object, context.now(), within)
}

fn not_ours(environment: &Environment, object: &Listed) -> Failure {
    let mut failure = Failure::new(
        Exit::Conflict,
        format!("the archive {} is not provably of this run", object.name),
    )
    .evidence(format!(
        "{} bytes in {}",
        object.bytes, environment.storage.url
    ));
    if let Some(modified) = object.modified {
        failure = failure.evidence(format!("written {modified}, before this run asked for it"));
    }
    failure.next("choose another --name")
}

fn never_came(environment: &Environment, name: &str, last: &str) -> Failure {
    Failure::new(
        Exit::JobFailed,
        format!(
            "the job completed, and no whole archive {name} came in {}",
            span(environment.polling.archive)
        ),
    )
    .evidence(format!("what was seen last: {last}"))
    .evidence(format!("bucket: {}", environment.storage.url))
    .closed()
    .next(format!(
        "check that the service writes to this bucket: `ferry doctor {}`",
        environment.name
    ))
}

/// Reads an object to a temporary file and verifies it: its size and MD5 against the listing, the zip's integrity.
pub(crate) async fn read_whole(
    context: &Context,
    bucket: &Bucket,
    object: &Listed,
    folder: &Path,
) -> Result<Reading, Failure> {
    let name = ObjectName::try_from(object.name.clone()).map_err(|error| {
        Failure::new(
            Exit::Usage,
            "the bucket lists a name that no object can have",
        )
        .because(error)
    })?;
    let mut file = NamedTempFile::new_in(folder).map_err(|error| {
        Failure::disk(
            error,
            format!("cannot write a temporary file in {}", folder.display()),
        )
    })?;
    let digests = match context
        .unless_stopped(fetch(context, bucket, &name, object, file.as_file_mut()))
        .await?
    {
        Ok(digests) => digests,
        Err(Fetch::Disk(error)) => {
            return Err(Failure::disk(
                error,
                "cannot write the archive to a temporary file",
            ));
        }
        Err(Fetch::Changed) => {
            return Ok(Reading::Not(
                "it has changed since it was listed".to_owned(),
            ));
        }
        Err(Fetch::Remote(error)) => {
            return match error.kind() {
                ErrorKind::NotFound | ErrorKind::Precondition | ErrorKind::Damaged => {
                    Ok(Reading::Not(crate::follow::chain(&error)))
                }
                _ => Err(Failure::bucket(error, format!("cannot read {name}")).open()),
            };
        }
    };
    if digests.bytes != object.bytes {
        return Ok(Reading::Not(format!(
            "{} bytes were listed and {} read",
            object.bytes, digests.bytes
        )));
    }
    Ok(match integrity(&file).await? {
        Ok(found) => Reading::Whole(Box::new(Whole {
            object: object.clone(),
            digests,
            entries: found.entries,
            file,
        })),
        Err(why) => Reading::Not(why),
    })
}

/// Verifies a local zip. The inner error says why it is not whole.
pub(crate) async fn integrity(file: &NamedTempFile) -> Result<Result<Integrity, String>, Failure> {
    let again = file
        .reopen()
        .map_err(|error| Failure::disk(error, "cannot read the archive again"))?;
    integrity_of(again).await
}

/// Verifies an open local zip. The inner error says why it is not whole.
pub(crate) async fn integrity_of(file: File) -> Result<Result<Integrity, String>, Failure> {
    let checked = tokio::task::spawn_blocking(move || {
        ferry_archive::verify(
            std::io::BufReader::with_capacity(256 * 1024, file),
            &Limits::default(),
        )
    })
    .await
    .map_err(|error| Failure::new(Exit::Bug, "the verification broke off").because(error))?;
    Ok(match checked {
        Ok(found) if found.is_whole() => Ok(found),
        Ok(found) => Err(found
            .findings
            .iter()
            .find(|finding| finding.severity == ferry_archive::Severity::Error)
            .map_or_else(
                || "it is damaged".to_owned(),
                |finding| match &finding.entry {
                    Some(entry) => format!("{entry}: {}", finding.what),
                    None => finding.what.clone(),
                },
            )),
        Err(error) => Err(crate::follow::chain(&error)),
    })
}

enum Fetch {
    Disk(std::io::Error),
    Remote(ferry_swift::Error),
    /// It is another object than was listed.
    Changed,
}

/// Whether two `ETag`s of one name are those of different objects: only what has the same form can be compared.
fn changed(listed: Option<&str>, read: Option<&str>) -> bool {
    match (listed, read) {
        (Some(listed), Some(read)) => {
            is_md5(listed) == is_md5(read) && !listed.eq_ignore_ascii_case(read)
        }
        _ => false,
    }
}

async fn fetch(
    context: &Context,
    bucket: &Bucket,
    name: &ObjectName,
    object: &Listed,
    file: &mut File,
) -> Result<Digests, Fetch> {
    // Not by If-Match: a listing tells the MD5, and the object's own ETag need not be one.
    let mut download = bucket.get(name, None).await.map_err(Fetch::Remote)?;
    if changed(object.etag.as_deref(), download.info.etag.as_deref()) {
        return Err(Fetch::Changed);
    }
    let mut done = 0;
    while let Some(chunk) = download.chunk().await.map_err(Fetch::Remote)? {
        file.write_all(&chunk).map_err(Fetch::Disk)?;
        done += chunk.len() as u64;
        (context.talk)(Talk::Bytes {
            what: format!("read {}", object.name),
            done,
            total: Some(object.bytes),
            objects: None,
        });
    }
    download.finish().map_err(Fetch::Remote)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_one_form_tell_a_change() {
        let (one, other) = (
            "5d41402abc4b2a76b9719d911017c592",
            "7d793037a0760186574b0282f2f435e7",
        );
        let opaque = "861c8341-74d8-4a3e-9a4e-1c0f6f1f7a11";
        assert!(changed(Some(one), Some(other)));
        assert!(!changed(Some(one), Some(&one.to_uppercase())));
        assert!(!changed(Some(one), Some(opaque)));
        assert!(changed(Some("861c8341"), Some(opaque)));
        assert!(!changed(None, Some(one)));
    }
}
