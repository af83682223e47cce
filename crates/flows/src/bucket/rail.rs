//! Objects of a job that may be running are not touched: removing or replacing a temporary one fails the job.

use ferry_core::exit::Exit;
use ferry_core::flow::InFlight;
use ferry_core::ids::{EnvironmentName, JobKind};
use ferry_core::job::Listed;

use super::NamedBucket;
use crate::{Context, Environment, Failure, RunSummary};

/// How many touched objects a refusal names.
const SHOWN: usize = 5;

/// The jobs that may be running in one bucket, as far as this machine knows.
#[derive(Debug, Default)]
pub struct Rail {
    jobs: Vec<Guarded>,
}

#[derive(Debug)]
struct Guarded {
    run: String,
    environment: String,
    job: InFlight,
    /// What the service said of it, or why it was not asked.
    state: String,
}

impl Rail {
    /// Reads the journals of this machine. A job that may be running is asked about once, where `instance` gives the
    /// environment that runs it.
    pub async fn read(
        context: &Context,
        bucket: &NamedBucket,
        instance: impl AsyncFn(&EnvironmentName) -> Result<Environment, String>,
    ) -> Result<Self, Failure> {
        let mut rail = Self::default();
        for run in context.runs.list()? {
            for job in InFlight::of(&run.records) {
                let Some((name, identity)) = side(&run, job.kind) else {
                    continue;
                };
                let is_here = job
                    .bucket
                    .as_ref()
                    .map_or(*name == bucket.environment.as_str(), |url| {
                        url == bucket.url()
                    });
                if !is_here {
                    continue;
                }
                let environment = match name.parse() {
                    Ok(name) => instance(&name).await,
                    Err(_) => Err(format!("there is no environment {name}")),
                };
                let state = match environment {
                    Ok(environment) if environment.identity == *identity => {
                        context.unless_stopped(state_of(&environment, &job)).await?
                    }
                    Ok(_) => Some(format!("{name} stands for another instance now")),
                    Err(why) => Some(format!("the service was not asked: {why}")),
                };
                if let Some(state) = state {
                    rail.jobs.push(Guarded {
                        run: run.id.clone(),
                        environment: name.clone(),
                        job,
                        state,
                    });
                }
            }
        }
        Ok(rail)
    }

    /// Refuses the change of any of these objects, with all that is touched.
    pub fn check<'a>(&self, objects: impl IntoIterator<Item = &'a Listed>) -> Result<(), Failure> {
        if self.jobs.is_empty() {
            return Ok(());
        }
        let objects: Vec<&Listed> = objects.into_iter().collect();
        self.refuse(|job| {
            let touched = objects.iter().filter_map(|object| {
                let why = job.touches(object)?;
                Some((object.name.clone(), why))
            });
            touched.collect()
        })
    }

    /// The same for a name under which nothing is yet.
    pub fn check_name(&self, name: &str) -> Result<(), Failure> {
        self.refuse(|job| {
            let why = job.touches_name(name);
            why.map(|why| (name.to_owned(), why)).into_iter().collect()
        })
    }

    fn refuse(
        &self,
        touched: impl Fn(&InFlight) -> Vec<(String, &'static str)>,
    ) -> Result<(), Failure> {
        for guarded in &self.jobs {
            let objects = touched(&guarded.job);
            if !objects.is_empty() {
                return Err(guarded.refusal(&objects));
            }
        }
        Ok(())
    }
}

impl Guarded {
    fn refusal(&self, objects: &[(String, &'static str)]) -> Failure {
        let (kind, environment, run) = (self.job.kind, &self.environment, &self.run);
        let id = self.job.job.as_ref();
        let named = id.map_or_else(|| "whose id is not known".to_owned(), ToString::to_string);
        let mut failure = Failure::new(
            Exit::Rail,
            format!("nothing was changed: an {kind} job of {environment} may be running in this bucket, and a change of its objects fails it"),
        )
        .evidence(format!("the {kind} job {named} of run {run}: {}", self.state));
        for (name, why) in objects.iter().take(SHOWN) {
            failure = failure.evidence(format!("{name}: {why}"));
        }
        if let Some(more) = objects.len().checked_sub(SHOWN + 1) {
            failure = failure.evidence(format!("and {} more", more + 1));
        }
        if let Some(id) = id {
            failure = failure.next(format!(
                "wait for it: `ferry jobs wait {environment} job:{kind}:{id}`"
            ));
        }
        failure
            .next(format!(
                "go on with its run: repeat the command that `ferry runs show {run}` tells"
            ))
            .next(format!(
                "once it is sure that the job has ended: `ferry runs abandon {run}`"
            ))
    }
}

/// An export runs in the first environment of its run, an import in the last.
fn side(run: &RunSummary, kind: JobKind) -> Option<&(String, String)> {
    match kind {
        JobKind::Export => run.intention.environments.first(),
        JobKind::Import => run.intention.environments.last(),
    }
}

/// What the service says of a job that goes on, or why it could not say; `None` where it has ended.
async fn state_of(environment: &Environment, job: &InFlight) -> Option<String> {
    let Some(id) = &job.job else {
        return Some("its start was asked for, and no answer tells its id".to_owned());
    };
    match environment.instance.job_status(job.kind, id).await {
        Ok(snapshot) if snapshot.end().is_some() => None,
        Ok(snapshot) => Some(snapshot.state.to_string()),
        Err(error) => Some(format!(
            "the service does not say: {}",
            crate::follow::chain(&error)
        )),
    }
}
