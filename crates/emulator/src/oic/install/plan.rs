//! An artifact that was read, and what it would replace in an instance.

use super::super::model::{Instance, Kind};
use crate::artifact::{self, IntegrationFacts, Recognised, Unreadable};
use crate::blobs::BlobId;

/// An artifact that was read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) blob: BlobId,
    /// The project that an integration goes into.
    pub(crate) into: Option<String>,
    pub(crate) what: Recognised,
}

impl Read {
    /// Reads an artifact. What it is told by its content goes before the kind of its folder.
    pub(crate) fn new(
        path: String,
        kind: Kind,
        blob: BlobId,
        bytes: &[u8],
    ) -> Result<Read, Unreadable> {
        let what = Read::recognised(kind, bytes).map_err(|e| Unreadable::from_error(&path, &e))?;
        Ok(Read::of(path, kind, blob, what))
    }

    /// What bytes of a folder's kind are. Those of some kinds are never opened, whatever they look like.
    pub(crate) fn recognised(kind: Kind, bytes: &[u8]) -> Result<Recognised, Unreadable> {
        match kind {
            Kind::Process | Kind::Certificate | Kind::Security => Ok(Recognised::Opaque),
            _ => artifact::read(bytes),
        }
    }

    /// An artifact whose bytes were recognised.
    pub(crate) fn of(path: String, kind: Kind, blob: BlobId, what: Recognised) -> Read {
        let kind = match &what {
            Recognised::Integration(_) => Kind::Integration,
            Recognised::Package { .. } => Kind::Package,
            Recognised::Project { .. } => Kind::Project,
            Recognised::Lookup(_) => Kind::Lookup,
            Recognised::Opaque => kind,
        };
        Read {
            path,
            kind,
            blob,
            into: None,
            what,
        }
    }

    pub(crate) fn is_project(&self) -> bool {
        self.kind == Kind::Project
    }

    /// The project whose objects it holds, or into which they go.
    pub(crate) fn project(&self) -> Option<&str> {
        match &self.what {
            Recognised::Project { head, .. } => Some(&head.code),
            _ => self.into.as_deref(),
        }
    }

    /// The package that it is.
    pub(crate) fn package(&self) -> Option<&str> {
        match &self.what {
            Recognised::Package { name, .. } => Some(name),
            _ => None,
        }
    }

    /// Every integration inside.
    pub(crate) fn integrations(&self) -> Vec<&IntegrationFacts> {
        match &self.what {
            Recognised::Integration(carried) | Recognised::Project { carried, .. } => {
                carried.integrations.iter().collect()
            }
            Recognised::Package { members, .. } => members
                .iter()
                .flat_map(|m| &m.carried.integrations)
                .collect(),
            Recognised::Lookup(_) | Recognised::Opaque => Vec::new(),
        }
    }
}

/// The artifacts that this one takes the place of: the package, project or lookup of its name, the opaque one of its
/// path.
pub(crate) fn replaced(instance: &Instance, read: &Read) -> Vec<String> {
    match &read.what {
        Recognised::Package { name, .. } => instance
            .packages
            .get(name)
            .into_iter()
            .map(|p| p.carrier.clone())
            .collect(),
        Recognised::Project { head, .. } => instance
            .projects
            .get(&head.code)
            .into_iter()
            .map(|p| p.carrier.clone())
            .collect(),
        Recognised::Lookup(lookup) => instance
            .lookups
            .get(None, &lookup.name)
            .into_iter()
            .filter(|l| l.is_file())
            .map(|l| l.carrier.clone())
            .collect(),
        Recognised::Opaque => instance
            .artifacts
            .get(&read.path)
            .into_iter()
            .map(|a| a.path.clone())
            .collect(),
        Recognised::Integration(_) => Vec::new(),
    }
}
