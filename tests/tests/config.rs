//! The workspace file, flags and variables: what is wrong is named, what wins is fixed, and an emulator is left alone
//! with nothing of the real world.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use ferry_e2e::{Stand, Workspace, envelope, ferry, says};
use ferry_testkit::cli::{Ferry, Output};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A file, and where its mistake is: the line, the key, a word of the message.
const MISTAKES: [(&str, usize, &str, &str); 8] = [
    (
        "[environments.test]\nurll = \"https://example.com\"\n",
        2,
        "environments.test.urll",
        "not known",
    ),
    ("\n[enviroments.test]\n", 2, "enviroments", "not known"),
    ("[polling]\n\nfrist = \"1s\"\n", 3, "polling.frist", "first"),
    (
        "[environments.test]\ngeneration = \"gen9\"\n",
        2,
        "environments.test.generation",
        "gen",
    ),
    (
        "[environments.test]\nurl = \"http://example.com\"\n",
        2,
        "environments.test.url",
        "https",
    ),
    (
        "[storages.a]\nurl = \"https://cloud.oracle.com/object-storage/buckets/acme/b/objects\"\n",
        2,
        "storages.a.url",
        "console",
    ),
    (
        "[environments.test.connections.A]\nkep = true\n",
        2,
        "environments.test.connections.A.kep",
        "keep",
    ),
    (
        "[environments.test]\nprotected = \"yes\"\n",
        2,
        "environments.test.protected",
        "invalid type",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_names_its_line_and_its_key() {
    for (text, line, key, word) in MISTAKES {
        let ferry = ferry();
        ferry.write("ferry.toml", text);
        for command in [&["config", "show"] as &[&str], &["export", "test"]] {
            let output = ferry.args(command).run().await.expect(2);
            says(&output, &[&format!("ferry.toml:{line}"), key, word]);
            assert!(output.stdout.is_empty(), "{output}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_toml_names_its_line() {
    for (text, line) in [
        ("[environments\n".as_bytes(), 1),
        (b"[polling]\nfirst = \n", 2),
        (b"[polling]\n[polling]\n", 2),
        (b"a = \"\xff\"\n", 1),
    ] {
        let ferry = ferry();
        ferry.write("ferry.toml", text);
        let output = ferry.args(["config", "show"]).run().await.expect(2);
        says(&output, &[&format!("ferry.toml:{line}")]);
    }
    let ferry = ferry();
    let args = ["config", "show", "--config", "elsewhere.toml"];
    let output = ferry.args(args).run().await.expect(2);
    says(&output, &["elsewhere.toml", "--config"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_secret_is_refused_and_not_repeated() {
    const SECRET: &str = "hunter2-hunter2";
    for (text, line) in [
        ("[storages.a]\npassword = \"hunter2-hunter2\"\n", 2),
        (
            "[environments.test.sign-in]\n\nclient-secret = \"hunter2-hunter2\"\n",
            3,
        ),
        (
            "[environments.test.sign-in]\npassword = [\"hunter2-hunter2\"]\n",
            2,
        ),
        (
            "[environments.test.connections.A]\nsecurity = { password = \"hunter2-hunter2\" }\n",
            2,
        ),
    ] {
        let ferry = ferry();
        ferry.write("ferry.toml", text);
        for command in [
            &["config", "show", "-v"] as &[&str],
            &["doctor", "test", "-o", "json"],
        ] {
            let output = ferry.args(command).run().await.expect(2);
            says(&output, &[&format!("ferry.toml:{line}"), "env:NAME"]);
            assert!(
                !output.to_string().contains(SECRET),
                "a secret is shown: {text}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_environment_lists_the_known_ones() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    for args in [
        &["export", "porduction"] as &[&str],
        &["import", "porduction", "bucket:a.zip"],
        &["promote", "test", "porduction"],
        &["doctor", "porduction"],
    ] {
        let real = workspace.call(&stand.ferry, args.iter().copied());
        let emulated = stand.args(args.iter().copied());
        for call in [real, emulated] {
            let output = call.run().await.expect(2);
            says(&output, &["porduction", "test", "prod", "live"]);
        }
    }
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_word_that_could_be_two_things_names_both() {
    let stand = Stand::new().await;
    stand.ferry.write("archive.zip", "a file of this name");
    let call = stand.args(["import", "prod", "archive.zip"]);
    let output = call.run().await.expect(2);
    says(&output, &["./archive.zip", "bucket:archive.zip"]);
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
    // Where there is no such file, it is an object.
    let call = stand.args(["import", "prod", "other.zip"]);
    let output = call.run().await.expect(1);
    says(&output, &["other.zip"]);
}

/// The value and the origin of a key in `config show --origin`.
fn shown(output: &Output, key: &str) -> (String, String) {
    let envelope = envelope(output);
    let rows = envelope["report"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["key"] == key);
    let row = row.unwrap_or_else(|| panic!("no {key}: {output}"));
    let text = |name: &str| row[name].as_str().expect("a text").to_owned();
    (text("value"), text("origin"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_wins_over_a_variable_and_both_over_the_file() {
    let ferry = ferry();
    ferry.write("ferry.toml", "\n[polling]\nmin = \"7s\"\n");
    ferry.write("other.toml", "[polling]\nmin = \"8s\"\n");
    ferry.write("third.toml", "[polling]\nmin = \"9s\"\n");
    let show = ["config", "show", "--origin", "-o", "json"];
    let output = ferry.args(show).run().await.expect(0);
    let (value, origin) = shown(&output, "polling.min");
    assert_eq!(value, "7s");
    assert!(origin.ends_with("ferry.toml:3"), "{origin}");
    assert_eq!(shown(&output, "polling.max").1, "default");
    assert_eq!(
        shown(&output, "output"),
        ("json".into(), "flag --output".into())
    );
    let call = ferry.args(show).env("FERRY_CONFIG", "other.toml");
    let output = call.run().await.expect(0);
    assert_eq!(shown(&output, "polling.min").0, "8s");
    assert_eq!(shown(&output, "config").1, "variable FERRY_CONFIG");
    let args = show.into_iter().chain(["--config", "third.toml"]);
    let call = ferry.args(args).env("FERRY_CONFIG", "other.toml");
    let output = call.run().await.expect(0);
    assert_eq!(shown(&output, "polling.min").0, "9s");
    assert_eq!(shown(&output, "config").1, "flag --config");
    // The variable alone turns JSON on; the flag turns it off again.
    let json = ferry.args(["runs", "list"]).env("FERRY_OUTPUT", "json");
    assert!(json.run().await.expect(0).stdout.starts_with('{'));
    let table = ferry
        .args(["runs", "list", "-o", "table"])
        .env("FERRY_OUTPUT", "json");
    assert!(!table.run().await.expect(0).stdout.starts_with('{'));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shortest_way_to_a_timeout_is_the_one_that_counts() {
    // No job ever ends here; what does not time out would not end either, so each way ends by the winner's short time.
    let stand = Stand::frozen().await;
    let polling = |deadline: &str| {
        let polling = "first = \"1ms\"\nmin = \"1ms\"\nmax = \"2ms\"";
        format!("[polling]\n{polling}\ndeadline = \"{deadline}\"\n")
    };
    let (soon, never) = ("20ms", "100h");
    for (nth, (file, variable, flag)) in [
        (soon, None, None),
        (never, Some(soon), None),
        (never, Some(never), Some(soon)),
        (never, None, Some(soon)),
    ]
    .into_iter()
    .enumerate()
    {
        // Each its own run; the first job is the one that all follow.
        stand.ferry.write("ferry.toml", polling(file));
        let job = match nth {
            0 => {
                let call = stand.args(["export", "test", "--no-wait", "-o", "json"]);
                let output = call.run().await.expect(0);
                envelope(&output)["report"]["job"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
            _ => stand.jobs("test", "export").await[0]["id"]
                .as_str()
                .unwrap()
                .to_owned(),
        };
        let mut args = vec!["jobs".to_owned(), "wait".into(), "test".into()];
        args.push(format!("job:export:{job}"));
        args.extend(
            flag.iter()
                .flat_map(|flag| ["--timeout".to_owned(), (*flag).to_owned()]),
        );
        let mut call = stand.args(args.iter().map(String::as_str));
        if let Some(variable) = variable {
            call = call.env("FERRY_TIMEOUT", variable);
        }
        let output = call.run().await.expect(7);
        says(&output, &["ferry jobs wait test job:export:"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_longer_time_that_wins_lets_the_job_end() {
    let stand = Stand::new().await;
    for (file, variable, flag) in [("0s", "100h", None), ("0s", "0s", Some("100h"))] {
        let text = format!("[polling]\ndeadline = \"{file}\"\n");
        stand.ferry.write("ferry.toml", text);
        let args = ["export", "test"].into_iter();
        let args = args.chain(flag.iter().flat_map(|flag| ["--timeout", flag]));
        let call = stand.args(args).env("FERRY_TIMEOUT", variable);
        call.run().await.expect(0);
    }
}

/// A workspace file whose hosts lead nowhere, and whose secrets come of a command that leaves a mark.
const ELSEWHERE: &str = r#"
[environments.test]
generation = "gen3"
url = "https://design.integration.nowhere.ocp.oraclecloud.com"
instance = "acme-test"
storage = "elsewhere"
sign-in = { method = "client-credentials", token-url = "https://idcs-0.identity.oraclecloud.com/oauth2/v1/token", client-id = "x", client-secret = "cmd:touch mark" }
[environments.prod.connections.BILLING_API]
security-policy = "BASIC_AUTH"
security = { username = "env:NOT_SET", password = "cmd:touch mark" }
[storages.elsewhere]
url = "https://swiftobjectstorage.nowhere.oraclecloud.com/v1/acme/b"
user = "jane"
password = "cmd:touch mark"
[environments.local]
generation = "gen3"
url = "http://127.0.0.1:1"
instance = "acme-local"
storage = "local"
sign-in = { method = "client-credentials", token-url = "http://127.0.0.1:1/oauth2/v1/token", client-id = "x", client-secret = "cmd:touch mark" }
[storages.local]
url = "http://127.0.0.1:1/v1/acme/b"
user = "jane"
password = "cmd:touch mark"
"#;

fn marked(ferry: &Ferry) -> bool {
    ferry.work().join("mark").exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_takes_no_host_and_no_secret_of_the_file() {
    let stand = Stand::new().await;
    stand.ferry.write("ferry.toml", ELSEWHERE);
    for args in [
        &["export", "test", "--name", "a"] as &[&str],
        &["import", "prod", "bucket:test/a.zip"],
        &["doctor", "test"],
        &["promote", "test", "prod"],
        &["config", "show", "--origin"],
    ] {
        stand.args(args.iter().copied()).run().await.expect(0);
    }
    let call = stand.ferry.args(["promote", "test", "prod", "--emulator"]);
    call.run().await.expect(0);
    assert!(!marked(&stand.ferry), "a cmd: secret was resolved");
    // The same reference is resolved where a secret is needed, so its absence above says something.
    let call = stand.ferry.args(["doctor", "local"]);
    let output = call.run().await.expect(2);
    says(&output, &["gives nothing"]);
    assert!(marked(&stand.ferry));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_connection_leaves_this_machine() {
    let ferry = ferry();
    // Addresses for documentation: nobody is there, and nobody is asked.
    for url in [
        "http://192.0.2.1:8087",
        "http://[2001:db8::1]:8087",
        "http://emulator.example.com",
    ] {
        let call = ferry.args(["export", "test"]).env("FERRY_EMULATOR", url);
        let output = call.run().await.expect(2);
        says(&output, &[url, "this machine"]);
    }
    let call = ferry.args(["export", "test", "--emulator=https://127.0.0.1:8087"]);
    says(&call.run().await.expect(2), &["http://127.0.0.1:PORT"]);
}

/// Something on this machine that says it is an emulator, and names places that are elsewhere.
async fn impostor(card: Value) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let body = Value::Array(vec![card]).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let task = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 4096];
            // Whoever hangs up early has had enough.
            let _ = stream.read(&mut head).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (url, task)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_that_names_another_machine_is_stopped() {
    let stand = Stand::new().await;
    for (key, value) in [
        (
            "url",
            "https://design.integration.us-phoenix-1.ocp.oraclecloud.com",
        ),
        (
            "token_url",
            "https://idcs-0.identity.oraclecloud.com/oauth2/v1/token",
        ),
        (
            "storage_url",
            "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acme/b",
        ),
    ] {
        let mut card = stand.cards()[0].clone();
        card[key] = json!(value);
        let name = card["name"].as_str().unwrap().to_owned();
        let (url, task) = impostor(card).await;
        let call = stand
            .ferry
            .args(["export", &name])
            .env("FERRY_EMULATOR", url);
        let output = call.run().await.expect(9);
        says(&output, &["not this machine"]);
        task.abort();
    }
    assert_eq!(stand.running.emulator.requests(), 0);
}
