//! Paths that want to lead elsewhere.

use ferry_emulator::Options;

use crate::house::{House, options};

#[tokio::test]
async fn names_are_taken_as_they_are_and_never_as_paths() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::with(Options {
        data: Some(folder.path().join("deep/data")),
        ..options()
    })
    .await;
    for (raw, name) in [
        ("../escaped", "../escaped"),
        ("../../../../escaped", "../../../../escaped"),
        ("%2e%2e%2fescaped", "../escaped"),
        ("..%2F..%2F..%2F..%2Fescaped", "../../../../escaped"),
        ("%252e%252e%252fescaped", "%2e%2e%2fescaped"),
        ("./escaped", "./escaped"),
        ("/escaped", "/escaped"),
        ("//escaped//", "//escaped//"),
        ("..%5Cescaped", "..\\escaped"),
        (".", "."),
        ("..", ".."),
        ("a%3Fb%23c", "a?b#c"),
        ("%zz%", "%zz%"),
        ("C%3A%5Cescaped", "C:\\escaped"),
        ("state.json", "state.json"),
    ] {
        house.put(raw, name.as_bytes()).await;
        assert_eq!(house.names("").await, [name], "{raw}");
        assert_eq!(house.get(raw).await.text(), name, "{raw}");
        house.delete(raw).await;
    }
    house.put("../state.json", b"{}").await;
    house.holds(&["../state.json"]).await;
    house.close().await;
    // On disk there are contents by their digests, and nothing anywhere else.
    let listed = |path: &str| {
        let files = fs_err::read_dir(folder.path().join(path)).unwrap();
        let mut names: Vec<String> = files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(listed(""), ["deep"]);
    assert_eq!(listed("deep"), ["data"]);
    assert_eq!(
        listed("deep/data"),
        ["blobs", "lock", "snapshots", "state.json"]
    );
    assert!(listed("deep/data/blobs").iter().all(|it| it.len() == 64));
}

#[tokio::test]
async fn what_is_no_name_stores_nothing() {
    for dialect in ["oci", "upstream"] {
        let house = House::switched("store-dialect", dialect).await;
        let (account, bucket) = house.bucket.rsplit_once('/').unwrap();
        let long = |length: usize| format!("{}/{}", house.bucket, "x".repeat(length));
        let dots = format!("{}/../{bucket}/x", house.bucket);
        // Upstream answers for every path.
        let elsewhere = if dialect == "oci" { 404 } else { 400 };
        for (target, status) in [
            (house.object("%00"), 412),
            (house.object("a%00b"), 412),
            (house.object("%ff"), 412),
            // A slash in two bytes, a half of a pair, and a byte that wants another.
            (house.object("%c0%af"), 412),
            (house.object("%ed%a0%80"), 412),
            (house.object("%c3"), 412),
            (long(1_025), 400),
            (long(9_000), 414),
            (format!("{account}//x"), 404),
            (format!("/{account}/{bucket}/x"), 404),
            (house.object("x").replacen("/v1", "/V1", 1), elsewhere),
            (house.object("x").replacen("/v1", "/v2", 1), elsewhere),
            (format!("/v1/../{bucket}/x"), 401),
            (format!("{account}/../x"), 404),
            (format!("{account}/{bucket}%00/x"), 412),
            (format!("{account}/{bucket}%FF/x"), 412),
            (format!("{account}%00/{bucket}/x"), 412),
        ] {
            let answer = house.ask("PUT", &target, &[], b"1").await;
            assert_eq!(answer.status, status, "{dialect} {target}");
            house.holds(&[]).await;
        }
        // It lies in this bucket all the same.
        assert_eq!(house.ask("PUT", &dots, &[], b"1").await.status, 201);
        house.holds(&[&format!("../{bucket}/x")]).await;
        house.close().await;
    }
}

#[tokio::test]
async fn a_slash_that_is_encoded_is_a_slash() {
    let house = House::open().await;
    let target = house.bucket.replace('/', "%2F");
    // But for those that tell whose request it is.
    let target = target.replacen("%2F", "/", 2);
    let put = house
        .ask("PUT", &format!("{target}%2Fa%2Fb"), &[], b"1")
        .await;
    assert_eq!(put.status, 201);
    house.holds(&["a/b"]).await;
    house.close().await;
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused() {
    let house = House::open().await;
    let basic = house.basic();
    for target in [b"/v1/acme/x\xff".as_slice(), b"/v1/\xc3\x28/x", b"/\xff"] {
        let start = [b"PUT ", target].concat();
        let rest = format!(
            " HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic}\r\nContent-Length: 1\r\n\r\n1"
        );
        let answer = house
            .say(&[&start, rest.as_bytes()].concat())
            .await
            .unwrap();
        assert!((400..500).contains(&answer.status), "{}", answer.status);
        house.holds(&[]).await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_query_that_is_no_text_lists_nothing() {
    for dialect in ["oci", "upstream"] {
        let house = House::switched("store-dialect", dialect).await;
        house.put("a", b"1").await;
        let (account, _) = house.bucket.rsplit_once('/').unwrap();
        for name in [
            "prefix",
            "marker",
            "end_marker",
            "delimiter",
            "path",
            "limit",
        ] {
            for listed in [account, &house.bucket] {
                let target = format!("{listed}?format=plain&{name}=%ff");
                let answer = house.ask("GET", &target, &[], b"").await;
                assert_eq!(answer.status, 400, "{target}");
                assert!(
                    answer.text().contains("parameter not valid UTF-8"),
                    "{}",
                    answer.text()
                );
            }
        }
        assert_eq!(house.names("%ff=%ff&other=%ff").await, ["a"]);
        house.holds(&["a"]).await;
        house.close().await;
    }
}

#[tokio::test]
async fn raw_nonsense_is_answered() {
    let house = House::open().await;
    for target in [
        "/",
        "//",
        "/v1",
        "/v1/",
        "/v1//",
        "/v1/%",
        "/v1/%ff/%00",
        "/_ferry",
        "/_ferry/x",
        "/ic/api/%",
        "/oauth2/",
        "*",
        "/v1/a/b/%0d%0aX:%20y",
    ] {
        let answer = house.ask("GET", target, &[], b"").await;
        assert!(
            (400..500).contains(&answer.status),
            "{target}: {}",
            answer.status
        );
    }
    house.close().await;
}
