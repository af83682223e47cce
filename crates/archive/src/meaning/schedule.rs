//! What a schedule means.

use super::{Meaning, xml};
use crate::artifact::Artifact;
use crate::formats::schedule::owner;

pub(super) fn read(artifact: &Artifact) -> Option<Meaning> {
    let tree = artifact.only()?.tree().ok()?;
    let root = tree.root();
    let mut meaning = Meaning::default();
    let name = root.attribute("name").unwrap_or_default();
    // A name that follows from the integration says nothing, and neither does one that follows from this name.
    let plain = |text: &str| text.replace(['_', ' ', '.'], "");
    if owner(name).is_none() {
        meaning.content.say("name", name);
    }
    for child in root.children() {
        match child.name() {
            "display-name" if plain(child.text()) == plain(name) => {}
            "display-name" => meaning.content.say("shown as", child.text()),
            _ => xml::flatten(&mut meaning.content, "", child),
        }
    }
    Some(meaning)
}
