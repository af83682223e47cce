//! Copies by the server, in upstream's dialect.

use crate::house::House;
use crate::wire::Wire;

#[tokio::test]
async fn a_copy_counts_as_what_it_copies() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("a", &[1; 600]).await;
    let quota = [("X-Container-Meta-Quota-Bytes", "1000")];
    let answer = house.ask("POST", &house.bucket, &quota, b"").await;
    assert_eq!(answer.status, 204);
    let (_, bucket) = house.bucket.rsplit_once('/').unwrap();
    let to = [("Destination", &*format!("{bucket}/b"))];
    let answer = house.ask("COPY", &house.object("a"), &to, b"").await;
    assert_eq!(answer.status, 413);
    assert_eq!(house.names("").await, ["a"]);
    house.close().await;
}

#[tokio::test]
async fn a_put_that_copies_needs_no_length() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("a", b"hello").await;
    let (_, bucket) = house.bucket.rsplit_once('/').unwrap();
    let mut wire = Wire::connect(house.address).await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nX-Copy-From: {bucket}/a\r\n\r\n",
        house.object("b"),
        house.basic()
    );
    wire.write(head.as_bytes()).await;
    assert_eq!(wire.read(false).await.unwrap().status, 201);
    assert_eq!(house.get("b").await.text(), "hello");
    house.close().await;
}
