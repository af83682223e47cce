//! Suite `swift-functional`: OpenStack Swift's own functional tests, unchanged, from the source package of its release.
//!
//! Those of the features that every client may meet: accounts, containers, objects, and large objects of both kinds.
//! Static web, temporary URLs, versions, symlinks and S3 are left out.

mod list;
mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::upstream::{Against, Upstream};
use super::{genuine, tools};
use crate::{docs, run};
use list::List;
use report::Report;

/// `tests.py` is named because pytest would not find it.
const FILES: [&str; 6] = [
    "tests.py",
    "test_account.py",
    "test_container.py",
    "test_object.py",
    "test_dlo.py",
    "test_slo.py",
];

/// How many of them a genuine Swift passes that is set up by this suite.
const GENUINE: usize = 423;
/// The least share of them, in percent, that the emulator is to pass whatever is known not to.
const LEAST: usize = 95;

/// What is known not to pass against the emulator.
const KNOWN: &str = include_str!("swift_functional/known.txt");
/// What a genuine Swift skips, too.
const SKIPPED: &str = include_str!("swift_functional/skipped.txt");

/// Runs the tests, and fails when one does not pass of which that is not known.
pub(super) fn run(against: Against) -> Result<()> {
    let skipped = List::parse(SKIPPED).context("skipped.txt")?;
    let known = List::parse(KNOWN).context("known.txt")?;
    docs::check_fidelity(&with_known)?;
    let interop = run::target()?.join("interop");
    let python = genuine::python(&interop)?;
    let source = source(&python, &interop)?;
    let folder = interop.join("swift-functional");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("what the last run left")?;
    }
    fs::create_dir_all(&folder)?;
    let report = {
        let server = Upstream::start(against, &interop)?;
        test(&python, &source, &folder, &server)?
    };
    let known = match against {
        Against::Emulator => known,
        Against::Genuine => List::default(),
    };
    judge(&report, &known, &skipped, &folder)
}

/// The page with what is known not to pass.
pub(crate) fn with_known(page: &str) -> Result<String> {
    let marks = (
        "<!-- swift-functional: begin -->",
        "<!-- swift-functional: end -->",
    );
    docs::between(page, marks, &List::parse(KNOWN)?.table())
}

/// The source package of Swift, unpacked; its wheel comes without the tests.
fn source(python: &Path, interop: &Path) -> Result<PathBuf> {
    let folder = interop.join("swift-source");
    let tree = folder.join(genuine::VERSION.replace("==", "-"));
    // Named so when it is whole.
    if tree.exists() {
        return Ok(tree);
    }
    println!("downloading the sources of {}", genuine::VERSION);
    let pip = ["-m", "pip", "--quiet", "download", "--no-deps"];
    let alone = ["--no-binary", "swift", genuine::VERSION, "--dest"];
    run::output(Command::new(python).args(pip).args(alone).arg(&folder))?;
    let mut archive = tree.clone().into_os_string();
    archive.push(".tar.gz");
    let unpacked = folder.join("unpacked");
    let unpack = ["-m", "tarfile", "--extract"];
    run::output(
        Command::new(python)
            .args(unpack)
            .args([archive.as_ref(), unpacked.as_os_str()]),
    )?;
    let name = tree.file_name().context("the sources have no name")?;
    fs::rename(unpacked.join(name), &tree).context("the sources")?;
    Ok(tree)
}

/// Runs pytest over the files, one test after the other: they share the accounts.
fn test(python: &Path, source: &Path, folder: &Path, server: &Upstream) -> Result<Report> {
    let settings = folder.join("test.conf");
    let sample = fs::read_to_string(source.join("test/sample.conf")).context("sample.conf")?;
    // The sample's users are TempAuth's here, so that only the address is to be told.
    fs::write(
        &settings,
        sample.replace("127.0.0.1:8080", &server.authority()),
    )?;
    let (report, log) = (folder.join("report.jsonl"), folder.join("pytest.log"));
    let said = File::create(&log).with_context(|| log.display().to_string())?;
    println!("  running the tests; what they say is in {}", log.display());
    let mut pytest = tools::clean(python, folder)?;
    let status = pytest
        .args([
            "-m",
            "pytest",
            "-p",
            "ferry_report",
            "-p",
            "no:cacheprovider",
        ])
        // A server that does not answer must not hold the suite up for ever.
        .args(["--override-ini", "addopts=", "--timeout", "600"])
        .args(FILES.map(|file| format!("test/functional/{file}")))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env(
            "PYTHONPATH",
            run::root().join("xtask/src/interop/swift_functional"),
        )
        .env("FERRY_REPORT", &report)
        .env("SWIFT_TEST_CONFIG_FILE", &settings)
        .current_dir(source)
        .stdout(said.try_clone()?)
        .stderr(said)
        .status()
        .context("could not run pytest")?;
    // 1: some tests failed.
    if !matches!(status.code(), Some(0 | 1)) {
        let said = fs::read_to_string(&log).unwrap_or_default();
        bail!("pytest ended with {status}:\n{said}");
    }
    let report = fs::read_to_string(&report).context("what pytest reported")?;
    Report::parse(&report)
}

/// Tells what became of the tests, and fails when that is not what is expected.
fn judge(report: &Report, known: &List, skipped: &List, folder: &Path) -> Result<()> {
    let (passed, failed) = (report.passed(), report.failed().count());
    println!(
        "  {passed} passed, {failed} failed, {} skipped, {} in all; a genuine Swift passes {GENUINE}",
        report.skipped().count(),
        report.total(),
    );
    let path = folder.join("failed.txt");
    let lines = report.failed().map(|(id, why)| format!("{id}\t{why}\n"));
    fs::write(&path, lines.collect::<String>()).with_context(|| path.display().to_string())?;

    let mut faults = 0;
    let mut fault = |what: &str, id: &str, why: &str| {
        faults += 1;
        println!("  {what}: {id}: {why}");
    };
    for (id, why) in report.failed().filter(|(id, _)| !known.has(id)) {
        fault("failed", id, why);
    }
    let expected = |id: &str| known.has(id) || skipped.has(id);
    for (id, why) in report.skipped().filter(|(id, _)| !expected(id)) {
        fault("skipped, but not by a genuine Swift", id, why);
    }
    for id in known.ids().filter(|id| !report.has(id)) {
        fault("known.txt names it", id, "there is no such test");
    }
    for id in known.ids().filter(|id| report.has_passed(id)) {
        println!("  passes now, so that known.txt need not name it: {id}");
    }
    if faults > 0 {
        bail!(
            "{faults} tests are not as expected; those that failed are in {}",
            path.display()
        );
    }
    if passed * 100 < GENUINE * LEAST {
        bail!("{passed} of {GENUINE} passed, fewer than {LEAST} %");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order() {
        let known = List::parse(KNOWN).unwrap();
        let skipped = List::parse(SKIPPED).unwrap();
        assert!(known.ids().all(|id| !skipped.has(id)));
    }

    #[test]
    fn the_page_is_told_what_is_known() {
        let page = "a\n<!-- swift-functional: begin -->\nold\n<!-- swift-functional: end -->\nb\n";
        let new = with_known(page).unwrap();
        assert!(!new.contains("old"));
        assert_eq!(with_known(&new).unwrap(), new);
    }
}
