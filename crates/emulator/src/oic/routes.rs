//! From a request to an operation: which instance, who calls, what is asked.

use std::borrow::Cow;

use http::{Method, StatusCode};
use percent_encoding::percent_decode_str;

use super::answers::{bad_request, error, method_not_allowed, not_found, unauthorized};
use super::integrations::Place;
use super::jobs::JobKind;
use super::model::{Generation, Instance};
use super::{
    Oic, agents, certificates, connections, export, import, integrations, libraries, lookups,
    packages, projects, roles, schedules, told,
};
use crate::authorization::Authorization;
use crate::body::{Refused, Reply};
use crate::identity::Caller;
use crate::world::{Call, World};

/// A request for one instance, by a caller who may sign in there.
pub(super) struct Asked<'a> {
    pub(super) call: &'a Call,
    /// The instance's place in `world.oic.instances`.
    pub(super) at: usize,
}

impl Asked<'_> {
    /// The instance that is meant.
    pub(super) fn instance<'a>(&self, oic: &'a Oic) -> Result<&'a Instance, Refused> {
        oic.instances.get(self.at).ok_or_else(gone)
    }

    /// The same, to be changed.
    pub(super) fn instance_mut<'a>(&self, oic: &'a mut Oic) -> Result<&'a mut Instance, Refused> {
        oic.instances.get_mut(self.at).ok_or_else(gone)
    }
}

fn gone() -> Refused {
    Refused::new(not_found("Service instance", ""))
}

/// Answers everything under `/ic/api/` and `/icsapis/`.
pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    let at = match instance(&world.oic.instances, call) {
        Ok(at) => at,
        Err(reply) => return *reply,
    };
    let caller = match sign_in(world, call, at) {
        Ok(caller) => caller,
        Err(reply) => return *reply,
    };
    let Some(segments) = segments(&call.path) else {
        return bad_request("the path is not UTF-8 once decoded");
    };
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if let Err(why) = roles::check(caller, &call.method, &segments) {
        return error(StatusCode::FORBIDDEN, "Forbidden", why);
    }
    let asked = Asked { call, at };
    match segments.as_slice() {
        ["ic", "api", "common", "v1", rest @ ..] => clone_api(world, &asked, rest),
        ["icsapis", "v2", "clonepod", rest @ ..] => legacy(world, &asked, rest),
        ["ic", "api", "integration", "v1", rest @ ..] => design_time(world, &asked, rest),
        _ => not_found("Resource", &call.path),
    }
}

fn clone_api(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let method = &asked.call.method;
    match path {
        ["exportServiceInstanceArchive"] if method == Method::POST => {
            export::start(world, asked, export::Form::Current)
        }
        ["importServiceInstanceArchive"] if method == Method::POST => import::start(world, asked),
        ["exportServiceInstanceArchive", id] if method == Method::GET => {
            told::status(world, asked, JobKind::Export, id)
        }
        ["importServiceInstanceArchive", id] if method == Method::GET => {
            told::status(world, asked, JobKind::Import, id)
        }
        [
            "exportServiceInstanceArchive" | "importServiceInstanceArchive",
            ..,
        ] => method_not_allowed("jobs are started by POST and looked at by GET with their id"),
        _ => not_found("Resource", &asked.call.path),
    }
}

/// The calls of the service's ancestor, which Gen2 instances still know (documented for ICS; on Gen2 assumed).
fn legacy(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    if world.generation(asked.at) == Generation::Gen3 {
        return not_found("Resource", &asked.call.path);
    }
    match path {
        ["exportArtifacts"] if asked.call.method == Method::POST => {
            export::start(world, asked, export::Form::Legacy)
        }
        ["exportStatus"] if asked.call.method == Method::GET => told::legacy_status(world, asked),
        ["exportArtifacts" | "exportStatus"] => {
            method_not_allowed("exports are started by POST and looked at by GET")
        }
        _ => not_found("Resource", &asked.call.path),
    }
}

fn design_time(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    match path {
        ["projects", rest @ ..] => {
            if world.generation(asked.at) == Generation::Gen2 {
                return error(
                    StatusCode::NOT_FOUND,
                    "Resource is not found.",
                    "Gen2 has no projects",
                );
            }
            match rest {
                [code, inner @ ..] if !projects::owns(inner) => {
                    if !projects::exists(world, asked, code) {
                        return not_found("Project", code);
                    }
                    objects(world, asked, Some(code), inner)
                }
                rest => projects::answer(world, asked, rest),
            }
        }
        rest => objects(world, asked, None, rest),
    }
}

/// Objects that live both globally and in projects.
fn objects(world: &mut World, asked: &Asked<'_>, project: Option<&str>, path: &[&str]) -> Reply {
    match path {
        ["integrations", id, "schedule", rest @ ..] => {
            schedules::answer(world, asked, Place { project, id }, rest)
        }
        ["integrations", rest @ ..] => integrations::answer(world, asked, project, rest),
        ["connections", rest @ ..] => connections::answer(world, asked, project, rest),
        ["packages", rest @ ..] if project.is_none() => packages::answer(world, asked, rest),
        ["lookups", rest @ ..] => lookups::answer(world, asked, project, rest),
        ["libraries", rest @ ..] => libraries::answer(world, asked, project, rest),
        ["certificates", rest @ ..] if project.is_none() => {
            certificates::answer(world, asked, rest)
        }
        ["monitoring", "agentgroups", rest @ ..] if project.is_none() => {
            agents::answer(world, asked, rest)
        }
        _ => not_found("Resource", &asked.call.path),
    }
}

/// Which instance is meant: Gen3 by `integrationInstance`, Gen2 by the first label of the host.
fn instance(instances: &[Instance], call: &Call) -> Result<usize, Box<Reply>> {
    let label = call.host.split('.').next().unwrap_or_default();
    // The longest name wins: `test-two` is not `test` with a tenancy behind it.
    let by_host = instances
        .iter()
        .enumerate()
        .filter(|(_, i)| i.generation == Generation::Gen2)
        .filter(|(_, i)| names_instance(label, &i.name.to_lowercase()))
        .max_by_key(|(_, i)| i.name.len());
    if let Some((at, _)) = by_host {
        return Ok(at);
    }
    let Some(name) = call.query("integrationInstance") else {
        return Err(Box::new(bad_request(
            "the query parameter integrationInstance is missing; Gen3 needs it on every call, and the host \
             names no Gen2 instance",
        )));
    };
    instances
        .iter()
        .position(|i| i.generation == Generation::Gen3 && i.name == name)
        .ok_or_else(|| Box::new(not_found("Service instance", name)))
}

/// `<name>` itself or `<name>-<tenancy and region>`.
fn names_instance(label: &str, name: &str) -> bool {
    label
        .strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn sign_in(world: &World, call: &Call, at: usize) -> Result<Caller, Box<Reply>> {
    let Some(instance) = world.oic.instances.get(at) else {
        return Err(Box::new(not_found("Service instance", "")));
    };
    let scheme = match instance.generation {
        Generation::Gen2 => "Basic realm=\"Oracle Integration\"",
        Generation::Gen3 => "Bearer",
    };
    let refuse = |why: String| Box::new(unauthorized(scheme, why));
    let Some(header) = call.header("authorization") else {
        return Err(refuse("no Authorization header was sent".to_owned()));
    };
    let authorization = Authorization::read(header).map_err(|why| refuse(why.to_owned()))?;
    let basic = matches!(authorization, Authorization::Basic { .. });
    if basic && instance.generation == Generation::Gen3 {
        let why = "Gen3 takes no Basic authentication, OAuth only";
        return Err(refuse(why.to_owned()));
    }
    world
        .identity
        .caller(&authorization, &instance.name, world.clock.real_now())
        .map_err(refuse)
}

/// The path's segments, decoded one by one so that `%7C` and `%2F` stay inside theirs.
fn segments(path: &str) -> Option<Vec<String>> {
    path.trim_matches('/')
        .split('/')
        .map(|s| {
            percent_decode_str(s)
                .decode_utf8()
                .ok()
                .map(Cow::into_owned)
        })
        .collect()
}

impl World {
    fn generation(&self, at: usize) -> Generation {
        self.oic
            .instances
            .get(at)
            .map_or(Generation::Gen3, |i| i.generation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_name_gen2_instances() {
        assert!(names_instance("test", "test"));
        assert!(names_instance("test-acme-fr", "test"));
        assert!(!names_instance("testing", "test"));
        assert!(!names_instance("", "test"));
    }

    #[test]
    fn segments_are_decoded_one_by_one() {
        let read = segments("/ic/api/A%7C01.00.0000/x%2Fy").unwrap();
        assert_eq!(read, ["ic", "api", "A|01.00.0000", "x/y"]);
        assert!(segments("/%ff").is_none());
    }
}
