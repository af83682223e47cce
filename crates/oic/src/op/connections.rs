//! `GET /connections`, and those of every project.

use std::collections::HashSet;

use ferry_http::Evidence;
use serde_json::Value;

use crate::error::Error;
use crate::instance::Instance;
use crate::model::connection::Connection;
use crate::op::projects::within;
use crate::wire;
use crate::wire::fields::Fields;

const DOING: &str = "listing connections";

impl Instance {
    /// All connections, on Gen3 those of all projects besides. An entry that cannot be read fails the whole.
    pub async fn connections(&self) -> Result<Vec<Connection>, Error> {
        let mut places: Vec<Option<String>> = vec![None];
        places.extend(self.projects().await?.into_iter().map(Some));
        let mut all: Vec<Connection> = Vec::new();
        let mut seen = HashSet::new();
        for place in places {
            let path = within(place.as_deref(), "connections");
            for value in self.pages(&path, &[], DOING).await? {
                let found = wire::connection::connection(&value, place.as_deref());
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

    /// An entry of a listing without an id that can be read.
    pub(super) fn unreadable(&self, doing: &str, value: &Value) -> Error {
        let fields = Fields::of(value);
        let name = fields.and_then(|fields| fields.text(&["id", "code", "name"]));
        let why = match name {
            Some(name) => format!("the id of `{name}` cannot be read"),
            None => "an entry has no id".to_owned(),
        };
        let target = self.origin().to_owned();
        Error::answer(
            doing,
            &why,
            Evidence {
                target,
                ..Evidence::default()
            },
        )
    }
}
