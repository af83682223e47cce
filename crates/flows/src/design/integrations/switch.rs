//! Activating and deactivating several integrations.

use std::collections::BTreeMap;

use ferry_core::exit::Exit;
use ferry_core::flow::{Call, Key, activation_layers};
use ferry_core::model::Tracing;
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
    for layer in layers(found) {
        let work = async |one: Integration| {
            let row = ChangeRow::new(one.project.as_deref(), &one.id.to_string());
            if one.status == ACTIVE {
                return Ok(row.status(ACTIVE));
            }
            context.step(format!("activating {} on {}", row.name(), environment.name));
            let which = reference(&one);
            let off = Tracing::default();
            let switched =
                activation::activate(context, environment, &which, &one.status, off).await?;
            Ok(outcome(row, switched))
        };
        report.carry_out(context, layer, work).await?;
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
    for layer in layers(found).into_iter().rev() {
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
        report.carry_out(context, layer, work).await?;
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

/// Each behind those that it calls.
fn layers(found: Vec<Integration>) -> Vec<Vec<Integration>> {
    let calls: Vec<Call> = found.iter().map(call).collect();
    let mut found: BTreeMap<Key, Integration> = calls
        .iter()
        .map(|call| call.key.clone())
        .zip(found)
        .collect();
    let layers = activation_layers(&calls).into_iter();
    layers
        .map(|layer| layer.iter().filter_map(|key| found.remove(key)).collect())
        .collect()
}

/// An integration and those that it calls, as it tells.
fn call(one: &Integration) -> Call {
    Call {
        key: (one.project.clone(), one.id.to_string()),
        calls: one.calls.clone(),
    }
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
            tracing: Tracing::default(),
            connections: Vec::new(),
            calls: calls.iter().map(|&id| id.to_owned()).collect(),
            package: None,
            style: None,
            locked_by: None,
            updated: None,
        }
    }

    #[test]
    fn what_is_called_goes_first() {
        let all = vec![
            integration("A|01.00.0000", &["B|01.00.0000", "X|01.00.0000"]),
            integration("B|01.00.0000", &[]),
            integration("C|01.00.0000", &[]),
        ];
        let codes = |layer: &Vec<Integration>| -> String {
            layer.iter().map(|one| one.id.code.as_str()).collect()
        };
        let codes: Vec<String> = layers(all).iter().map(codes).collect();
        assert_eq!(codes, ["BC", "A"]);
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
