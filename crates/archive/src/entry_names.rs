//! The names of entries: shown safely, and judged.

use std::collections::{HashMap, HashSet};

use unicode_normalization::UnicodeNormalization as _;

use crate::findings::Findings;
use crate::structure::directory::{Entry, Kind};

/// A name as text: what is not UTF-8 replaced, nothing else changed.
pub(crate) fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name).into_owned()
}

/// A name that is safe on a terminal: control and direction characters escaped.
pub(crate) fn shown(name: &[u8]) -> String {
    let mut shown = String::new();
    for c in text(name).chars() {
        if misleads(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Whether a path ends so, in any case of letters.
pub(crate) fn ends(path: &str, ending: &str) -> bool {
    let tail = path.len().checked_sub(ending.len());
    tail.and_then(|at| path.as_bytes().get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
}

/// Control characters, and those that turn the direction of the text around them.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Reports names that stand twice, names unsafe to extract, and entries that are no plain files.
pub(crate) fn judge(entries: &[Entry], findings: &mut Findings) {
    for entry in entries {
        let plain = is_plain(&entry.name);
        if !plain {
            for what in dangers(&entry.name) {
                findings.entry_warning(&shown(&entry.name), format!("unsafe name: {what}"));
            }
        }
        if !plain && std::str::from_utf8(&entry.name).is_err() {
            let what = if entry.says_utf8() {
                "its name is said to be UTF-8 and is not"
            } else {
                "its name is not UTF-8"
            };
            findings.entry_warning(&shown(&entry.name), what);
        }
        match entry.kind {
            Kind::Symlink => findings.entry_warning(&shown(&entry.name), "a symbolic link"),
            Kind::Special => {
                findings.entry_warning(&shown(&entry.name), "a device, a pipe or a socket");
            }
            Kind::Directory if entry.unpacked > 0 => {
                findings.entry_warning(&shown(&entry.name), "a directory that holds data");
            }
            Kind::Directory | Kind::File => {}
        }
    }
    repeated(entries, findings);
}

/// Readers differ in which of two equal names they take, so that data could hide behind the other.
fn repeated(entries: &[Entry], findings: &mut Findings) {
    let mut exact: HashSet<&[u8]> = HashSet::with_capacity(entries.len());
    let mut folded: HashMap<String, &[u8]> = HashMap::with_capacity(entries.len());
    for entry in entries {
        if !exact.insert(&entry.name) {
            findings.entry_error(&shown(&entry.name), "another entry has the same name");
        } else if let Some(other) = folded.insert(fold(&entry.name), &entry.name) {
            let what = format!("its name differs from {} only in form", shown(other));
            findings.entry_warning(&shown(&entry.name), what);
        }
    }
}

/// What a file system may take for the same name: any case, letters composed or not, `a` and `a/`.
fn fold(name: &[u8]) -> String {
    let name = text(name);
    let name = name.trim_end_matches('/');
    if name.is_ascii() {
        name.to_ascii_lowercase()
    } else {
        name.to_lowercase().nfc().collect()
    }
}

/// Whether a name is surely harmless, as nearly all are: parts of ASCII letters, digits and a few signs, none of them of the
/// length of a device's.
fn is_plain(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"/").unwrap_or(name);
    name.split(|byte| *byte == b'/').all(|part| {
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
        let stem = part.iter().position(|byte| *byte == b'.');
        let stem = stem.unwrap_or(part.len());
        let ends_well = part.last().is_some_and(|last| *last != b'.');
        ends_well && !matches!(stem, 3 | 4) && part.iter().all(harmless)
    })
}

fn dangers(name: &[u8]) -> Vec<&'static str> {
    let name = text(name);
    let mut dangers = Vec::new();
    if name.is_empty() {
        dangers.push("it is empty");
    }
    if name.starts_with('/') {
        dangers.push("it is absolute");
    }
    if name.contains('\\') {
        dangers.push("it has a backslash");
    }
    if name.chars().any(misleads) {
        dangers.push("it has control or direction characters");
    }
    let mut chars = name.chars();
    if chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':') {
        dangers.push("it starts with a drive letter");
    }
    let parts = || name.trim_matches('/').split(['/', '\\']);
    if parts().any(|part| part == "..") {
        dangers.push("it leads out of its folder");
    }
    if name.contains("//") || parts().any(|part| part == ".") {
        dangers.push("it has empty parts");
    }
    let ends_badly = |part: &str| part.ends_with(['.', ' ']) && part != "." && part != "..";
    if parts().any(ends_badly) {
        dangers.push("a part of it ends with a dot or a blank");
    }
    if parts().any(reserved) {
        dangers.push("a part of it is a device on Windows");
    }
    dangers
}

fn reserved(part: &str) -> bool {
    let stem = part
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind)
            .is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_real_archives_are_safe() {
        for name in [
            "icspackage/project/HELLO_01.00.0000/PROJECT-INF/project.xml",
            "resources/processor_7/Error Codeexpr.properties",
            "field validator.xml",
            "a.b/c..d/e",
            "dir/",
            "COMMON/console.log",
        ] {
            assert_eq!(dangers(name.as_bytes()), Vec::<&str>::new(), "{name}");
        }
    }

    #[test]
    fn names_that_could_do_harm_are_told() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a\\..\\x",
            "C:x",
            "a//b",
            "./a",
            "a/nul.txt",
            "LPT1",
            "a /b",
            "a.",
            "a\u{0}b",
            "a\u{202E}fdp.exe",
        ] {
            assert!(!dangers(name.as_bytes()).is_empty(), "{name:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_plain_is_harmless(name in "([a-zA-Z0-9_./: \\-]|con|COM1|\\.\\.){0,12}") {
            proptest::prop_assert!(!is_plain(name.as_bytes()) || dangers(name.as_bytes()).is_empty());
        }
    }

    #[test]
    fn names_that_a_disk_takes_for_one_are_one() {
        for (a, b) in [
            ("Lookup.dvm", "lookup.dvm"),
            ("a", "a/"),
            ("Z\u{fc}rich", "zu\u{308}rich"),
        ] {
            assert_eq!(fold(a.as_bytes()), fold(b.as_bytes()), "{a} {b}");
        }
        assert_ne!(fold(b"a"), fold("\u{e4}".as_bytes()));
    }

    #[test]
    fn shown_names_cannot_drive_a_terminal() {
        assert_eq!(shown(b"a\x1b[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(shown("x\u{202E}y é".as_bytes()), "x\\u{202e}y é");
    }
}
