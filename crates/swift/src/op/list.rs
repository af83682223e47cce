//! Listing the bucket.

use ferry_core::job::Listed;
use http::Method;

use crate::bucket::Bucket;
use crate::error::{Error, ErrorKind, Subject};
use crate::wire::{page, query_value};

/// A page has 10 000 entries at most, each with a name of at most 1024 bytes.
const PAGE_LIMIT: usize = 64 << 20;

impl Bucket {
    /// All objects whose name starts with `prefix`, in the service's order (by UTF-8 bytes).
    ///
    /// Asks page after page until one is empty: a short page does not prove the end. A listing may lag
    /// behind: it may show an object that is gone, or not yet show one that is there.
    pub async fn list(&self, prefix: Option<&str>) -> Result<Vec<Listed>, Error> {
        let subject = Subject {
            doing: "listing",
            object: None,
        };
        let mut all: Vec<Listed> = Vec::new();
        loop {
            let marker = all.last().map(|last| last.name.clone());
            let query = query(prefix, marker.as_deref());
            let request = self.request(Method::GET, None, Some(&query));
            let request = request.map(|request| request.header("accept", "application/json"));
            let response = self.send(request, &subject).await?;
            let body = response
                .bytes(PAGE_LIMIT)
                .await
                .map_err(|error| Error::http(error, self, &subject))?;
            let found = page(&body).map_err(|_| {
                let why = "the answer is no listing in JSON";
                Error::new(ErrorKind::Other, self, &subject, why)
            })?;
            let Some(last) = found.last() else {
                return Ok(all);
            };
            // A server that ignores the marker would be asked for ever.
            if marker.is_some_and(|marker| last.name == marker) {
                let why = "the same page came twice";
                return Err(Error::new(ErrorKind::Other, self, &subject, why));
            }
            all.extend(found);
        }
    }
}

fn query(prefix: Option<&str>, marker: Option<&str>) -> String {
    let mut query = "format=json".to_owned();
    for (key, value) in [("prefix", prefix), ("marker", marker)] {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            query.push('&');
            query.push_str(key);
            query.push('=');
            query.push_str(&query_value(value));
        }
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries() {
        assert_eq!(query(None, None), "format=json");
        assert_eq!(query(Some(""), None), "format=json");
        assert_eq!(
            query(Some("a b/"), Some("a b/c+d")),
            "format=json&prefix=a%20b%2F&marker=a%20b%2Fc%2Bd"
        );
    }
}
