//! `GET /monitoring/agentgroups`. The path is assumed.

use crate::instance::Instance;
use crate::model::listed::AgentGroup;
use crate::paging::{Listing, Pages};
use crate::wire;

impl Instance {
    /// The groups of connectivity agents page by page.
    pub fn agent_group_pages(&self) -> Pages<AgentGroup> {
        self.pages(Listing {
            things: "monitoring/agentgroups",
            query: &[],
            doing: "listing agent groups",
            in_projects: false,
            read: |value, _| wire::listed::agent_group(value),
        })
    }
}
