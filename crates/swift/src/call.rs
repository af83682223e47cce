//! A call to the bucket, before it is signed.

use ferry_core::ids::ObjectName;
use ferry_core::storage::StorageUrl;
use ferry_http::{Body, Repeat, Request};
use http::Method;

/// Method, what it is about, and what goes with it.
pub(crate) struct Call<'a> {
    method: Method,
    object: Option<&'a ObjectName>,
    query: Option<String>,
    headers: Vec<(&'static str, String)>,
    body: Body,
    repeat: Option<Repeat>,
}

impl<'a> Call<'a> {
    /// About the bucket itself.
    pub(crate) fn of_bucket(method: Method) -> Self {
        Self::new(method, None)
    }

    /// About an object.
    pub(crate) fn of(method: Method, object: &'a ObjectName) -> Self {
        Self::new(method, Some(object))
    }

    fn new(method: Method, object: Option<&'a ObjectName>) -> Self {
        Self {
            method,
            object,
            query: None,
            headers: Vec::new(),
            body: Body::Empty,
            repeat: None,
        }
    }

    /// With a query, encoded, without `?`.
    pub(crate) fn query(mut self, query: impl Into<String>) -> Self {
        self.query = Some(query.into());
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn body(mut self, body: Body) -> Self {
        self.body = body;
        self
    }

    /// Sent again or not, whatever its method.
    pub(crate) fn repeat(mut self, repeat: Repeat) -> Self {
        self.repeat = Some(repeat);
        self
    }

    /// The call, and the same once more where its body can be sent again.
    pub(crate) fn twice(self) -> (Self, Option<Self>) {
        let again = self.body.again().map(|body| Self {
            method: self.method.clone(),
            object: self.object,
            query: self.query.clone(),
            headers: self.headers.clone(),
            body,
            repeat: self.repeat,
        });
        (self, again)
    }

    /// The request to the bucket at `url`.
    pub(crate) fn request(self, url: &StorageUrl) -> Result<Request, ferry_http::Error> {
        let path = match self.object {
            Some(name) => url.object_path(name),
            None => url.bucket_path(),
        };
        let mut target = format!("{}{path}", url.origin());
        if let Some(query) = self.query {
            target.push('?');
            target.push_str(&query);
        }
        let mut request = Request::new(self.method, &target)?.body(self.body);
        if let Some(repeat) = self.repeat {
            request = request.repeat(repeat);
        }
        let headers = self.headers.iter();
        Ok(headers.fold(request, |request, (name, value)| {
            request.header(name, value)
        }))
    }
}
