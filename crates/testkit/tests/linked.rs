//! The client and the emulator over pipes in memory, at paused time.

#![cfg(test)]

use std::io;
use std::time::Duration;

use bytes::Bytes;
use ferry_emulator::{Action, EnvironmentCard, Options, Rule, Service, Way};
use ferry_http::{Body, Client, ErrorKind, Link, Request, Response};
use ferry_testkit::clock::{NOON, following};
use ferry_testkit::linked::Linked;
use tokio::time::Instant;

/// Larger than what a pipe, a frame or a piece in memory holds.
const LARGE: usize = 3 << 20;

fn start() -> (Linked, EnvironmentCard) {
    let linked = Linked::start(Options::new(following(NOON)));
    let card = linked.environments().remove(0);
    (linked, card)
}

fn client(linked: &Linked) -> Client {
    Client::new(linked.config()).unwrap()
}

/// A request for an object of the environment's bucket.
fn object(method: http::Method, card: &EnvironmentCard) -> Request {
    let url = format!("{}/a", card.storage_url);
    let signed = format!("{}:{}", card.storage_user, card.storage_password);
    let signed = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, signed);
    Request::new(method, &url)
        .unwrap()
        .secret_header("authorization", &format!("Basic {signed}"))
}

fn put(card: &EnvironmentCard, content: &Bytes) -> Request {
    object(http::Method::PUT, card).body(Body::Bytes(content.clone()))
}

fn get(card: &EnvironmentCard) -> Request {
    object(http::Method::GET, card)
}

fn content() -> Bytes {
    let mut rng = fastrand::Rng::with_seed(7);
    let mut content = vec![0; LARGE];
    rng.fill(&mut content);
    content.into()
}

async fn read(mut response: Response) -> Result<Vec<u8>, ferry_http::Error> {
    let mut all = Vec::new();
    while let Some(piece) = response.chunk().await? {
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

fn once(action: Action) -> Rule {
    Rule {
        service: Some(Service::Store),
        times: Some(1),
        ..Rule::new(action)
    }
}

#[tokio::test(start_paused = true)]
async fn a_large_object_goes_and_comes() {
    let (linked, card) = start();
    let client = client(&linked);
    let content = content();
    let stored = client.send(put(&card, &content)).await.unwrap();
    assert_eq!(stored.status(), 201);
    let got = read(client.send(get(&card)).await.unwrap()).await.unwrap();
    assert!(got == content);
}

#[tokio::test(start_paused = true)]
async fn a_deadline_passes_as_soon_as_nothing_else_happens() {
    let (linked, card) = start();
    let mut config = linked.config();
    config.retry.attempts = 1;
    let patience = config.deadlines.first_byte;
    let client = Client::new(config).unwrap();
    let content = Bytes::from_static(b"hello");
    client.send(put(&card, &content)).await.unwrap();

    let ms = 3_600_000;
    linked.emulator.add_rule(once(Action::Delay { ms }));
    let began = Instant::now();
    let error = client.send(get(&card)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Deadline);
    let waited = began.elapsed();
    assert!(waited >= patience && waited < 2 * patience, "{waited:?}");

    // A body that creeps ends in its time, too.
    let creeping = Action::Slow {
        bytes_per_second: 1,
    };
    linked.emulator.add_rule(once(creeping));
    let began = Instant::now();
    let got = read(client.send(get(&card)).await.unwrap()).await.unwrap();
    assert_eq!(got, content);
    assert!(began.elapsed() >= Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn what_is_cut_or_reset_is_sent_again() {
    let (linked, card) = start();
    let client = client(&linked);
    let content = content();
    let (after, way) = (1_000_000, Way::Up);
    for fault in [
        Action::Cut { after, way },
        Action::Reset,
        Action::LoseAnswer,
    ] {
        linked.emulator.add_rule(once(fault));
        let stored = client.send(put(&card, &content)).await.unwrap();
        assert_eq!(stored.evidence().attempts, 2);
    }
    let got = read(client.send(get(&card)).await.unwrap()).await.unwrap();
    assert!(got == content);
}

#[tokio::test(start_paused = true)]
async fn answers_are_cut_shortened_and_wrong() {
    let (linked, card) = start();
    let client = client(&linked);
    let content = content();
    client.send(put(&card, &content)).await.unwrap();
    let (after, way) = (1_000_000, Way::Down);

    linked.emulator.add_rule(once(Action::Cut { after, way }));
    let cut = read(client.send(get(&card)).await.unwrap()).await;
    assert_eq!(cut.unwrap_err().kind(), ErrorKind::Broken);

    let truncate = Action::Truncate { after, way };
    linked.emulator.add_rule(once(truncate));
    let short = read(client.send(get(&card)).await.unwrap()).await.unwrap();
    assert!(short == content.slice(..1_000_000));

    linked.emulator.add_rule(once(Action::Corrupt { way }));
    let other = read(client.send(get(&card)).await.unwrap()).await.unwrap();
    assert_eq!(other.len(), LARGE);
    let wrong = other.iter().zip(&content).filter(|(a, b)| a != b).count();
    assert_eq!(wrong, 1);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_fails_is_a_host_that_is_not_reached() {
    let (linked, card) = start();
    let mut config = linked.config();
    config.link = Some(Link::new(|host, port| {
        assert_eq!((host, port), ("127.0.0.1", 80));
        Err(io::ErrorKind::ConnectionRefused.into())
    }));
    let error = Client::new(config)
        .unwrap()
        .send(get(&card))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.evidence().attempts, 4);
    assert!(!error.maybe_done());
}
