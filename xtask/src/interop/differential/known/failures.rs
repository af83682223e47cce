//! Requests on which upstream fails.

use super::Known;

pub(super) const FAILURES: Known = Known {
    what: "a static manifest that upstream fails on with 500, such as `[1]`",
    why: "the emulator answers 400, as upstream does for other manifests that are none",
    forgive: |pair| {
        let manifest = pair.request.method == "PUT" && pair.request.asks("multipart-manifest=put");
        let failed = pair.genuine.status.starts_with("500") && pair.ours.status.starts_with("400");
        if manifest && failed {
            pair.ours = pair.genuine.clone();
        }
    },
};
