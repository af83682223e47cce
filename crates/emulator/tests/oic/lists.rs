//! Lists: filters, order, pages and links.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::clone::gen2_folder;
use crate::house::{Client, demo, items, loaded};

fn codes(items: &[Value]) -> Vec<&str> {
    items.iter().map(|i| i["code"].as_str().unwrap()).collect()
}

/// The path of a list with a filter.
fn q(path: &str, q: &str) -> String {
    format!("{path}?q={}", utf8_percent_encode(q, NON_ALPHANUMERIC))
}

#[tokio::test]
async fn links_lead_from_page_to_page() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let mut path = "/integrations?limit=2&orderBy=name:desc".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = test.get(&path).await.json();
        seen.extend(
            codes(page["items"].as_array().unwrap())
                .into_iter()
                .map(str::to_owned),
        );
        let links = page["links"].as_array().unwrap();
        let link = |rel: &str| links.iter().find(|l| l["rel"] == rel);
        assert_eq!(link("prev").is_some(), page["offset"] != 0);
        assert_eq!(link("next").is_some(), page["hasMore"] == true);
        let Some(next) = link("next") else { break };
        let href = next["href"].as_str().unwrap();
        assert!(href.contains("integrationInstance=test"), "{href}");
        let (_, rest) = href.split_once("/ic/api/integration/v1").unwrap();
        path = rest.replace("integrationInstance=test&", "");
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.is_sorted_by(|a, b| a >= b), "{seen:?}");
    let beyond = test.get("/integrations?offset=99").await.json();
    assert_eq!(
        (
            beyond["items"].as_array().unwrap().len(),
            &beyond["hasMore"]
        ),
        (0, &json!(false))
    );
}

#[tokio::test]
async fn filters_find_by_every_documented_field() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    for (filter, count) in [
        ("{name:'Stock Levels'}", 1),
        ("{name:'stock levels'}", 0),
        ("{name: /STOCK/}", 1),
        ("{name : /s/, status : 'ACTIVATED'}", 4),
        ("{status:'CONFIGURED'}", 1),
        ("{status:'INPROGRESS'}", 0),
        ("{type:'DEVELOPED'}", 5),
        ("{type:'PREBUILT'}", 0),
        ("{style:'FREEFORM'}", 5),
        ("{packageName:'acme.customer'}", 3),
    ] {
        let found = items(&test.get(&q("/integrations", filter)).await);
        assert_eq!(found.len(), count, "{filter}");
    }
    for (filter, count) in [
        ("{role:'SOURCE'}", 1),
        ("{status:'INPROGRESS'}", 0),
        ("{name:/api/, role:'TARGET'}", 1),
    ] {
        let found = items(&test.get(&q("/connections", filter)).await);
        assert_eq!(found.len(), count, "{filter}");
    }
}

#[tokio::test]
async fn what_a_list_does_not_take_is_told() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    for query in [
        "limit=0",
        "limit=-1",
        "limit=x",
        "limit=",
        "offset=-1",
        "offset=1e3",
        "orderBy=colour",
        "orderBy=name:up",
        "expand=everything",
        "q=name",
        "q=%7Bcolour:'red'%7D",
        "q=%7Bstatus:'ACTIVE'%7D",
        "q=%7Bname%20like%20'x'%7D",
        "limit=99999999999999999999999",
    ] {
        let answer = test.get(&format!("/integrations?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.json()["status"], "HTTP 400 Bad Request");
    }
    let journal = emulator.journal();
    assert!(
        journal
            .last()
            .unwrap()
            .refusal
            .as_ref()
            .unwrap()
            .contains("limit")
    );
}

#[tokio::test]
async fn the_ancestors_filters_work_on_gen2() {
    let folder = gen2_folder();
    let emulator = loaded(folder.path(), &[]);
    let source = Client::of(&emulator, "source").await;
    let filter = "{name like 'Stock'} & {status like 'ACTIVATED'} & {type like 'DEVELOPED'}";
    let found = items(&source.get(&q("/integrations", filter)).await);
    assert_eq!(codes(&found), ["STOCK_LEVELS"]);
    assert_eq!(
        items(&source.get(&q("/integrations", "{name: /Stock/}")).await).len(),
        1
    );
}

#[tokio::test]
async fn connections_come_along_when_asked_for() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let end = |item: &Value| item["endPoints"][0]["connection"].clone();
    let plain = end(&items(&test.get("/integrations?limit=1").await)[0]);
    assert!(plain["adapterType"].is_null());
    let whole = end(&items(&test.get("/integrations?limit=1&expand=connection").await)[0]);
    assert!(whole["securityProperties"].is_array());
    let adapter = end(&items(&test.get("/integrations?limit=1&expand=adapter").await)[0]);
    assert!(adapter["adapterType"].is_object() && adapter["securityProperties"].is_null());
    let by_type = items(&test.get("/connections?orderBy=type&expand=adapter").await);
    let kinds: Vec<&str> = by_type
        .iter()
        .map(|c| c["adapterType"]["name"].as_str().unwrap())
        .collect();
    assert!(kinds.is_sorted(), "{kinds:?}");
}
