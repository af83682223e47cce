//! Large objects, that a server joins of segments: their `ETag` looks like an MD5 and is none of their content.

use ferry_e2e::{Stand, envelope, says, stand, wire};
use serde_json::{Value, json};

const PARTS: [&[u8]; 3] = [b"first, ", b"second, ", b"third"];
const WHOLE: &[u8] = b"first, second, third";

async fn upstream() -> Stand {
    let mut options = stand::options();
    let set = options.switches.set("store-dialect", "upstream");
    set.expect("a switch");
    Stand::with(options).await
}

async fn report(stand: &Stand, args: &[&str], exit: i32) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["-o", "json"]).collect();
    let output = stand.bucket(&args).run().await.expect(exit);
    envelope(&output)
        .get_mut("report")
        .map(Value::take)
        .expect("a report")
}

/// The segments of an object, where this program would have put them.
async fn segments(stand: &Stand, name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (at, part) in PARTS.into_iter().enumerate() {
        let segment = format!(".ferry-segments/{name}/1-20-7/{at:08}");
        let put = stand.object("PUT", "test", &segment, Some(part)).await;
        assert_eq!(put.status, 201, "{}", put.head);
        all.push(segment);
    }
    all
}

/// By a list of them.
async fn joined_by_list(stand: &Stand, name: &str) {
    let url = stand.card("test", "storage_url");
    let bucket = url.rsplit('/').next().expect("a bucket");
    let list: Vec<Value> = segments(stand, name)
        .await
        .iter()
        .map(|segment| json!({"path": format!("/{bucket}/{segment}")}))
        .collect();
    let list = serde_json::to_vec(&list).expect("JSON");
    let put = format!("{name}?multipart-manifest=put");
    let put = stand.object("PUT", "test", &put, Some(&list)).await;
    assert_eq!(put.status, 201, "{}", put.head);
}

/// By the beginning of their names.
async fn joined_by_name(stand: &Stand, name: &str) {
    segments(stand, name).await;
    let url = stand.card("test", "storage_url");
    let bucket = url.rsplit('/').next().expect("a bucket");
    let [user, password] = ["storage_user", "storage_password"].map(|key| stand.card("test", key));
    let prefix = format!("{bucket}/.ferry-segments/{name}/1-20-7/");
    let headers = [
        ("Authorization", &*wire::basic(&user, &password)),
        ("X-Object-Manifest", &prefix),
    ];
    let put = wire::with_headers("PUT", &format!("{url}/{name}"), &headers, Some(b"")).await;
    assert_eq!(put.expect("an answer").status, 201);
}

async fn both() -> Stand {
    let stand = upstream().await;
    joined_by_list(&stand, "by-list").await;
    joined_by_name(&stand, "by-name").await;
    stand
}

fn read(stand: &Stand, path: &str) -> Vec<u8> {
    std::fs::read(stand.ferry.work().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn they_come_whole_and_are_known_again() {
    let stand = both().await;
    for name in ["by-list", "by-name"] {
        let from = format!("test/{name}");
        let fetched = report(&stand, &["get", &from, "one"], 0).await;
        assert_eq!(fetched["bytes"], WHOLE.len(), "{fetched}");
        assert_eq!(fetched["verified-by"], "size", "{fetched}");
        assert_eq!(read(&stand, "one"), WHOLE);
        let again = report(&stand, &["get", &from, "one"], 0).await;
        assert_eq!(again["already-there"], true, "{again}");
        assert_eq!(again["sha256"], wire::sha256(WHOLE));
        let output = stand.bucket(&["get", &from, "-"]).run().await.expect(0);
        assert_eq!(output.stdout.as_bytes(), WHOLE);
        std::fs::write(stand.ferry.work().join("one"), "first, SECOND, third").expect("a file");
        stand.bucket(&["get", &from, "one"]).run().await.expect(8);
        std::fs::remove_file(stand.ferry.work().join("one")).expect("a file to remove");
    }
    let fetched = report(&stand, &["get", "-r", "test", "out"], 0).await;
    assert_eq!(
        (&fetched["objects"], &fetched["bytes"]),
        (&json!(2), &json!(2 * WHOLE.len())),
        "{fetched}"
    );
    let again = report(&stand, &["get", "-r", "test", "out"], 0).await;
    assert_eq!(again["already-there"], 2, "{again}");
    // The same the other way.
    let put = report(&stand, &["put", "-r", "out", "test"], 0).await;
    assert_eq!(put["already-there"], 2, "{put}");
    for name in ["by-list", "by-name"] {
        let (file, to) = (format!("out/{name}"), format!("test/{name}"));
        let put = report(&stand, &["put", &file, &to], 0).await;
        assert_eq!(put["already-there"], true, "{put}");
        std::fs::write(stand.ferry.work().join(&file), "first, SECOND, third").expect("a file");
        stand.bucket(&["put", &file, &to]).run().await.expect(8);
    }
    let some = report(&stand, &["put", "-r", "out", "test"], 3).await;
    assert_eq!(some["failed"].as_array().map(Vec::len), Some(2), "{some}");
    let some = report(&stand, &["get", "-r", "test", "out"], 3).await;
    assert_eq!(some["failed"].as_array().map(Vec::len), Some(2), "{some}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_tells_of_them_what_their_etag_does_not() {
    let stand = both().await;
    for name in ["by-list", "by-name"] {
        for (bytes, exit) in [(WHOLE, 0), (&b"first, SECOND, third"[..], 1)] {
            let card = json!({
                "schema": "ferry-card/1",
                "name": name,
                "bytes": bytes.len(),
                "sha256": wire::sha256(bytes),
            });
            let (card_name, text) = (format!("{name}.ferry.json"), card.to_string());
            let put = stand.object("PUT", "test", &card_name, Some(text.as_bytes()));
            assert_eq!(put.await.status, 201);
            let from = format!("test/{name}");
            let target = format!("{name}-{exit}");
            let got = stand.bucket(&["get", &from, &target]).run().await;
            let got = got.expect(exit);
            let there = std::fs::read(stand.ferry.work().join(&target)).ok();
            assert_eq!(there.as_deref(), (exit == 0).then_some(WHOLE), "{got}");
        }
    }
    let some = report(&stand, &["get", "-r", "test", "out"], 3).await;
    assert_eq!(some["objects"], 2, "the cards: {some}");
    let left: Vec<_> = std::fs::read_dir(stand.ferry.work().join("out"))
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn their_copies_are_whole() {
    let stand = both().await;
    for name in ["by-list", "by-name"] {
        for to in [format!("prod/{name}"), format!("test/copy/{name}")] {
            let copied = report(&stand, &["cp", &format!("test/{name}"), &to], 0).await;
            assert_eq!(copied["bytes"], WHOLE.len(), "{copied}");
            let (environment, name) = to.split_once('/').expect("a place");
            let there = stand.object("GET", environment, name, None).await;
            assert!(there.body == WHOLE, "{to}: {}", there.head);
        }
    }
    // A copy holds its bytes by itself.
    stand
        .bucket(&["rm", "test/by-list", "test/by-name"])
        .run()
        .await
        .expect(0);
    for name in ["copy/by-list", "copy/by-name"] {
        let there = stand.object("GET", "test", name, None).await;
        assert!(there.body == WHOLE, "{name}: {}", there.head);
    }
}

/// By name and by prefix, and what replaces them: no segment stays behind.
#[tokio::test(flavor = "multi_thread")]
async fn their_segments_go_with_them() {
    let stand = both().await;
    stand.ferry.write("small", "small");
    for gone in [
        ["rm", "test/by-list", "test/by-name"].as_slice(),
        &["rm", "-r", "test/by-", "--yes"],
        &["rm", "-r", "test", "--yes"],
    ] {
        let removed = stand.bucket(gone).run().await.expect(0);
        let listed = report(&stand, &["ls", "-r", "test"], 0).await;
        assert_eq!(listed["objects"], json!([]), "{gone:?}: {removed}");
        joined_by_list(&stand, "by-list").await;
        joined_by_name(&stand, "by-name").await;
    }
    for name in ["by-list", "by-name"] {
        let to = format!("test/{name}");
        let put = stand.bucket(&["put", "small", &to, "--overwrite"]);
        says(&put.run().await.expect(0), &[]);
    }
    let listed = report(&stand, &["ls", "-r", "test"], 0).await;
    let names: Vec<_> = listed["objects"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|object| object["name"].as_str())
        .collect();
    assert_eq!(names, ["by-list", "by-name"]);
}
