//! The doctor names the true cause of what is broken, and the next step: one row of a table for each set-up.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use ferry_e2e::{Stand, Workspace, envelope, options};
use ferry_emulator::{Action, Load, Rule, Service};
use ferry_testkit::cli::Output;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// One broken set-up.
struct Case {
    /// What is wrong with it.
    name: &'static str,
    /// Which environment's card is changed: the key, and its value.
    spoilt: Vec<(&'static str, String)>,
    /// What goes wrong on the way.
    rules: Vec<Rule>,
    /// The exit code.
    exit: i32,
    /// The first check that is bad; none where the workspace file itself is refused.
    check: Option<&'static str>,
    /// What it must say: what was seen, the cause, the next step.
    says: &'static [&'static str],
}

impl Case {
    fn new(
        name: &'static str,
        exit: i32,
        check: &'static str,
        says: &'static [&'static str],
    ) -> Self {
        Self {
            name,
            spoilt: Vec::new(),
            rules: Vec::new(),
            exit,
            check: Some(check),
            says,
        }
    }

    fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.spoilt.push((key, value.into()));
        self
    }

    fn meeting(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }
}

/// The instances of the demonstration, and one of generation 2.
async fn stands() -> (Stand, Stand, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let old = folder.path().join("old");
    std::fs::create_dir(&old).expect("a new directory");
    std::fs::write(old.join("instance.toml"), "generation = \"gen2\"\n").expect("a new file");
    let mut gen2 = options();
    gen2.load = Load::Folder(folder.path().to_owned());
    (Stand::new().await, Stand::with(gen2).await, folder)
}

/// A proxy that lets nothing through, so that no name is looked up and nothing leaves this machine.
async fn closed_proxy() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            // Whoever hangs up early has had enough.
            let _ = stream.read(&mut head).await;
            let answer = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    url
}

/// An address of this machine at which nobody listens.
async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

fn rule(service: Service, method: &str, path: &str, action: Action) -> Rule {
    Rule {
        service: Some(service),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        ..Rule::new(action)
    }
}

fn status(code: u16, body: &str) -> Action {
    Action::Status {
        code,
        body: Some(body.to_owned()),
        headers: BTreeMap::new(),
    }
}

async fn gen3_cases(stand: &Stand) -> Vec<Case> {
    let nobody = nobody().await;
    let mut cases = sign_in_cases(stand, &nobody);
    cases.extend(host_cases(&nobody));
    cases.extend(storage_cases(stand, &nobody));
    cases
}

fn sign_in_cases(stand: &Stand, nobody: &str) -> Vec<Case> {
    vec![
        Case::new(
            "a scope of no instance",
            4,
            "token",
            &["the scope is refused", ":443"],
        )
        .with(
            "scope",
            "https://0.integration.x.ocp.oraclecloud.com:443urn:opc:resource:consumer::all",
        ),
        Case::new(
            "the scope of another instance",
            4,
            "design-time API",
            &[
                "scope is of another instance",
                "copy the scope of this very instance",
            ],
        )
        .with("scope", stand.card("prod", "scope")),
        Case::new(
            "a wrong client secret",
            4,
            "token",
            &[
                "client id or secret is refused",
                "renew the secret behind client-secret",
            ],
        )
        .with("client_secret", "not-the-secret-at-all"),
        Case::new(
            "an application without the role",
            4,
            "role",
            &[
                "lacks the role ServiceAdministrator",
                "confidential application",
                "Application roles",
            ],
        )
        .with("client_id", stand.card("test", "developer_client_id"))
        .with(
            "client_secret",
            stand.card("test", "developer_client_secret"),
        ),
        Case::new(
            "nobody at token-url",
            5,
            "token",
            &["not reached", "check token-url"],
        )
        .with("token_url", format!("{nobody}/oauth2/v1/token")),
        Case::new(
            "a wrong path at token-url",
            2,
            "token",
            &["no token service", "/oauth2/v1/token"],
        )
        .with(
            "token_url",
            format!("{}/oauth2/v1/tokens", stand.running.url),
        ),
        Case::new(
            "a proxy that forbids the way",
            5,
            "token",
            &["proxy did not let it through", "HTTPS_PROXY"],
        )
        .with(
            "token_url",
            "https://idcs-0.identity.oraclecloud.com/oauth2/v1/token",
        ),
        Case::new(
            "a grant that the application does not allow",
            4,
            "token",
            &["client credentials", "the grant is refused"],
        )
        .meeting(rule(
            Service::Identity,
            "POST",
            "/token",
            status(
                400,
                r#"{"error":"unauthorized_client","error_description":"grant not allowed"}"#,
            ),
        )),
    ]
}

fn host_cases(nobody: &str) -> Vec<Case> {
    vec![
        Case::new(
            "the run-time host",
            2,
            "host",
            &[
                "runs integrations",
                "https://design.integration.us-phoenix-1.ocp.oraclecloud.com",
            ],
        )
        .with(
            "url",
            "https://acme-test-px.integration.us-phoenix-1.ocp.oraclecloud.com",
        ),
        Case::new(
            "a custom endpoint",
            2,
            "host",
            &["serves run time only", "design.integration."],
        )
        .with("url", "https://integration.example.com"),
        Case::new(
            "the name of another instance",
            2,
            "design-time API",
            &["acme-other", "not known there", "About page"],
        )
        .with("service_instance", "acme-other"),
        Case::new(
            "nobody at url",
            5,
            "design-time API",
            &["not reached", "check url"],
        )
        .with("url", nobody),
        Case::new(
            "a page in place of the API",
            5,
            "design-time API",
            &["not the API's", "sign-in page"],
        )
        .meeting(rule(
            Service::Oic,
            "GET",
            "/integrations",
            status(200, "<html>Sign in</html>"),
        )),
    ]
}

fn storage_cases(stand: &Stand, nobody: &str) -> Vec<Case> {
    let storage = stand.card("test", "storage_url");
    let user = stand.card("test", "storage_user");
    vec![
        Case::new(
            "a user in a form that the store does not know",
            4,
            "storage sign-in",
            &["wants another form", "user = \"test.storage@example.com\""],
        )
        .with("storage_user", format!("oracleidentitycloudservice/{user}")),
        Case::new(
            "a wrong auth token",
            4,
            "storage sign-in",
            &[
                "auth token is wanted, not the console password",
                "oracleidentitycloudservice/test.storage@example.com",
                "Auth tokens",
            ],
        )
        .with("storage_password", "not-the-token-at-all"),
        Case::new(
            "a bucket that is not there",
            2,
            "storage sign-in",
            &["is not there", "bucket is wrong", "namespace"],
        )
        .with("storage_url", format!("{storage}-gone")),
        Case {
            check: None,
            ..Case::new(
                "the console's address as storage",
                2,
                "",
                &["ferry.toml:", "console", "/v1/"],
            )
        }
        .with(
            "storage_url",
            "https://cloud.oracle.com/object-storage/buckets/acme/b/objects?region=x",
        ),
        Case::new(
            "nobody at the storage",
            5,
            "storage sign-in",
            &["not reached", "storage's url"],
        )
        .with("storage_url", format!("{nobody}/v1/acme/b")),
        Case::new(
            "a policy that allows no put",
            4,
            "storage put",
            &["may not put objects", "manage objects"],
        )
        .meeting(rule(Service::Store, "PUT", "/", status(403, ""))),
        Case::new(
            "a bucket that is full",
            4,
            "storage put",
            &["a quota is used up", "raise the quota"],
        )
        .meeting(rule(Service::Store, "PUT", "/", status(413, ""))),
        Case::new(
            "a policy that allows no removal",
            4,
            "storage delete",
            &["may not remove objects", "is left there"],
        )
        .meeting(rule(Service::Store, "DELETE", "/", status(403, ""))),
    ]
}

fn gen2_cases() -> Vec<Case> {
    vec![
        Case::new(
            "a wrong password of a Gen2 user",
            4,
            "design-time API",
            &["user or password is refused", "sign in to the console"],
        )
        .with("password", "not-the-password"),
        Case::new(
            "a Gen2 host that is no instance's own",
            2,
            "host",
            &["serves run time only", "original host"],
        )
        .with("url", "https://integration.example.com"),
    ]
}

/// Runs the doctor on a set-up in a home of its own.
async fn examined(stand: &Stand, environment: &str, case: &Case) -> Output {
    let mut workspace = Workspace::of(stand.cards());
    for (key, value) in &case.spoilt {
        workspace = workspace.but(environment, key, value);
    }
    let ferry = ferry_e2e::ferry();
    workspace.write(&ferry);
    let proxy = closed_proxy().await;
    for rule in &case.rules {
        stand.running.emulator.add_rule(rule.clone());
    }
    let args = ["doctor", environment, "-o", "json"];
    let call = workspace.call(&ferry, args);
    call.env("HTTPS_PROXY", proxy).run().await
}

/// The findings with this verdict, in order.
fn findings(output: &Output, verdict: &str) -> Vec<Value> {
    let envelope = envelope(output);
    let all = envelope["report"]["findings"].as_array();
    let all = all.unwrap_or_else(|| panic!("no findings: {output}"));
    let is = |finding: &&Value| finding["verdict"] == verdict;
    all.iter().filter(is).cloned().collect()
}

fn judge(case: &Case, output: &Output) {
    let name = case.name;
    assert_eq!(output.exit, case.exit, "{name}: {output}");
    let told = match case.check {
        Some(check) => {
            let bad = findings(output, "bad");
            let first = bad
                .first()
                .unwrap_or_else(|| panic!("{name}: nothing is bad: {output}"));
            assert_eq!(first["check"], check, "{name}: {output}");
            for part in ["cause", "next"] {
                assert!(first[part].is_string(), "{name}: no {part}: {output}");
            }
            // Of the text alone: quotes are escaped in JSON.
            ["what", "cause", "next"]
                .map(|part| first[part].as_str().unwrap_or_default())
                .join("\n")
        }
        None => output.stderr.clone(),
    };
    for word in case.says {
        assert!(
            told.contains(word),
            "{name}: not said: {word}\n{told}\n{output}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cause_of_each_broken_set_up_is_named() {
    let (stand, gen2, _folder) = stands().await;
    let (stand, gen2) = (Arc::new(stand), Arc::new(gen2));
    let mut running = JoinSet::new();
    let cases = gen3_cases(&stand).await.into_iter();
    let cases = cases.map(|case| ("test", &stand, case));
    let cases = cases.chain(gen2_cases().into_iter().map(|case| ("old", &gen2, case)));
    for (environment, shared, case) in cases {
        let shared = Arc::clone(shared);
        running.spawn(async move {
            // Where calls go wrong on the way, they do so on an emulator of the case's own.
            let output = if case.rules.is_empty() {
                examined(&shared, environment, &case).await
            } else {
                examined(&Stand::new().await, environment, &case).await
            };
            judge(&case, &output);
        });
    }
    let count = running.len();
    running.join_all().await;
    assert!(count >= 10);
    // Nothing was started, and only where removing is forbidden something was left.
    assert!(stand.jobs("test", "export").await.is_empty());
    assert_eq!(left(&stand).await, Vec::<String>::new());
}

/// The names of the objects in the bucket of `test`.
async fn left(stand: &Stand) -> Vec<String> {
    let listing = stand.object("GET", "test", "?format=json", None).await;
    let objects = listing.json();
    let names = objects.as_array().into_iter().flatten();
    names
        .filter_map(|one| one["name"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_set_up_is_0() {
    let (stand, gen2, _folder) = stands().await;
    for (stand, environment) in [(&stand, "test"), (&stand, "live"), (&gen2, "old")] {
        let workspace = Workspace::of(stand.cards());
        workspace.write(&stand.ferry);
        let call = workspace.call(&stand.ferry, ["doctor", environment]);
        let output = call.run().await.expect(0);
        assert!(
            output.stdout.contains("all that is needed works"),
            "{output}"
        );
        assert!(!output.stdout.contains("BAD"), "{output}");
        let call = workspace.call(&stand.ferry, ["doctor", environment, "-o", "json"]);
        let output = call.run().await.expect(0);
        assert!(findings(&output, "bad").is_empty(), "{output}");
        assert!(findings(&output, "skipped").is_empty(), "{output}");
        let emulated = stand.args(["doctor", environment]);
        emulated.run().await.expect(0);
    }
    assert!(stand.jobs("test", "export").await.is_empty());
    assert_eq!(left(&stand).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_federated_user_without_the_prefix_is_told_the_form() {
    // The store of the demonstration knows plain users; one that was federated is put into its saved state.
    let folder = tempfile::tempdir().unwrap();
    let mut kept = options();
    kept.data = Some(folder.path().to_owned());
    let stand = Stand::with(kept.clone()).await;
    stand.running.emulator.save().unwrap();
    let ferry = stand.ferry.clone();
    stand.running.stop().await;
    let state = folder.path().join("state.json");
    let text = std::fs::read_to_string(&state).unwrap();
    let (plain, federated) = (
        "\"test.storage@example.com\"",
        "\"oracleidentitycloudservice/test.storage@example.com\"",
    );
    assert!(text.contains(plain));
    std::fs::write(&state, text.replace(plain, federated)).unwrap();
    let stand = Stand::with(kept).await;
    let card = stand.card("test", "storage_user");
    assert_eq!(card, federated.trim_matches('"'));
    let spoilt = Workspace::of(stand.cards()).but("test", "storage_user", plain.trim_matches('"'));
    spoilt.write(&ferry);
    let output = spoilt
        .call(&ferry, ["doctor", "test"])
        .run()
        .await
        .expect(4);
    for word in ["BAD", &format!("user = {federated}"), "cause:", "next:"] {
        assert!(output.stdout.contains(word), "no {word}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_told_with_the_way_to_attach() {
    let stand = Stand::frozen().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let call = workspace.call(&stand.ferry, ["export", "test", "--no-wait"]);
    call.run().await.expect(0);
    let call = workspace.call(&stand.ferry, ["doctor", "test", "-o", "json"]);
    let output = call.run().await.expect(0);
    let notes = findings(&output, "note");
    let job = notes.iter().find(|note| note["check"] == "running job");
    let job = job.unwrap_or_else(|| panic!("no note: {output}"));
    let id = stand.jobs("test", "export").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let next = job["next"].as_str().unwrap();
    assert!(
        next.contains(&format!("ferry jobs wait test job:export:{id}")),
        "{output}"
    );
    assert!(
        job["cause"].as_str().unwrap().contains("one export"),
        "{output}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_off_is_told() {
    // Gen2 gives no token, so the time is that of the last request to the store; every other answer stays as it is.
    let (_, stand, _folder) = stands().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let args = ["doctor", "old", "-o", "json"];
    let output = workspace.call(&stand.ferry, args).run().await.expect(0);
    assert!(findings(&output, "note").is_empty(), "{output}");
    let gets = stand.seen("GET", "/v1/acme/");
    let headers = [(
        "date".to_owned(),
        "Thu, 01 Jan 2099 00:00:00 GMT".to_owned(),
    )];
    stand.running.emulator.add_rule(Rule {
        from: Some(gets as u64),
        ..rule(
            Service::Store,
            "GET",
            "/v1/",
            Action::Status {
                code: 401,
                body: None,
                headers: headers.into(),
            },
        )
    });
    let output = workspace.call(&stand.ferry, args).run().await.expect(0);
    let notes = findings(&output, "note");
    let clock = notes.iter().find(|note| note["check"] == "clock");
    let clock = clock.unwrap_or_else(|| panic!("no note: {output}"));
    assert!(
        clock["what"]
            .as_str()
            .unwrap()
            .contains("behind the service's"),
        "{output}"
    );
    assert!(
        clock["next"].as_str().unwrap().contains("time server"),
        "{output}"
    );
}
