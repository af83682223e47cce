//! Bodies that are too long, too slow, or never end.

use tokio::io::AsyncWriteExt;

use crate::house::{House, read};

const MEBIBYTE: usize = 1024 * 1024;

fn post(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

const TOKEN: &str = "/oauth2/v1/token";
const FILES: &str = "/ic/api/integration/v1/integrations/archive?integrationInstance=test";
const MULTIPART: &str = "Content-Type: multipart/form-data; boundary=x\r\n";

#[tokio::test]
async fn what_is_announced_as_too_long_is_not_read() {
    let house = House::open().await;
    let length = |length: usize| format!("Content-Length: {length}\r\n");
    let answer = house.say(post(TOKEN, &length(9 * MEBIBYTE))).await;
    assert_eq!(answer.status, 413);
    let files = format!("{MULTIPART}{}", length(129 * MEBIBYTE));
    assert_eq!(house.say(post(FILES, &files)).await.status, 413);
    let why = house.emulator.journal().pop().unwrap().refusal.unwrap();
    assert!(why.contains("larger"), "{why}");
    house.is_well().await;
}

#[tokio::test(start_paused = true)]
async fn silence_is_not_waited_for() {
    let house = House::open().await;
    for headers in ["Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"] {
        let before = tokio::time::Instant::now();
        let mut stream = house.connect().await;
        stream
            .write_all(post(TOKEN, headers).as_bytes())
            .await
            .unwrap();
        let answer = read(&mut stream).await;
        assert_eq!(answer.status, 408);
        assert!(answer.has("connection: close"), "{}", answer.head);
        assert_eq!(before.elapsed().as_secs(), 30);
    }
    house.is_well().await;
}

#[tokio::test(start_paused = true)]
async fn an_upload_that_falls_silent_leaves_nothing() {
    let house = House::open().await;
    let card = house.emulator.environments("localhost").remove(0);
    let (_, bucket) = card.storage_url.split_once("/v1/").unwrap();
    let basic = {
        use base64::Engine as _;
        let text = format!("{}:{}", card.storage_user, card.storage_password);
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let credentials = format!("Authorization: Basic {basic}\r\n");
    let head = format!(
        "PUT /v1/{bucket}/slow HTTP/1.1\r\nHost: localhost\r\n{credentials}Content-Length: 10\r\n\r\nabc"
    );
    assert_eq!(house.say(head).await.status, 408);
    let head = format!("GET /v1/{bucket}/slow HTTP/1.1\r\nHost: localhost\r\n{credentials}\r\n");
    assert_eq!(house.say(head).await.status, 404);
}
