//! Whole-product tests: the built binary against the emulator.
//!
//! [`Stand`] is what nearly every test begins with: an emulator on loopback in this process, so that its clock, faults,
//! barriers and journal are at hand, and the binary with a home of its own. [`wire`] is a client that shares nothing
//! with the product's, for a second opinion on what lies in the bucket.
//!
//! Helpers panic where a test could only fail; their messages say what went wrong.

pub mod crossing;
pub mod held;
pub mod kill;
pub mod loads;
pub mod process;
pub mod proof;
pub mod samples;
pub mod stand;
pub mod wire;
pub mod workspace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ferry_testkit::cli::{Ferry, Output};
use serde_json::Value;

pub use stand::{Stand, eventually, options};
pub use workspace::Workspace;

/// The binary under test: `FERRY_BIN`, else `target/debug/ferry` of this workspace.
///
/// # Panics
/// It is not there.
pub fn binary() -> PathBuf {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment which binary is meant"
    )]
    let told = std::env::var_os("FERRY_BIN").map(PathBuf::from);
    let bin = told.unwrap_or_else(|| ferry_testkit::fixtures::root().join("target/debug/ferry"));
    assert!(
        bin.is_file(),
        "{} is not there: build it with `cargo build -p oic-ferry`, or name another by FERRY_BIN",
        bin.display()
    );
    // Every command runs in a folder of its own.
    std::path::absolute(&bin).unwrap_or(bin)
}

/// The binary with a new home.
///
/// # Panics
/// The binary is not there.
pub fn ferry() -> Ferry {
    Ferry::new(binary())
}

/// Asserts that all of these texts are on stderr.
///
/// # Panics
/// One is not.
#[track_caller]
pub fn says(output: &Output, texts: &[&str]) {
    for text in texts {
        assert!(
            output.stderr.contains(text),
            "stderr does not say {text:?}: {output}"
        );
    }
}

/// The envelope that `-o json` writes, and nothing else, on stdout.
///
/// # Panics
/// It is something else.
#[track_caller]
pub fn envelope(output: &Output) -> Value {
    let envelope: Value = serde_json::from_str(&output.stdout)
        .unwrap_or_else(|error| panic!("stdout is not one JSON document, {error}: {output}"));
    assert_eq!(
        envelope.get("schema").and_then(Value::as_str),
        Some("ferry/1"),
        "{output}"
    );
    assert_eq!(
        envelope.get("exit").and_then(Value::as_i64),
        Some(i64::from(output.exit)),
        "{output}"
    );
    envelope
}

/// Every file below a folder, by its path in it.
///
/// # Panics
/// Where something there cannot be read.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry of it").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("it lies below");
                let content = std::fs::read(&path).expect("a readable file");
                found.insert(below.display().to_string(), content);
            }
        }
    }
    found
}
