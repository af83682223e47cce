//! What an integration's own files tell: identity, state, pattern and what it depends on.

use std::collections::{BTreeMap, BTreeSet};

use std::path::Path;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::schedule::ScheduleFacts;
use super::{Entries, Unreadable, hex, properties};

/// One integration inside an artifact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IntegrationFacts {
    pub code: String,
    pub version: String,
    pub name: String,
    pub description: String,
    /// Whether it was active where it was exported.
    pub active: bool,
    /// `MEP00`, `MEP04`, `MEP07` (scheduled) or `MEP08`.
    pub mep: String,
    pub package: Option<String>,
    pub tags: String,
    pub keywords: String,
    /// The release that last saved it, which tells the generation.
    pub release: String,
    pub connections: BTreeSet<String>,
    pub lookups: BTreeSet<String>,
    pub libraries: BTreeSet<String>,
    /// Other integrations it calls, as `CODE|VERSION`.
    pub calls: BTreeSet<String>,
    /// Whether a schedule lies beside it.
    pub schedule: bool,
    /// What that schedule says, where it can be read.
    pub definition: Option<ScheduleFacts>,
    /// `DEVELOPED`, `PREBUILT` or another type.
    pub origin: String,
    /// SHA-256 over its own files without the head, whose comment and counters differ between two exports of the same.
    pub digest: String,
}

impl IntegrationFacts {
    /// `CODE|VERSION`.
    pub(crate) fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }

    /// The rule of archive-format.md: a two-digit second group is OIC3, a single digit is Gen2 or older.
    pub(crate) fn is_gen3(&self) -> bool {
        let mut groups = self.release.split('.');
        let first = groups.next().unwrap_or_default();
        let second = groups.next().unwrap_or_default();
        let digits: String = second.chars().take_while(char::is_ascii_digit).collect();
        first.len() == 2 && first.chars().all(|c| c.is_ascii_digit()) && digits.len() == 2
    }
}

/// Reads the integration whose files lie under `root` (with its slash), from an `.iar` or a `.car`.
pub(crate) fn read(root: &str, entries: &Entries) -> Result<IntegrationFacts, Unreadable> {
    let model = format!("{root}PROJECT-INF/project.xml");
    let mut facts = match entries.get(&format!("{root}info.json")) {
        Some(info) => from_info(&format!("{root}info.json"), info)?,
        None => from_attributes(root, entries),
    };
    let xml = entries
        .get(&model)
        .ok_or_else(|| Unreadable::new(model.clone(), "is missing"))?;
    from_model(&model, xml, &mut facts)?;
    let mut digest = Sha256::new();
    for (name, content) in entries.range(root.to_owned()..) {
        let Some(local) = name.strip_prefix(root) else {
            break;
        };
        if matches!(local, "info.json" | "ics_project_attributes.properties") {
            continue;
        }
        if Path::new(local).extension().is_some_and(|e| e == "jca") {
            facts.calls.extend(called(content));
        }
        digest.update(local);
        digest.update([0]);
        digest.update(Sha256::digest(content));
    }
    facts.digest = hex(&digest.finalize());
    if facts.code.is_empty() || facts.version.is_empty() {
        return Err(Unreadable::new(root, "tells no code or version"));
    }
    Ok(facts)
}

fn from_attributes(root: &str, entries: &Entries) -> IntegrationFacts {
    let bytes = entries.get(&format!("{root}ics_project_attributes.properties"));
    let map = bytes.map(|b| properties::parse(b)).unwrap_or_default();
    let text = |key: &str| map.get(key).cloned().unwrap_or_default();
    IntegrationFacts {
        code: text("project_code"),
        version: text("project_version"),
        name: text("project_name"),
        active: text("project_persisted_state") == "ACTIVATED",
        mep: text("mep_type"),
        package: map.get("package_name").filter(|p| !p.is_empty()).cloned(),
        tags: text("smartTags"),
        keywords: text("keywords"),
        release: text("lastUpdatedICSVersion"),
        origin: origin(text("project_type")),
        ..IntegrationFacts::default()
    }
}

/// Nearly everything is developed; an artifact that does not say is taken to be.
fn origin(told: String) -> String {
    if told.is_empty() {
        "DEVELOPED".to_owned()
    } else {
        told
    }
}

#[derive(Deserialize)]
struct Info {
    #[serde(default)]
    dependencies: BTreeMap<String, BTreeSet<String>>,
    properties: BTreeMap<String, serde_json::Value>,
}

fn from_info(entry: &str, bytes: &[u8]) -> Result<IntegrationFacts, Unreadable> {
    let mut info: Info =
        serde_json::from_slice(bytes).map_err(|e| Unreadable::from_error(entry, &e))?;
    let text = |key: &str| {
        info.properties
            .get(key)
            .and_then(|v| v.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    let mut facts = IntegrationFacts {
        code: text("code"),
        version: text("version"),
        name: text("name"),
        active: text("persistedState") == "ACTIVATED",
        mep: text("mepType"),
        tags: text("smartTags"),
        keywords: text("keywords"),
        release: text("lastUpdatedICSVersion"),
        origin: origin(text("type")),
        ..IntegrationFacts::default()
    };
    let mut ids = |kind: &str| info.dependencies.remove(kind).unwrap_or_default();
    facts.connections = ids("connections");
    facts.lookups = ids("lookups");
    facts.libraries = ids("libraries");
    facts.schedule = !ids("schedules").is_empty();
    Ok(facts)
}

/// Connections and description from the flow model. Prefixes differ between writers, so local names count.
fn from_model(entry: &str, xml: &[u8], facts: &mut IntegrationFacts) -> Result<(), Unreadable> {
    let text = std::str::from_utf8(xml).map_err(|e| Unreadable::from_error(entry, &e))?;
    let document =
        roxmltree::Document::parse(text).map_err(|e| Unreadable::from_error(entry, &e))?;
    for node in document.descendants() {
        let value = node.text().unwrap_or_default().trim();
        match node.tag_name().name() {
            "projectCode" if facts.code.is_empty() => value.clone_into(&mut facts.code),
            "projectVersion" if facts.version.is_empty() => value.clone_into(&mut facts.version),
            "projectName" if facts.name.is_empty() => value.clone_into(&mut facts.name),
            "projectDescription" => value.clone_into(&mut facts.description),
            "adapter" => {
                let code = node.children().find(|n| n.tag_name().name() == "code");
                if let Some(code) = code.and_then(|n| n.text()) {
                    facts.connections.insert(code.trim().to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The integration that a call to a neighbour names in its `.jca`.
fn called(jca: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(jca).ok()?;
    // Other adapters' files are large and may hold a DOCTYPE: only this one is worth parsing.
    if !text.contains("collocatedics") {
        return None;
    }
    let document = roxmltree::Document::parse(text).ok()?;
    let property = document.descendants().find(|n| {
        n.tag_name().name() == "property" && n.attribute("name") == Some("integration_id")
    })?;
    property.attribute("value").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_tells_the_generation() {
        let of = |release: &str| {
            IntegrationFacts {
                release: release.to_owned(),
                ..IntegrationFacts::default()
            }
            .is_gen3()
        };
        assert!(of("23.06.2.1-EC"));
        assert!(of("25.10-EC"));
        assert!(!of("22.3.2.0.0-EC"));
        assert!(!of("17.3.6-IC"));
        assert!(!of(""));
    }
}
