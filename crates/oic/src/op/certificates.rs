//! `GET /certificates`: for a `ServiceAdministrator` alone (documented).

use crate::instance::Instance;
use crate::model::listed::Certificate;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The certificates page by page.
    pub fn certificate_pages(&self) -> Pages<Certificate> {
        self.pages(Listing {
            things: "certificates",
            query: &[("orderBy", "name")],
            doing: "listing certificates",
            in_projects: false,
            read: |value, _| wire::listed::certificate(value),
        })
    }
}
