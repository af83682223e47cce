//! The workspace file from the outside: what is wrong in it, which value counts, and what an emulator makes of it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::{Stand, Workspace, envelope, says};
use ferry_testkit::cli::{Ferry, Output};
use ferry_testkit::redact::Secrets;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const SECRET: &str = "s3cr3t-Value/+x";

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_names_the_line_and_the_key() {
    for (text, place) in [
        (
            "[polling]\nfirst = \"1s\"\n\n[environments.test]\nurll = \"https://example.com\"\n",
            "ferry.toml:5: environments.test.urll: ",
        ),
        ("\n\n[enviroments.test]\n", "ferry.toml:3: enviroments: "),
        (
            "[environments.test]\nsign-in = { method = \"magic\" }\n",
            "ferry.toml:2: environments.test.sign-in.method: ",
        ),
        (
            "[storages.test]\n\nusr = \"jane\"\n",
            "ferry.toml:3: storages.test.usr: ",
        ),
        (
            "[polling]\nfirst = \"soon\"\n",
            "ferry.toml:2: polling.first: ",
        ),
        (
            "[environments.test]\nurl = \"http://example.com\"\n",
            "ferry.toml:2: environments.test.url: ",
        ),
        ("[environments.test]\nurl = \n", "ferry.toml:2: "),
        ("[environments.test\n", "ferry.toml:1: "),
    ] {
        let ferry = ferry_e2e::ferry();
        ferry.write("ferry.toml", text);
        for args in [
            &["export", "test"][..],
            &["doctor", "test"],
            &["config", "show"],
        ] {
            let output = ferry.args(args).run().await.expect(2);
            says(&output, &[place]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_text_names_itself() {
    let ferry = ferry_e2e::ferry();
    ferry.write("ferry.toml", b"[polling]\nfirst = \"\xff\xfe\"\n");
    let output = ferry.args(["export", "test"]).run().await.expect(2);
    says(&output, &["ferry.toml:1: ", "not UTF-8"]);
    let output = ferry
        .args(["export", "test", "--config", "gone.toml"])
        .run()
        .await
        .expect(2);
    says(&output, &["gone.toml", "--config"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_literal_secret_is_refused_and_not_echoed() {
    let secrets = Secrets::new().and("literal", SECRET);
    for (text, place) in [
        (
            format!("[environments.test.sign-in]\nclient-secret = \"{SECRET}\"\n"),
            "ferry.toml:2: environments.test.sign-in.client-secret: ",
        ),
        (
            format!("[environments.test.sign-in]\n\npassword = \"{SECRET}\"\n"),
            "ferry.toml:3: environments.test.sign-in.password: ",
        ),
        (
            format!("[storages.test]\npassword = \"{SECRET}\"\n"),
            "ferry.toml:2: storages.test.password: ",
        ),
        (
            format!("[storages.test]\npassword = [\"{SECRET}\"]\n"),
            "ferry.toml:2: storages.test.password: ",
        ),
        (
            format!("[storages.test]\npassword = \"{SECRET}\n"),
            "ferry.toml:2: ",
        ),
    ] {
        let ferry = ferry_e2e::ferry();
        ferry.write("ferry.toml", &text);
        for args in [
            &["export", "test", "-v"][..],
            &["doctor", "test", "-v", "-o", "json"],
            &["config", "show", "--origin"],
        ] {
            let output = ferry.args(args).run().await.expect(2);
            says(&output, &[place]);
            secrets.assert_absent("stdout", &output.stdout);
            secrets.assert_absent("stderr", &output.stderr);
        }
        secrets.assert_absent_below(&ferry.state());
        secrets.assert_absent_below(&ferry.root().join("home"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_environment_lists_the_known_ones() {
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    for args in [
        &["export", "tset"][..],
        &["import", "tset", "bucket:any.zip"],
        &["promote", "test", "tset"],
        &["promote", "tset", "test"],
        &["doctor", "tset"],
        &["jobs", "show", "tset", "job:export:1"],
    ] {
        let call = workspace.call(&stand.ferry, args.iter().copied());
        let output = call.run().await.expect(2);
        says(&output, &["no environment tset", "live, prod, test"]);
    }
    assert!(stand.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_a_file_too_is_2_and_both_are_named() {
    let stand = Stand::new().await;
    stand.ferry.write("monday.zip", "a file");
    let import = || stand.args(["import", "prod", "monday.zip"]);
    let output = import().run().await.expect(2);
    says(&output, &["./monday.zip", "bucket:monday.zip"]);
    assert!(stand.changes().is_empty());
    // Without the file it is the object.
    std::fs::remove_file(stand.ferry.work().join("monday.zip")).unwrap();
    let output = import().run().await.expect(1);
    says(&output, &["no archive monday.zip"]);
}

/// Value and origin of a key, as `ferry config show --origin` tells them.
fn shown(output: &Output, key: &str) -> (String, String) {
    let rows = envelope(output)["report"].clone();
    let row = rows
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["key"] == key))
        .unwrap_or_else(|| panic!("no row {key}: {output}"));
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("value"), text("origin"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_that_of_the_flag_then_the_variable_then_the_folder() {
    let ferry = ferry_e2e::ferry();
    let file = |name: &str, first: &str| {
        ferry.write(name, format!("\n[polling]\nfirst = \"{first}\"\n"));
    };
    file("ferry.toml", "1s");
    file("variable.toml", "2s");
    file("flag.toml", "3s");
    let show = ["config", "show", "--origin", "-o", "json"];
    let flag = ["--config", "flag.toml"];
    for (with_flag, with_variable, value, name, origin) in [
        (false, false, "1s", "ferry.toml", "default"),
        (false, true, "2s", "variable.toml", "variable FERRY_CONFIG"),
        (true, true, "3s", "flag.toml", "flag --config"),
    ] {
        let flag = flag.into_iter().filter(|_| with_flag);
        let mut call = ferry.args(show.into_iter().chain(flag));
        if with_variable {
            call = call.env("FERRY_CONFIG", "variable.toml");
        }
        let output = call.run().await.expect(0);
        let (first, from) = shown(&output, "polling.first");
        assert_eq!(first, value, "{output}");
        assert!(from.ends_with(&format!("{name}:3")), "{output}");
        assert_eq!(shown(&output, "config").1, origin, "{output}");
        assert_eq!(
            shown(&output, "polling.min"),
            ("15s".to_owned(), "default".to_owned()),
            "{output}"
        );
    }
}

/// Without the figure of the stronger, `1ms` would end the waiting at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_that_of_the_flag_then_the_variable_then_the_file() {
    let with_deadline = |stand: &Stand, deadline: &str| {
        let workspace = Workspace::of(stand.cards());
        workspace.write(&stand.ferry);
        change(&stand.ferry, |toml| {
            toml.replacen(
                "[polling]",
                &format!("[polling]\ndeadline = \"{deadline}\""),
                1,
            )
        });
        workspace
    };
    for (flag, variable, file, waits) in [
        (None, None, "1ms", false),
        (None, Some("1h"), "1ms", true),
        (None, Some("1ms"), "1h", false),
        (Some("1h"), Some("1ms"), "1ms", true),
        (Some("1ms"), Some("1h"), "1h", false),
    ] {
        let stand = Stand::frozen().await;
        let workspace = with_deadline(&stand, file);
        let args = ["export", "test"];
        let flag = flag.map(|time| ["--timeout", time]).into_iter().flatten();
        let mut call = workspace.call(&stand.ferry, args.into_iter().chain(flag));
        if let Some(time) = variable {
            call = call.env("FERRY_TIMEOUT", time);
        }
        let running = call.spawn();
        if waits {
            stand
                .until_seen("GET", "exportServiceInstanceArchive/", 3)
                .await;
            stand.advance(60 * 60);
        }
        running.wait().await.expect(if waits { 0 } else { 7 });
    }
}

fn change(ferry: &Ferry, how: impl FnOnce(&str) -> String) {
    let text = std::fs::read_to_string(ferry.work().join("ferry.toml")).unwrap();
    ferry.write("ferry.toml", how(&text));
}

/// A workspace file whose every secret comes from a command that leaves a mark in the working directory.
fn marking(ferry: &Ferry) {
    let mut text = String::new();
    for name in ["test", "prod"] {
        text += &format!(
            "[environments.{name}]\ngeneration = \"gen3\"\n\
             url = \"https://design.integration.us-phoenix-1.ocp.oraclecloud.com\"\ninstance = \"acme-{name}\"\n\
             storage = \"{name}\"\n\
             sign-in = {{ method = \"client-credentials\", token-url = \"https://idcs-0.identity.oraclecloud.com/oauth2/v1/token\", \
             scope = \"any\", client-id = \"acme\", client-secret = \"cmd:touch mark-sign-in\" }}\n\
             [storages.{name}]\nurl = \"https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acme/{name}\"\n\
             user = \"jane\"\npassword = \"cmd:touch mark-storage\"\n"
        );
    }
    ferry.write("ferry.toml", text);
    let overrides = "[connections.ORDERS_API]\npolicy = \"BASIC_AUTH\"\n\
                     credentials = { password = \"cmd:touch mark-override\" }\n";
    for name in ["test", "prod"] {
        ferry.write(&format!("{name}.overrides.toml"), overrides);
    }
}

fn marks(ferry: &Ferry) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(ferry.work())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("mark-"))
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_gets_neither_hosts_nor_secrets_of_the_file() {
    let stand = Stand::new().await;
    let proxy = {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let running = format!("--emulator={}", stand.running.url);
    let folder = format!("--emulator={}", stand.ferry.root().join("kept").display());
    for emulator in ["--emulator", &running, &folder] {
        let ferry = ferry_e2e::ferry();
        marking(&ferry);
        for args in [
            &["doctor", "test"][..],
            &["export", "test"],
            &["promote", "test", "prod", "--live=stop"],
        ] {
            let all = args.iter().copied().chain(["-v", emulator]);
            let call = ferry.args(all).env("HTTPS_PROXY", &proxy);
            let output = call.run().await.expect(0);
            says(&output, &["EMULATOR"]);
            for text in ["oraclecloud.com", "acme-test", "acme-prod"] {
                assert!(!output.stdout.contains(text), "{output}");
                assert!(!output.stderr.contains(text), "{output}");
            }
        }
        assert_eq!(marks(&ferry), [""; 0], "{emulator}");
    }
    // Without it the commands do run: the marks are no accident.
    let ferry = ferry_e2e::ferry();
    marking(&ferry);
    let call = ferry.args(["export", "test"]).env("HTTPS_PROXY", &proxy);
    let output = call.run().await.expect(2);
    says(&output, &["client-secret", "gives nothing"]);
    assert_eq!(marks(&ferry), ["mark-sign-in"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emulator_elsewhere_is_refused() {
    for url in [
        "http://192.0.2.1:1",
        "http://emulator.example.com",
        "http://127.0.0.1.example.com:1",
        "http://localhost@192.0.2.1:1",
        "https://192.0.2.1:1",
        "https://localhost@192.0.2.1:1",
    ] {
        let ferry = ferry_e2e::ferry();
        let flag = format!("--emulator={url}");
        let output = ferry.args(["export", "test", &flag]).run().await.expect(2);
        says(&output, &["--emulator"]);
        let call = ferry.args(["export", "test"]).env("FERRY_EMULATOR", url);
        call.run().await.expect(2);
    }
}

/// Something on this machine that says it is an emulator, and names an environment that is elsewhere.
async fn impostor(card: Value) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let body = Value::Array(vec![card]).to_string();
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
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
        card[key] = Value::from(value);
        let name = card["name"].as_str().unwrap().to_owned();
        let (url, task) = impostor(card).await;
        let call = stand.ferry.args(["export", &name]);
        let output = call.env("FERRY_EMULATOR", url).run().await.expect(9);
        says(&output, &["not this machine"]);
        task.abort();
    }
    assert_eq!(stand.running.emulator.requests(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_the_output_is_that_of_the_flag_then_the_variable() {
    let ferry = ferry_e2e::ferry();
    for (flag, is_json) in [(None, true), (Some("-otable"), false)] {
        let args = ["runs", "list"].into_iter().chain(flag);
        let output = ferry.args(args).env("FERRY_OUTPUT", "json").run().await;
        assert_eq!(output.stdout.starts_with('{'), is_json, "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_variable_counts_as_not_set() {
    let ferry = ferry_e2e::ferry();
    let names = [
        "QUIET", "OUTPUT", "EMULATOR", "CONFIG", "ASSUME", "TIMEOUT", "NO_COLOR",
    ];
    let empty = names.map(|name| (format!("FERRY_{name}"), ""));
    let args = ["export", "test", "--dry-run", "--emulator"];
    let output = ferry.args(args).envs(empty.clone()).run().await.expect(0);
    assert!(output.stderr.contains("EMULATOR"), "{output}");
    // It asks for what it would ask for without them.
    let args = ["runs", "resume", "nothing"];
    ferry.args(args).envs(empty).run().await.expect(1);
}
