//! An emulator with one case's switches, and its instances as the commands see them.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use ferry_core::storage::StorageUrl;
use ferry_emulator::{Load, Options};
use ferry_flows::{Context, Environment, RunStore};
use ferry_http::{Client, Config, RetryPolicy};
use ferry_testkit::clock::{NOON, following};
use ferry_testkit::emulated::Running;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::case::Case;
use crate::control::Control;
use crate::environment::{environment, storage};

/// A job of 27 minutes takes 160 ms.
pub(crate) const SPEED: f64 = 10_000.0;

/// The emulator, and what a command needs to use it.
pub(crate) struct Stand {
    running: Running,
    _runs: TempDir,
    pub(crate) control: Control,
    pub(crate) context: Context,
    pub(crate) test: Environment,
    pub(crate) prod: Environment,
    pub(crate) spare: Environment,
    /// `test` with the bucket of `prod`, which its user may not use.
    pub(crate) elsewhere: Environment,
}

impl Stand {
    /// Starts an emulator with the instances of a folder.
    pub(crate) async fn start(case: &Case, load: &Path) -> Self {
        let now = following(NOON);
        let mut options = Options::new(Arc::clone(&now));
        options.load = Load::Folder(load.to_path_buf());
        options.speed = SPEED;
        options.switches = case.switches();
        let running = Running::start(options).await;
        let mut config = Config::new("ferry-tests", Arc::clone(&now));
        config.loopback_only = true;
        config.retry = RetryPolicy {
            base: std::time::Duration::from_millis(1),
            ..RetryPolicy::default()
        };
        let http = Client::new(config).unwrap();
        let cards = running.emulator.environments(&running.authority);
        let card = |name: &str| cards.iter().find(|card| card.name == name).unwrap();
        let environment = |name: &str| environment(card(name), &http, &now);
        let url = StorageUrl::parse(&card("prod").storage_url).unwrap();
        let mut elsewhere = environment("test");
        elsewhere.storage = storage(card("test"), url, &http);
        let runs = tempfile::tempdir().unwrap();
        let random = AtomicU16::new(0);
        let context = Context {
            now: Arc::clone(&now),
            runs: RunStore::new(runs.path()),
            talk: Arc::new(|_| ()),
            stop: CancellationToken::new(),
            random: Arc::new(move || random.fetch_add(1, Ordering::Relaxed)),
        };
        Self {
            control: Control::new(http.clone(), &running.url),
            test: environment("test"),
            prod: environment("prod"),
            spare: environment("spare"),
            elsewhere,
            context,
            running,
            _runs: runs,
        }
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}
