//! Every value of every assumed switch, every two of them together, under an export, an import, connection updates and
//! an activation: a pairwise covering array, generated from the table of assumptions.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

mod account;
mod array;
mod case;
mod connections;
mod control;
#[path = "../shared/environment.rs"]
mod environment;
mod expect;
#[path = "../shared/files.rs"]
mod files;
mod findings;
mod load;
mod stand;
mod steps;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ferry_emulator::{Standing, fidelity};
use ferry_testkit::fixtures::note;
use futures_util::{StreamExt, stream};

use case::{Case, Factor, cases, factors, levels};

/// So many emulators at a time.
const AT_ONCE: usize = 4;

/// No case takes a week, by the emulator's clock: an hour or two is what each job may take.
const A_WEEK: f64 = 7.0 * 24.0 * 3600.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_commands_end_right_under_every_two_assumptions() {
    let factors = factors();
    let cases = cases(&factors);
    everything_is_in_a_case(&cases);
    let summary = summary(&factors, &cases);

    let loads = tempfile::tempdir().unwrap();
    load::write(loads.path()).await;
    let path: Arc<Path> = loads.path().into();
    let mut running = stream::iter(cases)
        .map(|case| {
            let path = Arc::clone(&path);
            async move { tried(case, path).await }
        })
        .buffer_unordered(AT_ONCE);
    let mut wrong = Vec::new();
    while let Some(findings) = running.next().await {
        wrong.extend(findings);
    }
    note(&summary);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is wrong with a case, if anything: what it found, its panic, or that it did not end.
async fn tried(case: Case, loads: Arc<Path>) -> Option<String> {
    let title = case.to_string();
    let limit = Duration::from_secs_f64(A_WEEK / stand::SPEED);
    let run = async move { tokio::time::timeout(limit, steps::run(&case, &loads)).await };
    let findings = match tokio::spawn(run).await {
        Ok(Ok(findings)) => findings,
        Ok(Err(_)) => vec!["it has not ended in a week of the emulator's time".to_owned()],
        Err(panic) => vec![panic.to_string()],
    };
    (!findings.is_empty()).then(|| format!("{title}\n    {}", findings.join("\n    ")))
}

/// The table decides what is to be tested, whatever the factors were made from.
fn everything_is_in_a_case(cases: &[Case]) {
    for row in fidelity() {
        if row.standing != Standing::Assumed {
            continue;
        }
        let default = row.default_value().expect("a switch of this name");
        for value in row.others.iter().copied().chain([default.as_str()]) {
            let turns = |case: &Case| {
                case.turned
                    .iter()
                    .any(|it| it == &(row.switch, value.to_owned()))
            };
            assert!(
                cases.iter().any(turns),
                "{}={value} is in no case",
                row.switch
            );
        }
    }
}

/// What is covered, counted in the cases.
fn summary(factors: &[Factor], cases: &[Case]) -> String {
    let pairs = array::pairs(&levels(factors));
    let in_a_case =
        |pair: &&[array::Choice; 2]| cases.iter().any(|case| array::holds(&case.row, pair));
    let covered = pairs.iter().filter(in_a_case).count();
    assert_eq!(covered, pairs.len(), "a pair is in no case");
    let rows = fidelity()
        .iter()
        .filter(|row| row.standing == Standing::Assumed);
    let (mut count, mut values) = (0, 0);
    for row in rows {
        count += 1;
        values += 1 + row.others.len();
    }
    let besides: Vec<&str> = factors[count..].iter().map(|factor| factor.name).collect();
    format!(
        "switches: {count} assumed rows, {values} values, and {} besides; {covered} pairs covered by {} cases",
        besides.join(", "),
        cases.len()
    )
}
