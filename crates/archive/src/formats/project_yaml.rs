//! The manifest of a project, and the file of a deployment.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::model::{Deployment, Project};
use serde_json::Value;

use super::yaml;

/// A project and what it says that it consists of.
#[derive(Debug, Default)]
pub(crate) struct Manifest {
    pub(crate) project: Project,
    /// Ids by list: `integrations`, `connections`, …; `None` where the manifest could not be read.
    pub(crate) assets: Option<BTreeMap<String, BTreeSet<String>>>,
}

/// Reads `project.yaml`.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Manifest, String> {
    let yaml = yaml::read(bytes)?;
    let told = |name: &str| text(&yaml, name);
    let code = told("code");
    let project = Project {
        code: if code.is_empty() { told("id") } else { code },
        name: told("name"),
        description: told("description"),
        status: told("status"),
        ..Project::default()
    };
    let lists = yaml.get("assets").and_then(Value::as_object);
    let assets = lists.into_iter().flatten().map(|(list, items)| {
        let items = items.as_array().into_iter().flatten();
        (list.clone(), items.map(|item| text(item, "id")).collect())
    });
    Ok(Manifest {
        project,
        assets: Some(assets.collect()),
    })
}

/// A deployment, if a document is one: a code and integrations, each with code and version.
pub(crate) fn deployment(json: &Value) -> Option<Deployment> {
    let list = json.get("integrations")?.as_array()?;
    let mut integrations = BTreeSet::new();
    for item in list {
        let (code, version) = (item.get("code")?.as_str()?, item.get("version")?.as_str()?);
        integrations.insert(format!("{code}|{version}"));
    }
    Some(Deployment {
        code: json.get("code")?.as_str()?.to_owned(),
        name: text(json, "name"),
        integrations: integrations.into_iter().collect(),
    })
}

fn text(value: &Value, name: &str) -> String {
    let found = value.get(name).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_is_known_by_its_fields() {
        let json = serde_json::json!({"name":"N","code":"D","revision":"1","integrations":[{"code":"A","version":"01.00.0000"}]});
        assert_eq!(deployment(&json).unwrap().integrations, ["A|01.00.0000"]);
        assert!(deployment(&serde_json::json!({"code":"D","integrations":[1]})).is_none());
        assert!(deployment(&serde_json::json!({"code":"D"})).is_none());
    }
}
