//! Listings, page by page.

use std::collections::HashSet;

use serde_json::Value;

use crate::call::Call;
use crate::error::Error;
use crate::instance::Instance;
use crate::wire::fields::Fields;

/// Entries asked for at once; the service may give fewer.
const LIMIT: usize = 100;

impl Instance {
    /// All entries of a listing. Goes on by the number of entries that came, not by the limit asked for, and
    /// until a page is empty or the answer says that this was the last one.
    pub(crate) async fn pages(
        &self,
        path: &str,
        query: &[(&'static str, &str)],
        doing: &str,
    ) -> Result<Vec<Value>, Error> {
        let mut all: Vec<Value> = Vec::new();
        let mut seen: HashSet<String> = HashSet::new();
        loop {
            let mut call = Call::get(path.to_owned(), doing)
                .query("limit", LIMIT.to_string())
                .query("offset", all.len().to_string());
            for (key, value) in query {
                call = call.query(key, *value);
            }
            let (value, evidence) = self.ask(&call).await?;
            let Some((items, more)) = page(&value, all.len()) else {
                return Err(Error::answer(doing, "the answer is no listing", evidence));
            };
            if items.is_empty() {
                return Ok(all);
            }
            // A server that ignores the offset would be asked for ever.
            let fresh = items.iter().filter(|item| seen.insert(item.to_string()));
            if fresh.count() == 0 {
                return Err(Error::answer(doing, "the same page came twice", evidence));
            }
            all.extend(items.iter().cloned());
            if !more {
                return Ok(all);
            }
        }
    }
}

/// The entries of a page, and whether to ask for more; `None` where it is no listing.
fn page(value: &Value, before: usize) -> Option<(&[Value], bool)> {
    if let Value::Array(items) = value {
        return Some((items, false));
    }
    let fields = Fields::of(value)?;
    let items = match fields.value(&["items"]) {
        Some(Value::Array(items)) => items.as_slice(),
        Some(_) => return None,
        // An empty page may leave them out, but then it has another mark of a listing.
        None => {
            fields.value(&["hasmore", "totalresults", "limit"])?;
            &[]
        }
    };
    let total = fields.number(&["totalresults"]);
    let expected = total.is_some_and(|total| ((before + items.len()) as u64) < total);
    let more = fields.flag(&["hasmore"]).unwrap_or(total.is_none());
    Some((items, more || expected))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pages_of_every_spelling() {
        for (value, count, more) in [
            (
                json!({"items":[{"id":"a"}],"hasMore":true,"limit":1,"totalResults":2}),
                1,
                true,
            ),
            (
                json!({"items":[{"id":"a"}],"has-more":false,"total-results":1}),
                1,
                false,
            ),
            // What says that nothing follows is not believed against the count.
            (
                json!({"items":[{"id":"a"}],"hasMore":false,"totalResults":2}),
                1,
                true,
            ),
            // With no word on it, the next page tells.
            (json!({"items":[{"id":"a"}]}), 1, true),
            (json!({"items":[],"totalResults":0}), 0, false),
            (json!({"totalResults":"0","hasMore":"false"}), 0, false),
            (json!([{"id":"a"}]), 1, false),
        ] {
            let (items, goes_on) = page(&value, 0).unwrap();
            assert_eq!((items.len(), goes_on), (count, more), "{value}");
        }
        assert!(page(&json!({"items":"x"}), 0).is_none());
        assert!(page(&json!({"status":"ok"}), 0).is_none());
        assert!(page(&json!("x"), 0).is_none());
    }
}
