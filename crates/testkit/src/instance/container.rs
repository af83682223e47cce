//! `.iar`, `.par`, `.car`, and whole instances.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::num::NonZero;
use std::thread;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::description::{
    Certificate, Connection, Deployment, Description, Home, Integration, Project,
};
use super::noise::{Kind, Noise};
use super::steps::{Needs, needs};
use super::{connection, flow, library, lookup, project, properties, schedule};
use crate::archives::{Part, Stream, Zip};

/// The connection that the product seeds for calls between integrations.
pub(super) const LOCAL: &str = "PRESEEDED_COLLOCATED_CONN_1741";

/// Paths and contents.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// How a whole instance is laid out. No real one is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Each integration, package and project in a zip of its own.
    Nested,
    /// Everything below one folder, unpacked.
    Flat,
    /// A nested one inside another zip, beside a manifest.
    Wrapper,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 3] = [Self::Nested, Self::Flat, Self::Wrapper];
}

/// The `.iar` of one integration.
pub fn iar(whole: &Description, it: &Integration, noise: &Noise) -> Vec<u8> {
    zip(iar_files(whole, it, noise), &it.id(), noise)
}

/// The `.par` of a package.
pub fn par(whole: &Description, name: &str, noise: &Noise) -> Vec<u8> {
    zip(package_files(whole, name, noise), name, noise)
}

/// The `.car` of a project, or of one of its deployments.
pub fn car(
    whole: &Description,
    project: &Project,
    deployment: Option<&Deployment>,
    noise: &Noise,
) -> Vec<u8> {
    let files = car_files(whole, project, deployment, noise);
    zip(files, &project.code, noise)
}

/// A whole instance.
pub fn whole(description: &Description, form: Form, noise: &Noise) -> Vec<u8> {
    let files = match form {
        Form::Nested => nested(description, noise),
        Form::Flat => flat(description, noise),
        Form::Wrapper => vec![
            (
                "manifest.json".to_owned(),
                b"{\"generator\":\"ferry-testkit\"}".to_vec(),
            ),
            (
                "content.zip".to_owned(),
                zip(nested(description, noise), "nested", noise),
            ),
        ],
    };
    zip(files, "whole", noise)
}

/// A whole nested instance of several descriptions, one after the other, so that it need not fit into memory.
///
/// # Errors
/// It could not be written.
///
/// # Panics
/// A description names what it does not hold.
pub fn whole_into<W: Write>(
    out: W,
    descriptions: impl IntoIterator<Item = Description>,
    noise: &Noise,
) -> io::Result<W> {
    let mut stream = Stream::new(out);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut descriptions = descriptions.into_iter();
    loop {
        let some: Vec<Description> = descriptions.by_ref().take(threads).collect();
        if some.is_empty() {
            return stream.finish();
        }
        let made: Vec<Vec<Part>> = thread::scope(|scope| {
            let started: Vec<_> = some
                .iter()
                .map(|one| scope.spawn(|| parts(nested(one, noise), "whole", noise)))
                .collect();
            let made = started.into_iter().map(thread::ScopedJoinHandle::join);
            made.map(|parts| parts.expect("a description can be written"))
                .collect()
        });
        for part in made.iter().flatten() {
            stream.add(part)?;
        }
    }
}

/// The entries in this writing's order and with its time.
pub(super) fn zip(files: Files, place: &str, noise: &Noise) -> Vec<u8> {
    Zip::of(parts(files, place, noise)).bytes()
}

fn parts(mut files: Files, place: &str, noise: &Noise) -> Vec<Part> {
    noise.shuffle(Kind::EntryOrder, place, &mut files);
    let moment = moment(noise);
    let parts = files.iter().map(|(path, content)| {
        Part::like_the_service(path, content).with(|part| part.moment = moment)
    });
    parts.collect()
}

/// DOS time and date of the export.
fn moment(noise: &Noise) -> [u16; 2] {
    let moment = Timestamp::from_second(noise.exported()).unwrap_or(Timestamp::UNIX_EPOCH);
    let at = Offset::UTC.to_datetime(moment);
    let field = |value: i8| u16::try_from(value).unwrap_or(0);
    let years = u16::try_from(at.year() - 1980).unwrap_or(0);
    [
        (field(at.hour()) << 11) | (field(at.minute()) << 5) | (field(at.second()) / 2),
        (years << 9) | (field(at.month()) << 5) | field(at.day()),
    ]
}

pub(super) fn package_files(whole: &Description, name: &str, noise: &Noise) -> Files {
    let home = Home::Package(name.to_owned());
    let mut files = vec![(
        "ics_package_attributes.properties".to_owned(),
        package(name, noise).into_bytes(),
    )];
    for it in whole.integrations.iter().filter(|it| it.home == home) {
        let path = format!(
            "icspackage_{}_{}_{}.iar",
            it.name.replace(' ', "_"),
            it.version,
            noise.uuid(&it.id())
        );
        files.push((path, iar(whole, it, noise)));
    }
    files
}

pub(super) fn iar_files(whole: &Description, it: &Integration, noise: &Noise) -> Files {
    let needs = needs(it);
    let mut files: Files = Vec::new();
    let own = format!("icspackage/project/{}", it.folder());
    let attributes = properties::attributes(whole, it, &needs, noise);
    files.push((
        format!("{own}/ics_project_attributes.properties"),
        attributes.into_bytes(),
    ));
    let flow = flow::files(whole, it, noise);
    files.extend(below(&own, flow));
    for it in connections(whole, &needs) {
        let path = format!("icspackage/appinstances/{}.xml", it.code);
        files.push((path, connection::xml(&it, noise).into_bytes()));
    }
    for it in whole
        .lookups
        .iter()
        .filter(|it| needs.lookups.contains(&it.name))
    {
        let path = format!("icspackage/dvms/{}.dvm", it.name);
        files.push((path, lookup::dvm(it, noise).into_bytes()));
    }
    for it in libraries(whole, &needs) {
        let folder = format!("icspackage/apilibrary/{}{}", it.code, it.version);
        files.extend(below(&folder, library::files(it, noise)));
    }
    if let Some(schedule) = &it.schedule {
        let path = format!(
            "icspackage/schedule/{}",
            properties::schedule_file_in_iar(it)
        );
        files.push((path, schedule::xml(it, schedule, noise).into_bytes()));
    }
    files
}

pub(super) fn car_files(
    whole: &Description,
    project: &Project,
    deployment: Option<&Deployment>,
    noise: &Noise,
) -> Files {
    let home = Home::Project(project.code.clone());
    let members: Vec<&Integration> = whole
        .integrations
        .iter()
        .filter(|it| it.home == home)
        .filter(|it| deployment.is_none_or(|d| d.integrations.contains(&it.id())))
        .collect();
    let mut all = Needs::default();
    let mut files: Files = Vec::new();
    for it in &members {
        let needs = needs(it);
        let own = format!("project/integrations/{}", it.folder());
        let info = properties::info(whole, it, &needs, noise);
        files.push((format!("{own}/info.json"), info.into_bytes()));
        files.extend(below(&own, flow::files(whole, it, noise)));
        if let Some(schedule) = &it.schedule {
            let path = format!("project/schedules/{}", properties::schedule_file(it));
            files.push((path, schedule::xml(it, schedule, noise).into_bytes()));
        }
        all.connections.extend(needs.connections);
        all.lookups.extend(needs.lookups);
        all.libraries.extend(needs.libraries);
        all.calls |= needs.calls;
    }
    let connections = connections(whole, &all);
    for it in &connections {
        let path = format!("project/connections/{}.xml", it.code);
        files.push((path, connection::xml(it, noise).into_bytes()));
    }
    let lookups: Vec<_> = whole
        .lookups
        .iter()
        .filter(|it| all.lookups.contains(&it.name))
        .collect();
    for it in &lookups {
        let path = format!("project/lookups/{}.dvm", it.name);
        files.push((path, lookup::dvm(it, noise).into_bytes()));
    }
    let libraries = libraries(whole, &all);
    for it in &libraries {
        let folder = format!("project/libraries/{}_{}", it.code, it.version);
        files.extend(below(&folder, library::files(it, noise)));
    }
    let labels: Vec<&Deployment> = match deployment {
        Some(one) => vec![one],
        None => project.deployments.iter().collect(),
    };
    for label in &labels {
        let path = format!("project/labels/{}.json", label.code);
        files.push((path, project::label(label, noise).into_bytes()));
    }
    let assets = project::Assets {
        integrations: &members,
        connections: &connections,
        lookups: &lookups,
        libraries: &libraries,
        labels: &labels,
    };
    let yaml = project::yaml(project, &assets, noise);
    files.push(("project/project.yaml".to_owned(), yaml.into_bytes()));
    let changed = vec![("mod", properties::modified(&project.code, noise))];
    files.push((
        "project/oic_project.properties".to_owned(),
        properties::text(changed, &project.code, noise).into_bytes(),
    ));
    let robots = vec![(
        "rpa_metadata.json".to_owned(),
        b"{\"flowExternalEntityList\":[],\"connectionExternalEntityList\":[],\"projectExternalEntity\":null}".to_vec(),
    )];
    files.push(("project/rpa.zip".to_owned(), zip(robots, "rpa", noise)));
    files
}

fn nested(whole: &Description, noise: &Noise) -> Files {
    let mut files = beside(whole, noise);
    for it in whole
        .integrations
        .iter()
        .filter(|it| it.home == Home::Alone)
    {
        let path = format!("integrations/{}.iar", it.folder());
        files.push((path, iar(whole, it, noise)));
    }
    for package in &whole.packages {
        let path = format!("packages/{}.par", package.name);
        files.push((path, par(whole, &package.name, noise)));
    }
    for project in &whole.projects {
        let path = format!("projects/{}.car", project.code);
        files.push((path, car(whole, project, None, noise)));
    }
    files
}

fn flat(whole: &Description, noise: &Noise) -> Files {
    let mut files: BTreeMap<String, Vec<u8>> = beside(whole, noise).into_iter().collect();
    for it in &whole.integrations {
        if !matches!(it.home, Home::Project(_)) {
            files.extend(iar_files(whole, it, noise));
        }
    }
    for it in &whole.packages {
        let path = format!("packages/{}/ics_package_attributes.properties", it.name);
        files.insert(path, package(&it.name, noise).into_bytes());
    }
    for it in &whole.projects {
        let own = car_files(whole, it, None, noise);
        files.extend(below(&format!("projects/{}", it.code), own));
    }
    below("instance", files)
}

/// What lies in an instance by itself, whether something refers to it or not.
fn beside(whole: &Description, noise: &Noise) -> Files {
    let mut files: Files = Vec::new();
    for it in &whole.connections {
        let path = format!("connections/{}.xml", it.code);
        files.push((path, connection::xml(it, noise).into_bytes()));
    }
    for it in &whole.lookups {
        let path = format!("lookups/{}.dvm", it.name);
        files.push((path, lookup::dvm(it, noise).into_bytes()));
    }
    for it in &whole.libraries {
        let folder = format!("libraries/{}_{}", it.code, it.version);
        files.extend(below(&folder, library::files(it, noise)));
    }
    for it in &whole.certificates {
        files.push((format!("certificates/{}.pem", it.alias), pem(it)));
    }
    for it in &whole.processes {
        files.push((format!("process/{}.expx", it.name), it.content.clone()));
    }
    files
}

fn below(folder: &str, files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Files {
    let moved = files
        .into_iter()
        .map(|(path, content)| (format!("{folder}/{path}"), content));
    moved.collect()
}

fn connections(whole: &Description, needs: &Needs) -> Vec<Connection> {
    let mut all: Vec<Connection> = whole
        .connections
        .iter()
        .filter(|it| needs.connections.contains(&it.code))
        .cloned()
        .collect();
    if needs.calls {
        all.push(Connection {
            code: LOCAL.to_owned(),
            name: "Local Integration".to_owned(),
            description: String::new(),
            adapter: "collocatedics".to_owned(),
            role: "TARGET".to_owned(),
            policy: "NONE".to_owned(),
            agent_group: None,
            properties: Vec::new(),
            attachments: Vec::new(),
        });
    }
    all
}

fn libraries<'a>(whole: &'a Description, needs: &Needs) -> Vec<&'a super::Library> {
    let needed = |it: &&super::Library| {
        let id = (it.code.clone(), it.version.clone());
        needs.libraries.contains(&id)
    };
    whole.libraries.iter().filter(needed).collect()
}

fn package(name: &str, noise: &Noise) -> String {
    let lines = [
        ("package_name", name),
        ("smart_tags", "[app:rest, style:app driven orchestration]"),
        ("keywords", "[]"),
        ("integration_list", "[]"),
        ("clone", "false"),
        ("open", "false"),
        ("barta_type", ""),
        ("original_barta_type", ""),
        ("original_barta_integration", ""),
        ("built_by", ""),
    ];
    let lines = lines.map(|(key, value)| (key, value.to_owned())).to_vec();
    properties::text(lines, name, noise)
}

fn pem(it: &Certificate) -> Vec<u8> {
    let body = STANDARD.encode(&it.der);
    let lines: Vec<String> = body
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let body = lines.join("\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n").into_bytes()
}
