//! Names: any that there may be, each as itself.

use super::{assert_same, name, names, put, read};
use crate::stand::Stand;

/// What addresses, shells, listings and folders give a meaning to.
const ODD: [&str; 24] = [
    "plain.zip",
    "a b",
    " a ",
    "a+b",
    "a%2Fb",
    "a%b",
    "a%00b",
    "a?b=c&d",
    "a#b",
    "a;b,c|d",
    "a\\b",
    "\"quoted\" 'too'",
    "<a>&amp;</a>",
    "{a}[b]^`",
    "a//b",
    "/a",
    "a/",
    "a/./b",
    "a/../b",
    "ä ö ß é",
    "e\u{301}",
    "名前/ファイル",
    "🚢.zip",
    "a\tb\u{7f}",
];

pub(super) async fn any_name_comes_and_goes(stand: Stand) {
    let bucket = stand.bucket();
    let prefix = stand.prefix();
    let long = "x".repeat(1024 - prefix.len());
    let wide = "é".repeat((1024 - prefix.len()) / 2);
    let odd = ODD.iter().copied().chain([&*long, &*wide]);
    for text in odd.map(|odd| format!("{prefix}{odd}")) {
        let name = name(&text);
        let stored = put(&bucket, &name, "hello world").await;
        let stored = stored.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(bucket.head(&name).await.unwrap().bytes, 11, "{text:?}");
        assert_eq!(names(&bucket, &text).await, [&*text]);
        let (read, digests) = read(&bucket, &name).await.unwrap();
        assert_eq!(read, b"hello world", "{text:?}");
        assert_same(&digests, &stored);
        bucket.delete(&name).await.unwrap();
        let gone = bucket.head(&name).await.unwrap_err();
        assert!(gone.is_not_found(), "{text:?}: {gone}");
    }
    assert!(names(&bucket, &prefix).await.is_empty());
}

/// Nothing on the way decodes a name once more, joins slashes, or walks along dots. These begin a path.
pub(super) async fn names_that_look_alike_are_others(stand: Stand) {
    let bucket = stand.bucket();
    let alike = [
        ["..", "."],
        ["../a", "a"],
        ["%2e%2e", "%2E%2E"],
        ["a+b", "a b"],
        ["a%2Fb", "a/b"],
        ["a%252Fb", "a%2Fb"],
        ["a//b", "a/b"],
        ["a/./b", "a/b"],
        ["A", "a"],
        ["\u{e9}", "e\u{301}"],
    ];
    for pair in alike {
        let [one, other] = pair.map(name);
        put(&bucket, &one, "one").await.unwrap();
        let missing = bucket.head(&other).await.unwrap_err();
        assert!(missing.is_not_found(), "{pair:?}");
        put(&bucket, &other, "other").await.unwrap();
        for (name, content) in [(&one, "one"), (&other, "other")] {
            let (read, _) = read(&bucket, name).await.unwrap();
            assert_eq!(read, content.as_bytes(), "{pair:?}");
            bucket.delete(name).await.unwrap();
        }
    }
}
