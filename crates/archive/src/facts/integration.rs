//! An integration: its properties, and whom it needs.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::model::Integration;
use serde_json::Value;

use super::flow::{self, Sketch};
use crate::artifact::{Artifact, File};
use crate::entry_names::{ends, shown};
use crate::findings::Findings;
use crate::formats::project_xml::FLOW;
use crate::formats::{json, properties};
use crate::invariants;

const ATTRIBUTES: &str = "ics_project_attributes.properties";
const INFO: &str = "info.json";

/// Whether a file is one that the inventory is made of.
pub(crate) fn is_listed(path: &str) -> bool {
    matches!(path, ATTRIBUTES | INFO | FLOW)
}

/// An integration and whom it needs.
#[derive(Debug, Default)]
pub(crate) struct IntegrationFacts {
    pub(crate) integration: Integration,
    pub(crate) connections: BTreeSet<String>,
    pub(crate) lookups: BTreeSet<String>,
    /// Code and version.
    pub(crate) libraries: BTreeSet<(String, String)>,
    /// Code and version.
    pub(crate) children: BTreeSet<(String, String)>,
}

/// Code and version, by the properties.
pub(crate) fn identity(files: &BTreeMap<String, File>) -> Option<(String, String)> {
    let told = told(files).ok()?;
    let get = |name: &str| told.get(name).filter(|value| !value.is_empty()).cloned();
    Some((get("code")?, get("version")?))
}

/// The properties under the names of `info.json`, from whichever of the two files is there.
fn told(files: &BTreeMap<String, File>) -> Result<BTreeMap<String, String>, String> {
    const NAMES: [(&str, &str); 9] = [
        ("project_code", "code"),
        ("project_version", "version"),
        ("project_name", "name"),
        ("project_persisted_state", "persistedState"),
        ("mep_type", "mepType"),
        ("smartTags", "smartTags"),
        ("keywords", "keywords"),
        ("lastUpdatedICSVersion", "lastUpdatedICSVersion"),
        ("package_name", "package"),
    ];
    if let Some(bytes) = files.get(ATTRIBUTES).and_then(File::bytes) {
        let mut read = properties::read(bytes);
        let named = NAMES
            .iter()
            .filter_map(|(from, to)| Some(((*to).to_owned(), read.remove(*from)?)));
        return Ok(named.collect());
    }
    let Some(bytes) = files.get(INFO).and_then(File::bytes) else {
        return Err("it has no properties".to_owned());
    };
    let json = json::read(bytes)?;
    let fields = json.get("properties").and_then(Value::as_object);
    let text = |(name, value): (&String, &Value)| Some((name.clone(), value.as_str()?.to_owned()));
    Ok(fields.into_iter().flatten().filter_map(text).collect())
}

/// Reads an integration.
pub(crate) fn read(artifact: &Artifact, findings: &mut Findings) -> IntegrationFacts {
    let place = shown(artifact.place.as_bytes());
    let inside = |path: &str| format!("{place}/{}", shown(path.as_bytes()));
    let mut told = told(&artifact.files).unwrap_or_else(|error| {
        findings.entry_error(&place, format!("its properties: {error}"));
        BTreeMap::new()
    });
    let mut take = |name: &str| told.remove(name).unwrap_or_default();
    let list = |text: String| -> Vec<String> {
        let all: BTreeSet<String> = text.split(',').map(|part| part.trim().to_owned()).collect();
        all.into_iter().filter(|part| !part.is_empty()).collect()
    };
    let integration = Integration {
        code: artifact.id.name.clone(),
        version: artifact.id.version.clone().unwrap_or_default(),
        name: take("name"),
        description: String::new(),
        state: take("persistedState"),
        pattern: take("mepType"),
        tags: list(take("smartTags")),
        keywords: list(take("keywords")),
        release: take("lastUpdatedICSVersion"),
        complete: String::new(),
        schedule: None,
        package: Some(take("package")).filter(|name| !name.is_empty()),
        project: None,
        places: Vec::new(),
    };
    let mut facts = IntegrationFacts {
        integration,
        ..IntegrationFacts::default()
    };
    match artifact
        .files
        .get(FLOW)
        .map_or(Err("it is not there"), File::tree)
    {
        Ok(tree) => {
            let sketch = flow::read(tree);
            invariants::integration(&facts.integration, &sketch, artifact, findings);
            take_over(&mut facts, sketch);
        }
        Err(error) => findings.entry_error(&inside(FLOW), error),
    }
    for (path, file) in &artifact.files {
        let Some(bytes) = file.bytes() else { continue };
        lookups(bytes, &mut facts.lookups);
        if ends(path, ".jca")
            && memchr::memmem::find(bytes, b"integration_code").is_some()
            && let Ok(tree) = file.tree()
        {
            facts.children.extend(child(tree));
        }
    }
    facts
}

fn take_over(facts: &mut IntegrationFacts, sketch: Sketch) {
    facts.integration.description = sketch.description;
    facts.integration.complete = sketch.complete;
    let codes = sketch
        .applications
        .into_iter()
        .map(|application| application.connection);
    facts.connections = codes.filter(|code| !code.is_empty()).collect();
    facts.libraries = sketch.libraries;
}

/// The integration that an endpoint calls.
fn child(tree: &crate::canonical::Tree) -> Option<(String, String)> {
    let interaction = tree.root().child("endpoint-interaction")?;
    let spec = interaction.child("interaction-spec")?;
    let value = |name: &str| {
        let mut all = spec.all("property");
        all.find(|p| p.attribute("name") == Some(name))?
            .attribute("value")
            .map(str::to_owned)
    };
    Some((value("integration_code")?, value("integration_version")?))
}

/// The lookups that expressions name: `lookupValue("Name", …)`, or by the path of a file.
fn lookups(bytes: &[u8], names: &mut BTreeSet<String>) {
    const CALL: &[u8] = b"lookupValue";
    for at in memchr::memmem::find_iter(bytes, CALL) {
        let rest = bytes.get(at + CALL.len()..).unwrap_or_default();
        names.extend(argument(rest));
    }
}

fn argument(rest: &[u8]) -> Option<String> {
    const QUOTES: [&[u8]; 6] = [b"\"", b"'", b"&quot;", b"&apos;", b"&#34;", b"&#39;"];
    let rest = rest
        .trim_ascii_start()
        .strip_prefix(b"(")?
        .trim_ascii_start();
    let (quote, rest) = QUOTES
        .iter()
        .find_map(|quote| Some((quote, rest.strip_prefix(*quote)?)))?;
    let near = rest.get(..rest.len().min(512)).unwrap_or_default();
    let name = near.get(..memchr::memmem::find(near, quote)?)?;
    let name = String::from_utf8_lossy(name);
    let name = name.strip_prefix("oramds:/apps/ICS/DVM/").unwrap_or(&name);
    let name = name.strip_suffix(".dvm").unwrap_or(name);
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_are_named_in_several_ways() {
        let text = b"dvm:lookupValue (&quot;A&quot;, &quot;B&quot;) x lookupValue('oramds:/apps/ICS/DVM/C.dvm','x') \
            lookupValue( \"D E\") lookupValue($variable) lookupValue";
        let mut names = BTreeSet::new();
        lookups(text, &mut names);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["A", "C", "D E"]);
    }
}
