//! What packages, projects and deployments mean.

use serde_json::Value as Json;

use super::Meaning;
use super::files::Canonical;
use super::node::Node;
use crate::artifact::{Artifact, File};
use crate::formats::{json, properties, yaml};

/// What an integration, a package or a project is tagged with by people: the product adds its own tags.
pub(super) fn tags(text: &str) -> String {
    let parts = text.trim_matches(['[', ']']).split(',').map(str::trim);
    let mut own: Vec<&str> = parts
        .filter(|tag| !tag.is_empty() && !tag.starts_with("app:") && !tag.starts_with("style:"))
        .collect();
    own.sort_unstable();
    own.dedup();
    own.join(", ")
}

pub(super) fn package(artifact: &Artifact) -> Option<Meaning> {
    let bytes = artifact.files.values().next().and_then(File::bytes)?;
    let mut meaning = Meaning::default();
    for (key, value) in properties::read(bytes) {
        match key.as_str() {
            // The list is always empty: members are told by the integrations themselves.
            "package_name" | "integration_list" => {}
            "smart_tags" | "keywords" => meaning.content.say(key, &tags(&value)),
            "clone" | "open" if value == "false" => {}
            "clone"
            | "open"
            | "barta_type"
            | "original_barta_type"
            | "original_barta_integration"
            | "built_by" => {
                meaning.content.say(key, &value);
            }
            _ => meaning.unknown.tell(key, &value),
        }
    }
    Some(meaning)
}

pub(super) fn project(artifact: &Artifact, canonical: &Canonical<'_>) -> Option<Meaning> {
    let bytes = artifact.files.get("project.yaml").and_then(File::bytes)?;
    let read = yaml::read(bytes).ok()?;
    let mut meaning = Meaning::default();
    for (key, value) in read.as_object()? {
        let text = shown(value);
        match key.as_str() {
            "name" | "description" | "type" | "keywords" => meaning.content.say(key.clone(), &text),
            "smartTags" => {
                let all = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Json::as_str);
                meaning
                    .content
                    .say("tags", &tags(&all.collect::<Vec<_>>().join(",")));
            }
            "simplifiedMode" if text == "false" => {}
            "simplifiedMode" => meaning.content.say("simplified", &text),
            "status" => meaning.state.say("status", &text),
            "assets" => assets(&mut meaning.content, value),
            "id" | "code" | "revision" | "projectRevision" | "CAV" | "origin" => {}
            key if key.ends_with("By") || key.ends_with("Date") => {}
            _ => meaning.unknown.tell(key.clone(), &text),
        }
    }
    for (path, file) in &artifact.files {
        match path.as_str() {
            "project.yaml" => {}
            "oic_project.properties" => {
                for (key, value) in properties::read(file.bytes().unwrap_or_default()) {
                    if key != "mod" {
                        meaning.unknown.tell(key, &value);
                    }
                }
            }
            "rpa.zip!rpa_metadata.json" if file.bytes().is_some_and(is_hollow) => {}
            _ => meaning
                .content
                .parts
                .push(canonical.file(format!("file {path}"), path, file)),
        }
    }
    Some(meaning)
}

/// Whether all lists are empty.
pub(crate) fn is_hollow(bytes: &[u8]) -> bool {
    let read = json::read(bytes).ok();
    read.as_ref()
        .and_then(Json::as_object)
        .is_some_and(|fields| {
            fields.iter().all(|(key, value)| {
                key == "vjson-meta"
                    || value.is_null()
                    || value.as_array().is_some_and(Vec::is_empty)
            })
        })
}

/// What the project holds, by kind and code; versions are what it holds of them.
fn assets(content: &mut Node, value: &Json) {
    for (kind, list) in value.as_object().into_iter().flatten() {
        let kind = kind
            .strip_suffix('s')
            .map_or(kind.as_str(), |kind| match kind {
                "librarie" => "library",
                "label" => "deployment",
                kind => kind,
            });
        for id in list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|it| it["id"].as_str())
        {
            content.parts.push(member(kind, id));
        }
    }
}

fn member(kind: &str, id: &str) -> Node {
    let (code, version) = id.split_once('|').unwrap_or((id, ""));
    Node::text(format!("member {kind} {code}"), version)
}

pub(super) fn deployment(artifact: &Artifact) -> Option<Meaning> {
    let bytes = artifact.files.values().next().and_then(File::bytes)?;
    let read = json::read(bytes).ok()?;
    let mut meaning = Meaning::default();
    for (key, value) in read.as_object()? {
        match key.as_str() {
            "name" | "description" => meaning.content.say(key.clone(), &shown(value)),
            "code" | "revision" | "id" => {}
            "integrations" => {
                for it in value.as_array().into_iter().flatten() {
                    let part = |name: &str| it[name].as_str().unwrap_or_default();
                    let id = format!("{}|{}", part("code"), part("version"));
                    meaning.content.parts.push(member("integration", &id));
                }
            }
            key if key.ends_with("By") || key.ends_with("Date") => {}
            _ => meaning.unknown.tell(key.clone(), &shown(value)),
        }
    }
    Some(meaning)
}

/// A value of JSON or YAML as text; a list or a mapping in one line.
pub(super) fn shown(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) if items.is_empty() => String::new(),
        Json::Object(fields) if fields.is_empty() => String::new(),
        other => other.to_string(),
    }
}
