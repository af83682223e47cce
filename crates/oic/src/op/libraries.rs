//! `GET /libraries`, and those of every project.

use crate::instance::Instance;
use crate::model::listed::Library;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The JavaScript libraries page by page. That projects have some of their own is assumed.
    pub fn library_pages(&self) -> Pages<Library> {
        self.pages(Listing {
            things: "libraries",
            query: &[],
            doing: "listing libraries",
            in_projects: true,
            read: wire::listed::library,
        })
    }
}
