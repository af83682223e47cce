//! Who may come in.

use crate::house::{House, basic};
use crate::wire::{Answer, Wire, request};

async fn listed_with(house: &House, authorization: Option<&str>) -> Answer {
    let mut headers = vec![("X-Auth-Token", "na")];
    headers.extend(authorization.map(|value| ("Authorization", value)));
    let mut wire = Wire::connect(house.address).await;
    wire.write(&request("GET", &house.bucket, &headers, b""))
        .await;
    wire.read(false).await.unwrap()
}

#[tokio::test]
async fn basic_wins_over_an_unknown_token() {
    let house = House::open().await;
    assert_eq!(listed_with(&house, Some(&house.basic())).await.status, 200);
    let lower = house.basic().replacen("Basic", "basic", 1);
    assert_eq!(listed_with(&house, Some(&lower)).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn everything_else_is_401_with_its_reason_in_the_journal() {
    let house = House::open().await;
    let (user, token) = house.credentials.split_once(':').unwrap();
    let wrong = [
        None,
        Some("Basic".to_owned()),
        Some("Basic !!!".to_owned()),
        Some("Bearer abc".to_owned()),
        Some(basic(user)),
        Some(basic(&format!("{user}:wrong"))),
        Some(basic(&format!("{user}:"))),
        Some(basic(&format!("nobody:{token}"))),
        Some(basic(&format!("{user}:{token} "))),
    ];
    for authorization in wrong {
        let answer = listed_with(&house, authorization.as_deref()).await;
        assert_eq!(answer.status, 401, "{authorization:?}");
        assert!(answer.header("www-authenticate").is_some());
        assert!(answer.header("x-trans-id").is_some() && answer.header("opc-request-id").is_some());
        assert_eq!(answer.json()["code"], "NotAuthenticated");
        let record = house.emulator.journal().pop().unwrap();
        assert!(record.refusal.is_some());
        assert_eq!(record.status, Some(401));
        assert!(!format!("{record:?}").contains(token));
    }
    house.close().await;
}

#[tokio::test]
async fn an_upload_is_refused_before_its_body() {
    let house = House::open().await;
    let mut wire = Wire::connect(house.address).await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n",
        house.object("a")
    );
    wire.write(head.as_bytes()).await;
    let answer = wire.read(false).await.unwrap();
    assert_eq!(answer.status, 401);
    assert!(wire.ended().await);
    house.close().await;
}

#[tokio::test]
async fn an_upload_that_may_come_is_asked_for() {
    let house = House::open().await;
    let mut wire = Wire::connect(house.address).await;
    let head = format!(
        "PUT {} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n",
        house.object("a"),
        house.basic()
    );
    wire.write(head.as_bytes()).await;
    assert_eq!(wire.read(false).await.unwrap().status, 100);
    wire.write(b"hello").await;
    assert_eq!(wire.read(false).await.unwrap().status, 201);
    assert_eq!(house.get("a").await.text(), "hello");
    house.close().await;
}
