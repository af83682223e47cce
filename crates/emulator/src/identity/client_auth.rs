//! Which client asks for a token, and how it proves it: Basic, form or a signed assertion, one of them.

use http::header::AUTHORIZATION;
use jiff::Timestamp;

use super::assertion::Assertion;
use super::form::Form;
use super::refusals::{invalid_client, invalid_request};
use super::{Client, Identity};
use crate::authorization::Authorization;
use crate::body::Refused;
use crate::world::Call;

/// What `client_assertion_type` must be (RFC 7523).
const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

impl Identity {
    /// The client that asks.
    pub(super) fn authenticate(
        &self,
        call: &Call,
        form: &Form,
        real_now: Timestamp,
    ) -> Result<&Client, Refused> {
        let header = call.header(AUTHORIZATION.as_str());
        let secret = form.get("client_secret");
        let assertion = form.get("client_assertion");
        let named = form.get("client_id");
        let client = match (header, secret, assertion) {
            (Some(header), None, None) => {
                let Authorization::Basic { name, secret } =
                    Authorization::read(header).map_err(invalid_client)?
                else {
                    return Err(invalid_client("a client signs in by Basic, not by a token"));
                };
                self.by_secret(&name, &secret.0)?
            }
            (None, Some(secret), None) => self.by_secret(form.need("client_id")?, secret)?,
            (None, None, Some(assertion)) => {
                if form.need("client_assertion_type")? != JWT {
                    return Err(invalid_request(
                        "the client_assertion_type is not jwt-bearer",
                    ));
                }
                self.by_assertion(assertion, &call.authority, real_now)
                    .map_err(invalid_client)?
            }
            (None, None, None) => {
                return Err(invalid_client("the client sent no secret and no assertion"));
            }
            _ => {
                return Err(invalid_request(
                    "the client signs in twice: by header, form or assertion, only one is allowed",
                ));
            }
        };
        if named.is_some_and(|id| id != client.id) {
            return Err(invalid_request("client_id is not the client that signs in"));
        }
        Ok(client)
    }

    fn by_secret(&self, id: &str, secret: &str) -> Result<&Client, Refused> {
        let client = self.clients.get(id);
        let client = client.ok_or_else(|| invalid_client("no client has this id"))?;
        if client.secret.0 != secret {
            return Err(invalid_client("the client's secret is wrong"));
        }
        Ok(client)
    }

    /// The client is both issuer and subject.
    fn by_assertion(
        &self,
        assertion: &str,
        authority: &str,
        real_now: Timestamp,
    ) -> Result<&Client, &'static str> {
        let assertion = Assertion::read(assertion)?;
        let client = self.clients.get(assertion.subject());
        let client = client.ok_or("the assertion's sub is no client")?;
        assertion.check(client, authority, real_now)?;
        Ok(client)
    }
}
