//! Which entries of a zip belong together, by their paths alone.
//!
//! What they are is decided by content later; a group that turns out to be something else falls apart into its files.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::entry_names::ends;

/// What a group looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Everything below a folder that holds `PROJECT-INF/project.xml`.
    Integration,
    /// Everything below a folder that holds `visual-application.json`.
    VisualBuilder,
    /// Everything below a folder that holds `bot.json`.
    Skill,
    /// The files of a project itself, beside its parts.
    Project,
    /// The files of a folder that holds sources or an archive of them.
    Folder,
    /// One file.
    Single,
    /// What is no artifact: folders, links, and what a Mac leaves behind.
    Junk,
}

/// Entries that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) shape: Shape,
    /// The folder, without a slash at its end, or the path of the one file.
    pub(crate) root: String,
    /// Numbers of the entries.
    pub(crate) members: Vec<usize>,
    /// The folder's name of the one integration that a file lies beside, as in an `.iar`.
    pub(crate) beside: Option<String>,
}

/// One path of the zip.
#[derive(Debug)]
pub(crate) struct Path<'a> {
    pub(crate) text: &'a str,
    /// A plain file, neither folder nor link.
    pub(crate) file: bool,
}

/// Whether an entry is what a Mac leaves in a zip.
pub(crate) fn is_mac_junk(path: &str) -> bool {
    path.split('/')
        .any(|part| part == "__MACOSX" || part == ".DS_Store")
}

/// Puts each entry into one group; the groups are in the order of their roots.
pub(crate) fn groups(paths: &[Path<'_>]) -> Vec<Group> {
    let roots = roots(paths);
    let libraries: BTreeSet<&str> = paths
        .iter()
        .filter(|path| path.file && (ends(path.text, ".jar") || ends(path.text, ".js")))
        .map(|path| folder(path.text))
        .collect();
    let owners = owners(&roots);
    let mut groups: BTreeMap<(String, bool), Group> = BTreeMap::new();
    for (number, path) in paths.iter().enumerate() {
        let (shape, root) = if !path.file || is_mac_junk(path.text) {
            (Shape::Junk, "")
        } else if let Some(found) = owner(path.text, &roots, &owners) {
            found
        } else if libraries.contains(folder(path.text)) {
            (Shape::Folder, folder(path.text))
        } else {
            (Shape::Single, path.text)
        };
        let key = (root.to_owned(), shape == Shape::Junk);
        let group = groups.entry(key).or_insert_with(|| Group {
            shape,
            root: root.to_owned(),
            members: Vec::new(),
            beside: package_of(root)
                .and_then(|package| owners.get(package))
                .and_then(|owner| {
                    owner.map(|root| root.rsplit('/').next().unwrap_or(root).to_owned())
                }),
        });
        group.members.push(number);
    }
    groups.into_values().collect()
}

/// The folder that a path lies in.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders that a file of a certain name makes to something.
fn roots<'a>(paths: &[Path<'a>]) -> HashMap<&'a str, Shape> {
    const MARKS: [(&str, Shape); 4] = [
        ("PROJECT-INF/project.xml", Shape::Integration),
        ("project/project.yaml", Shape::Project),
        ("visual-application.json", Shape::VisualBuilder),
        ("bot.json", Shape::Skill),
    ];
    let mut roots = HashMap::new();
    for path in paths
        .iter()
        .filter(|path| path.file && !is_mac_junk(path.text))
    {
        for (mark, shape) in MARKS {
            let Some(before) = path.text.strip_suffix(mark) else {
                continue;
            };
            let root = match before.strip_suffix('/') {
                Some(root) => root,
                None if before.is_empty() => "",
                None => continue,
            };
            roots.insert(
                if shape == Shape::Project {
                    folder(path.text)
                } else {
                    root
                },
                shape,
            );
        }
    }
    // An application's mark beside or above integrations is a file like any other.
    let strong: Vec<&str> = roots
        .iter()
        .filter(|(_, shape)| matches!(shape, Shape::Integration | Shape::Project))
        .map(|(root, _)| *root)
        .collect();
    let holds = |root: &str| {
        strong.iter().any(|inner| {
            *inner != root
                && (root.is_empty()
                    || inner
                        .strip_prefix(root)
                        .is_some_and(|rest| rest.starts_with('/')))
        })
    };
    roots.retain(|root, shape| {
        !matches!(shape, Shape::VisualBuilder | Shape::Skill) || !holds(root)
    });
    roots
}

/// The one integration of each `icspackage`; `None` where there are several.
fn owners<'a>(roots: &HashMap<&'a str, Shape>) -> HashMap<&'a str, Option<&'a str>> {
    let mut owners = HashMap::new();
    for (root, shape) in roots {
        if *shape == Shape::Integration
            && let Some(package) = package_of(root)
        {
            owners
                .entry(package)
                .and_modify(|owner| *owner = None)
                .or_insert(Some(*root));
        }
    }
    owners
}

/// The path down to `icspackage`, for what lies in one.
fn package_of(path: &str) -> Option<&str> {
    let at = match path.find("/icspackage/") {
        Some(at) => at + 1,
        None if path.starts_with("icspackage/") => 0,
        None => return None,
    };
    path.get(..at + "icspackage".len())
}

/// The outermost root above a file that takes it.
fn owner<'a>(
    path: &'a str,
    roots: &HashMap<&'a str, Shape>,
    owners: &HashMap<&'a str, Option<&'a str>>,
) -> Option<(Shape, &'a str)> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    let above = std::iter::once("").chain(ends.filter_map(|at| path.get(..at)));
    for root in above {
        let inner = path
            .get(root.len()..)
            .unwrap_or_default()
            .trim_start_matches('/');
        match roots.get(root) {
            Some(Shape::Project) => {
                if matches!(inner, "project.yaml" | "oic_project.properties" | "rpa.zip") {
                    return Some((Shape::Project, root));
                }
            }
            Some(shape) => return Some((*shape, root)),
            None => {}
        }
    }
    // Keywords of an integration's lookups lie beside it.
    let package = package_of(path)?;
    let inner = path.get(package.len()..)?;
    let owner = owners.get(package).copied().flatten()?;
    inner
        .starts_with("/keywords/")
        .then_some((Shape::Integration, owner))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(paths: &[&str]) -> Vec<(Shape, String, usize, Option<String>)> {
        let paths: Vec<Path<'_>> = paths
            .iter()
            .map(|text| Path {
                text,
                file: !text.ends_with('/'),
            })
            .collect();
        let groups = groups(&paths);
        assert_eq!(
            groups.iter().map(|g| g.members.len()).sum::<usize>(),
            paths.len()
        );
        groups
            .into_iter()
            .map(|g| (g.shape, g.root, g.members.len(), g.beside))
            .collect()
    }

    #[test]
    fn an_iar_below_any_folder() {
        let got = grouped(&[
            "top/icspackage/project/A_01.00.0000/PROJECT-INF/project.xml",
            "top/icspackage/project/A_01.00.0000/resources/a/x.js",
            "top/icspackage/appinstances/C.xml",
            "top/icspackage/keywords/ICS_DVM_keywords.properties",
            "top/icspackage/apilibrary/L01.00.0000/l.jar",
            "top/icspackage/apilibrary/L01.00.0000/l.xml",
            "top/icspackage/schedule/S.xml",
            "top/",
            "__MACOSX/._x",
        ]);
        let beside = Some("A_01.00.0000".to_owned());
        assert!(got.contains(&(
            Shape::Integration,
            "top/icspackage/project/A_01.00.0000".into(),
            3,
            beside.clone()
        )));
        assert!(got.contains(&(
            Shape::Folder,
            "top/icspackage/apilibrary/L01.00.0000".into(),
            2,
            beside.clone()
        )));
        assert!(got.contains(&(
            Shape::Single,
            "top/icspackage/schedule/S.xml".into(),
            1,
            beside
        )));
        assert!(got.contains(&(Shape::Junk, String::new(), 2, None)));
        assert_eq!(got.len(), 5);
    }

    #[test]
    fn a_project_leaves_its_parts_alone() {
        let got = grouped(&[
            "project/project.yaml",
            "project/rpa.zip",
            "project/labels/D.json",
            "project/integrations/A_01.00.0000/PROJECT-INF/project.xml",
            "project/integrations/A_01.00.0000/info.json",
            "bot.json",
        ]);
        assert!(got.contains(&(Shape::Project, "project".into(), 2, None)));
        assert!(got.contains(&(Shape::Single, "project/labels/D.json".into(), 1, None)));
        assert!(got.contains(&(Shape::Single, "bot.json".into(), 1, None)));
        assert!(got.contains(&(
            Shape::Integration,
            "project/integrations/A_01.00.0000".into(),
            2,
            None
        )));
    }

    #[test]
    fn an_application_takes_all_below_it() {
        let got = grouped(&["visual-application.json", "a/b.js", "apps/c/bot.json"]);
        assert_eq!(got, [(Shape::VisualBuilder, String::new(), 3, None)]);
        let got = grouped(&["xvisual-application.json", "a.xml"]);
        assert!(got.iter().all(|(shape, ..)| *shape == Shape::Single));
    }
}
