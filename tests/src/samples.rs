//! The emulator as a process of its own, as people start it, and an instance seen through the service's own calls.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::held::Reader;
use crate::wire;

/// No emulator takes so long to be ready, or to end.
const SAFETY: Duration = Duration::from_secs(60);

/// `ferry emulator` in a process of its own, on a free port. Dropping it kills it.
#[derive(Debug)]
pub struct Served {
    /// `http://127.0.0.1:PORT`, as its ready line told.
    pub url: String,
    /// Everything it had said on stdout once it was ready.
    pub said: Vec<String>,
    child: Child,
    /// Read no further, but open: a closed pipe is another thing than a silent reader.
    _stdout: Lines<BufReader<ChildStdout>>,
    _home: TempDir,
}

impl Served {
    /// Starts it with the instances of a folder, fast, and waits for its ready line.
    ///
    /// # Panics
    /// It does not get ready.
    pub async fn start(load: &Path) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new(crate::binary());
        command
            .env_clear()
            .env("HOME", home.path())
            .current_dir(home.path())
            .args(["emulator", "--port", "0", "--speed", "10000", "--load"])
            .arg(load)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the emulator can be started");
        let stdout = child.stdout.take().expect("a pipe");
        let mut lines = BufReader::new(stdout).lines();
        let mut said = Vec::new();
        let ready = async {
            // After the line that says so comes a table: one line a folder, and its head.
            let mut left = usize::MAX;
            let mut url = String::new();
            while left > 0 {
                let line = lines.next_line().await.ok().flatten()?;
                left = left.saturating_sub(1);
                if let Some(told) = line.strip_prefix("ready on ") {
                    told.trim().clone_into(&mut url);
                    left = 1 + folders(load);
                }
                said.push(line);
            }
            Some(url)
        };
        let url = tokio::time::timeout(SAFETY, ready)
            .await
            .ok()
            .flatten()
            .unwrap_or_else(|| panic!("the emulator did not get ready; it said {said:?}"));
        Self {
            url,
            said,
            child,
            _stdout: lines,
            _home: home,
        }
    }

    /// The card of one of its environments.
    ///
    /// # Panics
    /// There is no such environment.
    pub async fn card(&self, name: &str) -> Value {
        let authority = self.url.trim_start_matches("http://");
        let cards = wire::control(authority, "/_ferry/environments").await;
        cards
            .as_array()
            .into_iter()
            .flatten()
            .find(|card| card.get("name").and_then(Value::as_str) == Some(name))
            .unwrap_or_else(|| panic!("no environment {name}"))
            .clone()
    }

    /// Interrupts it, and gives its exit code.
    ///
    /// # Panics
    /// It does not end.
    pub async fn interrupt(mut self) -> Option<i32> {
        let pid = self.child.id().expect("it runs");
        let mut kill = Command::new("kill");
        let sent = kill.args(["-INT", &pid.to_string()]).status().await;
        assert!(sent.is_ok_and(|status| status.success()), "kill works");
        let ended = tokio::time::timeout(SAFETY, self.child.wait()).await;
        ended.expect("it ends").expect("its status").code()
    }
}

fn folders(load: &Path) -> usize {
    let children = std::fs::read_dir(load).expect("the load can be read");
    children
        .filter(|child| child.as_ref().is_ok_and(|child| child.path().is_dir()))
        .count()
}

/// A text of a card.
///
/// # Panics
/// It has none of that name.
pub fn text(card: &Value, key: &str) -> String {
    card.get(key)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("a card without {key}"))
        .to_owned()
}

/// Reads something of an instance with the design-time API: `path` is what follows `/ic/api/integration/v1/`.
///
/// # Panics
/// The instance refuses.
pub async fn rest(card: &Value, path: &str) -> Vec<u8> {
    let answer = Reader::of(card).await.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.head);
    answer.body
}
