//! `ferry bucket`: each command, its report, its exit codes, and pipes.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "helpers of tests"
)]

use std::path::Path;

use ferry_e2e::{Stand, envelope, files, says, stand, wire};
use ferry_emulator::{Action, Rule};
use ferry_testkit::cli::Output;
use serde_json::{Value, json};

/// `ferry bucket …` on this stand.
async fn report(stand: &Stand, args: &[&str], exit: i32) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["-o", "json"]).collect();
    let output = stand.bucket(&args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

fn read(stand: &Stand, path: &str) -> Vec<u8> {
    std::fs::read(stand.ferry.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn folder(stand: &Stand, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = stand.ferry.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}

/// The paths of all files below a folder, sorted.
fn below(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_goes_there_and_comes_back() {
    let stand = Stand::new().await;
    let content = stand::application();
    folder(&stand, &[("a.bin", &content)]);
    let stored = report(&stand, &["put", "a.bin", "test/x/"], 0).await;
    assert_eq!(stored["action"], "put");
    assert_eq!(stored["to"], "test/x/a.bin");
    assert_eq!(stored["bytes"], content.len());
    assert_eq!(stored["sha256"], wire::sha256(&content));
    assert_eq!(stored["already-there"], false);
    let there = stand.object("GET", "test", "x/a.bin", None).await;
    assert_eq!((there.status, there.body == content), (200, true));

    let seen = report(&stand, &["stat", "bucket:test/x/a.bin"], 0).await;
    assert_eq!(seen["bytes"], content.len());
    assert_eq!(seen["sha256"], Value::Null);

    let fetched = report(&stand, &["get", "test/x/a.bin", "b.bin"], 0).await;
    assert_eq!(fetched["verified-by"], "md5");
    assert_eq!(fetched["sha256"], wire::sha256(&content));
    assert_eq!(read(&stand, "b.bin"), content);
    assert_eq!(below(&stand.ferry.work()), ["a.bin", "b.bin"]);

    // The same once more moves nothing.
    let puts = stand.seen("PUT", "a.bin");
    let again = report(&stand, &["put", "a.bin", "test/x/a.bin"], 0).await;
    assert_eq!(again["already-there"], true);
    assert_eq!(stand.seen("PUT", "a.bin"), puts);
    let again = report(&stand, &["get", "test/x/a.bin", "b.bin"], 0).await;
    assert_eq!(again["already-there"], true);

    for (to, name) in [("prod", "x/a.bin"), ("prod/y/", "y/a.bin"), ("prod/z", "z")] {
        let copied = report(&stand, &["cp", "test/x/a.bin", to], 0).await;
        assert_eq!(copied["to"], format!("prod/{name}"));
        let there = stand.object("GET", "prod", name, None).await;
        assert!(there.body == content, "{name}: {}", there.head);
    }
    let again = report(&stand, &["cp", "test/x/a.bin", "prod"], 0).await;
    assert_eq!(again["already-there"], true);

    let removed = report(&stand, &["rm", "prod/z"], 0).await;
    assert_eq!(
        (&removed["objects"], &removed["failed"]),
        (&json!(1), &json!([]))
    );
    assert_eq!(stand.object("HEAD", "prod", "z", None).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_content_is_8_until_it_is_to_be_replaced() {
    let stand = Stand::new().await;
    folder(&stand, &[("a.txt", b"one"), ("b.txt", b"two")]);
    report(&stand, &["put", "a.txt", "test"], 0).await;
    for args in [
        ["put", "b.txt", "test/a.txt"].as_slice(),
        &["get", "test/a.txt", "b.txt"],
    ] {
        let output = stand.bucket(args).run().await.expect(8);
        says(&output, &["another content", "--overwrite"]);
    }
    assert_eq!(read(&stand, "b.txt"), b"two");
    assert_eq!(
        stand.object("GET", "test", "a.txt", None).await.body,
        b"one"
    );
    report(&stand, &["put", "b.txt", "prod/a.txt"], 0).await;
    stand
        .bucket(&["cp", "test/a.txt", "prod"])
        .run()
        .await
        .expect(8);
    report(&stand, &["cp", "test/a.txt", "prod", "--overwrite"], 0).await;
    assert_eq!(
        stand.object("GET", "prod", "a.txt", None).await.body,
        b"one"
    );
    report(&stand, &["put", "b.txt", "test/a.txt", "--overwrite"], 0).await;
    report(&stand, &["get", "test/a.txt", "a.txt", "--overwrite"], 0).await;
    assert_eq!(read(&stand, "a.txt"), b"two");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listing_goes_by_folders_or_shows_all() {
    let stand = Stand::new().await;
    for name in ["a", "x/1", "x/2", "x/y/3"] {
        let put = stand.object("PUT", "test", name, Some(b"12")).await;
        assert_eq!(put.status, 201);
    }
    let names = |report: &Value| -> Vec<String> {
        let objects = report["objects"].as_array().unwrap().iter();
        objects
            .map(|object| object["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let top = report(&stand, &["ls", "test"], 0).await;
    assert_eq!(
        (&top["folders"], names(&top)),
        (&json!(["x/"]), vec!["a".to_owned()])
    );
    let x = report(&stand, &["ls", "test/x/"], 0).await;
    assert_eq!(
        (&x["folders"], names(&x)),
        (&json!(["x/y/"]), vec!["x/1".to_owned(), "x/2".to_owned()])
    );
    let all = report(&stand, &["ls", "test", "--recursive"], 0).await;
    assert_eq!((&all["folders"], names(&all).len()), (&json!([]), 4));
    let output = stand.bucket(&["ls", "test", "-r"]).run().await.expect(0);
    assert!(
        output.stdout.contains("x/y/3\n4 objects, 8 B\n"),
        "{output}"
    );
    stand.bucket(&["ls", "prod"]).run().await.expect(0);
    stand.bucket(&["ls", "test/nothing"]).run().await.expect(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_goes_there_and_comes_back() {
    let stand = Stand::new().await;
    let all: [(&str, &[u8]); 4] = [
        ("d/a.txt", b"a"),
        ("d/b.zip", b"bb"),
        ("d/e/c.zip", b"ccc"),
        ("d/e/f/empty", b""),
    ];
    folder(&stand, &all);
    let would = report(&stand, &["put", "-r", "d", "test/up/", "--dry-run"], 0).await;
    assert_eq!(
        (&would["objects"], &would["dry-run"]),
        (&json!(4), &json!(true))
    );
    assert_eq!(would["would"][2]["name"], "up/e/c.zip");
    assert_eq!(stand.seen("PUT", "/up/"), 0);
    let stored = report(
        &stand,
        &["put", "-r", "d", "test/up/", "--exclude", "a*"],
        0,
    )
    .await;
    assert_eq!(
        (&stored["objects"], &stored["bytes"]),
        (&json!(3), &json!(5))
    );
    // One request for each object, and what is there already is left.
    let stored = report(&stand, &["put", "-r", "d", "test/up/"], 0).await;
    assert_eq!(
        (&stored["objects"], &stored["already-there"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(stand.seen("PUT", "/up/"), 4);
    assert_eq!(stand.seen("HEAD", "/up/"), 0);

    let args = ["get", "-r", "test/up/", "out", "--include", "**/*.zip"];
    let fetched = report(&stand, &args, 0).await;
    assert_eq!(
        (&fetched["objects"], &fetched["bytes"]),
        (&json!(2), &json!(5))
    );
    assert_eq!(stand.seen("GET", "/up/"), 2);
    let fetched = report(&stand, &["get", "-r", "test/up/", "out"], 0).await;
    assert_eq!(
        (&fetched["objects"], &fetched["already-there"]),
        (&json!(2), &json!(2))
    );
    for (name, content) in all {
        assert_eq!(read(&stand, &name.replacen("d/", "out/", 1)), content);
    }
    assert_eq!(
        below(&stand.ferry.work().join("out")),
        ["a.txt", "b.zip", "e/c.zip", "e/f/empty"]
    );

    // Another content is one failure of many, each way.
    std::fs::write(stand.ferry.work().join("out/a.txt"), "other").unwrap();
    for args in [
        ["get", "-r", "test/up/", "out"],
        ["put", "-r", "out", "test/up/"],
    ] {
        let some = report(&stand, &args, 3).await;
        assert_eq!(some["already-there"], 3, "{some}");
        assert!(
            some["failed"][0]["why"]
                .as_str()
                .unwrap()
                .contains("--overwrite"),
            "{some}"
        );
    }
    let nothing = report(&stand, &["get", "-r", "test/none/", "out"], 1).await;
    assert_eq!(nothing["objects"], 0);

    let would = report(&stand, &["rm", "-r", "test/up/", "--dry-run"], 0).await;
    assert_eq!(would["objects"], 4);
    let removed = report(
        &stand,
        &["rm", "-r", "test/up/", "--exclude", "e/**", "--yes"],
        0,
    )
    .await;
    assert_eq!(removed["objects"], 2);
    let left = report(&stand, &["ls", "-r", "test"], 0).await;
    assert_eq!(left["objects"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_meant_is_2() {
    let stand = Stand::new().await;
    folder(&stand, &[("d/a", b"a")]);
    for (args, told) in [
        (["get", "test"].as_slice(), "no object"),
        (&["get", "-r", "test", "-"], "into a folder"),
        (&["get", "-r", "test"], "into a folder"),
        (&["get", "nowhere/a"], "known ones are"),
        (&["put", "-", "test"], "no name of its own"),
        (&["put", "-", "test/x/"], "no name of its own"),
        (&["put", "d", "test"], "--recursive"),
        (&["put", "-r", "d", "test/glued"], "test/glued/"),
        (&["put", "-r", "-", "test"], "no folder"),
        (&["rm", "test/a", "prod/a"], "one bucket"),
        (&["rm", "-r", "test"], "--yes"),
        (&["rm", "-r", "test/a", "test/b", "--yes"], "one prefix"),
        (&["get", "test/a", "--include", "*"], "--recursive"),
        (&["rm", "test/a", "--without", "magic"], "bulk-delete"),
        (&["stat", "/a"], "name of an environment"),
    ] {
        let output = stand.bucket(args).run().await.expect(2);
        says(&output, &[told]);
    }
    assert!(stand.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_1() {
    let stand = Stand::new().await;
    for args in [
        ["stat", "test/a"].as_slice(),
        &["get", "test/a"],
        &["get", "test/a", "-"],
        &["cp", "test/a", "prod"],
        &["rm", "test/a"],
    ] {
        stand.bucket(args).run().await.expect(1);
    }
    assert!(below(&stand.ferry.work()).is_empty());
    stand.object("PUT", "test", "b", Some(b"b")).await;
    let some = report(&stand, &["rm", "test/a", "test/b"], 3).await;
    assert_eq!(
        (&some["objects"], &some["failed"][0]["name"]),
        (&json!(1), &json!("a"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stdout_has_the_data_and_nothing_else() {
    let stand = Stand::new().await;
    let content = stand::application();
    stand.object("PUT", "test", "a.bin", Some(&content)).await;
    for format in ["table", "json"] {
        let script = "\"$@\" | sha256sum";
        let args = ["get", "test/a.bin", "-", "-o", format];
        let output = stand.shell(script, &args).run().await.expect(0);
        assert_eq!(output.stdout, format!("{}  -\n", wire::sha256(&content)));
    }
    let output = stand
        .bucket(&["get", "test/none", "-", "-o", "json"])
        .run()
        .await
        .expect(1);
    assert_eq!(output.stdout, "");
    says(&output, &["error:"]);
    let full = stand.shell("exec \"$@\" >/dev/full", &["get", "test/a.bin", "-"]);
    full.run().await.expect(74);
}

#[tokio::test(flavor = "multi_thread")]
async fn stdin_is_stored_as_it_comes() {
    let stand = Stand::new().await;
    let content = stand::application();
    let path = stand.ferry.write("a.bin", &content).display().to_string();
    let script = format!("cat '{path}' '{path}' | \"$@\"");
    let twice = [content.clone(), content].concat();
    for without in [["--without", "chunked"].as_slice(), &[]] {
        let name = format!("test/{}.bin", without.len());
        let args: Vec<&str> = ["put", "-", &name]
            .into_iter()
            .chain(without.iter().copied())
            .collect();
        stand.shell(&script, &args).run().await.expect(0);
        let there = stand.object("GET", "test", &name[5..], None).await;
        assert!(there.body == twice, "{}", there.head);
        // Read once, it cannot be compared with what is there.
        stand.shell(&script, &args).run().await.expect(8);
    }
    let listed = report(&stand, &["ls", "-r", "test"], 0).await;
    assert_eq!(
        listed["objects"].as_array().unwrap().len(),
        2,
        "trials leave nothing behind: {listed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_tells_the_sha256_where_the_etag_is_no_md5() {
    let mut options = stand::options();
    options.switches.set("etag", "opaque").unwrap();
    let stand = Stand::with(options).await;
    folder(&stand, &[("a.zip", b"content")]);
    let stored = report(&stand, &["put", "a.zip", "test", "--card"], 0).await;
    assert_eq!(stored["card"], "a.zip.ferry.json");
    let card = stand
        .object("GET", "test", "a.zip.ferry.json", None)
        .await
        .json();
    assert_eq!(
        card,
        json!({"schema": "ferry-card/1", "name": "a.zip", "bytes": 7, "sha256": wire::sha256(b"content")})
    );
    let seen = report(&stand, &["stat", "test/a.zip"], 0).await;
    assert_eq!(seen["sha256"], wire::sha256(b"content"));
    let fetched = report(&stand, &["get", "test/a.zip", "b.zip"], 0).await;
    assert_eq!(fetched["verified-by"], "card");
    // Damage of the same size, which no ETag tells.
    stand.object("PUT", "test", "a.zip", Some(b"damaged")).await;
    let output = stand
        .bucket(&["get", "test/a.zip", "c.zip"])
        .run()
        .await
        .expect(1);
    says(&output, &["not what its card says", "nothing was kept"]);
    // A file that is to be replaced stays until the card has been compared: here it cannot be read.
    folder(&stand, &[("b.zip", b"earlier")]);
    let replace = ["get", "test/a.zip", "b.zip", "--overwrite"];
    stand.bucket(&replace).run().await.expect(1);
    stand.running.emulator.add_rule(Rule {
        path: Some("/a.zip.ferry.json".to_owned()),
        ..Rule::new(Action::Status {
            code: 403,
            body: None,
            headers: [].into(),
        })
    });
    stand.bucket(&replace).run().await.expect(4);
    stand.running.emulator.clear_rules();
    assert_eq!(read(&stand, "b.zip"), b"earlier");
    let some = report(&stand, &["get", "-r", "test", "out"], 3).await;
    assert_eq!(
        (&some["objects"], &some["failed"][0]["name"]),
        (&json!(1), &json!("a.zip"))
    );
    assert_eq!(
        below(&stand.ferry.work()),
        ["a.zip", "b.zip", "out/a.zip.ferry.json"]
    );
    // What replaces an object with a card gets a card.
    report(&stand, &["put", "a.zip", "test", "--overwrite"], 0).await;
    report(&stand, &["get", "test/a.zip", "d.zip"], 0).await;
    let without = report(&stand, &["put", "a.zip", "test/plain.zip"], 0).await;
    assert_eq!(without["card"], Value::Null);
    let fetched = report(&stand, &["get", "test/plain.zip", "e.zip"], 0).await;
    assert_eq!(fetched["verified-by"], "size");
    // A card goes with its object: it would speak of the next one of that name.
    report(&stand, &["put", "a.zip", "test/x/a.zip", "--card"], 0).await;
    let removed = report(&stand, &["rm", "test/a.zip"], 0).await;
    assert_eq!(removed["objects"], 2, "{removed}");
    let some = ["rm", "-r", "test", "--include", "x/*.zip", "--yes"];
    assert_eq!(report(&stand, &some, 0).await["objects"], 2);
    let left = report(&stand, &["ls", "-r", "test"], 0).await;
    assert_eq!(left["objects"][0]["name"], "plain.zip", "{left}");
    assert_eq!(left["objects"].as_array().unwrap().len(), 1, "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_any_output() {
    let stand = Stand::new().await;
    folder(&stand, &[("d/a.txt", b"a")]);
    let secret = stand.card("test", "storage_password");
    for args in [
        ["put", "-r", "d", "test"].as_slice(),
        &["ls", "test"],
        &["stat", "test/a.txt"],
        &["get", "test/a.txt", "b.txt"],
        &["cp", "test/a.txt", "prod"],
        &["rm", "test/a.txt"],
    ] {
        let args: Vec<&str> = args.iter().copied().chain(["-v", "-o", "json"]).collect();
        let Output { stdout, stderr, .. } = stand.bucket(&args).run().await.expect(0);
        assert!(
            !stdout.contains(&secret) && !stderr.contains(&secret),
            "{args:?}"
        );
        // -v told the requests, so that there was something to hide in.
        assert!(stderr.contains("/v1/"), "{stderr}");
    }
}
