//! Listings, true and untrue.

use std::time::Duration;

use ferry_emulator::{Action, Rule};

use crate::house::House;

#[tokio::test]
async fn json_unless_text_is_asked_for() {
    let house = House::open().await;
    let empty = house
        .ask("GET", &format!("{}?format=plain", house.bucket), &[], b"")
        .await;
    assert_eq!((empty.status, empty.body.len()), (204, 0));
    house.put("a.zip", b"hello").await;
    let json = house.ask("GET", &house.bucket, &[], b"").await;
    assert_eq!(
        json.header("content-type"),
        Some("application/json; charset=utf-8")
    );
    let expected = serde_json::json!([{
        "name": "a.zip",
        "bytes": 5,
        "hash": "5d41402abc4b2a76b9719d911017c592",
        "content_type": "application/octet-stream",
        "last_modified": "2026-01-02T03:04:05.678000",
    }]);
    assert_eq!(json.json(), expected);
    let slash = house
        .ask("GET", &format!("{}/?format=json", house.bucket), &[], b"")
        .await;
    assert_eq!(slash.json(), expected);
    let text = house
        .ask("GET", &house.bucket, &[("Accept", "text/plain")], b"")
        .await;
    assert_eq!(text.text(), "a.zip\n");
    assert_eq!(
        house
            .ask("GET", &house.bucket, &[("Accept", "image/png")], b"")
            .await
            .status,
        406
    );
    house.close().await;
}

#[tokio::test]
async fn pages_prefixes_and_groups() {
    let house = House::open().await;
    for name in ["a", "d/e", "d/f", "g+h", "z"] {
        house.put(name, b"").await;
    }
    assert_eq!(house.names("limit=2").await, ["a", "d/e"]);
    assert_eq!(house.names("limit=2&marker=d%2Fe").await, ["d/f", "g+h"]);
    assert_eq!(house.names("prefix=g%2B").await, ["g+h"]);
    assert_eq!(house.names("marker=a&end_marker=g").await, ["d/e", "d/f"]);
    assert_eq!(house.names("delimiter=/").await, ["a", "d/", "g+h", "z"]);
    assert_eq!(house.names("delimiter=/&prefix=d/").await, ["d/e", "d/f"]);
    assert_eq!(house.names("limit=0").await, [""; 0]);
    assert_eq!(house.names("limit=-1").await.len(), 5);
    let over = house
        .ask("GET", &format!("{}?limit=10001", house.bucket), &[], b"")
        .await;
    assert_eq!(over.status, 412);
    let grouped = house
        .ask(
            "GET",
            &format!("{}?delimiter=/&prefix=d", house.bucket),
            &[],
            b"",
        )
        .await;
    assert_eq!(grouped.json(), serde_json::json!([{"subdir": "d/"}]));
    house.close().await;
}

#[tokio::test]
async fn a_stale_listing_shows_the_past_while_objects_are_true() {
    let house = House::switched("listing.stale-seconds", "60").await;
    house.put("a", b"1").await;
    assert_eq!(house.names("").await, [""; 0]);
    assert_eq!(house.get("a").await.text(), "1");
    house.emulator.advance(Duration::from_secs(60));
    assert_eq!(house.names("").await, ["a"]);
    assert_eq!(
        house
            .ask("DELETE", &house.object("a"), &[], b"")
            .await
            .status,
        204
    );
    assert_eq!(house.names("").await, ["a"]);
    assert_eq!(house.get("a").await.status, 404);
    house.emulator.advance(Duration::from_secs(60));
    assert_eq!(house.names("").await, [""; 0]);
    house.close().await;
}

#[tokio::test]
async fn listings_fail_by_rule() {
    let house = House::open().await;
    house.put("a", b"1").await;
    house.emulator.advance(Duration::from_secs(30));
    house.put("b", b"2").await;
    let once = |action| Rule {
        times: Some(1),
        ..Rule::new(action)
    };
    house.emulator.add_rule(once(Action::EmptyListing));
    assert_eq!(house.names("").await, [""; 0]);
    assert_eq!(house.names("").await, ["a", "b"]);
    house
        .emulator
        .add_rule(once(Action::StaleListing { seconds: 10 }));
    assert_eq!(house.names("").await, ["a"]);
    assert_eq!(house.names("").await, ["a", "b"]);
    house.close().await;
}
