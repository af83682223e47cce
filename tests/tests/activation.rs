//! What is active after a promotion, how it came to be so, and what was promised of it.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use ferry_e2e::samples::{patch, rest, text};
use ferry_e2e::{Stand, eventually, says, wire};
use ferry_emulator::{Action, Rule};
use serde_json::{Value, json};

const HEARTBEAT: &str = "integrations/PROD_HEARTBEAT%7C01.00.0000";

fn card(stand: &Stand, name: &str) -> Value {
    let cards = stand.cards();
    let found = cards.iter().find(|card| text(card, "name") == name);
    found.unwrap().clone()
}

async fn shown(card: &Value, path: &str) -> Value {
    serde_json::from_slice(&rest(card, path).await).unwrap()
}

/// What is recorded of an integration's messages.
async fn flags(card: &Value, path: &str) -> [bool; 3] {
    let shown = shown(card, path).await;
    [
        "tracingEnabledFlag",
        "payloadTracingEnabledFlag",
        "recordEnabledFlag",
    ]
    .map(|name| shown[name].as_bool().unwrap())
}

/// Has `PROD_HEARTBEAT` of `prod` traced, with payloads.
async fn trace(stand: &Stand) -> Value {
    let prod = card(stand, "prod");
    patch(
        &prod,
        HEARTBEAT,
        &json!({"status": "CONFIGURED", "stopScheduleForDeactivation": "true"}),
    )
    .await;
    let on = json!({"status": "ACTIVATED", "tracingEnabledFlag": true, "payloadTracingEnabledFlag": true});
    patch(&prod, HEARTBEAT, &on).await;
    eventually("it is active", async || {
        shown(&prod, HEARTBEAT).await["status"] == "ACTIVATED"
    })
    .await;
    assert_eq!(flags(&prod, HEARTBEAT).await, [true, true, false]);
    prod
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_traced_is_traced_again_and_nothing_else_is() {
    let stand = Stand::new().await;
    let prod = trace(&stand).await;
    let promote = ["promote", "test", "prod", "--live=stop"];
    stand.args(promote).run().await.expect(0);
    assert_eq!(flags(&prod, HEARTBEAT).await, [true, true, false]);
    let other = "integrations/STOCK_LEVELS%7C01.00.0001";
    assert_eq!(shown(&prod, other).await["status"], "ACTIVATED");
    assert_eq!(flags(&prod, other).await, [false; 3]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_traced_is_so_again_where_nothing_was_imported() {
    for takes in [true, false] {
        let stand = Stand::new().await;
        let prod = trace(&stand).await;
        let refused = Action::Status {
            code: 403,
            body: None,
            headers: BTreeMap::new(),
        };
        stand.running.emulator.add_rule(Rule {
            method: Some("POST".to_owned()),
            path: Some("/importServiceInstanceArchive".to_owned()),
            times: Some(1),
            ..Rule::new(refused)
        });
        let switches = format!("{}/_ferry/switches", stand.running.url);
        let body = json!({"activation-tracing": takes}).to_string();
        let turned = wire::send("PATCH", &switches, None, Some(body.as_bytes())).await;
        assert!(turned.status < 300, "{}", turned.head);
        let promote = ["promote", "test", "prod", "--live=stop"];
        let output = stand.args(promote).run().await.expect(4);
        assert_eq!(flags(&prod, HEARTBEAT).await, [takes, takes, false]);
        if takes {
            says(&output, &["PROD_HEARTBEAT|01.00.0000 is live again"]);
        } else {
            let why = "its tracing was tracing, payload and is off";
            says(
                &output,
                &["PROD_HEARTBEAT|01.00.0000 is NOT live again", why],
            );
        }
    }
}
