//! One bucket and the sign-in that opens it.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferry_core::ids::ObjectName;
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_http::{Client, Request, Response};
use http::Method;
use secrecy::{ExposeSecret as _, SecretString};

use crate::error::{Error, Subject};

/// A bucket of Object Storage, reached through its Swift URL. A clone is cheap and shares everything.
///
/// The password goes only to the URL's own origin, which [`StorageUrl`] lets be `https` or loopback
/// alone. `Debug` and every error leave it out.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    http: Client,
    url: StorageUrl,
    user: SwiftUser,
    password: SecretString,
    /// `user:password` in base64, as it stands behind `Basic `.
    credentials: SecretString,
}

impl Bucket {
    /// `password` is an OCI *auth token* of `user`, not the password of the console.
    pub fn new(http: Client, url: StorageUrl, user: SwiftUser, password: SecretString) -> Self {
        let pair = SecretString::from(format!("{}:{}", user.as_str(), password.expose_secret()));
        let credentials = SecretString::from(STANDARD.encode(pair.expose_secret()));
        Self(Arc::new(Inner {
            http,
            url,
            user,
            password,
            credentials,
        }))
    }

    /// Where the bucket is.
    pub fn url(&self) -> &StorageUrl {
        &self.0.url
    }

    pub(crate) fn user(&self) -> &SwiftUser {
        &self.0.user
    }

    /// A signed request to an object, or to the bucket itself. `query` comes encoded, without `?`.
    pub(crate) fn request(
        &self,
        method: Method,
        object: Option<&ObjectName>,
        query: Option<&str>,
    ) -> Result<Request, ferry_http::Error> {
        let path = match object {
            Some(name) => self.0.url.object_path(name),
            None => self.0.url.bucket_path(),
        };
        let mut url = format!("{}{path}", self.0.url.origin());
        if let Some(query) = query {
            url.push('?');
            url.push_str(query);
        }
        let signed = SecretString::from(format!("Basic {}", self.0.credentials.expose_secret()));
        Ok(Request::new(method, &url)?.secret_header("authorization", signed.expose_secret()))
    }

    /// Sends, and turns a refusal into this crate's error.
    pub(crate) async fn send(
        &self,
        request: Result<Request, ferry_http::Error>,
        subject: &Subject<'_>,
    ) -> Result<Response, Error> {
        let request = request.map_err(|error| Error::http(error, self, subject))?;
        let sent = self.0.http.send(request).await;
        sent.map_err(|error| Error::http(error, self, subject))
    }

    /// Takes this bucket's secrets out of a text of foreign origin: an answer may echo its request.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut clean = text.to_owned();
        for secret in [&self.0.credentials, &self.0.password] {
            let secret = secret.expose_secret();
            if !secret.is_empty() {
                clean = clean.replace(secret, "[hidden]");
            }
        }
        clean
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("url", &self.0.url)
            .field("user", &self.0.user)
            .finish_non_exhaustive()
    }
}
