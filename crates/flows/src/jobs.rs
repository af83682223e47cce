//! Questions about one job: what it says, how it ends, what it brought.

use ferry_core::exit::Exit;
use ferry_core::ids::{JobId, JobKind, ObjectName};
use ferry_core::job::{JobEnd, JobSnapshot, Listed, names_tried};
use ferry_oic::ErrorKind;

use crate::follow::{attach_command, follow};
use crate::inventory::Inventory;
use crate::{Context, Environment, Failure, JobReport};

/// Asks once.
pub async fn show(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
) -> Result<JobReport, Failure> {
    let snapshot = ask(context, environment, kind, id).await?;
    Ok(plain(environment, kind, id, snapshot))
}

/// Follows the job until it ends. The answer's `exit` is 0 or 3; a failed job is exit 6, one that goes on exit 7.
pub async fn wait(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
) -> Result<JobReport, Failure> {
    // A job that was never seen is not there: only one that was may be lost for a while.
    let snapshot = match context
        .unless_stopped(environment.instance.job_status(kind, id))
        .await?
    {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(absent(environment, kind, id, error));
        }
        // Following tolerates a refusal that comes later; who is refused at once was never let in.
        Err(error) if is_refusal(error.kind()) => {
            return Err(Failure::instance(
                error,
                format!("cannot ask {} for the job {id}", environment.name),
            ));
        }
        Ok(snapshot) if snapshot.end().is_some() => snapshot,
        _ => {
            let end = follow(context, environment, kind, id).await?;
            end.snapshot().clone()
        }
    };
    finish(context, environment, kind, id, snapshot).await
}

/// What the job came to: built from job, archive and target. Before its end the answer is "not yet", exit 1.
pub async fn report(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
) -> Result<JobReport, Failure> {
    let snapshot = ask(context, environment, kind, id).await?;
    if snapshot.end().is_none() {
        let state = snapshot.state.clone();
        return Err(
            Failure::new(Exit::No, format!("not yet: the {kind} job {id} is {state}"))
                .next(format!(
                    "wait for it: `{}`",
                    attach_command(environment, kind, id)
                ))
                .report(&plain(environment, kind, id, snapshot)),
        );
    }
    finish(context, environment, kind, id, snapshot).await
}

async fn ask(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
) -> Result<JobSnapshot, Failure> {
    match context
        .unless_stopped(environment.instance.job_status(kind, id))
        .await?
    {
        Ok(snapshot) => Ok(snapshot),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(absent(environment, kind, id, error))
        }
        Err(error) => Err(Failure::instance(
            error,
            format!("cannot ask {} for the job {id}", environment.name),
        )),
    }
}

fn is_refusal(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unauthorized | ErrorKind::Forbidden | ErrorKind::TokenRefused
    )
}

fn absent(
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
    error: ferry_oic::Error,
) -> Failure {
    Failure::instance(
        error,
        format!("{} knows no {kind} job {id}", environment.name),
    )
    .next("the jobs that this machine started: `ferry jobs list`")
}

async fn finish(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
    snapshot: JobSnapshot,
) -> Result<JobReport, Failure> {
    let mut report = plain(environment, kind, id, snapshot);
    match kind {
        JobKind::Export => report.archive = archive(context, environment, &mut report).await?,
        JobKind::Import => match Inventory::read(context, environment).await {
            Ok(inventory) => report.target = Some(inventory.report()),
            Err(failure) if failure.exit() == Exit::Interrupted => return Err(failure),
            Err(failure) => {
                report.notes.push(format!(
                    "what the target holds is unknown: {}",
                    crate::follow::chain(&failure)
                ));
            }
        },
    }
    Ok(report)
}

async fn archive(
    context: &Context,
    environment: &Environment,
    report: &mut JobReport,
) -> Result<Option<Listed>, Failure> {
    let Some(name) = report.snapshot.archive.clone() else {
        report.notes.push("the job names no archive".to_owned());
        return Ok(None);
    };
    for name in names_tried(&name) {
        let Ok(object) = ObjectName::try_from(name.clone()) else {
            continue;
        };
        match context
            .unless_stopped(environment.storage.bucket.head(&object))
            .await?
        {
            Ok(info) => {
                return Ok(Some(Listed {
                    name,
                    bytes: info.bytes,
                    etag: info.etag,
                    modified: info.modified,
                }));
            }
            Err(error) if error.kind() == ferry_swift::ErrorKind::NotFound => {}
            Err(error) => {
                report.notes.push(format!(
                    "the bucket cannot be asked: {}",
                    crate::follow::chain(&error)
                ));
                return Ok(None);
            }
        }
    }
    report.notes.push(format!(
        "the archive {name} is not in {}",
        environment.storage.url
    ));
    Ok(None)
}

fn plain(environment: &Environment, kind: JobKind, id: &JobId, snapshot: JobSnapshot) -> JobReport {
    let end = snapshot.end();
    JobReport {
        exit: match &end {
            Some(JobEnd::CompletedPartly(_)) => Exit::Partly,
            Some(JobEnd::Failed(_)) => Exit::JobFailed,
            _ => Exit::Done,
        },
        environment: environment.name.to_string(),
        kind: kind.to_string(),
        job: id.to_string(),
        notes: end.map(|end| end.notes()).unwrap_or_default(),
        snapshot,
        archive: None,
        target: None,
    }
}
