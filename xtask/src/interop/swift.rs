//! Suite `swift`: the contract of the bucket's client, kept against a genuine OpenStack Swift by both ways in.
//!
//! The contract is a test of the crate, which meets the emulator in every run of the tests, and a server where the
//! environment names one.

use anyhow::{Context, Result, bail};

use super::door::Door;
use super::genuine::Genuine;
use crate::run;

/// Tells the test of the server.
const URL: &str = "FERRY_SWIFT_URL";
const AUTH: &str = "FERRY_SWIFT_AUTH";
const USER: &str = "FERRY_SWIFT_USER";
const KEY: &str = "FERRY_SWIFT_KEY";

/// Keeps the contract through each door, and fails when it is broken.
pub(super) fn run() -> Result<()> {
    let swift = Genuine::start(&run::target()?.join("interop"))?;
    let authority = swift.authority();
    let mut broken = 0;
    for (name, door) in [
        ("token", Door::token(&authority)),
        ("Basic", Door::basic(&authority)),
    ] {
        let told = keep(&authority, &door)?;
        println!(
            "  genuine Swift, {name}: {} passed, {} failed, {} skipped",
            told.passed,
            told.failed.len(),
            told.skipped,
        );
        for check in &told.failed {
            println!("  genuine Swift, {name}: {check}: FAILED");
        }
        if told.passed == 0 || !told.ended_well {
            println!("{}", told.talk);
        }
        broken += told.failed.len() + usize::from(told.passed == 0 || told.skipped > 0);
    }
    if broken > 0 {
        bail!("the contract is broken");
    }
    Ok(())
}

/// What the test said.
#[derive(Default)]
struct Told {
    passed: usize,
    failed: Vec<String>,
    skipped: usize,
    ended_well: bool,
    /// All of it, for when something failed.
    talk: String,
}

impl Told {
    fn take(&mut self, line: &str) {
        self.talk.push_str(line);
        self.talk.push('\n');
        if line.starts_with("FERRY-SKIP: ") {
            self.skipped += 1;
        }
        let check = line.strip_prefix("contract: ");
        match check.and_then(|check| check.rsplit_once(": ")) {
            Some((_, "ok")) => self.passed += 1,
            Some((check, _)) => self.failed.push(check.to_owned()),
            None => {}
        }
    }
}

fn keep(authority: &str, door: &Door) -> Result<Told> {
    // Of the whole workspace, so that what was built for its tests serves here, too.
    let mut test = run::cargo([
        "test",
        "--workspace",
        "--locked",
        "--test",
        "contract",
        "--",
    ]);
    test.args(["--exact", "stands::genuine_swift", "--nocapture"]);
    let (user, key) = match door {
        Door::Token { auth, user, key } => {
            test.env(URL, format!("http://{authority}/v1/AUTH_test"));
            test.env(AUTH, auth);
            (user, key)
        }
        Door::Basic { account, user, key } => {
            test.env(URL, account).env_remove(AUTH);
            (user, key)
        }
    };
    test.env(USER, user).env(KEY, key);
    let mut told = Told::default();
    let status = run::follow(&mut test, |line| told.take(line)).context("the contract")?;
    told.ended_well = status.success();
    if !told.ended_well && told.failed.is_empty() {
        bail!("the contract was not kept to its end:\n{}", told.talk);
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_counted() {
        let mut told = Told::default();
        for line in [
            "running 1 test",
            "contract: any_name: ok",
            "thread 'x' panicked at a.rs:1: contract: no",
            "contract: ranges: BROKEN",
            "FERRY-NOTE: contract of the bucket, genuine_swift: 2 checks",
        ] {
            told.take(line);
        }
        assert_eq!((told.passed, told.skipped), (1, 0));
        assert_eq!(told.failed, ["ranges"]);
        told.take("FERRY-SKIP: genuine_swift: no server");
        assert_eq!(told.skipped, 1);
    }
}
