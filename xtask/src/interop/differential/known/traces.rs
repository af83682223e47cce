//! What upstream keeps of what is past, or for itself.

use super::Known;

pub(super) const GONE: Known = Known {
    what: "a DELETE with `X-If-Delete-At` of an object that was deleted before",
    why: "upstream still finds the mark of the deletion, and answers 412; the emulator keeps none, and answers 404",
    forgive: |pair| {
        let conditional =
            pair.request.method == "DELETE" && pair.request.header("x-if-delete-at").is_some();
        let (genuine, ours) = (&pair.genuine.status, &pair.ours.status);
        if conditional && genuine.starts_with("412") && ours.starts_with("404") {
            pair.ours = pair.genuine.clone();
        }
    },
};

pub(super) const SIZES: Known = Known {
    what: "the parameter `swift_bytes` of a type that a POST gave",
    why: "upstream tells itself sizes by it, and leaves it out of some answers; the emulator takes it for any other",
    forgive: |pair| {
        for answer in [&mut pair.genuine, &mut pair.ours] {
            if let Some(kind) = answer.headers.get_mut("content-type") {
                *kind = kind.replace(";swift_bytes=9", "");
            }
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn a_mark_of_a_deletion_is_upstreams_alone() {
        let mut delete = request("DELETE /v1/AUTH_test/@0/a");
        let unmet = answer("412 Precondition Failed", &[], "no match");
        let missing = answer("404 Not Found", &[], "");
        assert!(!alike(&delete, &unmet, &missing));
        let condition = ("X-If-Delete-At".to_owned(), "1".to_owned());
        delete.headers.push(condition);
        assert!(alike(&delete, &unmet, &missing));
        assert!(!alike(&delete, &missing, &unmet));
    }

    #[test]
    fn sizes_in_types_are_left_out_and_nothing_else() {
        let get = request("GET /v1/AUTH_test/@0/a");
        let with = answer("200 OK", &[("content-type", "text/html;swift_bytes=9")], "");
        let without = answer("200 OK", &[("content-type", "text/html")], "");
        let other = answer("200 OK", &[("content-type", "text/plain")], "");
        assert!(alike(&get, &without, &with));
        assert!(!alike(&get, &other, &with));
    }
}
