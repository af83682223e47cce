//! Asking an environment. Nothing is judged here; nothing is changed but one small object of our own.

use std::error::Error as _;

use ferry_core::ids::{JobId, JobKind, ObjectName};
use ferry_core::job::Generation;
use ferry_flows::Environment;
use ferry_http::{Client, ErrorKind, Request};
use ferry_swift::{Bucket, SignIn};
use jiff::Timestamp;

use super::facts::{Answer, Facts, JobFact, Reach, StorageFacts};
use super::host::HostKind;
use crate::app::App;
use crate::failure::Failure;
use crate::output::clean;

/// A job id that no instance has, in the form of each generation.
const NO_SUCH_JOB: [(Generation, &str); 2] = [
    (Generation::Gen2, "0"),
    (Generation::Gen3, "00000000-0000-4000-8000-000000000000"),
];

/// What a server said is shown up to this length.
const LONGEST_WORD: usize = 200;

/// Gathers the facts. `scope` and `by_token` are what the configuration states.
pub(crate) async fn gather(
    app: &App,
    environment: &Environment,
    stated: Stated,
) -> Result<Facts, Failure> {
    let (instance, talk) = (&environment.instance, |text: &str| app.printer.talk(text));
    let mut facts = Facts {
        environment: environment.name.clone(),
        generation: instance.generation(),
        host_kind: HostKind::of(host_of(instance.origin())),
        host: host_of(instance.origin()).to_owned(),
        instance: stated.instance,
        scope: stated.scope,
        by_token: stated.by_token,
        token: Answer::NotTried,
        api: Answer::NotTried,
        made_up_job: Answer::NotTried,
        storage: StorageFacts::default(),
        skew: None,
        jobs: Vec::new(),
    };
    let mut server_time = None;
    if facts.by_token {
        talk("asking for a token");
        match instance.token().await {
            Ok(token) => {
                server_time = token.server_time;
                facts.token = Answer::Fine;
            }
            Err(error) => facts.token = of_instance(&error),
        }
    }
    if !facts.by_token || facts.token == Answer::Fine {
        talk("asking the design-time API");
        facts.api = instance
            .probe()
            .await
            .map_or_else(|error| of_instance(&error), |()| Answer::Fine);
    }
    // A developer's 403 is worth asking further: exports have a role of their own.
    if facts.api == Answer::Fine {
        let made_up = NO_SUCH_JOB
            .iter()
            .find(|(generation, _)| *generation == facts.generation);
        if let Some(job) = made_up.and_then(|(_, job)| job.parse::<JobId>().ok()) {
            let asked = instance.export_status(&job).await;
            facts.made_up_job = asked.map_or_else(|error| of_instance(&error), |_| Answer::Fine);
        }
        facts.jobs = running(app, environment).await?;
    }
    talk("trying the bucket");
    facts.storage = storage(app, environment).await?;
    if server_time.is_none() {
        server_time = date(app.ground().await?.http(), &facts.storage.url).await;
    }
    facts.skew = server_time
        .map(|server| (app.clock.0)().duration_since(server))
        .map(|ahead| ahead.as_secs());
    Ok(facts)
}

/// What the configuration states, and an [`Environment`] does not show.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    pub instance: Option<String>,
    pub scope: Option<String>,
    pub by_token: bool,
}

/// Jobs of unfinished runs of this machine that have not ended. An export runs in the first environment of its run, an
/// import in the last.
async fn running(app: &App, environment: &Environment) -> Result<Vec<JobFact>, Failure> {
    let mut jobs = Vec::new();
    for run in app.runs().await?.list()? {
        let environments = &run.intention.environments;
        if run.exit.is_some() {
            continue;
        }
        let place = [
            (JobKind::Export, environments.first()),
            (JobKind::Import, environments.last()),
        ];
        let here = |kind: JobKind| {
            place.iter().any(|(of, at)| {
                *of == kind && at.is_some_and(|(name, _)| name == environment.name.as_str())
            })
        };
        for (kind, id) in run.jobs.iter().filter(|(kind, _)| here(*kind)) {
            if let Ok(snapshot) = environment.instance.job_status(*kind, id).await
                && !snapshot.state.class().is_end()
            {
                jobs.push(JobFact {
                    kind: *kind,
                    id: id.clone(),
                    state: snapshot.state,
                });
            }
        }
    }
    Ok(jobs)
}

async fn storage(app: &App, environment: &Environment) -> Result<StorageFacts, Failure> {
    let storage = &environment.storage;
    let mut facts = StorageFacts {
        url: storage.url.to_string(),
        host: storage.url.host().to_owned(),
        user: storage.user.as_str().to_owned(),
        object: format!("ferry-doctor-{:08x}.tmp", fastrand::u32(..)),
        ..StorageFacts::default()
    };
    facts.list = list(&storage.bucket).await;
    if facts.list.status() == Some(401) {
        for (_, form) in storage.user.alternatives() {
            // A form with a gap to fill cannot be tried.
            let Some(user) = (!form.contains('<')).then(|| form.parse().ok()).flatten() else {
                continue;
            };
            let http = app.ground().await?.http().clone();
            let sign_in = SignIn::Basic {
                user,
                password: storage.password.clone(),
            };
            let bucket = Bucket::new(http, storage.url.clone(), sign_in);
            facts.alternatives.push((form, list(&bucket).await));
        }
    }
    if facts.list == Answer::Fine {
        own_object(&storage.bucket, &mut facts).await;
    }
    Ok(facts)
}

async fn list(bucket: &Bucket) -> Answer {
    bucket
        .list(Some("ferry-doctor-"))
        .await
        .map_or_else(|error| of_bucket(&error), |_| Answer::Fine)
}

/// Puts, gets, lists and removes a small object. It is removed whatever came before, once it may be there.
async fn own_object(bucket: &Bucket, facts: &mut StorageFacts) {
    let Ok(name) = facts.object.parse::<ObjectName>() else {
        return;
    };
    let content = format!("{} of ferry doctor; it may be removed\n", facts.object).into_bytes();
    match bucket.put(&name, content.clone().into()).await {
        Ok(()) => facts.put = Answer::Fine,
        Err(error) => facts.put = of_bucket(&error),
    }
    if facts.put == Answer::Fine {
        match get(bucket, &name).await {
            Ok(bytes) => {
                facts.get = Answer::Fine;
                facts.intact = Some(bytes == content);
            }
            Err(error) => facts.get = of_bucket(&error),
        }
        let listed = bucket.list(Some(name.as_str())).await;
        facts.listed = listed
            .ok()
            .map(|objects| objects.iter().any(|object| object.name == name.as_str()));
    }
    if facts.put.status().is_none_or(|code| code >= 500) {
        facts.delete = bucket
            .delete(&name)
            .await
            .map_or_else(|error| of_bucket(&error), |()| Answer::Fine);
    }
}

async fn get(bucket: &Bucket, name: &ObjectName) -> Result<Vec<u8>, ferry_swift::Error> {
    let mut download = bucket.get(name, None).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        bytes.extend_from_slice(&chunk);
    }
    download.finish()?;
    Ok(bytes)
}

/// The service's time, from any answer, a refusal too.
async fn date(http: &Client, url: &str) -> Option<Timestamp> {
    let header = match http.send(Request::get(url).ok()?).await {
        Ok(response) => response.header("date").map(str::to_owned),
        Err(error) => error.header("date").map(str::to_owned),
    };
    jiff::fmt::rfc2822::parse(&header?)
        .ok()
        .map(|time| time.timestamp())
}

fn of_instance(error: &ferry_oic::Error) -> Answer {
    let evidence = error
        .evidence()
        .map(ToString::to_string)
        .unwrap_or_default();
    match (error.kind(), error.http()) {
        (ferry_oic::ErrorKind::Answer, _) => Answer::Odd {
            text: short(&error.to_string()),
            evidence,
        },
        (_, Some(http)) => of_http(http, error.detail()),
        (_, None) => Answer::Unreachable {
            reach: Reach::Other,
            text: short(&error.to_string()),
            evidence,
        },
    }
}

fn of_bucket(error: &ferry_swift::Error) -> Answer {
    match error
        .source()
        .and_then(|source| source.downcast_ref::<ferry_http::Error>())
    {
        Some(http) => of_http(http, None),
        None => Answer::Odd {
            text: short(&error.to_string()),
            evidence: error
                .evidence()
                .map(ToString::to_string)
                .unwrap_or_default(),
        },
    }
}

fn of_http(error: &ferry_http::Error, detail: Option<&str>) -> Answer {
    let evidence = error.evidence().to_string();
    let reach = match error.kind() {
        ErrorKind::Status => {
            let text = detail.or(error.body()).map(short);
            return match error.status() {
                Some(code) => Answer::Status {
                    code: code.as_u16(),
                    text,
                    evidence,
                },
                None => Answer::Odd {
                    text: text.unwrap_or_default(),
                    evidence,
                },
            };
        }
        ErrorKind::Body | ErrorKind::RedirectRefused => {
            return Answer::Odd {
                text: cause(error),
                evidence,
            };
        }
        ErrorKind::Connect => Reach::Connect,
        ErrorKind::Tls => Reach::Tls,
        ErrorKind::Proxy => Reach::Proxy,
        ErrorKind::Deadline => Reach::Deadline,
        _ => Reach::Other,
    };
    Answer::Unreachable {
        reach,
        text: cause(error),
        evidence,
    }
}

/// The innermost cause says most.
fn cause(error: &ferry_http::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = source.to_string();
        next = source.source();
    }
    short(&text)
}

fn short(text: &str) -> String {
    clean(text)
        .replace('\n', " ")
        .chars()
        .take(LONGEST_WORD)
        .collect()
}

/// The host of `scheme://host[:port]`.
fn host_of(origin: &str) -> &str {
    let authority = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    match authority.strip_prefix('[') {
        Some(inside) => inside.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}
