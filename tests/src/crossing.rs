//! Two small instances that a promotion crosses, and what must be true of it at every moment.

use std::collections::{BTreeMap, BTreeSet};

use ferry_emulator::{Load, Options, Recorded, Service};
use ferry_testkit::instance::{self, Noise};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use crate::Stand;
use crate::samples::{rest, text};

/// What is live in the target, and uses the connection `ORDERS_API` that the archive brings.
pub const LIVE: [&str; 2] = ["ENRICH|01.00.0000", "HEARTBEAT|01.00.0000"];

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
fn carried_out(changes: Vec<Recorded>, after: &BTreeSet<u64>) -> Vec<(Recorded, String, bool)> {
    let took_effect = |record: &Recorded| {
        let ok = record
            .status
            .is_some_and(|status| (200..300).contains(&status));
        ok || after.contains(&record.nth)
    };
    let all = changes.into_iter();
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

/// Proves from the emulator's journal that nothing of `prod` was active while a connection was that of the source, and
/// that nothing was switched or started twice. `changes`: the requests that changed something. `live`: what was active before. `after`: requests that were carried out
/// though nobody got the answer. Gives how many schedules were started.
///
/// # Panics
/// It is not so.
pub async fn never_dirty(
    stand: &Stand,
    changes: Vec<Recorded>,
    live: &[&str],
    after: &BTreeSet<u64>,
    place: &str,
) -> usize {
    let jobs = stand.jobs("prod", "import").await;
    assert_eq!(jobs.len(), 1, "{place}: {jobs:?}");
    let ended = jobs.first().and_then(|job| job.get("ended"));
    let ended = ended.and_then(Value::as_str).and_then(|at| at.parse().ok());
    let ended: Timestamp = ended.unwrap_or_else(|| panic!("{place}: no end in {jobs:?}"));
    let made = carried_out(changes, after);
    let is_connection = |path: &str| {
        let mut parts = path.rsplit('/').skip(1);
        parts.next() == Some("connections")
    };
    // What is re-pointed was that of the source from the import on, and until the last thing that it brought.
    let re_pointed = made.iter().filter(|(record, ..)| record.at >= ended);
    let re_pointed: BTreeSet<&str> = re_pointed
        .map(|(_, path, _)| path.as_str())
        .filter(|path| is_connection(path))
        .collect();
    assert!(
        !re_pointed.is_empty(),
        "{place}: no connection was re-pointed"
    );
    let mut active: BTreeSet<String> = live
        .iter()
        .map(|id| format!("integrations/{}", id.replace('|', "%7C")))
        .collect();
    let mut dirty = BTreeSet::new();
    let mut started = BTreeSet::new();
    for (record, path, on) in &made {
        let parts: Vec<&str> = path.rsplit('/').collect();
        match parts.as_slice() {
            ["importServiceInstanceArchive", ..] => dirty.clone_from(&re_pointed),
            [_, "connections", ..] if record.at >= ended => {
                dirty.remove(path.as_str());
            }
            [_, "integrations", ..] => {
                let changed = if *on {
                    active.insert(path.clone())
                } else {
                    active.remove(path)
                };
                assert!(changed, "{place}: {path} was switched twice");
            }
            ["start" | "resume", "schedule", ..] => {
                assert!(started.insert(path), "{place}: {path} twice");
            }
            _ => {}
        }
        assert!(
            dirty.is_empty() || active.is_empty(),
            "{place}: with {dirty:?} of the source {active:?} were active, at {} {path}",
            record.method
        );
    }
    assert!(
        dirty.is_empty(),
        "{place}: {dirty:?} are those of the source"
    );
    started.len()
}
