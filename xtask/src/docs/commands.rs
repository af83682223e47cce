//! The page of all commands, by walking through the help.

use anyhow::{Result, bail};

/// Deeper than this no command is expected: a loop in the walk would show here.
const DEEPEST: usize = 4;

/// The help of every command, each under a heading; `ask` runs the binary.
pub(super) fn page(ask: &impl Fn(&[&str]) -> Result<String>) -> Result<String> {
    let mut page = String::new();
    walk(ask, &[], &mut page)?;
    Ok(page)
}

fn walk(ask: &impl Fn(&[&str]) -> Result<String>, path: &[&str], page: &mut String) -> Result<()> {
    if path.len() > DEEPEST {
        bail!(
            "commands are nested deeper than {DEEPEST}: {}",
            path.join(" ")
        );
    }
    let mut question = path.to_vec();
    question.push("--help");
    let help = ask(&question)?;

    let marks = "#".repeat((path.len() + 1).clamp(2, 4));
    let name = [&["ferry"], path].concat().join(" ");
    for part in [&marks, " `", &name, "`\n\n```text\n", &help, "\n```\n\n"] {
        page.push_str(part);
    }

    for command in subcommands(&help) {
        walk(ask, &[path, &[command]].concat(), page)?;
    }
    Ok(())
}

/// The names listed under `Commands:`.
fn subcommands(help: &str) -> impl Iterator<Item = &str> {
    help.lines()
        .skip_while(|line| line.trim_end() != "Commands:")
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| {
            let entry = line.strip_prefix("  ")?;
            // A longer description goes on further to the right.
            if entry.starts_with(' ') {
                return None;
            }
            entry.split_whitespace().next()
        })
        .filter(|name| *name != "help")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOP: &str = "Carries instances.\n\nUsage: ferry [OPTIONS] <COMMAND>\n\nCommands:\n  \
        export  Start or adopt a job\n          and follow it\n  jobs    Attach to any job\n  \
        help    Print this message\n\nOptions:\n  -q, --quiet  Say less\n";

    #[test]
    fn names_are_read_from_the_help() {
        let names: Vec<_> = subcommands(TOP).collect();
        assert_eq!(names, ["export", "jobs"]);
        assert_eq!(subcommands("Usage: ferry export ENV\n").count(), 0);
    }

    #[test]
    fn the_walk_goes_down() {
        let ask = |path: &[&str]| {
            Ok(match path {
                ["--help"] => TOP.trim_end().to_owned(),
                ["jobs", "--help"] => "Commands:\n  list  List".to_owned(),
                _ => format!("help of {}", path.join(" ")),
            })
        };
        let page = page(&ask).unwrap();
        let headings: Vec<_> = page.lines().filter(|line| line.starts_with('#')).collect();
        assert_eq!(
            headings,
            [
                "## `ferry`",
                "## `ferry export`",
                "## `ferry jobs`",
                "### `ferry jobs list`",
            ]
        );
    }
}
