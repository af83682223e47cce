//! What an import does with one artifact: the switches `import-existing`, `import-active` and `import-locked`, asked
//! for each integration by itself.
//!
//! An active integration that is replaced is idle afterwards. Where an integration is both active and locked, the
//! stricter of the two policies counts. A package or project comes in without the integrations that are left as they
//! are, and keeps those; its bytes are then made anew from both (see [`merged`](crate::artifact::merged)). What lies
//! in the package or project here, and not in the archive's, goes with it when that is replaced, under the same
//! policies. Where nothing of it is to come in, nothing of it changes.

use std::collections::BTreeSet;

use super::super::model::{Instance, Integration};
use super::super::report::{Line, Outcome};
use super::plan::{Read, replaced};
use crate::options::{OnImport, Switches};

/// How one artifact comes in.
pub(super) struct Decision {
    /// Whether anything of it does.
    pub(super) comes: bool,
    /// Integrations that stay as they are.
    pub(super) keep: BTreeSet<String>,
    pub(super) lines: Vec<Line>,
    /// Why the job fails.
    pub(super) failure: Option<String>,
}

pub(super) fn decide(instance: &Instance, read: &Read, switches: &Switches) -> Decision {
    let coming = read.integrations();
    if coming.is_empty() {
        return whole(instance, read, switches);
    }
    let project = read.project();
    let mut decision = Decision {
        comes: false,
        keep: BTreeSet::new(),
        lines: Vec::new(),
        failure: None,
    };
    let mut ids = BTreeSet::new();
    for facts in coming {
        let id = facts.id();
        match instance.integration(project, &id) {
            None => {
                decision.comes = true;
                let line = Line::new("integration", project, &id, Outcome::Imported);
                decision.lines.push(line);
            }
            Some(there) => {
                let taken = decision.judge(there, project, &id, Outcome::Replaced, switches);
                decision.comes |= taken;
            }
        }
        ids.insert(id);
    }
    let comes = decision.comes;
    let containers = replaced(instance, read);
    let lost = containers
        .iter()
        .filter_map(|path| instance.artifacts.get(path))
        .flat_map(|artifact| &artifact.integrations)
        .filter(|id| !ids.contains(*id));
    for id in lost.filter(|_| comes) {
        if let Some(there) = instance.integration(project, id) {
            decision.judge(there, project, id, Outcome::Removed, switches);
        }
    }
    decision
}

impl Decision {
    /// Asks the policies about an integration that is there; whether it makes room.
    fn judge(
        &mut self,
        there: &Integration,
        project: Option<&str>,
        id: &str,
        done: Outcome,
        switches: &Switches,
    ) -> bool {
        let (policy, why) = met(there, switches);
        let line = |outcome| Line::new("integration", project, id, outcome).because(&why);
        match policy {
            OnImport::Replace => self.lines.push(line(done)),
            OnImport::Skip => {
                self.keep.insert(id.to_owned());
                self.lines.push(line(Outcome::Skipped));
            }
            OnImport::Fail => {
                self.lines.push(line(Outcome::Failed));
                let failure = format!("integration {id}: {why}");
                self.failure.get_or_insert(failure);
            }
        }
        policy == OnImport::Replace
    }
}

/// The policy for an integration that is in the way, and why it is that one.
fn met(there: &Integration, switches: &Switches) -> (OnImport, String) {
    let active = there
        .is_active()
        .then(|| (switches.import_active, "it is active here".to_owned()));
    let locked = there.locked.as_ref().map(|who| {
        let why = format!("it is locked here by {who}");
        (switches.import_locked, why)
    });
    let strictness = |policy: OnImport| match policy {
        OnImport::Replace => 0,
        OnImport::Skip => 1,
        OnImport::Fail => 2,
    };
    [locked, active]
        .into_iter()
        .flatten()
        .max_by_key(|(policy, _)| strictness(*policy))
        .unwrap_or_else(|| (switches.import_existing, "it exists here".to_owned()))
}

/// What holds no integration comes in or stays as a whole.
fn whole(instance: &Instance, read: &Read, switches: &Switches) -> Decision {
    let line = |outcome| Line::new(read.kind.name(), read.project(), &read.path, outcome);
    let there = replaced(instance, read)
        .into_iter()
        .find_map(|path| instance.artifacts.get(&path));
    let (comes, line, failure) = match there {
        None => (true, line(Outcome::Imported), None),
        Some(there) if there.blob == read.blob => (false, line(Outcome::Unchanged), None),
        Some(_) => match switches.import_existing {
            OnImport::Replace => (true, line(Outcome::Replaced), None),
            OnImport::Skip => (
                false,
                line(Outcome::Skipped).because("it exists here"),
                None,
            ),
            OnImport::Fail => (
                false,
                line(Outcome::Failed).because("it exists here"),
                Some(format!("{}: it exists here", read.path)),
            ),
        },
    };
    Decision {
        comes,
        keep: BTreeSet::new(),
        lines: vec![line],
        failure,
    }
}
