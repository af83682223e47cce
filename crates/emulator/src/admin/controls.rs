//! The table of the controls.

use serde::Serialize;

/// One control of a running emulator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Control {
    /// The method.
    pub method: &'static str,
    /// The path; what stands in braces is to be filled in.
    pub path: &'static str,
    /// What it does, and what its body holds.
    pub what: &'static str,
}

/// Every control, as `GET /_ferry/` lists them.
pub fn controls() -> &'static [Control] {
    CONTROLS
}

const fn control(method: &'static str, path: &'static str, what: &'static str) -> Control {
    Control { method, path, what }
}

const CONTROLS: &[Control] = &[
    control("GET", "/_ferry/", "this list"),
    control(
        "GET",
        "/_ferry/health",
        "whether it serves, and how many requests came",
    ),
    control(
        "GET",
        "/_ferry/environments",
        "every instance with its addresses and sign-ins",
    ),
    control(
        "GET",
        "/_ferry/journal",
        "the latest requests, and why each was refused",
    ),
    control("DELETE", "/_ferry/journal", "empties it"),
    control("GET", "/_ferry/clock", "the virtual time and its speed"),
    control(
        "POST",
        "/_ferry/clock",
        "`{\"advance_seconds\": 60}` moves it on, `{\"speed\": 0}` freezes it",
    ),
    control("GET", "/_ferry/switches", "the assumptions in force"),
    control(
        "PATCH",
        "/_ferry/switches",
        "`{\"job.outcome\": \"FAILED\"}` turns some from now on",
    ),
    control(
        "GET",
        "/_ferry/rules",
        "the faults in force, and how often each was met",
    ),
    control("POST", "/_ferry/rules", "adds one, as `--rule` takes it"),
    control("DELETE", "/_ferry/rules", "drops all"),
    control(
        "GET",
        "/_ferry/barriers",
        "the barriers, and which of them hold a request",
    ),
    control(
        "POST",
        "/_ferry/barriers",
        "`{\"nth\": 7, \"side\": \"before\"}` stops that request, or `after` it was carried out",
    ),
    control(
        "GET",
        "/_ferry/barriers/{id}",
        "answers once the request is there",
    ),
    control(
        "POST",
        "/_ferry/barriers/{id}/release",
        "lets the request go on",
    ),
    control("POST", "/_ferry/reset", "goes back to the beginning"),
    control("GET", "/_ferry/snapshots", "the names of the saved states"),
    control(
        "PUT",
        "/_ferry/snapshots/{name}",
        "saves the state under a name",
    ),
    control(
        "POST",
        "/_ferry/snapshots/{name}/restore",
        "goes back to it, its time included",
    ),
    control("DELETE", "/_ferry/snapshots/{name}", "forgets it"),
    control(
        "GET",
        "/_ferry/jobs",
        "every job with the detailed report of what it did",
    ),
    control(
        "GET",
        "/_ferry/jobs/{id}/report",
        "one of them; `?instance=` tells it from one of the same id elsewhere",
    ),
    control(
        "GET",
        "/_ferry/artifacts/{instance}",
        "path, kind, size and SHA-256 of what it holds",
    ),
    control(
        "GET",
        "/_ferry/artifacts/{instance}/{sha256}",
        "the bytes of one",
    ),
    control(
        "POST",
        "/_ferry/instances/{instance}/locks",
        "locks `{\"integration\": \"CODE|VERSION\"}` or a `connection`, of a `project`, `by` somebody",
    ),
    control("DELETE", "/_ferry/instances/{instance}/locks", "frees it"),
    control(
        "GET",
        "/_ferry/instances/{instance}/storage",
        "its storage settings, the password masked",
    ),
    control(
        "PUT",
        "/_ferry/instances/{instance}/storage",
        "saves `storageUrl`, `storageUser`, `storagePassword`, where a probe succeeds",
    ),
    control(
        "DELETE",
        "/_ferry/instances/{instance}/storage",
        "resets them",
    ),
    control(
        "POST",
        "/_ferry/identity/clients/{id}/certificates",
        "registers the PEM in the body for a client's assertions, under `?alias=`",
    ),
];
