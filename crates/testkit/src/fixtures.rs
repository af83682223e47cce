//! Where test data lie, and how a test tells that it could not run.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A path below the committed `fixtures/`.
pub fn path(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// The folder of real artifacts: `FERRY_SAMPLES`, else `samples/oic` in a `shared` folder beside the
/// repository; `None` where there is none. They are not committed: their licences differ.
pub fn samples() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment where samples are"
    )]
    let told = std::env::var_os("FERRY_SAMPLES").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| root().join("../shared/samples/oic"));
    folder.is_dir().then_some(folder)
}

/// One real artifact; where it is missing the test is skipped, and says so.
pub fn sample(test: &str, name: &str) -> Option<PathBuf> {
    let found = samples()
        .map(|folder| folder.join(name))
        .filter(|path| path.is_file());
    if found.is_none() {
        skip(test, &format!("no sample {name}: set FERRY_SAMPLES"));
    }
    found
}

/// Says, in a line that the gate counts, that a test did not run.
///
/// Written past the capture of the test harness, which would hide it in a test that passes.
pub fn skip(test: &str, reason: &str) {
    tell(&format!("FERRY-SKIP: {test}: {reason}\n"));
}

/// Says, in a line that the gate repeats at its end, what a test has covered.
///
/// Written past the capture of the test harness, as [`skip`] is.
pub fn note(text: &str) {
    tell(&format!("FERRY-NOTE: {text}\n"));
}

fn tell(line: &str) {
    use std::io::Write;
    // Nowhere to write it to: nobody to read it.
    drop(std::io::stderr().write_all(line.as_bytes()));
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_root_is_the_workspace() {
        assert!(super::root().join("Cargo.lock").is_file());
    }
}
