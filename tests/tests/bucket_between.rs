//! What changes, vanishes, fills up or lags behind while objects are on their way.

use std::future::Future;
use std::io::Write as _;

use ferry_e2e::{Stand, envelope, says, stand};
use ferry_emulator::{Action, Rule, Service, Way};
use ferry_testkit::cli::{Call, Output};
use serde_json::Value;

const LONG: usize = 3 << 20;

fn on(method: &str, path: &str, action: Action) -> Rule {
    Rule {
        service: Some(Service::Store),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        times: Some(1),
        ..Rule::new(action)
    }
}

/// The answers of a server that waits for the test to do something.
const WAIT: Action = Action::Delay { ms: 5_000 };

fn status(code: u16) -> Action {
    Action::Status {
        code,
        body: None,
        headers: [].into(),
    }
}

fn there(stand: &Stand, name: &str) -> Option<Vec<u8>> {
    std::fs::read(stand.ferry.work().join(name)).ok()
}

/// What lies in a folder, sorted.
fn names(stand: &Stand, folder: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(stand.ferry.work().join(folder))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

/// A command that reads `long` breaks off half-way; `meanwhile` happens before it can go on.
async fn broken_off<F: Future>(stand: &Stand, call: Call, meanwhile: impl FnOnce() -> F) -> Output {
    let cut = Action::Cut {
        after: 1 << 20,
        way: Way::Down,
    };
    stand.running.emulator.add_rule(on("GET", "/long", cut));
    let mut wait = on("GET", "/long", WAIT);
    wait.from = Some(2);
    stand.running.emulator.add_rule(wait);
    let before = stand.seen("GET", "/long");
    let running = call.spawn();
    stand.until_seen("GET", "/long", before + 2).await;
    meanwhile().await;
    let output = running.wait().await;
    stand.running.emulator.clear_rules();
    output
}

async fn put(stand: &Stand, name: &str, content: &[u8]) {
    let put = stand.object("PUT", "test", name, Some(content)).await;
    assert_eq!(put.status, 201, "{}", put.head);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_changes_is_fetched_anew() {
    let stand = Stand::new().await;
    let (old, new) = (vec![1; LONG], vec![2; LONG + 1]);
    for args in [
        ["get", "test/long", "target"].as_slice(),
        &["get", "-r", "test/long", "out"],
    ] {
        put(&stand, "long", &old).await;
        let call = stand.bucket(args);
        let output = broken_off(&stand, call, || put(&stand, "long", &new)).await;
        let output = output.expect(0);
        says(
            &output,
            &["changed while it was read", "from the beginning"],
        );
    }
    assert!(there(&stand, "target").is_some_and(|it| it == new));
    assert!(there(&stand, "out/long").is_some_and(|it| it == new));
    assert_eq!(names(&stand, "."), ["out", "target"]);
    // What went to stdout cannot be taken back.
    put(&stand, "long", &old).await;
    let call = stand.shell("\"$@\" | wc -c", &["get", "test/long", "-"]);
    let output = broken_off(&stand, call, || put(&stand, "long", &new)).await;
    says(&output, &["error:", "changed while it was read"]);
    assert!(
        output
            .stdout
            .trim()
            .parse::<usize>()
            .is_ok_and(|it| it < LONG),
        "{output}"
    );
    // A copy leaves nothing under the new name but the whole.
    put(&stand, "long", &old).await;
    let call = stand.bucket(&["cp", "test/long", "prod/copy"]);
    let output = broken_off(&stand, call, || put(&stand, "long", &new)).await;
    let copy = stand.object("GET", "prod", "copy", None).await;
    if output.exit == 0 {
        assert!(copy.body == new, "{output}");
    } else {
        says(&output, &["changed while it was read"]);
        assert_eq!(copy.status, 404, "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_vanishes_is_told() {
    let stand = Stand::new().await;
    let delete = || stand.object("DELETE", "test", "long", None);
    for (args, exit) in [
        (["get", "test/long", "target"].as_slice(), 1),
        (&["get", "-r", "test/long", "out"], 3),
        (&["get", "test/long", "-"], 1),
        (&["cp", "test/long", "prod/copy"], 1),
    ] {
        put(&stand, "long", &vec![1; LONG]).await;
        let output = broken_off(&stand, stand.bucket(args), delete).await;
        let output = output.expect(exit);
        assert!(
            format!("{output}").contains("not there, or this user may not see it"),
            "{output}"
        );
    }
    assert_eq!(there(&stand, "target"), None);
    assert_eq!(there(&stand, "out/long"), None);
    let copy = stand.object("HEAD", "prod", "copy", None).await;
    assert_eq!(copy.status, 404);
    // The next one begins with another object, and says so.
    let new = vec![2; LONG];
    put(&stand, "long", &new).await;
    let again = stand.bucket(&["get", "test/long", "target"]).run().await;
    says(&again.expect(0), &["another object than"]);
    assert!(there(&stand, "target").is_some_and(|it| it == new));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_changes_or_vanishes_is_not_stored() {
    let stand = Stand::new().await;
    let old = vec![1; LONG];
    std::fs::create_dir(stand.ferry.work().join("d")).expect("a folder");
    for (args, exit) in [
        (["put", "d/long", "test/long"].as_slice(), 74),
        (&["put", "-r", "d", "test"], 3),
    ] {
        stand.ferry.write("d/long", &old);
        stand.running.emulator.add_rule(on("PUT", "/long", WAIT));
        let before = stand.seen("PUT", "/long");
        let running = stand.bucket(args).spawn();
        stand.until_seen("PUT", "/long", before + 1).await;
        std::fs::File::options()
            .write(true)
            .open(stand.ferry.work().join("d/long"))
            .and_then(|mut file| file.write_all(b"other"))
            .expect("a file to write to");
        let output = running.wait().await.expect(exit);
        assert!(
            format!("{output}").contains("was written to while it was sent"),
            "{output}"
        );
        let left = stand.object("HEAD", "test", "long", None).await;
        assert_eq!(left.status, 404, "{output}");
        stand.running.emulator.clear_rules();
    }
    // Listed with its folder, and gone when its turn comes.
    stand.ferry.write("d/good", "good");
    let bucket = stand.card("test", "storage_url");
    let (_, path) = bucket.split_once("/v1/").expect("a Swift URL");
    stand.running.emulator.add_rule(on("GET", path, WAIT));
    let before = stand.seen("GET", path);
    let running = stand
        .bucket(&["put", "-r", "d", "test", "-o", "json"])
        .spawn();
    stand.until_seen("GET", path, before + 1).await;
    std::fs::remove_file(stand.ferry.work().join("d/long")).expect("a file to remove");
    let output = running.wait().await.expect(3);
    let report = &envelope(&output)["report"];
    assert_eq!(
        (&report["objects"], &report["failed"][0]["name"]),
        (&Value::from(1), &Value::from("long"))
    );
    says(&output, &[]);
    assert!(
        format!("{output}").contains("d/long cannot be read"),
        "{output}"
    );
}

/// A listing shows what is gone, and not what is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_listing_that_is_behind_loses_nothing() {
    let mut options = stand::options();
    // Of virtual time, which stands still.
    options.speed = 0.0;
    let set = options.switches.set("listing-stale-seconds", "60");
    set.expect("a switch");
    let stand = Stand::with(options).await;
    put(&stand, "gone", b"gone").await;
    put(&stand, "kept", b"kept").await;
    stand.advance(120);
    stand.object("DELETE", "test", "gone", None).await;
    put(&stand, "new", b"new").await;
    let output = stand
        .bucket(&["get", "-r", "test", "out", "-o", "json"])
        .run()
        .await;
    let output = output.expect(3);
    let report = &envelope(&output)["report"];
    assert_eq!(report["failed"][0]["name"], "gone", "{output}");
    assert!(format!("{output}").contains("not there"), "{output}");
    assert_eq!(names(&stand, "out"), ["kept"]);
    // By its name it is there, whatever a listing shows.
    stand
        .bucket(&["get", "test/new", "new"])
        .run()
        .await
        .expect(0);
    stand.bucket(&["rm", "test/new"]).run().await.expect(0);
    // What is not listed is not replaced by that, where a condition keeps it; else it was the same or is told apart.
    stand.ferry.write("other", "other");
    put(&stand, "other", b"another").await;
    let output = stand.bucket(&["put", "other", "test/other"]).run().await;
    says(&output.expect(8), &["--overwrite"]);
    let removed = stand
        .bucket(&["rm", "-r", "test", "--yes", "-o", "json"])
        .run()
        .await;
    let removed = removed.expect(0);
    assert_eq!(envelope(&removed)["report"]["objects"], 2, "{removed}");
    assert_eq!(stand.object("HEAD", "test", "kept", None).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_bucket_is_told_with_what_to_do() {
    let stand = Stand::new().await;
    std::fs::create_dir(stand.ferry.work().join("d")).expect("a folder");
    stand.ferry.write("d/a", "a");
    put(&stand, "long", b"content").await;
    let mut full = on("PUT", "/full", status(507));
    full.times = None;
    stand.running.emulator.add_rule(full);
    for args in [
        ["put", "d/a", "test/full/a"].as_slice(),
        &["put", "-r", "d", "test/full/"],
        &["cp", "test/long", "test/full/a", "--without", "copy"],
    ] {
        let output = stand.bucket(args).run().await.expect(4);
        says(&output, &["full", "full/a", "raise the bucket's quota"]);
    }
    let script = "echo content | \"$@\"";
    let output = stand
        .shell(script, &["put", "-", "test/full/a"])
        .run()
        .await;
    says(&output.expect(4), &["raise the bucket's quota"]);
    assert_eq!(
        stand.object("HEAD", "test", "full/a", None).await.status,
        404
    );
}

/// Files end at 8 KiB, as on a full disk: what, where, what next.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_told_with_what_to_do() {
    let stand = Stand::new().await;
    put(&stand, "long", &vec![7; LONG]).await;
    put(&stand, "short", &vec![7; 50_000]).await;
    let full = "trap '' XFSZ; ulimit -f 16; exec \"$@\"";
    stand.ferry.write("target", "before");
    for name in ["long", "short"] {
        let from = format!("test/{name}");
        let get = ["get", &*from, "target", "--overwrite"];
        let output = stand.shell(full, &get).run().await.expect(74);
        says(
            &output,
            &[
                name,
                "target.ferry-part cannot be written",
                "File too large",
                "room and permission",
            ],
        );
        assert_eq!(there(&stand, "target").as_deref(), Some(&b"before"[..]));
    }
    let output = stand
        .shell("exec \"$@\" >/dev/full", &["get", "test/long", "-"])
        .run()
        .await;
    says(
        &output.expect(74),
        &["long could not be written", "No space left", "room"],
    );
    // What comes from stdin is kept on the disk where the store wants to know its length.
    let script = format!("{} </dev/zero", full.replace("exec ", ""));
    let args = ["put", "-", "test/zero", "--without", "chunked"];
    let output = stand.shell(&script, &args).run().await.expect(74);
    says(
        &output,
        &["cannot keep what comes in", "File too large", "TMPDIR"],
    );
    assert_eq!(stand.object("HEAD", "test", "zero", None).await.status, 404);
}
