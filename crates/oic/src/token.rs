//! Access tokens: asked for, kept, renewed.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use ferry_http::{Body, ErrorKind as Fault, Repeat, Request, Response};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::error::{Error, ErrorKind};
use crate::instance::Instance;
use crate::settings::{SignIn, safe_origin};
use crate::wire::date;
use crate::wire::fields::Fields;

/// A token is renewed this long before its end.
const EARLY: SignedDuration = SignedDuration::from_secs(60);
/// What a token without `expires_in` is given: the documented lifetime.
const LIFETIME: Duration = Duration::from_secs(3600);
const ANSWER_LIMIT: usize = 256 << 10;
const DOING: &str = "asking the identity domain for a token";

/// What is known of the way in, for a check of the set-up. Nothing here is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenFacts {
    /// `Bearer`, or `Basic` where no token is needed; then the rest is empty.
    pub scheme: String,
    /// How long the token is good for, from `expires_in`.
    pub lifetime: Option<Duration>,
    /// When it ends by this machine's clock.
    pub expires: Option<Timestamp>,
    /// The scope that was given, or else asked for.
    pub scope: Option<String>,
    /// `aud`, where the token is one that can be read (not verified).
    pub audience: Vec<String>,
    /// `sub`, likewise.
    pub subject: Option<String>,
    /// The identity domain's own time: what this machine's clock is compared with.
    pub server_time: Option<Timestamp>,
}

/// The one token of an instance. Holding the lock while asking keeps many callers from asking at once.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<Option<Token>>);

struct Token {
    text: SecretString,
    expires: Timestamp,
}

/// What goes into `Authorization`, and whether asking anew could give another.
pub(crate) struct Pass {
    pub(crate) header: SecretString,
    pub(crate) renewable: bool,
}

impl Instance {
    /// Asks for a new token, keeps it for the calls that follow, and tells what it is like.
    pub async fn token(&self) -> Result<TokenFacts, Error> {
        let inner = self.inner();
        match &inner.settings.sign_in {
            SignIn::Basic { .. } => Ok(TokenFacts {
                scheme: "Basic".to_owned(),
                lifetime: None,
                expires: None,
                scope: None,
                audience: Vec::new(),
                subject: None,
                server_time: None,
            }),
            SignIn::ClientCredentials { .. } => {
                let mut kept = inner.tokens.0.lock().await;
                let (token, facts) = self.fetch().await?;
                *kept = Some(token);
                Ok(facts)
            }
        }
    }

    /// What the next request signs in with. `refused` is a pass that was answered with 401: another is got.
    pub(crate) async fn pass(&self, refused: Option<&Pass>) -> Result<Pass, Error> {
        let inner = self.inner();
        let SignIn::Basic { user, password } = &inner.settings.sign_in else {
            return self.bearer(refused).await;
        };
        Ok(Pass {
            header: basic(user, password),
            renewable: false,
        })
    }

    async fn bearer(&self, refused: Option<&Pass>) -> Result<Pass, Error> {
        let inner = self.inner();
        let mut kept = inner.tokens.0.lock().await;
        let now = (inner.settings.now)();
        if let Some(token) = kept.as_ref() {
            let pass = token.pass();
            // Someone else may have renewed it since this one was refused.
            let other = refused.is_none_or(|refused| {
                refused.header.expose_secret() != pass.header.expose_secret()
            });
            if other && now.duration_until(token.expires) > EARLY {
                return Ok(pass);
            }
        }
        let (token, _) = self.fetch().await?;
        let pass = token.pass();
        *kept = Some(token);
        Ok(pass)
    }

    async fn fetch(&self) -> Result<(Token, TokenFacts), Error> {
        let inner = self.inner();
        let SignIn::ClientCredentials {
            token_url,
            client_id,
            client_secret,
            scope,
        } = &inner.settings.sign_in
        else {
            return Err(Error::settings(format!("{DOING}: not signed in by OAuth")));
        };
        if safe_origin(token_url).is_none() {
            let why = "the token URL must be https (or loopback), with nothing but host and path";
            return Err(Error::settings(format!("{DOING}: {why}")));
        }
        let mut form = "grant_type=client_credentials".to_owned();
        if let Some(scope) = scope {
            form.push_str("&scope=");
            form.extend(utf8_percent_encode(scope, NON_ALPHANUMERIC));
        }
        let pass = basic(client_id, client_secret);
        let secrets = [client_secret.expose_secret(), behind_scheme(&pass)];
        let failed = |error: ferry_http::Error| {
            let refused = error.kind() == Fault::Status
                && error.status().is_some_and(|status| {
                    status.is_client_error() && !matches!(status.as_u16(), 408 | 429)
                });
            let error = Error::http_failed(error, DOING, &secrets);
            if refused {
                error.seen_as(ErrorKind::TokenRefused)
            } else {
                error
            }
        };
        let request = Request::post(token_url).map_err(failed)?;
        let request = request
            .secret_header("authorization", pass.expose_secret())
            .header(
                "content-type",
                "application/x-www-form-urlencoded;charset=UTF-8",
            )
            .header("accept", "application/json")
            .body(Body::Bytes(Bytes::from(form)))
            // A token too many hurts nobody.
            .repeat(Repeat::Always);
        let response = inner.http.send(request).await.map_err(failed)?;
        let served = served(&response);
        let evidence = response.evidence().clone();
        let body = response.bytes(ANSWER_LIMIT).await.map_err(failed)?;
        let value: Value = serde_json::from_slice(&body).unwrap_or_default();
        let answered = Fields::of(&value);
        let Some((fields, text)) =
            answered.and_then(|fields| Some((fields, fields.text(&["accesstoken"])?)))
        else {
            return Err(Error::answer(DOING, "the answer holds no token", evidence));
        };
        let lifetime = fields
            .number(&["expiresin"])
            .map_or(LIFETIME, Duration::from_secs);
        let now = (inner.settings.now)();
        let expires = now.saturating_add(SignedDuration::try_from(lifetime).unwrap_or_default());
        let expires = expires.unwrap_or(now);
        let claims = claims(&text);
        let facts = TokenFacts {
            scheme: "Bearer".to_owned(),
            lifetime: Some(lifetime),
            expires: Some(expires),
            scope: fields.text(&["scope"]).or_else(|| scope.clone()),
            audience: audience(&claims),
            subject: Fields::of(&claims).and_then(|claims| claims.text(&["sub"])),
            server_time: served,
        };
        let text = SecretString::from(text);
        Ok((Token { text, expires }, facts))
    }
}

impl Token {
    fn pass(&self) -> Pass {
        Pass {
            header: SecretString::from(format!("Bearer {}", self.text.expose_secret())),
            renewable: true,
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

fn basic(user: &str, password: &SecretString) -> SecretString {
    let pair = SecretString::from(format!("{user}:{}", password.expose_secret()));
    let pair = SecretString::from(STANDARD.encode(pair.expose_secret()));
    SecretString::from(format!("Basic {}", pair.expose_secret()))
}

/// The secret part of an `Authorization` value.
pub(crate) fn behind_scheme(header: &SecretString) -> &str {
    let header = header.expose_secret();
    header.split_once(' ').map_or(header, |(_, secret)| secret)
}

fn served(response: &Response) -> Option<Timestamp> {
    date::of_header(response.header("date")?)
}

/// The middle part of a JSON web token, unverified; null for a token of another form.
fn claims(token: &str) -> Value {
    let middle = token.split('.').nth(1).unwrap_or_default();
    let json = URL_SAFE_NO_PAD.decode(middle.trim_end_matches('='));
    json.ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .unwrap_or_default()
}

fn audience(claims: &Value) -> Vec<String> {
    let Some(fields) = Fields::of(claims) else {
        return Vec::new();
    };
    match fields.value(&["aud"]) {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => {
            let texts = many.iter().filter_map(Value::as_str);
            texts.map(ToOwned::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn claims_of_a_readable_token() {
        let middle = URL_SAFE_NO_PAD.encode(r#"{"aud":["https://a","urn:b"],"sub":"ferry"}"#);
        let read = claims(&format!("e30.{middle}.sig"));
        assert_eq!(audience(&read), ["https://a", "urn:b"]);
        assert_eq!(audience(&json!({"aud": "one"})), ["one"]);
        assert_eq!(claims("opaque"), Value::Null);
        assert_eq!(audience(&Value::Null), Vec::<String>::new());
    }
}
