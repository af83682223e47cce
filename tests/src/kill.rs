//! Commands that are killed at a request, and what is left of them.

use std::path::{Path, PathBuf};

use ferry_emulator::{Barrier, Recorded, Side};
use ferry_testkit::cli::{Call, Running};

use crate::Stand;

/// Whether a request asks for a job.
pub fn starts(record: &Recorded) -> bool {
    record.method == "POST" && record.target.contains("portServiceInstanceArchive")
}

/// Runs a command and kills it at its nth request. `None`: it made fewer requests, and ended well.
///
/// What was to be stopped before is never carried out, what was to be stopped after is.
///
/// # Panics
/// It ended otherwise.
pub async fn killed(stand: &Stand, call: Call, nth: u64, side: Side) -> Option<Recorded> {
    let nth = stand.running.emulator.requests() + nth;
    let barrier = stand.running.emulator.barrier(nth, side);
    let mut running = call.spawn();
    if !stopped(&barrier, &mut running).await {
        running.wait().await.expect(0);
        return None;
    }
    running.kill9().await.expect(137);
    let journal = stand.running.emulator.journal();
    let killed_at = journal.into_iter().find(|record| record.nth == nth);
    Some(killed_at.expect("the request that was stopped"))
}

/// Whether the command was stopped by the barrier, and did not end before.
pub async fn stopped(barrier: &Barrier, running: &mut Running) -> bool {
    let ended = async {
        while running.is_running() {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    };
    tokio::select! {
        () = barrier.reached() => true,
        () = ended => false,
    }
}

/// The journal of the first run below a folder.
///
/// # Panics
/// The folder cannot be read.
pub fn journal(folder: &Path) -> Option<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry of it").path();
            if path.ends_with("journal.ndjson") {
                return Some(path);
            }
            if path.is_dir() {
                folders.push(path);
            }
        }
    }
    None
}
