//! Clients that mean no good: each is answered, and nothing is stored that should not be.

use crate::house::House;

#[tokio::test]
async fn raw_nonsense_is_answered() {
    let house = House::open().await;
    for target in [
        "/",
        "//",
        "/v1",
        "/v1/",
        "/v1//",
        "/v1/%",
        "/v1/%ff/%00",
        "/_ferry",
        "/_ferry/x",
        "/ic/api/%",
        "/oauth2/",
        "*",
        "/v1/a/b/%0d%0aX:%20y",
    ] {
        let answer = house.ask("GET", target, &[], b"").await;
        assert!(
            (400..500).contains(&answer.status),
            "{target}: {}",
            answer.status
        );
    }
    house.close().await;
}
