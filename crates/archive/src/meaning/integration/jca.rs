//! `.jca`: what an endpoint tells its adapter.

use ferry_core::model::secret_like;

use super::super::node::{Node, Value};
use super::super::xml;
use crate::canonical::{Element, plain};

/// Releases of plug-ins, and what follows from the connection's code.
const NOISE: [&str; 6] = [
    "",
    "cloud.adapter.plugin.version",
    "cloud.adapter.sdk.version",
    "csfkey",
    "csfMap",
    "lastSaved",
];

/// They say in pieces what `integration_id` says in one.
const PIECES: [&str; 3] = [
    "integration_code",
    "integration_version",
    "integration_name",
];

/// Adds what an endpoint tells its adapter.
pub(super) fn read(node: &mut Node, root: Element<'_>, unknown: &mut Node) {
    element(node, root, unknown);
}

fn element(node: &mut Node, it: Element<'_>, unknown: &mut Node) {
    let kind = it.name();
    for (name, value) in it.attributes() {
        match (kind, name) {
            // They follow from the name of the endpoint, or from the connection.
            (_, "name" | "wsdlLocation" | "portType" | "instanceId" | "xsdTargetNamespace")
            | ("connection-factory", "location")
            | ("non-managed-connection", "managedConnectionFactoryClassName") => {}
            ("adapter-config", "adapter") => node.say("adapter", value),
            ("adapter-config" | "endpoint-activation" | "endpoint-interaction", _) => {
                node.say(format!("adapter {name}"), value);
            }
            ("activation-spec" | "interaction-spec" | "connection-spec", "className") => {
                node.say("adapter class", value);
            }
            _ => unknown.tell(format!("{} › {kind} {name}", node.called()), value),
        }
    }
    let called = it
        .all("property")
        .any(|it| it.attribute("name") == Some("integration_id"));
    for child in it.children() {
        match child.name() {
            "property" => property(node, child, called, kind == "non-managed-connection"),
            "connection-factory"
            | "non-managed-connection"
            | "endpoint-activation"
            | "endpoint-interaction"
            | "activation-spec"
            | "interaction-spec" => element(node, child, unknown),
            _ => xml::unknown(unknown, &node.called(), child),
        }
    }
}

fn property(node: &mut Node, property: Element<'_>, called: bool, connection: bool) {
    let get = |name| property.attribute(name).unwrap_or_default();
    let (name, value) = (get("name"), get("value"));
    let value = if value.is_empty() {
        property.text()
    } else {
        value
    };
    if value.is_empty() || NOISE.contains(&name) || (called && PIECES.contains(&name)) {
        return;
    }
    if name == "integration_id" {
        node.say("integration called", value);
        return;
    }
    let mut made = Node::new(if connection {
        format!("connection property {name}")
    } else {
        format!("adapter property {name}")
    });
    made.value = if secret_like(name) || name == "ConnectionString" {
        Value::Secret(value.to_owned())
    } else {
        Value::Text {
            shown: value.to_owned(),
            compared: plain::json(value.as_bytes()),
        }
    };
    node.parts.push(made);
}
