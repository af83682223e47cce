//! What is looked up in `project.xml`: identity, applications, resources, libraries that are called.

use std::collections::{BTreeSet, HashMap};

use crate::canonical::{Element, Tree};

/// A flow, as far as others are named in it.
#[derive(Debug, Default)]
pub(crate) struct Sketch {
    pub(crate) code: String,
    pub(crate) version: String,
    pub(crate) description: String,
    pub(crate) complete: String,
    pub(crate) applications: Vec<Application>,
    pub(crate) scheduled: bool,
    /// Paths of resources, relative to `PROJECT-INF/`.
    pub(crate) locations: BTreeSet<String>,
    /// Code and version.
    pub(crate) libraries: BTreeSet<(String, String)>,
    /// What steps lead to and the flow does not have.
    pub(crate) dangling: BTreeSet<String>,
}

/// A trigger or an invoke.
#[derive(Debug)]
pub(crate) struct Application {
    pub(crate) trigger: bool,
    pub(crate) connection: String,
    pub(crate) mep: String,
}

/// Reads a flow.
pub(crate) fn read(tree: &Tree) -> Sketch {
    let root = tree.root();
    let mut sketch = Sketch {
        code: root.child_text("projectCode").to_owned(),
        version: root.child_text("projectVersion").to_owned(),
        description: root.child_text("projectDescription").to_owned(),
        complete: root.child_text("percentComplete").to_owned(),
        ..Sketch::default()
    };
    let Some(flow) = root.child("icsflow") else {
        return sketch;
    };
    for application in flow.all("application") {
        let adapter = application.child("adapter");
        sketch.applications.push(Application {
            trigger: application.child_text("role") == "source",
            connection: adapter.map_or("", |a| a.child_text("code")).to_owned(),
            mep: application.child_text("mep").to_owned(),
        });
    }
    for processor in flow.all("processor") {
        match processor.child_text("type") {
            "scheduleReceive" => sketch.scheduled = true,
            "callout" => sketch.libraries.extend(library(processor)),
            _ => {}
        }
    }
    resources(flow, &mut sketch.locations);
    let parts = flow
        .children()
        .filter_map(|part| Some((part.attribute("name")?, part)));
    let parts: HashMap<&str, Element<'_>> = parts.collect();
    for orchestration in flow.all("orchestration") {
        dangling(orchestration, &parts, &mut sketch.dangling);
    }
    sketch
}

/// `processor_70/output_72`: a part, and ever further inside it.
fn dangling(step: Element<'_>, parts: &HashMap<&str, Element<'_>>, found: &mut BTreeSet<String>) {
    // A step of a draft may not lead anywhere yet.
    let reference = step.attribute("refUri").filter(|it| !it.is_empty());
    if let Some(reference) = reference {
        let mut way = reference.split('/');
        let part = way.next().and_then(|name| parts.get(name)).copied();
        let end = way.try_fold(part, |part, name| {
            let mut inside = part?.children();
            let next = inside.find(|it| it.attribute("name") == Some(name));
            next.map(Some)
        });
        if end.flatten().is_none() {
            found.insert(reference.to_owned());
        }
    }
    for child in step.children() {
        dangling(child, parts, found);
    }
}

/// `CODE:VERSION:file.js:function`.
fn library(callout: Element<'_>) -> Option<(String, String)> {
    let property = callout
        .all("property")
        .find(|p| p.attribute("name") == Some("apiid"))?;
    let mut parts = property.attribute("value")?.split(':');
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

/// Depth is bounded by the reader of the document.
fn resources(element: Element<'_>, locations: &mut BTreeSet<String>) {
    for child in element.children() {
        if child.name() == "resource" {
            locations.extend(child.attribute("location").map(str::to_owned));
        }
        resources(child, locations);
    }
}
