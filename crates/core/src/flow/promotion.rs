//! A promotion: export, import only, re-point, activate.

use std::collections::BTreeMap;

use super::event::{ActivationOutcome, ConnectionOutcome, Event};
use super::export::{Export, ExportStep};
use super::import::{Import, ImportStep};
use crate::job::Generation;

/// The state of one promotion.
#[derive(Debug, Clone)]
pub struct Promotion {
    export: Export,
    import: Import,
    connections: BTreeMap<(Option<String>, String), ConnectionOutcome>,
    activations: BTreeMap<(Option<String>, String), ActivationOutcome>,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromotionStep {
    /// Export the source.
    Export(ExportStep),
    /// Import into the target, without activating.
    Import(ImportStep),
    /// Re-point and test the connections that have no outcome yet, then activate, in order, what has none yet.
    RepointAndActivate,
}

impl Promotion {
    /// A promotion that nothing is known of.
    pub fn new(from: Generation, to: Generation) -> Self {
        Self {
            export: Export::new(from),
            import: Import::new(to),
            connections: BTreeMap::new(),
            activations: BTreeMap::new(),
        }
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Export(event) => self.export.apply(event),
            Event::Import(event) => self.import.apply(event),
            Event::Connection(outcome) => {
                self.connections.insert(
                    (outcome.project.clone(), outcome.id.clone()),
                    outcome.clone(),
                );
            }
            Event::Activation(outcome) => {
                self.activations.insert(
                    (outcome.project.clone(), outcome.id.clone()),
                    outcome.clone(),
                );
            }
            Event::Finished { .. } | Event::Abandoned => {}
        }
    }

    /// Says that what was applied so far was another process.
    ///
    /// What went wrong with a connection or an activation is forgotten, so that it is tried again.
    pub fn resumed(&mut self) {
        self.export.resumed();
        self.import.resumed();
        self.connections
            .retain(|_, outcome| outcome.problem.is_none());
        self.activations
            .retain(|_, outcome| outcome.problem.is_none());
    }

    /// What to do next.
    pub fn next(&self) -> PromotionStep {
        match self.export.next() {
            ExportStep::Done => {}
            step => return PromotionStep::Export(step),
        }
        match self.import.next() {
            ImportStep::Done => PromotionStep::RepointAndActivate,
            step => PromotionStep::Import(step),
        }
    }

    /// The export's part.
    pub fn export(&self) -> &Export {
        &self.export
    }

    /// The import's part.
    pub fn import(&self) -> &Import {
        &self.import
    }

    /// What became of a connection, where it is known.
    pub fn connection(&self, project: Option<&str>, id: &str) -> Option<&ConnectionOutcome> {
        self.connections
            .get(&(project.map(str::to_owned), id.to_owned()))
    }

    /// What became of an integration, where it is known.
    pub fn activation(&self, project: Option<&str>, id: &str) -> Option<&ActivationOutcome> {
        self.activations
            .get(&(project.map(str::to_owned), id.to_owned()))
    }

    /// All outcomes of connections, by project and id.
    pub fn connections(&self) -> impl Iterator<Item = &ConnectionOutcome> {
        self.connections.values()
    }

    /// All outcomes of activations, by project and id.
    pub fn activations(&self) -> impl Iterator<Item = &ActivationOutcome> {
        self.activations.values()
    }
}
