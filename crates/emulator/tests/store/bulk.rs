//! Many objects deleted by one request, in upstream's dialect.

use crate::house::House;

const JSON: &[(&str, &str)] = &[
    ("Accept", "application/json"),
    ("Content-Type", "text/plain"),
];

fn account(house: &House) -> String {
    let (account, _) = house.bucket.rsplit_once('/').unwrap();
    format!("{account}?bulk-delete")
}

fn container(house: &House) -> &str {
    house.bucket.rsplit_once('/').unwrap().1
}

#[tokio::test]
async fn the_report_tells_what_is_gone_missing_and_left() {
    let house = House::switched("store-dialect", "upstream").await;
    for name in ["a", "b%20c", "kept"] {
        house.put(name, b"1").await;
    }
    let bucket = container(&house);
    // The container is asked for first and deleted last; it is not empty then.
    let names = format!("/{bucket}\n/{bucket}/a\r\n{bucket}/b%20c\n\n/{bucket}/none\n/%FF/x");
    let answer = house
        .ask("DELETE", &account(&house), JSON, names.as_bytes())
        .await;
    assert_eq!(answer.status, 200);
    let report = answer.json();
    assert_eq!(report["Number Deleted"], 2, "{report}");
    assert_eq!(report["Number Not Found"], 1);
    assert_eq!(report["Response Status"], "400 Bad Request");
    assert_eq!(
        report["Errors"],
        serde_json::json!([
            ["/%FF/x", "412 Precondition Failed"],
            [format!("/{bucket}"), "409 Conflict"],
        ])
    );
    assert_eq!(house.names("").await, ["kept"]);

    let names = format!("{bucket}/kept\n{bucket}");
    let answer = house
        .ask("POST", &account(&house), &[], names.as_bytes())
        .await;
    let text = answer.text();
    assert!(text.starts_with("Number Deleted: 2\n"), "{text}");
    assert!(text.contains("Response Status: 200 OK"), "{text}");
    house.close().await;
}

#[tokio::test]
async fn what_is_no_list_of_names_deletes_nothing() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("a", b"1").await;
    let many = format!("{}/a\n", container(&house)).repeat(10_001);
    let form = [JSON[0], ("Content-Type", "application/json")];
    for (headers, body, status) in [
        (JSON, "\n\n", "400 Bad Request"),
        (JSON, many.as_str(), "413 Request Entity Too Large"),
        (&form, "x/a", "406 Not Acceptable"),
    ] {
        let answer = house
            .ask("DELETE", &account(&house), headers, body.as_bytes())
            .await;
        assert_eq!(answer.json()["Response Status"], status);
    }
    assert_eq!(house.names("").await, ["a"]);
    house.close().await;
}

#[tokio::test]
async fn nobody_deletes_what_is_not_theirs() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("a", b"1").await;
    let names = format!("{}/a", container(&house));
    let mut wire = crate::wire::Wire::connect(house.address).await;
    wire.write(&crate::wire::request(
        "DELETE",
        &account(&house),
        JSON,
        names.as_bytes(),
    ))
    .await;
    let report = wire.read(false).await.unwrap().json();
    assert_eq!(report["Number Deleted"], 0);
    assert_eq!(report["Errors"][0][1], "401 Unauthorized");
    assert_eq!(house.names("").await, ["a"]);
    house.close().await;
}

#[tokio::test]
async fn oci_has_none() {
    let house = House::open().await;
    house.put("a", b"1").await;
    let names = format!("{}/a", container(&house));
    let answer = house
        .ask("POST", &account(&house), JSON, names.as_bytes())
        .await;
    assert_eq!(answer.status, 405);
    assert_eq!(house.names("").await, ["a"]);
    house.close().await;
}
