//! Objects: stored, read, described, removed.

use crate::house::House;
use crate::wire::Wire;

/// The MD5 of `hello`.
const HELLO: &str = "5d41402abc4b2a76b9719d911017c592";

#[tokio::test]
async fn an_object_comes_back_as_it_was_stored() {
    let house = House::open().await;
    let large: Vec<u8> = (0..300_000_u32).flat_map(u32::to_le_bytes).collect();
    for (name, content) in [
        ("small", b"hello".to_vec()),
        ("empty", Vec::new()),
        ("large", large),
    ] {
        let headers = [
            ("Content-Type", "application/zip"),
            ("X-Object-Meta-Mtime", "17.5"),
        ];
        let stored = house
            .ask("PUT", &house.object(name), &headers, &content)
            .await;
        assert_eq!((stored.status, stored.body.len()), (201, 0));
        let got = house.get(name).await;
        assert_eq!(got.status, 200);
        assert!(got.body == content);
        for header in ["etag", "last-modified"] {
            assert_eq!(got.header(header), stored.header(header));
        }
        assert_eq!(
            got.header("last-modified"),
            Some("Fri, 02 Jan 2026 03:04:06 GMT")
        );
        assert_eq!(got.header("content-type"), Some("application/zip"));
        assert_eq!(got.header("x-object-meta-mtime"), Some("17.5"));
        let head = house.ask("HEAD", &house.object(name), &[], b"").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(
            head.header("content-length"),
            Some(content.len().to_string().as_str())
        );
    }
    house.close().await;
}

#[tokio::test]
async fn a_tag_is_checked_before_anything_is_stored() {
    let house = House::open().await;
    let wrong = "00000000000000000000000000000000";
    let quoted = format!("\"{HELLO}\"");
    for (tag, status) in [(wrong, 422), ("no tag", 422), (HELLO, 201), (&quoted, 201)] {
        let answer = house
            .ask("PUT", &house.object("a"), &[("ETag", tag)], b"hello")
            .await;
        assert_eq!(answer.status, status, "{tag}");
        assert_eq!(
            house.get("a").await.status,
            if status == 201 { 200 } else { 404 }
        );
    }
    assert_eq!(
        house
            .ask("PUT", &house.object("a"), &[("ETag", HELLO)], b"other")
            .await
            .status,
        422
    );
    assert_eq!(house.get("a").await.text(), "hello");
    house.close().await;
}

#[tokio::test]
async fn conditions_are_kept() {
    let house = House::open().await;
    let target = house.object("a");
    let none = [("If-None-Match", "*")];
    assert_eq!(house.ask("PUT", &target, &none, b"hello").await.status, 201);
    assert_eq!(house.ask("PUT", &target, &none, b"other").await.status, 412);
    assert_eq!(
        house
            .ask("PUT", &target, &[("If-None-Match", HELLO)], b"other")
            .await
            .status,
        400
    );
    let quoted = format!("\"{HELLO}\"");
    for (name, value, status) in [
        ("If-Match", HELLO, 200),
        ("If-Match", &quoted, 200),
        ("If-Match", "other", 412),
        ("If-None-Match", HELLO, 304),
        ("If-None-Match", "other", 200),
        ("If-Modified-Since", "Fri, 02 Jan 2026 03:04:06 GMT", 304),
        ("If-Modified-Since", "Fri, 02 Jan 2026 03:04:05 GMT", 200),
        ("If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:05 GMT", 412),
        ("If-Unmodified-Since", "Fri, 02 Jan 2026 03:04:06 GMT", 200),
    ] {
        assert_eq!(
            house
                .ask("GET", &target, &[(name, value)], b"")
                .await
                .status,
            status,
            "{name}: {value}"
        );
    }
    house.close().await;
}

#[tokio::test]
async fn ranges_are_served() {
    let house = House::open().await;
    house.put("a", b"0123456789").await;
    let big: Vec<u8> = (0..200_000_u32).map(|n| (n % 251) as u8).collect();
    house.put("big", &big).await;
    for (range, status, body, told) in [
        ("bytes=2-4", 206, "234", "bytes 2-4/10"),
        ("bytes=7-", 206, "789", "bytes 7-9/10"),
        ("bytes=-2", 206, "89", "bytes 8-9/10"),
        ("bytes=8-99", 206, "89", "bytes 8-9/10"),
    ] {
        let answer = house
            .ask("GET", &house.object("a"), &[("Range", range)], b"")
            .await;
        assert_eq!((answer.status, answer.text()), (status, body));
        assert_eq!(answer.header("content-range"), Some(told));
    }
    let answer = house
        .ask("GET", &house.object("a"), &[("Range", "bytes=10-")], b"")
        .await;
    assert_eq!(
        (answer.status, answer.header("content-range")),
        (416, Some("bytes */10"))
    );
    let answer = house
        .ask("GET", &house.object("a"), &[("Range", "bytes=5-2")], b"")
        .await;
    assert_eq!((answer.status, answer.text()), (200, "0123456789"));
    let answer = house
        .ask(
            "GET",
            &house.object("big"),
            &[("Range", "bytes=150000-199998")],
            b"",
        )
        .await;
    assert!(answer.status == 206 && answer.body == big[150_000..199_999]);
    house.close().await;
}

#[tokio::test]
async fn names_are_taken_as_they_are() {
    let house = House::open().await;
    for name in [
        "a%20b",
        "d/e/f",
        "..%2F..%2Fx",
        "a//b/",
        "%C3%A9",
        "%25",
        "a%3Fb%23c",
    ] {
        house.put(name, name.as_bytes()).await;
        assert_eq!(house.get(name).await.text(), name);
    }
    assert_eq!(house.get("d%2Fe%2Ff").await.text(), "d/e/f");
    assert_eq!(
        house.names("").await,
        ["%", "../../x", "a b", "a//b/", "a?b#c", "d/e/f", "\u{e9}"]
    );
    for (name, status) in [
        ("%00", 412),
        ("%FF", 412),
        ("a%0Ab", 400),
        (&"x".repeat(1025), 400),
    ] {
        assert_eq!(
            house
                .ask("PUT", &house.object(name), &[], b"x")
                .await
                .status,
            status
        );
    }
    house.close().await;
}

#[tokio::test]
async fn removal_and_what_is_not_there() {
    let house = House::open().await;
    house.put("a", b"1").await;
    let target = house.object("a");
    assert_eq!(house.ask("DELETE", &target, &[], b"").await.status, 204);
    for method in ["DELETE", "GET", "HEAD"] {
        assert_eq!(
            house.ask(method, &target, &[], b"").await.status,
            404,
            "{method}"
        );
    }
    assert_eq!(house.ask("PATCH", &target, &[], b"").await.status, 405);
    let (account, _) = house.bucket.rsplit_once('/').unwrap();
    assert_eq!(
        house
            .ask("PUT", &format!("{account}/none/a"), &[], b"1")
            .await
            .status,
        404
    );
    house.close().await;
}

#[tokio::test]
async fn a_length_is_needed_and_chunks_are_taken() {
    let house = House::open().await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\n",
        house.object("a"),
        house.basic()
    );
    let mut wire = Wire::connect(house.address).await;
    wire.write(format!("{head}\r\n").as_bytes()).await;
    assert_eq!(wire.read(false).await.unwrap().status, 411);
    wire.write(
        format!("{head}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n")
            .as_bytes(),
    )
    .await;
    assert_eq!(wire.read(false).await.unwrap().header("etag"), Some(HELLO));
    house.close().await;
}

#[tokio::test]
async fn an_upload_that_breaks_stores_nothing() {
    let house = House::open().await;
    house.put("a", b"before").await;
    let mut wire = Wire::connect(house.address).await;
    let mut bytes = house.request("PUT", &house.object("a"), &[], &vec![0; 200_000]);
    bytes.truncate(150_000);
    wire.write(&bytes).await;
    drop(wire);
    assert_eq!(house.get("a").await.text(), "before");
    house.close().await;
}

#[tokio::test]
async fn buckets_are_made_and_removed() {
    let house = House::open().await;
    let (account, _) = house.bucket.rsplit_once('/').unwrap();
    let bucket = format!("{account}/made.here");
    assert_eq!(house.ask("GET", &bucket, &[], b"").await.status, 404);
    assert_eq!(house.ask("PUT", &bucket, &[], b"").await.status, 201);
    // The trailing slash forgotten: the file is not stored.
    assert_eq!(
        house.ask("PUT", &bucket, &[], b"an archive").await.status,
        202
    );
    assert_eq!(house.ask("GET", &bucket, &[], b"").await.text(), "[]");
    assert_eq!(
        house
            .ask("PUT", &format!("{bucket}/x"), &[], b"12345")
            .await
            .status,
        201
    );
    let head = house.ask("HEAD", &bucket, &[], b"").await;
    assert_eq!(
        (head.status, head.header("x-container-bytes-used")),
        (204, Some("5"))
    );
    assert_eq!(house.ask("DELETE", &bucket, &[], b"").await.status, 409);
    assert_eq!(
        house
            .ask("DELETE", &format!("{bucket}/x"), &[], b"")
            .await
            .status,
        204
    );
    assert_eq!(house.ask("DELETE", &bucket, &[], b"").await.status, 204);
    assert_eq!(
        house
            .ask("PUT", &format!("{account}/not%20one"), &[], b"")
            .await
            .status,
        400
    );
    let buckets = house.ask("GET", account, &[], b"").await.json();
    assert!(
        buckets
            .as_array()
            .unwrap()
            .iter()
            .all(|bucket| bucket["name"] != "made.here")
    );
    house.close().await;
}

#[tokio::test]
async fn a_connection_serves_many_requests() {
    let house = House::open().await;
    let mut wire = Wire::connect(house.address).await;
    for round in 0..5_u8 {
        wire.write(&house.request("PUT", &house.object("a"), &[], &[round]))
            .await;
        assert_eq!(wire.read(false).await.unwrap().status, 201);
        wire.write(&house.request("HEAD", &house.object("a"), &[], b""))
            .await;
        assert_eq!(wire.read(true).await.unwrap().status, 200);
        wire.write(&house.request("GET", &house.object("a"), &[], b""))
            .await;
        assert_eq!(wire.read(false).await.unwrap().body, [round]);
    }
    house.close().await;
}
