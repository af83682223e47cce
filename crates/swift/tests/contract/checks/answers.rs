//! What a server refuses, and how that is told.

use std::error::Error as _;
use std::fmt::Write as _;

use ferry_core::storage::StorageUrl;
use ferry_swift::{Bucket, Error, ErrorKind};

use super::{name, put};
use crate::stand::Stand;

pub(super) async fn what_is_not_there_is_told(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    assert!(bucket.head(&name).await.unwrap_err().is_not_found());
    assert!(bucket.get(&name, None).await.unwrap_err().is_not_found());
}

pub(super) async fn what_is_gone_is_removed(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    bucket.delete(&name).await.unwrap();
    put(&bucket, &name, "x").await.unwrap();
    bucket.delete(&name).await.unwrap();
    bucket.delete(&name).await.unwrap();
}

/// By a listing, and by an object that is put there.
pub(super) async fn a_bucket_that_is_not_there_is_told(stand: Stand) {
    let url = StorageUrl::parse(&format!("{}-nowhere", stand.url)).unwrap();
    let bucket = Bucket::new(stand.client.clone(), url, stand.sign_in.clone());
    assert!(bucket.list(None).await.unwrap_err().is_not_found());
    let stored = put(&bucket, &name("a"), "x").await;
    assert!(stored.unwrap_err().is_not_found());
}

fn shown(error: &Error) -> String {
    let mut all = format!("{error}\n{error:?}");
    let mut next = error.source();
    while let Some(cause) = next {
        write!(all, "\n{cause}\n{cause:?}").unwrap();
        next = cause.source();
    }
    all
}

pub(super) async fn a_wrong_secret_is_refused_and_shown_nowhere(stand: Stand) {
    let bucket = Bucket::new(stand.client.clone(), stand.url.clone(), stand.wrong());
    for refused in [
        bucket.list(None).await.unwrap_err(),
        put(&bucket, &name("a"), "x").await.unwrap_err(),
        bucket.head(&name("a")).await.unwrap_err(),
    ] {
        assert_eq!(refused.kind(), ErrorKind::Unauthorized, "{refused}");
        assert_eq!(refused.evidence().unwrap().status, Some(401));
        let all = format!("{}{bucket:?}", shown(&refused));
        assert!(!all.contains("wrong"), "{all}");
    }
}

pub(super) async fn a_refusal_tells_status_request_and_reason(stand: Stand) {
    let bucket = stand.bucket();
    let missing = name(stand.prefix() + "missing");
    let refused = bucket.get(&missing, None).await.unwrap_err();
    let evidence = refused.evidence().unwrap();
    assert_eq!((&*evidence.method, evidence.status), ("GET", Some(404)));
    assert!(
        evidence
            .request_id
            .as_ref()
            .is_some_and(|id| !id.is_empty())
    );
    let text = refused.to_string();
    assert!(text.contains(missing.as_str()), "{text}");
    // Behind the status stands what the server says, be it JSON or HTML.
    let (_, reason) = text.split_once("(HTTP 404): ").expect(&text);
    assert!(
        reason.contains("not") && !reason.contains(['<', '{']),
        "{text}"
    );
}
