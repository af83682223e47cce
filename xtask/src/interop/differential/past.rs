//! What a sequence has done so far, as far as a comparison has to know it.

use std::collections::BTreeSet;

use super::request::Request;
use super::wire::Answer;

/// What was done.
#[derive(Default)]
pub(super) struct Past {
    /// Container and object of each static manifest, the object as it is, not as it is encoded.
    manifests: BTreeSet<(String, String)>,
    /// Whether an object was given seconds to live.
    pub(super) has_lives: bool,
}

impl Past {
    /// Remembers a request that was answered alike, so that one answer tells of both.
    pub(super) fn add(&mut self, request: &Request, answer: &Answer) {
        self.has_lives |= request.header("X-Delete-After").is_some();
        let made = answer.status.starts_with("201")
            // It says before that it is at work.
            || answer.status.starts_with("202") && answer.body.contains("201 Created");
        let Some(place) = written(request).filter(|_| made) else {
            return;
        };
        if request.asks("multipart-manifest=put") || self.is_copy_of_manifest(request) {
            self.manifests.insert(place);
        } else {
            self.manifests.remove(&place);
        }
    }

    /// Whether a static manifest of this name was put.
    pub(super) fn has_manifest(&self, container: &str, object: &str) -> bool {
        let place = (container.to_owned(), object.to_owned());
        self.manifests.contains(&place)
    }

    fn is_copy_of_manifest(&self, request: &Request) -> bool {
        let source = match request.method {
            "COPY" => target(request),
            _ => request.header("X-Copy-From").and_then(place),
        };
        request.asks("multipart-manifest=get")
            && source.is_some_and(|source| self.manifests.contains(&source))
    }
}

/// The container and the object that a request writes.
fn written(request: &Request) -> Option<(String, String)> {
    match request.method {
        "PUT" => target(request),
        "COPY" => request.header("Destination").and_then(place),
        _ => None,
    }
}

fn target(request: &Request) -> Option<(String, String)> {
    let [_, container, object] = request.place().try_into().ok()?;
    Some((container.to_owned(), decoded(object)))
}

/// Of `/container/object`.
fn place(path: &str) -> Option<(String, String)> {
    let (container, object) = path.trim_start_matches('/').split_once('/')?;
    Some((container.to_owned(), decoded(object)))
}

/// A name without percent signs that encode.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = behind
            .split_at_checked(2)
            .filter(|_| *first == b'%')
            .and_then(|(code, behind)| {
                let code = std::str::from_utf8(code).ok()?;
                Some((u8::from_str_radix(code, 16).ok()?, behind))
            });
        let (byte, behind) = code.unwrap_or((*first, behind));
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample::{answer, request};
    use super::*;

    /// A line, headers, and the status of the answer.
    type Asked<'a> = (&'static str, &'a [(&'a str, &'a str)], &'a str);

    fn after(requests: &[Asked<'_>]) -> Past {
        let mut past = Past::default();
        for (line, headers, status) in requests {
            let mut request = request(line);
            let headers = headers.iter();
            request.headers = headers
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            past.add(&request, &answer(status, &[], ""));
        }
        past
    }

    const PUT: &str = "PUT /v1/AUTH_test/@0/a%20b?multipart-manifest=put";

    #[test]
    fn manifests_are_remembered_until_they_are_written_over() {
        let made = after(&[(PUT, &[], "201 Created")]);
        assert!(made.has_manifest("@0", "a b"));
        assert!(!made.has_manifest("@1", "a b"));
        assert!(!made.has_manifest("@0", "a%20b"));
        assert!(!after(&[(PUT, &[], "400 Bad Request")]).has_manifest("@0", "a b"));
        let plain = ("PUT /v1/AUTH_test/@0/a%20b", &[][..], "201 Created");
        assert!(!after(&[(PUT, &[], "201 Created"), plain]).has_manifest("@0", "a b"));
        let refused = ("PUT /v1/AUTH_test/@0/a%20b", &[][..], "422 Unprocessable");
        assert!(after(&[(PUT, &[], "201 Created"), refused]).has_manifest("@0", "a b"));
    }

    #[test]
    fn a_manifest_is_copied_by_its_name_alone() {
        let to: &[_] = &[("Destination", "/@1/c")];
        let from: &[_] = &[("X-Copy-From", "@0/a%20b")];
        let put = (PUT, &[][..], "201 Created");
        for (line, headers) in [
            ("COPY /v1/AUTH_test/@0/a%20b?multipart-manifest=get", to),
            ("PUT /v1/AUTH_test/@1/c?multipart-manifest=get", from),
        ] {
            let copy = (line, headers, "201 Created");
            assert!(after(&[put, copy]).has_manifest("@1", "c"), "{line}");
            assert!(!after(&[copy]).has_manifest("@1", "c"), "{line}");
        }
        for (line, headers) in [
            ("COPY /v1/AUTH_test/@0/a%20b", to),
            ("PUT /v1/AUTH_test/@1/c", from),
        ] {
            let copy = (line, headers, "201 Created");
            assert!(!after(&[put, copy]).has_manifest("@1", "c"), "{line}");
        }
    }
}
