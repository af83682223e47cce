//! What a library means: its sources, and how flows may call them.

use super::files::Canonical;
use super::node::Node;
use super::{Meaning, xml};
use crate::artifact::Artifact;
use crate::canonical::Element;
use crate::entry_names::ends;
use crate::formats::properties;
use crate::kind::{Format, format};

pub(super) fn read(artifact: &Artifact, canonical: &Canonical<'_>) -> Meaning {
    let mut meaning = Meaning::default();
    meaning.content.say(
        "version",
        artifact.id.version.as_deref().unwrap_or_default(),
    );
    for (path, file) in &artifact.files {
        let name = path.rsplit(['/', '!']).next().unwrap_or(path);
        let bytes = file.bytes().unwrap_or_default();
        if ends(name, ".js") {
            meaning
                .content
                .parts
                .push(canonical.file(format!("source {name}"), path, file));
        } else if name.ends_with("_properties.properties") {
            for (key, value) in properties::read(bytes) {
                match key.as_str() {
                    "code" | "name" | "version" => {}
                    "type" => meaning.content.say("type", &value),
                    "librarytype" => meaning.content.say("kind of library", &value),
                    _ => meaning.unknown.tell(key, &value),
                }
            }
        } else if format(bytes) == Format::Library
            && let Ok(tree) = file.tree()
        {
            descriptor(&mut meaning, tree.root());
        } else if !name.eq_ignore_ascii_case("MANIFEST.MF") {
            meaning
                .unknown
                .parts
                .push(canonical.file(format!("file {name}"), path, file));
        }
    }
    meaning
}

fn descriptor(meaning: &mut Meaning, root: Element<'_>) {
    for child in root.children() {
        let text = child.text();
        match child.name() {
            "name" => meaning.content.say("name", text),
            "description" => meaning.content.say("description", text),
            "implementationType" => meaning.content.say("implementation", text),
            "code" | "version" => {}
            "sources" => {
                for source in child.all("source") {
                    let file = source.child_text("fileName");
                    let all = source.child("apiDefinitions");
                    for api in all.into_iter().flat_map(|all| all.all("api")) {
                        meaning.content.parts.push(function(file, api));
                    }
                }
            }
            _ => xml::unknown(&mut meaning.unknown, "", child),
        }
    }
}

fn function(file: &str, api: Element<'_>) -> Node {
    let mut node = Node::new(format!("function {} of {file}", api.child_text("name")));
    let mut uses: Vec<&str> = api.all("classification").map(|it| it.text()).collect();
    uses.sort_unstable();
    uses.dedup();
    node.say("used in", &uses.join(", "));
    for side in ["inputParameters", "outputParameters"] {
        let parameters = api.child(side).into_iter().flat_map(|side| side.children());
        let told = |it: Element<'_>| format!("{} {}", it.child_text("name"), it.child_text("type"));
        let told: Vec<String> = parameters.map(told).collect();
        node.say(
            if side.starts_with("in") {
                "takes"
            } else {
                "gives"
            },
            &told.join(", "),
        );
    }
    node
}
