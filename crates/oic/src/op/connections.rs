//! `GET /connections`, and those of every project.

use crate::error::Error;
use crate::instance::Instance;
use crate::model::connection::Connection;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The connections page by page, on Gen3 those of all projects besides.
    pub fn connection_pages(&self) -> Pages<Connection> {
        self.pages(Listing {
            things: "connections",
            query: &[("orderBy", "name")],
            doing: "listing connections",
            in_projects: true,
            read: wire::connection::connection,
        })
    }

    /// All connections, held in memory.
    pub async fn connections(&self) -> Result<Vec<Connection>, Error> {
        self.connection_pages().all().await
    }
}
