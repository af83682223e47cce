//! `POST /oauth2/v1/token`.

use http::{HeaderValue, Method, StatusCode, header};
use jiff::SignedDuration;
use serde::Serialize;

use super::assertion::TOKEN;
use super::form::Form;
use super::refusals::refuse;
use crate::body::{Refused, Reply, json as json_reply};
use crate::world::{Call, World};

/// How long a refresh token lives (documented as typical).
const REFRESH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Answers `/oauth2/`. No answer may be stored (RFC 6749, section 5.1).
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let mut reply = token(world, call).unwrap_or_else(Refused::into_reply);
    let headers = reply.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    reply
}

fn token(world: &mut World, call: &Call) -> Result<Reply, Refused> {
    if call.path != TOKEN {
        let why = "there is only /oauth2/v1/token";
        return Err(refuse(StatusCode::NOT_FOUND, "invalid_request", why));
    }
    if call.method != Method::POST {
        let why = "a token is asked for by POST";
        let refused = refuse(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", why);
        return Err(refused.map(|mut reply| {
            let allowed = HeaderValue::from_static("POST");
            reply.headers_mut().insert(header::ALLOW, allowed);
            reply
        }));
    }
    let form = Form::of(call)?;
    let now = world.clock.real_now();
    let client = world.identity.authenticate(call, &form, now)?;
    let granted = world.identity.grant(client, call, &form, now)?;
    let seconds = i64::try_from(world.switches.token_seconds).unwrap_or(i64::MAX);
    let refresh = granted.refresh.then(|| {
        let grant = granted.grant.clone();
        let issued = &mut world.identity.refresh;
        issued.issue(grant, REFRESH, now, &mut world.rng)
    });
    let lifetime = SignedDuration::from_secs(seconds);
    let value = world
        .identity
        .access
        .issue(granted.grant, lifetime, now, &mut world.rng);
    let answer = Answer {
        access_token: &value,
        token_type: "Bearer",
        expires_in: seconds,
        refresh_token: refresh.as_deref(),
    };
    Ok(json_reply(StatusCode::OK, &answer))
}

/// What a token endpoint answers (RFC 6749, 5.1).
#[derive(Serialize)]
struct Answer<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}
