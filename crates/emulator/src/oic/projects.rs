//! `/projects` (Gen3).

use http::Method;
use serde_json::{Value, json};

use super::answers::{archive, method_not_allowed, not_found, ok};
use super::model::Project;
use super::routes::Asked;
use super::{dates, paging};
use crate::body::Reply;
use crate::world::World;

pub(super) fn exists(world: &World, asked: &Asked<'_>, code: &str) -> bool {
    let instance = world.oic.instances.get(asked.at);
    instance.is_some_and(|i| i.projects.contains_key(code))
}

pub(super) fn answer(world: &mut World, asked: &Asked<'_>, path: &[&str]) -> Reply {
    let Some(instance) = world.oic.instances.get(asked.at) else {
        return not_found("Service instance", "");
    };
    let method = &asked.call.method;
    let [code, rest @ ..] = path else {
        if method != Method::GET {
            return method_not_allowed("projects come in by an import");
        }
        let items = instance
            .projects
            .values()
            .map(|p| shown(asked, p))
            .collect();
        return paging::list(asked.call, items);
    };
    let Some(project) = instance.projects.get(*code) else {
        return not_found("Project", code);
    };
    match rest {
        [] if method == Method::GET => ok(&shown(asked, project)),
        // Documented as a POST whose body repeats the project's name and code; nothing in it changes the bytes.
        ["archive"] if method == Method::POST => {
            archive(&world.blobs, &project.blob, &format!("{code}.car"))
        }
        _ => method_not_allowed("a project is read by GET and exported by POST of archive"),
    }
}

fn shown(asked: &Asked<'_>, project: &Project) -> Value {
    let path = format!(
        "/ic/api/integration/v1/projects/{}",
        paging::encoded(&project.code)
    );
    json!({
        "id": project.code,
        "code": project.code,
        "name": project.name,
        "description": project.description,
        "type": "DEVELOPED",
        "cloneRestrict": "NONE",
        "viewRestricted": false,
        "simplifiedMode": false,
        "origin": {},
        "lastUpdated": dates::design(project.updated),
        "state": {"status": project.status},
        "links": [{"rel": "self", "href": paging::href(asked.call, &path)}],
    })
}
