//! `.iar`, `.par` and `.car`.

use std::collections::BTreeSet;

use super::files::{self, LIBRARY, LIBRARY_VERSION, LOOKUP};
use super::flow::flow;
use super::{CONNECTIONS, ConnectionPlan, IntegrationPlan, exported};
use crate::artifact::{Unreadable, zip};
use crate::oic::uuid;

/// The connection that the product seeds for calls between integrations.
pub(super) const LOCAL: &str = "PRESEEDED_COLLOCATED_CONN_1741";

const LOCAL_PLAN: ConnectionPlan = ConnectionPlan {
    code: LOCAL,
    name: "Local Integration",
    adapter: "collocatedics",
    role: "TARGET",
    policy: "NONE",
    placeholders: &[],
    literals: &[],
};

type Entries = Vec<(String, Vec<u8>)>;

/// An `.iar`.
pub(crate) fn integration(
    rng: &mut fastrand::Rng,
    plan: &IntegrationPlan,
) -> Result<Vec<u8>, Unreadable> {
    let mut entries = Entries::new();
    for connection in connections(&[plan]) {
        let bytes = files::connection(rng, connection, false);
        entries.push((
            format!("icspackage/appinstances/{}.xml", connection.code),
            bytes,
        ));
    }
    if plan.lookup {
        entries.push((format!("icspackage/dvms/{LOOKUP}.dvm"), files::lookup_dvm()));
    }
    if plan.library {
        for (name, bytes) in files::library()? {
            let path = format!("icspackage/apilibrary/{LIBRARY}{LIBRARY_VERSION}/{name}");
            entries.push((path, bytes));
        }
    }
    if plan.scheduled {
        let path = format!("icspackage/schedule/Schedule_{}.xml", plan.folder());
        entries.push((path, files::schedule(plan)));
    }
    let root = format!("icspackage/project/{}", plan.folder());
    let flow = flow(rng, plan);
    let head = files::attributes(plan, &flow.model);
    entries.push((format!("{root}/ics_project_attributes.properties"), head));
    for (name, bytes) in flow.files {
        entries.push((format!("{root}/{name}"), bytes));
    }
    close(rng, entries)
}

/// A `.par`.
pub(crate) fn package(
    rng: &mut fastrand::Rng,
    name: &str,
    members: &[IntegrationPlan],
) -> Result<Vec<u8>, Unreadable> {
    let head = format!(
        "{}\nbarta_type=\nsmart_tags=[app\\:rest,style\\:app driven orchestration]\nkeywords=[]\npackage_name={name}\n\
         original_barta_type=\nclone=false\nbuilt_by=\noriginal_barta_integration=\nintegration_list=[]\nopen=false\n",
        files::comment()
    );
    let mut entries = vec![(
        "ics_package_attributes.properties".to_owned(),
        head.into_bytes(),
    )];
    for plan in members {
        let path = format!(
            "icspackage_{}_{}_{}.iar",
            plan.name.replace(' ', "_"),
            plan.version,
            uuid(rng)
        );
        entries.push((path, integration(rng, plan)?));
    }
    close(rng, entries)
}

/// A `.car`.
pub(crate) fn project(
    rng: &mut fastrand::Rng,
    code: &str,
    name: &str,
    members: &[IntegrationPlan],
) -> Result<Vec<u8>, Unreadable> {
    let plans: Vec<&IntegrationPlan> = members.iter().collect();
    let own = connections(&plans);
    let mut entries = Entries::new();
    for connection in &own {
        let bytes = files::connection(rng, connection, true);
        entries.push((
            format!("project/connections/{}.xml", connection.code),
            bytes,
        ));
    }
    let lookup = members.iter().any(|m| m.lookup);
    if lookup {
        entries.push((format!("project/lookups/{LOOKUP}.dvm"), files::lookup_dvm()));
    }
    let library = members.iter().any(|m| m.library);
    if library {
        for (file, bytes) in files::library()? {
            entries.push((
                format!("project/libraries/{LIBRARY}_{LIBRARY_VERSION}/{file}"),
                bytes,
            ));
        }
    }
    for plan in members {
        let root = format!("project/integrations/{}", plan.folder());
        let flow = flow(rng, plan);
        entries.push((format!("{root}/info.json"), files::info(plan, &flow.model)));
        for (file, bytes) in flow.files {
            entries.push((format!("{root}/{file}"), bytes));
        }
        if plan.scheduled {
            let path = format!("project/schedules/Schedule_{}.xml", plan.folder());
            entries.push((path, files::schedule(plan)));
        }
    }
    let yaml = yaml(code, name, members, &own, lookup, library);
    let properties = format!(
        "{}\nmod={}\n",
        files::comment(),
        files::digest(&yaml).replace('=', "\\=")
    );
    let rpa = b"{\"flowExternalEntityList\":[],\"projectExternalEntity\":null}".to_vec();
    let rpa = zip::write(&[("rpa_metadata.json".to_owned(), rpa)], exported())?;
    entries.push(("project/project.yaml".to_owned(), yaml.into_bytes()));
    entries.push((
        "project/oic_project.properties".to_owned(),
        properties.into_bytes(),
    ));
    entries.push(("project/rpa.zip".to_owned(), rpa));
    close(rng, entries)
}

/// `project.yaml`, whose asset lists agree with the entries.
fn yaml(
    code: &str,
    name: &str,
    members: &[IntegrationPlan],
    connections: &[&ConnectionPlan],
    lookup: bool,
    library: bool,
) -> String {
    let date = "2025-11-28T17:07:11.160+0000";
    let who = "developer@example.com";
    let section = |name: &str, items: Vec<(String, String)>| {
        if items.is_empty() {
            return String::new();
        }
        let items: Vec<String> = items
            .into_iter()
            .map(|(id, name)| {
                format!(
                    "  - id: {id}\n    name: {name}\n    revision: 1\n    updatedBy: {who}\n    updatedDate: {date}\n"
                )
            })
            .collect();
        format!("  {name}:\n{}", items.concat())
    };
    let active = members.iter().any(|m| m.active);
    let tags: BTreeSet<String> = members
        .iter()
        .map(|m| format!("- \"{}\"\n", files::tags(m)))
        .collect();
    let assets = [
        section(
            "integrations",
            members.iter().map(|m| (m.id(), m.name.clone())).collect(),
        ),
        section(
            "schedules",
            members
                .iter()
                .filter(|m| m.scheduled)
                .map(|m| (m.id(), format!("Schedule_{}", m.folder().replace('.', "_"))))
                .collect(),
        ),
        section(
            "connections",
            connections
                .iter()
                .map(|c| (c.code.to_owned(), c.name.to_owned()))
                .collect(),
        ),
        section(
            "lookups",
            lookup
                .then(|| (LOOKUP.to_owned(), LOOKUP.to_owned()))
                .into_iter()
                .collect(),
        ),
        section(
            "libraries",
            library
                .then(|| {
                    (
                        format!("{LIBRARY}|{LIBRARY_VERSION}"),
                        "Text Tools".to_owned(),
                    )
                })
                .into_iter()
                .collect(),
        ),
    ];
    format!(
        "---\nid: {code}\ncode: {code}\nname: {name}\ndescription: {name} of acme\ntype: DEVELOPED\nsmartTags:\n{}\
         revision: 0\nprojectRevision: 1\nstatus: {}\ncreatedBy: {who}\ncreatedDate: {date}\nupdatedBy: {who}\n\
         updatedDate: {date}\nlatestBy: {who}\nlatestDate: {date}\nCAV: 1\nsimplifiedMode: false\nassets:\n{}\
         origin:\n  tenantOCID: ocid1.tenancy.oc1..acme\n  \
         serviceInstanceOCID: ocid1.integrationinstance.oc1.eu-frankfurt-1.acme\n",
        tags.into_iter().collect::<String>(),
        if active { "ACTIVE" } else { "CONFIGURED" },
        assets.concat(),
    )
}

/// The connections that these integrations use, once each.
fn connections(plans: &[&IntegrationPlan]) -> Vec<&'static ConnectionPlan> {
    let used: BTreeSet<&str> = plans.iter().flat_map(|p| files::connections(p)).collect();
    let calls = plans.iter().any(|p| !p.calls.is_empty());
    CONNECTIONS
        .iter()
        .filter(|c| used.contains(c.code))
        .chain(calls.then_some(&LOCAL_PLAN))
        .collect()
}

/// Closes a container. Entries come in no order, as the service writes them.
fn close(rng: &mut fastrand::Rng, mut entries: Entries) -> Result<Vec<u8>, Unreadable> {
    rng.shuffle(&mut entries);
    zip::write(&entries, exported())
}
