//! Facts in, findings out: each with its cause and the next step.

use ferry_core::exit::Exit;
use ferry_core::job::Generation;
use serde::Serialize;

use super::facts::{Answer, Facts, Reach, StorageFacts};
use super::host::HostKind;

mod storage;

/// Our clock may be off by so many seconds before tokens and certificates suffer.
const SKEW: i64 = 120;

/// How well a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Fine,
    /// Worth knowing.
    Note,
    /// Will not work.
    Bad,
    /// Cannot be judged before another finding is put right.
    Skipped,
}

/// One check's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub check: &'static str,
    pub verdict: Verdict,
    /// What was seen.
    pub what: String,
    /// Why it is so.
    pub cause: Option<String>,
    /// What to do.
    pub next: Option<String>,
    /// The request behind it.
    pub evidence: Option<String>,
    #[serde(skip)]
    pub exit: Exit,
}

impl Finding {
    pub(super) fn new(check: &'static str, verdict: Verdict, what: impl Into<String>) -> Self {
        Self {
            check,
            verdict,
            what: what.into(),
            cause: None,
            next: None,
            evidence: None,
            exit: Exit::Done,
        }
    }

    fn fine(check: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Verdict::Fine, what)
    }

    fn skipped(check: &'static str, after: &str) -> Self {
        Self::new(
            check,
            Verdict::Skipped,
            format!("not tried: {after} comes first"),
        )
    }

    fn bad(check: &'static str, exit: Exit, what: impl Into<String>) -> Self {
        Self {
            exit,
            ..Self::new(check, Verdict::Bad, what)
        }
    }

    fn cause(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    fn seen(mut self, answer: &Answer) -> Self {
        if let Answer::Status { evidence, .. }
        | Answer::Unreachable { evidence, .. }
        | Answer::Odd { evidence, .. } = answer
        {
            self.evidence = Some(evidence.clone()).filter(|evidence| !evidence.is_empty());
        }
        self
    }
}

/// The exit code of all findings: 0, or the code of the first that is bad (they are in the order of cause).
pub(crate) fn exit(findings: &[Finding]) -> Exit {
    findings
        .iter()
        .find(|finding| finding.verdict == Verdict::Bad)
        .map_or(Exit::Done, |finding| finding.exit)
}

/// Judges the facts.
pub(crate) fn diagnose(facts: &Facts) -> Vec<Finding> {
    let mut findings = vec![
        host(facts),
        clock(facts),
        token(facts),
        api(facts),
        role(facts),
    ];
    findings.extend(storage::judge(&facts.storage));
    findings.push(jobs(facts));
    findings
}

/// Judges a bucket whose environment has no instance.
pub(crate) fn diagnose_storage(facts: &StorageFacts) -> Vec<Finding> {
    let mut findings = vec![Finding::new(
        "host",
        Verdict::Skipped,
        "not tried: this environment is a storage alone",
    )];
    findings.extend(storage::judge(facts));
    findings
}

fn host(facts: &Facts) -> Finding {
    const CHECK: &str = "host";
    let (host, kind) = (&facts.host, facts.host_kind);
    let what = format!("{host}: {kind}");
    let bad = || Finding::bad(CHECK, Exit::Usage, what.clone());
    match (kind, facts.generation) {
        (HostKind::DesignTime, Generation::Gen3) | (HostKind::Gen2, Generation::Gen2) | (HostKind::Loopback, _) => {
            Finding::fine(CHECK, what)
        }
        (HostKind::RunTime, _) => bad()
            .cause("this host runs integrations; exports, imports and the design-time API are on another")
            .next(match region(host) {
                Some(region) => format!("url = \"https://design.integration.{region}.ocp.oraclecloud.com\", generation = \"gen3\""),
                None => "use design.integration.REGION.ocp.oraclecloud.com".to_owned(),
            }),
        (HostKind::DesignTime, Generation::Gen2) => {
            bad().cause("a design-time host is of generation 3, the file says gen2").next("generation = \"gen3\", with instance and OAuth")
        }
        (HostKind::Gen2, Generation::Gen3) => {
            bad().cause("a host of generation 2, the file says gen3").next("generation = \"gen2\", or the design-time host")
        }
        (HostKind::Storage | HostKind::Identity, _) => bad()
            .cause("url names another service than the instance")
            .next("url is the instance's own host; the bucket belongs in [storages], the token address in sign-in"),
        (HostKind::Custom, _) if facts.api == Answer::Fine => Finding::new(CHECK, Verdict::Note, what)
            .cause("it answers design-time calls, so it may be a name of the original host")
            .next("the documentation wants the original host for exports and imports"),
        (HostKind::Custom, _) => bad()
            .cause("a custom endpoint serves run time only; exports and imports need the original host")
            .next(match facts.generation {
                Generation::Gen3 => "use design.integration.REGION.ocp.oraclecloud.com, and the instance's name as instance",
                Generation::Gen2 => "use the instance's original host, …integration.ocp.oraclecloud.com",
            }),
    }
}

fn region(host: &str) -> Option<&str> {
    host.split('.').nth(2)
}

fn clock(facts: &Facts) -> Finding {
    const CHECK: &str = "clock";
    match facts.skew {
        None => Finding::new(CHECK, Verdict::Note, "the service told no time"),
        Some(skew) if skew.abs() <= SKEW => Finding::fine(
            CHECK,
            format!("within {} s of the service's", skew.abs().max(1)),
        ),
        Some(skew) => {
            let side = if skew > 0 { "ahead of" } else { "behind" };
            Finding::new(
                CHECK,
                Verdict::Note,
                format!(
                    "this machine's clock is {} s {side} the service's",
                    skew.abs()
                ),
            )
            .cause("tokens and certificates are judged by the clock")
            .next("set the clock by a time server")
        }
    }
}

fn token(facts: &Facts) -> Finding {
    const CHECK: &str = "token";
    if !facts.by_token {
        return match facts.generation {
            Generation::Gen2 => {
                Finding::fine(CHECK, "not needed: user and password go with each call")
            }
            Generation::Gen3 => Finding::bad(CHECK, Exit::Usage, "user and password are stated")
                .cause("generation 3 takes OAuth only")
                .next("method = \"client-credentials\", with a confidential application"),
        };
    }
    let refused = |what: &str| Finding::bad(CHECK, Exit::Refused, what).seen(&facts.token);
    match &facts.token {
        Answer::Fine => Finding::fine(CHECK, "given"),
        Answer::NotTried => Finding::skipped(CHECK, "the host"),
        answer if answer.says(&["invalid_scope"]) => refused("the scope is refused")
            .cause("the application does not have this scope")
            .next("copy the scope from the application's resources, with its :443"),
        answer if answer.says(&["unauthorized_client", "unsupported_grant"]) => refused("the grant is refused")
            .cause("the application does not allow client credentials")
            .next("allow the grant \"client credentials\" in the application, and activate it"),
        answer if answer.status() == Some(401) || answer.says(&["invalid_client"]) => refused("client id or secret is refused")
            .cause("the secret was made new, the application is inactive, or it belongs to another identity domain")
            .next("compare client-id and token-url with the application; renew the secret behind client-secret"),
        Answer::Status { code: 404, .. } => Finding::bad(CHECK, Exit::Usage, "there is no token service at token-url")
            .seen(&facts.token)
            .cause("the path is not that of a token service")
            .next("token-url = \"https://idcs-….identity.oraclecloud.com/oauth2/v1/token\""),
        Answer::Status { code, .. } if *code < 500 && *code != 429 => refused(&format!("the token is refused ({code})"))
            .cause("id, secret or scope does not fit the application")
            .next("compare client-id, client-secret and scope with the application"),
        answer => unreachable(CHECK, answer, "token-url"),
    }
}

/// The host in the scope, where it is plainly not ours: it begins with an id that tells nothing, or with a name.
fn foreign_scope(facts: &Facts) -> Option<&str> {
    let host = facts
        .scope
        .as_deref()?
        .strip_prefix("https://")?
        .split([':', '/'])
        .next()?;
    let label = host.split('.').next()?;
    let id = label.len() >= 16 && label.bytes().all(|byte| byte.is_ascii_hexdigit());
    let ours = facts.instance.as_deref().or(facts.host.split('.').next())?;
    (!id && label != ours).then_some(host)
}

fn api(facts: &Facts) -> Finding {
    const CHECK: &str = "design-time API";
    let bad = |exit, what: &str| Finding::bad(CHECK, exit, what).seen(&facts.api);
    match &facts.api {
        Answer::Fine => Finding::fine(CHECK, "answers"),
        Answer::NotTried => Finding::skipped(CHECK, "the token"),
        Answer::Status { code: 401, .. } if facts.by_token => bad(Exit::Refused, "the token is refused (401)")
            .cause(match foreign_scope(facts) {
                Some(other) => format!("the token is good, its scope is of another instance: {other}"),
                None => "the token is good, its scope is of another instance, or the application has no role in this one"
                    .to_owned(),
            })
            .next("copy the scope of this very instance from the application, with its :443, and look at its roles"),
        Answer::Status { code: 401, .. } => bad(Exit::Refused, "user or password is refused (401)")
            .cause("wrong password, or a user of another identity domain")
            .next("sign in to the console with the same user"),
        Answer::Status { code: 403, .. } => bad(Exit::Refused, "calls are refused (403)")
            .cause(format!("{} has no role of the service", who(facts)))
            .next(format!("grant the role ServiceAdministrator to {}", who(facts))),
        Answer::Status { code: 400 | 404, .. } if facts.generation == Generation::Gen3 => {
            let named = facts.instance.as_deref().unwrap_or("none");
            bad(Exit::Usage, "the instance is not known there")
                .cause(format!("integrationInstance is {named}; it is of another region, or not the service instance's name"))
                .next("copy the service instance from the About page, and the region from the console's address")
        }
        Answer::Status { code: 404, .. } => bad(Exit::Usage, "there is no design-time API (404)")
            .cause("the host is not the instance's own")
            .next("url is https://HOST of the instance, without a path"),
        Answer::Odd { .. } => bad(Exit::Unavailable, "the answer is not the API's")
            .cause("a proxy or a sign-in page answers in its place, or the instance is stopped")
            .next("open the address in a browser; see whether the instance is active, and what HTTPS_PROXY names"),
        answer => unreachable(CHECK, answer, "url"),
    }
}

fn role(facts: &Facts) -> Finding {
    const CHECK: &str = "role";
    let bad = |exit, what: &str| Finding::bad(CHECK, exit, what).seen(&facts.made_up_job);
    match &facts.made_up_job {
        // Only who may ask for jobs learns that this one does not exist.
        Answer::Status { code: 404, .. } | Answer::Fine => Finding::fine(CHECK, "exports and imports may be asked for"),
        Answer::NotTried => Finding::skipped(CHECK, "the design-time API"),
        Answer::Status { code: 403, .. } => bad(Exit::Refused, "exports and imports are refused (403)")
            .cause(format!("{} lacks the role ServiceAdministrator; others may read, not export", who(facts)))
            .next(if facts.by_token {
                "in the identity domain: Oracle Integration service → Application roles → ServiceAdministrator → Applications"
            } else {
                "grant the user the role ServiceAdministrator"
            }),
        Answer::Status { code: 401, .. } => bad(Exit::Refused, "exports and imports are refused (401)")
            .cause("the scope covers integrations only")
            .next("take the scope that ends in urn:opc:resource:consumer::all"),
        answer => unreachable(CHECK, answer, "url"),
    }
}

fn who(facts: &Facts) -> &'static str {
    if facts.by_token {
        "the confidential application"
    } else {
        "the user"
    }
}

/// What is to be said when nothing sensible came back.
pub(super) fn unreachable(check: &'static str, answer: &Answer, key: &str) -> Finding {
    let bad = |what: String| Finding::bad(check, Exit::Unavailable, what).seen(answer);
    match answer {
        Answer::Unreachable { reach: Reach::Connect, text, .. } => bad(format!("not reached: {text}"))
            .cause("the host's name is wrong, a firewall is between, or a private endpoint is reached from inside only")
            .next(format!("check {key}; set HTTPS_PROXY where the way out is a proxy")),
        Answer::Unreachable { reach: Reach::Tls, text, .. } => bad(format!("no trusted connection: {text}"))
            .cause("the certificate is not of an authority that this machine knows; often a company's proxy looks inside")
            .next("[network] extra-ca = \"PATH.pem\" with the company's authority"),
        Answer::Unreachable { reach: Reach::Proxy, text, .. } => bad(format!("the proxy did not let it through: {text}"))
            .cause("HTTPS_PROXY is wrong, or the proxy wants a sign-in or forbids the host")
            .next("check HTTPS_PROXY, or name the host in NO_PROXY"),
        Answer::Unreachable { reach: Reach::Deadline, text, .. } => bad(format!("no answer in time: {text}"))
            .cause("the service is slow or stopped, or a firewall drops what is sent")
            .next("see whether the instance is active, then try again"),
        Answer::Unreachable { text, .. } => bad(format!("no answer: {text}")).next("try again; -v shows each request"),
        Answer::Odd { text, .. } => bad(format!("the answer cannot be understood: {text}"))
            .cause("a proxy or another service answers in its place")
            .next(format!("check {key}")),
        Answer::Status { code: 429, .. } => bad("too many calls (429)".to_owned()).next("wait a minute and try again"),
        Answer::Status { code, .. } => bad(format!("the service answers {code}"))
            .cause("the service has a fault, or the instance is stopped")
            .next("see whether the instance is active, then try again"),
        Answer::Fine => Finding::fine(check, "answers"),
        Answer::NotTried => Finding::skipped(check, "an earlier check"),
    }
}

fn jobs(facts: &Facts) -> Finding {
    const CHECK: &str = "running job";
    let environment = &facts.environment;
    match facts.jobs.as_slice() {
        [] => Finding::fine(
            CHECK,
            "none that this machine started (no call lists those of others)",
        ),
        [first, ..] => {
            let told: Vec<String> = facts
                .jobs
                .iter()
                .map(|job| format!("job:{}:{} {}", job.kind, job.id, job.state.as_str()))
                .collect();
            Finding::new(CHECK, Verdict::Note, told.join(", "))
                .cause(
                    "one export and one import run at a time; another of the kind would be refused",
                )
                .next(format!(
                    "follow it: `ferry jobs wait {environment} job:{}:{}`",
                    first.kind, first.id
                ))
        }
    }
}

#[cfg(test)]
#[path = "diagnosis_tests.rs"]
mod tests;
