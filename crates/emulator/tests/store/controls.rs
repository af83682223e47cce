//! The emulator's controls, beside a store.

use crate::house::House;

#[tokio::test]
async fn the_controls_are_for_this_machine() {
    let house = House::open().await;
    assert_eq!(
        house.control("GET", "health", "").await.json()["status"],
        "ok"
    );
    let answer = house
        .ask(
            "GET",
            "/_ferry/health",
            &[("Host", "rebound.example.com")],
            b"",
        )
        .await;
    assert_eq!(answer.status, 403);
    let before = house.control("GET", "clock", "").await.json();
    let after = house
        .control("POST", "clock", r#"{"advance_seconds":1620}"#)
        .await
        .json();
    assert_eq!(before["now"], "2026-01-02T03:04:05.678Z");
    assert_eq!(after["now"], "2026-01-02T03:31:05.678Z");
    assert_eq!(house.emulator.requests(), 0);
    house.close().await;
}
