//! `ferry archive show` of a file.

use std::collections::BTreeMap;
use std::path::Path;

use ferry_archive::{CONTENT_RULE, Fingerprints, Limits, Outline, Record, SEMANTIC_RULE, Survey};
use ferry_core::exit::Exit;
use ferry_core::model::{ArtifactKind, Graph, Node};
use serde_json::json;

use super::{Opened, find, unread, verify};
use crate::app::App;
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, clean_line, counted};

pub(super) async fn run(
    app: &App,
    path: &Path,
    artifact: Option<String>,
    limits: Limits,
) -> Result<Outcome, Failure> {
    let path = path.to_owned();
    let report = app.aside(move || {
        let opened = Opened::read(&path, limits)?;
        match artifact {
            None => summary(&opened),
            Some(wanted) => one(&opened, find(&opened.survey, &wanted)?),
        }
    });
    Ok(Outcome::new(Exit::Done, report.await??))
}

/// The whole in a few lines.
pub(super) fn summary(opened: &Opened) -> Result<Report, Failure> {
    let raw = opened.raw()?;
    let survey = &opened.survey;
    let prints = survey.fingerprints(raw.as_deref());
    let (errors, warnings) = verify::count(&survey.findings);
    let data = json!({
        "file": opened.name,
        "fingerprints": prints,
        "artifacts": kinds(survey),
        "needed": needed(&survey.graph),
        "containers": survey.containers,
        "entries": survey.entries,
        "unpacked": survey.unpacked,
        "errors": errors,
        "warnings": warnings,
    });
    let mut text = format!(
        "{}\n  {} in {}, {} unpacked\n",
        clean_line(&opened.name),
        counted(survey.entries, "entry"),
        counted(survey.containers, "zip"),
        amount(survey.unpacked)
    );
    for (kind, count) in kinds(survey) {
        text += &format!("  {count:>6} {kind}\n");
    }
    text += &format!("  {}\n", verify::tally(errors, warnings));
    let Fingerprints {
        raw,
        content,
        semantic,
    } = &prints;
    for (label, print) in [
        ("raw", raw.as_ref()),
        ("content", Some(content)),
        ("semantic", Some(semantic)),
    ] {
        if let Some(print) = print {
            text += &format!("  {label:8} {print}\n");
        }
    }
    for (label, names) in needed(&survey.graph) {
        if !names.is_empty() {
            text += &format!("{label}: {}\n", clean_line(&names.join(", ")));
        }
    }
    Ok(Report::new(&data, text))
}

/// How many there are of each kind.
fn kinds(survey: &Survey) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for record in &survey.records {
        *kinds.entry(record.id.kind.to_string()).or_default() += 1;
    }
    kinds
}

/// What a target must have of its own.
fn needed(graph: &Graph) -> [(&'static str, Vec<String>); 2] {
    let groups = graph
        .nodes
        .iter()
        .filter(|node| node.id.kind == ArtifactKind::AgentGroup);
    let missing = graph.missing.iter().filter_map(|at| graph.nodes.get(*at));
    [
        (
            "agent groups",
            groups.map(|node| node.id.name.clone()).collect(),
        ),
        ("missing", missing.map(|node| node.id.to_string()).collect()),
    ]
}

/// One artifact in words.
pub(super) fn one(opened: &Opened, record: &Record) -> Result<Report, Failure> {
    let outline = ferry_archive::outline(&opened.archive, record)
        .map_err(|error| unread(&opened.name, &error))?;
    let (needs, needed_by) = ends(&opened.survey.graph, record);
    let data = json!({
        "file": opened.name,
        "artifact": record,
        "rules": {"content": CONTENT_RULE, "semantic": SEMANTIC_RULE},
        "needs": needs,
        "needed-by": needed_by,
        "outline": outline,
    });
    let mut text = format!("{}\n", clean_line(&record.id.to_string()));
    let mut fact = |label: &str, value: &str| {
        if !value.is_empty() {
            text += &format!("  {label} {}\n", clean_line(value));
        }
    };
    fact("project", record.project.as_deref().unwrap_or_default());
    for place in &record.places {
        fact("at", place);
    }
    fact(
        "size",
        &format!(
            "{} in {}",
            amount(record.bytes),
            counted(record.files, "file")
        ),
    );
    fact("content", &format!("{CONTENT_RULE}:{}", record.content));
    fact("semantic", &format!("{SEMANTIC_RULE}:{}", record.semantic));
    for node in &needs {
        fact("needs", &label(node));
    }
    for node in &needed_by {
        fact("needed by", &label(node));
    }
    for section in &outline {
        text += &format!("\n{}\n", section.what);
        for part in &section.parts {
            write(part, 1, "", &mut text);
        }
        for step in &section.steps {
            write(step, 1, "- ", &mut text);
        }
    }
    Ok(Report::new(&data, text))
}

fn write(outline: &Outline, depth: usize, mark: &str, text: &mut String) {
    let value = match &outline.value {
        Some(value) => format!(": {}", clean_line(value)),
        None => String::new(),
    };
    text.extend(std::iter::repeat_n("  ", depth));
    *text += &format!("{mark}{}{value}\n", clean_line(&outline.what));
    for part in &outline.parts {
        write(part, depth + 1, "", text);
    }
    for step in &outline.steps {
        write(step, depth + 1, "- ", text);
    }
}

fn ends<'g>(graph: &'g Graph, record: &Record) -> (Vec<&'g Node>, Vec<&'g Node>) {
    let own = graph
        .nodes
        .iter()
        .position(|node| node.id == record.id && node.project == record.project);
    let at = |from: bool| {
        let edges = graph
            .edges
            .iter()
            .filter(|edge| Some(if from { edge.from } else { edge.to }) == own);
        edges
            .filter_map(|edge| graph.nodes.get(if from { edge.to } else { edge.from }))
            .collect()
    };
    (at(true), at(false))
}

fn label(node: &Node) -> String {
    match &node.project {
        Some(project) => format!("{} of project {project}", node.id),
        None => node.id.to_string(),
    }
}
