//! What an artifact would meet in an instance.

use super::super::model::{Instance, Kind, Status};
use super::super::shelf::Named;
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
        // Bytes of these kinds are never opened, whatever they look like.
        let sealed = matches!(kind, Kind::Process | Kind::Certificate | Kind::Security);
        let what = if sealed {
            Recognised::Opaque
        } else {
            artifact::read(bytes).map_err(|e| Unreadable::from_error(&path, &e))?
        };
        let kind = match &what {
            Recognised::Integration(_) => Kind::Integration,
            Recognised::Package { .. } => Kind::Package,
            Recognised::Project { .. } => Kind::Project,
            Recognised::Lookup(_) => Kind::Lookup,
            Recognised::Opaque => kind,
        };
        Ok(Read {
            path,
            kind,
            blob,
            into: None,
            what,
        })
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

    /// What this artifact and another of one load hold both, with different content.
    pub(crate) fn clash(&self, other: &Read) -> Option<String> {
        match (&self.what, &other.what) {
            (Recognised::Project { head, .. }, Recognised::Project { head: there, .. })
                if head.code == there.code =>
            {
                return Some(format!("project {}", head.code));
            }
            (Recognised::Package { name, .. }, Recognised::Package { name: there, .. })
                if name == there =>
            {
                return Some(format!("package {name}"));
            }
            _ => {}
        }
        if self.project() != other.project() {
            return None;
        }
        let there = other.integrations();
        self.integrations()
            .into_iter()
            .find(|own| {
                there
                    .iter()
                    .any(|o| o.id() == own.id() && o.digest != own.digest)
            })
            .map(|own| format!("integration {}", own.id()))
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

/// What an artifact meets. The texts name the object that is met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The same bytes are there.
    Same,
    /// Nothing of its identity is there.
    New,
    /// Something of its identity is there, and nothing of it is active.
    Existing(String),
    /// Something of its identity, or of what it would replace, is active.
    Active(String),
}

impl Plan {
    pub(crate) fn of(instance: &Instance, read: &Read) -> Plan {
        if instance
            .artifacts
            .values()
            .any(|a| a.kind == read.kind && a.blob == read.blob)
        {
            return Plan::Same;
        }
        let replaced = replaced(instance, read);
        let coming = read.integrations();
        let mut existing = None;
        for (project, it) in instance.integrations.iter() {
            let id = it.id();
            let met = project == read.project() && coming.iter().any(|facts| facts.id() == id);
            if !met && !replaced.contains(&it.carrier) {
                continue;
            }
            let what = format!("integration {id}");
            let busy = matches!(it.status, Status::Activated | Status::ActivationInprogress);
            if busy {
                return Plan::Active(what);
            }
            existing = Some(what);
        }
        match (existing, replaced.first()) {
            (Some(what), _) => Plan::Existing(what),
            (None, Some(path)) => Plan::Existing(path.clone()),
            (None, None) => Plan::New,
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
            .map(|l| l.carrier.clone())
            .filter(|carrier| carrier.starts_with(Kind::Lookup.folder()))
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
