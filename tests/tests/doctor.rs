//! `ferry doctor` against the emulator: a healthy set-up, and broken ones, each with its true cause and a next step.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::stand::{self, Stand};
use ferry_e2e::{Workspace, envelope, says};
use ferry_emulator::{Action, Rule, Service};
use ferry_testkit::cli::{Call, Output};
use serde_json::Value;
use tokio::net::TcpListener;

/// A set-up that is broken in one way.
#[derive(Default)]
struct Broken<'a> {
    /// What is wrong, for the message of a test that fails.
    what: &'a str,
    /// The environment's card, but for this.
    but: &'a [(&'a str, &'a str)],
    /// What goes wrong in the service.
    rule: Option<Rule>,
    exit: i32,
    /// The check that must find it.
    check: &'a str,
    /// What must be said of the cause.
    cause: &'a str,
    /// What must be said of the next step.
    next: &'a str,
}

impl Broken<'_> {
    /// Runs `ferry doctor test` in the broken set-up, once for people and once for programs.
    async fn is_found(&self, stand: &Stand) {
        stand.running.emulator.clear_rules();
        if let Some(rule) = &self.rule {
            stand.running.emulator.add_rule(rule.clone());
        }
        let ferry = ferry_e2e::ferry();
        let workspace = self
            .but
            .iter()
            .fold(Workspace::of(stand.cards()), |workspace, (key, value)| {
                workspace.but("test", key, value)
            });
        workspace.write(&ferry);
        let run = |args: &[&'static str]| doctor(workspace.call(&ferry, args.iter().copied()));
        let output = run(&["doctor", "test", "-o", "json"]).await;
        assert_eq!(output.exit, self.exit, "{}: {output}", self.what);
        let finding = first_bad(&output);
        let told = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        assert_eq!(told("check"), self.check, "{}: {output}", self.what);
        assert!(
            told("cause").contains(self.cause),
            "{}: the cause is not {:?}: {output}",
            self.what,
            self.cause
        );
        assert!(
            told("next").contains(self.next),
            "{}: the next step is not {:?}: {output}",
            self.what,
            self.next
        );

        let output = run(&["doctor", "test"]).await;
        assert_eq!(output.exit, self.exit, "{}: {output}", self.what);
        for (label, text) in [("cause", self.cause), ("next", self.next)] {
            let said = output.stdout.lines().any(|line| {
                line.trim_start().starts_with(&format!("{label}: ")) && line.contains(text)
            });
            assert!(said, "{}: no line {label} {text:?}: {output}", self.what);
        }
        assert!(
            !output.stdout.contains("all that is needed works"),
            "{output}"
        );
    }
}

/// Everything that is not this machine goes to a proxy that is not there, so nothing leaves it.
async fn doctor(call: Call) -> Output {
    call.env("HTTPS_PROXY", closed().await).run().await
}

/// An address of this machine at which nobody listens.
async fn closed() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// The first bad finding of the envelope: the one that decides the exit code.
fn first_bad(output: &Output) -> Value {
    envelope(output)["report"]["findings"]
        .as_array()
        .and_then(|findings| findings.iter().find(|finding| finding["verdict"] == "bad"))
        .unwrap_or_else(|| panic!("nothing is bad: {output}"))
        .clone()
}

/// Every finding that is neither fine nor skipped.
fn remarks(output: &Output) -> Vec<Value> {
    let mut all = envelope(output)["report"]["findings"]
        .as_array()
        .unwrap_or_else(|| panic!("no findings: {output}"))
        .clone();
    all.retain(|finding| finding["verdict"] != "fine");
    all
}

fn answers(service: Service, method: &str, path: &str, code: u16, body: &str) -> Option<Rule> {
    Some(Rule {
        service: Some(service),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        ..Rule::new(Action::Status {
            code,
            body: Some(body.to_owned()),
            headers: [].into(),
        })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_set_up_of_generation_3_is_0() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["doctor", "test"])
        .run()
        .await
        .expect(0);
    assert!(
        output.stdout.contains("all that is needed works"),
        "{output}"
    );
    let output = workspace
        .call(&stand.ferry, ["doctor", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert!(remarks(&output).is_empty(), "{output}");
    no_leftovers(&stand, "test").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_set_up_of_generation_2_is_0() {
    let (options, _load) = stand::small();
    let stand = Stand::with(options).await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["doctor", "old", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert!(remarks(&output).is_empty(), "{output}");
    no_leftovers(&stand, "old").await;

    let wrong = workspace.but("old", "password", "not-the-password");
    let output = wrong
        .call(&stand.ferry, ["doctor", "old", "-o", "json"])
        .run()
        .await
        .expect(4);
    let finding = first_bad(&output);
    assert_eq!(finding["check"], "design-time API", "{output}");
    assert!(
        finding["cause"].to_string().contains("wrong password"),
        "{output}"
    );
}

/// The object of the doctor's own is gone again, and nothing else was changed.
async fn no_leftovers(stand: &Stand, environment: &str) {
    let listing = stand
        .object(
            "GET",
            environment,
            "?format=json&prefix=ferry-doctor-",
            None,
        )
        .await;
    assert_eq!(listing.json(), Value::Array(Vec::new()));
    let foreign = stand
        .changes()
        .into_iter()
        .find(|record| !record.target.contains("/ferry-doctor-"));
    assert_eq!(foreign, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_sign_in_is_told_apart() {
    let stand = Stand::new().await;
    let of_prod = stand.card("prod", "scope");
    let scope = stand.card("test", "scope").replace(":443", "");
    let developer = [
        ("client_id", stand.card("test", "developer_client_id")),
        (
            "client_secret",
            stand.card("test", "developer_client_secret"),
        ),
    ];
    let developer = developer
        .each_ref()
        .map(|(key, value)| (*key, value.as_str()));
    let stranger = [
        ("client_id", stand.card("prod", "client_id")),
        ("client_secret", stand.card("prod", "client_secret")),
    ];
    // Its secret goes by test's variable.
    let stranger = stranger
        .each_ref()
        .map(|(key, value)| (*key, value.as_str()));
    for broken in [
        Broken {
            what: "the scope is no scope of the application",
            but: &[("scope", &scope)],
            exit: 4,
            check: "token",
            cause: "does not have this scope",
            next: "copy the scope",
            ..Broken::default()
        },
        Broken {
            what: "the scope is that of another instance",
            but: &[("scope", &of_prod)],
            exit: 4,
            check: "design-time API",
            cause: "scope is of another instance",
            next: "copy the scope of this very instance",
            ..Broken::default()
        },
        Broken {
            what: "the client secret is wrong",
            but: &[("client_secret", "not-the-secret")],
            exit: 4,
            check: "token",
            cause: "the secret was made new",
            next: "client-secret",
            ..Broken::default()
        },
        Broken {
            what: "the client id is unknown",
            but: &[("client_id", "no-such-client")],
            exit: 4,
            check: "token",
            cause: "another identity domain",
            next: "compare client-id",
            ..Broken::default()
        },
        Broken {
            what: "the application does not allow the grant",
            rule: answers(
                Service::Identity,
                "POST",
                "/oauth2/v1/token",
                400,
                r#"{"error":"unauthorized_client","error_description":"grant"}"#,
            ),
            exit: 4,
            check: "token",
            cause: "does not allow client credentials",
            next: "allow the grant",
            ..Broken::default()
        },
        Broken {
            what: "the application is a developer only",
            but: &developer,
            exit: 4,
            check: "role",
            cause: "lacks the role ServiceAdministrator",
            next: "Application roles",
            ..Broken::default()
        },
        Broken {
            what: "the application has no role in this instance",
            but: &stranger,
            exit: 4,
            check: "design-time API",
            cause: "the confidential application has no role",
            next: "grant the role ServiceAdministrator",
            ..Broken::default()
        },
    ] {
        broken.is_found(&stand).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_address_is_told_apart() {
    let stand = Stand::new().await;
    let closed = closed().await;
    let dead_token = format!("{closed}/oauth2/v1/token");
    let wrong_path = stand.card("test", "token_url").replace("/token", "/tokens");
    for broken in [
        Broken {
            what: "the instance's name is wrong",
            but: &[("service_instance", "tset")],
            exit: 2,
            check: "design-time API",
            cause: "integrationInstance is tset",
            next: "About page",
            ..Broken::default()
        },
        Broken {
            what: "nobody is at the host",
            but: &[("url", &closed)],
            exit: 5,
            check: "design-time API",
            cause: "the host's name is wrong",
            next: "check url",
            ..Broken::default()
        },
        Broken {
            what: "the token service's path is wrong",
            but: &[("token_url", &wrong_path)],
            exit: 2,
            check: "token",
            cause: "not that of a token service",
            next: "/oauth2/v1/token",
            ..Broken::default()
        },
        Broken {
            what: "nobody is at the token service",
            but: &[("token_url", &dead_token)],
            exit: 5,
            check: "token",
            cause: "the host's name is wrong",
            next: "check token-url",
            ..Broken::default()
        },
        Broken {
            what: "the host is the run-time one",
            but: &[(
                "url",
                "https://acme-test-px.integration.us-phoenix-1.ocp.oraclecloud.com",
            )],
            exit: 2,
            check: "host",
            cause: "runs integrations",
            next: "https://design.integration.us-phoenix-1.ocp.oraclecloud.com",
            ..Broken::default()
        },
        Broken {
            what: "the host is a custom endpoint",
            but: &[("url", "https://integration.example.com")],
            exit: 2,
            check: "host",
            cause: "serves run time only",
            next: "design.integration.REGION.ocp.oraclecloud.com",
            ..Broken::default()
        },
        Broken {
            what: "the host is of generation 2",
            but: &[(
                "url",
                "https://acme-test-acmens-px.integration.ocp.oraclecloud.com",
            )],
            exit: 2,
            check: "host",
            cause: "a host of generation 2",
            next: "generation = \"gen2\"",
            ..Broken::default()
        },
        Broken {
            what: "the proxy is not there",
            but: &[(
                "url",
                "https://design.integration.us-phoenix-1.ocp.oraclecloud.com",
            )],
            exit: 5,
            check: "design-time API",
            cause: "HTTPS_PROXY is wrong",
            next: "check HTTPS_PROXY",
            ..Broken::default()
        },
    ] {
        broken.is_found(&stand).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_does_not_answer_as_it_should_is_5() {
    let stand = Stand::new().await;
    for broken in [
        Broken {
            what: "a sign-in page answers",
            rule: answers(
                Service::Oic,
                "GET",
                "/integrations",
                200,
                "<html>Sign in</html>",
            ),
            exit: 5,
            check: "design-time API",
            cause: "a sign-in page answers",
            next: "open the address in a browser",
            ..Broken::default()
        },
        Broken {
            what: "the instance is stopped",
            rule: answers(Service::Oic, "GET", "/integrations", 503, "stopped"),
            exit: 5,
            check: "design-time API",
            cause: "the instance is stopped",
            next: "see whether the instance is active",
            ..Broken::default()
        },
    ] {
        broken.is_found(&stand).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_bucket_is_told_apart() {
    let stand = Stand::new().await;
    let url = stand.card("test", "storage_url");
    let missing = url.replace("ferry-test", "no-such-bucket");
    let namespace = url.replace("/acme/", "/acne/");
    let dead = format!("{}/v1/acme/ferry-test", closed().await);
    let plain = stand.card("test", "storage_user");
    let federated = format!("oracleidentitycloudservice/{plain}");
    let other_form = format!("user = \"{plain}\"");
    for broken in [
        Broken {
            what: "the auth token is wrong",
            but: &[("storage_password", "the-console-password")],
            exit: 4,
            check: "storage sign-in",
            cause: "an auth token is wanted",
            next: "make an auth token",
            ..Broken::default()
        },
        Broken {
            what: "the user wants another form",
            but: &[("storage_user", &federated)],
            exit: 4,
            check: "storage sign-in",
            cause: "another form",
            next: &other_form,
            ..Broken::default()
        },
        Broken {
            what: "there is no such bucket",
            but: &[("storage_url", &missing)],
            exit: 2,
            check: "storage sign-in",
            cause: "bucket is wrong",
            next: "compare with the bucket's page",
            ..Broken::default()
        },
        Broken {
            what: "there is no such namespace",
            but: &[("storage_url", &namespace)],
            exit: 4,
            check: "storage sign-in",
            cause: "another identity domain",
            next: "auth token",
            ..Broken::default()
        },
        Broken {
            what: "nobody is at the bucket's host",
            but: &[("storage_url", &dead)],
            exit: 5,
            check: "storage sign-in",
            cause: "the host's name is wrong",
            next: "check the storage's url",
            ..Broken::default()
        },
        Broken {
            what: "the user may read only",
            rule: answers(Service::Store, "PUT", "/v1/", 403, ""),
            exit: 4,
            check: "storage put",
            cause: "no policy allows it",
            next: "manage objects",
            ..Broken::default()
        },
        Broken {
            what: "the user may not remove objects",
            rule: answers(Service::Store, "DELETE", "/v1/", 404, ""),
            exit: 4,
            check: "storage delete",
            cause: "no policy allows it",
            next: "manage objects",
            ..Broken::default()
        },
    ] {
        broken.is_found(&stand).await;
    }
}

/// What is plainly no bucket's address is refused before anybody is asked.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_no_buckets_is_explained() {
    let stand = Stand::new().await;
    let behind = format!("{}/monday.zip", stand.card("test", "storage_url"));
    for (url, texts) in [
        (
            "https://cloud.oracle.com/object-storage/buckets/acme/ferry-test/objects?region=us-phoenix-1",
            &["console", "https://swiftobjectstorage."][..],
        ),
        (
            "https://objectstorage.us-phoenix-1.oraclecloud.com/n/acme/b/ferry-test/o/",
            &["native", "https://swiftobjectstorage."],
        ),
        (
            "https://objectstorage.us-phoenix-1.oraclecloud.com/p/hush/n/acme/b/ferry-test/o/",
            &["pre-authenticated", "https://swiftobjectstorage."],
        ),
        (
            "https://acme.compat.objectstorage.us-phoenix-1.oraclecloud.com/ferry-test",
            &["S3", "https://swiftobjectstorage."],
        ),
        (
            "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acme",
            &["bucket"],
        ),
        (&behind, &["behind the bucket", "/v1/acme/ferry-test"]),
    ] {
        let ferry = ferry_e2e::ferry();
        let workspace = Workspace::of(stand.cards()).but("test", "storage_url", url);
        workspace.write(&ferry);
        let output = doctor(workspace.call(&ferry, ["doctor", "test"]))
            .await
            .expect(2);
        says(&output, &["ferry.toml:", "storages.test.url"]);
        says(&output, texts);
    }
    assert!(stand.running.emulator.journal().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_a_note_with_the_way_to_follow_it() {
    let stand = Stand::frozen().await;
    stand
        .args(["export", "test", "--no-wait"])
        .run()
        .await
        .expect(0);
    let output = stand
        .args(["doctor", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    let remarks = remarks(&output);
    assert_eq!(remarks.len(), 1, "{output}");
    assert_eq!(remarks[0]["check"], "running job");
    let job = stand.jobs("test", "export").await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let next = remarks[0]["next"].to_string();
    assert!(
        next.contains(&format!("ferry jobs wait test job:export:{job}")),
        "{next}"
    );
}
