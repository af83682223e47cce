//! What the instances hold at the start, for both generations: the demonstration's `test` as the source, its `prod` with
//! something of every kind in the way, and `spare`, which is empty.

use std::path::Path;

use ferry_core::job::Generation;
use ferry_emulator::Options;
use ferry_http::{Client, Config};
use ferry_testkit::clock::{NOON, fixed};
use ferry_testkit::emulated::Running;

use crate::control::{Control, Held};
use crate::files::{put, singles};

/// In `prod` as in the archive, with older content, and idle.
pub(crate) const EXISTING: &str = "CUSTOMER_SYNC|01.00.0000";
/// The same, but made active before the import.
pub(crate) const ACTIVE: &str = "INVOICE_POST|01.00.0000";
/// The same as in the archive, made idle and locked before the import.
pub(crate) const LOCKED: &str = "SHIPMENT_NOTICE|01.00.0001";
/// Runs by a schedule in the source.
pub(crate) const SCHEDULED: &str = "ORDER_NIGHTLY|01.00.0000";
/// Active in `prod` and not in the archive.
pub(crate) const UNTOUCHED: &str = "PROD_HEARTBEAT|01.00.0000";
/// The same, but the archive brings another version of its major version.
pub(crate) const SUPERSEDED: &str = "STOCK_LEVELS|01.00.0000";
/// A connection that `prod` has, and the archive too.
pub(crate) const CONNECTION: &str = "CRM_SOAP";

const LOCKED_FILE: &str = "integrations/SHIPMENT_NOTICE_01.00.0001.iar";

/// The artifact that carries an obstacle, and whether it carries others besides.
pub(crate) fn carrier(obstacle: &str, generation: Generation) -> (&'static str, bool) {
    match (obstacle, generation) {
        (EXISTING, _) => ("packages/acme.customer.par", true),
        (ACTIVE, Generation::Gen3) => ("projects/FINANCE.car", true),
        (ACTIVE, Generation::Gen2) => ("integrations/INVOICE_POST_01.00.0000.iar", false),
        (LOCKED, _) => (LOCKED_FILE, false),
        (other, _) => panic!("{other} is in nobody's way"),
    }
}

/// The folder of a generation, of those that [`write`] writes.
pub(crate) fn folder(all: &Path, generation: Generation) -> std::path::PathBuf {
    all.join(generation.to_string())
}

/// Writes both loads below `all`.
pub(crate) async fn write(all: &Path) {
    let now = fixed(NOON);
    let running = Running::start(Options::new(now.clone())).await;
    let http = Client::new(Config::new("ferry-tests", now)).unwrap();
    let control = Control::new(http, &running.url);
    let source = files(&control, "test").await;
    let mut target = files(&control, "prod").await;
    target.extend(
        source
            .iter()
            .filter(|(path, _)| path == LOCKED_FILE)
            .cloned(),
    );
    running.stop().await;
    for generation in [Generation::Gen3, Generation::Gen2] {
        for (name, files) in [("test", &source), ("prod", &target), ("spare", &Vec::new())] {
            let folder = folder(all, generation).join(name);
            std::fs::create_dir_all(&folder).unwrap();
            let settings = format!("generation = \"{generation}\"\n");
            std::fs::write(folder.join("instance.toml"), settings).unwrap();
            for (path, bytes) in files {
                match generation {
                    Generation::Gen2 if path.starts_with("projects/") => {
                        for (path, bytes) in singles(bytes) {
                            put(&folder, &path, &bytes);
                        }
                    }
                    _ => put(&folder, path, bytes),
                }
            }
        }
    }
}

async fn files(control: &Control, instance: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for Held { path, sha256, .. } in control.artifacts(instance).await {
        files.push((path, control.artifact(instance, &sha256).await));
    }
    files
}
