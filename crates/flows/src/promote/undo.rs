//! What a promotion does where it ends before its end, and how that is told which it leaves.

use ferry_core::flow::{Key, Left, Promotion, PromotionStep};

use super::prepare::named;
use super::{Sides, activate, live, repoint, schedules};
use crate::failure::Fate;
use crate::{Failure, Run};

impl Sides<'_> {
    /// Brings the target to what it was, as far as that goes, where a promotion ends before its end.
    pub(super) async fn undo(
        &self,
        failure: Failure,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Failure {
        let is_final = !matches!(failure.fate(), Fate::Open | Fate::Unproven);
        let told = if !machine.is_dirty() {
            if machine.was_live().next().is_none() {
                return failure;
            }
            live::bring_back(self.context, self.to, machine, run).await
        } else if is_final && machine.next() != PromotionStep::Finish {
            self.make_clean(machine, run).await
        } else {
            return self.still_off(machine, failure);
        };
        match told {
            Ok(told) => told.into_iter().fold(failure, Failure::evidence),
            Err(error) => {
                let why = crate::follow::chain(&error);
                self.still_off(machine, failure.open()).evidence(why)
            }
        }
    }

    /// Names what is not live again.
    fn still_off(&self, machine: &Promotion, failure: Failure) -> Failure {
        let left = Left {
            off: machine.left().off,
            ..Left::default()
        };
        let told = told(&left, self.to.name.as_str());
        if told.is_empty() {
            return failure;
        }
        told.into_iter()
            .fold(failure, Failure::evidence)
            .next("repeat the command: it goes on, or brings them back")
    }

    /// After a job that failed: connections may have come all the same, so they are re-pointed before what was live is made
    /// live again.
    pub(super) async fn make_clean(
        &self,
        machine: &mut Promotion,
        run: &mut Run,
    ) -> Result<Vec<String>, Failure> {
        let Self { context, to, .. } = *self;
        repoint::repoint(context, to, &self.request.untested, machine, run).await?;
        let (source, target) = self.inventories().await?;
        let sides = (&source, &target);
        let live = machine.was_live().map(|(key, _)| key.clone()).collect();
        self.probe(sides, &live, machine, run).await?;
        activate::activate(context, sides, to, false, machine, run).await?;
        schedules::schedules(context, to, machine, run).await?;
        let told = machine.activations().map(|one| {
            let name = named(one.project.as_deref(), &one.id);
            match &one.problem {
                None => format!("{name} is live again"),
                Some(why) => format!("{name} is NOT live again: {why}"),
            }
        });
        Ok(told.collect())
    }
}

/// What is left in the target of this name, a sentence each.
pub(crate) fn told(left: &Left, to: &str) -> Vec<String> {
    let parts = [
        (&left.off, "were live and are NOT live again"),
        (
            &left.unscheduled,
            "ran by a schedule that does NOT run again",
        ),
        (
            &left.dirty,
            "are connections that came, or may have, and may point at the source: they are not known to be re-pointed",
        ),
    ];
    let parts = parts.into_iter().filter(|(keys, _)| !keys.is_empty());
    let names = |keys: &[Key]| {
        let names = keys.iter();
        let names = names.map(|(project, id)| named(project.as_deref(), id));
        names.collect::<Vec<_>>().join(", ")
    };
    parts
        .map(|(keys, what)| format!("of {to} these {what}: {}", names(keys)))
        .collect()
}
