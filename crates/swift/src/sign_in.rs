//! How a request to a bucket is signed: by user and auth token on each, or by a token that a sign-in gives.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferry_core::storage::SwiftUser;
use ferry_http::{Client, Request};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How to sign in to a bucket.
#[derive(Clone)]
pub enum SignIn {
    /// HTTP Basic on every request: the service's own way (documented).
    Basic {
        /// The user.
        user: SwiftUser,
        /// An OCI *auth token* of the user, not the password of the console.
        password: SecretString,
    },
    /// A token from upstream Swift's `/auth/v1.0` (its `TempAuth`; seen), renewed when it runs out.
    Token {
        /// The sign-in's address, such as `https://swift.example.com/auth/v1.0`.
        auth_url: String,
        /// The user, `account:user` in `TempAuth`.
        user: String,
        /// The user's key.
        key: SecretString,
    },
}

impl fmt::Debug for SignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { user, .. } => f
                .debug_struct("Basic")
                .field("user", user)
                .finish_non_exhaustive(),
            Self::Token { auth_url, user, .. } => f
                .debug_struct("Token")
                .field("auth_url", auth_url)
                .field("user", user)
                .finish_non_exhaustive(),
        }
    }
}

/// A token is renewed this long before it runs out: an upload that began with it must not meet its end.
const MARGIN: Duration = Duration::from_secs(60);

/// What signs requests. One for all clones of a bucket, so that they share a token.
pub(crate) struct Signer {
    pub(crate) sign_in: SignIn,
    token: Mutex<Option<Token>>,
}

struct Token {
    value: SecretString,
    /// `None`: the sign-in did not say.
    renew: Option<Instant>,
}

/// A header that signs a request.
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) value: SecretString,
}

impl Signer {
    pub(crate) fn new(sign_in: SignIn) -> Self {
        Self {
            sign_in,
            token: Mutex::new(None),
        }
    }

    /// The signature of the next request, after a sign-in where one is due.
    pub(crate) async fn signature(&self, http: &Client) -> Result<Signature, ferry_http::Error> {
        match &self.sign_in {
            SignIn::Basic { user, password } => Ok(Signature {
                name: "authorization",
                value: basic(user, password),
            }),
            SignIn::Token {
                auth_url,
                user,
                key,
            } => {
                // Held over the sign-in: many requests at once sign in once.
                let mut token = self.token.lock().await;
                let due = |token: &Token| token.renew.is_some_and(|renew| renew <= Instant::now());
                let value = if let Some(token) = token.as_ref().filter(|token| !due(token)) {
                    token.value.clone()
                } else {
                    let fresh = ask(http, auth_url, user, key).await?;
                    token.insert(fresh).value.clone()
                };
                Ok(Signature {
                    name: "x-auth-token",
                    value,
                })
            }
        }
    }

    /// Notes that a signature was refused; true where another can be had.
    pub(crate) async fn renew(&self, refused: &Signature) -> bool {
        if matches!(self.sign_in, SignIn::Basic { .. }) {
            return false;
        }
        let mut token = self.token.lock().await;
        // Another request may have renewed it meanwhile.
        if token.as_ref().is_some_and(|token| same(token, refused)) {
            *token = None;
        }
        true
    }

    /// Takes the secrets out of a text of foreign origin: an answer may echo its request.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let mut secrets = Vec::new();
        match &self.sign_in {
            SignIn::Basic { user, password } => {
                let basic = basic(user, password);
                let pair = basic
                    .expose_secret()
                    .trim_start_matches("Basic ")
                    .to_owned();
                secrets.extend([pair, password.expose_secret().to_owned()]);
            }
            SignIn::Token { key, .. } => secrets.push(key.expose_secret().to_owned()),
        }
        // Held only while somebody signs in, and then there is no answer yet that could echo a token.
        if let Ok(token) = self.token.try_lock()
            && let Some(token) = token.as_ref()
        {
            secrets.push(token.value.expose_secret().to_owned());
        }
        secrets
            .iter()
            .filter(|secret| !secret.is_empty())
            .fold(text.to_owned(), |text, secret| {
                text.replace(secret.as_str(), "[hidden]")
            })
    }
}

fn same(token: &Token, refused: &Signature) -> bool {
    token.value.expose_secret() == refused.value.expose_secret()
}

fn basic(user: &SwiftUser, password: &SecretString) -> SecretString {
    let pair = SecretString::from(format!("{}:{}", user.as_str(), password.expose_secret()));
    SecretString::from(format!("Basic {}", STANDARD.encode(pair.expose_secret())))
}

async fn ask(
    http: &Client,
    auth_url: &str,
    user: &str,
    key: &SecretString,
) -> Result<Token, ferry_http::Error> {
    let request = Request::get(auth_url)?
        .header("x-auth-user", user)
        .secret_header("x-auth-key", key.expose_secret());
    let answer = http.send(request).await?;
    let seconds = answer
        .header("x-auth-token-expires")
        .and_then(|seconds| seconds.trim().parse().ok());
    let renew = seconds
        .map(Duration::from_secs)
        .and_then(|left| Instant::now().checked_add(left.saturating_sub(MARGIN)));
    let value = answer.header("x-auth-token").unwrap_or_default().to_owned();
    Ok(Token {
        // An empty one is refused by the bucket, which says more than anything that could be said here.
        value: SecretString::from(value),
        renew,
    })
}
