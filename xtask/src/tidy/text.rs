//! Text files: how long, what paths, what blanks.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::house::{self, TextFile};

/// A person reads a file of this length in one sitting.
const LONGEST: usize = 700;

/// No Rust file is too long to read; generated ones say so in their first lines.
pub(super) fn lengths(files: &[TextFile]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.is_rust() && !is_generated(file))
        .filter_map(|file| {
            let lines = file.text.lines().count();
            (lines > LONGEST).then(|| format!("{}: {lines} lines, at most {LONGEST}", file.path))
        })
        .collect()
}

fn is_generated(file: &TextFile) -> bool {
    file.text
        .lines()
        .take(5)
        .any(|line| line.contains("@generated"))
}

/// Folders that exist on somebody's machine only. Put together here, so that this file passes.
const MACHINE: &[&str] = &[
    concat!("/", "home/"),
    concat!("/", "root/"),
    concat!("/", "work/"),
    concat!("/", "Users/"),
];

/// Made-up people of examples and tests.
const NOBODY: &[&str] = &["jane", "acme"];

/// No file names a place on somebody's machine.
pub(super) fn paths(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files {
        for (number, line) in file.text.lines().enumerate() {
            for path in MACHINE {
                if begins_with_path(line, path) {
                    problems.push(format!("{}:{} names {path}", file.path, number + 1));
                }
            }
        }
    }
    problems
}

/// Whether the path stands in the line as a whole one: `https://example.com/…` has a host before it.
fn begins_with_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let behind = line.get(at + path.len()..).unwrap_or_default();
        !before.is_some_and(|c| c.is_alphanumeric() || ".-_}>:/".contains(c))
            && !NOBODY.iter().any(|name| behind.starts_with(name))
    })
}

/// Fixtures keep their bytes as they were recorded.
fn keeps_its_bytes(path: &str) -> bool {
    path.starts_with("fixtures/") || path.contains("/fixtures/")
}

/// No line ends with a blank, and each file ends with one line break.
pub(super) fn blanks(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| !keeps_its_bytes(&file.path)) {
        for (number, line) in file.text.split('\n').enumerate() {
            if line.ends_with([' ', '\t', '\r']) {
                problems.push(format!("{}:{} ends with a blank", file.path, number + 1));
            }
        }
        if !file.text.is_empty() && (!file.text.ends_with('\n') || file.text.ends_with("\n\n")) {
            problems.push(format!("{} does not end with one line break", file.path));
        }
    }
    problems
}

/// Corrects what [`blanks`] finds; returns the paths of the files that were written.
pub(super) fn strip_blanks(root: &Path) -> Result<Vec<String>> {
    let mut written = Vec::new();
    for file in house::text_files(root)? {
        if keeps_its_bytes(&file.path) {
            continue;
        }
        let stripped = stripped(&file.text);
        if stripped != file.text {
            let path = root.join(&file.path);
            fs::write(&path, stripped).with_context(|| file.path.clone())?;
            written.push(file.path);
        }
    }
    Ok(written)
}

fn stripped(text: &str) -> String {
    let mut stripped = String::with_capacity(text.len());
    for line in text.lines() {
        stripped.push_str(line.trim_end_matches([' ', '\t', '\r']));
        stripped.push('\n');
    }
    let body = stripped.trim_end_matches('\n').len();
    stripped.truncate(if body == 0 { 0 } else { body + 1 });
    stripped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_named() {
        let long = "x\n".repeat(LONGEST + 1);
        let generated = format!("// @generated\n{long}");
        let files = [
            TextFile::new("a.rs", &long),
            TextFile::new("b.rs", &generated),
            TextFile::new("c.md", &long),
            TextFile::new("d.rs", &"x\n".repeat(LONGEST)),
        ];
        assert_eq!(lengths(&files), ["a.rs: 701 lines, at most 700"]);
    }

    #[test]
    fn places_on_a_machine_are_found() {
        let [home, ..] = MACHINE else { unreachable!() };
        for (line, expected) in [
            (format!("see {home}me/file"), true),
            (format!("\"{home}me\""), true),
            (format!("\"{home}jane\""), false),
            (format!("https://example.com{home}page"), false),
            ("a homely place".to_owned(), false),
        ] {
            let files = [TextFile::new("a.md", &line)];
            assert_eq!(!paths(&files).is_empty(), expected, "{line}");
        }
    }

    #[test]
    fn blanks_are_found_and_stripped() {
        let bad = "one \ntwo\t\r\nthree\n\n";
        let files = [TextFile::new("a.md", bad), TextFile::new("fixtures/a", bad)];
        assert_eq!(
            blanks(&files),
            [
                "a.md:1 ends with a blank",
                "a.md:2 ends with a blank",
                "a.md does not end with one line break",
            ]
        );
        let good = stripped(bad);
        assert_eq!(good, "one\ntwo\nthree\n");
        assert!(blanks(&[TextFile::new("a.md", &good)]).is_empty());
        assert_eq!(stripped("x"), "x\n");
        assert_eq!(stripped("\n\n"), "");
    }
}
