//! Links in answers.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::world::Call;

/// A path segment or a value of a query.
pub(in crate::oic) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
        .to_string()
        .replace("%2E", ".")
        .replace("%5F", "_")
        .replace("%2D", "-")
}

/// A link as the service writes it: absolute, on the host that was asked, with the instance's parameter repeated.
pub(in crate::oic) fn href(call: &Call, path: &str) -> String {
    let instance = call.query("integrationInstance");
    let query = instance.map(|name| ("integrationInstance", name.to_owned()));
    absolute(call, path, query)
}

/// The links of a page: itself, and its neighbours where there are any (which of them the service links is assumed).
pub(super) fn pages(call: &Call, limit: usize, offset: usize, found: usize) -> Value {
    let page = |rel: &str, offset: usize| {
        let at = |key: &str| matches!(key, "limit" | "offset");
        let asked = call.query.iter().filter(|(key, _)| !at(key));
        let query = asked
            .map(|(key, value)| (key.as_str(), value.clone()))
            .chain([("limit", limit.to_string()), ("offset", offset.to_string())]);
        json!({"rel": rel, "href": absolute(call, &call.path, query)})
    };
    let mut links = vec![page("self", offset)];
    if let Some(next) = offset.checked_add(limit).filter(|next| *next < found) {
        links.push(page("next", next));
    }
    if offset > 0 {
        links.push(page("prev", offset.saturating_sub(limit)));
    }
    Value::Array(links)
}

fn absolute<'a>(
    call: &Call,
    path: &str,
    query: impl IntoIterator<Item = (&'a str, String)>,
) -> String {
    let scheme = if call.secure { "https" } else { "http" };
    let pairs: Vec<String> = query
        .into_iter()
        .map(|(key, value)| format!("{}={}", encoded(key), encoded(&value)))
        .collect();
    let glue = if pairs.is_empty() { "" } else { "?" };
    format!(
        "{scheme}://{}{path}{glue}{}",
        call.authority,
        pairs.join("&")
    )
}
