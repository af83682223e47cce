//! The deployments of a project: `project/labels/<CODE>.json` in its `.car`.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Entries, Unreadable, containers, integration, merged, zip};

/// Where they lie.
pub(super) const FOLDER: &str = "project/labels/";

/// A deployment, as it lies in the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeploymentFacts {
    pub code: String,
    pub name: String,
    #[serde(default)]
    pub integrations: Vec<Version>,
}

/// One version of an integration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    pub code: String,
    pub version: String,
}

impl Version {
    /// `CODE|VERSION`.
    pub(crate) fn id(&self) -> String {
        format!("{}|{}", self.code, self.version)
    }
}

/// Reads the deployments of a project. What cannot be read as one is left out, and stays in the bytes.
pub(super) fn read(entries: &Entries) -> Vec<DeploymentFacts> {
    let labels = containers::under(entries, FOLDER);
    labels
        .filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok())
        .collect()
}

/// The project with one deployment more.
///
/// # Errors
///
/// The project cannot be read.
pub(crate) fn labelled(
    car: &[u8],
    deployment: &DeploymentFacts,
    now: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let mut entries = zip::read(car)?;
    let path = format!("{FOLDER}{}.json", deployment.code);
    let label =
        serde_json::to_vec(deployment).map_err(|e| Unreadable::from_error(path.as_str(), &e))?;
    entries.insert(path, label);
    zip::write(&entries.into_iter().collect::<Vec<_>>(), now)
}

/// The project with one deployment and its integrations alone. What they need stays, and more.
///
/// # Errors
///
/// The project cannot be read.
pub(crate) fn deployed(
    car: &[u8],
    deployment: &DeploymentFacts,
    now: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let entries = zip::read(car)?;
    let mut others = BTreeSet::new();
    for root in containers::roots(&entries, "project/integrations/") {
        others.insert(integration::read(&root, &entries)?.id());
    }
    for own in &deployment.integrations {
        others.remove(&own.id());
    }
    let mut entries = zip::read(&merged(car, None, &others, now)?)?;
    let own = format!("{FOLDER}{}.json", deployment.code);
    entries.retain(|name, _| !name.starts_with(FOLDER) || *name == own);
    zip::write(&entries.into_iter().collect::<Vec<_>>(), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{self, IntegrationFacts, Recognised};
    use crate::generate::{self, IntegrationPlan};

    #[test]
    fn a_deployment_holds_its_integrations_alone() {
        let mut rng = fastrand::Rng::with_seed(1);
        let plans =
            ["A", "B"].map(|code| IntegrationPlan::new(code, "01.00.0000", code, &["STATUS_API"]));
        let car = generate::project(&mut rng, "P", "P", &plans).unwrap();
        let version = |code: &str| Version {
            code: code.to_owned(),
            version: "01.00.0000".to_owned(),
        };
        let deployment = |code: &str, of| DeploymentFacts {
            code: code.to_owned(),
            name: code.to_lowercase(),
            integrations: vec![version(of)],
        };
        let now = Timestamp::UNIX_EPOCH;
        let (one, two) = (deployment("ONE", "A"), deployment("TWO", "B"));
        let both = labelled(&labelled(&car, &one, now).unwrap(), &two, now).unwrap();
        let of = |car: &[u8]| match artifact::read(car).unwrap() {
            Recognised::Project { head, carried } => {
                let ids: Vec<String> = carried
                    .integrations
                    .iter()
                    .map(IntegrationFacts::id)
                    .collect();
                (head.deployments, ids)
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(of(&both).0, [one.clone(), two]);
        let (deployments, ids) = of(&deployed(&both, &one, now).unwrap());
        assert_eq!((deployments, ids), (vec![one], vec![version("A").id()]));
    }
}
