//! `/projects/{id}/deployments` and `/projects/{id}/archive`: sets of a project's integrations that travel by
//! themselves. That they are made by POST and lie in the project as labels is documented and seen; that they are listed
//! by GET is assumed.

use http::Method;
use serde_json::{Value, json};

use super::found;
use crate::artifact::{self, DeploymentFacts, Unreadable, Version};
use crate::body::{Refused, Reply};
use crate::oic::answers::{bad_request, exists, kept, not_found, octets, ok, only};
use crate::oic::input::object;
use crate::oic::model::{Kind, Project};
use crate::oic::routes::Asked;
use crate::oic::{dates, paging};
use crate::world::World;

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    code: &str,
    rest: &[&str],
) -> Result<Reply, Refused> {
    let method = &asked.call.method;
    let project = found(world, asked, code)?;
    match rest {
        [] if method == Method::POST => create(world, asked, code),
        _ if method != Method::GET => Ok(only("GET, HEAD, POST", "a deployment is made by POST")),
        [] => {
            let all = project.deployments.iter();
            let items = all.map(|it| shown(project, it)).collect();
            Ok(paging::list(asked.call, items))
        }
        [label] => deployment(project, label).map(|it| ok(&shown(project, it))),
        _ => Ok(not_found("Resource", &asked.call.path)),
    }
}

fn create(world: &mut World, asked: &Asked<'_>, code: &str) -> Result<Reply, Refused> {
    let refuse = |why: String| Refused::new(bad_request(why));
    let wanted: DeploymentFacts = serde_json::from_value(Value::Object(object(asked.call)?))
        .map_err(|e| refuse(format!("the body is no deployment: {e}")))?;
    let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if wanted.code.is_empty() || !wanted.code.chars().all(letters) {
        let why = "code must hold letters, digits, hyphens and underscores alone";
        return Err(refuse(why.to_owned()));
    }
    if wanted.integrations.is_empty() {
        return Err(refuse("integrations must name one at least".to_owned()));
    }
    let instance = asked.instance(&world.oic)?;
    let unknown = |it: &&Version| instance.integration(Some(code), &it.id()).is_none();
    if let Some(unknown) = wanted.integrations.iter().find(unknown) {
        let why = format!("the project has no integration {}", unknown.id());
        return Err(refuse(why));
    }
    let project = found(world, asked, code)?;
    if deployment(project, &wanted.code).is_ok() {
        return Err(Refused::new(exists("Deployment", &wanted.code)));
    }
    let now = world.clock.now();
    let car = world.blobs.bytes(&project.blob).map_err(|e| kept(&e))?;
    let car = artifact::labelled(&car, &wanted, now).map_err(|e| torn(code, &e))?;
    let blob = world.blobs.put(&car).map_err(|e| kept(&e))?;
    let instance = asked.instance_mut(&mut world.oic)?;
    let Some(project) = instance.projects.get_mut(code) else {
        return Err(Refused::new(not_found("Project", code)));
    };
    if let Some(own) = instance.artifacts.get_mut(&project.carrier) {
        own.blob = blob.clone();
    }
    project.blob = blob;
    project.updated = now;
    project.deployments.push(wanted.clone());
    project.deployments.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(ok(&shown(project, &wanted)))
}

/// Gives out the project, or the deployment that `label` in the body names. What else the body holds repeats the
/// project's head, and changes nothing in the bytes.
pub(super) fn export(world: &mut World, asked: &Asked<'_>, code: &str) -> Result<Reply, Refused> {
    let body = object(asked.call)?;
    let label = body.get("label").and_then(Value::as_str);
    let project = found(world, asked, code)?;
    let car = world.blobs.bytes(&project.blob).map_err(|e| kept(&e))?;
    let Some(label) = label.filter(|label| !label.is_empty()) else {
        return Ok(octets(car, &format!("{code}.car")));
    };
    let deployment = deployment(project, label)?;
    let bytes =
        artifact::deployed(&car, deployment, world.clock.now()).map_err(|e| torn(code, &e))?;
    Ok(octets(bytes.into(), &format!("{code}-{label}.car")))
}

fn deployment<'a>(project: &'a Project, label: &str) -> Result<&'a DeploymentFacts, Refused> {
    let mut all = project.deployments.iter();
    all.find(|it| it.code == label)
        .ok_or_else(|| Refused::new(not_found("Deployment", label)))
}

/// The project's own bytes cannot be read.
fn torn(code: &str, error: &Unreadable) -> Refused {
    kept(&std::io::Error::other(format!(
        "{}/{code}.car: {error}",
        Kind::Project.folder()
    )))
}

pub(super) fn shown(project: &Project, deployment: &DeploymentFacts) -> Value {
    json!({
        "code": deployment.code,
        "name": deployment.name,
        "integrations": deployment.integrations,
        "lastUpdated": dates::design(project.updated),
    })
}
