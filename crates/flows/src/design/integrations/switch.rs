//! Activating and deactivating several integrations.

use ferry_core::exit::Exit;
use ferry_oic::Integration;

use super::{find, reference};
use crate::activation::{ACTIVE, Switched};
use crate::design::each::{ChangeReport, ChangeRow};
use crate::design::named::{Named, shown};
use crate::import::refuse_protected;
use crate::{Context, Environment, Failure, activation};

/// Activates integrations, what is called before what calls it, and waits for them. The service deactivates another
/// version of the same major number by itself (documented).
pub async fn activate(
    context: &Context,
    environment: &Environment,
    named: &[Named],
) -> Result<ChangeReport, Failure> {
    refuse_protected(environment)?;
    let found = find(context, environment, named).await?;
    refuse_rivals(&found)?;
    let mut report = ChangeReport::new(environment, "activate");
    for wave in waves(found, |one, other| {
        one.calls.contains(&other.id.to_string())
    }) {
        let work = async |one: Integration| {
            let row = ChangeRow::new(one.project.as_deref(), &one.id.to_string());
            if one.status == ACTIVE {
                return Ok(row.status(ACTIVE));
            }
            context.step(format!("activating {} on {}", row.name(), environment.name));
            let which = reference(&one);
            let switched = activation::activate(context, environment, &which, &one.status).await?;
            Ok(outcome(row, switched))
        };
        report.carry_out(context, wave, work).await?;
    }
    Ok(in_order(report, named).ended())
}

/// Deactivates integrations, what calls before what it calls, and waits for them. Their schedules are stopped with
/// them; requests that wait to be processed are lost (documented).
pub async fn deactivate(
    context: &Context,
    environment: &Environment,
    named: &[Named],
) -> Result<ChangeReport, Failure> {
    refuse_protected(environment)?;
    let found = find(context, environment, named).await?;
    let mut report = ChangeReport::new(environment, "deactivate");
    for wave in waves(found, |one, other| {
        other.calls.contains(&one.id.to_string())
    }) {
        let work = async |one: Integration| {
            let row = ChangeRow::new(one.project.as_deref(), &one.id.to_string());
            if one.status == "CONFIGURED" {
                return Ok(row.status("CONFIGURED"));
            }
            context.step(format!(
                "deactivating {} on {}",
                row.name(),
                environment.name
            ));
            let which = reference(&one);
            let switched =
                activation::deactivate(context, environment, &which, &one.status).await?;
            Ok(outcome(row, switched))
        };
        report.carry_out(context, wave, work).await?;
    }
    Ok(in_order(report, named).ended())
}

fn outcome(row: ChangeRow, switched: Switched) -> ChangeRow {
    let row = row.status(switched.status);
    match switched.problem {
        None => row.changed(),
        Some((exit, why)) => row.fails(exit, why),
    }
}

/// Of two versions with the same major number one alone can be active.
fn refuse_rivals(found: &[Integration]) -> Result<(), Failure> {
    for (at, one) in found.iter().enumerate() {
        let rival = found.iter().skip(at + 1).find(|other| {
            other.project == one.project
                && other.id.code == one.id.code
                && other.id.version.major() == one.id.version.major()
        });
        if let Some(rival) = rival {
            let what = format!(
                "{} and {} have the same major number: only one of them can be active",
                shown(one.project.as_deref(), &one.id.to_string()),
                rival.id.version
            );
            return Err(Failure::new(Exit::Usage, what).next("name the one that is wanted"));
        }
    }
    Ok(())
}

/// Puts integrations in groups, each behind those that it must `wait` for; where they wait for each other in a circle,
/// what is left goes at once.
fn waves(
    mut rest: Vec<Integration>,
    waits: impl Fn(&Integration, &Integration) -> bool,
) -> Vec<Vec<Integration>> {
    let mut waves = Vec::new();
    while !rest.is_empty() {
        let is_free = |one: &Integration| {
            let mut others = rest.iter().filter(|other| other.id != one.id);
            !others.any(|other| waits(one, other))
        };
        let free: Vec<bool> = rest.iter().map(is_free).collect();
        let none = !free.contains(&true);
        let (now, later): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .zip(free)
            .partition(|(_, is_free)| *is_free || none);
        let plain = |group: Vec<(Integration, bool)>| -> Vec<Integration> {
            group.into_iter().map(|(one, _)| one).collect()
        };
        waves.push(plain(now));
        rest = plain(later);
    }
    waves
}

/// The rows in the order in which they were named.
fn in_order(mut report: ChangeReport, named: &[Named]) -> ChangeReport {
    let place = |row: &ChangeRow| {
        named.iter().position(|one| {
            let code = row.id.split('|').next();
            (one.name == row.id || Some(one.name.as_str()) == code)
                && (one.project.is_none() || one.project == row.project)
        })
    };
    report.objects.sort_by_key(place);
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integration(id: &str, calls: &[&str]) -> Integration {
        Integration {
            id: id.parse().unwrap(),
            project: None,
            name: id.to_owned(),
            status: "CONFIGURED".to_owned(),
            locked: false,
            scheduled: false,
            schedule_defined: false,
            connections: Vec::new(),
            calls: calls.iter().map(|&id| id.to_owned()).collect(),
            package: None,
            style: None,
            locked_by: None,
            updated: None,
        }
    }

    fn codes(waves: &[Vec<Integration>]) -> Vec<String> {
        let codes = |wave: &Vec<Integration>| -> String {
            wave.iter().map(|one| one.id.code.as_str()).collect()
        };
        waves.iter().map(codes).collect()
    }

    #[test]
    fn what_is_called_goes_first_on_and_last_off() {
        let all = || {
            vec![
                integration("A|01.00.0000", &["B|01.00.0000", "X|01.00.0000"]),
                integration("B|01.00.0000", &["C|01.00.0000"]),
                integration("C|01.00.0000", &[]),
                integration("D|01.00.0000", &["D|01.00.0000"]),
            ]
        };
        let on = waves(all(), |one, other| {
            one.calls.contains(&other.id.to_string())
        });
        assert_eq!(codes(&on), ["CD", "B", "A"]);
        let off = waves(all(), |one, other| {
            other.calls.contains(&one.id.to_string())
        });
        assert_eq!(codes(&off), ["AD", "B", "C"]);
        let circle = vec![
            integration("A|01.00.0000", &["B|01.00.0000"]),
            integration("B|01.00.0000", &["A|01.00.0000"]),
        ];
        let circle = waves(circle, |one, other| {
            one.calls.contains(&other.id.to_string())
        });
        assert_eq!(codes(&circle), ["AB"]);
    }

    #[test]
    fn rivals_are_refused() {
        let of = |ids: &[&str]| {
            let all: Vec<Integration> = ids.iter().map(|id| integration(id, &[])).collect();
            refuse_rivals(&all).is_ok()
        };
        assert!(of(&["A|01.00.0000", "A|02.00.0000", "B|01.00.0000"]));
        assert!(!of(&["A|01.00.0000", "B|01.00.0000", "A|01.01.0000"]));
    }
}
