//! Requests that stop until they are released.

use ferry_emulator::Side;

use crate::house::House;
use crate::wire::Wire;

#[tokio::test]
async fn before_and_after() {
    let house = House::open().await;
    for (nth, side, seen) in [(1, Side::Before, 404), (3, Side::After, 200)] {
        let name = format!("object-{nth}");
        let barrier = house.emulator.barrier(nth, side);
        let mut stopped = Wire::connect(house.address).await;
        stopped
            .write(&house.request("PUT", &house.object(&name), &[], b"x"))
            .await;
        barrier.reached().await;
        assert_eq!(house.get(&name).await.status, seen);
        barrier.release();
        assert_eq!(stopped.read(false).await.unwrap().status, 201);
    }
    house.close().await;
}

#[tokio::test]
async fn a_client_that_dies_before_leaves_nothing_one_after_leaves_all() {
    let house = House::open().await;
    for (side, status) in [(Side::Before, 404), (Side::After, 200)] {
        let barrier = house.emulator.barrier(house.emulator.requests() + 1, side);
        let mut dying = Wire::connect(house.address).await;
        dying
            .write(&house.request("PUT", &house.object("a"), &[], b"x"))
            .await;
        barrier.reached().await;
        drop(dying);
        // The server is on this thread: once another request is through, it has seen the end of that one.
        assert_eq!(house.get("a").await.status, status);
        barrier.release();
        assert_eq!(house.get("a").await.status, status);
    }
    house.close().await;
}

#[tokio::test]
async fn over_the_wire() {
    let house = House::open().await;
    let set = house
        .control("POST", "barriers", r#"{"nth":1,"side":"before"}"#)
        .await;
    assert_eq!(set.status, 201);
    let id = set.json()["id"].as_u64().unwrap();
    let mut stopped = Wire::connect(house.address).await;
    stopped
        .write(&house.request("GET", &house.bucket, &[], b""))
        .await;
    let reached = house.control("GET", &format!("barriers/{id}"), "").await;
    assert_eq!(reached.status, 200);
    assert_eq!(
        house
            .control("POST", &format!("barriers/{id}/release"), "")
            .await
            .status,
        204
    );
    assert_eq!(stopped.read(false).await.unwrap().status, 200);
    assert_eq!(house.control("GET", "barriers/99", "").await.status, 404);
    house.close().await;
}
