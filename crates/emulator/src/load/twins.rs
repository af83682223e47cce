//! What several artifacts of one load hold alike, or should.

use std::collections::{HashMap, HashSet};

use crate::oic::{Kind, Read};

/// What was met so far, by identity.
#[derive(Default)]
pub(super) struct Twins {
    contents: HashSet<(Kind, String)>,
    /// Projects and packages, and the place of the artifact in the load.
    containers: HashMap<String, usize>,
    /// Integrations by project and identity: their digest and the place of the artifact.
    integrations: HashMap<(Option<String>, String), (String, usize)>,
}

impl Twins {
    /// Whether no artifact of this kind had the same bytes before.
    pub(super) fn is_new(&mut self, read: &Read) -> bool {
        let content = (read.kind, read.blob.sha256.clone());
        self.contents.insert(content)
    }

    /// The artifact before this one that holds something of the same identity with different content, and what.
    pub(super) fn clash(&mut self, read: &Read, at: usize) -> Option<(usize, String)> {
        let project = read.project().map(|code| format!("project {code}"));
        let package = read.package().map(|name| format!("package {name}"));
        for container in project.into_iter().chain(package) {
            if let Some(other) = self.containers.insert(container.clone(), at) {
                return Some((other, container));
            }
        }
        let project = read.project().map(str::to_owned);
        for facts in read.integrations() {
            let id = facts.id();
            let met = self
                .integrations
                .entry((project.clone(), id.clone()))
                .or_insert_with(|| (facts.digest.clone(), at));
            if met.0 != facts.digest && met.1 != at {
                return Some((met.1, format!("integration {id}")));
            }
        }
        None
    }
}
