//! `project.yaml`, and the labels of deployments.

use super::description::{Connection, Deployment, Integration, Library, Lookup, Project};
use super::noise::{Kind, Noise};
use super::{properties, schedule};

/// What a project holds.
pub(super) struct Assets<'a> {
    pub(super) integrations: &'a [&'a Integration],
    pub(super) connections: &'a [Connection],
    pub(super) lookups: &'a [&'a Lookup],
    pub(super) libraries: &'a [&'a Library],
    pub(super) labels: &'a [&'a Deployment],
}

pub(super) fn yaml(it: &Project, assets: &Assets<'_>, noise: &Noise) -> String {
    let mut audit = noise.chance(Kind::Audit, &it.code);
    let who = format!("developer{}", audit.u16(..));
    let when = format!("2025-11-{:02}T17:07:11.160+0000", audit.u8(1..28));
    let revision = audit.u16(1..900);
    let mut out = format!(
        "---\nid: {code}\ncode: {code}\nname: {name}\ndescription: {description}\ntype: DEVELOPED\nsmartTags:\n\
         - \"app:rest,style:app driven orchestration\"\nrevision: 0\nprojectRevision: {revision}\nstatus: CONFIGURED\n\
         createdBy: {who}\ncreatedDate: {when}\nupdatedBy: {who}\nupdatedDate: {when}\nlatestBy: {who}\n\
         latestDate: {when}\nCAV: 1\nsimplifiedMode: false\nassets:\n",
        code = it.code,
        name = text(&it.name),
        description = text(&it.description),
    );
    let of = |id: String, name: &str| (id, name.to_owned());
    let mut sections: Vec<(&str, Vec<(String, String)>)> = vec![
        (
            "integrations",
            assets
                .integrations
                .iter()
                .map(|it| of(it.id(), &it.name))
                .collect(),
        ),
        (
            "schedules",
            assets
                .integrations
                .iter()
                .filter(|it| it.schedule.is_some())
                .map(|it| of(it.id(), &schedule::name(it)))
                .collect(),
        ),
        (
            "connections",
            assets
                .connections
                .iter()
                .map(|it| of(it.code.clone(), &it.name))
                .collect(),
        ),
        (
            "lookups",
            assets
                .lookups
                .iter()
                .map(|it| of(it.name.clone(), &it.name))
                .collect(),
        ),
        (
            "libraries",
            assets
                .libraries
                .iter()
                .map(|it| of(format!("{}|{}", it.code, it.version), &it.name))
                .collect(),
        ),
        (
            "labels",
            assets
                .labels
                .iter()
                .map(|it| of(it.code.clone(), &it.name))
                .collect(),
        ),
    ];
    noise.shuffle(Kind::LineOrder, &it.code, &mut sections);
    for (name, ids) in sections {
        if ids.is_empty() {
            continue;
        }
        out.push_str(&format!("  {name}:\n"));
        for (id, name) in ids {
            out.push_str(&format!(
                "  - id: {id}\n    name: {}\n    revision: {revision}\n    updatedBy: {who}\n    updatedDate: {when}\n",
                text(&name)
            ));
        }
    }
    let ocid = noise.uuid("tenant");
    out.push_str(&format!(
        "origin:\n  tenantOCID: ocid1.tenancy.oc1..{ocid}\n  serviceInstanceOCID: ocid1.integrationinstance.oc1.phx.{ocid}\n"
    ));
    out
}

/// A plain scalar, or a quoted one where it has to be.
fn text(value: &str) -> String {
    let plain = !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_alphanumeric() || c == ' ' || c == '_');
    if plain {
        value.to_owned()
    } else {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// `labels/<DEPLOYMENT>.json`.
pub(super) fn label(it: &Deployment, noise: &Noise) -> String {
    let revision = noise.chance(Kind::Audit, &it.code).u16(1..900);
    let members: Vec<String> = it
        .integrations
        .iter()
        .map(|id| {
            let (code, version) = id.split_once('|').unwrap_or((id, ""));
            format!(
                "{{\"code\":{},\"version\":{}}}",
                properties::json(code),
                properties::json(version)
            )
        })
        .collect();
    format!(
        "{{\"name\":{},\"code\":{},\"revision\":{revision},\"integrations\":[{}]}}",
        properties::json(&it.name),
        properties::json(&it.code),
        members.join(",")
    )
}
