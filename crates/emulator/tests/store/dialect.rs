//! What OCI's dialect is without, and what each switch adds to it or takes away.

use crate::house::House;
use crate::wire::{Answer, Wire};

/// What a request is answered by default, and once a switch has another value.
async fn either(
    (switch, value): (&str, &str),
    ask: impl AsyncFn(&House) -> Answer,
) -> (Answer, Answer) {
    let plain = House::open().await;
    let switched = House::switched(switch, value).await;
    for house in [&plain, &switched] {
        for name in ["a", "b", "c", "d"] {
            house.put(name, b"0123456789").await;
        }
    }
    let answers = (ask(&plain).await, ask(&switched).await);
    plain.close().await;
    switched.close().await;
    answers
}

#[tokio::test]
async fn there_is_no_service_for_tokens() {
    let house = House::open().await;
    let sign_in = [("X-Auth-User", "test:tester"), ("X-Auth-Key", "testing")];
    let answer = house.ask("GET", "/auth/v1.0", &sign_in, b"").await;
    assert_eq!(answer.status, 404);
    house.close().await;
}

#[tokio::test]
async fn errors() {
    let (native, html) = either(("store-errors", "html"), async |house| {
        house.get("none").await
    })
    .await;
    assert_eq!((native.status, html.status), (404, 404));
    assert_eq!(native.json()["code"], "ObjectNotFound");
    assert!(html.text().starts_with("<html><h1>Not Found</h1>"));
}

#[tokio::test]
async fn the_form_of_errors_changes_nothing_else() {
    let (native, html) = either(("store-errors", "html"), async |house| {
        let stored = house.ask("PUT", &house.object("x.json"), &[], b"{}").await;
        assert_eq!((stored.status, stored.text()), (201, ""));
        house.get("x.json").await
    })
    .await;
    let kind = |answer: &Answer| answer.header("content-type").unwrap().to_owned();
    assert_eq!(kind(&native), kind(&html));
}

#[tokio::test]
async fn listings() {
    let (json, text) = either(("store-listings", "text"), async |house| {
        house.ask("GET", &house.bucket, &[], b"").await
    })
    .await;
    assert_eq!(json.json()[3]["name"], "d");
    assert_eq!(text.text(), "a\nb\nc\nd\n");
}

#[tokio::test]
async fn pages() {
    let (whole, page) = either(("store-page", "3"), async |house| {
        house.ask("GET", &house.bucket, &[], b"").await
    })
    .await;
    let rows = |answer: &Answer| answer.json().as_array().unwrap().len();
    assert_eq!((rows(&whole), rows(&page)), (4, 3));
    let (_, beyond) = either(("store-page", "3"), async |house| {
        let target = format!("{}?limit=4", house.bucket);
        house.ask("GET", &target, &[], b"").await
    })
    .await;
    assert_eq!(beyond.status, 412);
}

#[tokio::test]
async fn large_objects() {
    let (object, joined) = either(("store-large-objects", "true"), async |house| {
        let (_, bucket) = house.bucket.rsplit_once('/').unwrap();
        let manifest = [("X-Object-Manifest", &*format!("{bucket}/a"))];
        let put = house.ask("PUT", &house.object("m"), &manifest, b"").await;
        assert_eq!(put.status, 201);
        house.get("m").await
    })
    .await;
    assert_eq!((object.text(), joined.text()), ("", "0123456789"));
}

#[tokio::test]
async fn copies() {
    let (refused, copied) = either(("store-copies", "true"), async |house| {
        let (_, bucket) = house.bucket.rsplit_once('/').unwrap();
        let to = [("Destination", &*format!("{bucket}/copy"))];
        house.ask("COPY", &house.object("a"), &to, b"").await
    })
    .await;
    assert_eq!((refused.status, copied.status), (405, 201));
}

#[tokio::test]
async fn bulk_deletes() {
    let (refused, report) = either(("store-bulk", "true"), async |house| {
        let (account, bucket) = house.bucket.rsplit_once('/').unwrap();
        let names = format!("{bucket}/a\n{bucket}/b");
        let target = format!("{account}?bulk-delete");
        house.ask("POST", &target, &[], names.as_bytes()).await
    })
    .await;
    assert_eq!(refused.status, 405);
    assert!(report.text().contains("Number Deleted: 2"), "{report:?}");
}

#[tokio::test]
async fn several_ranges() {
    let (whole, parts) = either(("store-ranges", "true"), async |house| {
        let ranges = [("Range", "bytes=0-1,4-5")];
        house.ask("GET", &house.object("a"), &ranges, b"").await
    })
    .await;
    assert_eq!((whole.status, whole.text()), (200, "0123456789"));
    assert_eq!(parts.status, 206);
    assert!(parts.text().contains("bytes 4-5/10"), "{parts:?}");
}

#[tokio::test]
async fn info() {
    let (none, told) = either(("store-info", "true"), async |house| {
        house.ask("GET", "/info", &[], b"").await
    })
    .await;
    assert_eq!((none.status, told.status), (404, 200));
}

#[tokio::test]
async fn tags_that_are_not_those_of_the_content() {
    let (refused, stored) = either(("store-checks-etag", "false"), async |house| {
        let tag = [("ETag", "0123456789abcdef0123456789abcdef")];
        house.ask("PUT", &house.object("x"), &tag, b"1").await
    })
    .await;
    assert_eq!((refused.status, stored.status), (422, 201));
}

#[tokio::test]
async fn uploads_without_a_length() {
    let (stored, refused) = either(("store-chunked", "false"), async |house| {
        let mut wire = Wire::connect(house.address).await;
        let head = format!(
            "PUT {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            house.object("x"),
            house.basic()
        );
        wire.write(head.as_bytes()).await;
        wire.read(false).await.unwrap()
    })
    .await;
    assert_eq!((stored.status, refused.status), (201, 411));
}
