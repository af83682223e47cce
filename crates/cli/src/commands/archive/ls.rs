//! `ferry archive ls` of a file.

use std::collections::HashMap;
use std::path::Path;

use ferry_archive::{CONTENT_RULE, Limits, SEMANTIC_RULE, Survey};
use ferry_core::exit::Exit;
use ferry_core::model::{ArtifactKind, Identity};
use serde_json::json;

use super::{Opened, opened};
use crate::app::App;
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table, amount, counted, markup};

pub(super) async fn run(app: &App, path: &Path, limits: Limits) -> Result<Outcome, Failure> {
    let opened = opened(app, path, limits).await?;
    opened.warn_of_damage(app);
    let Opened { survey, name, .. } = opened;
    let report = Report::new(
        &json!({
            "file": name,
            "rules": {"content": CONTENT_RULE, "semantic": SEMANTIC_RULE},
            "artifacts": survey.records,
            "inventory": survey.inventory,
            "containers": survey.containers,
            "entries": survey.entries,
            "unpacked": survey.unpacked,
        }),
        text(&survey),
    );
    Ok(Outcome::new(
        Exit::Done,
        report.with_markdown(page(&survey)),
    ))
}

const HEAD: [&str; 6] = ["KIND", "NAME", "VERSION", "PROJECT", "WHAT", "SIZE"];

fn text(survey: &Survey) -> String {
    let mut table = Table::new(HEAD);
    for row in rows(survey) {
        table.row(row);
    }
    let counted = format!(
        "{}, {} in {}, {} unpacked\n",
        counted(survey.records.len() as u64, "artifact"),
        counted(survey.entries, "entry"),
        counted(survey.containers, "zip"),
        amount(survey.unpacked)
    );
    if table.is_empty() {
        counted
    } else {
        table.text() + &counted
    }
}

fn page(survey: &Survey) -> String {
    let mut page = format!(
        "| {} |\n|{}\n",
        HEAD.join(" | "),
        " --- |".repeat(HEAD.len())
    );
    for row in rows(survey) {
        let cells = row.map(|cell| markup::code(&cell));
        page += &format!("| {} |\n", cells.join(" | "));
    }
    page
}

fn rows(survey: &Survey) -> Vec<[String; 6]> {
    let told = told(survey);
    survey
        .records
        .iter()
        .map(|record| {
            let key = (record.project.as_deref(), &record.id);
            [
                record.id.kind.to_string(),
                record.id.name.clone(),
                record.id.version.clone().unwrap_or_default(),
                record.project.clone().unwrap_or_default(),
                told.get(&key).cloned().unwrap_or_default(),
                amount(record.bytes),
            ]
        })
        .collect()
}

/// What is most worth knowing of each artifact, in a few words.
fn told(survey: &Survey) -> HashMap<(Option<&str>, &Identity), String> {
    let inventory = &survey.inventory;
    let mut words: HashMap<(Option<&str>, ArtifactKind, &str, &str), String> = HashMap::new();
    for it in &inventory.integrations {
        let mut all = vec![it.state.as_str(), pattern(&it.pattern), it.name.as_str()];
        all.retain(|word| !word.is_empty());
        let key = (
            it.project.as_deref(),
            ArtifactKind::Integration,
            it.code.as_str(),
            it.version.as_str(),
        );
        words.insert(key, all.join(", "));
    }
    for it in &inventory.connections {
        let mut all = vec![it.adapter.as_str(), it.role.as_str(), it.policy.as_str()];
        all.retain(|word| !word.is_empty());
        let hosts = it.hosts.join(" ");
        all.extend(Some(hosts.as_str()).filter(|hosts| !hosts.is_empty()));
        let key = (
            it.project.as_deref(),
            ArtifactKind::Connection,
            it.code.as_str(),
            "",
        );
        words.insert(key, all.join(", "));
    }
    for it in &inventory.lookups {
        let key = (
            it.project.as_deref(),
            ArtifactKind::Lookup,
            it.name.as_str(),
            "",
        );
        words.insert(
            key,
            format!("{} rows of {}", it.rows, it.columns.join(", ")),
        );
    }
    for it in &inventory.libraries {
        let key = (
            it.project.as_deref(),
            ArtifactKind::Library,
            it.code.as_str(),
            it.version.as_str(),
        );
        words.insert(key, it.functions.join(", "));
    }
    for it in &inventory.packages {
        let what = counted(it.integrations.len() as u64, "integration");
        words.insert((None, ArtifactKind::Package, it.name.as_str(), ""), what);
    }
    for it in &inventory.projects {
        let what = format!("{}, {} deployments", it.status, it.deployments.len());
        words.insert(
            (Some(&it.code), ArtifactKind::Project, it.code.as_str(), ""),
            what.clone(),
        );
        words.insert((None, ArtifactKind::Project, it.code.as_str(), ""), what);
    }
    for it in &inventory.certificates {
        words.insert(
            (None, ArtifactKind::Certificate, it.name.as_str(), ""),
            it.format.clone(),
        );
    }
    let mut schedules: HashMap<(Option<&str>, &str), &str> = HashMap::new();
    for it in &inventory.schedules {
        let name = it
            .integration
            .as_ref()
            .map_or(it.name.as_str(), |(code, _)| code);
        schedules.insert((it.project.as_deref(), name), it.rule.as_str());
    }
    let of = |project: Option<&str>, id: &Identity| {
        if id.kind == ArtifactKind::Schedule {
            return schedules
                .get(&(project, id.name.as_str()))
                .map(|it| (*it).to_owned());
        }
        let version = id.version.as_deref().unwrap_or_default();
        words
            .get(&(project, id.kind, id.name.as_str(), version))
            .cloned()
    };
    survey
        .records
        .iter()
        .filter_map(|record| {
            let project = record.project.as_deref();
            Some(((project, &record.id), of(project, &record.id)?))
        })
        .collect()
}

/// What starts an integration.
fn pattern(mep: &str) -> &str {
    match mep {
        "MEP00" => "one way",
        "MEP04" => "request and response",
        "MEP07" => "scheduled",
        "MEP08" => "event",
        other => other,
    }
}
