//! What settings mean.

use ferry_core::model::secret_like;
use serde_json::Value as Json;

use super::Meaning;
use super::node::{Node, Value};
use super::project::shown;
use crate::artifact::{Artifact, File};
use crate::formats::{json, settings};

pub(super) fn read(artifact: &Artifact) -> Option<Meaning> {
    let bytes = artifact.files.values().next().and_then(File::bytes)?;
    let read = json::read(bytes).ok()?;
    let mut meaning = Meaning::default();
    for (key, value) in read.as_object()? {
        let each = value.as_array().into_iter().flatten();
        let content = &mut meaning.content;
        match key.as_str() {
            // The identity; and what follows from the rest of the archive and from where it was made.
            "id" | "project" | "artifacts" | "layout" | "note" | "source" => {}
            "generator" | "generation" => meaning.release.say(key.clone(), &shown(value)),
            "states" => meaning.state.parts.extend(each.map(state)),
            "connectionProperties" => content.parts.extend(each.map(property)),
            "securityProperties" => content.parts.extend(each.map(security)),
            _ => content.tell(key.clone(), &shown(value)),
        }
    }
    Some(meaning)
}

fn text<'j>(value: &'j Json, name: &str) -> &'j str {
    value.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn property(property: &Json) -> Node {
    let name = text(property, "propertyName");
    let value = text(property, "propertyValue").to_owned();
    let key = format!("property {name}");
    if secret_like(name) && !value.is_empty() {
        Node::with(key, Value::Secret(value))
    } else {
        Node::text(key, value)
    }
}

fn security(property: &Json) -> Node {
    let key = format!("security property {}", text(property, "propertyName"));
    match settings::secret(property) {
        Some(value) => Node::with(key, Value::Secret(value.to_owned())),
        None => Node::new(key),
    }
}

/// What an integration was doing.
fn state(state: &Json) -> Node {
    let whose = match text(state, "project") {
        "" => text(state, "id").to_owned(),
        project => format!("{project}/{}", text(state, "id")),
    };
    let mut node = Node::new(format!("integration {whose}"));
    for (key, value) in state.as_object().into_iter().flatten() {
        if !matches!(key.as_str(), "project" | "id") {
            node.tell(key.clone(), &shown(value));
        }
    }
    node
}
