//! `ferry bucket` where it must stop, or go on without some: hostile names, a full disk, refusals, a server that is gone.

use std::path::Path;

use ferry_e2e::{Stand, Workspace, envelope, says};
use ferry_emulator::{Action, Rule, Service};
use serde_json::Value;

async fn filled(names: &[&str], content: &[u8]) -> Stand {
    let stand = Stand::new().await;
    for name in names {
        let put = stand.object("PUT", "test", name, Some(content)).await;
        assert_eq!(put.status, 201, "{name}: {}", put.head);
    }
    stand
}

fn on(method: &str, path: &str, action: Action) -> Rule {
    Rule {
        service: Some(Service::Store),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        ..Rule::new(action)
    }
}

fn status(code: u16) -> Action {
    Action::Status {
        code,
        body: None,
        headers: [].into(),
    }
}

fn many(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("m/{n:03}")).collect()
}

async fn with_many(count: usize, content: &[u8]) -> Stand {
    let names = many(count);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    filled(&names, content).await
}

fn names_of(rows: &Value) -> Vec<String> {
    let mut names: Vec<String> = rows
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["name"].as_str().expect("a name").to_owned())
        .collect();
    names.sort();
    names
}

fn everything_below(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            everything_below(&path, found);
        } else {
            found.push(path.display().to_string());
        }
    }
}

/// Whatever a server calls its objects, nothing is written but below the folder, and the good ones come all the same.
#[tokio::test(flavor = "multi_thread")]
async fn names_of_the_server_are_no_paths() {
    let unsafe_names = [
        "..%2Fescaped",
        "x/..%2F..%2Fescaped",
        "%2Fetc%2Fferry-was-here",
        "a%2F%2Fb",
        "dir%2F",
        "%2E",
        "CON",
        "sub/nul.txt",
        "trailing.",
        "blank%20",
        "back%5Cslash",
        "bell%07",
        "Case",
        "case",
        "both",
        "big.ferry-part.json",
    ];
    let safe = ["good.txt", "both/inner", "sub/ok", "10%3A30.zip"];
    let all: Vec<&str> = unsafe_names.iter().chain(&safe).copied().collect();
    let stand = filled(&all, b"content").await;
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(3);
    let report = &envelope(&output)["report"];
    assert_eq!(report["objects"], safe.len(), "{output}");
    assert_eq!(
        names_of(&report["failed"]).len(),
        unsafe_names.len(),
        "{output}"
    );
    let mut written = Vec::new();
    everything_below(stand.ferry.root(), &mut written);
    let out = stand.ferry.work().join("out");
    let mut expected: Vec<String> = ["good.txt", "both/inner", "sub/ok", "10:30.zip"]
        .map(|name| out.join(name).display().to_string())
        .into();
    written.sort();
    expected.sort();
    assert_eq!(written, expected);
    assert!(!Path::new("/etc/ferry-was-here").exists());
    // One alone goes under a name that the person chose, and never under an unsafe one of the server's.
    stand
        .bucket(&["get", "test/CON", "console"])
        .run()
        .await
        .expect(0);
    stand
        .bucket(&["get", "test/a//b", "out/b"])
        .run()
        .await
        .expect(0);
    let output = stand.bucket(&["get", "test/CON"]).run().await.expect(2);
    says(&output, &["no file name", "name a file"]);
    // For a listing and a removal they are names like others.
    let output = stand
        .bucket(&["rm", "-r", "test", "--yes", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(envelope(&output)["report"]["objects"], all.len());
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn links_and_names_that_are_no_text_are_not_stored() {
    use std::os::unix::ffi::OsStrExt;
    let stand = Stand::new().await;
    let work = stand.ferry.work();
    std::fs::create_dir(work.join("d")).expect("a folder");
    std::fs::write(work.join("outside"), "secret").expect("a file");
    std::fs::write(work.join("d/good"), "good").expect("a file");
    std::os::unix::fs::symlink("../outside", work.join("d/link")).expect("a link");
    let odd = std::ffi::OsStr::from_bytes(b"d/caf\xe9");
    std::fs::write(work.join(odd), "odd").expect("a file");
    let output = stand
        .bucket(&["put", "-r", "d", "test", "-o", "json"])
        .run()
        .await
        .expect(3);
    let report = &envelope(&output)["report"];
    assert_eq!(
        (&report["objects"], names_of(&report["failed"]).len()),
        (&Value::from(1), 2),
        "{output}"
    );
    let listed = stand
        .bucket(&["ls", "-r", "test", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(names_of(&envelope(&listed)["report"]["objects"]), ["good"]);
    // Nor by a link's own name.
    stand
        .bucket(&["put", "-r", "d", "test", "--exclude", "link,caf*"])
        .run()
        .await
        .expect(0);
}

/// Files end at 8 KiB, as on a full disk.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_74_at_once() {
    let stand = with_many(60, &vec![7; 50_000]).await;
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    let output = stand
        .shell(script, &["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(74);
    let envelope = envelope(&output);
    assert_eq!(envelope["error"]["kind"], "disk", "{output}");
    assert!(envelope["report"]["left"].as_u64() > Some(0), "{output}");
    assert!(stand.seen("GET", "/m/") < 60);
    let mut written = Vec::new();
    everything_below(&stand.ferry.work(), &mut written);
    assert!(
        written.iter().all(|path| path.contains(".ferry-")),
        "{written:?}"
    );
    // With room again the same command brings it all.
    stand
        .bucket(&["get", "-r", "test", "out"])
        .run()
        .await
        .expect(0);
    stand
        .bucket(&["get", "test/m/000", "one"])
        .run()
        .await
        .expect(0);
    stand
        .shell(script, &["get", "test/m/000", "two"])
        .run()
        .await
        .expect(74);
    assert!(!stand.ferry.work().join("two").exists());
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_cannot_be_written_is_74_at_once() {
    let stand = with_many(40, b"content").await;
    for args in [
        ["get", "-r", "test", "/sys/ferry"],
        ["get", "-r", "test/m/", "/sys"],
    ] {
        let output = stand.bucket(&args).run().await.expect(74);
        says(&output, &["/sys", "room and permission"]);
    }
    assert!(stand.seen("GET", "/m/") < 40);
    let output = stand
        .bucket(&["get", "test/m/000", "/sys/ferry"])
        .run()
        .await
        .expect(74);
    says(&output, &["m/000", "/sys/ferry", "room and permission"]);
}

/// Behind a terminal somebody is asked, and only a yes removes anything.
#[tokio::test(flavor = "multi_thread")]
async fn a_removal_of_many_is_asked_for() {
    let stand = with_many(2, b"content").await;
    for (answer, exit, left) in [("n", 1, 200), ("", 1, 200), ("y", 0, 404)] {
        let script = format!("echo '{answer}' | script -qec \"$*\" /dev/null");
        let rm = ["rm", "-r", "test/m/"];
        let output = stand.shell(&script, &rm).run().await.expect(exit);
        for told in ["remove 2 objects, 14 B, of test/m/?", "[y/N]"] {
            assert!(output.stdout.contains(told), "no {told}: {output}");
        }
        let there = stand.object("HEAD", "test", "m/000", None).await;
        assert_eq!(there.status, left, "{answer}: {output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_4_at_once() {
    let stand = with_many(60, b"content").await;
    stand
        .running
        .emulator
        .add_rule(on("GET", "/m/", status(403)));
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(4);
    assert!(
        envelope(&output)["report"]["left"].as_u64() > Some(0),
        "{output}"
    );
    assert!(stand.seen("GET", "/m/") < 60);
    let workspace = Workspace::of(stand.cards()).but("test", "storage_password", "wrong-token");
    workspace.write(&stand.ferry);
    for args in [
        ["bucket", "ls", "test"],
        ["bucket", "stat", "test/m/000"],
        ["bucket", "rm", "test/m/000"],
    ] {
        let output = workspace.call(&stand.ferry, args).run().await.expect(4);
        says(&output, &["auth token"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_fails_does_not_stop_the_others() {
    let stand = with_many(30, b"content").await;
    for (name, code) in [("/m/003", 404), ("/m/017", 400)] {
        stand
            .running
            .emulator
            .add_rule(on("GET", name, status(code)));
    }
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(3);
    let report = &envelope(&output)["report"];
    assert_eq!(names_of(&report["failed"]), ["m/003", "m/017"], "{output}");
    assert_eq!(report["objects"], 28);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_gone_is_5() {
    let stand = with_many(60, b"content").await;
    stand
        .running
        .emulator
        .add_rule(on("GET", "/m/", Action::Reset));
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(5);
    assert!(
        envelope(&output)["report"]["left"].as_u64() > Some(0),
        "{output}"
    );
    let workspace =
        Workspace::of(stand.cards()).but("test", "storage_url", "http://127.0.0.1:1/v1/acme/b");
    workspace.write(&stand.ferry);
    let output = workspace
        .call(&stand.ferry, ["bucket", "ls", "test"])
        .run()
        .await
        .expect(5);
    says(&output, &["127.0.0.1:1", "ferry doctor"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interruption_is_130_and_the_same_command_goes_on() {
    let stand = with_many(40, b"content").await;
    let mut slow = on("GET", "/m/", Action::Delay { ms: 600_000 });
    slow.from = Some(11);
    stand.running.emulator.add_rule(slow);
    let running = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .spawn();
    stand.until_seen("GET", "/m/", 11).await;
    ferry_e2e::eventually("ten files are there", || async {
        std::fs::read_dir(stand.ferry.work().join("out/m")).is_ok_and(|files| {
            let done = |name: &std::ffi::OsStr| !name.to_string_lossy().contains(".ferry-");
            files
                .flatten()
                .filter(|file| done(&file.file_name()))
                .count()
                == 10
        })
    })
    .await;
    running.interrupt().await;
    let output = running.wait().await.expect(130);
    says(&output, &["repeat the command"]);
    stand.running.emulator.clear_rules();
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await
        .expect(0);
    let report = &envelope(&output)["report"];
    assert_eq!(
        (&report["objects"], &report["already-there"]),
        (&Value::from(30), &Value::from(10)),
        "{output}"
    );
}
