//! What is up to the library that the emulator serves with.

use super::Known;
use crate::interop::differential::compare::Pair;
use crate::interop::differential::request::Body;

pub(super) const LENGTH: Known = Known {
    what: "the `Content-Length: 0` of a 204 and a 304",
    why: "the library that writes answers leaves it out, as RFC 9110 has it",
    forgive: |pair| {
        let bare = ["204", "304"].map(|status| pair.genuine.status.starts_with(status));
        if bare.contains(&true) && !pair.ours.headers.contains_key("content-length") {
            pair.genuine
                .headers
                .retain(|name, value| !(name == "content-length" && value == "0"));
        }
    },
};

pub(super) const CLOSE: Known = Known {
    what: "`Connection: close` with a refusal that comes before the body",
    why: "whether a connection is kept then is up to the library that serves",
    forgive: |pair| {
        if is_expected(pair, |_| true) && !pair.genuine.continued {
            for answer in pair.answers() {
                answer.headers.remove("connection");
            }
        }
    },
};

pub(super) const CONTINUE: Known = Known {
    what: "`100 Continue` before a body of no bytes",
    why: "the library that serves asks for no body where there is none",
    forgive: |pair| {
        if is_expected(pair, str::is_empty) && !pair.ours.continued {
            pair.genuine.continued = false;
        }
    },
};

/// Whether a body of this kind is sent only when the server asks for it.
fn is_expected(pair: &Pair<'_>, kind: fn(&str) -> bool) -> bool {
    matches!(&pair.request.body, Body::Expected(body) if kind(body))
}
