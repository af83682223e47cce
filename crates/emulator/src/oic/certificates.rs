//! `/certificates`: those that users uploaded (documented: `installedType|type|category|name` names one).
//!
//! The type and the category of a certificate are the folders that its artifact lies in, so that they travel with it.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answers::{bad_request, error, not_found, ok, only};
use super::input::patches;
use super::model::{Artifact, Instance, Kind};
use super::routes::Asked;
use super::upload::Form;
use super::{arrival, paging};
use crate::body::{Refused, Reply, bare};
use crate::world::World;

/// The categories of each type (documented for all but `DIGITALSIGNATURE`).
const TYPES: [(&str, &[&str]); 5] = [
    ("X509", &["TRUST", "IDENTITY"]),
    ("SAML", &["OWSM"]),
    ("PGP", &["PUBLIC", "PRIVATE"]),
    ("SIGNKEY", &["PUBLIC", "PRIVATE"]),
    ("DIGITALSIGNATURE", &["PUBLIC", "PRIVATE"]),
];

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let method = &asked.call.method;
    let reply = match path {
        [] if method == Method::GET => list(world, asked),
        [] if method == Method::POST => upload(world, asked),
        [] => Ok(only("GET, HEAD, POST", "a certificate is uploaded by POST")),
        [id] if method == Method::GET => one(world, asked, id),
        [id] => update(world, asked, id),
        _ => Ok(not_found("Resource", &asked.call.path)),
    };
    reply.unwrap_or_else(Refused::into_reply)
}

fn list(world: &World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let all = all(asked.instance(&world.oic)?);
    let items = all.map(|(it, _)| it.shown()).collect();
    Ok(paging::list(asked.call, items))
}

fn one(world: &World, asked: &Asked<'_>, id: &str) -> Result<Reply, Refused> {
    let mut all = all(asked.instance(&world.oic)?);
    let found = all.find(|(it, _)| it.id() == id);
    Ok(match found {
        Some((it, _)) => ok(&it.shown()),
        None => not_found("Certificate", id),
    })
}

/// `POST`: 204, or 409 where it is there already (documented). Passwords of stores and keys are not kept.
fn upload(world: &mut World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let refuse = |why: String| Refused::new(bad_request(why));
    let form = Form::read(asked.call).map_err(refuse)?;
    let file = form.file("file").map_err(refuse)?;
    let text = |name: &str| form.text(name).map(str::to_uppercase);
    let name = form.text("name").unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        let why = "name must hold letters, digits, dots, hyphens and underscores alone";
        return Err(refuse(why.to_owned()));
    }
    let kind = text("type").unwrap_or_default();
    let Some((kind, categories)) = TYPES.iter().find(|(known, _)| *known == kind) else {
        let known = TYPES.map(|(kind, _)| kind).join(", ");
        return Err(refuse(format!("type is one of {known}")));
    };
    let category = text("category");
    let category = category.as_deref().or(categories.first().copied());
    let Some(category) = category.filter(|it| categories.contains(it)) else {
        let known = categories.join(", ");
        return Err(refuse(format!("category of {kind} is one of {known}")));
    };
    let new = Certificate {
        kind,
        category,
        name,
    };
    if all(asked.instance(&world.oic)?).any(|(it, _)| it == new) {
        return Err(Refused::new(error(
            StatusCode::CONFLICT,
            format!("Certificate {} already exists.", new.id()),
            "it is updated by POST of its id",
        )));
    }
    let path = format!("{kind}/{category}/{name}{}", suffix(file.file.as_deref()));
    let read = arrival::take(world, Kind::Certificate, &path, &file.bytes)?;
    arrival::install(world, asked, &read)?;
    Ok(bare(StatusCode::NO_CONTENT))
}

/// `POST` with the override: another file in its place, 204 (documented).
fn update(world: &mut World, asked: &Asked<'_>, id: &str) -> Result<Reply, Refused> {
    patches(asked.call, "GET, HEAD")?;
    let path = all(asked.instance(&world.oic)?)
        .find(|(it, _)| it.id() == id)
        .map(|(_, artifact)| artifact.path.clone());
    let Some(path) = path else {
        return Err(Refused::new(not_found("Certificate", id)));
    };
    let refuse = |why: String| Refused::new(bad_request(why));
    let form = Form::read(asked.call).map_err(refuse)?;
    let bytes = &form.file("file").map_err(refuse)?.bytes;
    let own = path.split_once('/').map_or(path.as_str(), |(_, own)| own);
    let read = arrival::take(world, Kind::Certificate, own, bytes)?;
    arrival::install(world, asked, &read)?;
    Ok(bare(StatusCode::NO_CONTENT))
}

/// The ending of a file's name, dot included.
fn suffix(file: Option<&str>) -> String {
    let ending = file.and_then(|file| file.rsplit_once('.'));
    let plain = |ending: &&str| ending.chars().all(|c| c.is_ascii_alphanumeric());
    ending
        .map(|(_, ending)| ending)
        .filter(plain)
        .map_or_else(String::new, |ending| format!(".{ending}"))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Certificate<'a> {
    kind: &'a str,
    category: &'a str,
    name: &'a str,
}

impl Certificate<'_> {
    fn id(&self) -> String {
        format!("USER|{}|{}|{}", self.kind, self.category, self.name)
    }

    fn shown(&self) -> Value {
        json!({
            "id": self.id(),
            "name": self.name,
            "type": self.kind,
            "category": self.category,
            "installedType": "USER",
            "status": "CONFIGURED",
        })
    }
}

/// Every certificate with its artifact. What lies in no folder of a type is taken for a trusted one.
fn all(instance: &Instance) -> impl Iterator<Item = (Certificate<'_>, &Artifact)> {
    let artifacts = instance.artifacts.values();
    artifacts
        .filter(|artifact| artifact.kind == Kind::Certificate)
        .map(|artifact| {
            let mut folders = artifact.path.rsplit('/');
            let file = folders.next().unwrap_or_default();
            let name = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
            let told = (folders.next(), folders.next());
            let (category, kind) = match told {
                (Some(category), Some(kind)) if TYPES.iter().any(|(known, _)| *known == kind) => {
                    (category, kind)
                }
                _ => ("TRUST", "X509"),
            };
            let certificate = Certificate {
                kind,
                category,
                name,
            };
            (certificate, artifact)
        })
}
