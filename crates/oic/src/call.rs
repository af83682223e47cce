//! One call to the instance: its URL, its sign-in, its answer.

use bytes::Bytes;
use ferry_http::{Body, Evidence, Repeat, Request, Response};
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::instance::Instance;
use crate::token::{Pass, behind_scheme};

/// Where the export and import calls are (documented for both generations).
pub(crate) const COMMON: &str = "/ic/api/common/v1";
/// Where the design-time calls are (likewise).
pub(crate) const DESIGN: &str = "/ic/api/integration/v1";

/// No answer read here is longer; a page of a hundred integrations is a few hundred kilobytes.
const ANSWER_LIMIT: usize = 32 << 20;

const JSON: &str = "application/json";

/// All but what RFC 3986 calls unreserved.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A call that is ready to be made, twice if a token has to be renewed.
pub(crate) struct Call<'a> {
    /// For messages: `reading the status of export job 7`.
    pub(crate) doing: String,
    method: Method,
    path: String,
    query: Vec<(&'static str, String)>,
    accept: &'static str,
    /// The body and its type.
    body: Option<(String, Bytes)>,
    patch: bool,
    repeat: Option<Repeat>,
    /// Secrets in the body, which an answer may echo.
    secrets: Vec<&'a SecretString>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(method: Method, path: String, doing: impl Into<String>) -> Self {
        Self {
            doing: doing.into(),
            method,
            path,
            query: Vec::new(),
            accept: JSON,
            body: None,
            patch: false,
            repeat: None,
            secrets: Vec::new(),
        }
    }

    pub(crate) fn get(path: String, doing: impl Into<String>) -> Self {
        Self::new(Method::GET, path, doing)
    }

    pub(crate) fn post(path: String, doing: impl Into<String>) -> Self {
        Self::new(Method::POST, path, doing)
    }

    pub(crate) fn put(path: String, doing: impl Into<String>) -> Self {
        Self::new(Method::PUT, path, doing)
    }

    /// The service takes a PATCH as a POST with a header.
    pub(crate) fn patch(path: String, doing: impl Into<String>) -> Self {
        Self {
            patch: true,
            ..Self::new(Method::POST, path, doing)
        }
    }

    pub(crate) fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.push((key, value.into()));
        self
    }

    /// A body, with the secrets that are in it. Every body here is plain text and lists, so it serializes.
    pub(crate) fn json(mut self, body: &impl Serialize, secrets: Vec<&'a SecretString>) -> Self {
        let body = serde_json::to_vec(body).ok().map(Bytes::from);
        self.body = body.map(|body| (JSON.to_owned(), body));
        self.secrets = secrets;
        self
    }

    /// A body of another type.
    pub(crate) fn body(mut self, kind: String, body: Bytes) -> Self {
        self.body = Some((kind, body));
        self
    }

    /// Another type of answer.
    pub(crate) fn accepts(mut self, kind: &'static str) -> Self {
        self.accept = kind;
        self
    }

    /// For a POST that does no more when it is sent twice.
    pub(crate) fn repeatable(mut self) -> Self {
        self.repeat = Some(Repeat::Always);
        self
    }

    fn url(&self, origin: &str, instance: Option<&str>) -> String {
        let named = instance
            .filter(|name| !name.trim().is_empty())
            .map(|name| ("integrationInstance", name));
        let given = self.query.iter().map(|(key, value)| (*key, value.as_str()));
        let pairs: Vec<String> = given
            .chain(named)
            .map(|(key, value)| format!("{key}={}", encoded(value)))
            .collect();
        let mark = if pairs.is_empty() { "" } else { "?" };
        format!("{origin}{}{mark}{}", self.path, pairs.join("&"))
    }
}

/// A text as a segment of a path, or as a value of a query.
pub(crate) fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

impl Instance {
    /// Makes the call. A 401 means that nothing was carried out, so a renewed token repeats any call, once.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Response, Error> {
        let Some(origin) = self.safe_origin() else {
            return Err(Error::settings(format!(
                "{}: the instance's URL must be `https://host[:port]`, or loopback",
                call.doing
            ))
            .before_the_call());
        };
        let pass = self.pass(None).await.map_err(Error::before_the_call)?;
        match self.attempt(call, &origin, &pass).await {
            Err(error) if pass.renewable && is_401(&error) => {
                let renewed = self.pass(Some(&pass)).await;
                let renewed = renewed.map_err(Error::before_the_call)?;
                let again = self.attempt(call, &origin, &renewed).await;
                again.map_err(|error| failed(call, &renewed, error))
            }
            first => first.map_err(|error| failed(call, &pass, error)),
        }
    }

    async fn attempt(
        &self,
        call: &Call<'_>,
        origin: &str,
        pass: &Pass,
    ) -> Result<Response, ferry_http::Error> {
        let inner = self.inner();
        let url = call.url(origin, inner.settings.service_instance.as_deref());
        let mut request = Request::new(call.method.clone(), &url)?
            .secret_header("authorization", pass.header.expose_secret())
            .header("accept", call.accept);
        if call.patch {
            request = request.header("x-http-method-override", "PATCH");
        }
        if let Some((kind, body)) = &call.body {
            request = request
                .header("content-type", kind)
                .body(Body::Bytes(body.clone()));
        }
        if let Some(repeat) = call.repeat {
            request = request.repeat(repeat);
        }
        inner.http.send(request).await
    }

    /// Makes the call and reads its answer as JSON, whatever the answer says of its own type.
    pub(crate) async fn ask(&self, call: &Call<'_>) -> Result<(Value, Evidence), Error> {
        let response = self.call(call).await?;
        let evidence = response.evidence().clone();
        let body = response.bytes(ANSWER_LIMIT).await;
        let body = body.map_err(|error| Error::http_failed(error, &call.doing, &[]))?;
        match serde_json::from_slice(&body) {
            Ok(value) => Ok((value, evidence)),
            Err(_) => Err(Error::answer(
                &call.doing,
                "the answer is not JSON",
                evidence,
            )),
        }
    }

    /// Makes the call for what it does.
    pub(crate) async fn tell(&self, call: &Call<'_>) -> Result<(), Error> {
        self.told(call).await.map(|_| ())
    }

    /// Makes the call for what it does, and gives what the answer says of it: a location, and JSON. An empty answer or
    /// one in JSON will do; a page of a proxy will not.
    pub(crate) async fn told(
        &self,
        call: &Call<'_>,
    ) -> Result<(Option<String>, Option<Value>), Error> {
        let response = self.call(call).await?;
        let evidence = response.evidence().clone();
        let location = response.header("location").map(ToOwned::to_owned);
        let body = response.bytes(ANSWER_LIMIT).await;
        let body = body.map_err(|error| Error::http_failed(error, &call.doing, &[]))?;
        if body.is_empty() {
            return Ok((location, None));
        }
        match serde_json::from_slice(&body) {
            Ok(value) => Ok((location, Some(value))),
            Err(_) => Err(Error::answer(
                &call.doing,
                "the answer is not JSON",
                evidence,
            )),
        }
    }

    /// Makes the call and gives its answer to be read piece by piece.
    pub(crate) async fn content(&self, call: Call<'_>) -> Result<Content, Error> {
        let response = self.call(&call).await?;
        Ok(Content {
            response,
            doing: call.doing,
        })
    }
}

/// The bytes of a file that the service gives.
#[derive(Debug)]
pub struct Content {
    response: Response,
    doing: String,
}

impl Content {
    /// The next piece; `None` at the end.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let piece = self.response.chunk().await;
        piece.map_err(|error| Error::http_failed(error, &self.doing, &[]))
    }
}

fn is_401(error: &ferry_http::Error) -> bool {
    error.kind() == ferry_http::ErrorKind::Status
        && error.status() == Some(StatusCode::UNAUTHORIZED)
}

fn failed(call: &Call<'_>, pass: &Pass, error: ferry_http::Error) -> Error {
    let mut secrets: Vec<&str> = vec![behind_scheme(&pass.header)];
    secrets.extend(call.secrets.iter().map(|secret| secret.expose_secret()));
    Error::http_failed(error, &call.doing, &secrets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let call = Call::get(format!("{DESIGN}/integrations"), "x").query("limit", "1");
        assert_eq!(
            call.url("https://example.com", Some("acme prod+1")),
            "https://example.com/ic/api/integration/v1/integrations?limit=1&integrationInstance=acme%20prod%2B1"
        );
        let call = Call::get("/x".to_owned(), "x");
        assert_eq!(
            call.url("https://example.com", None),
            "https://example.com/x"
        );
    }
}
