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

/// Adds what an endpoint tells its adapter; `file` is the name of its file.
pub(super) fn read(node: &mut Node, root: Element<'_>, file: &str, unknown: &mut Node) {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let endpoint = stem.strip_suffix("_REQUEST").unwrap_or(stem);
    element(node, root, endpoint, unknown);
}

fn element(node: &mut Node, it: Element<'_>, endpoint: &str, unknown: &mut Node) {
    let kind = it.name();
    for (name, value) in it.attributes() {
        match (kind, name) {
            // They follow from the name of the endpoint, which is told, or from the connection.
            (_, "name" | "wsdlLocation" | "portType" | "instanceId" | "xsdTargetNamespace")
                if value.contains(endpoint) => {}
            ("connection-factory", "location")
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
            | "interaction-spec" => element(node, child, endpoint, unknown),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Tree;

    fn said(endpoint: &str, more: &str) -> Vec<String> {
        let xml = format!(
            "<adapter-config adapter='rest' name='{endpoint}PortType' wsdlLocation='{endpoint}_REQUEST.wsdl' {more}/>"
        );
        let tree = Tree::read(xml.as_bytes()).unwrap();
        let (mut node, mut unknown) = (Node::default(), Node::default());
        read(
            &mut node,
            tree.root(),
            &format!("{endpoint}_REQUEST.jca"),
            &mut unknown,
        );
        assert!(unknown.parts.is_empty());
        node.parts
            .iter()
            .map(|part| part.key.clone().into_owned())
            .collect()
    }

    #[test]
    fn what_follows_from_the_name_of_the_endpoint_is_not_said_again_and_all_else_is() {
        assert_eq!(said("load", ""), ["adapter"]);
        let own = "xsdTargetNamespace='http://h/load_REQUEST/types'";
        assert_eq!(said("load", own), ["adapter"]);
        for more in [
            "xsdTargetNamespace='http://h/commons'",
            "portType='other'",
            "instanceId='i'",
        ] {
            let name = more.split('=').next().unwrap();
            assert_eq!(said("load", more), ["adapter", &format!("adapter {name}")]);
        }
    }
}
