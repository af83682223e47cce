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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn a_length_of_nothing_may_be_left_out_where_there_is_no_body() {
        let get = request("GET /v1/AUTH_test/@0/a");
        let long = |status, length| answer(status, &[("content-length", length)], "");
        let bare = |status| answer(status, &[], "");
        for status in ["204 No Content", "304 Not Modified"] {
            assert!(alike(&get, &long(status, "0"), &bare(status)));
            assert!(!alike(&get, &long(status, "5"), &bare(status)));
            assert!(!alike(&get, &bare(status), &long(status, "0")));
            assert!(!alike(&get, &long(status, "0"), &long(status, "5")));
        }
        assert!(!alike(&get, &long("200 OK", "0"), &bare("200 OK")));
    }

    fn expected(body: &str) -> crate::interop::differential::request::Request {
        let mut put = request("PUT /v1/AUTH_test/@0/a");
        put.body = Body::Expected(body.to_owned());
        put
    }

    #[test]
    fn a_connection_may_close_where_a_body_is_not_asked_for() {
        let closed = answer("404 Not Found", &[("connection", "close")], "");
        let kept = answer("404 Not Found", &[], "");
        assert!(alike(&expected("hello"), &kept, &closed));
        assert!(!alike(&request("GET /v1/AUTH_test/@0/a"), &kept, &closed));
        let [closed, kept] = [closed, kept].map(|mut answer| {
            answer.continued = true;
            answer
        });
        assert!(!alike(&expected("hello"), &kept, &closed));
    }

    #[test]
    fn a_body_of_nothing_need_not_be_asked_for() {
        let unasked = answer("201 Created", &[], "");
        let mut asked = unasked.clone();
        asked.continued = true;
        assert!(alike(&expected(""), &asked, &unasked));
        assert!(!alike(&expected(""), &unasked, &asked));
        assert!(!alike(&expected("hello"), &asked, &unasked));
    }
}
