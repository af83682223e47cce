//! Very many containers.

use serde_json::Value;

use crate::house::House;
use crate::wire::{Answer, Wire};

const CROWD: usize = 10_000;

#[tokio::test]
async fn ten_thousand_containers_are_listed_and_counted() {
    let house = House::open().await;
    let (account, _) = house.bucket.rsplit_once('/').unwrap();
    let mut wire = Wire::connect(house.address).await;
    let mut ask = async |method: &str, target: &str, body: &[u8]| {
        wire.write(&house.request(method, target, &[], body)).await;
        wire.read(method == "HEAD").await.unwrap()
    };
    let total = |answer: &Answer, of: &str| -> usize {
        let header = format!("x-account-{of}");
        answer.header(&header).unwrap().parse().unwrap()
    };
    let names = |rows: &Value| -> Vec<String> {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let before = names(&ask("GET", account, b"").await.json());
    let mut expected = before.clone();
    for n in 0..CROWD {
        let name = format!("crowd-{n:05}");
        let made = ask("PUT", &format!("{account}/{name}"), b"").await;
        assert_eq!(made.status, 201);
        expected.push(name);
    }
    expected.sort();
    for n in [0, 5_000, CROWD - 1] {
        let target = format!("{account}/crowd-{n:05}/object");
        assert_eq!(ask("PUT", &target, b"hello").await.status, 201);
    }
    let head = ask("HEAD", account, b"").await;
    assert_eq!(total(&head, "container-count"), expected.len());
    assert_eq!(total(&head, "object-count"), 3);
    assert_eq!(total(&head, "bytes-used"), 15);

    let first = names(&ask("GET", account, b"").await.json());
    assert_eq!(first, expected[..CROWD]);
    let over = ask("GET", &format!("{account}?limit=10001"), b"").await;
    assert_eq!(over.status, 412);
    for reverse in [false, true] {
        let mut paged: Vec<String> = Vec::new();
        loop {
            let marker = paged.last().map_or("", String::as_str);
            let target = format!("{account}?limit=999&reverse={reverse}&marker={marker}");
            let page = names(&ask("GET", &target, b"").await.json());
            if page.is_empty() {
                break;
            }
            paged.extend(page);
        }
        if reverse {
            paged.reverse();
        }
        assert_eq!(paged, expected);
    }
    let grouped = ask("GET", &format!("{account}?prefix=crowd&delimiter=-"), b"").await;
    assert_eq!(grouped.json(), serde_json::json!([{"subdir": "crowd-"}]));

    for n in [0, 5_000, CROWD - 1] {
        let container = format!("{account}/crowd-{n:05}");
        assert_eq!(ask("DELETE", &container, b"").await.status, 409);
        let object = format!("{container}/object");
        assert_eq!(ask("DELETE", &object, b"").await.status, 204);
        assert_eq!(ask("DELETE", &container, b"").await.status, 204);
    }
    let head = ask("HEAD", account, b"").await;
    assert_eq!(total(&head, "container-count"), expected.len() - 3);
    assert_eq!(total(&head, "bytes-used"), 0);
    house.holds(&[]).await;
    house.close().await;
}
