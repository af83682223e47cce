//! Names from the server are never trusted as paths, and paths of this machine are not always names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// A file's name may have so many bytes on nearly every file system.
const LONGEST_PART: usize = 255;
/// What is kept beside a download that is not finished. An object of that name would be read as such.
const UNFINISHED: [&str; 2] = [".ferry-part", ".ferry-part.json"];
/// No name is longer (documented), and a path has room for the folder that it goes into.
const LONGEST_PATH: usize = 1024;

/// The path below the target's folder that a name may be written to, or why none. `name` is what follows the prefix.
///
/// What Windows would not write under that name is refused everywhere but for `:` and the like, which are common in
/// names and harm nothing elsewhere.
pub(crate) fn local_path(name: &str) -> Result<PathBuf, String> {
    if name.len() > LONGEST_PATH {
        return Err(format!("it is longer than {LONGEST_PATH} bytes"));
    }
    if let Some(bad) = name.chars().find(|c| c.is_control() || is_forbidden(*c)) {
        return Err(format!("it has the character {}", bad.escape_debug()));
    }
    let mut path = PathBuf::new();
    for part in name.split('/') {
        part_is_safe(part)?;
        path.push(part);
    }
    Ok(path)
}

/// What Windows takes for a separator; and, there, for a drive, a stream or a pattern.
fn is_forbidden(c: char) -> bool {
    c == '\\' || (cfg!(windows) && matches!(c, ':' | '*' | '?' | '"' | '<' | '>' | '|'))
}

fn part_is_safe(part: &str) -> Result<(), String> {
    let why = match part {
        "" => "a part of it is empty",
        "." | ".." => "a part of it is '.' or '..'",
        _ if part.ends_with(['.', ' ']) => "a part of it ends in a dot or a blank",
        _ if is_device(part) => "a part of it names a device of Windows",
        _ if part.len() > LONGEST_PART => {
            return Err(format!("a part of it is longer than {LONGEST_PART} bytes"));
        }
        _ if UNFINISHED
            .iter()
            .any(|end| part.to_lowercase().ends_with(end)) =>
        {
            "its end is kept for downloads that are not finished"
        }
        _ => return Ok(()),
    };
    Err(why.to_owned())
}

/// `CON`, `nul.txt`, `COM1`…: reserved whatever their case and whatever follows a dot.
fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default().trim_end();
    let stem = stem.to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|number| {
            matches!(
                number,
                "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
    };
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || numbered("COM")
        || numbered("LPT")
}

/// Which of these names can be written side by side: each with its path, or why not. The order stays.
///
/// Names that differ in case alone would be one file on many disks, and one that is also the folder of another is both
/// there: neither of the first, and not the file of the second, is written.
pub(crate) fn local_paths<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> Vec<(&'a str, Result<PathBuf, String>)> {
    let mut paths: Vec<_> = names
        .into_iter()
        .map(|name| (name, local_path(name)))
        .collect();
    let mut files: BTreeMap<String, u32> = BTreeMap::new();
    let mut folders = BTreeSet::new();
    for (name, path) in &paths {
        if path.is_ok() {
            let folded = name.to_lowercase();
            for (at, _) in folded.match_indices('/') {
                folders.extend(folded.get(..at).map(str::to_owned));
            }
            *files.entry(folded).or_default() += 1;
        }
    }
    for (name, path) in &mut paths {
        let folded = name.to_lowercase();
        let why = if folders.contains(&folded) {
            "it is also the folder of another name"
        } else if files.get(&folded).is_some_and(|times| *times > 1) {
            "another name differs from it in case alone"
        } else {
            continue;
        };
        if path.is_ok() {
            *path = Err(why.to_owned());
        }
    }
    paths
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]
        #[test]
        fn a_path_stays_below_its_folder(name in "([a./ \\\\]|\\.\\.|\\PC|CON|\\x00){0,12}") {
            if let Ok(path) = local_path(&name) {
                prop_assert!(path.is_relative());
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{:?}", path);
                // Nothing was changed on the way: each part is as the server wrote it.
                prop_assert_eq!(path.to_str().unwrap(), name);
            }
        }

        #[test]
        fn no_two_files_are_one(names in prop::collection::btree_set("[aAbB/]{1,4}", 1..12)) {
            let paths = local_paths(names.iter().map(String::as_str));
            prop_assert_eq!(paths.len(), names.len());
            let kept: Vec<String> = paths
                .iter()
                .filter_map(|(_, path)| path.as_ref().ok())
                .map(|path| path.to_str().unwrap().to_lowercase())
                .collect();
            for (at, one) in kept.iter().enumerate() {
                for other in &kept[at + 1..] {
                    prop_assert!(one != other);
                    prop_assert!(!other.starts_with(&format!("{one}/")), "{} {}", one, other);
                    prop_assert!(!one.starts_with(&format!("{other}/")), "{} {}", one, other);
                }
            }
        }
    }

    #[test]
    fn plain_names_pass() {
        for name in [
            "a.zip",
            "exports/2026/a b.zip",
            "é/ü",
            ".hidden",
            "console",
            "COM10",
            "a..b",
            "10:30.zip",
        ] {
            assert_eq!(local_path(name).unwrap(), PathBuf::from(name), "{name}");
        }
    }

    #[test]
    fn whatever_could_leave_the_folder_or_break_it_is_refused() {
        let long = "x".repeat(256);
        let deep = "x/".repeat(600) + "x";
        for name in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "a/",
            "..",
            "../x",
            "a/../../x",
            "./a",
            "a\0b",
            "a\tb",
            "a\\b",
            "CON",
            "con.txt",
            "a/NUL/b",
            "lpt9.log",
            "COM¹",
            "a.",
            "a /b",
            "\u{85}",
            &long,
            &deep,
            "a.ferry-part",
            "big.zip.Ferry-Part.json",
        ] {
            assert!(local_path(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn each_unsafe_name_is_refused_by_itself() {
        let names = ["A", "a", "b", "c", "c/d", "../x", "D/e", "d"];
        let kept: Vec<&str> = local_paths(names)
            .into_iter()
            .filter_map(|(name, path)| path.ok().map(|_| name))
            .collect();
        assert_eq!(kept, ["b", "c/d", "D/e"]);
    }
}
