//! The steps of a flow, each with all that it refers to.

use std::collections::BTreeSet;

use super::super::files::Canonical;
use super::super::node::Node;
use super::super::xml;
use super::{Files, expression, is_map, jca, without_ids};
use crate::artifact::File;
use crate::canonical::Element;
use crate::entry_names::ends;
use crate::formats::project_xml::{Flow, Shape};

/// Puts the steps together.
pub(super) struct Actions<'a, 't, 'f> {
    flow: &'a Flow<'t>,
    canonical: &'a Canonical<'a>,
    files: &'a mut Files<'f>,
    unknown: &'a mut Node,
    /// The parts of the flow that some step told already.
    told: BTreeSet<&'t str>,
}

impl<'a, 't, 'f> Actions<'a, 't, 'f> {
    pub(super) fn new(
        flow: &'a Flow<'t>,
        canonical: &'a Canonical<'a>,
        files: &'a mut Files<'f>,
        unknown: &'a mut Node,
    ) -> Self {
        Self {
            flow,
            canonical,
            files,
            unknown,
            told: BTreeSet::new(),
        }
    }

    /// All that the flow does. One of the old templates does what its parts do, in the order of the document.
    pub(super) fn all(&mut self) -> Vec<Node> {
        match self.flow.orchestration {
            Some(orchestration) => orchestration
                .children()
                .map(|step| self.step(step))
                .collect(),
            None => self
                .flow
                .parts
                .iter()
                .map(|part| self.alone(*part))
                .collect(),
        }
    }

    /// The parts that no step refers to.
    pub(super) fn unused(&mut self) -> Vec<Node> {
        let parts = self.flow.parts.iter().copied();
        let left: Vec<_> = parts
            .filter(|part| {
                !self
                    .told
                    .contains(part.attribute("name").unwrap_or_default())
            })
            .collect();
        let unused = left.into_iter().map(|part| {
            let mut node = self.alone(part);
            node.key = format!("unused {}", node.key).into();
            node
        });
        unused.collect()
    }

    fn alone(&mut self, part: Element<'t>) -> Node {
        let kind = if part.name() == "application" {
            part.child_text("role")
        } else {
            part.child_text("type")
        };
        let mut node = Node::new(word(kind));
        self.tell(&mut node, part, None);
        node
    }

    fn step(&mut self, step: Element<'t>) -> Node {
        let kind = step.name();
        let mut node = Node::new(word(kind));
        let mut shown = None;
        for (name, value) in step.attributes() {
            match name {
                "id" => {}
                "refUri" => {
                    // A reply refers to what its trigger has told.
                    if let Some((part, port)) = self.flow.target(value).filter(|_| kind != "reply")
                    {
                        self.tell(&mut node, part, port);
                    } else {
                        answer(&mut node, self.flow, value);
                    }
                }
                "trackingRefUri" => {
                    if let Some((part, _)) = self.flow.target(value) {
                        self.told.insert(part.attribute("name").unwrap_or_default());
                        tracking(&mut node, part, self.flow);
                    }
                }
                "name" | "displayName" => shown = shown.or(Some(value)),
                _ => self.unknown.tell(format!("step {kind} › {name}"), value),
            }
        }
        if let Some(shown) = shown {
            match &node.name {
                None => node.name = Some(shown.to_owned()),
                Some(name) if name == shown => {}
                Some(_) => node.say("shown as", shown),
            }
        }
        node.steps = step.children().map(|step| self.step(step)).collect();
        if node.name.is_none()
            && kind == "label"
            && let [only] = node.steps.as_slice()
        {
            node.label.clone_from(&only.name);
        }
        node
    }

    /// Adds what an application, a processor, or one port of it says.
    fn tell(&mut self, node: &mut Node, part: Element<'t>, port: Option<&'t str>) {
        let name = part.attribute("name").unwrap_or_default();
        self.told.insert(name);
        let id = port.and_then(|port| port.split('/').next());
        if part.name() == "application" {
            self.application(node, part);
        } else if let Some(id) = id {
            // A branch of a router has its condition at the port.
            let output = part
                .all("output")
                .find(|it| it.attribute("name") == Some(id));
            if let Some(output) = output {
                self.known(
                    node,
                    output,
                    &["messageContextRef", "resourceGroup", "role"],
                );
            }
        } else {
            self.processor(node, part);
        }
        // Those of a router's branches are left to the branches.
        let branches = id.is_none() && part.child_text("type") == "contentBasedRouter";
        let files = if branches {
            Vec::new()
        } else {
            self.files.take(name, id)
        };
        let adapter = part.child("adapter").map_or("", |it| it.child_text("name"));
        let stem = format!("{adapter}_REQUEST");
        for (path, file) in files {
            self.file(node, path, file, &stem);
        }
    }

    fn application(&mut self, node: &mut Node, part: Element<'t>) {
        for child in part.children() {
            match child.name() {
                "adapter" => {
                    node.name = Some(child.child_text("name").to_owned());
                    node.say("connection", child.child_text("code"));
                    node.say("description", child.child_text("description"));
                    child.all("property").for_each(|it| property(node, it));
                    self.known(
                        node,
                        child,
                        &["name", "code", "description", "property", "type"],
                    );
                }
                "mep" if part.child_text("role") != "source" => node.say("exchange", child.text()),
                "inbound" | "outbound" => {
                    node.say("binding", child.child_text("binding"));
                    node.say("operation", child.child_text("operation"));
                    child.all("property").for_each(|it| property(node, it));
                    self.known(
                        node,
                        child,
                        &[
                            "binding",
                            "operation",
                            "property",
                            "resourceGroup",
                            "input",
                            "output",
                        ],
                    );
                }
                "property" => property(node, child),
                "eventTypes" => {
                    for event in child.children() {
                        let get = |name| event.attribute(name).unwrap_or_default();
                        node.say(format!("event {}", get("name")), get("revision"));
                    }
                }
                "role" | "mep" | "resourceGroup" | "resourceRef" => {}
                _ => xml::unknown(self.unknown, "application", child),
            }
        }
    }

    fn processor(&mut self, node: &mut Node, part: Element<'t>) {
        let kind = part.child_text("type");
        for child in part.children() {
            match child.name() {
                "processorName" => {
                    node.name = Some(child.text().to_owned()).filter(|name| !name.is_empty());
                }
                "processorDescription" => node.say("description", child.text()),
                "role" if !matches!(child.text(), "undefined" | "") => {
                    node.say("role", child.text());
                }
                "property" => property(node, child),
                "trackingVariableGroup" => tracking(node, part, self.flow),
                "output" => self.output(node, child, kind),
                // Inputs and sources are told by the expressions and the map; files are taken from their folders.
                "type" | "role" | "resourceGroup" | "resourceRef" | "input" => {}
                _ => xml::unknown(self.unknown, &word(kind), child),
            }
        }
    }

    fn output(&mut self, node: &mut Node, output: Element<'t>, kind: &str) {
        if kind == "contentBasedRouter" {
            return;
        }
        match self.flow.shape(output) {
            Some(Shape::Of(owner)) if owner.name() == "application" => {
                let name = owner
                    .child("adapter")
                    .map_or("", |it| it.child_text("name"));
                node.label = Some(format!("to {name}"));
            }
            Some(Shape::Type(name)) if output.child_text("role").is_empty() => {
                node.say("makes", &name);
            }
            _ => {}
        }
    }

    /// Whatever is in an element beside these is listed as unknown.
    fn known(&mut self, node: &Node, element: Element<'t>, names: &[&str]) {
        for child in element
            .children()
            .filter(|child| !names.contains(&child.name()))
        {
            xml::unknown(self.unknown, &node.called(), child);
        }
    }

    fn file(&mut self, node: &mut Node, path: &'f str, file: &'f File, stem: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let bytes = file.bytes();
        if let Some((role, bytes)) = name.strip_suffix("expr.properties").zip(bytes) {
            expression::read(node, role, bytes, &self.flow.namespaces);
            return;
        }
        if ends(name, ".jca")
            && let Ok(tree) = file.tree()
        {
            jca::read(node, tree.root(), name, self.unknown);
            return;
        }
        // The name of an endpoint is part of the names of its files.
        let key = match name {
            _ if is_map(name) => "map".to_owned(),
            "notification_body.data" => "text".to_owned(),
            "notification_subject.data" => "subject".to_owned(),
            "notification_from.data" => "sender".to_owned(),
            "notification_to.data" => "recipients".to_owned(),
            _ => match name
                .strip_prefix(stem)
                .and_then(|rest| rest.strip_prefix('.'))
            {
                Some(rest) => rest.to_owned(),
                None => format!("file {}", without_ids(name)),
            },
        };
        node.parts.push(self.canonical.file(key, path, file));
    }
}

/// The kind of a step as the designer calls it.
fn word(kind: &str) -> String {
    match kind {
        "activityStreamLogger" => "logger",
        "transformer" => "map",
        "label" => "assign",
        "assignment" => "variable",
        "contentBasedRouter" | "router" => "switch",
        "route" => "branch",
        "try" => "scope",
        "globalTry" => "global scope",
        "catchAll" => "default fault handler",
        "catch" => "fault handler",
        "for" => "for-each",
        "parallelBranch" => "parallel branch",
        "stageFile" => "stage file",
        "callout" => "JavaScript",
        "ehStop" => "rethrow",
        "stitch" => "data stitch",
        "receive" | "pickReceive" | "source" => "trigger",
        "scheduleReceive" => "schedule",
        "subscribe" => "event trigger",
        "target" => "invoke",
        "messageTracker" => "tracking",
        "globalVariable" | "globalVariableDefinition" => "global variable",
        "integrationMetadata" => "metadata",
        "integrationProperties" => "properties",
        "typeDefinitions" => "types",
        other => other,
    }
    .to_owned()
}

fn property(node: &mut Node, property: Element<'_>) {
    let get = |name| property.attribute(name).unwrap_or_default();
    match get("name") {
        "has-mappings" => {}
        // `operation` says the same in another way.
        "apiid" => node.say("function", get("value")),
        "operation" if get("value").contains(".js/") => {}
        name => node.say(format!("property {name}"), get("value")),
    }
}

/// A reply that is a fault says so.
fn answer(node: &mut Node, flow: &Flow<'_>, reference: &str) {
    let Some((name, rest)) = reference.split_once('/') else {
        return;
    };
    let part = flow
        .parts
        .iter()
        .find(|it| it.attribute("name") == Some(name));
    let port = rest.rsplit('/').next();
    let sides = part.into_iter().flat_map(Element::children);
    let mut ports = sides
        .flat_map(|side| side.children())
        .filter(|it| it.attribute("name") == port);
    if let Some(port) = ports.find(|it| it.child_text("role") == "fault") {
        node.say("fault", port.child_text("subRole"));
    }
}

fn tracking(node: &mut Node, tracker: Element<'_>, flow: &Flow<'_>) {
    let variables = tracker
        .all("trackingVariableGroup")
        .flat_map(|group| group.all("trackingVariable"));
    for variable in variables {
        // The place among the three is at the end of the role.
        let place = variable
            .child_text("role")
            .rsplit('_')
            .next()
            .unwrap_or_default();
        let mut part = Node::new(format!("tracking variable {place}"));
        let name = variable.child_text("name");
        if !name.starts_with("tracking_var_") || !variable.child_text("xpath").is_empty() {
            part.name = Some(name.to_owned());
        }
        let xpath = variable.child_text("xpath");
        if !xpath.is_empty() {
            part.parts.push(expression::node(
                "value".to_owned(),
                xpath,
                &flow.namespaces,
            ));
        }
        if variable.child_text("primary") == "true" {
            part.say("primary", "yes");
        }
        node.parts.push(part);
    }
}
