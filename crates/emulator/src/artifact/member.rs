//! One integration of a project, as an `.iar` of its own.

use jiff::Timestamp;

use super::properties::escape;
use super::{Entries, Unreadable, integration, zip};

/// Keys of `info.json`, and those of the properties file that an `.iar` has in its place.
const HEAD: [(&str, &str); 11] = [
    ("CAV", "CAV"),
    ("keywords", "keywords"),
    ("lastUpdatedICSVersion", "lastUpdatedICSVersion"),
    ("mepType", "mep_type"),
    ("mod", "mod"),
    ("originalICSVersion", "originalICSVersion"),
    ("persistedState", "project_persisted_state"),
    ("smartTags", "smartTags"),
    ("trackingInstanceName", "tracking_instance_name"),
    ("type", "project_type"),
    ("validity", "validity"),
];

/// Takes one integration out of a `.car`, with what it needs.
///
/// # Errors
///
/// The `.car` cannot be read, or holds no such integration.
pub(crate) fn member(
    car: &[u8],
    code: &str,
    version: &str,
    time: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let entries = zip::read(car)?;
    let root = format!("project/integrations/{code}_{version}/");
    let facts = integration::read(&root, &entries)?;
    let home = format!("icspackage/project/{code}_{version}/");
    let mut out = Vec::new();
    let mut copy = |from: &str, to: &str| {
        for (name, bytes) in entries.range(from.to_owned()..) {
            let Some(local) = name.strip_prefix(from) else {
                break;
            };
            out.push((format!("{to}{local}"), bytes.clone()));
        }
    };
    copy(&root, &home);
    for id in &facts.connections {
        copy(
            &format!("project/connections/{id}.xml"),
            &format!("icspackage/appinstances/{id}.xml"),
        );
    }
    for name in &facts.lookups {
        copy(
            &format!("project/lookups/{name}.dvm"),
            &format!("icspackage/dvms/{name}.dvm"),
        );
    }
    for id in &facts.libraries {
        // An underscore before the version stands in projects only.
        let (code, version) = id.split_once('|').unwrap_or((id, ""));
        copy(
            &format!("project/libraries/{code}_{version}/"),
            &format!("icspackage/apilibrary/{code}{version}/"),
        );
    }
    let schedule = format!("Schedule_{code}_{version}.xml");
    copy(
        &format!("project/schedules/{schedule}"),
        &format!("icspackage/schedule/{schedule}"),
    );
    let info = format!("{home}info.json");
    out.retain(|(name, _)| *name != info);
    out.push((
        format!("{home}ics_project_attributes.properties"),
        head(&root, &entries, time)?,
    ));
    zip::write(&out, time)
}

/// The properties file, from the project's `info.json`.
fn head(root: &str, entries: &Entries, time: Timestamp) -> Result<Vec<u8>, Unreadable> {
    let path = format!("{root}info.json");
    let info = entries.get(&path).map(Vec::as_slice).unwrap_or_default();
    let info: serde_json::Value =
        serde_json::from_slice(info).map_err(|e| Unreadable::from_error(&path, &e))?;
    let text = |key: &str| info.get("properties")?.get(key)?.as_str();
    let identity = [
        ("code", "project_code"),
        ("name", "project_name"),
        ("version", "project_version"),
    ];
    let mut lines: Vec<String> = HEAD
        .iter()
        .chain(&identity)
        .filter_map(|(from, to)| Some(format!("{to}={}\n", escape(text(from)?))))
        .collect();
    lines.push("project_transient_state=\n".to_owned());
    lines.sort();
    let comment = time.strftime("#%a %b %d %H:%M:%S UTC %Y\n").to_string();
    Ok((comment + &lines.concat()).into_bytes())
}
