//! Objects that are put.

use std::io::{self, Write as _};

use bytes::Bytes;
use ferry_swift::{ErrorKind, Features, Lanes, Source, Storing, probe, store};
use futures_util::StreamExt as _;
use futures_util::stream;
use http::{Method, StatusCode};

use super::{assert_holds, assert_same, content, name, names, put, put_with, read, silent};
use crate::stand::Stand;

/// MD5 of nothing.
const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";
/// MD5 of `hello world`.
const HELLO: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";
const ZEROS: &str = "00000000000000000000000000000000";

pub(super) async fn an_object_is_replaced(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let first = put(&bucket, &name, "hello world").await.unwrap();
    let second = put(&bucket, &name, "other").await.unwrap();
    assert_ne!(first.etag, second.etag);
    let (read, digests) = read(&bucket, &name).await.unwrap();
    assert_eq!(read, b"other");
    assert_same(&digests, &second);
}

pub(super) async fn only_a_new_one_is_stored_where_that_is_asked(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let only_new = async |text: &'static str| {
        let how = Storing {
            only_new: true,
            features: Features::all(),
            ..Storing::default()
        };
        let source = Source::Bytes(Bytes::from_static(text.as_bytes()));
        store(&bucket, &name, source, &how, &Lanes::new(1), &silent()).await
    };
    only_new("hello world").await.unwrap();
    let again = only_new("other").await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Precondition);
    assert_eq!(read(&bucket, &name).await.unwrap().0, b"hello world");
}

/// By what the server says of itself, or else by trial, of which nothing is left.
pub(super) async fn what_works_is_found_out(stand: Stand) {
    let bucket = stand.bucket();
    let found = probe(&bucket, Features::all(), 7).await.unwrap();
    let expected = Features {
        segments: stand.can.large_objects,
        dynamic: stand.can.large_objects,
        copy: stand.can.copies,
        conditional: true,
        bulk_delete: stand.can.bulk,
        chunked: stand.can.chunked,
    };
    assert_eq!(found, expected);
    assert_eq!(
        probe(&bucket, Features::none(), 7).await.unwrap(),
        Features::none()
    );
    assert!(names(&bucket, ".ferry").await.is_empty());
}

/// By the answer to the PUT, by HEAD and by GET; and by the listing, whose own digest may be another.
pub(super) async fn what_is_stored_is_told_alike_everywhere(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let stored = put(&bucket, &name, "hello world").await.unwrap();
    assert!(stored.etag.is_some());
    assert_eq!(stored.etag.as_deref() == Some(HELLO), stand.can.md5);
    assert_eq!(stored.bytes, 11);
    let info = bucket.head(&name).await.unwrap();
    assert_eq!((info.bytes, &info.etag), (11, &stored.etag));
    let download = bucket.get(&name, None).await.unwrap();
    assert_eq!(
        (download.info.bytes, &download.info.etag),
        (11, &stored.etag)
    );
    let listed = bucket.list(Some(name.as_str())).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].bytes, 11);
    // Where the others tell no MD5 the emulator's listing still does, as one of the service was seen to.
    assert_eq!(listed[0].etag.as_deref(), Some(HELLO));
}

pub(super) async fn an_empty_object_is_one(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let stored = put(&bucket, &name, "").await.unwrap();
    assert_eq!(bucket.head(&name).await.unwrap().bytes, 0);
    let (read, digests) = read(&bucket, &name).await.unwrap();
    assert_eq!((read.len(), &*digests.md5), (0, EMPTY));
    assert_same(&digests, &stored);
}

/// More than any buffer on the way holds, in pieces.
const LARGE: usize = 3_000_001;

fn streamed(content: &Bytes, len: Option<u64>) -> Source {
    let pieces: Vec<_> = content.chunks(70_000).map(Bytes::copy_from_slice).collect();
    Source::Stream {
        stream: stream::iter(pieces.into_iter().map(Ok)).boxed(),
        len,
    }
}

pub(super) async fn a_stream_of_known_length_is_stored(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let content = content(LARGE);
    let source = streamed(&content, Some(LARGE as u64));
    let stored = put_with(&bucket, &name, source, Features::none())
        .await
        .unwrap();
    assert_holds(&bucket, &name, &content, &stored).await;
}

pub(super) async fn a_stream_of_unknown_length_is_stored_or_refused(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let name = name(format!("{prefix}a"));
    let content = content(LARGE);
    let all = Features::all();
    let stored = put_with(&bucket, &name, streamed(&content, None), all).await;
    if stand.can.chunked {
        let stored = stored.unwrap();
        assert_holds(&bucket, &name, &content, &stored).await;
    } else {
        let status = stored.unwrap_err().evidence().unwrap().status;
        assert_eq!(status, Some(411));
        assert!(names(&bucket, &prefix).await.is_empty());
    }
}

pub(super) async fn a_stream_that_fails_stores_nothing(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let name = name(format!("{prefix}a"));
    let pieces = vec![Ok(content(100_000)), Err(io::Error::other("gone"))];
    let source = Source::Stream {
        stream: stream::iter(pieces).boxed(),
        len: Some(LARGE as u64),
    };
    let failed = put_with(&bucket, &name, source, Features::none())
        .await
        .unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::Local, "{failed}");
    assert!(names(&bucket, &prefix).await.is_empty());
    assert!(bucket.head(&name).await.unwrap_err().is_not_found());
}

pub(super) async fn a_file_is_stored(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let content = content(LARGE);
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&content).unwrap();
    let source = Source::File(file.path().to_owned());
    let stored = put_with(&bucket, &name, source, Features::none())
        .await
        .unwrap();
    assert_holds(&bucket, &name, &content, &stored).await;
}

/// Damage on the way up: the client tells the MD5 before the bytes.
pub(super) async fn a_wrong_etag_is_refused_where_etags_are_checked(stand: Stand) {
    let bucket = stand.bucket();
    let name = name(stand.prefix() + "a");
    let body = Bytes::from_static(b"hello world");
    let headers = [("etag", ZEROS)];
    let answer = stand
        .ask(Method::PUT, Some(&name), "", &headers, body)
        .await;
    if stand.can.checks_etags {
        let status = answer.err().and_then(|error| error.status());
        assert_eq!(status, Some(StatusCode::UNPROCESSABLE_ENTITY));
        assert!(bucket.head(&name).await.unwrap_err().is_not_found());
    } else {
        // Then it is not taken for true, either.
        answer.unwrap();
        let told = bucket.head(&name).await.unwrap().etag;
        assert_ne!(told.as_deref(), Some(ZEROS));
    }
}
