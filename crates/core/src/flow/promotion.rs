//! A promotion: export or take an archive, plan, make a safety copy, stop what is live, import only, re-point, activate,
//! start the schedules.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::activation::Key;
use super::event::{
    ActivationOutcome, ConnectionOutcome, Event, LiveEvent, LookupOutcome, ScheduleEvent,
    ScheduleOutcome,
};
use super::export::{Export, ExportStep};
use super::import::{Import, ImportStep};
use super::start::Start;
use crate::job::Generation;
use crate::model::Tracing;
use crate::plan::{Plan, schedule_runs};

/// The state of one promotion.
#[derive(Debug, Clone)]
pub struct Promotion {
    /// `None` where an archive was given.
    export: Option<Export>,
    planned: Option<(Box<Plan>, bool)>,
    safety_copy: Export,
    live: BTreeMap<Key, WasLive>,
    dirty: bool,
    import: Import,
    generation: Generation,
    /// `None` where each integration is activated by itself.
    activation_job: Option<Import>,
    connections: BTreeMap<Key, ConnectionOutcome>,
    lookups: BTreeMap<Key, LookupOutcome>,
    activations: BTreeMap<Key, ActivationOutcome>,
    schedules: BTreeMap<Key, ScheduleOutcome>,
}

/// What an integration was before it was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WasLive {
    /// The status of its schedule, where it had one.
    pub schedule: Option<String>,
    /// What was recorded of its messages.
    pub tracing: Tracing,
    /// Whether it is known to be off.
    pub stopped: bool,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromotionStep {
    /// Export the source.
    Export(ExportStep),
    /// Make the plan, and see that it may be carried out; then write [`Event::Planned`].
    Plan,
    /// Export the target, into its own storage.
    SafetyCopy(ExportStep),
    /// Bring the archive to the target's storage, before anything of the target is stopped; or import it.
    Import(ImportStep),
    /// Stop what is live and not stopped yet.
    Quiet,
    /// Write [`Event::ConnectionsDirty`].
    Dirty,
    /// Re-point the connections and see that no rail stops anything that is to be active: the job cannot leave single
    /// ones out. Then write [`Event::ActivationJob`] with the archive as it was placed for the import.
    Clear,
    /// Have the service's own job activate.
    ActivationJob(ImportStep),
    /// Re-point and test the connections that have no outcome yet, then activate, in order, what has none yet, then
    /// start the schedules.
    Finish,
}

impl fmt::Display for PromotionStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Export(step) => step.fmt(f),
            Self::Plan => f.write_str("the plan is made"),
            Self::SafetyCopy(step) => write!(f, "of the safety copy: {step}"),
            Self::Import(step) => step.fmt(f),
            Self::Clear => f.write_str("connections are re-pointed and seen to be clear"),
            Self::ActivationJob(step) => write!(f, "of the job that activates: {step}"),
            Self::Quiet => f.write_str("what is live is stopped"),
            Self::Dirty => f.write_str("the import is asked for"),
            Self::Finish => f.write_str("connections, activations and schedules"),
        }
    }
}

impl Promotion {
    /// A promotion that nothing is known of; `exports`: of an archive that is still to be made.
    pub fn new(from: Generation, to: Generation, exports: bool) -> Self {
        Self {
            export: exports.then(|| Export::new(from)),
            planned: None,
            safety_copy: Export::new(to),
            live: BTreeMap::new(),
            dirty: false,
            import: Import::new(to),
            generation: to,
            activation_job: None,
            connections: BTreeMap::new(),
            lookups: BTreeMap::new(),
            activations: BTreeMap::new(),
            schedules: BTreeMap::new(),
        }
    }

    /// The same, where the service's own job activates.
    #[must_use]
    pub fn by_job(mut self) -> Self {
        self.activation_job = Some(Import::new(self.generation));
        self
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Export(event) => {
                if let Some(export) = &mut self.export {
                    export.apply(event);
                }
            }
            Event::Planned { plan, stop } => self.planned = Some((plan.clone(), *stop)),
            Event::SafetyCopy(event) => self.safety_copy.apply(event),
            Event::Live(event) => self.live(event),
            Event::ConnectionsDirty => self.dirty = true,
            Event::Import(event) => self.import.apply(event),
            Event::ActivationJob(event) => {
                if let Some(job) = &mut self.activation_job {
                    job.apply(event);
                }
            }
            Event::Connection(it) => {
                let key = (it.project.clone(), it.id.clone());
                self.connections.insert(key, it.clone());
            }
            Event::Lookup(it) => {
                let key = (it.project.clone(), it.name.clone());
                self.lookups.insert(key, it.clone());
            }
            Event::Activation(it) => {
                let key = (it.project.clone(), it.id.clone());
                self.activations.insert(key, it.clone());
            }
            Event::Schedule(ScheduleEvent::Ended(it)) => {
                let key = (it.project.clone(), it.id.clone());
                self.schedules.insert(key, it.clone());
            }
            // Whether it was started the server tells.
            Event::Schedule(ScheduleEvent::Starting { .. })
            | Event::Finished { .. }
            | Event::Abandoned => {}
        }
    }

    fn live(&mut self, event: &LiveEvent) {
        match event {
            LiveEvent::Stopping {
                id,
                project,
                schedule,
                tracing,
            } => {
                // The first word counts: after it the schedule may have been paused by ourselves.
                let key = (project.clone(), id.clone());
                self.live.entry(key).or_insert_with(|| WasLive {
                    schedule: schedule.clone(),
                    tracing: *tracing,
                    stopped: false,
                });
            }
            LiveEvent::Stopped { id, project } => {
                if let Some(was) = self.live.get_mut(&(project.clone(), id.clone())) {
                    was.stopped = true;
                }
            }
            LiveEvent::BroughtBack {
                id,
                project,
                problem,
            } => {
                let key = (project.clone(), id.clone());
                match (problem, self.live.get_mut(&key)) {
                    (None, _) => drop(self.live.remove(&key)),
                    // It may be active all the same.
                    (Some(_), Some(was)) => was.stopped = false,
                    (Some(_), None) => {}
                }
                // Nothing was imported, and before anything is, it must be stopped again.
                self.dirty = false;
            }
        }
    }

    /// Says that what was applied so far was another process.
    ///
    /// What was stopped may have been brought back by a process that could not say so any more: before an import has
    /// begun it is looked at again. What went wrong with a connection, a lookup, an activation or a schedule is forgotten, so that it is tried again.
    pub fn resumed(&mut self) {
        if let Some(export) = &mut self.export {
            export.resumed();
        }
        self.safety_copy.resumed();
        self.import.resumed();
        if let Some(job) = &mut self.activation_job {
            job.resumed();
            if !job.start().is_some_and(Start::may_have_begun) && job.ended().is_none() {
                // What was found in order may be so no longer.
                *job = Import::new(self.generation);
            }
        }
        if !self.is_dirty() && self.import.ended().is_none() {
            self.dirty = false;
            for was in self.live.values_mut() {
                was.stopped = false;
            }
        }
        self.connections.retain(|_, it| it.problem.is_none());
        self.lookups.retain(|_, it| it.problem.is_none());
        self.activations.retain(|_, it| it.problem.is_none());
        self.schedules.retain(|_, it| it.problem.is_none());
    }

    /// What to do next.
    pub fn next(&self) -> PromotionStep {
        match self.export.as_ref().map(Export::next) {
            None | Some(ExportStep::Done) => {}
            Some(step) => return PromotionStep::Export(step),
        }
        let Some((plan, stop)) = &self.planned else {
            return PromotionStep::Plan;
        };
        match self.safety_copy.next() {
            ExportStep::Done => {}
            step => return PromotionStep::SafetyCopy(step),
        }
        match self.import.next() {
            ImportStep::Done => return self.behind_the_import(),
            ImportStep::Place => return PromotionStep::Import(ImportStep::Place),
            step if self.dirty => return PromotionStep::Import(step),
            _ => {}
        }
        let is_off = |project: &Option<String>, id: &str| {
            let was = self.live.get(&(project.clone(), id.to_owned()));
            was.is_some_and(|was| was.stopped)
        };
        let mut live = plan.live.iter();
        if *stop && !live.all(|one| is_off(&one.project, &one.id.to_string())) {
            return PromotionStep::Quiet;
        }
        PromotionStep::Dirty
    }

    fn behind_the_import(&self) -> PromotionStep {
        match self.activation_job.as_ref().map(Import::next) {
            None | Some(ImportStep::Done) => PromotionStep::Finish,
            Some(ImportStep::Place) => PromotionStep::Clear,
            Some(step) => PromotionStep::ActivationJob(step),
        }
    }

    /// Whether an import of this run may have changed the target's connections.
    pub fn is_dirty(&self) -> bool {
        let begun = |import: &Import| import.start().is_some_and(Start::may_have_begun);
        self.dirty && begun(&self.import)
    }

    /// The export's part; `None` where an archive was given.
    pub fn export(&self) -> Option<&Export> {
        self.export.as_ref()
    }

    /// What is carried out.
    pub fn plan(&self) -> Option<&Plan> {
        self.planned.as_ref().map(|(plan, _)| plan.as_ref())
    }

    /// Whether the plan is about this connection.
    pub fn plans_connection(&self, project: Option<&str>, id: &str) -> bool {
        let mut planned = self.plan().into_iter().flat_map(|plan| &plan.connections);
        planned.any(|one| one.project.as_deref() == project && one.code == id)
    }

    /// The part of the safety copy.
    pub fn safety_copy(&self) -> &Export {
        &self.safety_copy
    }

    /// The import's part.
    pub fn import(&self) -> &Import {
        &self.import
    }

    /// The part of the job that activates; `None` where each integration is activated by itself.
    pub fn activation_job(&self) -> Option<&Import> {
        self.activation_job.as_ref()
    }

    /// What was stopped, or may have been, by project and id, and was not brought back.
    pub fn was_live(&self) -> impl Iterator<Item = (&Key, &WasLive)> {
        self.live.iter()
    }

    /// What this integration was before it was stopped, where it was.
    pub fn was(&self, key: &Key) -> Option<&WasLive> {
        self.live.get(key)
    }

    /// The version whose activation turns this one off, where one does.
    pub fn rival(&self, (project, id): &Key) -> Option<Key> {
        let mut off = self.plan()?.turned_off.iter();
        let off = off.find(|off| off.project == *project && off.id.to_string() == *id)?;
        Some((project.clone(), off.by.to_string()))
    }

    /// What the plan says is to be active.
    pub fn to_activate(&self) -> impl Iterator<Item = Key> {
        let planned = self.plan().into_iter().flat_map(|plan| &plan.integrations);
        let planned = planned.filter(|one| one.activate);
        planned.map(|one| (one.project.clone(), one.id.to_string()))
    }

    /// The schedules that are to run: what ran in the source, and what was stopped here.
    pub fn to_schedule(&self) -> BTreeSet<Key> {
        let planned = self.plan().into_iter().flat_map(|plan| &plan.schedules);
        let planned = planned
            .filter(|one| one.runs == Some(true))
            .map(|one| (one.project.clone(), one.id.to_string()));
        let ran = |was: &WasLive| was.schedule.as_deref().is_some_and(schedule_runs);
        let stopped = self
            .live
            .iter()
            .filter(|(_, was)| ran(was))
            // Another version that took its place has a schedule of its own.
            .filter(|(key, _)| self.activations.contains_key(*key))
            .map(|(key, _)| key.clone());
        planned.chain(stopped).collect()
    }

    /// What became of a connection, where it is known.
    pub fn connection(&self, project: Option<&str>, id: &str) -> Option<&ConnectionOutcome> {
        self.connections.get(&key(project, id))
    }

    /// What became of a lookup, where it is known.
    pub fn lookup(&self, project: Option<&str>, name: &str) -> Option<&LookupOutcome> {
        self.lookups.get(&key(project, name))
    }

    /// What became of an integration, where it is known.
    pub fn activation(&self, project: Option<&str>, id: &str) -> Option<&ActivationOutcome> {
        self.activations.get(&key(project, id))
    }

    /// What became of a schedule, where it is known.
    pub fn schedule(&self, project: Option<&str>, id: &str) -> Option<&ScheduleOutcome> {
        self.schedules.get(&key(project, id))
    }

    /// All outcomes of connections, by project and id.
    pub fn connections(&self) -> impl Iterator<Item = &ConnectionOutcome> {
        self.connections.values()
    }

    /// All outcomes of lookups, by project and name.
    pub fn lookups(&self) -> impl Iterator<Item = &LookupOutcome> {
        self.lookups.values()
    }

    /// All outcomes of activations, by project and id.
    pub fn activations(&self) -> impl Iterator<Item = &ActivationOutcome> {
        self.activations.values()
    }

    /// All outcomes of schedules, by project and id.
    pub fn schedules(&self) -> impl Iterator<Item = &ScheduleOutcome> {
        self.schedules.values()
    }
}

fn key(project: Option<&str>, id: &str) -> Key {
    (project.map(str::to_owned), id.to_owned())
}

#[cfg(test)]
#[path = "promotion_tests.rs"]
mod tests;
