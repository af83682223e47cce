//! Integrations one by one: archives in and out, activation, locks.

use bytes::Bytes;
use serde_json::json;

use crate::clone::gen2_folder;
use crate::house::{Client, demo, items, loaded};

const STOCK: &str = "/integrations/STOCK_LEVELS%7C01.00.0001";
const OLDER: &str = "/integrations/STOCK_LEVELS%7C01.00.0000";

#[tokio::test]
async fn an_integration_goes_from_one_instance_to_another() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    let iar = test.get(&format!("{STOCK}/archive")).await;
    assert!(
        iar.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("STOCK_LEVELS_01.00.0001.iar")
    );

    let missing = prod
        .upload("PUT", "/integrations/archive", &iar.bytes)
        .await;
    assert_eq!(missing.status, 404);
    let new = prod
        .upload("POST", "/integrations/archive", &iar.bytes)
        .await;
    assert_eq!((new.status.as_u16(), new.bytes.len()), (204, 0));
    let location = new.headers["location"].to_str().unwrap();
    assert!(
        location.contains("/integrations/STOCK_LEVELS%7C01.00.0001?integrationInstance=prod"),
        "{location}"
    );
    assert_eq!(prod.get(STOCK).await.json()["status"], "CONFIGURED");
    assert_eq!(prod.get(&format!("{STOCK}/archive")).await.bytes, iar.bytes);

    let again = prod
        .upload("POST", "/integrations/archive", &iar.bytes)
        .await;
    assert_eq!(again.status, 409);
    let replaced = prod
        .upload("PUT", "/integrations/archive", &iar.bytes)
        .await;
    assert_eq!(replaced.status, 204);
    prod.patch(STOCK, &json!({"status": "ACTIVATED"})).await;
    prod.advance(21);
    assert_eq!(prod.get(STOCK).await.json()["status"], "ACTIVATED");
    assert_eq!(
        prod.get(OLDER).await.json()["status"],
        "CONFIGURED",
        "one version of a major"
    );
    let active = prod
        .upload("PUT", "/integrations/archive", &iar.bytes)
        .await;
    assert_eq!(active.status, 412);
}

#[tokio::test]
async fn what_is_no_archive_is_refused() {
    let emulator = demo(&[("replaced.status", "200")]);
    let test = Client::of(&emulator, "test").await;
    let path = "/ic/api/integration/v1/integrations/archive";
    let form = [("content-type", "multipart/form-data; boundary=xx")];
    for (headers, body) in [
        (&[][..], &b"PK"[..]),
        (&form, b""),
        (
            &form,
            b"--xx\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nx\r\n--xx--\r\n",
        ),
    ] {
        let answer = test.raw("POST", path, headers, Bytes::from(body)).await;
        assert_eq!(answer.status, 400);
    }
    let package = test.get("/packages/acme.customer/archive").await.bytes;
    for file in [&b""[..], b"text", &package] {
        let answer = test.upload("POST", "/integrations/archive", file).await;
        assert_eq!(answer.status, 400);
    }
    let iar = test.get(&format!("{STOCK}/archive")).await.bytes;
    test.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    let replaced = test.upload("PUT", "/integrations/archive", &iar).await;
    assert_eq!(replaced.status, 200, "the switch says so");
    assert_eq!(replaced.json()["code"], "STOCK_LEVELS");
}

#[tokio::test]
async fn a_project_gives_its_integrations_out_and_takes_others_in() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    let nightly = "/projects/ORDERS/integrations/ORDER_NIGHTLY%7C01.00.0000";
    let iar = test.get(&format!("{nightly}/archive")).await;
    assert_eq!(iar.status, 200);
    let shown = test.get(nightly).await.json();
    assert_eq!(shown["scheduleDefinedFlag"], true);

    let into = "/projects/FINANCE/integrations/archive";
    let new = prod.upload("POST", into, &iar.bytes).await;
    assert_eq!(new.status, 204, "{:?}", new.bytes);
    let there = "/projects/FINANCE/integrations/ORDER_NIGHTLY%7C01.00.0000";
    let brought = prod.get(there).await.json();
    assert_eq!(brought["projectId"], "FINANCE");
    for field in [
        "name",
        "dependencies",
        "mepType",
        "smartTags",
        "scheduleDefinedFlag",
    ] {
        assert_eq!(brought[field], shown[field], "{field}");
    }
    assert_eq!(prod.upload("POST", into, &iar.bytes).await.status, 409);
    assert_eq!(
        prod.get("/integrations/ORDER_NIGHTLY%7C01.00.0000")
            .await
            .status,
        404
    );
    assert_eq!(prod.ask("DELETE", there).await.status, 200);
    assert_eq!(prod.get(there).await.status, 404);
    assert_eq!(
        items(&prod.get("/projects/FINANCE/integrations").await).len(),
        1
    );
}

#[tokio::test]
async fn a_project_outlives_its_last_integration() {
    let emulator = demo(&[]);
    let prod = Client::of(&emulator, "prod").await;
    let invoice = "/projects/FINANCE/integrations/INVOICE_POST%7C01.00.0000";
    assert_eq!(prod.ask("DELETE", invoice).await.status, 200);
    assert!(items(&prod.get("/projects/FINANCE/integrations").await).is_empty());
    assert_eq!(prod.get("/projects/FINANCE").await.status, 200);
}

#[tokio::test]
async fn a_version_is_deleted_when_it_is_not_active() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    assert_eq!(test.ask("DELETE", STOCK).await.status, 423);
    test.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    assert_eq!(test.ask("DELETE", STOCK).await.status, 200);
    assert_eq!(test.ask("DELETE", STOCK).await.status, 404);
    assert_eq!(test.get(&format!("{STOCK}/archive")).await.status, 404);
    assert!(
        test.artifacts()
            .await
            .iter()
            .all(|(path, _)| !path.contains("STOCK_LEVELS"))
    );
}

#[tokio::test]
async fn a_lock_stops_every_change() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let iar = test.get(&format!("{STOCK}/archive")).await.bytes;
    let what = json!({"integration": "STOCK_LEVELS|01.00.0001", "by": "developer@example.com"});
    assert_eq!(test.lock("POST", &what).await.status, 204);
    let shown = test.get(STOCK).await.json();
    assert_eq!(
        (&shown["lockedFlag"], &shown["lockedBy"]),
        (&json!(true), &json!("developer@example.com"))
    );
    assert_eq!(shown["lockedDate"], "2026-01-02T03:04:05.678+0000");
    let off = json!({"status": "CONFIGURED"});
    assert_eq!(test.patch(STOCK, &off).await.status, 423);
    assert_eq!(test.get(&format!("{STOCK}/archive")).await.status, 423);
    assert_eq!(test.ask("DELETE", STOCK).await.status, 423);
    assert_eq!(
        test.upload("PUT", "/integrations/archive", &iar)
            .await
            .status,
        423
    );
    assert_eq!(test.lock("DELETE", &what).await.status, 204);
    assert_eq!(test.patch(STOCK, &off).await.status, 200);
    assert_eq!(
        test.lock("POST", &json!({"integration": "NOBODY|01.00.0000"}))
            .await
            .status,
        404
    );
    assert_eq!(
        test.lock("POST", &json!({"by": "developer@example.com"}))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn bodies_of_an_activation_are_checked() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let path = format!("/ic/api/integration/v1{STOCK}");
    let patch = [("X-HTTP-Method-Override", "PATCH")];
    for body in [
        r#"{"status":"ACTIVATED"}&enableAsyncActivationMode=true"#,
        "",
        "{",
        "[]",
        r#"{"status":1}"#,
    ] {
        let answer = test.raw("POST", &path, &patch, body.into()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    let first = &emulator.journal();
    let told = first.iter().rev().filter_map(|r| r.refusal.as_deref());
    assert!(
        told.into_iter()
            .any(|why| why.contains("belongs in the query"))
    );
    let flag = format!("{path}?enableAsyncActivationMode=perhaps");
    let body = Bytes::from(r#"{"status":"ACTIVATED"}"#);
    assert_eq!(
        test.raw("POST", &flag, &patch, body.clone()).await.status,
        400
    );
    let flags = format!("{path}?enableAsyncActivationMode=true&deleteEventSubscriptionFlag=false");
    let active = test.raw("POST", &flags, &patch, body.clone()).await;
    assert_eq!(
        (active.status.as_u16(), &active.json()["status"]),
        (200, &json!("ACTIVATED")),
        "it is active already"
    );
    let real = test.raw("PATCH", &path, &[], body).await;
    assert_eq!(real.status, 405);
    assert_eq!(real.headers["allow"], "GET, POST, DELETE");
    assert_eq!(
        test.ask("PUT", "/integrations").await.headers["allow"],
        "GET"
    );
    assert_eq!(
        test.get("/integrations/archive").await.headers["allow"],
        "POST, PUT"
    );
    assert_eq!(
        test.ask("POST", &format!("{STOCK}/clone")).await.status,
        404
    );
}

#[tokio::test]
async fn gen2_answers_the_final_state_unless_it_need_not_wait() {
    let folder = gen2_folder();
    let emulator = loaded(folder.path(), &[]);
    let source = Client::of(&emulator, "source").await;
    let on = json!({"status": "ACTIVATED"});
    source.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    assert_eq!(source.patch(STOCK, &on).await.json()["status"], "ACTIVATED");
    source.patch(STOCK, &json!({"status": "CONFIGURED"})).await;
    let waiting = source
        .patch(&format!("{STOCK}?enableAsyncActivationMode=true"), &on)
        .await;
    assert_eq!(waiting.json()["status"], "ACTIVATION_INPROGRESS");
    source.advance(21);
    let errors = source
        .get(&format!("{STOCK}/activationErrors"))
        .await
        .json();
    assert_eq!(
        (&errors["status"], &errors["hasErrors"]),
        (&json!("ACTIVATED"), &json!(false))
    );
    assert!(
        errors["endPoints"].is_array(),
        "Gen2 gives the whole integration"
    );
}
