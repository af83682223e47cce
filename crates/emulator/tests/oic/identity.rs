//! The token endpoint.

use bytes::Bytes;
use http::Request;

use crate::house::{Client, demo, send, token};

#[tokio::test]
async fn tokens_by_basic_or_by_form() {
    let emulator = demo(&[("token.seconds", "120")]);
    let card = Client::of(&emulator, "test").await.card;
    let answer = token(&emulator, &card.client_id, &card.client_secret, &card.scope).await;
    assert_eq!(answer.json()["token_type"], "Bearer");
    assert_eq!(answer.json()["expires_in"], 120);
    let form = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&scope={}",
        card.client_id,
        card.client_secret,
        card.scope.replace(':', "%3A").replace('/', "%2F")
    );
    let request = Request::builder()
        .method("POST")
        .uri("/oauth2/v1/token")
        .header("host", "idcs-0.identity.oraclecloud.com")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(form))
        .unwrap();
    assert_eq!(send(&emulator, request).await.status, 200);
}

#[tokio::test]
async fn refusals_follow_oauth() {
    let emulator = demo(&[]);
    let card = Client::of(&emulator, "test").await.card;
    let wrong = token(&emulator, &card.client_id, "wrong", &card.scope).await;
    assert_eq!(wrong.status, 401);
    assert_eq!(wrong.json()["error"], "invalid_client");
    let scope = token(
        &emulator,
        &card.client_id,
        &card.client_secret,
        "https://x/ic/api/",
    )
    .await;
    assert_eq!(scope.status, 400);
    assert_eq!(scope.json()["error"], "invalid_scope");
    // A scope of another instance gives a token, which that instance then knows no role for.
    let prod = Client::of(&emulator, "prod").await;
    let answer = token(
        &emulator,
        &card.client_id,
        &card.client_secret,
        &prod.card.scope,
    )
    .await;
    assert_eq!(answer.status, 200);
    let bearer = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    for name in ["test", "prod"] {
        let client = Client::of(&emulator, name)
            .await
            .with_authorization(&bearer);
        assert_eq!(client.get("/integrations").await.status, 401, "{name}");
    }
}
