//! A cheap look at whether the instance answers. No health call is documented.

use crate::call::{Call, DESIGN};
use crate::error::Error;
use crate::instance::Instance;

impl Instance {
    /// Asks for one integration: proves host, sign-in and role at once.
    pub async fn probe(&self) -> Result<(), Error> {
        let call = Call::get(format!("{DESIGN}/integrations"), "looking at the instance")
            .query("limit", "1");
        let (value, evidence) = self.ask(&call).await?;
        if value.is_object() {
            Ok(())
        } else {
            Err(Error::answer(
                &call.doing,
                "the answer is no listing",
                evidence,
            ))
        }
    }
}
