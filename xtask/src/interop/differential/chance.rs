//! Requests by chance: what clients send, what they get wrong, and what nobody would think of.

mod accounts;
mod headers;
mod many;
mod objects;
mod odd;
mod part;

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::select;

use super::request::{Body, Request};
use accounts::accounts;
use headers::{conditions, container_headers, object_headers};
use many::{bulk, manifests};
use objects::{copies, put_object};
use odd::{cors, names_of_containers, oddities};
use part::{accept, container, object, of, pair, plain, some, with_body};

fn listing_query() -> BoxedStrategy<String> {
    const TEXTS: [&str; 12] = [
        "", "a", "b", "dir", "dir/", "dir/s", "seg/", "seg/2", "%C3%A9", "x//", "..", "zz",
    ];
    let text = || select(const { &TEXTS }.as_slice());
    let maybe = |one_in: u32, strategy: BoxedStrategy<String>| {
        prop_oneof![one_in - 1 => Just(None), 1 => strategy.prop_map(Some)].boxed()
    };
    let named = |name: &'static str| {
        text()
            .prop_map(move |text| format!("{name}={text}"))
            .boxed()
    };
    let plain = |values: &'static [&'static str]| select(values).prop_map(str::to_owned).boxed();
    vec![
        maybe(
            2,
            plain(&[
                "format=json",
                "format=xml",
                "format=plain",
                "format=bogus",
                "format=JSON",
                "format=",
            ]),
        ),
        maybe(3, named("prefix")),
        maybe(4, named("marker")),
        maybe(6, named("end_marker")),
        maybe(
            3,
            plain(&[
                "delimiter=/",
                "delimiter=r",
                "delimiter=",
                "delimiter=//",
                "delimiter=%C3%A9",
                "delimiter=ir",
            ]),
        ),
        maybe(10, named("path")),
        maybe(
            4,
            plain(&[
                "limit=1",
                "limit=2",
                "limit=3",
                "limit=0",
                "limit=10000",
                "limit=10001",
                "limit=-1",
                "limit=x",
                "limit=",
            ]),
        ),
        maybe(
            4,
            plain(&[
                "reverse=true",
                "reverse=on",
                "reverse=false",
                "reverse=bogus",
                "reverse=1",
            ]),
        ),
        maybe(
            24,
            plain(&[
                "states=listing",
                "unknown=1",
                "%FF=1",
                "prefix=%FF",
                "marker=%00",
            ]),
        ),
    ]
    .prop_map(|all| {
        let all: Vec<String> = all.into_iter().flatten().collect();
        if all.is_empty() {
            String::new()
        } else {
            format!("?{}", all.join("&"))
        }
    })
    .boxed()
}

fn any_request() -> BoxedStrategy<Request> {
    let none = || Just(Vec::new()).boxed();
    let target = |container: &'static str| format!("/v1/AUTH_test/{container}");
    let at = move || container().prop_map(target);
    let listed = move || (at(), listing_query()).prop_map(|(target, query)| target + &query);
    // Of the containers that are this sequence's alone.
    let account = listing_query().prop_map(|query| {
        let query = query.trim_start_matches('?').split('&');
        let rest = query.filter(|pair| !pair.starts_with("prefix=") && !pair.starts_with("path="));
        let rest: Vec<&str> = rest.collect();
        format!("/v1/AUTH_test?{}&prefix=@0", rest.join("&"))
    });
    let empty = || Just(Body::Sized(String::new()));
    prop_oneof![
        3 => with_body("PUT", at(), container_headers(), empty()),
        2 => with_body("POST", at(), container_headers(), empty()),
        1 => plain("HEAD", at(), accept()),
        1 => plain("DELETE", at(), none()),
        6 => plain("GET", listed(), accept()),
        1 => plain("GET", account, accept()),
        7 => put_object(),
        6 => plain("GET", object(), conditions()),
        3 => plain("HEAD", object(), conditions()),
        3 => with_body("POST", object(), object_headers(), empty()),
        2 => plain("DELETE", object(), some(vec![(8, of("X-If-Delete-At", &["4102444800", "x"]))])),
        3 => copies(),
        3 => manifests(),
        1 => bulk(),
        1 => accounts(),
        1 => oddities(),
        1 => cors(),
        1 => names_of_containers(),
    ]
    .boxed()
}

/// Requests one after the other, most of them by the owner. What comes first gives the rest something to work on.
pub(super) fn sequence() -> impl Strategy<Value = Vec<Request>> {
    let token = prop_oneof![
        24 => Just(Some("@tester")),
        2 => Just(Some("@third")),
        1 => Just(Some("@other")),
        1 => Just(Some("@reseller")),
        1 => Just(Some("bogus")),
        1 => Just(None),
    ];
    let request = (any_request(), token).prop_map(|(mut request, token)| {
        if let Some(token) = token
            && request.header("X-Auth-Token").is_none()
        {
            request.headers.push(pair("X-Auth-Token", token));
        }
        request
    });
    let first = |target: &str, body: &str| Request {
        method: "PUT",
        target: format!("/v1/AUTH_test/{target}"),
        headers: vec![pair("X-Auth-Token", "@tester")],
        body: Body::Sized(body.to_owned()),
    };
    let begin = [
        first("@0", ""),
        first("@0/a", "hello"),
        first("@0/seg/1", "0123456789"),
        first("@0/seg/2", "a"),
        first(
            "@0/large?multipart-manifest=put",
            "[{\"path\": \"/@0/seg/1\"}, {\"path\": \"/@0/seg/2\"}]",
        ),
    ];
    (0..=begin.len(), prop::collection::vec(request, 1..24)).prop_map(move |(count, requests)| {
        let mut all: Vec<Request> = begin.iter().take(count).cloned().collect();
        all.extend(requests);
        without_aftermath(all)
    })
}

/// Without what is about an account after it was made or deleted: that accounts are not so managed here is published, and
/// what follows from it differs.
fn without_aftermath(requests: Vec<Request>) -> Vec<Request> {
    let mut managed = BTreeSet::new();
    let mut kept = Vec::new();
    for request in requests {
        let account = request.place().first().copied().map(str::to_owned);
        if account.as_ref().is_some_and(|it| managed.contains(it)) {
            continue;
        }
        if request.manages_account() {
            managed.extend(account);
        }
        kept.push(request);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn nothing_follows_about_an_account_that_was_managed() {
        let by = |line, token| {
            let mut request = sample::request(line);
            request.headers.push(pair("X-Auth-Token", token));
            request
        };
        let all = vec![
            by("PUT /v1/AUTH_@0", "@tester"),
            by("GET /v1/AUTH_@0", "@reseller"),
            by("DELETE /v1/AUTH_@0", "@reseller"),
            by("GET /v1/AUTH_@0/@0", "@reseller"),
            by("GET /v1/AUTH_test/@0", "@reseller"),
            by("GET /", "@reseller"),
        ];
        let kept: Vec<String> = without_aftermath(all).iter().map(Request::line).collect();
        let expected = [
            "PUT /v1/AUTH_@0",
            "GET /v1/AUTH_@0",
            "DELETE /v1/AUTH_@0",
            "GET /v1/AUTH_test/@0",
            "GET /",
        ];
        assert_eq!(kept, expected);
    }
}
