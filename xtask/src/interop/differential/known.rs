//! The differences that are known, and left: they are published in `docs/fidelity.md`.

use super::compare::Pair;
use super::request::Body;

/// A difference.
pub(super) struct Known {
    /// What differs.
    pub(super) what: &'static str,
    /// Why it is left so.
    pub(super) why: &'static str,
    /// Makes the answers alike in this, and in this only.
    pub(super) forgive: fn(&mut Pair<'_>),
}

pub(super) const KNOWN: &[Known] = &[
    Known {
        what: "the `Content-Length: 0` of a 204 and a 304",
        why: "the library that writes answers leaves it out, as RFC 9110 has it",
        forgive: |pair| {
            if pair.genuine.status.starts_with("204") || pair.genuine.status.starts_with("304") {
                pair.genuine.headers.remove("content-length");
                pair.ours.headers.remove("content-length");
            }
        },
    },
    Known {
        what: "the totals of an account, and those of its containers in its listing",
        why: "upstream's come later, by a process that runs now and then; the emulator's are true at once",
        forgive: |pair| {
            if pair.request.target.starts_with("/v1/AUTH_test?") {
                for answer in [&mut pair.genuine, &mut pair.ours] {
                    answer.headers.remove("content-length");
                    for before in ["\"count\": ", "\"bytes\": ", "<count>", "<bytes>"] {
                        answer.body = uncounted(&answer.body, before);
                    }
                }
            }
            for answer in [&mut pair.genuine, &mut pair.ours] {
                answer.headers.retain(|name, _| {
                    !(name.starts_with("x-account-")
                        && (name.ends_with("-count") || name.ends_with("-bytes-used")))
                });
            }
        },
    },
    Known {
        what: "`Connection: close` with a refusal that comes before the body",
        why: "whether a connection is kept then is up to the library that serves",
        forgive: |pair| {
            if matches!(pair.request.body, Body::Expected(_)) {
                pair.genuine.headers.remove("connection");
                pair.ours.headers.remove("connection");
            }
        },
    },
    Known {
        what: "`100 Continue` before a body of no bytes",
        why: "the library that serves asks for no body where there is none",
        forgive: |pair| {
            if matches!(&pair.request.body, Body::Expected(body) if body.is_empty()) {
                pair.ours.continued = pair.genuine.continued;
            }
        },
    },
    Known {
        what: "the MD5 of a static manifest itself",
        why: "the dates of its segments are in it",
        forgive: |pair| {
            for answer in [&mut pair.genuine, &mut pair.ours] {
                answer.headers.remove("x-manifest-etag");
                if pair.request.target.contains("multipart-manifest=get") {
                    answer.headers.remove("etag");
                }
                if answer.body.contains("slo_etag") {
                    answer.body = without_digests(&answer.body);
                }
            }
        },
    },
    Known {
        what: "a static manifest that upstream fails on with 500, such as `[1]`",
        why: "the emulator answers 400, as upstream does for other manifests that are none",
        forgive: |pair| {
            let manifest = pair.request.target.ends_with("?multipart-manifest=put");
            if manifest && pair.genuine.status.starts_with("500") {
                pair.ours = pair.genuine.clone();
            }
        },
    },
    Known {
        what: "PUT and DELETE of an account by who administers all",
        why: "the emulator's accounts come by being used, and stay",
        forgive: |pair| {
            let account = matches!(
                pair.request.target.as_str(),
                "/v1/AUTH_test" | "/v1/AUTH_nobody" | "//v1/AUTH_test"
            );
            if account && matches!(pair.request.method, "PUT" | "DELETE") {
                pair.ours = pair.genuine.clone();
            }
        },
    },
    Known {
        what: "the order of the errors in a report on many objects",
        why: "upstream looks at several objects at once, and tells of them as they come",
        forgive: |pair| {
            for answer in [&mut pair.genuine, &mut pair.ours] {
                if answer.body.contains("rrors") {
                    let mut parts: Vec<&str> = answer
                        .body
                        .split_inclusive(['\n', '[', ']', '{', '}'])
                        .collect();
                    parts.sort_unstable();
                    answer.body = parts.concat();
                }
            }
        },
    },
    Known {
        what: "the order in `Allow` and in `Access-Control-Expose-Headers`",
        why: "upstream's is that of a set, and changes from start to start",
        forgive: |pair| {
            for answer in [&mut pair.genuine, &mut pair.ours] {
                for name in [
                    "allow",
                    "access-control-allow-methods",
                    "access-control-expose-headers",
                ] {
                    if let Some(allow) = answer.headers.get_mut(name) {
                        let mut methods: Vec<&str> = allow.split(", ").collect();
                        methods.sort_unstable();
                        *allow = methods.join(", ");
                    }
                }
            }
        },
    },
];

/// The text without the number that stands behind each of these.
fn uncounted(text: &str, before: &str) -> String {
    let mut parts = text.split(before);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(before);
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}

/// The text with every MD5 alike.
fn without_digests(text: &str) -> String {
    let is_digest =
        |word: &str| word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let words = text.split_inclusive('"').map(|word| {
        let bare = word.trim_end_matches(['"', '\\']);
        if is_digest(bare) {
            word.replace(bare, "<md5>")
        } else {
            word.to_owned()
        }
    });
    words.collect()
}
