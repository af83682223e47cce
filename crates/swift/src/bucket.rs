//! One bucket and the sign-in that opens it.

use std::fmt;
use std::sync::Arc;

use ferry_core::storage::StorageUrl;
use ferry_http::{Client, Request, Response};
use http::StatusCode;
use secrecy::ExposeSecret as _;

use crate::call::Call;
use crate::error::{Error, Subject};
use crate::pool::Pool;
use crate::sign_in::{SignIn, Signature, Signer};

/// A bucket of Object Storage, reached through its Swift URL. A clone is cheap and shares everything.
///
/// Secrets go only to the URL's own origin, which [`StorageUrl`] lets be `https` or loopback alone (and, for a token, to
/// the sign-in's address). `Debug` and every error leave them out.
#[derive(Clone)]
pub struct Bucket(Arc<Inner>);

struct Inner {
    http: Client,
    url: StorageUrl,
    signer: Signer,
    /// Of all transfers, so that many at a time do not hold as many times the memory.
    pool: Arc<Pool>,
}

impl Bucket {
    /// The bucket at `url`. Nothing is asked yet.
    pub fn new(http: Client, url: StorageUrl, sign_in: SignIn) -> Self {
        Self(Arc::new(Inner {
            http,
            url,
            signer: Signer::new(sign_in),
            pool: Arc::default(),
        }))
    }

    /// Where the bucket is.
    pub fn url(&self) -> &StorageUrl {
        &self.0.url
    }

    pub(crate) fn pool(&self) -> &Arc<Pool> {
        &self.0.pool
    }

    pub(crate) fn sign_in(&self) -> &SignIn {
        &self.0.signer.sign_in
    }

    /// Sends a call, signed, and turns a refusal into this crate's error. A token that has run out is renewed once, where
    /// the body can be sent again.
    pub(crate) async fn send(
        &self,
        mut call: Call<'_>,
        subject: &Subject<'_>,
    ) -> Result<Response, Error> {
        let failed = |error| Error::http(error, self, subject);
        let mut renewed = false;
        loop {
            let (now, again) = call.twice();
            let signature = self.0.signer.signature(&self.0.http).await;
            let signature = signature.map_err(failed)?;
            let request = self.signed(now, &signature).map_err(failed)?;
            let error = match self.0.http.send(request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let refused = error.status() == Some(StatusCode::UNAUTHORIZED) && !renewed;
            let again = again.filter(|_| refused);
            let Some(next) = again else {
                return Err(failed(error));
            };
            if !self.0.signer.renew(&signature).await {
                return Err(failed(error));
            }
            renewed = true;
            call = next;
        }
    }

    /// Sends a call that needs no sign-in.
    pub(crate) async fn send_unsigned(
        &self,
        request: Request,
    ) -> Result<Response, ferry_http::Error> {
        self.0.http.send(request).await
    }

    fn signed(&self, call: Call<'_>, signature: &Signature) -> Result<Request, ferry_http::Error> {
        let request = call.request(&self.0.url)?;
        Ok(request.secret_header(signature.name, signature.value.expose_secret()))
    }

    /// Takes this bucket's secrets out of a text of foreign origin.
    pub(crate) fn scrub(&self, text: &str) -> String {
        self.0.signer.scrub(text)
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bucket")
            .field("url", &self.0.url)
            .field("sign_in", &self.0.signer.sign_in)
            .finish_non_exhaustive()
    }
}
