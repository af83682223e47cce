//! `GET /lookups/{name}`.

use crate::call::{Call, encoded};
use crate::error::Error;
use crate::instance::Instance;
use crate::model::lookup::{Lookup, LookupRef};
use crate::paging::within;
use crate::wire;

impl Instance {
    /// One lookup with its rows.
    pub async fn lookup(&self, which: &LookupRef) -> Result<Lookup, Error> {
        let call = Call::get(path(which), format!("reading lookup {}", which.name));
        let (value, evidence) = self.ask(&call).await?;
        wire::lookup::lookup(&value, which.project.as_deref())
            .ok_or_else(|| Error::answer(&call.doing, "the answer is no lookup", evidence))
    }
}

/// By name, not by id (seen).
pub(super) fn path(which: &LookupRef) -> String {
    let all = within(which.project.as_deref(), "lookups");
    format!("{all}/{}", encoded(&which.name))
}
