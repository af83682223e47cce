//! Starting, stopping, pausing and resuming schedules.

use ferry_core::exit::Exit;
use ferry_oic::{Integration, ScheduleAction};

use super::read;
use crate::design::each::{ChangeReport, ChangeRow};
use crate::design::integrations::{find, reference};
use crate::design::named::Named;
use crate::failure::instance_exit;
use crate::follow::chain;
use crate::import::refuse_protected;
use crate::{Context, Environment, Failure};

/// Does the same with the schedules of several integrations. One that is so already is left: none is started twice.
pub async fn switch(
    context: &Context,
    environment: &Environment,
    named: &[Named],
    action: ScheduleAction,
) -> Result<ChangeReport, Failure> {
    refuse_protected(environment)?;
    let found = find(context, environment, named).await?;
    let mut report = ChangeReport::new(environment, action.word());
    let work = async |one: Integration| {
        let row = ChangeRow::new(one.project.as_deref(), &one.id.to_string());
        // Only what is both applicable and defined can be switched (seen).
        if !one.scheduled {
            return Ok(row.fails(Exit::No, "it does not run by a schedule"));
        }
        let before = read(context, environment, &one).await?;
        let Some(before) = before.filter(|_| one.schedule_defined) else {
            return Ok(row.fails(Exit::No, "no schedule is defined for it"));
        };
        if is_so(action, before.status.as_deref()) {
            return Ok(row.status(before.status.unwrap_or_default()));
        }
        let word = action.word();
        context.step(format!("{word}: {} on {}", row.name(), environment.name));
        let which = reference(&one);
        let asked = environment.instance.switch_schedule(&which, action);
        let refused = context.unless_stopped(asked).await?.err();
        let after = read(context, environment, &one).await?;
        let status = after.and_then(|after| after.status).unwrap_or_default();
        let row = row.status(&status);
        Ok(match refused {
            None => row.changed(),
            // The answer was lost, and the status tells that it was done.
            Some(error)
                if error.http().is_some_and(ferry_http::Error::maybe_done)
                    && is_so(action, Some(&status)) =>
            {
                row.changed()
            }
            Some(error) => row.fails(instance_exit(&error), chain(&error)),
        })
    };
    report.carry_out(context, found, work).await?;
    Ok(report.ended())
}

/// Whether a schedule is as the action would make it. `ICS_SCHEDULE_ACTIVE` was seen; the words of the others are
/// assumed, and one that is not known is never taken for it.
fn is_so(action: ScheduleAction, status: Option<&str>) -> bool {
    let word = match action {
        ScheduleAction::Start | ScheduleAction::Resume => "_ACTIVE",
        ScheduleAction::Stop => "_STOPPED",
        ScheduleAction::Pause => "_PAUSED",
    };
    status.is_some_and(|status| status.ends_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_state_is_never_the_one_wanted() {
        let start = ScheduleAction::Start;
        assert!(is_so(start, Some("ICS_SCHEDULE_ACTIVE")));
        assert!(!is_so(start, Some("ICS_SCHEDULE_INACTIVE")));
        assert!(!is_so(start, Some("STARTING")) && !is_so(start, None));
        assert!(is_so(ScheduleAction::Pause, Some("ICS_SCHEDULE_PAUSED")));
        assert!(is_so(ScheduleAction::Stop, Some("ICS_SCHEDULE_STOPPED")));
        assert!(is_so(ScheduleAction::Resume, Some("ICS_SCHEDULE_ACTIVE")));
    }
}
