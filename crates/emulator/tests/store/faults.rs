//! Faults in the middle of things.

use std::collections::BTreeMap;

use ferry_emulator::{Action, Rule, Service};

use crate::house::House;

mod bodies;
mod chance;
mod disk;
mod listings;
mod pace;

/// Once, on a request of this method.
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
