//! Links between pages lead somewhere.

use super::house::TextFile;

/// Every link to a file of this repository, and every path that a page names in code, is there.
///
/// `exists` answers for a path relative to the root, file or folder.
pub(super) fn links(files: &[TextFile], exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| file.is_page()) {
        let mut fenced = false;
        for (index, line) in file.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
                continue;
            }
            if fenced {
                continue;
            }
            let linked = targets(line).filter_map(|target| resolve(&file.path, target));
            let named = named_paths(line).map(str::to_owned);
            for path in linked.chain(named) {
                if !exists(&path) {
                    problems.push(format!("{}:{} {path} is not there", file.path, index + 1));
                }
            }
        }
    }
    problems
}

/// What stands in `](…)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'))
        .map(|(target, _)| target)
}

/// The path from the root that a link leads to; none for one that leaves the repository or the page's own anchors.
fn resolve(page: &str, target: &str) -> Option<String> {
    let target = target.split(['#', ' ']).next().unwrap_or_default();
    if target.is_empty() || target.contains(':') {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Paths into the sources, in code marks; one with a `*` stands for several.
fn named_paths(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2).filter(|text| {
        ["crates/", "xtask/", "tests/"]
            .iter()
            .any(|folder| text.starts_with(folder))
            && !text.contains(['*', ' '])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_links_are_found() {
        let text = "[a](b.md) [c](../top.md#x) [web](https://example.com) [here](#y)\n\
                    see `crates/core/src/lib.rs` and `crates/*/tests`\n\
                    ```sh\n[not](a.link)\n```\n";
        let files = [
            TextFile::new("docs/page.md", text),
            TextFile::new("a.rs", "[x](y)"),
        ];
        assert_eq!(
            links(&files, |_| false),
            [
                "docs/page.md:1 docs/b.md is not there",
                "docs/page.md:1 top.md is not there",
                "docs/page.md:2 crates/core/src/lib.rs is not there",
            ]
        );
        assert!(links(&files, |_| true).is_empty());
    }
}
