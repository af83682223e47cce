//! Requests' heads: whole, slow, endless, ambiguous, and no heads at all.

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::house::{House, ask, get, read};

#[tokio::test]
async fn a_host_is_one_host() {
    let house = House::open().await;
    let line = "GET /nowhere HTTP/1.1\r\n";
    for (head, status) in [
        ("Host: localhost\r\n", 404),
        ("Host: [::1]:8087\r\n", 404),
        (
            "Host: swiftobjectstorage.us-phoenix-1.oraclecloud.com:443\r\n",
            412,
        ),
        ("", 400),
        ("Host: \r\n", 400),
        ("Host: localhost\r\nHost: localhost\r\n", 400),
        ("Host: user:pass@localhost\r\n", 400),
        ("Host: localhost/x\r\n", 400),
        ("Host: local host\r\n", 400),
        ("Host: localhost:99999\r\n", 400),
        ("Host: [::1\r\n", 400),
        ("Host: \u{e4}\r\n", 400),
    ] {
        let answer = house.say(format!("{line}{head}\r\n")).await;
        assert_eq!(answer.status, status, "{head}");
    }
    // HTTP/1.0 has none.
    assert_eq!(house.say("GET /nowhere HTTP/1.0\r\n\r\n").await.status, 404);
    let refused = house.emulator.journal().into_iter().nth(3).unwrap();
    assert_eq!(
        refused.refusal.as_deref(),
        Some("the Host header is missing")
    );
}

#[tokio::test]
async fn an_absolute_target_counts_before_the_host() {
    let house = House::open().await;
    let ask = |target: &str, host: &str| {
        house.say(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n"))
    };
    let own = ask("http://localhost/_ferry/health", "example.com").await;
    assert_eq!(own.status, 200);
    let foreign = ask("http://example.com/_ferry/health", "localhost").await;
    assert_eq!(foreign.status, 403);
    let store = ask(
        "http://swiftobjectstorage.us-phoenix-1.oraclecloud.com/",
        "localhost",
    )
    .await;
    assert!(store.has("x-trans-id"), "{}", store.head);
    let user = ask("http://user@localhost/_ferry/health", "localhost").await;
    assert_eq!(user.status, 400);
}

#[tokio::test]
async fn heads_have_a_greatest_length() {
    let house = House::open().await;
    let long = |length: usize| get(&format!("/{}", "x".repeat(length)), "");
    assert_eq!(house.say(long(8_000)).await.status, 404);
    let answer = house.say(long(9_000)).await;
    assert_eq!(answer.status, 414);
    assert!(answer.head.starts_with("HTTP/1.1 414 URI Too Long\r\n"));
    let many: String = (0..300).map(|n| format!("X-{n}: 1\r\n")).collect();
    assert_eq!(house.say(get("/", &many)).await.status, 431);
    let wide = format!("X: {}\r\n", "x".repeat(200_000));
    assert_eq!(house.say(get("/", &wide)).await.status, 431);
    house.is_well().await;
}

#[tokio::test]
async fn a_head_without_an_end_is_cut_off() {
    let house = House::open().await;
    let mut stream = house.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
        .await
        .unwrap();
    let line = format!("X: {}\r\n", "x".repeat(1_000)).repeat(100);
    let mut sent = 0;
    while stream.write_all(line.as_bytes()).await.is_ok() {
        sent += line.len();
        assert!(sent < 64 * 1024 * 1024, "a flood of headers has no end");
    }
    house.is_well().await;
}

/// Time is that of tokio, and passes by itself where everybody waits.
#[tokio::test(start_paused = true)]
async fn a_slow_head_is_not_waited_for() {
    let house = House::open().await;
    let before = tokio::time::Instant::now();
    for start in ["", "G", "GET / HTTP/1.1\r\nHost: local"] {
        let answer = house.say(start).await;
        assert_eq!(answer.status, 0, "{start}");
    }
    assert_eq!(before.elapsed().as_secs(), 90);
    house.is_well().await;
}

#[tokio::test]
async fn no_request_hides_in_another() {
    let house = House::open().await;
    let hidden = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let post = |headers: &str, rest: &str| {
        format!("POST /outer HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n{rest}")
    };
    for headers in [
        "Content-Length: 0\r\nContent-Length: 5\r\n",
        "Content-Length: 0, 5\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x10\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length : 5\r\n",
        "X: 1\r\n folded\r\n",
        "\u{0}: 1\r\n",
    ] {
        let answer = house.say(post(headers, hidden)).await;
        assert!(
            matches!(answer.status, 400 | 431),
            "{headers}: {}",
            answer.status
        );
    }
    // Both lengths: the chunks count (RFC 9112, 6.1), so that what follows them is a request of its own.
    let both = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    let answer = house.say(post(both, "0\r\n\r\n")).await;
    assert_eq!(answer.status, 404);
    let answer = house
        .say(post("Transfer-Encoding: chunked\r\n", "zz\r\n\r\n"))
        .await;
    assert!(matches!(answer.status, 0 | 400), "{}", answer.status);
    let journal = house.emulator.journal();
    assert!(journal.iter().all(|record| record.target == "/outer"));
    house.is_well().await;
}

#[tokio::test]
async fn requests_in_a_row_are_answered_in_order() {
    let house = House::open().await;
    let mut stream = house.connect().await;
    let all = [get("/a", ""), get("/_ferry/health", ""), get("/b", "")].concat();
    assert_eq!(ask(&mut stream, &all).await.status, 404);
    assert_eq!(read(&mut stream).await.status, 200);
    assert_eq!(read(&mut stream).await.status, 404);
}

#[tokio::test]
async fn other_methods_and_versions() {
    let house = House::open().await;
    let mut stream = house.connect().await;
    let head = "HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
    assert!(answer.contains("Content-Length: 34\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
    let answer = house
        .say("GET /_ferry/health HTTP/1.0\r\nHost: localhost\r\n\r\n")
        .await;
    assert_eq!(answer.status, 200);
    assert!(
        answer.head.starts_with("HTTP/1.0 200 OK\r\n"),
        "{}",
        answer.head
    );
    let answer = house.say("GET / HTTP/2.0\r\nHost: localhost\r\n\r\n").await;
    assert!(matches!(answer.status, 0 | 400 | 505), "{}", answer.status);
    let answer = house.say("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").await;
    assert!(matches!(answer.status, 0 | 400), "{}", answer.status);
    house.is_well().await;
}

#[test]
fn garbage_is_refused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let house = runtime.block_on(House::open());
    proptest!(ProptestConfig::with_cases(128), |(start in prop::sample::select(vec!["", "GET ", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\nHost: x\r\n"]), noise in prop::collection::vec(any::<u8>(), 0..300))| {
        let bytes = [start.as_bytes(), &noise, b"\r\n\r\n"].concat();
        runtime.block_on(async {
            let mut stream = house.connect().await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            let answer = read(&mut stream).await;
            prop_assert!(answer.status == 0 || (400..500).contains(&answer.status), "{}", answer.status);
            house.is_well().await;
            Ok(())
        })?;
    });
}
