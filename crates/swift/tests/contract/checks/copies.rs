//! What a server does with objects by itself, where it does.

use ferry_swift::{Features, Source, Storing, copy};

use super::{content, name, names, put, put_with, read, silent};
use crate::stand::Stand;

pub(super) async fn an_object_is_copied(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let from = name(format!("{prefix}from é+%2F"));
    let content = content(1_000_001);
    let source = Source::Bytes(content.clone());
    let stored = put_with(&bucket, &from, source, Features::none())
        .await
        .unwrap();
    for (to, server) in [("streamed", false), ("by the server", true)] {
        let features = Features {
            copy: server && stand.can.copies,
            ..Features::none()
        };
        let to = name(format!("{prefix}{to}"));
        let how = Storing {
            features,
            ..Storing::default()
        };
        let copied = copy(&bucket, &from, &bucket, &to, &how, &silent()).await;
        let copied = copied.unwrap();
        assert_eq!(copied.bytes, stored.bytes);
        // Where it went by the server, nobody saw the bytes.
        let seen = (!how.features.copy).then_some(stored.sha256.clone());
        assert_eq!(copied.sha256, seen);
        assert!(read(&bucket, &to).await.unwrap().0 == content);
    }
}

pub(super) async fn many_objects_are_removed_where_that_works(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let mut all = Vec::new();
    for text in ["a", "b c", "d+e", "f%2Fg", "h/i", "é", "?&="] {
        let name = name(format!("{prefix}{text}"));
        put(&bucket, &name, "x").await.unwrap();
        all.push(name);
    }
    let kept = name(format!("{prefix}kept"));
    put(&bucket, &kept, "x").await.unwrap();
    let there = all.len() + 1;
    // What is gone is removed.
    all.push(name(format!("{prefix}never")));
    let removed = bucket.delete_many(&all).await;
    if stand.can.bulk {
        assert_eq!(removed.unwrap(), []);
        assert_eq!(names(&bucket, &prefix).await, [kept.as_str()]);
    } else {
        removed.unwrap_err();
        assert_eq!(names(&bucket, &prefix).await.len(), there);
    }
}
