//! Requests on which upstream fails.

use super::Known;

pub(super) const FAILURES: Known = Known {
    what: "a static manifest that upstream fails on with 500, such as `[1]`, or a copy of one under a condition that is not met",
    why: "the emulator answers 400, as upstream does for other manifests that are none, and 412",
    forgive: |pair| {
        let manifest = pair.request.method == "PUT" && pair.request.asks("multipart-manifest=put");
        let copy = pair.request.asks("multipart-manifest=get");
        let failed = pair.genuine.status.starts_with("500");
        let refused = |status| pair.ours.status.starts_with(status);
        if failed && ((manifest && refused("400")) || (copy && refused("412"))) {
            pair.ours = pair.genuine.clone();
        }
    },
};

#[cfg(test)]
mod tests {
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn a_manifest_may_be_refused_where_upstream_fails() {
        let put = request("PUT /v1/AUTH_test/@0/a?multipart-manifest=put");
        let failed = answer("500 Internal Error", &[], "An error occurred");
        let refused = answer("400 Bad Request", &[], "no manifest");
        let made = answer("201 Created", &[], "");
        assert!(alike(&put, &failed, &refused));
        assert!(!alike(&put, &failed, &made));
        assert!(!alike(&put, &refused, &failed));
        assert!(!alike(&put, &made, &refused));
        let copy = request("COPY /v1/AUTH_test/@0/a?multipart-manifest=get");
        let unmet = answer("412 Precondition Failed", &[], "");
        assert!(alike(&copy, &failed, &unmet));
        assert!(!alike(&copy, &failed, &made));
        assert!(!alike(&put, &failed, &unmet));
        let plain = request("PUT /v1/AUTH_test/@0/a");
        assert!(!alike(&plain, &failed, &refused));
        let get = request("GET /v1/AUTH_test/@0/a?multipart-manifest=put");
        assert!(!alike(&get, &failed, &refused));
    }
}
