//! Basic authentication: a user name and an auth token on every request.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::{StatusCode, header};

use super::Store;
use super::reply::{refuse, set};
use crate::body::Refused;
use crate::world::Call;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl Store {
    /// The user of a request, where the token is one of theirs. `X-Auth-Token` is ignored.
    pub(super) fn user(&self, call: &Call, namespace: &str) -> Result<String, Refused> {
        let (user, token) = credentials(call).map_err(unauthorized)?;
        match self.accounts.get(namespace) {
            Some(account) if account.knows(&user, &token) => Ok(user),
            Some(account) if account.users.contains_key(&user) => {
                Err(unauthorized("wrong auth token"))
            }
            Some(_) => Err(unauthorized("unknown user")),
            None => Err(unauthorized("unknown namespace")),
        }
    }
}

/// User and token. A user name holds no colon, a token may: the first one divides them.
fn credentials(call: &Call) -> Result<(String, String), &'static str> {
    let header = call
        .header("authorization")
        .ok_or("no Authorization header")?;
    let (scheme, encoded) = header
        .split_once(' ')
        .ok_or("the Authorization header holds no credentials")?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err("the Authorization header is not of the Basic scheme");
    }
    let decoded = BASE64
        .decode(encoded.trim())
        .map_err(|_| "the credentials are not Base64")?;
    let text = String::from_utf8(decoded).map_err(|_| "the credentials are not UTF-8")?;
    let (user, token) = text
        .split_once(':')
        .ok_or("the credentials hold no colon")?;
    Ok((user.to_owned(), token.to_owned()))
}

fn unauthorized(why: &'static str) -> Refused {
    let refused = refuse(
        StatusCode::UNAUTHORIZED,
        "NotAuthenticated",
        "The required information to complete authentication was not provided or was incorrect.",
        why,
    );
    refused.map(|mut reply| {
        set(
            reply.headers_mut(),
            header::WWW_AUTHENTICATE,
            "Basic realm=\"Object Storage\"",
        );
        reply
    })
}
