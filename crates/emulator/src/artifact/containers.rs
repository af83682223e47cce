//! Telling what an artifact is, and opening the three kinds of container.

use std::collections::BTreeSet;

use super::{
    Carried, Entries, LibraryFacts, Member, ProjectFacts, Recognised, Unreadable, connection,
    integration, label, lookup, properties, schedule, zip,
};

/// The entry that makes a zip a package.
pub(super) const PACKAGE: &str = "ics_package_attributes.properties";

/// Whether an entry of a package is one of its members.
pub(super) fn is_member(entry: &str) -> bool {
    std::path::Path::new(entry)
        .extension()
        .is_some_and(|e| e == "iar")
}

/// Recognises an artifact by its content, the first match of archive-format.md section 1.
///
/// # Errors
///
/// It is one of the kinds known, but a part that matters cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Recognised, Unreadable> {
    if !zip::is_zip(bytes) {
        return match lookup::read(bytes) {
            Some(lookup) => Ok(Recognised::Lookup(lookup?)),
            None => Ok(Recognised::Opaque),
        };
    }
    // A zip that cannot be read is still bytes that somebody wants kept.
    let Ok(entries) = zip::read(bytes) else {
        return Ok(Recognised::Opaque);
    };
    if entries.contains_key("project/project.yaml") {
        return project(&entries);
    }
    if entries.contains_key(PACKAGE) {
        return package(&entries);
    }
    match single(&entries)? {
        Some(carried) => Ok(Recognised::Integration(carried)),
        None => Ok(Recognised::Opaque),
    }
}

/// The content of an `.iar`, or `None` when no integration lies inside.
fn single(entries: &Entries) -> Result<Option<Carried>, Unreadable> {
    let roots = roots(entries, "icspackage/project/");
    if roots.is_empty() {
        return Ok(None);
    }
    let mut carried = Carried {
        connections: connections(entries, "icspackage/appinstances/")?,
        lookups: lookups(entries, "icspackage/dvms/")?,
        libraries: libraries(entries, "icspackage/apilibrary/"),
        ..Carried::default()
    };
    let schedule = under(entries, "icspackage/schedule/").next();
    for root in roots {
        let mut facts = integration::read(&root, entries)?;
        facts.schedule = schedule.is_some();
        facts.definition = schedule.and_then(|(_, bytes)| schedule::read(bytes));
        facts
            .lookups
            .extend(carried.lookups.iter().map(|l| l.name.clone()));
        facts.libraries.extend(
            carried
                .libraries
                .iter()
                .map(|l| format!("{}|{}", l.code, l.version)),
        );
        carried.integrations.push(facts);
    }
    Ok(Some(carried))
}

fn package(entries: &Entries) -> Result<Recognised, Unreadable> {
    let attributes = entries
        .get(PACKAGE)
        .map(|b| properties::parse(b))
        .unwrap_or_default();
    let name = attributes
        .get("package_name")
        .filter(|n| !n.is_empty())
        .ok_or_else(|| Unreadable::new(PACKAGE, "names no package"))?
        .clone();
    let mut members = Vec::new();
    for (entry, bytes) in entries {
        if !is_member(entry) {
            continue;
        }
        let inner = zip::read(bytes).map_err(|e| Unreadable::from_error(entry, &e))?;
        let mut carried =
            single(&inner)?.ok_or_else(|| Unreadable::new(entry, "holds no integration"))?;
        for facts in &mut carried.integrations {
            facts.package = Some(name.clone());
        }
        members.push(Member {
            bytes: bytes.clone(),
            carried,
        });
    }
    Ok(Recognised::Package { name, members })
}

fn project(entries: &Entries) -> Result<Recognised, Unreadable> {
    let yaml = entries.get("project/project.yaml").map(Vec::as_slice);
    let yaml = std::str::from_utf8(yaml.unwrap_or_default())
        .map_err(|e| Unreadable::from_error("project/project.yaml", &e))?;
    // Plain block style without nesting at the top: lines are enough for the few keys needed.
    let scalar = |key: &str| {
        yaml.lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))
            .map(|value| value.trim().trim_matches('"').to_owned())
            .unwrap_or_default()
    };
    let code = scalar("code");
    if code.is_empty() {
        return Err(Unreadable::new("project/project.yaml", "tells no code"));
    }
    let mut carried = Carried {
        connections: connections(entries, "project/connections/")?,
        lookups: lookups(entries, "project/lookups/")?,
        libraries: libraries(entries, "project/libraries/"),
        ..Carried::default()
    };
    for root in roots(entries, "project/integrations/") {
        let mut facts = integration::read(&root, entries)?;
        let schedule = schedule_path(&facts.code, &facts.version);
        facts.definition = entries.get(&schedule).and_then(|b| schedule::read(b));
        carried.integrations.push(facts);
    }
    Ok(Recognised::Project {
        head: ProjectFacts {
            name: scalar("name"),
            description: scalar("description"),
            status: scalar("status"),
            deployments: label::read(entries),
            code,
        },
        carried,
    })
}

/// Where a project holds the schedule of an integration.
pub(super) fn schedule_path(code: &str, version: &str) -> String {
    format!("project/schedules/Schedule_{code}_{version}.xml")
}

pub(super) fn under<'a>(
    entries: &'a Entries,
    prefix: &'a str,
) -> impl Iterator<Item = (&'a String, &'a Vec<u8>)> {
    entries
        .range(prefix.to_owned()..)
        .take_while(move |(name, _)| name.starts_with(prefix))
}

/// Folders right under `prefix` that hold an integration's model.
pub(super) fn roots(entries: &Entries, prefix: &str) -> BTreeSet<String> {
    under(entries, prefix)
        .filter_map(|(name, _)| name.strip_suffix("PROJECT-INF/project.xml"))
        .map(str::to_owned)
        .collect()
}

fn connections(entries: &Entries, prefix: &str) -> Result<Vec<super::ConnectionFacts>, Unreadable> {
    under(entries, prefix)
        .map(|(name, bytes)| connection::read(name, bytes))
        .collect()
}

fn lookups(entries: &Entries, prefix: &str) -> Result<Vec<super::LookupFacts>, Unreadable> {
    under(entries, prefix)
        .map(|(name, bytes)| {
            lookup::read(bytes).unwrap_or_else(|| Err(Unreadable::new(name, "is no lookup")))
        })
        .collect()
}

/// Libraries, by the properties file that lies in each one's folder.
fn libraries(entries: &Entries, prefix: &str) -> Vec<LibraryFacts> {
    under(entries, prefix)
        .filter(|(name, _)| name.ends_with("_properties.properties"))
        .map(|(_, bytes)| {
            let map = properties::parse(bytes);
            let text = |key: &str| map.get(key).cloned().unwrap_or_default();
            LibraryFacts {
                code: text("code"),
                version: text("version"),
                name: text("name"),
            }
        })
        .collect()
}
