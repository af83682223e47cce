//! `GET /projects` (Gen3): integrations and connections live in projects too.

use ferry_core::job::Generation;

use crate::call::{DESIGN, encoded};
use crate::error::Error;
use crate::instance::Instance;
use crate::wire::fields::Fields;

impl Instance {
    /// The ids of all projects; none on Gen2, which has none, and where the instance knows no such call.
    pub(super) async fn projects(&self) -> Result<Vec<String>, Error> {
        if self.generation() == Generation::Gen2 {
            return Ok(Vec::new());
        }
        let doing = "listing projects";
        let listed = self.pages(&format!("{DESIGN}/projects"), &[], doing).await;
        let values = match listed {
            Err(error) if error.is_not_found() => return Ok(Vec::new()),
            other => other?,
        };
        let ids = values
            .iter()
            .filter_map(|value| Fields::of(value)?.text(&["id", "code"]));
        Ok(ids.collect())
    }
}

/// Where a kind of thing is: at the top, or within a project.
pub(super) fn within(project: Option<&str>, things: &str) -> String {
    match project {
        Some(id) => format!("{DESIGN}/projects/{}/{things}", encoded(id)),
        None => format!("{DESIGN}/{things}"),
    }
}
