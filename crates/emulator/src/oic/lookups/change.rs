//! A lookup is made, replaced or deleted. Which codes tell it is assumed: 200, and those of other objects.

use http::StatusCode;

use super::{input, shown};
use crate::artifact::lookup::Table;
use crate::body::{Refused, Reply, bare};
use crate::oic::answers::{bad_request, exists, not_found, ok, precondition};
use crate::oic::arrival;
use crate::oic::input::object;
use crate::oic::install::remove;
use crate::oic::model::{Instance, Kind};
use crate::oic::routes::Asked;
use crate::oic::shelf::Named;
use crate::world::World;

/// `POST /lookups`.
pub(super) fn create(world: &mut World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let table = read(asked)?;
    let instance = asked.instance(&world.oic)?;
    if instance.lookups.get(None, &table.name).is_some() {
        return Err(Refused::new(exists("Lookup", &table.name)));
    }
    put(world, asked, &table)
}

/// `PUT /lookups/{name}`: the whole table anew.
pub(super) fn replace(world: &mut World, asked: &Asked<'_>, name: &str) -> Result<Reply, Refused> {
    there(asked.instance(&world.oic)?, name)?;
    let table = read(asked)?;
    if table.name != name {
        let why = "the name in the body is not that in the path";
        return Err(Refused::new(bad_request(why)));
    }
    put(world, asked, &table)
}

/// `DELETE /lookups/{name}`. One that an integration uses stays (assumed).
pub(super) fn delete(world: &mut World, asked: &Asked<'_>, name: &str) -> Result<Reply, Refused> {
    let instance = asked.instance_mut(&mut world.oic)?;
    there(instance, name)?;
    let user = instance
        .integrations
        .of(None)
        .find(|it| it.lookups.contains(name));
    if let Some(user) = user {
        let title = format!("Lookup {name} cannot be deleted.");
        let why = format!("integration {} uses it", user.id());
        return Err(Refused::new(precondition(title, why)));
    }
    if let Some(gone) = instance.lookups.remove(None, name)
        && gone.is_file()
    {
        remove(instance, &gone.carrier);
    }
    Ok(bare(StatusCode::OK))
}

fn read(asked: &Asked<'_>) -> Result<Table, Refused> {
    let body = object(asked.call)?;
    input::read(&body).map_err(|why| Refused::new(bad_request(why)))
}

fn there(instance: &Instance, name: &str) -> Result<(), Refused> {
    match instance.lookups.get(None, name) {
        Some(_) => Ok(()),
        None => Err(Refused::new(not_found("Lookup", name))),
    }
}

/// Keeps the table as the CSV that the console would export, so that it travels.
fn put(world: &mut World, asked: &Asked<'_>, table: &Table) -> Result<Reply, Refused> {
    let name = &table.name;
    let file = format!("{name}.csv");
    let read = arrival::take(world, Kind::Lookup, &file, &table.csv())?;
    arrival::install(world, asked, &read)?;
    let lookup = asked.instance(&world.oic)?.lookups.get(None, name);
    let lookup = lookup.ok_or_else(|| Refused::new(not_found("Lookup", name)))?;
    Ok(ok(&shown(lookup)))
}
