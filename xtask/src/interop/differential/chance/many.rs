//! Requests about many objects: manifests, bulk deletes.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::request::{Body, Request};
use super::part::{CONTENTS, accept, container, name, object, of, plain, some, with_body};

/// Manifests, right and wrong.
pub(super) fn manifests() -> BoxedStrategy<Request> {
    let segment = (
        container(),
        name(),
        select(&CONTENTS[..]),
        0..12_u8,
        prop_oneof![6 => Just(""), 1 => Just(", \"range\": \"0-2\""), 1 => Just(", \"range\": \"-1\""), 1 => Just(", \"range\": \"7-\""), 1 => Just(", \"bogus\": 1"), 1 => Just(", \"range\": \"x\"")],
    )
        .prop_map(|(container, name, (content, md5), how, more)| {
            let name = percent_free(&name);
            let path = format!("/{container}/{name}");
            match how {
                0..6 => format!("{{\"path\": \"{path}\"{more}}}"),
                6..8 => format!(
                    "{{\"path\": \"{path}\", \"etag\": \"{md5}\", \"size_bytes\": {}{more}}}",
                    content.len()
                ),
                8 => format!("{{\"path\": \"{path}\", \"etag\": null, \"size_bytes\": null}}"),
                9 => "{\"data\": \"aGVsbG8=\"}".to_owned(),
                10 => "{\"data\": \"*\"}".to_owned(),
                _ => format!("{{\"path\": \"{path}\", \"size_bytes\": \"x\"}}"),
            }
        });
    let list = prop::collection::vec(segment, 0..4).prop_map(|all| format!("[{}]", all.join(", ")));
    let list = prop_oneof![12 => list, 1 => select(&["", "{}", "[1]", "[{}]", "null"][..]).prop_map(str::to_owned)];
    let list = (list, 0..16_u8).prop_map(|(list, how)| match how {
        0..10 => Body::Sized(list),
        10..13 => Body::Chunked(list),
        13..15 => Body::Expected(list),
        _ => Body::None,
    });
    let target = |query: &'static str| object().prop_map(move |target| target + query);
    let how = prop_oneof![
        6 => Just("?multipart-manifest=put"),
        1 => Just("?multipart-manifest=put&heartbeat=on"),
    ];
    let extra = some(vec![
        (
            8,
            of(
                "ETag",
                &["5d41402abc4b2a76b9719d911017c592", "\"x\"", "bogus"],
            ),
        ),
        (4, of("X-Object-Meta-Colour", &["red"])),
        (6, of("Content-Type", &["text/plain"])),
        (10, of("X-Static-Large-Object", &["true"])),
    ]);
    let put = with_body(
        "PUT",
        (object(), how).prop_map(|(target, how)| target + how),
        (accept(), extra)
            .prop_map(|(accept, extra)| [accept, extra].concat())
            .boxed(),
        list,
    );
    let none = || Just(Vec::new()).boxed();
    let delete =
        (target("?multipart-manifest=delete"), accept()).prop_map(|(target, headers)| Request {
            method: "DELETE",
            target,
            headers,
            body: Body::None,
        });
    prop_oneof![
        4 => put,
        3 => plain("GET", target("?multipart-manifest=get"), none()),
        1 => plain("GET", target("?multipart-manifest=get&format=raw"), none()),
        1 => plain("HEAD", target("?multipart-manifest=get"), none()),
        1 => delete,
        1 => plain("GET", (object(), select(&["1", "2", "0", "x", "99"][..])).prop_map(|(target, part)| format!("{target}?part-number={part}")), none()),
    ]
    .boxed()
}

/// A name as it stands in JSON: of those that need no escape there.
pub(super) fn percent_free(name: &str) -> String {
    if name.contains('%') {
        "a".to_owned()
    } else {
        name.to_owned()
    }
}

pub(super) fn bulk() -> BoxedStrategy<Request> {
    let line = prop_oneof![6 => (container(), name()).prop_map(|(container, name)| format!("{container}/{name}")), 2 => container().prop_map(str::to_owned), 1 => Just(String::new()), 1 => Just("/@0/a b".to_owned()), 1 => Just("%FF".to_owned())];
    let lines = prop::collection::vec(line, 0..5).prop_map(|mut lines| {
        // Upstream deletes several at once: of two that are the same it finds both there, or one.
        let mut seen = BTreeSet::new();
        lines.retain(|line| seen.insert(line.clone()));
        Body::Sized(lines.join("\n"))
    });
    let headers = (
        accept(),
        some(vec![(
            12,
            of("Content-Type", &["text/plain", "application/json"]),
        )]),
    )
        .prop_map(|(mut headers, more)| {
            headers.extend(more);
            headers
        })
        .boxed();
    let method = prop_oneof![4 => Just("POST"), 1 => Just("DELETE")];
    (
        method,
        headers,
        lines,
        select(&["?bulk-delete", "?bulk-delete=true", "?bulk-delete&x=1"][..]),
    )
        .prop_map(|(method, headers, body, query)| Request {
            method,
            target: format!("/v1/AUTH_test{query}"),
            headers,
            body,
        })
        .boxed()
}
