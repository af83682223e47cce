//! `expr.properties`: an expression and what it is for.

use std::collections::HashMap;

use super::super::node::{Node, Value};
use crate::canonical::plain;

/// Adds an expression to the step that it belongs to. The text form is derived from the `XPath` form, and the counts of
/// warnings are the editor's.
pub(super) fn read(node: &mut Node, role: &str, bytes: &[u8], common: &HashMap<&str, &str>) {
    let text = String::from_utf8_lossy(bytes);
    let mut xpath = String::new();
    let mut last = "";
    let mut named: HashMap<&str, &str> = HashMap::new();
    let mut namespaces = common.clone();
    for line in text.lines() {
        let Some((key, value)) = line.split_once(" :").filter(|(key, _)| is_key(key)) else {
            // An expression may go on for several lines.
            if last == "XpathExpression" {
                xpath.push('\n');
                xpath.push_str(line);
            }
            continue;
        };
        last = key;
        let value = value.trim();
        match key {
            "XpathExpression" => value.clone_into(&mut xpath),
            "NamespaceList" => {
                namespaces.extend(
                    value
                        .split_ascii_whitespace()
                        .filter_map(|pair| pair.split_once('=')),
                );
            }
            _ => drop(named.insert(key, value)),
        }
    }
    let get = |key: &str| named.get(key).copied().unwrap_or_default();
    let variable = get("VariableName");
    let own = Some(variable) == node.name.as_deref() || variable.is_empty();
    let mut made = node_of(role, variable, own, xpath.trim_end(), &namespaces);
    made.say("named", get("ExpressionName"));
    made.say("description", get("VariableDescription"));
    if !get("VariableType").is_empty() {
        made.say(
            "type",
            &format!(
                "{{{}}}{}",
                get("VariableTypeNamespace"),
                get("VariableType")
            ),
        );
    }
    // The name of a branch, and of the variable that a step is about, is the step's own.
    if role.is_empty() && node.name.is_none() {
        let branch = get("ExpressionName");
        let name = if branch.is_empty() { variable } else { branch };
        if !name.is_empty() {
            node.name = Some(name.to_owned());
            made.parts.retain(|part| part.key != "named");
            made.key = "expression".into();
        }
    }
    node.parts.push(made);
}

fn is_key(key: &str) -> bool {
    const KEYS: [&str; 10] = [
        "TextExpression",
        "XpathExpression",
        "NamespaceList",
        "NumberOfWarnings",
        "NumberOfErrors",
        "ExpressionName",
        "VariableName",
        "VariableDescription",
        "VariableType",
        "VariableTypeNamespace",
    ];
    KEYS.contains(&key)
}

fn node_of(
    role: &str,
    variable: &str,
    own: bool,
    xpath: &str,
    namespaces: &HashMap<&str, &str>,
) -> Node {
    let key = match (role, own) {
        ("", true) => "expression".to_owned(),
        ("", false) => format!("variable {variable}"),
        (role, _) => format!("expression {role}"),
    };
    node(key, xpath, namespaces)
}

/// An expression, compared by the namespaces of its prefixes.
pub(super) fn node(key: String, xpath: &str, namespaces: &HashMap<&str, &str>) -> Node {
    let compared = plain::xpath(xpath, |prefix| namespaces.get(prefix).copied());
    Node::with(
        key,
        Value::Text {
            shown: xpath.to_owned(),
            compared: Some(compared),
        },
    )
}
