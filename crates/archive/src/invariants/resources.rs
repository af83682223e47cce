//! Every resource that the flow names is there.

use crate::artifact::Artifact;
use crate::entry_names::shown;
use crate::facts::flow::Sketch;
use crate::findings::Findings;

pub(crate) fn check(flow: &Sketch, artifact: &Artifact, findings: &mut Findings) {
    for location in &flow.locations {
        // They are told from `PROJECT-INF/`.
        let path = match location.strip_prefix("../") {
            Some(path) => path.to_owned(),
            None => format!("PROJECT-INF/{location}"),
        };
        if !artifact.files.contains_key(&path) {
            let path = shown(path.as_bytes());
            let what = format!("project.xml names {path}, which is not there");
            findings.entry_error(&shown(artifact.place.as_bytes()), what);
        }
    }
}
