//! Too many requests, latency, and bandwidth. Waits are of tokio's time, which passes by itself where everybody waits.

use std::time::Duration;

use ferry_emulator::{Action, Rule, Service};
use tokio::time::Instant;

use crate::house::House;
use crate::wire::Wire;

fn always(action: Action) -> Rule {
    Rule {
        service: Some(Service::Store),
        ..Rule::new(action)
    }
}

#[tokio::test]
async fn so_many_in_a_second_and_no_more() {
    let house = House::open().await;
    house
        .emulator
        .add_rule(always(Action::Throttle { per_second: 2 }));
    for _ in 0..2 {
        house.put("a", b"1").await;
        assert_eq!(house.get("a").await.text(), "1");
        let refused = house.ask("PUT", &house.object("b"), &[], b"2").await;
        assert_eq!(refused.status, 429);
        assert_eq!(refused.header("retry-after"), Some("1"));
        assert_eq!(house.get("a").await.status, 429);
        // The controls and other services are no part of it.
        assert_eq!(house.control("GET", "health", "").await.status, 200);
        assert_eq!(house.ask("GET", "/oauth2/v1/x", &[], b"").await.status, 404);
        house.emulator.advance(Duration::from_secs(1));
    }
    assert_eq!(house.get("b").await.status, 404);
    let rules = house.control("GET", "rules", "").await.json();
    assert_eq!(
        (&rules[0]["matched"], &rules[0]["met"]),
        (&9.into(), &4.into())
    );
    house.close().await;
}

#[tokio::test]
async fn too_many_of_any_service() {
    let house = House::open().await;
    let rule = r#"{"action":{"throttle":{"per-second":1}}}"#;
    assert_eq!(house.control("POST", "rules", rule).await.status, 204);
    let none = r#"{"action":{"throttle":{"per-second":0}}}"#;
    assert_eq!(house.control("POST", "rules", none).await.status, 400);
    assert_eq!(house.get("a").await.status, 404);
    let other = house.ask("GET", "/oauth2/v1/x", &[], b"").await;
    assert_eq!(other.status, 429);
    house.close().await;
}

/// PUT or GET of `a` by so many at once, each on a connection of its own; how many seconds all of them took.
async fn seconds(house: &House, method: &str, body: &[u8], clients: usize) -> u64 {
    let begun = Instant::now();
    let one = async || {
        let answer = house.ask(method, &house.object("a"), &[], body).await;
        assert!(answer.whole && matches!(answer.status, 200 | 201));
        answer.body
    };
    let bodies = if clients == 1 {
        vec![one().await]
    } else {
        let (first, second) = tokio::join!(one(), one());
        vec![first, second]
    };
    assert!(method == "PUT" || bodies.iter().all(|it| it.len() == 20_000));
    begun.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn each_connection_has_its_latency_and_its_bandwidth() {
    let house = House::open().await;
    let content = vec![7; 20_000];
    house.put("a", &content).await;
    assert_eq!(seconds(&house, "GET", b"", 1).await, 0);
    house.emulator.add_rule(always(Action::Slow {
        bytes_per_second: 1_000,
    }));
    let slow = seconds(&house, "GET", b"", 1).await;
    assert!((19..=20).contains(&slow), "{slow}");
    house.emulator.add_rule(always(Action::Delay { ms: 4_000 }));
    house.emulator.add_rule(always(Action::Delay { ms: 3_000 }));
    for (method, body) in [("GET", &b""[..]), ("PUT", content.as_slice())] {
        let alone = seconds(&house, method, body, 1).await;
        assert!((26..=27).contains(&alone), "{method}: {alone}");
        // Two take no longer than one.
        assert_eq!(seconds(&house, method, body, 2).await, alone);
    }
    house.emulator.clear_rules();
    assert!(house.get("a").await.body == content);
    house.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_keeps_its_pace_from_request_to_request() {
    let house = House::open().await;
    house.put("a", &[7; 5_000]).await;
    house.emulator.add_rule(always(Action::Slow {
        bytes_per_second: 1_000,
    }));
    let begun = Instant::now();
    let mut wire = Wire::connect(house.address).await;
    for _ in 0..3 {
        wire.write(&house.request("GET", &house.object("a"), &[], b""))
            .await;
        assert_eq!(wire.read(false).await.unwrap().body, [7; 5_000]);
    }
    let took = begun.elapsed().as_secs();
    assert!((14..=15).contains(&took), "{took}");
    house.close().await;
}
