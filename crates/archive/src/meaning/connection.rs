//! What a connection means.

use ferry_core::model::{secret_like, without_user};

use super::node::{Node, Value};
use super::{Meaning, xml};
use crate::artifact::Artifact;
use crate::canonical::Element;
use crate::fingerprint::hex;
use sha2::{Digest as _, Sha256};

/// Ids, audit data, releases of plug-ins, and what follows from the code.
const NOISE: [&str; 11] = [
    "id",
    "groupId",
    "instanceCode",
    "securedAuditInfo",
    "pluginVersion",
    "updatePluginVersion",
    "sdkVersion",
    "platformVersion",
    "revision",
    "hidden",
    "instanceAdministratorEmail",
];

/// Whether an element of a connection says nothing of it.
pub(crate) fn is_noise(name: &str) -> bool {
    NOISE.contains(&name)
}

pub(super) fn read(artifact: &Artifact) -> Option<Meaning> {
    let tree = artifact.only()?.tree().ok()?;
    let mut meaning = Meaning::default();
    let root = tree.root();
    let role = root.child_text("integrationRole");
    meaning.content.say("role", role);
    for child in root.children() {
        let content = &mut meaning.content;
        let text = child.text();
        match child.name() {
            "displayName" => content.say("name", text),
            "description" => content.say("description", text),
            "applicationTypeRef" => content.say("adapter", text),
            "securityPolicy" => content.say("security policy", text),
            "agentDefinition" => content.say("agent group", text),
            "keywords" => content.say("keywords", text),
            "connectionProperties" => {
                child
                    .all("connectionProperty")
                    .for_each(|it| property(content, it, role));
            }
            "attachments" => child
                .all("attachment")
                .for_each(|it| attachment(content, it)),
            "privateEndpoint" if text != "false" => content.say("private endpoint", text),
            "publicScope" if text != "false" => content.say("public", text),
            "hasOverride" if text != "false" => content.say("overridden", text),
            "privateEndpoint" | "publicScope" | "hasOverride" | "integrationRole" => {}
            "status" => meaning.state.say("status", text),
            "percentageComplete" => meaning.state.say("complete", text.trim_end_matches(".0")),
            name if is_noise(name) => {}
            _ => xml::unknown(&mut meaning.unknown, "", child),
        }
    }
    Some(meaning)
}

fn property(content: &mut Node, property: Element<'_>, role: &str) {
    let name = property.child_text("name");
    let list = property
        .children()
        .find(|it| it.children().next().is_some());
    let value = match list {
        Some(list) if !xml::is_empty(list) => xml::whole(list),
        _ => property.child_text("value").to_owned(),
    };
    match name {
        // The key of the credentials follows from the code, the role is told by an element.
        "lastSaved" | "csfkey" | "csfMap" => return,
        "integration_role" if value == role || role.is_empty() => return,
        _ => {}
    }
    if value.is_empty() {
        return;
    }
    let mut node = Node::new(format!("property {name}"));
    node.value = if value.starts_with("%%") || value.contains(">%%") {
        // Which one it is follows from the code and the name.
        Value::Text {
            shown: "(left to the environment)".to_owned(),
            compared: Some("%%".to_owned()),
        }
    } else if is_secret(name, property) {
        Value::Secret(value)
    } else {
        Value::Text {
            shown: without_user(&value),
            compared: Some(value),
        }
    };
    content.parts.push(node);
}

/// Whether the name, or a key of the list below it, is that of a secret.
fn is_secret(name: &str, element: Element<'_>) -> bool {
    secret_like(name)
        || element
            .children()
            .any(|child| is_secret(child.child_text("key"), child))
}

/// An attachment may be a key or a wallet: it is told by the digest of its content.
fn attachment(content: &mut Node, attachment: Element<'_>) {
    let text: String = attachment
        .child_text("content")
        .split_ascii_whitespace()
        .collect();
    let mut node = Node::new(format!(
        "attachment {}",
        attachment.child_text("propertyName")
    ));
    node.name = Some(attachment.child_text("attachmentName").to_owned());
    let digest = if text.is_empty() {
        attachment.child_text("signature").to_owned()
    } else {
        hex(&Sha256::digest(text))
    };
    node.say("SHA-256", &digest);
    content.parts.push(node);
}
