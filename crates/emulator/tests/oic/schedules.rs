//! Schedules: what they say, and whether they run.

use serde_json::{Value, json};

use crate::house::{Client, demo};

const NIGHTLY: &str = "/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000";

async fn act(client: &Client, verb: &str, body: &Value) -> u16 {
    let path = format!("{NIGHTLY}/schedule/{verb}");
    client.post(&path, body).await.status.as_u16()
}

#[tokio::test]
async fn a_schedule_is_started_held_and_stopped() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    for (verb, code, status) in [
        ("pause", 200, json!("ICS_SCHEDULE_PAUSED")),
        ("resume", 200, json!("ICS_SCHEDULE_ACTIVE")),
        ("stop", 200, Value::Null),
        ("stop", 200, Value::Null),
        ("pause", 412, Value::Null),
        ("resume", 412, Value::Null),
        ("start", 200, json!("ICS_SCHEDULE_ACTIVE")),
    ] {
        assert_eq!(act(&test, verb, &Value::Null).await, code, "{verb}");
        assert_eq!(
            test.get(NIGHTLY).await.json()["scheduleStatus"],
            status,
            "{verb}"
        );
    }
    for (body, code) in [
        (
            json!({"action": "NOW", "parameters": [], "runAsSchedule": false}),
            200,
        ),
        (json!({"action": "now", "run-as-schedule": true}), 200),
        (json!({"action": "LATER"}), 400),
        (json!({"parameters": {}}), 400),
    ] {
        assert_eq!(act(&test, "start", &body).await, code, "{body}");
    }
    act(&test, "pause", &json!({})).await;
    let off = json!({"status": "CONFIGURED"});
    assert_eq!(
        test.patch(NIGHTLY, &off).await.status,
        412,
        "held is not stopped"
    );
    let stops = json!({"status": "CONFIGURED", "stopScheduleForDeactivation": "true"});
    assert_eq!(test.patch(NIGHTLY, &stops).await.status, 200);
    assert_eq!(act(&test, "start", &json!({})).await, 412);
    assert_eq!(act(&test, "jobs", &json!({})).await, 412);
}

#[tokio::test]
async fn gen3_need_not_wait() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let stop = format!("{NIGHTLY}/schedule/stop?async=true&retry=false");
    let answer = test.post(&stop, &json!({})).await;
    assert_eq!(answer.status, 202);
    let location = answer.headers["location"].to_str().unwrap();
    let (_, path) = location.split_once("/ic/api/integration/v1").unwrap();
    let path = path.split('?').next().unwrap();
    assert_eq!(
        test.get(path).await.json()["scheduleStatus"],
        "ICS_SCHEDULE_STOPPED"
    );
    assert_eq!(act(&test, "stop?async=perhaps", &json!({})).await, 400);
}

#[tokio::test]
async fn a_definition_is_read_and_replaced() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let path = format!("{NIGHTLY}/schedule");
    let own = test.get(&path).await.json();
    assert_eq!(own["icalExpression"], "FREQ=DAILY;BYHOUR=2;BYMINUTE=30;");
    let body = json!({
        "frequency": {"frequencyType": "MINUTELY", "interval": 65},
        "name": "SCH_ONE_01_00_0000", "description": "x", "scheduleTZ": "Asia/Calcutta",
        "startDate": "1/20/2021|13:12:00", "endDate": "1/30/2021|13:12:00",
    });
    assert_eq!(test.post(&path, &body).await.status, 409, "there is one");
    let call = format!("/ic/api/integration/v1{path}");
    assert_eq!(test.call("PUT", &call, &[], &body).await.status, 200);
    let now = test.get(&path).await.json();
    for field in ["frequency", "name", "scheduleTZ", "startDate", "endDate"] {
        assert_eq!(now[field], body[field], "{field}");
    }
    assert_eq!(
        test.call("PUT", &call, &[], &json!({"name": "x"}))
            .await
            .status,
        400
    );
    let other = "/integrations/STOCK_LEVELS%7C01.00.0001/schedule";
    assert_eq!(test.get(other).await.status, 404);
    assert_eq!(
        test.post(other, &body).await.status,
        412,
        "it is not scheduled"
    );
    assert_eq!(
        test.post(&format!("{other}/start"), &json!({}))
            .await
            .status,
        404
    );
    assert_eq!(
        test.ask("DELETE", &path).await.headers["allow"],
        "GET, POST, PUT"
    );
    assert_eq!(
        test.get(&format!("{path}/start")).await.headers["allow"],
        "POST"
    );
    assert_eq!(act(&test, "dance", &json!({})).await, 404);
    assert_eq!(act(&test, "jobs", &json!({})).await, 200);
}

#[tokio::test]
async fn a_lock_stops_a_schedule_s_changes() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let what = json!({"integration": "ORDER_NIGHTLY|01.00.0000", "project": "ORDERS"});
    test.lock("POST", &what).await;
    assert_eq!(act(&test, "stop", &json!({})).await, 423);
}
