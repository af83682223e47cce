//! What an artifact means: a tree of plain words and values.
//!
//! The semantic fingerprint is the digest of this tree, and a difference is found by comparing two of them; so equal
//! fingerprints and no difference are one thing. What the rules leave out (ids, audit data, releases of plug-ins,
//! canvases, whatever is derived from the rest) never gets into it; what the rules do not know gets into a section of
//! its own.

mod connection;
mod files;
mod integration;
mod library;
mod lookup;
mod node;
mod other;
mod project;
mod schedule;
mod settings;
mod xml;

pub(crate) use connection::is_noise as is_noise_of_connection;
pub(crate) use files::{Canonical, Flaw, Form, Memo, form};
pub(crate) use integration::is_derived;
pub(crate) use node::{Node, Table, Value};
pub(crate) use project::is_hollow;

use ferry_core::model::ArtifactKind;
use sha2::{Digest as _, Sha256};

use crate::artifact::Artifact;
use crate::fingerprint::hex;

/// The version of the rules of the semantic fingerprint. Fingerprints of different rules do not compare.
pub const SEMANTIC_RULE: &str = "semantic-1";

/// What an artifact means.
#[derive(Debug, Default)]
pub(crate) struct Meaning {
    /// What it does.
    pub(crate) content: Node,
    /// Whether it runs, and in which package.
    pub(crate) state: Node,
    /// Which release made it; told, never compared.
    pub(crate) release: Node,
    /// What the rules do not know.
    pub(crate) unknown: Node,
    /// Files that are not what they are called; told, never compared.
    pub(crate) flaws: Vec<Flaw>,
}

impl Meaning {
    pub(crate) fn sealed(mut self) -> Self {
        for section in [&mut self.content, &mut self.state, &mut self.unknown] {
            section.seal();
        }
        self
    }

    /// The fingerprint of what it does, and of what the rules do not know: how active it is, and where, does not count.
    pub(crate) fn design(&self) -> String {
        let mut sum = Sha256::new();
        sum.update(SEMANTIC_RULE);
        for section in [&self.content, &self.unknown] {
            sum.update(section.hash());
        }
        hex(&sum.finalize())
    }

    /// The semantic fingerprint.
    pub(crate) fn fingerprint(&self) -> String {
        let mut sum = Sha256::new();
        sum.update(SEMANTIC_RULE);
        for section in [&self.content, &self.state, &self.unknown] {
            sum.update(section.hash());
        }
        hex(&sum.finalize())
    }
}

/// What an artifact means. Files that cannot be read mean their bytes.
pub(crate) fn meaning(artifact: &Artifact, memo: &Memo) -> Meaning {
    let canonical = Canonical::new(memo);
    let read = match artifact.id.kind {
        ArtifactKind::Integration => integration::read(artifact, &canonical),
        ArtifactKind::Connection => connection::read(artifact),
        ArtifactKind::Lookup => lookup::read(artifact),
        ArtifactKind::Library => Some(library::read(artifact, &canonical)),
        ArtifactKind::Schedule => schedule::read(artifact),
        ArtifactKind::Package => project::package(artifact),
        ArtifactKind::Project => project::project(artifact, &canonical),
        ArtifactKind::Deployment => project::deployment(artifact),
        ArtifactKind::Settings => settings::read(artifact),
        ArtifactKind::Certificate
        | ArtifactKind::EventType
        | ArtifactKind::B2b
        | ArtifactKind::Process
        | ArtifactKind::VisualBuilder
        | ArtifactKind::Skill
        | ArtifactKind::AgentGroup
        | ArtifactKind::Unknown => None,
    };
    // What cannot be looked into is told where it was read.
    let Some(mut meaning) = read else {
        return other::read(artifact, &canonical).sealed();
    };
    meaning.flaws = canonical.into_flaws();
    meaning.sealed()
}

#[cfg(test)]
mod tests;
