//! `/integrations/archive`: an integration comes in as an `.iar`, as a new one or in place of one.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use super::{Place, found, shown, unlocked};
use crate::body::{Refused, Reply, bare};
use crate::oic::answers::{bad_request, error, not_found, ok, precondition};
use crate::oic::install::{self, Read, Rules};
use crate::oic::model::{Integration, Kind, Status};
use crate::oic::paging;
use crate::oic::routes::Asked;
use crate::oic::upload::Form;
use crate::world::World;

/// How an integration comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    New,
    Replace,
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    way: Way,
) -> Reply {
    import(world, asked, project, way).unwrap_or_else(Refused::into_reply)
}

fn import(
    world: &mut World,
    asked: &Asked<'_>,
    project: Option<&str>,
    way: Way,
) -> Result<Reply, Refused> {
    let read = receive(world, asked, project)?;
    let ids: Vec<String> = read.integrations().iter().map(|facts| facts.id()).collect();
    let Some(id) = ids.first() else {
        return Err(Refused::new(bad_request("the file holds no integration")));
    };
    for id in &ids {
        let there = found(world, asked, Place { project, id }).map(|(_, it)| it);
        allowed(there, id, way)?;
    }
    let now = world.clock.now();
    let Some(instance) = world.oic.instances.get_mut(asked.at) else {
        return Err(Refused::new(not_found("Service instance", "")));
    };
    install::install(instance, &mut world.blobs, &read, Rules::Import, now)
        .map_err(|e| Refused::new(failed(&e)))?;
    let place = Place { project, id };
    let status = match way {
        Way::New => StatusCode::NO_CONTENT,
        Way::Replace => {
            StatusCode::from_u16(world.switches.replaced_status).unwrap_or(StatusCode::NO_CONTENT)
        }
    };
    let mut reply = match found(world, asked, place) {
        Some((instance, it)) if status == StatusCode::OK => ok(&shown::shown(
            asked,
            instance,
            project,
            it,
            super::list::Expand::default(),
        )),
        _ => bare(status),
    };
    let path = shown::path(project, id);
    if let Ok(location) = HeaderValue::from_str(&paging::href(asked.call, &path)) {
        reply.headers_mut().insert(LOCATION, location);
    }
    Ok(reply)
}

/// Reads the form's file, which must be an `.iar`.
fn receive(world: &mut World, asked: &Asked<'_>, project: Option<&str>) -> Result<Read, Refused> {
    let refuse = |why: String| Refused::new(bad_request(why));
    let form = Form::read(asked.call).map_err(refuse)?;
    let bytes = &form.file("file").map_err(refuse)?.bytes;
    let blob = world
        .blobs
        .put(bytes)
        .map_err(|e| Refused::new(failed(&e)))?;
    let read = Read::new(String::new(), Kind::Other, blob, bytes)
        .map_err(|e| refuse(format!("the file cannot be read: {e}")))?;
    if read.kind != Kind::Integration {
        return Err(refuse(
            "the file is no archive of an integration".to_owned(),
        ));
    }
    let file = read
        .integrations()
        .first()
        .map(|facts| format!("{}_{}.iar", facts.code, facts.version));
    let home = project.map(|code| format!("{code}/")).unwrap_or_default();
    Ok(Read {
        path: format!(
            "{}/{home}{}",
            Kind::Integration.folder(),
            file.unwrap_or_default()
        ),
        into: project.map(str::to_owned),
        ..read
    })
}

fn allowed(there: Option<&Integration>, id: &str, way: Way) -> Result<(), Refused> {
    let Some(there) = there else {
        return match way {
            Way::New => Ok(()),
            Way::Replace => Err(Refused::new(not_found("Integration", id))),
        };
    };
    if way == Way::New {
        return Err(Refused::new(error(
            StatusCode::CONFLICT,
            format!("Integration {id} already exists."),
            "it is replaced by PUT",
        )));
    }
    unlocked(there, id)?;
    if matches!(
        there.status,
        Status::Activated | Status::ActivationInprogress
    ) {
        return Err(Refused::new(precondition(
            format!("Integration {id} cannot be replaced."),
            "it is active; it must be deactivated first",
        )));
    }
    Ok(())
}

fn failed(error_: &std::io::Error) -> Reply {
    error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "The archive cannot be kept.",
        error_.to_string(),
    )
}
