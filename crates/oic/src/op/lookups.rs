//! `GET /lookups`, and those of every project.

use crate::instance::Instance;
use crate::model::lookup::Lookup;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The lookups page by page; whether their rows come with them is the service's choice. That projects have some
    /// of their own is assumed.
    pub fn lookup_pages(&self) -> Pages<Lookup> {
        self.pages(Listing {
            things: "lookups",
            query: &[],
            doing: "listing lookups",
            in_projects: true,
            read: wire::lookup::lookup,
        })
    }
}
