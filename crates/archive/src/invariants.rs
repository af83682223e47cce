//! What holds of every real artifact: a file that breaks one of these was changed by hand, or is incomplete.
//!
//! One invariant a file. Each was checked against more than a hundred real exports.

mod csf_key;
mod file_name;
mod folder_name;
pub(crate) mod function_id;
pub(crate) mod library;
pub(crate) mod member_name;
pub(crate) mod member_package;
mod pattern;
mod placeholder;
pub(crate) mod project_assets;
mod references;
mod resources;
mod same_identity;
pub(crate) mod scheduled;
mod signature;
pub(crate) mod version_form;

use ferry_core::model::Integration;

use crate::artifact::Artifact;
use crate::facts::flow::Sketch;
use crate::findings::Findings;
use crate::formats::connection::Raw;

/// Those of a connection.
pub(crate) fn connection(raw: &Raw<'_>, place: &str, findings: &mut Findings) {
    file_name::check(raw, place, findings);
    placeholder::check(raw, place, findings);
    csf_key::check(raw, place, findings);
    signature::check(raw, place, findings);
}

/// Those of an integration by itself.
pub(crate) fn integration(
    read: &Integration,
    flow: &Sketch,
    artifact: &Artifact,
    findings: &mut Findings,
) {
    version_form::check(&read.version, &artifact.place, findings);
    folder_name::check(read, &artifact.place, findings);
    same_identity::check(read, flow, &artifact.place, findings);
    pattern::check(read, flow, &artifact.place, findings);
    resources::check(flow, artifact, findings);
    references::check(flow, &artifact.place, findings);
}
