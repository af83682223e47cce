//! `ARCHITECTURE.md` and the checks say the same.

use super::house::TextFile;

const FILE: &str = "ARCHITECTURE.md";

/// Each line `Invariant: [name] …` names a check, and each check has such a line.
pub(super) fn invariants(files: &[TextFile], checks: &[&str]) -> Vec<String> {
    let Some(file) = files.iter().find(|file| file.path == FILE) else {
        return vec![format!("{FILE} is missing")];
    };
    let mut problems = Vec::new();
    let mut stated = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let Some(rest) = line.trim_start_matches("- ").strip_prefix("Invariant:") else {
            continue;
        };
        let tag = rest
            .trim_start()
            .strip_prefix('[')
            .and_then(|rest| rest.split_once(']'))
            .map(|(tag, _)| tag);
        match tag {
            Some(tag) if checks.contains(&tag) => stated.push(tag),
            Some(tag) => problems.push(format!("{FILE}:{} no check is called {tag}", index + 1)),
            None => problems.push(format!("{FILE}:{} names no check", index + 1)),
        }
    }
    for check in checks {
        if !stated.contains(check) {
            problems.push(format!("{FILE} has no invariant for the check {check}"));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_must_agree() {
        let text =
            "# Map\n\n- Invariant: [arrows] down only.\nInvariant: [ghost] x\nInvariant: y\n";
        let files = [TextFile::new(FILE, text)];
        assert_eq!(
            invariants(&files, &["arrows", "pure"]),
            [
                "ARCHITECTURE.md:4 no check is called ghost",
                "ARCHITECTURE.md:5 names no check",
                "ARCHITECTURE.md has no invariant for the check pure",
            ]
        );
        assert_eq!(invariants(&[], &[]), ["ARCHITECTURE.md is missing"]);
    }
}
