//! Basic authentication: a user name and an auth token on every request.

use http::{StatusCode, header};

use super::Store;
use super::reply::{refuse, set};
use crate::authorization::Authorization;
use crate::body::Refused;
use crate::world::Call;

impl Store {
    /// The user of a request, where the token is one of theirs. `X-Auth-Token` is ignored.
    pub(super) fn user(&self, call: &Call, namespace: &str) -> Result<String, Refused> {
        self.admit(call, namespace).map_err(unauthorized)
    }

    fn admit(&self, call: &Call, namespace: &str) -> Result<String, &'static str> {
        let header = call
            .header("authorization")
            .ok_or("no Authorization header")?;
        let Authorization::Basic { name, secret } = Authorization::read(header)? else {
            return Err("the Authorization header is not of the Basic scheme");
        };
        let account = self.accounts.get(namespace).ok_or("unknown namespace")?;
        account.admit(&name, &secret.0)?;
        Ok(name)
    }
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
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
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
            job_end: None,
        };
        store.user(&call, "acme").ok()
    }

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
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
