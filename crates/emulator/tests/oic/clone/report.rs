//! The report of an import, under the emulator's own controls.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::house::{Answer, Client, demo, send};

async fn control(client: &Client, path: &str) -> Answer {
    let request = http::Request::builder()
        .uri(path)
        .header("host", "localhost")
        .body(Bytes::new())
        .unwrap();
    send(&client.emulator, request).await
}

/// A job as `/_ferry/jobs/{id}/report` shows it, by its status answer.
pub(super) async fn report(client: &Client, status: &Value) -> Value {
    let id = status["jobId"].as_str().unwrap();
    let answer = control(client, &format!("/_ferry/jobs/{id}/report")).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// The last outcome of one object, with the reason.
pub(super) fn outcome<'a>(report: &'a Value, kind: &str, id: &str) -> (&'a str, &'a str) {
    let lines = report["report"].as_array().unwrap();
    let line = lines.iter().rfind(|l| l["kind"] == kind && l["id"] == id);
    let line = line.unwrap_or_else(|| panic!("{kind} {id} is not in {report}"));
    let why = line.get("why").and_then(Value::as_str).unwrap_or_default();
    (line["outcome"].as_str().unwrap(), why)
}

#[tokio::test]
async fn every_object_is_reported_and_no_status_answer_tells_it() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let import = json!({
        "archiveFile": "x",
        "importActivateMode": "importActivate",
        "startSchedules": true,
        "storageInfo": test.storage(),
    });
    let status = prod.finish("import", import).await;
    assert!(status.get("report").is_none() && status.get("message").is_none());
    let told = report(&prod, &status).await;
    assert_eq!(told["instance"], "prod");
    assert_eq!(told["kind"], "import");
    let of = |kind, id| outcome(&told, kind, id).0;
    assert_eq!(of("integration", "ORDER_INTAKE|01.00.0000"), "activated");
    assert_eq!(of("integration", "CUSTOMER_MERGE|01.00.0000"), "imported");
    assert_eq!(of("schedule", "ORDER_NIGHTLY|01.00.0000"), "started");
    assert_eq!(of("connection", "STATUS_API"), "replaced");
    assert_eq!(of("lookup", "lookups/Country_Codes.csv"), "imported");
    let lines = told["report"].as_array().unwrap();
    let replaced = |l: &&Value| l["id"] == "INVOICE_POST|01.00.0000" && l["outcome"] == "replaced";
    assert_eq!(lines.iter().filter(replaced).count(), 1);
    let summary = told["summary"].as_object().unwrap();
    let counted: u64 = summary.values().filter_map(Value::as_u64).sum();
    assert_eq!(counted, lines.len() as u64);

    let all = control(&prod, "/_ferry/jobs").await.json();
    assert!(all.as_array().unwrap().contains(&told));
    assert_eq!(control(&prod, "/_ferry/jobs/none/report").await.status, 404);
}
