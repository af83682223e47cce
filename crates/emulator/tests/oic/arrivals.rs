//! Packages and projects that come in by themselves, and deployments of projects.

use serde_json::json;

use crate::house::{Client, demo, items};

const CUSTOMER_SYNC: &str = "/integrations/CUSTOMER_SYNC%7C01.00.0000";

#[tokio::test]
async fn a_package_comes_in_once_and_is_replaced_while_it_is_idle() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let prod = Client::of(&emulator, "prod").await;
    let par = test.get("/packages/acme.customer/archive").await.bytes;
    let iar = test.get("/integrations/STOCK_LEVELS%7C01.00.0001/archive");
    let iar = iar.await.bytes;

    let of = |method| test.upload(method, "/packages/archive", &par);
    assert_eq!(of("POST").await.status, 409);
    let active = of("PUT").await;
    assert_eq!(active.status, 412, "its integrations are active");
    assert!(active.json()["detail"].as_str().unwrap().contains("active"));
    for integration in items(&test.get("/integrations").await) {
        let id = integration["id"].as_str().unwrap().replace('|', "%7C");
        let idle = json!({"status": "CONFIGURED"});
        test.patch(&format!("/integrations/{id}"), &idle).await;
    }
    let lock = json!({"integration": "CUSTOMER_SYNC|01.00.0000"});
    test.lock("POST", &lock).await;
    assert_eq!(of("PUT").await.status, 412, "one is locked");
    test.lock("DELETE", &lock).await;
    assert_eq!(of("PUT").await.status, 200);

    let new = |method, path| prod.upload(method, path, &par);
    let held = prod.get(CUSTOMER_SYNC).await.status;
    assert_eq!(held, 200, "prod holds an integration of the package");
    assert_eq!(new("POST", "/packages/archive").await.status, 409);
    let missing = prod.upload("PUT", "/packages/archive", &iar).await;
    assert_eq!(missing.status, 400, "an integration is no package");
    let none = prod.upload("POST", "/packages/archive", b"").await;
    assert_eq!(none.status, 400);
    assert_eq!(prod.ask("GET", "/packages/archive").await.status, 405);
    assert_eq!(
        prod.ask("DELETE", "/packages/acme.customer").await.status,
        405
    );
}

#[tokio::test]
async fn a_new_package_brings_its_integrations() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let live = Client::of(&emulator, "live").await;
    let par = test.get("/packages/acme.customer/archive").await.bytes;
    let missing = live.upload("PUT", "/packages/archive", &par).await;
    assert_eq!(missing.status, 404);
    let new = live.upload("POST", "/packages/archive", &par).await;
    assert_eq!((new.status.as_u16(), new.bytes.len()), (204, 0));
    assert_eq!(live.get(CUSTOMER_SYNC).await.json()["status"], "CONFIGURED");
    let package = live.get("/packages/acme.customer").await.json();
    assert_eq!(package["countOfIntegrations"], 3);
    assert_eq!(live.get("/packages/acme.customer/archive").await.bytes, par);
}

#[tokio::test]
async fn a_project_comes_in_is_replaced_and_goes() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let live = Client::of(&emulator, "live").await;
    let car = test
        .post("/projects/ORDERS/archive", &json!({}))
        .await
        .bytes;

    assert_eq!(
        live.upload("PUT", "/projects/archive", &car).await.status,
        404
    );
    let new = live.upload("POST", "/projects/archive", &car).await;
    assert_eq!(new.status, 200);
    assert_eq!(new.json()["code"], "ORDERS");
    assert_eq!(
        items(&live.get("/projects/ORDERS/integrations").await).len(),
        4
    );
    assert_eq!(
        live.upload("POST", "/projects/archive", &car).await.status,
        409
    );
    assert_eq!(
        live.upload("PUT", "/projects/archive", &car).await.status,
        200
    );
    let back = live.post("/projects/ORDERS/archive", &json!({})).await;
    assert_eq!(back.bytes, car);

    assert_eq!(
        test.ask("DELETE", "/projects/ORDERS").await.status,
        412,
        "its integrations are active"
    );
    assert_eq!(live.ask("DELETE", "/projects/ORDERS").await.status, 200);
    assert_eq!(live.get("/projects/ORDERS").await.status, 404);
    assert_eq!(live.get("/projects/ORDERS/connections").await.status, 404);
    assert!(items(&live.get("/projects").await).is_empty());
}

#[tokio::test]
async fn a_deployment_travels_by_itself() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let live = Client::of(&emulator, "live").await;
    let deployment = json!({"code": "FIRST", "name": "first",
        "integrations": [{"code": "ORDER_INTAKE", "version": "01.00.0000"},
                         {"code": "ORDER_ENRICH", "version": "01.00.0000"}]});
    let made = test.post("/projects/ORDERS/deployments", &deployment).await;
    assert_eq!(made.status, 200, "{}", made.json());
    assert_eq!(
        test.post("/projects/ORDERS/deployments", &deployment)
            .await
            .status,
        409
    );
    for wrong in [
        json!({"code": "a/b", "name": "x", "integrations": deployment["integrations"]}),
        json!({"code": "SECOND", "name": "x", "integrations": []}),
        json!({"code": "SECOND", "name": "x", "integrations": [{"code": "NOBODY", "version": "01.00.0000"}]}),
        json!({"name": "x"}),
    ] {
        let refused = test.post("/projects/ORDERS/deployments", &wrong).await;
        assert_eq!(refused.status, 400, "{wrong}");
    }
    let listed = items(&test.get("/projects/ORDERS/deployments").await);
    assert_eq!(listed.len(), 1);
    let project = test.get("/projects/ORDERS").await.json();
    assert_eq!(
        project["state"]["assets"]["labelsRs"]["items"][0]["code"],
        "FIRST"
    );

    let label = json!({"name": "Orders", "code": "ORDERS", "type": "DEVELOPED", "label": "FIRST"});
    let car = test.post("/projects/ORDERS/archive", &label).await;
    let named = car.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains("ORDERS-FIRST.car"), "{named}");
    assert_eq!(
        live.upload("POST", "/projects/archive", &car.bytes)
            .await
            .status,
        200
    );
    let came: Vec<String> = items(&live.get("/projects/ORDERS/integrations").await)
        .iter()
        .map(|it| it["code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(came, ["ORDER_ENRICH", "ORDER_INTAKE"]);
    let unknown = json!({"label": "SECOND"});
    let refused = test.post("/projects/ORDERS/archive", &unknown).await;
    assert_eq!(refused.status, 404);

    // The whole project, with the deployment in it, goes along with the instance.
    let exported = test.finish("export", json!({"jobName": "all"})).await;
    assert_eq!(exported["overallStatus"], "COMPLETED");
}
