//! `GET /packages`.

use crate::instance::Instance;
use crate::model::listed::Package;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The packages page by page.
    pub fn package_pages(&self) -> Pages<Package> {
        self.pages(Listing {
            things: "packages",
            query: &[],
            doing: "listing packages",
            in_projects: false,
            read: |value, _| wire::listed::package(value),
        })
    }
}
