//! Objects, listings and transfers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_core::storage::StorageUrl;
use ferry_emulator::{EnvironmentCard, Options};
use ferry_http::{Client, Config};
use ferry_swift::{
    Bucket, Error, ErrorKind, Features, Lanes, SignIn, Source, Stored, Storing, Tell, copy, store,
};
use ferry_testkit::clock::{NOON, fixed};
use ferry_testkit::emulated::Running;

async fn start() -> (Running, Vec<EnvironmentCard>) {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let cards = running.emulator.environments(&running.authority);
    (running, cards)
}

fn bucket(card: &EnvironmentCard, password: &str) -> Bucket {
    let mut config = Config::new("ferry-test", Arc::new(|| NOON));
    config.retry.base = Duration::from_millis(1);
    config.loopback_only = true;
    Bucket::new(
        Client::new(config).unwrap(),
        StorageUrl::parse(&card.storage_url).unwrap(),
        SignIn::Basic {
            user: card.storage_user.parse().unwrap(),
            password: password.to_owned().into(),
        },
    )
}

fn quiet() -> Tell {
    Arc::new(drop)
}

async fn put(bucket: &Bucket, name: &ObjectName, body: Bytes) -> Result<Stored, Error> {
    let how = Storing {
        only_new: true,
        features: Features::all(),
        ..Storing::default()
    };
    let lanes = Lanes::default();
    store(bucket, name, Source::Bytes(body), &how, &lanes, &quiet()).await
}

#[tokio::test]
async fn an_object_of_any_name_comes_and_goes() {
    let (_running, cards) = start().await;
    let bucket = bucket(&cards[0], &cards[0].storage_password);
    let before = bucket.list(None).await.unwrap();
    for name in ["plain.zip", "a+b c/é?&=#%.zip", "d//e", "..", "a|b;c"] {
        let name = name.parse().unwrap();
        let body = Bytes::from_static(b"hello world");
        let stored = put(&bucket, &name, body.clone()).await.unwrap();
        let again = put(&bucket, &name, body).await.unwrap_err();
        assert_eq!(again.kind(), ErrorKind::Precondition);

        let info = bucket.head(&name).await.unwrap();
        assert_eq!((info.bytes, info.etag.clone()), (11, stored.etag.clone()));
        let listed = bucket.list(Some(name.as_str())).await.unwrap();
        assert_eq!(listed.len(), 1, "{name}");
        assert_eq!(listed[0].name, name.as_str());
        assert_eq!(listed[0].etag, stored.etag);

        let mut download = bucket.get(&name, info.etag.as_deref()).await.unwrap();
        while download.chunk().await.unwrap().is_some() {}
        assert_eq!(download.finish().unwrap().sha256, stored.sha256);
        let other = bucket
            .get(&name, Some("00000000000000000000000000000000"))
            .await;
        assert_eq!(other.unwrap_err().kind(), ErrorKind::Precondition);

        bucket.delete(&name).await.unwrap();
        bucket.delete(&name).await.unwrap();
        assert!(bucket.head(&name).await.unwrap_err().is_not_found());
    }
    assert_eq!(bucket.list(None).await.unwrap(), before);
}

#[tokio::test]
async fn an_archive_is_carried_to_another_bucket() {
    let (_running, cards) = start().await;
    let from = bucket(&cards[0], &cards[0].storage_password);
    let to = bucket(&cards[1], &cards[1].storage_password);
    assert_ne!(from.url(), to.url());
    let body: Vec<u8> = (0..3_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let name = "archive.zip".parse().unwrap();
    let stored = put(&from, &name, body.into()).await.unwrap();
    let how = Storing::default();
    let carried = copy(&from, &name, &to, &name, &how, &quiet()).await;
    assert_eq!(carried.unwrap().sha256, Some(stored.sha256));
    assert_eq!(to.head(&name).await.unwrap().bytes, 3_000_000);
}

#[tokio::test]
async fn a_wrong_token_is_refused() {
    let (_running, cards) = start().await;
    let error = bucket(&cards[0], "wrong").list(None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.to_string().contains("auth token"));
}
