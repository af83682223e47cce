//! Large objects, as upstream has them: manifests that join other objects.

use serde::{Deserialize, Serialize};

mod dynamic;
mod heartbeat;
mod join;
mod number;
mod statics;

pub(super) use dynamic::checked as dynamic;
pub(super) use heartbeat::{beats, heartbeat};
pub(super) use join::joined;
pub(super) use number::number;
pub(super) use statics::{Flaw, delete, is_manifest, put, report};

/// What joins other objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Manifest {
    /// All objects of a container that begin so, as `X-Object-Manifest` has it.
    Dynamic(String),
    /// These.
    Static(Static),
}

/// What a static manifest joins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Static {
    pub(super) segments: Vec<Segment>,
    /// The MD5 of the segments' MD5s.
    pub(super) etag: String,
    pub(super) bytes: u64,
}

/// A segment of a static manifest, in the form in which upstream keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Segment {
    /// Bytes within the manifest, in Base64.
    Data { data: String },
    /// An object, or a part of it.
    Object {
        /// `/container/object`.
        name: String,
        bytes: u64,
        hash: String,
        content_type: String,
        last_modified: String,
        /// `first-last`, both included.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        range: Option<String>,
        /// Whether it is a manifest itself.
        #[serde(skip_serializing_if = "std::ops::Not::not", default)]
        sub_slo: bool,
    },
}
