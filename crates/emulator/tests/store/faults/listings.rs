//! Listings that are old, empty or out of order, and objects that are listed and not there.

use std::collections::BTreeMap;
use std::time::Duration;

use ferry_emulator::{Action, Options, Rule};

use super::on;
use crate::house::{House, options};

#[tokio::test]
async fn what_is_gone_is_listed_still() {
    let house = House::open().await;
    house.put("a", b"1").await;
    house.put("b", b"2").await;
    house.emulator.advance(Duration::from_secs(30));
    house.delete("a").await;
    let stale = Action::StaleListing { seconds: 10 };
    house.emulator.add_rule(on("GET", stale));
    let listed = house.names("").await;
    assert_eq!(listed, ["a", "b"]);
    assert_eq!(house.get("a").await.status, 404);
    assert_eq!(house.get("b").await.text(), "2");
    assert_eq!(house.names("").await, ["b"]);
    house.close().await;
}

#[tokio::test]
async fn what_is_listed_is_not_found_for_a_while() {
    let house = House::open().await;
    house.put("parts.zip", b"1").await;
    let missing = Action::Status {
        code: 404,
        body: None,
        headers: BTreeMap::new(),
    };
    house.emulator.add_rule(Rule {
        path: Some("/parts.zip".to_owned()),
        times: Some(2),
        ..Rule::new(missing)
    });
    assert_eq!(house.names("").await, ["parts.zip"]);
    assert_eq!(house.get("parts.zip").await.status, 404);
    assert_eq!(house.head("parts.zip").await.status, 404);
    assert_eq!(house.get("parts.zip").await.text(), "1");
    house.close().await;
}

/// The listings of an emulator of this seed.
async fn listings(seed: u64) -> Vec<Vec<String>> {
    let rules = vec![Rule {
        times: Some(3),
        method: Some("GET".to_owned()),
        ..Rule::new(Action::ReorderedListing)
    }];
    let house = House::with(Options {
        seed,
        rules,
        ..options()
    })
    .await;
    for name in ["a", "b", "c/d", "c/e", "f", "g", "h", "i"] {
        house.put(name, name.as_bytes()).await;
    }
    let mut seen = Vec::new();
    for query in ["", "limit=6", "delimiter=/", ""] {
        seen.push(house.names(query).await);
    }
    house.close().await;
    seen
}

#[tokio::test]
async fn rows_come_in_an_order_of_chance() {
    let seen = listings(1).await;
    let rows: [&[&str]; 4] = [
        &["a", "b", "c/d", "c/e", "f", "g", "h", "i"],
        &["a", "b", "c/d", "c/e", "f", "g"],
        &["a", "b", "c/", "f", "g", "h", "i"],
        &["a", "b", "c/d", "c/e", "f", "g", "h", "i"],
    ];
    for (at, (seen, rows)) in seen.iter().zip(rows).enumerate() {
        // After three times it is over.
        assert_eq!(seen.is_sorted(), at == 3, "{seen:?}");
        let mut sorted = seen.clone();
        sorted.sort();
        assert_eq!(sorted, rows);
    }
    assert_eq!(seen, listings(1).await);
    assert_ne!(seen, listings(2).await);
}

#[tokio::test]
async fn an_old_listing_comes_out_of_order_too() {
    let house = House::open().await;
    let names: Vec<String> = (10..40).map(|n| n.to_string()).collect();
    for name in &names {
        house.put(name, b"").await;
    }
    house.emulator.advance(Duration::from_secs(30));
    house.put("new", b"").await;
    house
        .emulator
        .add_rule(on("GET", Action::StaleListing { seconds: 10 }));
    house.emulator.add_rule(on("GET", Action::ReorderedListing));
    let mut seen = house.names("").await;
    assert!(!seen.is_sorted());
    seen.sort();
    assert_eq!(seen, names);
    house.close().await;
}
