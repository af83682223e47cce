//! Two small instances that a promotion crosses, and what must be true of it at every moment.

use std::collections::{BTreeMap, BTreeSet};

use ferry_emulator::{Load, Options, Recorded, Service};
use ferry_testkit::instance::{self, Noise};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::Stand;
use crate::samples::{rest, text};

/// What is live in the target, and uses the connection that the archive brings.
pub const LIVE: [&str; 2] = ["ENRICH|01.00.0000", "HEARTBEAT|01.00.0000"];

/// The connection that [`LIVE`] uses.
const CONNECTION: &str = "ORDERS_API";

/// The overrides of the target: values of its own, another row, another parameter.
pub const OVERRIDES: &str = r#"
[connections.ORDERS_API]
properties.connectionUrl = "https://orders.prod.example.com"
[connections.FILES_FTP]
properties.Host = "files.prod.example.com"
[lookups.Country_Codes]
rows = [{ Code = "DE", Name = "of prod" }]
[schedules.NIGHTLY]
parameters = { since = "2026-01-01" }
"#;

/// `test` and `prod` as [`instance::crossing`] has them, of these generations, with jobs that end at once.
///
/// # Panics
/// The load cannot be written to a temporary folder.
pub fn crossing(from: u8, to: u8) -> (Options, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (source, target) = instance::crossing();
    for (name, generation, holds) in [("test", from, source), ("prod", to, target)] {
        let place = folder.path().join(name);
        std::fs::create_dir_all(place.join("integrations")).expect("a new directory");
        let settings = format!("generation = \"gen{generation}\"\n");
        std::fs::write(place.join("instance.toml"), settings).expect("a new file");
        for it in &holds.integrations {
            let file = place.join(format!("integrations/{}.iar", it.folder()));
            let bytes = instance::iar(&holds, it, &Noise::none());
            std::fs::write(file, bytes).expect("a new file");
        }
    }
    let mut options = crate::options();
    options.load = Load::Folder(folder.path().to_owned());
    options.switches.job_seconds = 60;
    (options, folder)
}

/// What an instance holds, without the times at which it came.
///
/// # Panics
/// The instance refuses to tell.
pub async fn holds(stand: &Stand, name: &str) -> BTreeMap<String, Value> {
    let cards = stand.cards();
    let card = cards.iter().find(|card| text(card, "name") == name);
    let card = card.unwrap_or_else(|| panic!("no environment {name}"));
    let read = async |path: String| {
        let body = rest(card, &path).await;
        let mut value: Value = serde_json::from_slice(&body).expect("JSON");
        timeless(&mut value);
        value
    };
    let mut all = BTreeMap::new();
    for list in ["integrations", "connections", "lookups"] {
        let listed = read(list.to_owned()).await;
        let items = listed.get("items").and_then(Value::as_array);
        for item in items.expect("items") {
            let key = if list == "lookups" { "name" } else { "id" };
            let id = item.get(key).and_then(Value::as_str).expect("an id");
            let path = format!("{list}/{}", id.replace('|', "%7C"));
            all.insert(path.clone(), read(path.clone()).await);
            if item.get("scheduleApplicableFlag") == Some(&Value::Bool(true)) {
                let path = format!("{path}/schedule");
                all.insert(path.clone(), read(path).await);
            }
        }
    }
    all
}

/// Takes every time and address out.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let told = |name: &str| {
                let name = name.to_lowercase();
                ["created", "updated", "links", "lockeddate"]
                    .iter()
                    .any(|it| name.contains(it))
            };
            fields.retain(|name, _| !told(name));
            fields.values_mut().for_each(timeless);
        }
        Value::Array(items) => items.iter_mut().for_each(timeless),
        _ => {}
    }
}

/// The requests that were carried out and changed a design, which is that of `prod` alone, by method and path without query; whether the query
/// tells that something is to be activated comes with it.
fn carried_out(stand: &Stand, after: &BTreeSet<u64>) -> Vec<(Recorded, String, bool)> {
    let took_effect = |record: &Recorded| {
        let ok = record
            .status
            .is_some_and(|status| (200..300).contains(&status));
        ok || after.contains(&record.nth)
    };
    let all = stand.changes().into_iter();
    all.filter(|record| record.service == Some(Service::Oic))
        .filter(took_effect)
        .map(|record| {
            let path = record.target.split('?').next().unwrap_or_default();
            let path = path
                .rsplit_once("/v1/")
                .map_or(path, |(_, rest)| rest)
                .to_owned();
            let on = record.target.contains("enableAsyncActivationMode");
            (record, path, on)
        })
        .collect()
}

/// Proves from the emulator's journal that no integration of `prod` was active while the connection was that of the
/// source, and that no schedule was started twice. `after`: requests that were carried out though nobody got the answer.
///
/// # Panics
/// It is not so.
pub async fn never_dirty(stand: &Stand, after: &BTreeSet<u64>, place: &str) {
    let jobs = stand.jobs("prod", "import").await;
    assert_eq!(jobs.len(), 1, "{place}: {jobs:?}");
    let job = jobs.first().expect("one job");
    let ended: Timestamp = job
        .get("ended")
        .and_then(Value::as_str)
        .and_then(|at| at.parse().ok())
        .unwrap_or_else(|| panic!("{place}: no end in {job}"));
    let mut active: BTreeSet<String> = LIVE.iter().map(|id| (*id).to_owned()).collect();
    let mut dirty = false;
    let mut started: BTreeMap<String, usize> = BTreeMap::new();
    for (record, path, on) in carried_out(stand, after) {
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            ["importServiceInstanceArchive"] => dirty = true,
            ["connections", CONNECTION] if record.at >= ended => dirty = false,
            ["integrations", id] => {
                let id = id.replace("%7C", "|");
                let changed = if on {
                    active.insert(id.clone())
                } else {
                    active.remove(&id)
                };
                assert!(changed, "{place}: {id} was switched twice");
            }
            ["integrations", id, "schedule", how @ ("start" | "resume")] => {
                *started.entry(format!("{how} {id}")).or_default() += 1;
            }
            _ => {}
        }
        assert!(
            !dirty || active.is_empty(),
            "{place}: {active:?} were active with a connection of the source at {} {path}",
            record.method
        );
    }
    assert!(!dirty, "{place}: the connection is that of the source");
    assert!(
        started.values().all(|times| *times == 1),
        "{place}: {started:?}"
    );
    assert!(
        started.contains_key("start NIGHTLY%7C01.00.0000"),
        "{place}: {started:?}"
    );
}
