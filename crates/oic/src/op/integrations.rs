//! `GET /integrations`, and those of every project.

use std::collections::HashSet;

use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::Integration;
use crate::op::projects::within;
use crate::wire;

const DOING: &str = "listing integrations";

impl Instance {
    /// All integrations, on Gen3 those of all projects besides. An entry that cannot be read fails the
    /// whole: a list with a gap would pass for a complete one.
    pub async fn integrations(&self) -> Result<Vec<Integration>, Error> {
        let mut places: Vec<Option<String>> = vec![None];
        places.extend(self.projects().await?.into_iter().map(Some));
        let mut all: Vec<Integration> = Vec::new();
        let mut seen = HashSet::new();
        for place in places {
            let path = within(place.as_deref(), "integrations");
            for value in self
                .pages(&path, &[("expand", "connection")], DOING)
                .await?
            {
                let found = wire::integration::integration(&value, place.as_deref());
                let Some(found) = found else {
                    return Err(self.unreadable(DOING, &value));
                };
                if seen.insert((found.project.clone(), found.id.clone())) {
                    all.push(found);
                }
            }
        }
        Ok(all)
    }
}
