//! Bodies that are cut, shortened, slowed or wrong, each way: what is seen, what is stored, and that the next request
//! is served.

use ferry_emulator::{Action, Way};
use md5::{Digest as _, Md5};

use super::on;
use crate::house::House;

static CONTENT: [u8; 300_000] = [b'x'; 300_000];

fn md5(bytes: &[u8]) -> String {
    let digits = Md5::digest(bytes);
    digits.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn wrong(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte != b'x').count()
}

#[tokio::test]
async fn an_answer_is_cut() {
    let house = House::open().await;
    house.put("a", &CONTENT).await;
    let (after, way) = (100_000, Way::Down);
    house
        .emulator
        .add_rule(on("GET", Action::Cut { after, way }));
    let cut = house.get("a").await;
    assert!(cut.status == 200 && !cut.whole);
    assert_eq!(cut.header("content-length"), Some("300000"));
    assert_eq!(cut.body.len(), 100_000);
    assert!(house.get("a").await.body == CONTENT);
    house.close().await;
}

#[tokio::test]
async fn an_upload_is_cut_by_a_reset() {
    let house = House::open().await;
    for (after, body) in [(0, "hello"), (3, "hello"), (9, "hello")] {
        let cut = Action::Cut {
            after,
            way: Way::Up,
        };
        house.emulator.add_rule(on("PUT", cut));
        let error = house
            .try_ask("PUT", &house.object("a"), &[], body.as_bytes())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
        let put = house.emulator.journal().pop().unwrap();
        assert_eq!(
            put.refusal.as_deref(),
            Some("fault: connection reset, not carried out")
        );
        assert_eq!(house.get("a").await.status, 404);
    }
    // What has no body has none that is cut.
    let (after, way) = (0, Way::Up);
    house
        .emulator
        .add_rule(on("HEAD", Action::Cut { after, way }));
    assert_eq!(house.head("a").await.status, 404);
    house.put("a", b"hello").await;
    house.close().await;
}

#[tokio::test]
async fn a_large_upload_that_is_cut_leaves_nothing() {
    let house = House::open().await;
    house.put("a", b"before").await;
    let (after, way) = (200_000, Way::Up);
    house
        .emulator
        .add_rule(on("PUT", Action::Cut { after, way }));
    let cut = house
        .try_ask("PUT", &house.object("a"), &[], &CONTENT)
        .await;
    assert!(cut.is_err());
    assert_eq!(house.get("a").await.text(), "before");
    house.put("a", &CONTENT).await;
    house.close().await;
}

#[tokio::test]
async fn a_bit_of_an_answer_is_wrong() {
    let house = House::open().await;
    house.put("a", &CONTENT).await;
    let way = Way::Down;
    house.emulator.add_rule(on("GET", Action::Corrupt { way }));
    let corrupt = house.get("a").await;
    assert!(corrupt.whole && corrupt.body.len() == CONTENT.len());
    assert_eq!(wrong(&corrupt.body), 1);
    assert_eq!(corrupt.header("etag"), Some(md5(&CONTENT).as_str()));
    assert!(house.get("a").await.body == CONTENT);
    house.close().await;
}

#[tokio::test]
async fn a_bit_of_an_upload_is_wrong() {
    let house = House::open().await;
    let corrupt = || on("PUT", Action::Corrupt { way: Way::Up });
    let etag = md5(&CONTENT);
    house.emulator.add_rule(corrupt());
    let tagged = [("ETag", etag.as_str())];
    let refused = house
        .ask("PUT", &house.object("a"), &tagged, &CONTENT)
        .await;
    assert_eq!(refused.status, 422);
    assert_eq!(house.get("a").await.status, 404);
    house.emulator.add_rule(corrupt());
    let stored = house.ask("PUT", &house.object("a"), &[], &CONTENT).await;
    assert_eq!(stored.status, 201);
    let got = house.get("a").await;
    assert_eq!((got.body.len(), wrong(&got.body)), (CONTENT.len(), 1));
    assert_eq!(stored.header("etag"), Some(md5(&got.body).as_str()));
    assert_ne!(stored.header("etag"), Some(etag.as_str()));
    let stored = house
        .ask("PUT", &house.object("a"), &tagged, &CONTENT)
        .await;
    assert_eq!(stored.status, 201);
    assert!(house.get("a").await.body == CONTENT);
    house.close().await;
}

#[tokio::test]
async fn an_answer_is_shorter_and_does_not_say_so() {
    let house = House::open().await;
    let shorter = |after, method| {
        let way = Way::Down;
        on(method, Action::Truncate { after, way })
    };
    for size in [10, CONTENT.len()] {
        house.put("a", &CONTENT[..size]).await;
        for after in [0, 7, 100_000_000] {
            house.emulator.add_rule(shorter(after, "GET"));
            let got = house.get("a").await;
            let left = size.min(usize::try_from(after).unwrap());
            assert!(got.status == 200 && got.whole && got.body.len() == left);
            let told = got.header("content-length").unwrap();
            assert_eq!(told, left.to_string());
            // Only these tell.
            assert_eq!(got.header("etag"), Some(md5(&CONTENT[..size]).as_str()));
            house.emulator.add_rule(shorter(after, "HEAD"));
            let head = house.head("a").await;
            assert_eq!(head.header("content-length"), Some(&*size.to_string()));
        }
        assert!(house.get("a").await.body == CONTENT[..size]);
    }
    house.emulator.add_rule(shorter(3, "GET"));
    let listing = house.ask("GET", &house.bucket, &[], b"").await;
    assert_eq!((listing.whole, listing.text()), (true, "[{\""));
    house.close().await;
}

#[tokio::test]
async fn an_upload_is_kept_shorter_than_its_answer_says() {
    let house = House::open().await;
    let whole = md5(&CONTENT);
    for after in [0, 7, 200_000] {
        let way = Way::Up;
        house
            .emulator
            .add_rule(on("PUT", Action::Truncate { after, way }));
        let headers = [("ETag", whole.as_str()), ("X-Object-Meta-A", "1")];
        let stored = house
            .ask("PUT", &house.object("a"), &headers, &CONTENT)
            .await;
        assert_eq!(stored.status, 201);
        assert_eq!(stored.header("etag"), Some(whole.as_str()));
        let left = usize::try_from(after).unwrap();
        let head = house.head("a").await;
        assert_eq!(head.header("content-length"), Some(&*left.to_string()));
        assert_eq!(head.header("etag"), Some(&*md5(&CONTENT[..left])));
        assert_eq!(head.header("x-object-meta-a"), Some("1"));
        assert_eq!(head.header("last-modified"), stored.header("last-modified"));
        assert!(house.get("a").await.body == CONTENT[..left]);
        let listing = house.ask("GET", &house.bucket, &[], b"").await;
        assert_eq!(listing.json()[0]["bytes"], left);
        assert_eq!(
            listing.header("x-container-bytes-used"),
            Some(&*left.to_string())
        );
    }
    house.put("a", &CONTENT).await;
    assert!(house.get("a").await.body == CONTENT);
    house.close().await;
}

#[tokio::test]
async fn another_tag_is_told() {
    let house = House::open().await;
    house.put("a", b"hello").await;
    house.emulator.add_rule(on("GET", Action::WrongEtag));
    let got = house.get("a").await;
    assert_eq!(got.text(), "hello");
    assert_ne!(got.header("etag"), Some(md5(b"hello").as_str()));
    let got = house.get("a").await;
    assert_eq!(got.header("etag"), Some(md5(b"hello").as_str()));
    house.close().await;
}

#[tokio::test]
async fn faults_of_one_request_add_up() {
    let house = House::open().await;
    house.put("a", &CONTENT).await;
    for way in [Way::Down, Way::Up] {
        house.emulator.add_rule(on("GET", Action::Corrupt { way }));
        house
            .emulator
            .add_rule(on("GET", Action::Truncate { after: 1_000, way }));
        house
            .emulator
            .add_rule(on("GET", Action::Cut { after: 900, way }));
    }
    house.emulator.add_rule(on("GET", Action::WrongEtag));
    let range = [("Range", "bytes=0-1499")];
    let got = house.ask("GET", &house.object("a"), &range, b"").await;
    assert_eq!((got.status, got.whole), (206, false));
    assert_eq!(got.header("content-length"), Some("1000"));
    assert_eq!((got.body.len(), wrong(&got.body)), (900, 1));
    assert_ne!(got.header("etag"), Some(md5(&CONTENT).as_str()));
    assert!(house.get("a").await.body == CONTENT);
    house.close().await;
}
