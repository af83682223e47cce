//! Floods of headers, and headers that are no text.

use crate::house::House;

/// So many items, of names so long and values so long.
fn items(kind: &str, count: usize, name: usize, value: usize) -> Vec<(String, String)> {
    (0..count)
        .map(|at| {
            let own = format!("{at:0name$}");
            (format!("X-{kind}-Meta-{own}"), "v".repeat(value))
        })
        .collect()
}

fn borrowed(headers: &[(String, String)]) -> Vec<(&str, &str)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

#[tokio::test]
async fn metadata_has_its_limits() {
    for dialect in ["oci", "upstream"] {
        let house = House::switched("store-dialect", dialect).await;
        for (count, name, value, taken) in [
            (90, 2, 1, true),
            (91, 2, 1, false),
            (200, 3, 0, false),
            (1, 128, 1, true),
            (1, 129, 1, false),
            (1, 1, 256, true),
            (1, 1, 257, false),
            // 4096 bytes in all, and one more for each.
            (16, 56, 200, true),
            (16, 57, 200, false),
            (1, 1, 8_193, false),
        ] {
            let given = items("Object", count, name, value);
            let put = house
                .ask("PUT", &house.object("a"), &borrowed(&given), b"1")
                .await;
            assert_eq!(
                put.status,
                if taken { 201 } else { 400 },
                "{count} {name} {value}"
            );
            let head = house.head("a").await;
            if taken {
                assert_eq!(head.beginning("x-object-meta-").len(), count);
                let posted = house
                    .ask("POST", &house.object("a"), &borrowed(&given), b"")
                    .await;
                assert_eq!(posted.status, 202);
                house.delete("a").await;
            } else {
                assert_eq!(head.status, 404);
            }
            house.holds(&[]).await;
        }
        let unnamed = [("X-Object-Meta-", "1")];
        let put = house.ask("PUT", &house.object("a"), &unnamed, b"1").await;
        assert_eq!(put.status, 400);
        house.holds(&[]).await;
        house.close().await;
    }
}

#[tokio::test]
async fn what_a_container_has_counts_with_what_comes() {
    let house = House::open().await;
    let ninety = items("Container", 90, 2, 1);
    let post = async |headers: &[(&str, &str)]| {
        house.ask("POST", &house.bucket, headers, b"").await.status
    };
    assert_eq!(post(&borrowed(&ninety)).await, 204);
    let more = [("X-Container-Meta-More", "1")];
    assert_eq!(post(&more).await, 400);
    let head = house.ask("HEAD", &house.bucket, &[], b"").await;
    assert_eq!(head.beginning("x-container-meta-").len(), 90);
    assert_eq!(head.header("x-container-meta-more"), None);
    // One goes for another.
    let exchanged = [more[0], ("X-Remove-Container-Meta-00", "x")];
    assert_eq!(post(&exchanged).await, 204);
    house.holds(&[]).await;
    house.close().await;
}

#[tokio::test]
async fn floods_of_headers_are_refused() {
    let house = House::open().await;
    let long = "v".repeat(70_000);
    let plain = |count: usize| -> Vec<(String, String)> {
        (0..count)
            .map(|at| (format!("X-Flood-{at}"), "1".to_owned()))
            .collect()
    };
    for headers in [
        plain(300),
        plain(600),
        plain(5_000),
        items("Object", 5_000, 4, 1),
        vec![("X-Flood".to_owned(), long.clone())],
        vec![("X-Object-Meta-A".to_owned(), long.clone())],
        vec![("Authorization".to_owned(), long.clone())],
        vec![(long, "1".to_owned())],
    ] {
        let bytes = house.request("PUT", &house.object("a"), &borrowed(&headers), b"1");
        let answer = house.say(&bytes).await.unwrap();
        assert!(matches!(answer.status, 400 | 431), "{}", answer.status);
        house.holds(&[]).await;
    }
    // The same one many times is many.
    let many = vec![("X-Object-Meta-A", "1"); 200];
    let put = house.ask("PUT", &house.object("a"), &many, b"1").await;
    assert_eq!(put.status, 400);
    house.holds(&[]).await;
    house.close().await;
}

#[tokio::test]
async fn headers_that_are_no_text() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("source", b"1").await;
    let (account, bucket) = house.bucket.rsplit_once('/').unwrap();
    assert!(account.starts_with("/v1/"));
    let long_name = format!("{bucket}/{}", "x".repeat(1_025));
    for (method, line, status) in [
        // Its bytes are replaced by one that says so.
        ("PUT", b"X-Object-Meta-A: a\xffb".as_slice(), 201),
        ("PUT", b"Content-Type: a\xffb", 400),
        ("PUT", b"ETag: \xff", 422),
        ("PUT", b"If-None-Match: \xff", 400),
        ("PUT", b"X-Delete-At: \xff", 400),
        ("PUT", b"X-Delete-After: -1", 400),
        ("PUT", b"X-Copy-From: c/\xff", 404),
        ("PUT", b"X-Copy-From: %00/%ff", 412),
        ("PUT", b"X-Copy-From: ../../x", 404),
        ("PUT", b"X-Object-Manifest: \xff", 400),
        ("PUT", b"Authorization: Basic \xff", 401),
        ("PUT", b"X-Object-\xff: 1", 400),
        ("PUT", b"X-Object-Meta-A\x00: 1", 400),
        ("PUT", b"X-Object-Meta-A: \x01", 400),
        ("COPY", b"Destination: c/\xff", 404),
        ("COPY", b"Destination: ../x", 404),
        ("COPY", b"Destination: %ff/%00", 412),
    ] {
        let name = if method == "COPY" { "source" } else { "a" };
        let mut head = format!(
            "{method} {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n",
            house.object(name)
        );
        if !line.starts_with(b"Authorization") {
            head.extend(["Authorization: ", &house.basic(), "\r\n"]);
        }
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&[line, b"\r\n\r\n"].concat());
        let told = line.escape_ascii();
        let answer = house.say(&bytes).await.unwrap();
        assert_eq!(answer.status, status, "{told}");
        if status == 201 {
            let head = house.head("a").await;
            assert_eq!(head.header("x-object-meta-a"), Some("a\u{fffd}b"));
            house.delete("a").await;
        }
        house.holds(&["source"]).await;
    }
    let copy = [("Destination", long_name.as_str())];
    let copied = house.ask("COPY", &house.object("source"), &copy, b"").await;
    assert_eq!(copied.status, 400);
    house.holds(&["source"]).await;
    let meta = b"X-Container-Meta-A: a\xffb\r\n\r\n";
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Length: 0\r\n",
        house.bucket,
        house.basic()
    );
    let answer = house.say(&[head.as_bytes(), meta].concat()).await.unwrap();
    assert_eq!(answer.status, 400);
    let head = house.ask("HEAD", &house.bucket, &[], b"").await;
    assert!(head.beginning("x-container-meta-").is_empty());
    house.close().await;
}
