//! Faults in the middle of things.

use std::collections::BTreeMap;

use ferry_emulator::{Action, Rule, Service};

use crate::house::House;
use crate::wire::Wire;

fn on(method: &str, action: Action) -> Rule {
    Rule {
        service: Some(Service::Store),
        method: Some(method.to_owned()),
        times: Some(1),
        ..Rule::new(action)
    }
}

#[tokio::test]
async fn another_answer_means_nothing_was_done() {
    let house = House::open().await;
    let headers = BTreeMap::from([("Retry-After".to_owned(), "7".to_owned())]);
    house.emulator.add_rule(on(
        "PUT",
        Action::Status {
            code: 503,
            body: Some("busy".to_owned()),
            headers,
        },
    ));
    let answer = house
        .ask("PUT", &house.object("a"), &[], &vec![0; 300_000])
        .await;
    assert_eq!(
        (answer.status, answer.text(), answer.header("retry-after")),
        (503, "busy", Some("7"))
    );
    assert_eq!(house.get("a").await.status, 404);
    house.put("a", b"1").await;
    house.close().await;
}

#[tokio::test]
async fn a_lost_answer_means_it_was_done() {
    let house = House::open().await;
    house.emulator.add_rule(on("PUT", Action::LoseAnswer));
    assert!(
        house
            .try_ask("PUT", &house.object("a"), &[], b"hello")
            .await
            .is_err()
    );
    assert_eq!(house.get("a").await.text(), "hello");
    let put = house
        .emulator
        .journal()
        .into_iter()
        .find(|record| record.method == "PUT")
        .unwrap();
    assert_eq!(put.status, None);
    assert!(put.refusal.unwrap().contains("withheld"));
    house.close().await;
}

#[tokio::test]
async fn a_reset_means_nothing_was_done() {
    let house = House::open().await;
    house.emulator.add_rule(on("PUT", Action::Reset));
    let error = house
        .try_ask("PUT", &house.object("a"), &[], b"hello")
        .await
        .unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(house.get("a").await.status, 404);
    house.close().await;
}

#[tokio::test]
async fn bodies_are_cut_and_corrupted() {
    let house = House::open().await;
    let content = vec![b'x'; 300_000];
    house.put("a", &content).await;
    house
        .emulator
        .add_rule(on("GET", Action::Cut { after: 100_000 }));
    let cut = house.get("a").await;
    assert!(cut.status == 200 && !cut.whole);
    assert_eq!(cut.header("content-length"), Some("300000"));
    assert_eq!(cut.body.len(), 100_000);
    house.emulator.add_rule(on("GET", Action::CorruptBody));
    let corrupt = house.get("a").await;
    assert!(corrupt.whole && corrupt.body.len() == content.len());
    assert_eq!(corrupt.body.iter().filter(|byte| **byte != b'x').count(), 1);
    assert!(house.get("a").await.body == content);
    house.close().await;
}

#[tokio::test]
async fn rules_come_over_the_wire_and_hit_the_nth() {
    let house = House::open().await;
    let rule =
        r#"{"service":"store","method":"GET","from":2,"times":1,"action":{"status":{"code":429}}}"#;
    assert_eq!(house.control("POST", "rules", rule).await.status, 204);
    assert_eq!(house.control("POST", "rules", "{}").await.status, 400);
    let statuses = [
        house.get("a").await.status,
        house.get("a").await.status,
        house.get("a").await.status,
    ];
    assert_eq!(statuses, [404, 429, 404]);
    assert_eq!(
        house
            .control("POST", "rules", r#"{"action":"reset"}"#)
            .await
            .status,
        204
    );
    assert_eq!(house.control("DELETE", "rules", "").await.status, 204);
    assert_eq!(house.get("a").await.status, 404);
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

#[tokio::test]
async fn the_controls_are_for_this_machine() {
    let house = House::open().await;
    assert_eq!(
        house.control("GET", "health", "").await.json()["status"],
        "ok"
    );
    let answer = house
        .ask(
            "GET",
            "/_ferry/health",
            &[("Host", "rebound.example.com")],
            b"",
        )
        .await;
    assert_eq!(answer.status, 403);
    let before = house.control("GET", "clock", "").await.json();
    let after = house
        .control("POST", "clock", r#"{"advance_seconds":1620}"#)
        .await
        .json();
    assert_eq!(before["now"], "2026-01-02T03:04:05.678Z");
    assert_eq!(after["now"], "2026-01-02T03:31:05.678Z");
    assert_eq!(house.emulator.requests(), 0);
    house.close().await;
}
