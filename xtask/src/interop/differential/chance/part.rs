//! What requests are made of.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::request::{Body, Request};

/// Contents, and their MD5.
pub(super) const CONTENTS: [(&str, &str); 4] = [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("hello", "5d41402abc4b2a76b9719d911017c592"),
    ("0123456789", "781e5e245d69b566979b86e28d23f2c7"),
];

/// Names of objects, encoded.
pub(super) const NAMES: [&str; 17] = [
    "a",
    "b",
    "b.txt",
    "dir/a",
    "dir/b.json",
    "dir/sub/c",
    // A static manifest from the beginning.
    "large",
    "dir/",
    "seg/1",
    "seg/2",
    "seg/3",
    "a%20b%2Bc",
    "%C3%A9%E2%82%AC",
    "..%2Fx",
    "x//y",
    "%25%3C%3E%22%26",
    "line%0Abreak",
];

pub(super) type Headers = Vec<(String, String)>;

pub(super) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

pub(super) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(&NAMES[..7]),
        3 => select(&NAMES[7..]),
    ]
    .prop_map(str::to_owned)
}

pub(super) fn container() -> impl Strategy<Value = &'static str> {
    prop_oneof![5 => Just("@0"), 1 => Just("@1")]
}

pub(super) fn object() -> impl Strategy<Value = String> {
    (container(), name()).prop_map(|(container, name)| format!("/v1/AUTH_test/{container}/{name}"))
}

pub(super) fn content() -> impl Strategy<Value = &'static str> {
    select(&CONTENTS[..]).prop_map(|(content, _)| content)
}

/// An `ETag` as it is told, quoted or not, right for something or for nothing.
pub(super) fn etag() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => select(&CONTENTS[..]).prop_map(|(_, md5)| md5.to_owned()),
        2 => select(&CONTENTS[..]).prop_map(|(_, md5)| format!("\"{md5}\"")),
        1 => Just("d41d8cd98f00b204e9800998ecf8427f".to_owned()),
        1 => Just("bogus".to_owned()),
    ]
}

/// Headers of which each comes or does not.
pub(super) fn some(of: Vec<(u32, BoxedStrategy<(String, String)>)>) -> BoxedStrategy<Headers> {
    of.into_iter()
        .map(|(one_in, header)| {
            prop_oneof![
                one_in.saturating_sub(1) => Just(None),
                1 => header.prop_map(Some),
            ]
        })
        .collect::<Vec<_>>()
        .prop_map(|headers| headers.into_iter().flatten().collect())
        .boxed()
}

pub(super) fn of(
    name: &'static str,
    values: &'static [&'static str],
) -> BoxedStrategy<(String, String)> {
    select(values)
        .prop_map(move |value| pair(name, value))
        .boxed()
}

pub(super) fn plain(
    method: &'static str,
    target: impl Strategy<Value = String> + 'static,
    headers: BoxedStrategy<Headers>,
) -> BoxedStrategy<Request> {
    with_body(method, target, headers, Just(Body::None))
}

pub(super) fn with_body(
    method: &'static str,
    target: impl Strategy<Value = String> + 'static,
    headers: BoxedStrategy<Headers>,
    body: impl Strategy<Value = Body> + 'static,
) -> BoxedStrategy<Request> {
    (target, headers, body)
        .prop_map(move |(target, headers, body)| Request {
            method,
            target,
            headers,
            body,
        })
        .boxed()
}

pub(super) fn accept() -> BoxedStrategy<Headers> {
    some(vec![(
        4,
        of(
            "Accept",
            &[
                "application/json",
                "text/xml",
                "application/xml;q=0.5, text/plain;q=0.4",
                "image/png",
                "*/*",
                "text/*",
                "",
                "bogus",
                "application/json;q=0",
            ],
        ),
    )])
}
