//! What an integration means: who it is, and what it does step by step.

mod action;
mod expression;
mod jca;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::files::Canonical;
use super::project::tags;
use super::{Meaning, xml};
use crate::artifact::{Artifact, File};
use crate::formats::project_xml::{FLOW, Flow};
use crate::formats::{json, properties};

use action::Actions;

/// Where the flow's own files begin.
const RESOURCES: &str = "resources/";

pub(super) fn read(artifact: &Artifact, canonical: &Canonical<'_>) -> Option<Meaning> {
    let tree = artifact.files.get(FLOW)?.tree().ok()?;
    let flow = Flow::of(tree);
    let mut meaning = Meaning::default();
    header(&flow, &mut meaning);
    facts(artifact, &flow, &mut meaning);
    let mut files = Files::of(artifact);
    let mut actions = Actions::new(&flow, canonical, &mut files, &mut meaning.unknown);
    let steps = actions.all();
    let unused = actions.unused();
    meaning.content.steps = steps;
    meaning.content.parts.extend(unused);
    for (path, file) in files.rest() {
        let name = path.strip_prefix(RESOURCES).unwrap_or(path);
        if name.ends_with("_keywords.properties") {
            for (key, value) in properties::read(file.bytes().unwrap_or_default()) {
                meaning
                    .content
                    .say(format!("keywords of lookup {key}"), &tags(&value));
            }
        } else {
            let section = if name == path {
                &mut meaning.unknown
            } else {
                &mut meaning.content
            };
            section
                .parts
                .push(canonical.file(format!("file {}", without_ids(name)), path, file));
        }
    }
    Some(meaning)
}

fn header(flow: &Flow<'_>, meaning: &mut Meaning) {
    for child in flow.root.children() {
        let text = child.text();
        match child.name() {
            "projectName" => meaning.content.say("name", text),
            "projectVersion" => meaning.content.say("version", text),
            "projectDescription" => meaning.content.say("description", text),
            "percentComplete" => meaning.state.say("complete", text.trim_end_matches(".0")),
            "projectHasErrors" if text != "false" => meaning.state.say("has errors", text),
            "projectHasWarnings" | "projectHasErrors" | "projectCode" | "icsflow" => {}
            _ => xml::unknown(&mut meaning.unknown, "project", child),
        }
    }
    for (name, value) in flow.root.attributes() {
        match name {
            "name" | "cversion" => {}
            "version" => meaning.release.say("model", value),
            "modelType" => meaning.content.say("model", &value.to_ascii_lowercase()),
            _ => meaning.unknown.tell(format!("project {name}"), value),
        }
    }
    for part in &flow.unknown {
        xml::unknown(&mut meaning.unknown, "flow", *part);
    }
}

/// What the properties say, in the names that a project uses for them.
fn facts(artifact: &Artifact, flow: &Flow<'_>, meaning: &mut Meaning) {
    let mut pattern = String::new();
    for (key, value) in told(artifact) {
        let content = &mut meaning.content;
        match key.as_str() {
            "mepType" => pattern = value,
            "type" => content.say("type", &value),
            "smartTags" => content.say("tags", &tags(&value)),
            "keywords" => content.say("keywords", &tags(&value)),
            "scope" if value != "Private" => content.say("scope", &value),
            "persistedState" => meaning.state.say("activation", &value),
            "package" => meaning.state.say("package", &value),
            "originalICSVersion" => meaning.release.say("created by", &value),
            "lastUpdatedICSVersion" => meaning.release.say("saved by", &value),
            "exportedBy" => meaning.release.say("exported by", &value),
            // Told by the flow as well, or noise.
            "code"
            | "version"
            | "name"
            | "modelType"
            | "trackingInstanceName"
            | "transientState"
            | "scope"
            | "mod"
            | "validity"
            | "CAV" => {}
            _ => meaning.unknown.tell(format!("property {key}"), &value),
        }
    }
    if pattern.is_empty() {
        let sources = flow
            .parts
            .iter()
            .filter(|it| it.child_text("role") == "source");
        pattern = sources
            .map(|it| it.child_text("mep"))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
    }
    let words = match pattern.as_str() {
        "MEP04" => "request and response (MEP04)",
        "MEP00" => "one way (MEP00)",
        "MEP07" => "scheduled (MEP07)",
        "MEP08" => "event (MEP08)",
        other => other,
    };
    meaning.content.say("trigger pattern", words);
}

fn told(artifact: &Artifact) -> BTreeMap<String, String> {
    const NAMES: [(&str, &str); 11] = [
        ("project_code", "code"),
        ("project_version", "version"),
        ("project_name", "name"),
        ("project_persisted_state", "persistedState"),
        ("project_transient_state", "transientState"),
        ("project_type", "type"),
        ("mep_type", "mepType"),
        ("tracking_instance_name", "trackingInstanceName"),
        ("package_name", "package"),
        ("version", "exportedBy"),
        ("modelType", "modelType"),
    ];
    if let Some(bytes) = artifact
        .files
        .get("ics_project_attributes.properties")
        .and_then(File::bytes)
    {
        let named = |key: String| match NAMES.iter().find(|(from, _)| *from == key) {
            Some((_, to)) => (*to).to_owned(),
            None => key,
        };
        return properties::read(bytes)
            .into_iter()
            .map(|(key, value)| (named(key), value))
            .collect();
    }
    let read = artifact
        .files
        .get("info.json")
        .and_then(File::bytes)
        .and_then(|bytes| json::read(bytes).ok());
    let fields = read
        .as_ref()
        .and_then(|read| read["properties"].as_object());
    let text = |(key, value): (&String, &Json)| (key.clone(), super::project::shown(value));
    fields.into_iter().flatten().map(text).collect()
}

/// The files below `resources/` that mean something, by the part of the flow that they belong to.
#[derive(Debug)]
pub(super) struct Files<'a> {
    by_owner: BTreeMap<&'a str, Vec<(&'a str, &'a File)>>,
    rest: Vec<(&'a str, &'a File)>,
}

impl<'a> Files<'a> {
    fn of(artifact: &'a Artifact) -> Self {
        let mut files = Self {
            by_owner: BTreeMap::new(),
            rest: Vec::new(),
        };
        for (path, file) in artifact.files.iter().filter(|(path, _)| !is_noise(path)) {
            match path
                .strip_prefix(RESOURCES)
                .and_then(|inner| inner.split_once('/'))
            {
                Some((owner, _)) => files.by_owner.entry(owner).or_default().push((path, file)),
                None => files.rest.push((path, file)),
            }
        }
        files
    }

    /// The files of a part, or of one of its ports; each is taken once.
    pub(super) fn take(&mut self, owner: &str, port: Option<&str>) -> Vec<(&'a str, &'a File)> {
        let Some(all) = self.by_owner.get_mut(owner) else {
            return Vec::new();
        };
        let below = match port {
            Some(port) => format!("{RESOURCES}{owner}/{port}/"),
            None => format!("{RESOURCES}{owner}/"),
        };
        let mut taken = Vec::new();
        all.retain(|(path, file)| {
            let own = path.starts_with(&below);
            if own {
                taken.push((*path, *file));
            }
            !own
        });
        taken
    }

    fn rest(self) -> impl Iterator<Item = (&'a str, &'a File)> {
        self.by_owner.into_values().flatten().chain(self.rest)
    }
}

/// Files that say nothing by themselves, are always the same, or are read elsewhere.
fn is_noise(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "project.xml"
            | "info.json"
            | "ics_project_attributes.properties"
            | "RuntimeFault.wsdl"
            | "ICSIntegrationMetadata.xsd"
    ) || name.starts_with("ICSFault.")
        || is_derived(path)
}

/// Files that are derived or cosmetic.
pub(crate) fn is_derived(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "layout.json" | "layout3.json" | "analysis.json" | "project_messages.json"
    ) || name.ends_with("stateinfo.json")
        || name.ends_with("_stateinfo.xml")
}

/// A path without the folders whose names are numbers, and without the number of a map.
fn without_ids(path: &str) -> String {
    let parts = path.split('/').filter(|part| !is_id(part));
    parts
        .map(|part| if is_map(part) { "map" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// `resourcegroup_33`: a word and a number.
fn is_id(part: &str) -> bool {
    part.rsplit_once('_').is_some_and(|(word, number)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && matches!(
                word,
                "application"
                    | "processor"
                    | "inbound"
                    | "outbound"
                    | "input"
                    | "output"
                    | "resourcegroup"
                    | "resource"
            )
    })
}

/// `req_` or `resp_` and 32 hexadecimal digits.
fn is_map(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".xsl") else {
        return false;
    };
    let digits = stem
        .strip_prefix("req_")
        .or_else(|| stem.strip_prefix("resp_"))
        .unwrap_or_default();
    digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}
