//! Whether a run that was disturbed ended as a run may.

use std::collections::BTreeSet;

use ferry_core::exit::Exit;
use ferry_emulator::{Recorded, Service};
use ferry_flows::PromoteReport;

use crate::cases::Case;
use crate::stand::{Ended, Stand, State};

/// So often the command is repeated until it is done.
const AGAIN: usize = 4;

/// How a case ended well.
#[derive(Debug, Clone, Copy)]
pub(crate) enum End {
    /// As if nothing had been in its way.
    Done,
    /// Not in all, and it says so.
    Partly,
    /// When it was repeated.
    Resumed,
    /// Nobody can tell whether its import was started.
    Lost,
    /// A job of it does not end.
    Endless,
}

/// How many cases ended how.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) partly: usize,
    pub(crate) resumed: usize,
    pub(crate) lost: usize,
    pub(crate) endless: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, end: End) {
        let count = match end {
            End::Done => &mut self.done,
            End::Partly => &mut self.partly,
            End::Resumed => &mut self.resumed,
            End::Lost => &mut self.lost,
            End::Endless => &mut self.endless,
        };
        *count += 1;
    }
}

/// Runs a case. The error is what is wrong about its end.
pub(crate) async fn tried(stand: &Stand, case: &Case, wanted: &State) -> Result<End, String> {
    stand.emulator.add_rule(case.rule());
    let ended = stand.promote().await;
    stand.emulator.clear_rules();
    let ended = ended.ok_or("it does not end")?;
    let state = stand.state().await;
    clean(&stand.emulator.journal())?;
    match ended {
        Ok(report) if report.exit == Exit::Done => {
            same(wanted, &state)?;
            Ok(End::Done)
        }
        Ok(report) => {
            told(&report, wanted, &state)?;
            Ok(End::Partly)
        }
        Err(failure) => {
            let said = format!("{failure} {:?} {:?}", failure.facts(), failure.next_steps());
            off(&said, &state)?;
            let end = Box::pin(again(stand, case, wanted)).await;
            end.map_err(|why| format!("{why}\n    after {:?}: {said}", failure.exit()))
        }
    }
}

/// With nothing in its way any more, the same command comes to the end of an undisturbed run.
async fn again(stand: &Stand, case: &Case, wanted: &State) -> Result<End, String> {
    let mut last = String::new();
    for _ in 0..AGAIN {
        let ended = stand
            .promote()
            .await
            .ok_or("it does not end when repeated")?;
        clean(&stand.emulator.journal())?;
        match ended {
            Ok(report) if report.exit == Exit::Done => {
                same(wanted, &stand.state().await)?;
                return Ok(End::Resumed);
            }
            Ok(report) => return Err(format!("repeated, it ended partly: {}", shown(&report))),
            Err(failure) if case.is_endless() && failure.exit() == Exit::TimedOut => {
                return Ok(End::Endless);
            }
            Err(failure) if case.loses_the_import() && failure.exit() == Exit::Conflict => {
                return Ok(End::Lost);
            }
            Err(failure) => {
                last = format!("{:?}: {failure} {:?}", failure.exit(), failure.facts());
            }
        }
    }
    Err(format!("repeated, it never ends well: {last}"))
}

fn same(wanted: &State, state: &State) -> Result<(), String> {
    let odd = odd(wanted, state);
    if odd.is_empty() {
        return Ok(());
    }
    Err(format!(
        "it says done, and other than undisturbed are {odd:?}"
    ))
}

/// What is other than it would be.
fn odd(wanted: &State, state: &State) -> Vec<String> {
    let names = wanted.keys().chain(state.keys());
    let odd = names.filter(|name| wanted.get(*name) != state.get(*name));
    let mut odd: Vec<String> = odd.cloned().collect();
    odd.sort();
    odd.dedup();
    odd
}

/// Everything that is not as promised must be named, and something must.
fn told(report: &PromoteReport, wanted: &State, state: &State) -> Result<(), String> {
    let said = shown(report);
    if said.is_empty() {
        return Err(format!("{:?} without a reason", report.exit));
    }
    let silent = odd(wanted, state).into_iter().filter(|name| {
        let (_, name) = name.split_once(' ').unwrap_or_default();
        !said.contains(name)
    });
    let silent: Vec<String> = silent.collect();
    if silent.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{silent:?} are other than promised, and it says only {said}"
    ))
}

/// What a report says went wrong.
fn shown(report: &PromoteReport) -> String {
    let mut said = report.notes.clone();
    let mut problem = |id: &str, problem: &Option<String>| {
        if let Some(problem) = problem {
            said.push(format!("{id}: {problem}"));
        }
    };
    for one in &report.connections {
        problem(&one.id, &one.problem);
    }
    for one in &report.lookups {
        problem(&one.name, &one.problem);
    }
    for one in &report.activations {
        problem(&one.id, &one.problem);
    }
    for one in &report.schedules {
        problem(&one.id, &one.problem);
    }
    let jobs = report.export.iter().flat_map(|it| it.notes.clone());
    let jobs = jobs.chain(report.import.iter().flat_map(|it| it.notes.clone()));
    said.extend(jobs);
    said.join("; ")
}

/// What was live and is off must be named where a run ends with an error, unless its newer version is in its place.
fn off(said: &str, state: &State) -> Result<(), String> {
    let is_on = |id: &str| {
        let now = state.get(&format!("integration {id}"));
        now.is_some_and(|now| now.starts_with("ACTIVATED"))
    };
    for (live, newer) in [
        ("PROD_HEARTBEAT|01.00.0000", None),
        ("STOCK_LEVELS|01.00.0000", Some("STOCK_LEVELS|01.00.0001")),
    ] {
        if !is_on(live) && !newer.is_some_and(is_on) && !said.contains(live) {
            return Err(format!("{live} is off, and it says only {said}"));
        }
    }
    Ok(())
}

/// What each integration of the target uses.
const USES: [(&str, &[&str]); 4] = [
    ("PROD_HEARTBEAT", &["STATUS_API"]),
    ("SHIPMENT_NOTICE", &["STATUS_API"]),
    ("STOCK_LEVELS", &["WAREHOUSE_DB"]),
    ("ORDER_NIGHTLY", &["FILES_FTP", "ORDERS_API"]),
];

/// Between an import and the update of a connection nothing of the target is switched that uses it: it would be active with
/// a connection of the source.
fn clean(journal: &[Recorded]) -> Result<(), String> {
    let mut dirty = BTreeSet::new();
    for record in journal {
        let is_design = record.service == Some(Service::Oic) && record.method == "POST";
        let is_done = record.status.is_none_or(|status| status < 400);
        if !is_design || !is_done || !record.target.contains("integrationInstance=prod") {
            continue;
        }
        let path = record.target.split('?').next().unwrap_or_default();
        if path.ends_with("/importServiceInstanceArchive") {
            dirty.extend(USES.iter().flat_map(|(_, uses)| uses.iter().copied()));
        } else if let Some((_, code)) = path.rsplit_once("/connections/") {
            dirty.remove(code);
        } else if let Some((_, id)) = path.rsplit_once("/integrations/")
            && let Some((code, uses)) = USES.iter().find(|(code, _)| id.starts_with(code))
            && !id.contains('/')
            && let Some(used) = uses.iter().find(|used| dirty.contains(*used))
        {
            return Err(format!("{code} was switched while {used} was as it came"));
        }
    }
    Ok(())
}

/// How an undisturbed run ended.
pub(crate) fn undisturbed(ended: Option<Ended>) {
    let report = ended.expect("it ends").expect("it succeeds");
    assert_eq!(report.exit, Exit::Done, "{}", shown(&report));
}
