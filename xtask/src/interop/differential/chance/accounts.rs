//! Accounts, by who administers all.

use proptest::prelude::*;
use proptest::sample::select;

use super::super::request::Request;
use super::part::{pair, plain};

/// About an account that is this sequence's alone.
pub(super) fn accounts() -> BoxedStrategy<Request> {
    let target = select(&["", "", "/@0", "/@0/a", "?format=json"][..])
        .prop_map(|below| format!("/v1/AUTH_@0{below}"));
    let administers = Just(vec![pair("X-Auth-Token", "@reseller")]).boxed();
    let request = plain("GET", target, administers);
    let methods = select(&["GET", "HEAD", "PUT", "POST", "DELETE"][..]);
    (request, methods)
        .prop_map(|(request, method)| Request { method, ..request })
        .boxed()
}
