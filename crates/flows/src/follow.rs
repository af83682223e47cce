//! Follows a job by its id until it ends, or its time is over.

use ferry_core::exit::Exit;
use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::{JobEnd, JobSnapshot, JobTracker, Next, Notice, PollAnswer};
use ferry_oic::ErrorKind;
use tokio::time::Instant;

use crate::{Context, Environment, Failure, Talk};

/// Polls until the job ends. A failed job is exit 6, a job that goes on past its time exit 7.
pub(crate) async fn follow(
    context: &Context,
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
) -> Result<JobEnd, Failure> {
    let began = Instant::now();
    let mut tracker = JobTracker::new(environment.polling);
    let mut wait = tracker.first_wait();
    loop {
        context
            .wait(wait)
            .await
            .map_err(|stopped| attach(stopped, environment, kind, id))?;
        let answer = context
            .unless_stopped(environment.instance.job_status(kind, id))
            .await
            .map_err(|stopped| attach(stopped, environment, kind, id))?;
        let answer = match answer {
            Ok(snapshot) => PollAnswer::Snapshot(snapshot),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                PollAnswer::NotFound(error.to_string())
            }
            Err(error) => PollAnswer::Fault(chain(&error)),
        };
        let tracked = tracker.on(answer, began.elapsed());
        for notice in tracked.notices {
            tell(context, kind, id, notice);
        }
        match tracked.next {
            Next::Wait(time) => wait = time,
            Next::Ended(JobEnd::Failed(snapshot)) => {
                return Err(failed(environment, kind, id, &snapshot));
            }
            Next::Ended(end) => {
                for note in end.notes() {
                    context.note(note);
                }
                if let JobEnd::CompletedPartly(_) = end {
                    context.warn(format!(
                        "the {kind} job {id} completed in part: what failed stands in the detailed report of Settings > Import/Export in the console"
                    ));
                }
                return Ok(end);
            }
            Next::Lost => {
                let lost = Failure::new(
                    Exit::JobFailed,
                    format!("{} no longer knows the {kind} job {id}", environment.name),
                )
                .evidence(format!(
                    "answered 404 for {} s",
                    environment.polling.lost_job.as_secs()
                ))
                .next("look at the job list in the console");
                return Err(attach(lost.open(), environment, kind, id));
            }
            Next::TimedOut => return Err(timed_out(environment, kind, id, tracker.last())),
        }
    }
}

/// The command that follows a job again, from any machine that has the workspace file.
pub(crate) fn attach_command(environment: &Environment, kind: JobKind, id: &JobId) -> String {
    format!("ferry jobs wait {} job:{kind}:{id}", environment.name)
}

fn attach(failure: Failure, environment: &Environment, kind: JobKind, id: &JobId) -> Failure {
    failure
        .next(format!(
            "the job goes on; attach to it: `{}`",
            attach_command(environment, kind, id)
        ))
        .next("or repeat the command: it goes on where this one stopped")
}

fn timed_out(
    environment: &Environment,
    kind: JobKind,
    id: &JobId,
    last: Option<&JobSnapshot>,
) -> Failure {
    let mut failure = Failure::new(
        Exit::TimedOut,
        format!(
            "the {kind} job {id} on {} has not ended in {}",
            environment.name,
            span(environment.polling.deadline)
        ),
    )
    .open();
    failure = match last {
        Some(snapshot) => failure.evidence(format!("its last state: {}", snapshot.state)),
        None => failure.evidence("it never answered"),
    };
    attach(failure, environment, kind, id)
}

fn failed(environment: &Environment, kind: JobKind, id: &JobId, snapshot: &JobSnapshot) -> Failure {
    let mut failure = Failure::new(
        Exit::JobFailed,
        format!(
            "the {kind} job {id} on {} ended as {}",
            environment.name, snapshot.state
        ),
    );
    for component in &snapshot.components {
        failure = failure.evidence(format!("{}: {}", component.name, component.state));
    }
    if let Some(message) = &snapshot.message {
        failure = failure.evidence(format!("the service says: {message}"));
    }
    failure
        .closed()
        .next("the reason stands in the detailed report of Settings > Import/Export in the console")
        .next(format!(
            "check the storage that the service was given: `ferry doctor {}`",
            environment.name
        ))
        .next("then repeat the command: it starts a new job")
        .report(snapshot)
}

fn tell(context: &Context, kind: JobKind, id: &JobId, notice: Notice) {
    match notice {
        Notice::Progress(snapshot) => (context.talk)(Talk::Job {
            kind,
            id: id.clone(),
            snapshot: Box::new(snapshot),
        }),
        Notice::UnknownState(state) => {
            context.warn(format!(
                "the job says {state}, a state that is not known: waiting on"
            ));
        }
        Notice::FaultBegan(what) => {
            context.warn(format!("polling is disturbed, the job is not: {what}"));
        }
        Notice::FaultEnded => context.note("polling works again"),
    }
}

/// An error with its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// A duration as people say it.
pub(crate) fn span(time: std::time::Duration) -> String {
    match (
        time.as_secs() / 3600,
        time.as_secs() % 3600 / 60,
        time.as_secs() % 60,
    ) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}
