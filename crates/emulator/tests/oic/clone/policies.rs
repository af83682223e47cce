//! What an import does with what is there.

use serde_json::json;

use super::report::{outcome, report};
use crate::house::{Client, demo};

#[tokio::test]
async fn connections_follow_the_switch() {
    for (switch, expected, status) in [
        (
            "replace",
            "https://status-api.test.example.com",
            "CONFIGURED",
        ),
        ("keep", "https://status-api.prod.example.com", "CONFIGURED"),
        ("draft", "%%STATUS_API_connectionUrl", "INPROGRESS"),
    ] {
        let emulator = demo(&[("import.connection.values", switch)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        test.finish("export", json!({"jobName": "x"})).await;
        let import = json!({
            "archiveFile": "x.zip",
            "importActivateMode": "importOnly",
            "storageInfo": test.storage(),
        });
        prod.finish("import", import).await;
        let connection = prod.get("/connections/STATUS_API").await.json();
        assert_eq!(connection["status"], status, "{switch}");
        let properties = connection["connectionProperties"].as_array().unwrap();
        let url = properties
            .iter()
            .find(|p| p["propertyName"] == "connectionUrl")
            .unwrap();
        assert_eq!(url["propertyValue"], expected, "{switch}");
    }
}

#[tokio::test]
async fn active_integrations_are_left_or_replaced_or_fail_the_job() {
    for (switch, outcome) in [
        ("skip", "COMPLETED"),
        ("replace", "COMPLETED"),
        ("fail", "FAILED"),
    ] {
        let emulator = demo(&[("import.active", switch)]);
        let test = Client::of(&emulator, "test").await;
        let live = Client::of(&emulator, "live").await;
        let before = live.artifacts().await;
        test.finish("export", json!({"jobName": "x"})).await;
        // First `live` gets an active FINANCE project, then an archive that holds an older one.
        let archive = json!({"archiveFile": "x", "importActivateMode": "importActivate", "storageInfo": test.storage()});
        live.finish("import", archive.clone()).await;
        let prod = Client::of(&emulator, "prod").await;
        prod.finish("export", json!({"jobName": "older"})).await;
        let older = json!({"archiveFile": "older", "importActivateMode": "importOnly", "storageInfo": prod.storage()});
        let status = live.finish("import", older).await;
        assert_eq!(status["overallStatus"], outcome, "{switch}: {status}");
        let finance = |all: &[(String, String)]| {
            all.iter()
                .find(|(p, _)| p == "projects/FINANCE.car")
                .cloned()
        };
        let (mine, theirs) = (
            finance(&live.artifacts().await),
            finance(&prod.artifacts().await),
        );
        assert_eq!(mine == theirs, switch == "replace", "{switch}");
        assert!(before.len() < live.artifacts().await.len());
    }
}

#[tokio::test]
async fn existing_integrations_are_replaced_or_left_or_fail_the_job() {
    for (switch, outcome) in [
        ("replace", "COMPLETED"),
        ("skip", "COMPLETED"),
        ("fail", "FAILED"),
    ] {
        let emulator = demo(&[("import.existing", switch)]);
        let test = Client::of(&emulator, "test").await;
        let prod = Client::of(&emulator, "prod").await;
        let before = prod.artifacts().await;
        test.finish("export", json!({"jobName": "x"})).await;
        let import = json!({
            "archiveFile": "x",
            "importActivateMode": "importOnly",
            "storageInfo": test.storage(),
        });
        let status = prod.finish("import", import).await;
        assert_eq!(status["overallStatus"], outcome, "{switch}: {status}");
        let after = prod.artifacts().await;
        let finance = before
            .iter()
            .find(|(p, _)| p == "projects/FINANCE.car")
            .unwrap();
        // Of two that are new beside one that is skipped, a project is made that is neither of both.
        assert_eq!(after.contains(finance), switch == "fail", "{switch}");
        assert_eq!(
            after == before,
            switch == "fail",
            "a job that fails installs nothing"
        );
    }
}

/// `test` with an archive `x`, and `prod`, where one of the three integrations of its FINANCE project is active.
async fn one_of_three_active(policy: &str) -> (Client, Client) {
    let emulator = demo(&[("import.active", policy)]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    test.finish("export", json!({"jobName": "x"})).await;
    let invoice = "/projects/FINANCE/integrations/INVOICE_POST%7C01.00.0000";
    let answer = prod.patch(invoice, &json!({"status": "ACTIVATED"})).await;
    assert_eq!(answer.status, 200);
    prod.advance(60);
    let invoice = prod.get(invoice).await.json();
    assert_eq!(invoice["status"], "ACTIVATED");
    (test, prod)
}

fn import_of(archive: &str, from: &Client) -> serde_json::Value {
    json!({
        "archiveFile": archive,
        "importActivateMode": "importOnly",
        "storageInfo": from.storage(),
    })
}

#[tokio::test]
async fn one_active_member_of_a_project_keeps_nothing_else_back() {
    for (policy, result, state) in [
        ("skip", "skipped", "ACTIVATED"),
        ("replace", "replaced", "CONFIGURED"),
    ] {
        let (test, prod) = one_of_three_active(policy).await;
        let status = prod.finish("import", import_of("x", &test)).await;
        assert_eq!(status["overallStatus"], "COMPLETED");
        let told = report(&prod, &status).await;
        let of = |id| outcome(&told, "integration", id);
        assert_eq!(of("INVOICE_POST|01.00.0000"), (result, "it is active here"));
        assert_eq!(of("PAYMENT_RECON|01.00.0000").0, "imported");
        let states = prod.states().await;
        let state_of = |id: &str| states.iter().find(|(i, _)| i == id).unwrap().1.clone();
        assert_eq!(state_of("INVOICE_POST|01.00.0000"), state);
        assert_eq!(state_of("PAYMENT_RECON|01.00.0000"), "CONFIGURED");
        // The bytes are the archive's where all of it came in, and made anew where not.
        let finance = |all: Vec<(String, String)>| {
            all.into_iter()
                .find(|(path, _)| path == "projects/FINANCE.car")
        };
        let same = finance(prod.artifacts().await) == finance(test.artifacts().await);
        assert_eq!(same, policy == "replace");

        // What is exported from there holds the three of them.
        prod.finish("export", json!({"jobName": "onward"})).await;
        let live = Client::of(&prod.emulator, "live").await;
        let status = live.finish("import", import_of("onward", &prod)).await;
        assert_eq!(status["overallStatus"], "COMPLETED", "{status}");
        let three = live.get("/projects/FINANCE/integrations").await.json();
        assert_eq!(three["totalResults"], 3);
        let finance = (
            finance(live.artifacts().await),
            finance(prod.artifacts().await),
        );
        assert_eq!(finance.0, finance.1);
    }
}

#[tokio::test]
async fn a_policy_that_fails_says_why_for_the_one_and_nothing_comes_in() {
    let (test, prod) = one_of_three_active("fail").await;
    let before = prod.artifacts().await;
    let status = prod.finish("import", import_of("x", &test)).await;
    assert_eq!(status["overallStatus"], "FAILED");
    let message = status["message"].as_str().unwrap();
    assert!(
        message.contains("INVOICE_POST|01.00.0000: it is active"),
        "{message}"
    );
    assert_eq!(prod.artifacts().await, before);
    let told = report(&prod, &status).await;
    assert_eq!(told["summary"]["failed"], 1);
    let (intake, _) = outcome(&told, "integration", "ORDER_INTAKE|01.00.0000");
    assert_eq!(intake, "skipped");
    assert!(told["summary"].get("imported").is_none());
}
