//! `/integrations/archive`: an integration comes in as an `.iar`, as a new one or in place of one.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use super::{Place, found, shown, unlocked};
use crate::body::{Refused, Reply, bare};
use crate::oic::answers::{bad_request, exists, not_found, ok, precondition};
use crate::oic::arrival::{self, Way};
use crate::oic::install::Read;
use crate::oic::model::{Integration, Kind};
use crate::oic::paging;
use crate::oic::routes::Asked;
use crate::world::World;

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
    arrival::install(world, asked, &read)?;
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
    let read = arrival::receive(world, asked.call, Kind::Integration)?;
    let file = read
        .integrations()
        .first()
        .map(|facts| format!("{}_{}.iar", facts.code, facts.version));
    let home = project.map(|code| format!("{code}/")).unwrap_or_default();
    let file = format!("{home}{}", file.unwrap_or_default());
    Ok(Read {
        into: project.map(str::to_owned),
        ..arrival::named(read, &file)
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
        return Err(Refused::new(exists("Integration", id)));
    }
    unlocked(there, id)?;
    if there.is_active() {
        return Err(Refused::new(precondition(
            format!("Integration {id} cannot be replaced."),
            "it is active; it must be deactivated first",
        )));
    }
    Ok(())
}
