//! What upstream looks at before it asks who asks (seen in its source): the form of a request.

use super::container;
use super::cors::METHODS;
use super::dialect::Dialect;
use super::listing::{Page, form};
use super::problem::{Problem, only};
use super::target::Target;
use crate::world::Call;

/// Whether a request has the form that its method and its target want.
pub(super) fn check(call: &Call, target: &Target, dialect: Dialect) -> Result<(), Problem> {
    if !dialect.upstream {
        return Ok(());
    }
    match (target, call.method.as_str()) {
        (Target::Account(_) | Target::Bucket(_), "GET" | "HEAD") => {
            form(call, dialect)?;
            Page::of(call, dialect)?;
        }
        (Target::Bucket(_), "PUT" | "POST") => container::quotas(&call.headers)?,
        (_, "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS") => {}
        _ => return Err(only(METHODS)),
    }
    Ok(())
}
