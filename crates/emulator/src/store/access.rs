//! Who sends a request, and whether they may.

use http::{Method, StatusCode, header};
use serde_json::Value;

use super::acl;
use super::dialect::Dialect;
use super::problem::{Problem, no_bucket};
use super::reply::text;
use super::target::Target;
use super::tempauth::{self, PREFIX};
use super::{BucketKey, Store};
use crate::authorization::Authorization;
use crate::world::{Call, World};

/// Who sends a request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Caller<'a> {
    /// Nobody in particular.
    Anonymous,
    /// A user of the namespace, by Basic authentication.
    User(String),
    /// The groups of a token.
    Groups(&'a [String]),
}

/// What a request may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Access {
    /// Who makes a bucket is a member of it.
    pub(super) user: Option<String>,
    /// Whether the account is theirs, so that they see and set who may use it.
    pub(super) owner: bool,
    /// Whether they administer all accounts, so that they may set their quotas.
    pub(super) reseller: bool,
}

/// Whether the request may be carried out.
///
/// # Errors
///
/// 401, 403, or what hides a bucket from others.
pub(super) fn permit(
    world: &World,
    call: &Call,
    target: &Target,
    dialect: Dialect,
) -> Result<Access, Problem> {
    match caller(world, call, target.namespace(), dialect)? {
        Caller::User(user) => {
            member(
                &world.store,
                target,
                &user,
                &call.method,
                world.switches.store_forbidden,
            )?;
            Ok(Access {
                user: Some(user),
                owner: true,
                reseller: false,
            })
        }
        Caller::Anonymous => granted(&world.store, call, target, &[]),
        Caller::Groups(groups) => granted(&world.store, call, target, groups),
    }
}

fn caller<'a>(
    world: &'a World,
    call: &Call,
    namespace: &str,
    dialect: Dialect,
) -> Result<Caller<'a>, Problem> {
    if !dialect.upstream || call.headers.contains_key(header::AUTHORIZATION) {
        let user = world.store.user(call, namespace);
        return user.map(Caller::User).map_err(unauthorized);
    }
    let token = ["x-auth-token", "x-storage-token"]
        .iter()
        .find_map(|name| text(&call.headers, name))
        .filter(|token| token.starts_with(PREFIX));
    let Some(token) = token else {
        return Ok(Caller::Anonymous);
    };
    let groups = world.store.tokens.groups(&token, world.clock.real_now());
    let groups = groups.ok_or_else(|| tempauth::denied(namespace))?;
    Ok(Caller::Groups(groups))
}

impl Store {
    /// The user of a request, where the auth token is one of theirs.
    fn user(&self, call: &Call, namespace: &str) -> Result<String, &'static str> {
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

fn unauthorized(why: &'static str) -> Problem {
    Problem::page(StatusCode::UNAUTHORIZED, why)
        .with(header::WWW_AUTHENTICATE, "Basic realm=\"Object Storage\"")
}

/// A bucket is used by its members. Whether that others may not is told by 404 or 403 is not known.
fn member(
    store: &Store,
    target: &Target,
    user: &str,
    method: &Method,
    hidden: u16,
) -> Result<(), Problem> {
    let Some(key) = target.bucket() else {
        return Ok(());
    };
    match store.bucket(key) {
        Some(bucket) if bucket.members.contains(user) => Ok(()),
        Some(_) => {
            let status = StatusCode::from_u16(hidden).unwrap_or(StatusCode::NOT_FOUND);
            let why = "the user may not use this bucket";
            Err(Problem::page(status, why).coded("BucketNotFound"))
        }
        None if *method == Method::PUT && matches!(target, Target::Bucket(_)) => Ok(()),
        None => Err(no_bucket()),
    }
}

/// What the groups of a token, and the lists of the account and the container, allow.
fn granted(
    store: &Store,
    call: &Call,
    target: &Target,
    groups: &[String],
) -> Result<Access, Problem> {
    let namespace = target.namespace();
    let in_group = |name: &str| groups.iter().any(|group| group == name);
    let access = |owner| {
        Ok(Access {
            user: None,
            owner,
            reseller: in_group(".reseller_admin"),
        })
    };
    if !namespace.starts_with(PREFIX) {
        return Err(refused(groups, namespace));
    }
    if let Some(list) = text(&call.headers, "x-account-access-control")
        && let Err(why) = acl::account(&list)
    {
        let text = format!("X-Account-Access-Control invalid: {why}\n\nInput: {list}\n");
        return Err(super::problem::bad(text));
    }
    let account_itself = matches!(target, Target::Account(_));
    let copies = call.method.as_str() == "COPY";
    let reads = copies || matches!(call.method, Method::GET | Method::HEAD);
    let changes_account = account_itself && matches!(call.method, Method::PUT | Method::DELETE);
    if in_group(".reseller_admin") || (in_group(namespace) && !changes_account) {
        return access(true);
    }
    if call.method == Method::OPTIONS {
        return access(false);
    }
    let listed = target.bucket().and_then(|key| store.bucket(key));
    let list = listed.and_then(|bucket| {
        let kind = match target {
            Target::Object(..) if !reads => "x-container-write",
            Target::Bucket(_) if !reads => return None,
            _ => "x-container-read",
        };
        bucket.meta.get(kind)
    });
    let referer = text(&call.headers, "referer");
    let object = matches!(target, Target::Object(..));
    if list.is_some_and(|list| acl::admits(list, groups, referer.as_deref(), object)) {
        return access(false);
    }
    let account = store.accounts.get(namespace);
    match account.and_then(|it| acl::level(&it.acl, groups)) {
        Some("admin") => access(true),
        Some("read-write") if !account_itself || reads => access(false),
        Some("read-only") if reads => access(false),
        _ => Err(refused(groups, namespace)),
    }
}

fn refused(groups: &[String], namespace: &str) -> Problem {
    if groups.is_empty() {
        tempauth::denied(namespace)
    } else {
        let why = "nothing lets the token's user in";
        Problem::page(StatusCode::FORBIDDEN, why)
    }
}

/// Whether an object of another container may be read on behalf of this request: segments and sources of copies.
///
/// # Errors
///
/// As for a GET of it.
pub(super) fn reads(
    world: &World,
    call: &Call,
    key: &BucketKey,
    name: &str,
    dialect: Dialect,
) -> Result<(), Problem> {
    let as_get = Call {
        method: Method::GET,
        ..call.clone()
    };
    let target = Target::Object(key.clone(), name.to_owned());
    permit(world, &as_get, &target, dialect).map(|_| ())
}

impl super::Account {
    /// An account that nobody has used yet.
    pub(super) fn is_untouched(&self) -> bool {
        self.buckets.is_empty() && self.meta.is_empty() && self.acl == Value::Null
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue};

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
            garbled: Vec::new(),
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
