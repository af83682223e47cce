//! What the sources may name.

use std::collections::BTreeMap;

use super::house::{Metadata, TextFile};
use super::lexer::{self, Kind, Token};

/// `http` names neither service.
pub(super) fn services(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in rust_of(files, "http") {
        for token in lexer::tokens(&file.text) {
            if token.kind == Kind::Word
                && parts(token.text).any(|part| part == "swift" || part == "oic")
            {
                problems.push(at(file, token.line, &format!("names `{}`", token.text)));
            }
        }
    }
    problems
}

/// The parts of an identifier in small letters: `SwiftBucket` and `swift_bucket` alike.
fn parts(word: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::new();
    let mut small = false;
    for c in word.chars() {
        if c == '_' || (c.is_uppercase() && small) {
            spaced.push(' ');
        }
        small = c.is_lowercase() || c.is_ascii_digit();
        if c != '_' {
            spaced.extend(c.to_lowercase());
        }
    }
    spaced
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}

/// The emulator shares the identifiers with the clients, and nothing else.
pub(super) fn ids(files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for file in rust_of(files, "emulator") {
        let tokens = lexer::tokens(&file.text);
        for (index, token) in tokens.iter().enumerate() {
            if token.kind == Kind::Word && token.text == "ferry_core" {
                let behind = tokens.get(index + 1..).unwrap_or_default();
                if !lexer::texts(behind, 2).eq(["::", "ids"]) {
                    let fault = "names more of `ferry_core` than `ferry_core::ids`";
                    problems.push(at(file, token.line, fault));
                }
            }
        }
    }
    problems
}

/// The packages in one file of which the crate `zip` is named.
const UNPACK: &[&str] = &["archive", "emulator", "testkit"];

/// The crate `zip` is named in one file each of the packages that may use it.
pub(super) fn zip(metadata: &Metadata, files: &[TextFile]) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &metadata.members {
        let depends = member.dependencies.iter().any(|to| to.name == "zip");
        if depends && !UNPACK.contains(&member.short()) {
            problems.push(format!("{} must not depend on zip", member.short()));
        }
    }
    let mut naming: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        if let Some(package) = file.house_crate()
            && names_zip(&lexer::tokens(&file.text))
        {
            naming.entry(package).or_default().push(&file.path);
        }
    }
    for (package, paths) in naming {
        if !UNPACK.contains(&package) {
            problems.push(format!(
                "zip is named outside its homes: {}",
                paths.join(", ")
            ));
        } else if paths.len() > 1 {
            problems.push(format!(
                "zip is named in several files: {}",
                paths.join(", ")
            ));
        }
    }
    problems
}

/// Whether the file names the crate, and not a module of its own with the same name.
fn names_zip(tokens: &[Token<'_>]) -> bool {
    let text = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .map_or("", |token| token.text)
    };
    let mut local = false;
    let mut named = false;
    for (index, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Word || token.text != "zip" {
            continue;
        }
        let before = text(index.checked_sub(1));
        let before_that = text(index.checked_sub(2));
        match (before, text(Some(index + 1))) {
            // `use ::zip::…`: a path from the root, which no local module hides.
            ("::", "::") if !is_path_part(before_that) => return true,
            // `super::zip`, `mod zip`, `use super::{zip, …}`.
            ("::" | "mod", _) | ("{" | ",", "," | "}") => local = true,
            (".", _) => {}
            ("use", _) | (_, "::") => named = true,
            _ => {}
        }
    }
    named && !local
}

fn is_path_part(text: &str) -> bool {
    text == ">" || text.starts_with(|c: char| c.is_alphanumeric() || c == '_') && text != "use"
}

/// Packages whose code is at no edge of the process. The test tools are not among them: they print
/// why a test was skipped.
const INNER: &[&str] = &[
    "core", "archive", "http", "swift", "oic", "flows", "emulator",
];

/// Only the command line prints, exits, and reads the environment and the wall clock.
pub(super) fn edge(files: &[TextFile]) -> Vec<String> {
    const FORBIDDEN: &[(&[&str], &str)] = &[
        (&["std", "::", "env"], "reads the environment"),
        (&["env", "::", "var"], "reads the environment"),
        (&["env", "::", "var_os"], "reads the environment"),
        (&["env", "::", "vars"], "reads the environment"),
        (&["env", "::", "args"], "reads the arguments"),
        (&["println", "!"], "prints"),
        (&["print", "!"], "prints"),
        (&["eprintln", "!"], "prints"),
        (&["eprint", "!"], "prints"),
        (&["dbg", "!"], "prints"),
        (&["process", "::", "exit"], "ends the process"),
        (&["process", "::", "abort"], "ends the process"),
        (&["SystemTime", "::", "now"], "reads the wall clock"),
        (&["Timestamp", "::", "now"], "reads the wall clock"),
        (&["Zoned", "::", "now"], "reads the wall clock"),
        (&["thread", "::", "sleep"], "sleeps in real time"),
    ];
    let mut problems = Vec::new();
    for package in INNER {
        for file in rust_of(files, package).filter(|file| file.is_src()) {
            let tokens = lexer::without_tests(&lexer::tokens(&file.text));
            for index in 0..tokens.len() {
                let rest = tokens.get(index..).unwrap_or_default();
                for (pattern, fault) in FORBIDDEN {
                    if lexer::texts(rest, pattern.len()).eq(pattern.iter().copied()) {
                        let line = rest.first().map_or(0, |token| token.line);
                        problems.push(at(file, line, &format!("{} ({})", fault, pattern.concat())));
                    }
                }
            }
        }
    }
    problems.dedup();
    problems
}

fn rust_of<'a>(files: &'a [TextFile], package: &'a str) -> impl Iterator<Item = &'a TextFile> {
    files
        .iter()
        .filter(move |file| file.is_rust() && file.house_crate() == Some(package))
}

fn at(file: &TextFile, line: usize, fault: &str) -> String {
    format!("{}:{line} {fault}", file.path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::{Dependency, Member};

    #[test]
    fn http_names_no_service() {
        let good = "//! Not Swift, not OIC.\nfn topic() { \"swift\"; }";
        let bad = "struct SwiftClient;\nfn oic_call() {}";
        assert!(services(&[TextFile::new("crates/http/src/a.rs", good)]).is_empty());
        assert_eq!(
            services(&[TextFile::new("crates/http/src/a.rs", bad)]),
            [
                "crates/http/src/a.rs:1 names `SwiftClient`",
                "crates/http/src/a.rs:2 names `oic_call`",
            ]
        );
        assert!(services(&[TextFile::new("crates/oic/src/a.rs", bad)]).is_empty());
    }

    #[test]
    fn the_emulator_knows_identifiers_only() {
        let file = TextFile::new(
            "crates/emulator/src/a.rs",
            "use ferry_core::ids::JobId;\nuse ferry_core::job::JobState;\nuse ferry_core::{ids};\n",
        );
        assert_eq!(ids(&[file]).len(), 2);
    }

    #[test]
    fn zip_is_told_from_its_namesakes() {
        for (source, expected) in [
            ("use zip::ZipArchive;", true),
            ("fn f() { zip::read::open(); }", true),
            ("use ::zip::ZipArchive; mod zip {}", true),
            ("a.iter().zip(b)", false),
            ("use super::zip; fn f() { zip::write(); }", false),
            (
                "use crate::artifact::{kind, zip}; fn f() { zip::write(); }",
                false,
            ),
            ("mod zip; fn f() { zip::write(); }", false),
            ("crate::artifact::zip::write()", false),
            ("// zip::x\nlet zip = \"zip::y\";", false),
        ] {
            assert_eq!(names_zip(&lexer::tokens(source)), expected, "{source}");
        }
    }

    #[test]
    fn zip_has_one_file_a_package() {
        let source = "use zip::ZipArchive;";
        let files = [
            TextFile::new("crates/archive/src/a.rs", source),
            TextFile::new("crates/archive/src/b.rs", source),
            TextFile::new("crates/emulator/src/a.rs", source),
            TextFile::new("crates/flows/src/a.rs", source),
        ];
        let metadata = Metadata {
            members: vec![Member {
                name: "oic-ferry-flows".to_owned(),
                dependencies: vec![Dependency {
                    name: "zip".to_owned(),
                    kind: crate::tidy::house::Kind::Dev,
                    features: Vec::new(),
                }],
                ..Member::default()
            }],
            ..Metadata::default()
        };
        assert_eq!(
            zip(&metadata, &files),
            [
                "flows must not depend on zip",
                "zip is named in several files: crates/archive/src/a.rs, crates/archive/src/b.rs",
                "zip is named outside its homes: crates/flows/src/a.rs",
            ]
        );
    }

    #[test]
    fn the_edge_is_the_command_line() {
        let source = "fn f() { println!(\"x\"); std::env::var(\"A\"); }\n\
                      const V: &str = env!(\"CARGO_PKG_VERSION\");\n\
                      #[cfg(test)]\nmod tests { fn t() { println!(\"y\"); } }\n";
        let inner = edge(&[TextFile::new("crates/flows/src/a.rs", source)]);
        assert_eq!(
            inner,
            [
                "crates/flows/src/a.rs:1 prints (println!)",
                "crates/flows/src/a.rs:1 reads the environment (std::env)",
                "crates/flows/src/a.rs:1 reads the environment (env::var)",
            ]
        );
        assert!(edge(&[TextFile::new("crates/cli/src/a.rs", source)]).is_empty());
        assert!(edge(&[TextFile::new("crates/flows/tests/a.rs", source)]).is_empty());
    }

    #[test]
    fn identifiers_fall_into_parts() {
        assert_eq!(
            parts("SwiftBucket2Go").collect::<Vec<_>>(),
            ["swift", "bucket2", "go"]
        );
        assert_eq!(parts("OIC_URL").collect::<Vec<_>>(), ["oic", "url"]);
        assert_eq!(parts("topic").collect::<Vec<_>>(), ["topic"]);
    }
}
