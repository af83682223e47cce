//! A small promotion in memory: an emulator, its two instances as the command sees them, and what the target holds.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use ferry_core::plan::Choice;
use ferry_emulator::{Emulator, Load, Options};
use ferry_flows::{
    Context, Environment, Failure, PromoteReport, PromoteRequest, RunStore, promote,
};
use ferry_http::{Client, Request};
use ferry_oic::{IntegrationRef, LookupRef};
use ferry_testkit::clock::{NOON, following};
use ferry_testkit::linked::Linked;
use serde_json::Value;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::environment::environment;
use crate::files::{put, singles};

/// A job of 27 minutes takes 81 seconds.
const SPEED: f64 = 20.0;

/// Longer no run takes, whatever befalls it.
const BOUND: Duration = Duration::from_secs(3 * 24 * 3600);

/// No answer of the emulator's own is longer.
const LIMIT: usize = 1 << 20;

/// Runs by a schedule in the source.
pub(crate) const SCHEDULED: &str = "ORDER_NIGHTLY|01.00.0000";

/// What the target's connections, lookup and schedule get.
const OVERRIDES: &str = r#"{
    "connections": {
        "*": {"credentials": {"username": "env:USER", "password": "env:PASSWORD"}},
        "STATUS_API": {"properties": {"connectionUrl": "https://status.prod.example.com"}},
        "ORDERS_API": {"properties": {"connectionUrl": "https://orders.prod.example.com"}},
        "WAREHOUSE_DB": {"properties": {"Host": "db.prod.example.com", "Port": "1521"}},
        "FILES_FTP": {"properties": {"Host": "files.prod.example.com", "Port": "22"}}
    },
    "lookups": {"Country_Codes": {"rows": [{"CODE": "XX"}]}},
    "schedules": {"ORDER_NIGHTLY": {"parameters": {"since": "2026-01-01"}}}
}"#;

/// What the target holds, by what it is about: `integration CODE|VERSION`, `connection CODE`, `lookup NAME`.
pub(crate) type State = BTreeMap<String, String>;

/// How a run ended.
pub(crate) type Ended = Result<PromoteReport, Failure>;

pub(crate) struct Stand {
    pub(crate) emulator: Emulator,
    from: Environment,
    to: Environment,
    context: Context,
    /// For the emulator's own answers; what the runs do is not done by it.
    http: Client,
    url: String,
    _runs: TempDir,
}

impl Stand {
    pub(crate) fn start(load: &Path) -> Self {
        let now = following(NOON);
        let linked = Linked::start(Options {
            load: Load::Folder(load.to_path_buf()),
            speed: SPEED,
            seed: 7,
            ..Options::new(Arc::clone(&now))
        });
        let cards = linked.environments();
        let client = || Client::new(linked.config()).unwrap();
        let of = |name: &str| {
            let card = cards.iter().find(|card| card.name == name).unwrap();
            let mut made = environment(card, &client(), &now);
            made.polling = ferry_core::job::PollPolicy::default();
            made
        };
        let mut to = of("prod");
        to.overrides.stated = serde_json::from_str(OVERRIDES).unwrap();
        for secret in to.overrides.stated.secrets() {
            let value = "stand-in".to_owned().into();
            to.overrides.secrets.insert(secret.2.clone(), value);
        }
        let runs = tempfile::tempdir().unwrap();
        let random = AtomicU16::new(0);
        Self {
            from: of("test"),
            to,
            context: Context {
                now,
                runs: RunStore::new(runs.path()),
                talk: Arc::new(|_| ()),
                stop: CancellationToken::new(),
                random: Arc::new(move || random.fetch_add(1, Ordering::Relaxed)),
            },
            http: client(),
            url: linked.url("/_ferry"),
            emulator: linked.emulator,
            _runs: runs,
        }
    }

    /// Promotes, or goes on with it. `None`: it has not ended in three days.
    pub(crate) async fn promote(&self) -> Option<Ended> {
        let request = PromoteRequest {
            live: Some(Choice::Stop),
            ..PromoteRequest::default()
        };
        let run = promote(&self.context, &self.from, &self.to, None, &request);
        tokio::time::timeout(BOUND, Box::pin(run)).await.ok()
    }

    /// What the target holds. No rule may be in force.
    pub(crate) async fn state(&self) -> State {
        let instance = &self.to.instance;
        let mut state = State::new();
        let held = self.own("artifacts/prod").await;
        for one in instance.integrations().await.unwrap() {
            let file = format!("integrations/{}_{}.iar", one.id.code, one.id.version);
            let artifact = held.as_array().unwrap().iter();
            let artifact = artifact.filter(|it| it["path"] == file.as_str());
            let bytes: Vec<String> = artifact.map(|it| it["sha256"].to_string()).collect();
            let mut told = format!("{} {}", one.status, bytes.concat());
            if one.id.to_string() == SCHEDULED {
                let which = IntegrationRef {
                    id: one.id.clone(),
                    project: None,
                };
                let schedule = instance.schedule(&which).await.unwrap();
                told += &format!(" {:?} {:?}", schedule.status, schedule.parameters);
            }
            state.insert(format!("integration {}", one.id), told);
        }
        for one in instance.connections().await.unwrap() {
            let values = one.properties.iter().chain(&one.security_properties);
            let values: Vec<String> = values
                .map(|it| format!("{}={}", it.name, it.value.clone().unwrap_or_default()))
                .collect();
            state.insert(format!("connection {}", one.id), values.join(" "));
        }
        for one in instance.lookup_pages().all().await.unwrap() {
            let which = LookupRef {
                name: one.name.clone(),
                project: None,
            };
            let rows = instance.lookup(&which).await.unwrap().rows;
            state.insert(format!("lookup {}", one.name), format!("{rows:?}"));
        }
        state
    }

    /// An answer of the emulator's own.
    pub(crate) async fn own(&self, path: &str) -> Value {
        let request = Request::get(&format!("{}/{path}", self.url)).unwrap();
        let answer = self.http.send(request).await.unwrap();
        answer.json(LIMIT).await.unwrap()
    }
}

/// Writes the load: three integrations, of which one runs by a schedule, and a lookup; against an older version of one of
/// them and something of the target's own, both live.
pub(crate) async fn write(load: &Path) {
    let demo = Linked::start(Options::new(following(NOON)));
    let http = Client::new(demo.config()).unwrap();
    let bytes = async |path: &str| {
        let request = Request::get(&demo.url(&format!("/_ferry/{path}"))).unwrap();
        let answer = http.send(request).await.unwrap();
        answer.bytes(LIMIT).await.unwrap().to_vec()
    };
    let take = async |instance: &str, wanted: &[&str]| {
        let held = bytes(&format!("artifacts/{instance}")).await;
        let held: Value = serde_json::from_slice(&held).unwrap();
        let mut taken = Vec::new();
        for one in held.as_array().unwrap() {
            let (path, sha) = (
                one["path"].as_str().unwrap(),
                one["sha256"].as_str().unwrap(),
            );
            if wanted.contains(&path) {
                let content = bytes(&format!("artifacts/{instance}/{sha}")).await;
                taken.push((path.to_owned(), content));
            }
        }
        assert_eq!(taken.len(), wanted.len());
        taken
    };
    let single = |name: &str| format!("integrations/{name}.iar");
    let (shipment, stock) = (
        single("SHIPMENT_NOTICE_01.00.0001"),
        single("STOCK_LEVELS_01.00.0001"),
    );
    let mut source = take("test", &[&shipment, &stock, "lookups/Country_Codes.csv"]).await;
    let orders = take("test", &["projects/ORDERS.car"]).await;
    let nightly = singles(&orders[0].1).into_iter();
    source.extend(nightly.filter(|(path, _)| *path == single("ORDER_NIGHTLY_01.00.0000")));
    let (own, older) = (
        single("PROD_HEARTBEAT_01.00.0000"),
        single("STOCK_LEVELS_01.00.0000"),
    );
    let target = take("prod", &[&own, &older]).await;
    for (name, files) in [("test", source), ("prod", target)] {
        for (path, content) in files {
            put(&load.join(name), &path, &content);
        }
    }
}
