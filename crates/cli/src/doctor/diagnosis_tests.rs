use ferry_core::job::JobState;

use super::*;
use crate::doctor::facts::{JobFact, StorageFacts};

/// Everything as it should be.
fn healthy() -> Facts {
    let host = "design.integration.us-phoenix-1.ocp.oraclecloud.com".to_owned();
    Facts {
        environment: "test".parse().unwrap(),
        generation: Generation::Gen3,
        host_kind: HostKind::of(&host),
        host,
        instance: Some("acme-test-px".to_owned()),
        scope: Some("https://acme-test-px.integration.us-phoenix-1.ocp.oraclecloud.com:443urn:opc:resource:consumer::all".to_owned()),
        by_token: true,
        token: Answer::Fine,
        api: Answer::Fine,
        made_up_job: status(404, "no such job"),
        storage: StorageFacts {
            url: "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acmens/oic-archives".to_owned(),
            host: "swiftobjectstorage.us-phoenix-1.oraclecloud.com".to_owned(),
            user: "jane@example.com".to_owned(),
            list: Answer::Fine,
            alternatives: Vec::new(),
            put: Answer::Fine,
            get: Answer::Fine,
            intact: Some(true),
            listed: Some(true),
            delete: Answer::Fine,
            object: "ferry-doctor-1".to_owned(),
        },
        skew: Some(1),
        jobs: Vec::new(),
    }
}

fn status(code: u16, text: &str) -> Answer {
    Answer::Status {
        code,
        text: Some(text.to_owned()),
        evidence: "GET https://example.com/x: no".to_owned(),
    }
}

fn silent(reach: Reach) -> Answer {
    Answer::Unreachable {
        reach,
        text: "no".to_owned(),
        evidence: String::new(),
    }
}

/// The token does not come, so nothing behind it is tried.
fn no_token(facts: &mut Facts, answer: Answer) {
    facts.token = answer;
    facts.api = Answer::NotTried;
    facts.made_up_job = Answer::NotTried;
}

/// Nobody can sign in to the bucket, so nothing is put there.
fn no_bucket(facts: &mut Facts, answer: Answer) {
    facts.storage.list = answer;
    facts.storage.put = Answer::NotTried;
    facts.storage.get = Answer::NotTried;
    facts.storage.delete = Answer::NotTried;
    facts.storage.listed = None;
    facts.storage.intact = None;
}

struct Case {
    name: &'static str,
    breaks: fn(&mut Facts),
    /// The check that tells the true cause, and a word of that cause and of the next step.
    check: &'static str,
    cause: &'static str,
    next: &'static str,
    exit: Exit,
}

const CASES: &[Case] = &[
    Case {
        name: "run-time host",
        breaks: |facts| {
            facts.host = "acme-test-px.integration.us-phoenix-1.ocp.oraclecloud.com".to_owned();
            facts.host_kind = HostKind::of(&facts.host);
            facts.api = status(404, "");
            facts.made_up_job = Answer::NotTried;
        },
        check: "host",
        cause: "runs integrations",
        next: "https://design.integration.us-phoenix-1.ocp.oraclecloud.com",
        exit: Exit::Usage,
    },
    Case {
        name: "custom endpoint",
        breaks: |facts| {
            facts.host = "integration.example.com".to_owned();
            facts.host_kind = HostKind::of(&facts.host);
            facts.api = status(404, "");
            facts.made_up_job = Answer::NotTried;
        },
        check: "host",
        cause: "custom endpoint serves run time only",
        next: "design.integration.REGION",
        exit: Exit::Usage,
    },
    Case {
        name: "generation 2 host stated as generation 3",
        breaks: |facts| {
            facts.host = "acme-test-acmens-px.integration.ocp.oraclecloud.com".to_owned();
            facts.host_kind = HostKind::of(&facts.host);
        },
        check: "host",
        cause: "the file says gen3",
        next: "gen2",
        exit: Exit::Usage,
    },
    Case {
        name: "wrong client secret",
        breaks: |facts| no_token(facts, status(401, "invalid_client: authentication failed")),
        check: "token",
        cause: "secret",
        next: "client-secret",
        exit: Exit::Refused,
    },
    Case {
        name: "unknown scope",
        breaks: |facts| no_token(facts, status(400, "invalid_scope")),
        check: "token",
        cause: "does not have this scope",
        next: "copy the scope",
        exit: Exit::Refused,
    },
    Case {
        name: "grant not allowed",
        breaks: |facts| no_token(facts, status(400, "unauthorized_client")),
        check: "token",
        cause: "does not allow client credentials",
        next: "client credentials",
        exit: Exit::Refused,
    },
    Case {
        name: "token address is not one",
        breaks: |facts| no_token(facts, status(404, "not found")),
        check: "token",
        cause: "path",
        next: "/oauth2/v1/token",
        exit: Exit::Usage,
    },
    Case {
        name: "scope of another instance",
        breaks: |facts| {
            facts.api = status(401, "");
            facts.made_up_job = Answer::NotTried;
        },
        check: "design-time API",
        cause: "scope is of another instance",
        next: "this very instance",
        exit: Exit::Refused,
    },
    Case {
        name: "no role at all",
        breaks: |facts| {
            facts.api = status(403, "");
            facts.made_up_job = status(403, "");
        },
        check: "design-time API",
        cause: "confidential application has no role",
        next: "ServiceAdministrator",
        exit: Exit::Refused,
    },
    Case {
        name: "developer, not administrator",
        breaks: |facts| facts.made_up_job = status(403, ""),
        check: "role",
        cause: "lacks the role ServiceAdministrator",
        next: "Application roles",
        exit: Exit::Refused,
    },
    Case {
        name: "wrong service instance",
        breaks: |facts| {
            facts.api = status(404, "");
            facts.made_up_job = Answer::NotTried;
        },
        check: "design-time API",
        cause: "integrationInstance is acme-test-px",
        next: "About page",
        exit: Exit::Usage,
    },
    Case {
        name: "unreachable host",
        breaks: |facts| no_token(facts, silent(Reach::Connect)),
        check: "token",
        cause: "firewall",
        next: "HTTPS_PROXY",
        exit: Exit::Unavailable,
    },
    Case {
        name: "certificate of a company's proxy",
        breaks: |facts| no_token(facts, silent(Reach::Tls)),
        check: "token",
        cause: "proxy looks inside",
        next: "extra-ca",
        exit: Exit::Unavailable,
    },
    Case {
        name: "proxy refuses",
        breaks: |facts| no_token(facts, silent(Reach::Proxy)),
        check: "token",
        cause: "HTTPS_PROXY is wrong",
        next: "NO_PROXY",
        exit: Exit::Unavailable,
    },
    Case {
        name: "stopped instance behind a gateway's page",
        breaks: |facts| {
            facts.api = Answer::Odd {
                text: "<html>".to_owned(),
                evidence: String::new(),
            };
            facts.made_up_job = Answer::NotTried;
        },
        check: "design-time API",
        cause: "stopped",
        next: "active",
        exit: Exit::Unavailable,
    },
    Case {
        name: "console password instead of an auth token",
        breaks: |facts| {
            no_bucket(facts, status(401, ""));
            facts.storage.alternatives = vec![(
                "oracleidentitycloudservice/jane@example.com".to_owned(),
                status(401, ""),
            )];
        },
        check: "storage sign-in",
        cause: "auth token is wanted, not the console password",
        next: "<domain>/<user>",
        exit: Exit::Refused,
    },
    Case {
        name: "wrong form of the user",
        breaks: |facts| {
            facts.storage.list = status(401, "");
            facts.storage.alternatives = vec![(
                "oracleidentitycloudservice/jane@example.com".to_owned(),
                Answer::Fine,
            )];
        },
        check: "storage sign-in",
        cause: "another form",
        next: "user = \"oracleidentitycloudservice/jane@example.com\"",
        exit: Exit::Refused,
    },
    Case {
        name: "bucket or namespace wrong",
        breaks: |facts| no_bucket(facts, status(404, "")),
        check: "storage sign-in",
        cause: "namespace or bucket is wrong",
        next: "bucket's page",
        exit: Exit::Usage,
    },
    Case {
        name: "policy for reading only",
        breaks: |facts| {
            facts.storage.put = status(403, "");
            facts.storage.get = Answer::NotTried;
            facts.storage.delete = Answer::NotTried;
            facts.storage.listed = None;
        },
        check: "storage put",
        cause: "no policy",
        next: "manage objects",
        exit: Exit::Refused,
    },
    Case {
        name: "objects may not be removed",
        breaks: |facts| facts.storage.delete = status(403, ""),
        check: "storage delete",
        cause: "no policy",
        next: "manage objects",
        exit: Exit::Refused,
    },
    Case {
        name: "clock far off",
        breaks: |facts| facts.skew = Some(-900),
        check: "clock",
        cause: "judged by the clock",
        next: "time server",
        exit: Exit::Done,
    },
    Case {
        name: "a job runs",
        breaks: |facts| {
            let id = "142040".parse().unwrap();
            let state: JobState = serde_json::from_str("\"RUNNING\"").unwrap();
            facts.jobs = vec![JobFact {
                kind: ferry_core::ids::JobKind::Export,
                id,
                state,
            }];
        },
        check: "running job",
        cause: "one export and one import run at a time",
        next: "ferry jobs wait test job:export:142040",
        exit: Exit::Done,
    },
];

#[test]
fn all_is_well_with_a_healthy_environment() {
    let findings = diagnose(&healthy());
    assert!(
        findings
            .iter()
            .all(|finding| finding.verdict == Verdict::Fine),
        "{findings:#?}"
    );
    assert_eq!(exit(&findings), Exit::Done);
}

#[test]
fn each_broken_set_up_is_told_with_its_true_cause() {
    assert!(CASES.len() >= 10);
    for case in CASES {
        let mut facts = healthy();
        (case.breaks)(&mut facts);
        let findings = diagnose(&facts);
        let (name, exit) = (case.name, exit(&findings));
        assert_eq!(exit, case.exit, "{name}: {findings:#?}");
        // The first finding that is not fine is the one that tells the cause.
        let first = findings
            .iter()
            .find(|f| matches!(f.verdict, Verdict::Bad | Verdict::Note))
            .unwrap();
        assert_eq!(first.check, case.check, "{name}: {findings:#?}");
        let (cause, next) = (
            first.cause.as_deref().unwrap(),
            first.next.as_deref().unwrap(),
        );
        assert!(cause.contains(case.cause), "{name}: {cause}");
        assert!(next.contains(case.next), "{name}: {next}");
    }
}

#[test]
fn a_scope_of_another_name_is_told() {
    let told = |scope: &str| {
        let mut facts = healthy();
        facts.scope = Some(format!(
            "https://{scope}.integration.us-phoenix-1.ocp.oraclecloud.com:443/ic/api/"
        ));
        assert_eq!(exit(&diagnose(&facts)), Exit::Done);
        facts.api = status(401, "");
        let findings = diagnose(&facts);
        findings
            .iter()
            .find_map(|finding| finding.cause.clone())
            .unwrap()
    };
    assert!(told("acme-dev-px").contains("acme-dev-px"));
    assert!(!told("acme-test-px").contains("acme-test-px"));
    // An id tells nothing.
    assert!(!told("C4CC3CA6BC557CCA").contains("C4CC"));
}

#[test]
fn a_generation_2_instance_signs_in_by_password() {
    let mut facts = healthy();
    facts.generation = Generation::Gen2;
    facts.host = "acme-test-acmens-px.integration.ocp.oraclecloud.com".to_owned();
    facts.host_kind = HostKind::of(&facts.host);
    facts.by_token = false;
    facts.token = Answer::NotTried;
    assert_eq!(exit(&diagnose(&facts)), Exit::Done);
    facts.api = status(401, "");
    let findings = diagnose(&facts);
    let bad = findings
        .iter()
        .find(|finding| finding.verdict == Verdict::Bad)
        .unwrap();
    assert!(bad.what.contains("password"), "{bad:?}");
}
