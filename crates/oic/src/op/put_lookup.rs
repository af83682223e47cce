//! `POST /lookups` and `PUT /lookups/{name}`. That the body has the shape of what is read is assumed.

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::model::lookup::{Lookup, LookupRef};
use crate::op::lookup::path;
use crate::paging::within;
use crate::wire::lookup::LookupBody;

impl Instance {
    /// Makes a lookup that is not there yet; one of its name is [`ErrorKind::Conflict`](crate::ErrorKind::Conflict).
    pub async fn create_lookup(&self, lookup: &Lookup) -> Result<(), Error> {
        let all = within(lookup.project.as_deref(), "lookups");
        let call = Call::post(all, format!("making lookup {}", lookup.name));
        self.tell(&call.json(&LookupBody::of(lookup), Vec::new()))
            .await
    }

    /// Puts the whole table in the place of the one that is there.
    pub async fn replace_lookup(&self, lookup: &Lookup) -> Result<(), Error> {
        let which = LookupRef {
            name: lookup.name.clone(),
            project: lookup.project.clone(),
        };
        let call = Call::put(path(&which), format!("replacing lookup {}", lookup.name));
        self.tell(&call.json(&LookupBody::of(lookup), Vec::new()))
            .await
    }
}
