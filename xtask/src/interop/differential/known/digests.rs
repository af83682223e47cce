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
