//! Objects that come: by upload, and by copy.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::request::{Body, Request};
use super::headers::{object_headers, ranges};
use super::part::{container, content, etag, name, object, of, pair, plain, some, with_body};

pub(super) fn body() -> impl Strategy<Value = Body> {
    (content(), 0..16_u8).prop_map(|(content, how)| {
        let content = content.to_owned();
        match how {
            0..10 => Body::Sized(content),
            10..12 => Body::Chunked(content),
            12..14 => Body::Expected(content),
            14 => Body::None,
            _ => Body::Short(content),
        }
    })
}

pub(super) fn put_object() -> BoxedStrategy<Request> {
    let extra = some(vec![
        (4, etag().prop_map(|etag| pair("ETag", &etag)).boxed()),
        (10, of("If-None-Match", &["*", "x", "\"*\""])),
        (24, of("Content-MD5", &["wrong"])),
        (24, of("If-Match", &["x"])),
    ]);
    let headers = (object_headers(), extra)
        .prop_map(|(mut headers, extra)| {
            headers.extend(extra);
            headers
        })
        .boxed();
    with_body("PUT", object(), headers, body())
}

pub(super) fn copies() -> BoxedStrategy<Request> {
    let place = || {
        (
            prop_oneof![3 => Just("/"), 1 => Just("")],
            container(),
            name(),
        )
            .prop_map(|(slash, container, name)| format!("{slash}{container}/{name}"))
    };
    let place = move || prop_oneof![12 => place(), 1 => Just("@0".to_owned()), 1 => Just("/".to_owned()), 1 => Just("@9/a".to_owned()), 1 => Just("@0/none".to_owned())];
    let extra = some(vec![
        (4, of("X-Fresh-Metadata", &["true", "yes", "on", "1", "no"])),
        (
            16,
            of(
                "Destination-Account",
                &["AUTH_test", "AUTH_test2", "AUTH/x", ""],
            ),
        ),
        (
            16,
            of("X-Copy-From-Account", &["AUTH_test", "AUTH_test2", "a/b"]),
        ),
        // One: what is copied of several has a boundary by chance in it.
        (16, ranges(1)),
        (12, etag().prop_map(|etag| pair("If-Match", &etag)).boxed()),
    ]);
    let query = || select(&["", "", "", "?multipart-manifest=get"][..]);
    let copy = (object(), query(), place(), object_headers(), extra.clone()).prop_map(
        |(target, query, place, mut headers, extra)| {
            headers.push(pair("Destination", &place));
            headers.extend(extra);
            Request {
                method: "COPY",
                target: target + query,
                headers,
                body: Body::None,
            }
        },
    );
    let lost = plain("COPY", object(), Just(Vec::new()).boxed());
    let put = (
        object(),
        query(),
        place(),
        object_headers(),
        extra,
        prop_oneof![
            8 => Just(Body::Sized(String::new())),
            1 => Just(Body::Sized("x".to_owned())),
            2 => Just(Body::None),
            1 => Just(Body::Chunked(String::new())),
            1 => Just(Body::Chunked("x".to_owned())),
        ],
    )
        .prop_map(|(target, query, place, mut headers, extra, body)| {
            headers.push(pair("X-Copy-From", &place));
            headers.extend(extra);
            Request {
                method: "PUT",
                target: target + query,
                headers,
                body,
            }
        });
    prop_oneof![5 => copy, 1 => lost, 4 => put].boxed()
}
