//! What nobody would think of.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::request::{Body, Request};
use super::part::{container, object, of, some};

/// What is nowhere, and what is no method.
pub(super) fn oddities() -> BoxedStrategy<Request> {
    let target = select(
        &[
            "/",
            "/v1",
            "/v1/",
            "/v2/AUTH_test/@0",
            "/v1.0/AUTH_test/@0/a",
            "//v1/AUTH_test",
            "/v1//@0",
            "/v1/AUTH_test//a",
            "/v1/AUTH_test/@0/",
            "/v1/AUTH_test/@0//",
            "/v1/AUTH_test/@0/%00",
            "/v1/AUTH_test/@0/%FF",
            "/v1/AUTH_test/@0/%",
            "/v1/AUTH_test/@0/%zz",
            "/v1/AUTH_test/@0%2Fa",
            "/v1/AUTH_test/@0/./a",
            "/v1/AUTH_test/@0/../@0/a",
            "/v1/AUTH_@0/@0",
            "/v1/AUTH_@0",
            "/v1/test/@0/a",
            "/healthcheck",
            "/bogus",
            "/auth",
            "/auth/v1.0",
            "/auth/v2.0",
            "/v1/AUTH_test/@0/a",
            "/v1/AUTH_test/@0",
        ][..],
    );
    let method = select(
        &[
            "GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS", "PATCH", "TRACE", "get",
        ][..],
    );
    (target, method)
        .prop_map(|(target, method)| Request {
            method,
            target: target.to_owned(),
            headers: Vec::new(),
            body: if matches!(method, "PUT" | "POST" | "PATCH") {
                Body::Sized(String::new())
            } else {
                Body::None
            },
        })
        .boxed()
}

pub(super) fn cors() -> BoxedStrategy<Request> {
    let headers = some(vec![
        (
            2,
            of("Origin", &["http://a.example", "http://evil.example"]),
        ),
        (
            2,
            of("Access-Control-Request-Method", &["GET", "PUT", "BOGUS"]),
        ),
        (
            4,
            of("Access-Control-Request-Headers", &["x-object-meta-a, x-b"]),
        ),
    ]);
    let target = prop_oneof![
        object(),
        container().prop_map(|it| format!("/v1/AUTH_test/{it}"))
    ];
    (select(&["OPTIONS", "GET", "HEAD"][..]), target, headers)
        .prop_map(|(method, target, headers)| Request {
            method,
            target,
            headers,
            body: Body::None,
        })
        .boxed()
}

pub(super) fn names_of_containers() -> BoxedStrategy<Request> {
    const ODD: [&str; 6] = [
        "@0%20x",
        "@0%C3%A9",
        "@0%3Cx%3E",
        "@0.x-_~",
        "@0%0A",
        // Longer than a name may be.
        "@0-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long-very-long",
    ];
    (
        select(&["PUT", "GET", "HEAD", "DELETE"][..]),
        select(const { &ODD }.as_slice()),
    )
        .prop_map(|(method, name)| Request {
            method,
            target: format!("/v1/AUTH_test/{name}"),
            headers: Vec::new(),
            body: if method == "PUT" {
                Body::Sized(String::new())
            } else {
                Body::None
            },
        })
        .boxed()
}
