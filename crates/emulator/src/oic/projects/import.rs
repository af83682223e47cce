//! `/projects/archive`: a project comes in as a `.car`, as a new one (documented: 200, or 409 where it is there) or in
//! place of one (PUT is product knowledge; its codes are assumed to be those of packages).

use http::Method;

use super::{found, integrations, shown};
use crate::body::{Refused, Reply};
use crate::oic::answers::{exists, not_found, ok};
use crate::oic::arrival::{self, Way};
use crate::oic::model::Kind;
use crate::oic::routes::Asked;
use crate::world::World;

pub(super) fn answer(world: &mut World, asked: &Asked<'_>) -> Result<Reply, Refused> {
    let way = match asked.call.method {
        Method::POST => Way::New,
        _ => Way::Replace,
    };
    let read = arrival::receive(world, asked.call, Kind::Project)?;
    let code = read.project().unwrap_or_default().to_owned();
    let coming: Vec<String> = read.integrations().iter().map(|facts| facts.id()).collect();
    let instance = asked.instance(&world.oic)?;
    match (way, instance.projects.contains_key(&code)) {
        (Way::New, true) => return Err(Refused::new(exists("Project", &code))),
        (Way::Replace, false) => return Err(Refused::new(not_found("Project", &code))),
        (Way::New, false) => {}
        (Way::Replace, true) => {
            let going = integrations(instance, &code);
            let all = going.iter().chain(&coming).map(String::as_str);
            arrival::idle(instance, Some(&code), all, &format!("Project {code}"))?;
        }
    }
    let read = arrival::named(read, &format!("{code}.car"));
    arrival::install(world, asked, &read)?;
    Ok(ok(&shown(asked, found(world, asked, &code)?)))
}
