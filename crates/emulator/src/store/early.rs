//! What upstream looks at before it asks who asks (seen in its source): the form of a request.

use super::cors::METHODS;
use super::dialect::Dialect;
use super::listing::{Page, form};
use super::problem::{Problem, bad, only};
use super::reply::text;
use super::target::Target;
use super::{container, large};
use crate::world::Call;

/// Whether a request has the form that its method and its target want.
pub(super) fn check(call: &Call, target: &Target, dialect: Dialect) -> Result<(), Problem> {
    if !dialect.upstream {
        return Ok(());
    }
    match (target, call.method.as_str()) {
        (Target::Account(_), "GET" | "HEAD") => _ = form(call, dialect)?,
        (Target::Bucket(_), "GET" | "HEAD") => {
            form(call, dialect)?;
            Page::of(call, dialect)?;
        }
        (Target::Bucket(_), "PUT" | "POST") => container::quotas(&call.headers)?,
        (_, "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS") => {}
        _ => return Err(only(METHODS)),
    }
    Ok(())
}

/// Whether an object that comes, by upload or by copy, is asked for in a form that there is.
pub(super) fn object(call: &Call, dialect: Dialect) -> Result<(), Problem> {
    if let Some(value) = text(&call.headers, "x-object-manifest").filter(|_| dialect.large_objects)
    {
        large::dynamic(&value)?;
    }
    let condition = text(&call.headers, "if-none-match").filter(|it| !it.is_empty());
    if condition.is_some_and(|condition| condition.trim().trim_matches('"') != "*") {
        return Err(bad("If-None-Match only supports *"));
    }
    Ok(())
}
