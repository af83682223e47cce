//! Bodies that are not as long as they say.

use crate::house::House;

/// The bytes of an upload with these headers, whole lines, and this after the head.
fn upload(house: &House, headers: &str, rest: &str) -> Vec<u8> {
    let basic = house.basic();
    let target = house.object("a");
    format!(
        "PUT {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic}\r\n{headers}\r\n{rest}"
    )
    .into_bytes()
}

#[tokio::test]
async fn a_body_that_does_not_come_whole_stores_nothing() {
    let house = House::open().await;
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (headers, rest) in [
        ("Content-Length: 10\r\n", "hello"),
        ("Content-Length: 1000000000\r\n", "hello"),
        (chunked, "5\r\nhello\r\n"),
        (chunked, "5\r\nhello"),
        (chunked, "a\r\nhello\r\n0\r\n\r\n"),
        (chunked, "5\r\nhello\r\n0\r\n"),
        (chunked, "3\r\nhello\r\n0\r\n\r\n"),
        (chunked, "zz\r\nhello\r\n0\r\n\r\n"),
        (chunked, "-5\r\nhello\r\n0\r\n\r\n"),
        (chunked, "fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        (chunked, "ffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
        (chunked, "\r\nhello\r\n0\r\n\r\n"),
    ] {
        let answer = house.say(&upload(&house, headers, rest)).await;
        let status = answer.map(|answer| answer.status);
        assert!(
            matches!(status, None | Some(400 | 413)),
            "{rest}: {status:?}"
        );
        house.holds(&[]).await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_length_that_is_none_is_refused() {
    for dialect in ["oci", "upstream"] {
        let house = House::switched("store-dialect", dialect).await;
        for (headers, status) in [
            ("Content-Length: -1\r\n", 400),
            ("Content-Length: +5\r\n", 400),
            ("Content-Length: 0x5\r\n", 400),
            ("Content-Length: five\r\n", 400),
            ("Content-Length: 5, 6\r\n", 400),
            ("Content-Length: 5\r\nContent-Length: 6\r\n", 400),
            ("Content-Length: 99999999999999999999\r\n", 400),
            ("Content-Length: 18446744073709551615\r\n", 431),
            ("Content-Length: 60000000000\r\n", 413),
            ("Transfer-Encoding: gzip\r\n", 400),
            ("", 411),
        ] {
            let answer = house.say(&upload(&house, headers, "hello")).await.unwrap();
            assert_eq!(answer.status, status, "{headers}");
            house.holds(&[]).await;
        }
        house.close().await;
    }
}

#[tokio::test]
async fn what_follows_a_body_is_no_part_of_it() {
    let house = House::open().await;
    let hidden = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\n\r\n",
        house.object("hidden")
    );
    let after = format!("hello{hidden}");
    let chunks = format!("5\r\nhello\r\n0\r\n\r\n{hidden}");
    // Where there are two lengths, the chunks count (RFC 9112, 6.1).
    let both = "Content-Length: 60\r\nTransfer-Encoding: chunked\r\n";
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (headers, rest) in [
        ("Content-Length: 5\r\n", &after),
        (chunked, &chunks),
        (both, &chunks),
    ] {
        let answer = house.say(&upload(&house, headers, rest)).await.unwrap();
        assert_eq!(answer.status, 201, "{headers}");
        assert_eq!(house.get("a").await.text(), "hello");
        // What follows has no credentials.
        house.holds(&["a"]).await;
        house.delete("a").await;
    }
    house.close().await;
}

#[tokio::test]
async fn a_tag_of_the_whole_finds_a_shorter_length() {
    let house = House::open().await;
    let headers = "Content-Length: 4\r\nETag: 5d41402abc4b2a76b9719d911017c592\r\n";
    let answer = house.say(&upload(&house, headers, "hello")).await.unwrap();
    assert_eq!(answer.status, 422);
    house.holds(&[]).await;
    house.close().await;
}
