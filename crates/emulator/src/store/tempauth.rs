//! Upstream's sign-in for tests: `GET /auth/v1.0` gives out a token. The users are those of upstream's own functional
//! tests.

use std::collections::BTreeMap;
use std::fmt;

use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use percent_encoding::utf8_percent_encode;
use serde::{Deserialize, Serialize};

use super::problem::{PAGE, Problem, typed};
use super::reply::{set, text};
use super::target::PATH;
use crate::body::Reply;
use crate::world::{Call, World};

/// How long a token lives, in real seconds.
const LIFETIME: i64 = 86_400;

/// How many tokens are known; the oldest goes for a new one.
const MOST: usize = 10_000;

/// A user: the account, the name, the key, and the groups besides these two.
type User = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const USERS: [User; 8] = [
    ("admin", "admin", "admin", &[".admin", ".reseller_admin"]),
    ("test", "tester", "testing", &[".admin"]),
    ("test", "tester2", "testing2", &[".admin"]),
    ("test", "tester3", "testing3", &[]),
    ("test2", "tester2", "testing2", &[".admin"]),
    ("test5", "tester5", "testing5", &["service"]),
    ("test", "tester6", "testing6", &[".reseller_admin"]),
    ("ferry", "ferry", "ferry", &[".admin"]),
];

/// What accounts begin with.
pub(super) const PREFIX: &str = "AUTH_";

/// The tokens that were given out.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Tokens(BTreeMap<String, Token>);

#[derive(Serialize, Deserialize)]
struct Token {
    /// Real time.
    expires: Timestamp,
    groups: Vec<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} hidden]", self.0.len())
    }
}

impl Tokens {
    /// The groups of whoever holds a token.
    pub(super) fn groups(&self, token: &str, real_now: Timestamp) -> Option<&[String]> {
        let token = self.0.get(token).filter(|it| it.expires > real_now)?;
        Some(&token.groups)
    }

    fn issue(&mut self, token: String, groups: Vec<String>, real_now: Timestamp) {
        self.0.retain(|_, token| token.expires > real_now);
        if self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, token)| token.expires);
            if let Some(oldest) = oldest.map(|(value, _)| value.clone()) {
                self.0.remove(&oldest);
            }
        }
        let lifetime = SignedDuration::from_secs(LIFETIME);
        let expires = real_now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        self.0.insert(token, Token { expires, groups });
    }

    /// Ends all.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// `GET /auth/v1.0`, and `GET /auth/v1/<account>/auth`.
pub(super) fn answer(world: &mut World, call: &Call) -> Result<Reply, Problem> {
    if call.method != http::Method::GET {
        let why = "tokens are given by GET";
        return Err(Problem::page(StatusCode::METHOD_NOT_ALLOWED, why));
    }
    let path: Vec<&str> = call.path.trim_start_matches("/auth/").split('/').collect();
    let home = match path.as_slice() {
        ["v1.0" | "v1" | "auth"] => None,
        ["v1", account, "auth"] => Some(*account),
        _ => return Err(Problem::page(StatusCode::BAD_REQUEST, "no such sign-in")),
    };
    let of = |names: [&str; 2]| names.iter().find_map(|name| text(&call.headers, name));
    let name = of(["x-auth-user", "x-storage-user"]).unwrap_or_default();
    let key = of(["x-auth-key", "x-storage-pass"]).unwrap_or_default();
    let (account, user) = match (name.split_once(':'), home) {
        (Some((account, user)), home) if home.is_none_or(|home| home == account) => {
            (account.to_owned(), user.to_owned())
        }
        (None, Some(home)) => (home.to_owned(), name.clone()),
        _ => return Err(denied(home.unwrap_or("unknown"))),
    };
    let found = USERS
        .iter()
        .find(|it| (it.0, it.1, it.2) == (account.as_str(), user.as_str(), key.as_str()));
    let Some((account, user, _, more)) = found else {
        let known = USERS.iter().any(|it| it.0 == account);
        return Err(denied(if known { &account } else { "unknown" }));
    };
    let mut groups = vec![(*account).to_owned(), format!("{account}:{user}")];
    groups.extend(more.iter().map(|group| match *group {
        // Who administers an account is told by its name.
        ".admin" => format!("{PREFIX}{account}"),
        other => other.to_owned(),
    }));
    let token = format!("{PREFIX}tk{:032x}", world.rng.u128(..));
    let real_now = world.clock.real_now();
    world.store.tokens.issue(token.clone(), groups, real_now);
    let scheme = if call.secure { "https" } else { "http" };
    let url = format!("{scheme}://{}/v1/{PREFIX}{account}", call.authority);
    let mut reply = typed("", PAGE);
    let headers = reply.headers_mut();
    set(headers, "x-auth-token", &token);
    set(headers, "x-storage-token", &token);
    set(headers, "x-auth-token-expires", &(LIFETIME - 1).to_string());
    set(headers, "x-storage-url", &url);
    Ok(reply)
}

/// 401, with the account that is meant.
pub(super) fn denied(realm: &str) -> Problem {
    let realm = utf8_percent_encode(realm, PATH);
    Problem::page(StatusCode::UNAUTHORIZED, "no valid credentials")
        .with(header::WWW_AUTHENTICATE, format!("Swift realm=\"{realm}\""))
}
