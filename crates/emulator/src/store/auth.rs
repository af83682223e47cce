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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;

    fn user(authorization: &str) -> Option<String> {
        let mut store = Store::default();
        for (user, token) in [
            ("jane", "plain"),
            ("oracleidentitycloudservice/jane@example.com", "a:b:c"),
            ("Default/j.\u{f6}@example.com", "<(x)>{/}"),
        ] {
            store.create_bucket("acme", "ferry", user, &[token.to_owned()]);
        }
        let mut headers = HeaderMap::new();
        headers.insert(
            "authorization",
            HeaderValue::from_str(authorization).unwrap(),
        );
        let call = Call {
            method: Method::GET,
            host: String::new(),
            authority: String::new(),
            secure: false,
            path: String::new(),
            query: Vec::new(),
            headers,
            body: Bytes::new(),
        };
        store.user(&call, "acme").ok()
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", BASE64.encode(text))
    }

    #[test]
    fn the_first_colon_divides_user_and_token() {
        for text in [
            "jane:plain",
            "oracleidentitycloudservice/jane@example.com:a:b:c",
            "Default/j.\u{f6}@example.com:<(x)>{/}",
        ] {
            let expected = text.split_once(':').map(|(user, _)| user.to_owned());
            assert_eq!(user(&basic(text)), expected);
            assert_eq!(
                user(basic(text).trim_end_matches('=')),
                expected,
                "without padding"
            );
        }
        for text in [
            "jane@example.com:a:b:c",
            "oracleidentitycloudservice/jane@example.com:a",
            "jane:plain:",
            "Jane:plain",
            ":plain",
        ] {
            assert_eq!(user(&basic(text)), None, "{text}");
        }
        assert_eq!(user("Basic"), None);
    }
}
