//! The digest of a static manifest, as a file.

use super::Known;
use crate::interop::differential::past::Past;

pub(super) const DIGESTS: Known = Known {
    what: "the MD5 of a static manifest itself",
    why: "the dates of its segments are in it",
    forgive: |pair| {
        let (request, past) = (pair.request, pair.past);
        let large = |headers: &std::collections::BTreeMap<_, _>| {
            headers.contains_key("x-static-large-object")
        };
        if large(&pair.genuine.headers) || large(&pair.ours.headers) {
            let itself =
                request.asks("multipart-manifest=get") && matches!(request.method, "GET" | "HEAD");
            for answer in pair.answers() {
                answer.mask("x-manifest-etag");
                if itself {
                    answer.mask("etag");
                }
            }
        }
        if let ["AUTH_test", container] = request.place().as_slice() {
            for answer in pair.answers() {
                answer.body = without_digests(&answer.body, container, past);
            }
        }
    },
};

/// A listing without the digests of the static manifests in it.
fn without_digests(body: &str, container: &str, past: &Past) -> String {
    let rows = body.split_inclusive("<object>");
    let rows = rows.flat_map(|part| part.split_inclusive('}'));
    rows.map(|row| {
        if row.contains("\"slo_etag\": ") {
            return masked(row, "\"hash\": \"", "\"");
        }
        let name = between(row, "<name>", "</name>");
        if name.is_some_and(|name| past.has_manifest(container, &unescaped(name))) {
            return masked(row, "<hash>", "</hash>");
        }
        row.to_owned()
    })
    .collect()
}

/// A row without what stands between these, where that is a digest.
fn masked(row: &str, before: &str, behind: &str) -> String {
    let digest = between(row, before, behind)
        .filter(|it| it.len() == 32 && it.bytes().all(|byte| byte.is_ascii_hexdigit()));
    digest.map_or(row.to_owned(), |digest| row.replacen(digest, "<md5>", 1))
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    let (inner, _) = rest.split_once(behind)?;
    Some(inner)
}

/// A name as XML has it.
fn unescaped(name: &str) -> String {
    name.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::differential::compare::difference;
    use crate::interop::differential::sample::{alike, answer, request};

    const ONE: &str = "5d41402abc4b2a76b9719d911017c592";
    const OTHER: &str = "781e5e245d69b566979b86e28d23f2c7";

    #[test]
    fn the_digest_of_a_manifest_may_differ_where_it_is_one() {
        let itself = request("GET /v1/AUTH_test/@0/a?multipart-manifest=get");
        let content = request("GET /v1/AUTH_test/@0/a");
        let copy = request("COPY /v1/AUTH_test/@0/a?multipart-manifest=get");
        let large = ("x-static-large-object", "True");
        let said = |name, value| answer("200 OK", &[large, (name, value)], "");
        let plain = |name, value| answer("200 OK", &[(name, value)], "");
        let file = "x-manifest-etag";
        assert!(alike(&content, &said(file, ONE), &said(file, OTHER)));
        assert!(!alike(&content, &plain(file, ONE), &plain(file, OTHER)));
        let bare = answer("200 OK", &[large], "");
        assert!(!alike(&content, &said(file, ONE), &bare));
        assert!(alike(&itself, &said("etag", ONE), &said("etag", OTHER)));
        assert!(!alike(&itself, &plain("etag", ONE), &plain("etag", OTHER)));
        assert!(!alike(&itself, &said("etag", ONE), &bare));
        for other in [&content, &copy] {
            assert!(!alike(other, &said("etag", ONE), &said("etag", OTHER)));
        }
    }

    #[test]
    fn a_row_in_json_may_differ_where_it_is_of_a_manifest() {
        let listing = request("GET /v1/AUTH_test/@0?format=json");
        let rows = |plain: &str, large: &str, joined: &str| {
            let body = format!(
                r#"[{{"hash": "{plain}", "name": "a"}}, {{"hash": "{large}", "name": "b", "slo_etag": "{joined}"}}]"#
            );
            answer("200 OK", &[], &body)
        };
        let genuine = rows(ONE, ONE, ONE);
        assert!(alike(&listing, &genuine, &rows(ONE, OTHER, ONE)));
        assert!(!alike(&listing, &genuine, &rows(OTHER, ONE, ONE)));
        assert!(!alike(&listing, &genuine, &rows(ONE, ONE, OTHER)));
        assert!(!alike(&listing, &genuine, &rows(ONE, "none", ONE)));
        let account = request("GET /v1/AUTH_test?format=json");
        assert!(!alike(&account, &genuine, &rows(ONE, OTHER, ONE)));
    }

    #[test]
    fn a_row_in_xml_may_differ_where_a_manifest_was_put() {
        let listing = request("GET /v1/AUTH_test/@0?format=xml");
        let rows = |plain: &str, large: &str| {
            let row = |name, hash| {
                format!("<object><name>{name}</name><hash>{hash}</hash><bytes>1</bytes></object>")
            };
            let body = format!(
                "<container>{}{}</container>",
                row("a", plain),
                row("&lt;b", large)
            );
            answer("200 OK", &[], &body)
        };
        let put = request("PUT /v1/AUTH_test/@0/%3Cb?multipart-manifest=put");
        let mut past = Past::default();
        past.add(&put, &answer("201 Created", &[], ""));
        let alike =
            |past: &Past, ours| difference(&listing, past, &rows(ONE, ONE), &ours).is_none();
        assert!(alike(&past, rows(ONE, OTHER)));
        assert!(!alike(&past, rows(OTHER, ONE)));
        assert!(!alike(&past, rows(ONE, "")));
        assert!(!alike(&Past::default(), rows(ONE, OTHER)));
    }
}
