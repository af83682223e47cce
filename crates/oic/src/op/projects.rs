//! `GET /projects` (Gen3).

use crate::instance::Instance;
use crate::model::listed::Project;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The projects, page by page. Gen2 has none and knows no such call.
    pub fn project_pages(&self) -> Pages<Project> {
        self.pages(Listing {
            things: "projects",
            query: &[],
            doing: "listing projects",
            in_projects: false,
            read: |value, _| wire::listed::project(value),
        })
    }
}
