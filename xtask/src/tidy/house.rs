//! Everything that the checks look at, read once.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run;

/// The workspace as cargo sees it, and its text files.
#[derive(Debug)]
pub(crate) struct House {
    pub(crate) metadata: Metadata,
    pub(crate) files: Vec<TextFile>,
}

/// One text file; `path` is relative to the root, with `/` between its parts.
#[derive(Debug)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl TextFile {
    #[cfg(test)]
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Whether this is Rust source.
    pub(crate) fn is_rust(&self) -> bool {
        self.ends_in("rs")
    }

    /// Whether this is a page for people.
    pub(crate) fn is_page(&self) -> bool {
        self.ends_in("md")
    }

    fn ends_in(&self, wanted: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|extension| extension == wanted)
    }

    /// The folder's name when the file belongs to a package below `crates/`.
    pub(crate) fn house_crate(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether the file is part of what a package is, not of its tests.
    pub(crate) fn is_src(&self) -> bool {
        self.path.contains("/src/")
    }
}

/// What `cargo metadata` says, as far as the checks need it.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    pub(crate) members: Vec<Member>,
    /// Package id → name, for every package of the graph.
    pub(crate) names: BTreeMap<String, String>,
    /// Package id → the ids of what it needs to run or to build: no development dependencies.
    pub(crate) edges: BTreeMap<String, Vec<String>>,
    /// Names of packages from elsewhere that state no licence.
    pub(crate) unlicensed: Vec<String>,
}

/// One package of the workspace.
#[derive(Debug, Default)]
pub(crate) struct Member {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) licence: Option<String>,
    pub(crate) dependencies: Vec<Dependency>,
}

/// One line of a member's manifest.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) features: Vec<String>,
}

/// The section that a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Normal,
    Dev,
    Build,
}

impl Member {
    /// The name that the table of arrows uses: `core` for `oic-ferry-core`, `cli` for the binary.
    pub(crate) fn short(&self) -> &str {
        short(&self.name)
    }
}

/// See [`Member::short`].
pub(crate) fn short(package: &str) -> &str {
    match package.strip_prefix("oic-ferry") {
        Some("") => "cli",
        Some(rest) => rest.trim_start_matches('-'),
        None => package,
    }
}

impl House {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        Ok(Self {
            metadata: Metadata::parse(&run::metadata(&[])?).context("cargo metadata")?,
            files: text_files(root)?,
        })
    }
}

impl Metadata {
    pub(crate) fn parse(value: &Value) -> Result<Self> {
        let members = strings(value.get("workspace_members"));
        let mut metadata = Self::default();
        for package in items(value.get("packages")) {
            let id = text(package, "id").context("a package has no id")?;
            let name = text(package, "name").context("a package has no name")?;
            metadata.names.insert(id.clone(), name.clone());
            let licence = text(package, "license");
            if members.contains(&id) {
                metadata.members.push(Member {
                    id,
                    name,
                    licence,
                    dependencies: items(package.get("dependencies"))
                        .filter_map(dependency)
                        .collect(),
                });
            } else if licence.is_none() && text(package, "license_file").is_none() {
                metadata.unlicensed.push(name);
            }
        }
        let nodes = value
            .get("resolve")
            .and_then(|resolve| resolve.get("nodes"));
        for node in items(nodes) {
            let id = text(node, "id").context("a node has no id")?;
            let needed = items(node.get("deps"))
                .filter(|edge| items(edge.get("dep_kinds")).any(|kind| !is_dev(kind)))
                .filter_map(|edge| text(edge, "pkg"))
                .collect();
            metadata.edges.insert(id, needed);
        }
        Ok(metadata)
    }
}

fn is_dev(kind: &Value) -> bool {
    kind.get("kind").and_then(Value::as_str) == Some("dev")
}

fn dependency(value: &Value) -> Option<Dependency> {
    Some(Dependency {
        name: text(value, "name")?,
        kind: match value.get("kind").and_then(Value::as_str) {
            Some("dev") => Kind::Dev,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        },
        features: strings(value.get("features")),
    })
}

fn items(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

fn strings(value: Option<&Value>) -> Vec<String> {
    items(value)
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}

/// Every text file below `root` that belongs to the project, sorted by path.
pub(crate) fn text_files(root: &Path) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    walk(root, "", &mut files)?;
    files.sort_by(|a: &TextFile, b| a.path.cmp(&b.path));
    Ok(files)
}

/// Folders that hold nothing written by hand.
const FOREIGN: &[&str] = &[
    ".git",
    "target",
    "fuzz/target",
    "fuzz/corpus",
    "fuzz/artifacts",
];

fn walk(folder: &Path, prefix: &str, files: &mut Vec<TextFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let entry = entry.with_context(|| folder.display().to_string())?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = if prefix.is_empty() {
            name
        } else {
            format!("{prefix}/{name}")
        };
        let kind = entry.file_type().with_context(|| path.clone())?;
        if kind.is_dir() {
            if !FOREIGN.contains(&path.as_str()) {
                walk(&entry.path(), &path, files)?;
            }
        } else if kind.is_file() {
            let bytes = fs::read(entry.path()).with_context(|| path.clone())?;
            // What is not UTF-8 or holds a NUL is data.
            if let Ok(text) = String::from_utf8(bytes)
                && !text.contains('\0')
            {
                files.push(TextFile { path, text });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metadata_is_read() {
        let value = json!({
            "workspace_members": ["m#1"],
            "packages": [
                { "id": "m#1", "name": "oic-ferry-core", "license": "MIT", "dependencies": [
                    { "name": "serde", "kind": null, "features": ["derive"] },
                    { "name": "proptest", "kind": "dev", "features": [] },
                ]},
                { "id": "s#1", "name": "serde", "license": null, "license_file": null },
                { "id": "p#1", "name": "proptest", "license": "MIT" },
            ],
            "resolve": { "nodes": [
                { "id": "m#1", "deps": [
                    { "pkg": "s#1", "dep_kinds": [{ "kind": null }] },
                    { "pkg": "p#1", "dep_kinds": [{ "kind": "dev" }] },
                ]},
            ]},
        });
        let metadata = Metadata::parse(&value).unwrap();
        assert_eq!(metadata.members[0].short(), "core");
        assert_eq!(metadata.members[0].dependencies[1].kind, Kind::Dev);
        assert_eq!(metadata.members[0].dependencies[0].features, ["derive"]);
        assert_eq!(metadata.edges["m#1"], ["s#1"]);
        assert_eq!(metadata.unlicensed, ["serde"]);
    }

    #[test]
    fn short_names() {
        assert_eq!(short("oic-ferry"), "cli");
        assert_eq!(short("oic-ferry-http"), "http");
        assert_eq!(short("xtask"), "xtask");
    }
}
