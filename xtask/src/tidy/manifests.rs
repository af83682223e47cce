//! The manifests: versions in one place, licences everywhere.

use super::house::{Metadata, TextFile};

/// Members name no version of their own: every dependency is the workspace's.
pub(super) fn versions(files: &[TextFile]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml") && !file.path.starts_with("fuzz/"))
        .flat_map(|file| {
            own_versions(&file.text).into_iter().map(|(line, entry)| {
                format!("{}:{line} `{entry}` is not the workspace's", file.path)
            })
        })
        .collect()
}

/// The entries, each with its line, that say something of their own where the workspace decides.
fn own_versions(manifest: &str) -> Vec<(usize, String)> {
    const PACKAGE: &[&str] = &["version", "edition", "rust-version", "license"];
    let mut found = Vec::new();
    let mut section = String::new();
    // `[dependencies.name]` is one entry over several lines: line, name, whether it inherits.
    let mut table: Option<(usize, bool)> = None;
    let close = |section: &str, table: Option<(usize, bool)>, found: &mut Vec<_>| {
        if let Some((line, false)) = table {
            found.push((line, section.to_owned()));
        }
    };
    for (number, entry) in entries(manifest) {
        if let Some(name) = entry.strip_prefix('[') {
            close(&section, table.take(), &mut found);
            name.trim_end_matches(']').clone_into(&mut section);
            if is_dependencies(&section).is_some_and(|inner| !inner.is_empty()) {
                table = Some((number, false));
            }
            continue;
        }
        let Some((key, value)) = entry.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        if let Some((_, inherits)) = &mut table {
            *inherits |= key == "workspace" && value == "true";
        } else if section == "package" {
            if PACKAGE.contains(&key) {
                found.push((number, key.to_owned()));
            }
        } else if is_dependencies(&section).is_some() {
            let inherits = (key.ends_with(".workspace") && value == "true")
                || value.replace(' ', "").contains("workspace=true");
            if !inherits {
                found.push((number, key.to_owned()));
            }
        }
    }
    close(&section, table, &mut found);
    found
}

/// For a section of dependencies, what follows its name: `""`, or the name of one dependency.
fn is_dependencies(section: &str) -> Option<&str> {
    let section = match section.strip_prefix("target.") {
        // The target stands in quotes and may hold dots itself.
        Some(rest) => rest.rsplit_once("'.").or(rest.rsplit_once("\"."))?.1,
        None => section,
    };
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .find_map(|name| {
            let rest = section.strip_prefix(name)?;
            if rest.is_empty() {
                Some(rest)
            } else {
                rest.strip_prefix('.')
            }
        })
}

/// The lines without comments; an array over several lines is one entry.
fn entries(manifest: &str) -> Vec<(usize, String)> {
    let mut entries: Vec<(usize, String)> = Vec::new();
    let mut depth = 0_usize;
    for (index, line) in manifest.lines().enumerate() {
        // None of our manifests has a `#` inside a text.
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let inside = depth > 0;
        depth += line.matches('[').count();
        depth = depth.saturating_sub(line.matches(']').count());
        match entries.last_mut() {
            Some((_, entry)) if inside => entry.push_str(line),
            _ => entries.push((index + 1, line.to_owned())),
        }
    }
    entries
}

/// The licence of everything that is ours.
const LICENCE: &str = "MIT OR Apache-2.0";

/// Each package states the licence, both texts are there, and nothing without one is used.
pub(super) fn licences(metadata: &Metadata, files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &metadata.members {
        if member.licence.as_deref() != Some(LICENCE) {
            problems.push(format!("{} is not under `{LICENCE}`", member.name));
        }
    }
    for name in &metadata.unlicensed {
        problems.push(format!("{name} states no licence"));
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        if !files.iter().any(|file| file.path == name) {
            problems.push(format!("{name} is missing"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::Member;

    #[test]
    fn inherited_versions_pass() {
        let manifest = "[package]\nname = \"a\"\nversion.workspace = true\n\
            [dependencies] # all of them\na = { workspace = true }\nb.workspace = true\n\
            c = { workspace = true, features = [\n  \"x\",\n  \"y = 1\",\n] }\n\
            [dev-dependencies.d]\nworkspace = true\nfeatures = [\"z\"]\n\
            [target.'cfg(unix)'.dependencies]\ne = { workspace = true }\n\
            [features]\nf = []\n";
        assert_eq!(own_versions(manifest), []);
    }

    #[test]
    fn own_versions_are_named() {
        let manifest = "[package]\nversion = \"1.0.0\"\n\
            [dependencies]\na = \"1\"\nb = { version = \"2\", features = [\"x\"] }\n\
            [build-dependencies.c]\nversion = \"3\"\n\
            [target.\"cfg(a = \\\"b.c\\\")\".dependencies]\nd = { path = \"../d\" }\n";
        let found = own_versions(manifest);
        let names: Vec<_> = found
            .iter()
            .map(|(line, name)| (*line, name.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                (2, "version"),
                (4, "a"),
                (5, "b"),
                (6, "build-dependencies.c"),
                (9, "d"),
            ]
        );
        let files = [
            TextFile::new("Cargo.toml", manifest),
            TextFile::new("crates/a/Cargo.toml", manifest),
        ];
        assert_eq!(versions(&files).len(), 5);
    }

    #[test]
    fn licences_are_stated() {
        let member = |licence: Option<&str>| Member {
            name: "oic-ferry-core".to_owned(),
            licence: licence.map(str::to_owned),
            ..Member::default()
        };
        let files = [
            TextFile::new("LICENSE-MIT", "x"),
            TextFile::new("LICENSE-APACHE", "x"),
        ];
        let good = Metadata {
            members: vec![member(Some(LICENCE))],
            ..Metadata::default()
        };
        assert!(licences(&good, &files).is_empty());
        let bad = Metadata {
            members: vec![member(None)],
            unlicensed: vec!["odd".to_owned()],
            ..Metadata::default()
        };
        assert_eq!(licences(&bad, &files[..1]).len(), 3);
    }
}
