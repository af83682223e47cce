//! Lists: `q` filters, order and paging.

use serde_json::{Value, json};

use super::answers::{bad_request, ok};
use crate::body::Reply;
use crate::world::Call;

/// How many items a page holds when no limit is asked for (assumed).
const DEFAULT_LIMIT: usize = 100;

/// Filters, orders and pages `items`, which are whole REST objects.
pub(super) fn list(call: &Call, items: Vec<Value>) -> Reply {
    let number = |name: &str, default: usize| match call.query(name) {
        None => Ok(default),
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| format!("{name} is no number: {text}")),
    };
    let (limit, offset) = match (number("limit", DEFAULT_LIMIT), number("offset", 0)) {
        (Ok(0), _) => return bad_request("limit is 0"),
        (Ok(limit), Ok(offset)) => (limit, offset),
        (Err(why), _) | (_, Err(why)) => return bad_request(why),
    };
    let filters = match call.query("q").map(filters) {
        None => Vec::new(),
        Some(Some(filters)) => filters,
        Some(None) => return bad_request("q is not of the form {name:'X', status:'Y'}"),
    };
    let mut items: Vec<Value> = items
        .into_iter()
        .filter(|item| filters.iter().all(|f| f.takes(item)))
        .collect();
    let key = match call.query("orderBy") {
        Some("time") => "lastUpdated",
        Some("type") => "adapterType",
        _ => "name",
    };
    items.sort_by_key(|item| {
        let text = |k: &str| item.get(k).map(ToString::to_string).unwrap_or_default();
        (text(key).to_lowercase(), text("id"))
    });
    let total = items.len();
    let page: Vec<Value> = items.into_iter().skip(offset).take(limit).collect();
    let more = offset.saturating_add(page.len()) < total && !page.is_empty();
    ok(&json!({
        "items": page,
        "hasMore": more,
        "limit": limit,
        "offset": offset,
        "totalResults": total,
        "links": [{"rel": "self", "href": href(call, &call.path)}],
    }))
}

/// A link as the service writes it: absolute, with the instance's parameter repeated.
pub(super) fn href(call: &Call, path: &str) -> String {
    let instance = call
        .query("integrationInstance")
        .map(|name| format!("?integrationInstance={name}"))
        .unwrap_or_default();
    format!("http://{}{path}{instance}", call.authority)
}

#[derive(Debug, PartialEq, Eq)]
struct Filter {
    key: String,
    value: String,
    /// Written between slashes: anywhere in the text.
    contains: bool,
}

impl Filter {
    fn takes(&self, item: &Value) -> bool {
        // `type` and `style` have values that no source tells; they filter nothing.
        match item.get(&self.key).and_then(Value::as_str) {
            None => true,
            Some(text) if self.contains => text.to_lowercase().contains(&self.value.to_lowercase()),
            Some(text) => text == self.value,
        }
    }
}

/// Parses `{name: /contains/, status: 'EXACT'}`.
fn filters(q: &str) -> Option<Vec<Filter>> {
    let mut rest = q.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_once(':')?;
        let after = after.trim_start();
        let quote = after
            .chars()
            .next()
            .filter(|c| matches!(c, '\'' | '"' | '/'))?;
        let (value, tail) = after.strip_prefix(quote)?.split_once(quote)?;
        out.push(Filter {
            key: key.trim().to_owned(),
            value: value.to_owned(),
            contains: quote == '/',
        });
        rest = tail.trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_filters() {
        let read = filters("{name : /SC2RN/, status : 'CONFIGURED'}").unwrap();
        assert_eq!(read.len(), 2);
        assert!(read[0].contains && read[0].value == "SC2RN");
        assert_eq!(
            (read[1].key.as_str(), read[1].value.as_str()),
            ("status", "CONFIGURED")
        );
        assert!(filters("name like 'X'").is_none());
        assert!(filters("{name}").is_none());
        assert!(read[0].takes(&json!({"name": "a sc2rn b"})));
        assert!(!read[1].takes(&json!({"status": "ACTIVATED"})));
    }

    proptest::proptest! {
        #[test]
        fn no_filter_text_panics(q in ".{0,40}") {
            let _ = filters(&q);
        }
    }
}
