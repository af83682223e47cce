//! Manifests that are far more than they look.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::house::House;

const PUT: &str = "?multipart-manifest=put";

/// A manifest that names an object so many times.
fn naming(house: &House, name: &str, times: usize) -> String {
    let (_, bucket) = house.bucket.rsplit_once('/').unwrap();
    let row = format!("{{\"path\": \"/{bucket}/{name}\"}}");
    format!("[{}]", vec![row; times].join(","))
}

async fn put(house: &House, name: &str, manifest: &str) -> u16 {
    let target = house.object(name) + PUT;
    let answer = house.ask("PUT", &target, &[], manifest.as_bytes()).await;
    answer.status
}

#[tokio::test]
async fn manifests_in_manifests_do_not_grow_beyond_bounds() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("a", b"1").await;
    for (name, inner) in [
        ("thousand", "a"),
        ("million", "thousand"),
        ("billion", "million"),
    ] {
        assert_eq!(put(&house, name, &naming(&house, inner, 1000)).await, 201);
    }
    assert_eq!(house.get("thousand").await.body.len(), 1000);
    let told = house.ask("HEAD", &house.object("billion"), &[], b"").await;
    assert_eq!(told.header("content-length"), Some("1000000000"));
    assert_eq!(house.get("billion").await.status, 409);
    // Of a part no more is looked for than lies in it.
    let part = [("Range", "bytes=999999990-")];
    let part = house.ask("GET", &house.object("billion"), &part, b"").await;
    assert_eq!((part.status, part.text()), (206, "1111111111"));
    let target = house.object("billion") + "?multipart-manifest=delete";
    let report = house.ask("DELETE", &target, &[], b"").await;
    assert!(report.text().contains("Number Deleted: 4"), "{report:?}");
    house.holds(&[]).await;
    house.close().await;
}

#[tokio::test]
async fn more_bytes_than_can_be_counted_are_refused() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("0", &vec![b'1'; 1_000_000]).await;
    let mut status = 201;
    for level in 0..6 {
        let inner = naming(&house, &level.to_string(), 1000);
        status = put(&house, &(level + 1).to_string(), &inner).await;
        if status != 201 {
            break;
        }
    }
    assert_eq!(status, 413);
    house.close().await;
}

#[tokio::test]
async fn a_manifest_without_end_is_cut_off() {
    let house = House::switched("store-dialect", "upstream").await;
    // Nobody has signed in, and nothing says how long it will be.
    let target = house.object("m") + PUT;
    let head =
        format!("PUT {target} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let mut stream = TcpStream::connect(house.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"100000\r\n", vec![b' '; 1 << 20].as_slice(), b"\r\n"].concat();
    let mut sent = 0;
    while sent < 64 && stream.write_all(&chunk).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 64, "all was taken");
    house.holds(&[]).await;
    house.close().await;
}

#[tokio::test]
async fn a_segment_of_nothing_is_a_part() {
    let house = House::switched("store-dialect", "upstream").await;
    house.put("empty", b"").await;
    assert_eq!(put(&house, "m", &naming(&house, "empty", 1)).await, 201);
    let target = house.object("m") + "?part-number=1";
    let answer = house.ask("GET", &target, &[], b"").await;
    assert_eq!((answer.status, answer.text()), (206, ""));
    house.close().await;
}
