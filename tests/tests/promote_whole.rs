//! Whole promotions: afterwards the target equals the source plus the overrides, except for what the plan named, and at no
//! moment was an integration of the target active with a connection of the source.
//!
//! What the instances hold before and after is read by a client that is not the product's. The cells:
//!
//! - an instance that the emulator makes and the real samples, Gen3→Gen3, Gen2→Gen3 and Gen2→Gen2, over TCP and TLS, into
//!   an empty target and into one that is live: active integrations, a running schedule, a locked one, a newer version of
//!   one and an older of another, and something of its own. Each pair of generations, each target and each wire has a cell
//!   of 500 integrations; the others of that instance have twelve.
//! - six integrations into such a target under every combination of the import policies and layouts of archives that the
//!   emulator knows.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use ferry_e2e::held::{Held, Integration, Key, Reader};
use ferry_e2e::loads::Flow;
use ferry_e2e::proof::never_active_with_the_source;
use ferry_e2e::{Stand, envelope, files, options, wire};
use ferry_emulator::{ArchiveLayout, ConnectionValues, OnImport, Switches};
use ferry_testkit::cli::Output;
use ferry_testkit::fixtures::{note, samples, skip};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// What is promoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Load {
    /// So many integrations that the emulator makes.
    Generated(usize),
    /// Real artifacts.
    Samples,
    /// Six integrations, each of which an import meets otherwise.
    Six,
}

/// One promotion.
#[derive(Clone)]
struct Cell {
    load: Load,
    source: &'static str,
    target: &'static str,
    tls: bool,
    live: bool,
    switches: Switches,
}

/// What a live target holds of its own, whatever is promoted.
const OWN: Flow = Flow::active("OWN|01.00.0000", "OWN_API", "own");

const SIX: [Flow; 6] = [
    Flow::active("FRESH|01.00.0000", "FIRST_API", "new"),
    Flow::active("BUSY|01.00.0000", "FIRST_API", "new"),
    Flow::active("IDLE|01.00.0000", "SECOND_API", "new"),
    Flow::active("HELD|01.00.0000", "SECOND_API", "new"),
    Flow::active("OLDER|01.00.0000", "FIRST_API", "new"),
    Flow::active("NIGHTLY|01.00.0000", "SECOND_API", "new").scheduled(),
];

const SIX_LIVE: [Flow; 5] = [
    Flow::active("BUSY|01.00.0000", "FIRST_API", "old"),
    Flow::active("IDLE|01.00.0000", "SECOND_API", "old").idle(),
    Flow::active("HELD|01.00.0000", "SECOND_API", "old").idle(),
    Flow::active("OLDER|01.00.0001", "FIRST_API", "old"),
    Flow::active("NIGHTLY|01.00.0000", "SECOND_API", "old").scheduled(),
];

/// Beside six integrations that the emulator makes.
const GENERATED_LIVE: [Flow; 3] = [
    Flow::active("SHIPMENT_NOTICE|01.00.0002", "STATUS_API", "old"),
    Flow::active("STOCK_LEVELS|01.00.0000", "WAREHOUSE_DB", "old"),
    Flow::active("CUSTOMER_LOOKUP|01.00.0000", "CRM_SOAP", "old").idle(),
];

const SAMPLES_LIVE: [Flow; 2] = [
    Flow::active("OIO_LOG_EVENT|01.00.0001", "OWN_API", "old"),
    Flow::active("SUBSCIRB_PO_DETAILS_SYNC|01.00.0000", "OWN_API", "old").idle(),
];

/// The real artifacts of a source, by its generation.
fn artifacts(generation: &str) -> &'static [&'static str] {
    match generation {
        "gen3" => &[
            "DEMO_FIRST_PROJECT_4.car",
            "HEALTHCARE_ADT_PROJECT.car",
            "oic.ocw.hol.par",
            "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
            "OIO_LOG_EVENT_01.00.0000.iar",
            "SUBSCIRB_PO_DETAILS_SYNC_01.00.0000.iar",
        ],
        _ => &["JITSIEVENTS_01.00.0000.iar"],
    }
}

/// What a live target holds of the samples: another state of one project, or the integration itself.
fn artifacts_live(generation: &str) -> &'static str {
    match generation {
        "gen3" => "DEMO_FIRST_PROJECT.car",
        _ => "JITSIEVENTS_01.00.0000.iar",
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let switches = &self.switches;
        write!(
            f,
            "{:?} {}→{} tls={} live={} values={:?} active={:?} existing={:?} locked={:?} {:?}",
            self.load,
            self.source,
            self.target,
            self.tls,
            self.live,
            switches.import_connection_values,
            switches.import_active,
            switches.import_existing,
            switches.import_locked,
            switches.archive_layout
        )
    }
}

impl Cell {
    /// Everything but the load's folder is in the description.
    fn write(&self, folder: &Path) {
        let (source, target) = (folder.join("source"), folder.join("target"));
        for place in [&source, &target] {
            std::fs::create_dir(place).unwrap();
        }
        let mut toml = String::new();
        for (name, generation) in [("source", self.source), ("target", self.target)] {
            // One real artifact needs it.
            let _ = writeln!(
                toml,
                "[instances.{name}]\ngeneration = {generation:?}\nfolder = {name:?}\n\
                 agent-groups = [\"HC_DEMO\"]"
            );
            let made = match (name, self.load, self.live) {
                ("source", Load::Generated(count), _) => count,
                ("target", Load::Generated(_) | Load::Samples, true) => 6,
                _ => continue,
            };
            let _ = writeln!(toml, "integrations = {made}");
        }
        std::fs::write(folder.join("lab.toml"), toml).unwrap();
        let copy = |file: &str, to: &Path| {
            let from = samples().unwrap().join(file);
            std::fs::copy(from, to.join(file)).unwrap();
        };
        let mut live: Vec<Flow> = vec![OWN];
        match self.load {
            Load::Generated(_) => live.extend(GENERATED_LIVE),
            Load::Six => {
                for flow in SIX {
                    flow.write(&source);
                }
                live.extend(SIX_LIVE);
            }
            Load::Samples => {
                for file in artifacts(self.source) {
                    copy(file, &source);
                }
                if self.live {
                    copy(artifacts_live(self.source), &target);
                }
                live.extend(SAMPLES_LIVE);
            }
        }
        if self.live {
            for flow in live {
                flow.write(&target);
            }
        }
    }

    /// What somebody has open in the target.
    fn locked(&self) -> Option<Key> {
        let id = match self.load {
            Load::Generated(_) => "CUSTOMER_LOOKUP|01.00.0000",
            Load::Samples => "SUBSCIRB_PO_DETAILS_SYNC|01.00.0000",
            Load::Six => "HELD|01.00.0000",
        };
        self.live.then(|| (None, id.to_owned()))
    }

    /// Whether the import must fail.
    fn fails(&self) -> bool {
        let switches = &self.switches;
        self.live && [switches.import_existing, switches.import_locked].contains(&OnImport::Fail)
    }

    /// Promotes, and proves all that is to be proved.
    async fn prove(self) {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        let mut options = options();
        options.describe(&folder.path().join("lab.toml")).unwrap();
        options.switches = self.switches.clone();
        let stand = Stand::with(options).await;
        let source = reader(&stand, "source").await;
        let target = reader(&stand, "target").await;
        let (ours, before) = (source.held().await, target.held().await);
        let locked = self.locked();
        if let Some((_, id)) = &locked {
            lock(&stand, id, "POST").await;
        }
        let toml = overrides(&ours);
        stand.ferry.write("target.overrides.toml", toml);
        let mark = stand.running.emulator.requests();
        let output = self.promote(&stand).await;
        let mut journal = stand.running.emulator.journal();
        journal.retain(|record| record.nth > mark);
        assert_eq!(
            journal[0].nth,
            mark + 1,
            "{self:?}: the journal is not whole"
        );
        if let Some((_, id)) = &locked {
            lock(&stand, id, "DELETE").await;
        }
        let after = target.held().await;
        assert_eq!(
            source.held().await,
            ours,
            "{self:?}: the source was changed"
        );
        never_active_with_the_source(&journal, &ours, &before, |key| {
            let leads = ours.connections[key].values().any(|it| it.contains(HOST));
            leads
                && match self.switches.import_connection_values {
                    ConnectionValues::Replace => true,
                    ConnectionValues::Keep => !before.connections.contains_key(key),
                    ConnectionValues::Draft => false,
                }
        });
        let plan = planned(&stand);
        self.judge(&ours, &before, &after, &plan, &output);
    }

    async fn promote(&self, stand: &Stand) -> Output {
        let promote = ["promote", "source", "target", "--live=stop", "-o", "json"];
        if !self.tls {
            return stand.args(promote).run().await;
        }
        let emulator = stand.running.emulator.clone();
        let tls = emulator.tls().unwrap();
        let authority = stand.ferry.write("ca.pem", tls.authority());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        let serving = tokio::spawn(emulator.serve_tls(listener, tls, std::future::pending()));
        let call = stand.args(promote).env("FERRY_EMULATOR", url);
        let output = call.env("SSL_CERT_FILE", authority).run().await;
        serving.abort();
        output
    }

    fn judge(&self, ours: &Held, before: &Held, after: &Held, plan: &Value, output: &Output) {
        let opaque = self.switches.archive_layout == ArchiveLayout::Opaque;
        let origin = if opaque { "live" } else { "archive" };
        assert_eq!(plan["source"]["origin"], origin, "{self:?}");
        let skipped = named(plan);
        let mut told = BTreeSet::new();
        let mut off = BTreeSet::new();
        for (key, wanted) in &ours.integrations {
            let there = before.integrations.get(key);
            let newer = newer(key, before);
            let is_locked = self.locked().as_ref() == Some(key) && there.is_some();
            if is_locked || newer {
                assert!(
                    skipped.contains(&key.1),
                    "{self:?}: {key:?} is not in the plan"
                );
            }
            let now = after.integrations.get(key);
            if self.fails() {
                // What came of an import that failed is for nobody to say; it is one of the two, and as active as it was.
                let now = now.map(|it| &it.content);
                let either = [there.map(|it| &it.content), Some(&wanted.content)];
                assert!(now.is_none() || either.contains(&now), "{self:?}: {key:?}");
                continue;
            }
            let stays = match (is_locked, there) {
                (true, _) => self.switches.import_locked == OnImport::Skip,
                (false, Some(_)) => self.switches.import_existing == OnImport::Skip,
                (false, None) => false,
            };
            let content = match there {
                Some(there) if stays => &there.content,
                _ => &wanted.content,
            };
            let now = now.unwrap_or_else(|| panic!("{self:?}: {key:?} did not arrive: {output}"));
            assert_eq!(now.content, *content, "{self:?}: {key:?}: {output}");
            if *content != wanted.content && !is_locked {
                told.insert(key.1.clone());
            }
            if is_locked || newer {
                assert_eq!(now.status, "CONFIGURED", "{self:?}: {key:?}");
            } else {
                // What was live is live again, whatever it is in the source.
                let was = there.filter(|it| it.is_active() && !wanted.is_active());
                let like = state(was.unwrap_or(wanted));
                assert_eq!(state(now), like, "{self:?}: {key:?}: {output}");
                off.extend(
                    wanted
                        .is_active()
                        .then(|| same_major(key, before))
                        .into_iter()
                        .flatten(),
                );
            }
        }
        for (key, was) in &before.integrations {
            if ours.integrations.contains_key(key) && !self.fails() {
                continue;
            }
            let now = &after.integrations[key];
            if off.contains(key) {
                assert_eq!(now.status, "CONFIGURED", "{self:?}: {key:?}");
            } else if ours.integrations.contains_key(key) {
                assert_eq!(state(now), state(was), "{self:?}: {key:?}: {output}");
            } else {
                assert_eq!(now, was, "{self:?}: {key:?}: {output}");
            }
        }
        self.judge_values(ours, before, after, output);
        let exit = match (self.fails(), told.is_empty()) {
            (true, _) => 6,
            (false, true) => 0,
            (false, false) => 3,
        };
        assert_eq!(output.exit, exit, "{self:?}: {output}");
        if exit != 6 {
            let unkept = envelope(output)["report"]["verification"].to_string();
            let silent: Vec<_> = told.iter().filter(|id| !unkept.contains(*id)).collect();
            assert!(
                silent.is_empty(),
                "{self:?}: nothing of {silent:?}: {output}"
            );
        }
    }

    /// Connections have the source's properties with the target's places; lookups and libraries are the source's.
    fn judge_values(&self, ours: &Held, before: &Held, after: &Held, output: &Output) {
        for (key, values) in &ours.connections {
            let Some(now) = after.connections.get(key) else {
                assert!(self.fails(), "{self:?}: {key:?} did not arrive: {output}");
                continue;
            };
            for (name, value) in values {
                let now = now.get(name).cloned().unwrap_or_default();
                let own = before.connections.get(key).and_then(|it| it.get(name));
                let is_own = self.fails() && own == Some(&now);
                assert!(
                    now == moved(value) || is_own,
                    "{self:?}: {key:?}: {name} is {now}: {output}"
                );
            }
        }
        for (key, values) in &before.connections {
            if !ours.connections.contains_key(key) {
                assert_eq!(after.connections[key], *values, "{self:?}: {key:?}");
            }
        }
        if self.fails() {
            return;
        }
        for (key, table) in &ours.lookups {
            assert_eq!(after.lookups.get(key), Some(table), "{self:?}: {key:?}");
        }
        let lacking: Vec<_> = ours.libraries.difference(&after.libraries).collect();
        assert!(lacking.is_empty(), "{self:?}: {lacking:?}");
    }
}

/// In every place that the source's connections lead to, and in no other instance's.
const HOST: &str = ".source.example.com";

/// A value of the source as the target is to have it: another than the target has before, so that each must be set.
fn moved(value: &str) -> String {
    value.replace(HOST, ".moved.example.com")
}

/// Every value of the source's connections, moved.
fn overrides(source: &Held) -> String {
    let mut by_code: BTreeMap<&str, BTreeMap<&str, String>> = BTreeMap::new();
    for ((_, code), values) in &source.connections {
        let entry = by_code.entry(code).or_default();
        let stated = values.iter().filter(|(_, value)| !value.is_empty());
        entry.extend(stated.map(|(name, value)| (name.as_str(), moved(value))));
    }
    let mut toml = String::new();
    for (code, values) in by_code.iter().filter(|(_, values)| !values.is_empty()) {
        let _ = writeln!(toml, "[connections.{code:?}.properties]");
        for (name, value) in values {
            let _ = writeln!(toml, "{name:?} = {value:?}");
        }
    }
    toml
}

fn state(it: &Integration) -> (&str, Option<&str>) {
    (&it.status, it.schedule.as_deref())
}

/// `CODE` and the major version, and the whole version.
fn split(id: &str) -> (&str, &str, &str) {
    let (code, version) = id.split_once('|').unwrap();
    (code, version.split_once('.').unwrap().0, version)
}

/// The active versions in the target of the same major version.
fn same_major(key: &Key, before: &Held) -> Vec<Key> {
    let (code, major, version) = split(&key.1);
    let is = |other: &Key| {
        let (its, its_major, its_version) = split(&other.1);
        other.0 == key.0 && (its, its_major) == (code, major) && its_version != version
    };
    let active = before.integrations.iter().filter(|(_, it)| it.is_active());
    active.map(|(key, _)| key.clone()).filter(is).collect()
}

/// Whether a newer version is active in the target.
fn newer(key: &Key, before: &Held) -> bool {
    same_major(key, before).iter().any(|other| other.1 > key.1)
}

/// The ids of what the plan says is skipped.
fn named(plan: &Value) -> BTreeSet<String> {
    let all = plan["integrations"].as_array().unwrap().iter();
    let skipped = all.filter(|one| one["fate"].to_string().contains("skipped"));
    skipped
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

/// The plan that was carried out, from the run's journal.
fn planned(stand: &Stand) -> Value {
    let state = files(&stand.ferry.state());
    let journal = state
        .iter()
        .find(|(path, _)| path.ends_with("journal.ndjson"));
    let journal = String::from_utf8(journal.unwrap().1.clone()).unwrap();
    let records = journal
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let mut planned = records.filter(|record: &Value| record["event"]["part"] == "planned");
    planned.next().unwrap()["event"]["what"]["plan"].clone()
}

async fn reader(stand: &Stand, name: &str) -> Reader {
    let cards = stand.cards();
    let card = cards.iter().find(|card| card["name"] == name);
    Reader::of(card.unwrap()).await
}

/// Locks an integration of the target (`POST`), or frees it (`DELETE`).
async fn lock(stand: &Stand, id: &str, method: &str) {
    let url = format!("{}/_ferry/instances/target/locks", stand.running.url);
    let body = serde_json::json!({ "integration": id }).to_string();
    let answer = wire::send(method, &url, None, Some(body.as_bytes())).await;
    assert_eq!(answer.status, 204, "{}", answer.head);
}

/// Two at a time: as many as there are processors to be expected.
async fn prove(cells: Vec<Cell>) {
    let turns = Arc::new(Semaphore::new(2));
    let mut all = JoinSet::new();
    for cell in cells {
        let turns = Arc::clone(&turns);
        all.spawn(async move {
            let _turn = turns.acquire_owned().await;
            cell.prove().await;
        });
    }
    // Each has told what is wrong with it.
    let mut wrong = 0;
    while let Some(done) = all.join_next().await {
        wrong += usize::from(done.is_err());
    }
    assert_eq!(wrong, 0, "so many cells are wrong");
}

const PAIRS: [(&str, &str); 3] = [("gen3", "gen3"), ("gen2", "gen3"), ("gen2", "gen2")];

/// Every pair of generations, wire and target.
fn cells(load: impl Fn(&Cell) -> Load) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (source, target) in PAIRS {
        for (tls, live) in [(false, false), (false, true), (true, false), (true, true)] {
            let mut cell = Cell {
                load: Load::Six,
                source,
                target,
                tls,
                live,
                switches: Switches::default(),
            };
            cell.load = load(&cell);
            cells.push(cell);
        }
    }
    cells
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_instance_arrives_whole() {
    let cells = cells(
        |cell| match (cell.source, cell.target, cell.tls, cell.live) {
            ("gen3", "gen3", true, true)
            | ("gen2", "gen3", false, true)
            | ("gen2", "gen2", false, false) => Load::Generated(500),
            _ => Load::Generated(12),
        },
    );
    let large = cells
        .iter()
        .filter(|cell| cell.load == Load::Generated(500));
    assert_eq!((cells.len(), large.count()), (12, 3));
    note("whole promotions of a generated instance: 12 cells, 3 of them with 500 integrations");
    prove(cells).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn real_artifacts_arrive_whole() {
    const TEST: &str = "real_artifacts_arrive_whole";
    let wanted = || PAIRS.iter().flat_map(|(source, _)| artifacts(source));
    let is_there = |folder: &Path| wanted().all(|file| folder.join(file).is_file());
    if !samples().is_some_and(|folder| is_there(&folder)) {
        skip(TEST, "no real artifacts: set FERRY_SAMPLES");
        return;
    }
    let cells = cells(|_| Load::Samples);
    note(&format!(
        "whole promotions of real artifacts: {} cells",
        cells.len()
    ));
    prove(cells).await;
}

/// Every combination of import policies under one layout.
async fn under_every_policy(layout: ArchiveLayout) {
    const EACH: [OnImport; 3] = [OnImport::Replace, OnImport::Skip, OnImport::Fail];
    let mut cells = Vec::new();
    for values in [
        ConnectionValues::Replace,
        ConnectionValues::Keep,
        ConnectionValues::Draft,
    ] {
        for (active, existing) in EACH.iter().flat_map(|a| EACH.map(|e| (*a, e))) {
            for locked in EACH {
                let (source, target) = PAIRS[cells.len() % PAIRS.len()];
                cells.push(Cell {
                    load: Load::Six,
                    source,
                    target,
                    tls: false,
                    live: true,
                    switches: Switches {
                        import_connection_values: values,
                        import_active: active,
                        import_existing: existing,
                        import_locked: locked,
                        archive_layout: layout,
                        ..Switches::default()
                    },
                });
            }
        }
    }
    assert_eq!(cells.len(), 81);
    note(&format!(
        "whole promotions of six integrations, {layout:?} archives: 81 cells"
    ));
    prove(cells).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_every_import_policy_with_nested_archives() {
    under_every_policy(ArchiveLayout::Nested).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_every_import_policy_with_flat_archives() {
    under_every_policy(ArchiveLayout::Flat).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_every_import_policy_with_expanded_archives() {
    under_every_policy(ArchiveLayout::Expanded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn under_every_import_policy_with_opaque_archives() {
    under_every_policy(ArchiveLayout::Opaque).await;
}
