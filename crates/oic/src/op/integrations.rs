//! `GET /integrations`, and those of every project.

use crate::error::Error;
use crate::instance::Instance;
use crate::model::integration::Integration;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The integrations page by page, on Gen3 those of all projects besides.
    pub fn integration_pages(&self) -> Pages<Integration> {
        self.pages(Listing {
            things: "integrations",
            // Names stand still, where the time of a change would move its entry.
            query: &[("expand", "connection"), ("orderBy", "name")],
            doing: "listing integrations",
            in_projects: true,
            read: wire::integration::integration,
        })
    }

    /// All integrations, held in memory.
    pub async fn integrations(&self) -> Result<Vec<Integration>, Error> {
        self.integration_pages().all().await
    }
}
