//! An emulator and the binary, side by side.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ferry_emulator::{Action, Load, Options, Recorded, Rule, Service};
use ferry_testkit::cli::{Call, Ferry};
use ferry_testkit::emulated::Running;
use serde_json::Value;
use tempfile::TempDir;

use crate::wire::{self, Answer};

/// Nothing that a test waits for takes so long; one that waits in vain must not hang the tests.
const SAFETY: Duration = Duration::from_secs(60);

/// A job of 27 minutes in about 160 ms, as the embedded emulator has it.
const SPEED: f64 = 10_000.0;

/// The demonstration's instances, fast, nothing kept.
pub fn options() -> Options {
    #[expect(
        clippy::disallowed_methods,
        reason = "the binary reads the system's clock, so its emulator does too"
    )]
    let now = Arc::new(jiff::Timestamp::now);
    let mut options = Options::new(now);
    options.speed = SPEED;
    options.seed = 7;
    options
}

/// The same with four small instances: `new` and `newer` of generation 3, `old` and `older` of generation 2. `new` and
/// `old` hold one artifact of 64 KiB that nothing can compress, [`APPLICATION`].
///
/// # Panics
/// The load cannot be written to a temporary folder, or read again.
pub fn small() -> (Options, TempDir) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    for (name, generation) in [("new", 3), ("newer", 3), ("old", 2), ("older", 2)] {
        let instance = folder.path().join(name);
        std::fs::create_dir_all(instance.join("process")).expect("a new directory");
        let settings = format!("generation = \"gen{generation}\"\n");
        std::fs::write(instance.join("instance.toml"), settings).expect("a new file");
        if !name.ends_with("er") {
            std::fs::write(instance.join(APPLICATION), application()).expect("a new file");
        }
    }
    let mut options = options();
    options.load = Load::Folder(folder.path().to_owned());
    (options, folder)
}

/// Where the artifact of [`small`] lies, in an instance's folder as in an archive of the emulator.
pub const APPLICATION: &str = "process/application.expx";

/// The bytes of [`APPLICATION`].
pub fn application() -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..8192).flat_map(|_| next().to_le_bytes()).collect()
}

/// Waits until the condition holds.
///
/// # Panics
/// It does not in 60 seconds.
pub async fn eventually<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(
        tokio::time::timeout(SAFETY, waiting).await.is_ok(),
        "waited in vain until {what}"
    );
}

/// An emulator that runs in this process, and the binary with a home of its own.
#[derive(Debug)]
pub struct Stand {
    /// The emulator.
    pub running: Running,
    /// The binary.
    pub ferry: Ferry,
}

impl Stand {
    /// With the demonstration's instances, fast.
    ///
    /// # Panics
    /// The emulator does not start, or the binary is not there.
    pub async fn new() -> Self {
        Self::with(options()).await
    }

    /// With other options.
    ///
    /// # Panics
    /// The emulator does not start, or the binary is not there.
    pub async fn with(options: Options) -> Self {
        Self {
            running: Running::start(options).await,
            ferry: crate::ferry(),
        }
    }

    /// With virtual time standing still: jobs go on only when [`Emulator::advance`] says so.
    ///
    /// [`Emulator::advance`]: ferry_emulator::Emulator::advance
    pub async fn frozen() -> Self {
        let mut options = options();
        options.speed = 0.0;
        Self::with(options).await
    }

    /// A command of the binary on this emulator.
    pub fn args<'a>(&self, args: impl IntoIterator<Item = &'a str>) -> Call {
        self.of(&self.ferry, args)
    }

    /// A command of another home on this emulator.
    pub fn of<'a>(&self, ferry: &Ferry, args: impl IntoIterator<Item = &'a str>) -> Call {
        ferry.args(args).env("FERRY_EMULATOR", &self.running.url)
    }

    /// A command `ferry bucket …` on this emulator.
    pub fn bucket(&self, args: &[&str]) -> Call {
        self.args(["bucket"].into_iter().chain(args.iter().copied()))
    }

    /// A shell's line, in which `"$@"` is `ferry bucket …`.
    pub fn shell(&self, script: &str, args: &[&str]) -> Call {
        let sh = Ferry::new("/bin/sh");
        let bin = crate::binary().display().to_string();
        let all = ["-c", script, "sh", &bin, "bucket"].into_iter();
        self.of(&sh, all.chain(args.iter().copied()))
            .env("FERRY_STATE", self.ferry.state())
    }

    /// The cards of every environment, as JSON.
    ///
    /// # Panics
    /// They are no JSON.
    pub fn cards(&self) -> Vec<Value> {
        let cards = self.running.emulator.environments(&self.running.authority);
        cards
            .iter()
            .map(|card| serde_json::to_value(card).expect("a card is JSON"))
            .collect()
    }

    /// One text of an environment's card.
    ///
    /// # Panics
    /// There is no such environment, or no such text.
    pub fn card(&self, environment: &str, key: &str) -> String {
        self.cards()
            .iter()
            .find(|card| card.get("name").and_then(Value::as_str) == Some(environment))
            .and_then(|card| card.get(key))
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("no {key} of {environment}"))
            .to_owned()
    }

    /// The jobs of a kind in an instance, as the emulator tells them, oldest first.
    ///
    /// # Panics
    /// The emulator's answer is no list.
    pub async fn jobs(&self, instance: &str, kind: &str) -> Vec<Value> {
        let all = wire::control(&self.running.authority, "/_ferry/jobs").await;
        let all = all.as_array().expect("a list of jobs").clone();
        let is = |job: &Value, key: &str, wanted: &str| {
            job.get(key).and_then(Value::as_str) == Some(wanted)
        };
        all.into_iter()
            .filter(|job| is(job, "kind", kind) && is(job, "instance", instance))
            .collect()
    }

    /// The requests so far that changed something, or asked to: neither GET nor HEAD, and no token.
    pub fn changes(&self) -> Vec<Recorded> {
        let reads = |record: &Recorded| {
            matches!(record.method.as_str(), "GET" | "HEAD")
                || record.service == Some(Service::Identity)
        };
        let mut all = self.running.emulator.journal();
        all.retain(|record| !reads(record));
        all
    }

    /// How many requests came so far with this method, on a path with this part.
    pub fn seen(&self, method: &str, path: &str) -> usize {
        let journal = self.running.emulator.journal();
        journal
            .iter()
            .filter(|record| record.method == method && record.target.contains(path))
            .count()
    }

    /// Waits until so many requests were seen.
    ///
    /// # Panics
    /// They are not in 60 seconds.
    pub async fn until_seen(&self, method: &str, path: &str, times: usize) {
        let what = format!("{method} …{path}… was seen {times} times");
        eventually(&what, || async { self.seen(method, path) >= times }).await;
    }

    /// Moves virtual time on by so many seconds.
    pub fn advance(&self, seconds: u64) {
        self.running.emulator.advance(Duration::from_secs(seconds));
    }

    /// A request for an object of an environment's own bucket, by its own sign-in.
    pub async fn object(
        &self,
        method: &str,
        environment: &str,
        name: &str,
        body: Option<&[u8]>,
    ) -> Answer {
        let bucket = self.card(environment, "storage_url");
        let authorization = wire::basic(
            &self.card(environment, "storage_user"),
            &self.card(environment, "storage_password"),
        );
        let url = format!("{}/{name}", bucket.trim_end_matches('/'));
        wire::send(method, &url, Some(&authorization), body).await
    }

    /// Puts a file into an environment's bucket.
    ///
    /// # Panics
    /// It cannot be read, or the bucket refuses it.
    pub async fn put_file(&self, environment: &str, name: &str, file: &Path) {
        let bytes =
            std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let answer = self.object("PUT", environment, name, Some(&bytes)).await;
        assert_eq!(answer.status, 201, "{}", answer.head);
    }
}

/// A rule for the polls of an export job.
pub fn on_export_polls(action: Action) -> Rule {
    Rule {
        service: Some(Service::Oic),
        method: Some("GET".to_owned()),
        path: Some("exportServiceInstanceArchive/".to_owned()),
        ..Rule::new(action)
    }
}
