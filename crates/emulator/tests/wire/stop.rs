//! Ending in order.

use ferry_emulator::Side;
use tokio::io::AsyncWriteExt;

use crate::house::{House, ask, get, read};

#[tokio::test]
async fn what_is_under_way_is_answered_and_the_idle_are_closed() {
    let house = House::open().await;
    let mut idle = house.connect().await;
    assert_eq!(ask(&mut idle, &get("/first", "")).await.status, 404);
    let mut fresh = house.connect().await;
    let barrier = house.emulator.barrier(2, Side::After);
    let mut busy = house.connect().await;
    busy.write_all(get("/second", "").as_bytes()).await.unwrap();
    barrier.reached().await;
    house.order_stop();
    assert_eq!(read(&mut idle).await.status, 0);
    assert_eq!(read(&mut fresh).await.status, 0);
    barrier.release();
    let answer = read(&mut busy).await;
    assert_eq!(answer.status, 404);
    assert!(answer.has("connection: close"), "{}", answer.head);
    let address = house.address;
    house.close().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
