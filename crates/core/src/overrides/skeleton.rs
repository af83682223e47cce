//! A file to begin with: every place, credential and file that differs between environments, as a comment.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::check::credentials;
use super::facts::{ConnectionFacts, Fact, Facts};
use super::file::Overrides;
use super::near::is_place;
use super::needs::needed_credentials;
use super::not_checkable::not_checkable;
use super::pattern::Pattern;
use crate::flow::names_a_database;
use crate::model::{PropertyValue, hosts};

const HEAD: &str = "\
# Every line that is a comment is a suggestion: take its # away, and give it the value of this environment.
# An entry is named by [PROJECT/]CODE, with * for any characters; the most specific one wins, value by value.
# keep = [\"NAME\"] leaves a value as it is: the source's place is meant, or the target has the credential already.
# Secrets stand here by reference alone: env:NAME, file:PATH or cmd:COMMAND.

# Hosts that both sides share, with * for any characters:
# shared-hosts = []
";

/// The text of a file for these facts. `title` says in one line for whom and from what.
pub fn skeleton(facts: &Facts, title: &str) -> String {
    let mut text = format!("# {}\n{HEAD}", one_line(title));
    let unread = not_checkable(&Overrides::default(), facts, &BTreeSet::new());
    if !unread.is_empty() {
        let names: Vec<String> = unread.iter().map(|it| quoted(&it.name)).collect();
        let _ = writeln!(
            text,
            "\n# What cannot be read, and is accepted by its name once somebody has looked at it:\n# accept = [{}]",
            names.join(", ")
        );
    }
    for (label, it) in named(&facts.connections) {
        connection(&label, it, &mut text);
    }
    lookups(facts, &mut text);
    schedules(facts, &mut text);
    text
}

/// One entry for all connections of a code where nothing tells them apart, else one for each.
fn named(connections: &[ConnectionFacts]) -> BTreeMap<String, &ConnectionFacts> {
    let mut by_code: BTreeMap<&str, Vec<&ConnectionFacts>> = BTreeMap::new();
    for connection in connections {
        by_code
            .entry(&connection.code)
            .or_default()
            .push(connection);
    }
    let mut named = BTreeMap::new();
    for (code, mut same) in by_code {
        same.sort_by(|a, b| a.project.cmp(&b.project));
        let is_one = same.windows(2).all(|pair| match pair {
            [a, b] => a.is_like(b),
            _ => true,
        });
        for it in same {
            match entry(it.project.as_deref(), code, is_one) {
                Some(name) => named.entry(name).or_insert(it),
                None => continue,
            };
        }
    }
    named
}

/// The name of an entry that means this; what has a `/` where a name cannot have one has none.
fn entry(project: Option<&str>, code: &str, anywhere: bool) -> Option<String> {
    let in_project = format!("{}/{code}", project.unwrap_or_default());
    let names = [anywhere.then(|| code.to_owned()), Some(in_project)];
    names.into_iter().flatten().find(|name| {
        let pattern = name.parse::<Pattern>();
        pattern.is_ok_and(|pattern| pattern.fits(project, code))
    })
}

fn connection(label: &str, it: &ConnectionFacts, text: &mut String) {
    let what = [it.adapter.as_str(), it.name.as_str()];
    let what: Vec<String> = what
        .into_iter()
        .filter(|text| !text.is_empty())
        .map(one_line)
        .collect();
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(
        text,
        "\n[connections.{}] # {}",
        quoted(label),
        what.join(", ")
    );
    let mut suggest = |key: &str, value: &str, note: &str| {
        let note = if note.is_empty() {
            String::new()
        } else {
            format!(" # {note}")
        };
        let _ = writeln!(text, "# {key} = {}{note}", quoted(value));
    };
    let mut others = BTreeSet::new();
    let mut said = BTreeSet::new();
    for fact in it.values.iter().filter(|fact| !fact.credential) {
        if !said.insert(fact.name.as_str()) {
            continue;
        }
        let key = format!("properties.{}", key(&fact.name));
        match &fact.value {
            PropertyValue::Placeholder => suggest(&key, "", "the archive does not tell"),
            PropertyValue::Empty if fact.required == Some(true) => suggest(&key, "", "required"),
            PropertyValue::Literal(value) if is_of_an_environment(it, fact, value) => {
                suggest(&key, value, "");
            }
            _ => {
                others.insert(one_line(&fact.name));
            }
        }
    }
    if !it.policy.is_empty() {
        suggest("policy", &it.policy, "");
    }
    let needed = needed_credentials(&it.policy);
    let names: BTreeSet<&str> = credentials(it)
        .filter(|fact| fact.required == Some(true) || is_needed(needed, &fact.name))
        .map(|fact| fact.name.as_str())
        .filter(|name| !it.attachments.iter().any(|file| file == name))
        .collect();
    for name in names {
        let variable = format!("env:{}", variable(&[label, name]));
        suggest(&format!("credentials.{}", key(name)), &variable, "");
    }
    for name in &it.attachments {
        let file = format!("file:{}", variable(&[label, name]).to_lowercase());
        suggest(&format!("attachments.{}", key(name)), &file, "");
    }
    if let Some(group) = &it.agent_group {
        suggest("agent-group", group, "agents do not travel");
    }
    if !others.is_empty() {
        let others: Vec<String> = others.into_iter().collect();
        let _ = writeln!(text, "# other properties: {}", others.join(", "));
    }
}

/// Whether a value is likely to be another one in another environment.
fn is_of_an_environment(it: &ConnectionFacts, fact: &Fact, value: &str) -> bool {
    !hosts(&fact.name, value).is_empty()
        || is_place(&fact.name)
        || (names_a_database(&fact.name, value) && !it.has_a_place())
}

/// Where nobody tells what a policy needs, all that it may.
fn is_needed(needed: Option<&[&str]>, name: &str) -> bool {
    needed.is_none_or(|names| names.iter().any(|needed| name.eq_ignore_ascii_case(needed)))
}

fn lookups(facts: &Facts, text: &mut String) {
    for lookup in facts.lookups.iter().flatten() {
        let project = lookup.project.as_deref();
        let Some(name) = entry(project, &lookup.name, project.is_none()) else {
            continue;
        };
        let cells: Vec<String> = lookup
            .columns
            .iter()
            .map(|column| format!("{} = \"\"", key(column)))
            .collect();
        let _ = writeln!(
            text,
            "\n# [lookups.{}]\n# rows = [{{ {} }}]",
            quoted(&name),
            cells.join(", ")
        );
    }
}

fn schedules(facts: &Facts, text: &mut String) {
    let rules: BTreeMap<String, &str> = facts
        .schedules
        .iter()
        .filter_map(|it| {
            let code = format!("{}|{}", it.code, it.version);
            let project = it.project.as_deref();
            Some((entry(project, &code, project.is_none())?, it.rule.as_str()))
        })
        .collect();
    for (label, rule) in rules {
        let _ = write!(
            text,
            "\n# [schedules.{}]{}\n# parameters = {{ }}\n",
            quoted(&label),
            if rule.is_empty() {
                String::new()
            } else {
                format!(" # {}", one_line(rule))
            }
        );
    }
}

/// A key: bare where TOML allows it.
fn key(name: &str) -> String {
    let bare = !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if bare { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML: as in JSON, but that it takes no DEL, and that nothing invisible is left to mislead.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if is_invisible(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text for a comment.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if is_invisible(c) { ' ' } else { c })
        .collect()
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// `ORDERS_DB_PASSWORD`.
fn variable(parts: &[&str]) -> String {
    let text = parts.join("_").to_ascii_uppercase();
    let text: String = text
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{text}")
    } else {
        text
    }
}
