//! Dynamic manifests: `X-Object-Manifest: container/prefix`.

use http::StatusCode;
use percent_encoding::percent_decode_str;

use super::super::problem::Problem;

/// The header's value, where it names a container and a prefix.
pub(in crate::store) fn checked(value: &str) -> Result<String, Problem> {
    let named = value.split_once('/').is_some_and(|(container, prefix)| {
        !container.is_empty() && !prefix.is_empty() && !prefix.starts_with('/')
    });
    if !named || value.contains(['?', '&']) {
        let text = "X-Object-Manifest must be in the format container/prefix";
        return Err(Problem::says(StatusCode::BAD_REQUEST, text));
    }
    Ok(value.to_owned())
}

/// The container and the prefix of a header that was checked.
pub(super) fn parts(value: &str) -> Option<(String, String)> {
    let decoded = percent_decode_str(value).decode_utf8().ok()?;
    let (container, prefix) = decoded.trim_start_matches('/').split_once('/')?;
    Some((container.to_owned(), prefix.to_owned()))
}
