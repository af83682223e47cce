//! Telling the store's requests apart.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use hyper::ext::ReasonPhrase;

use super::access::{Access, permit};
use super::cors::methods;
use super::dialect::Dialect;
use super::listing::View;
use super::problem::{Page, Problem, only, reason, typed};
use super::reply::set;
use super::target::{Target, nowhere, target};
use super::{account, bulk, container, copy, cors, early, info, large, object, tempauth};
use crate::body::{self, Reply};
use crate::fault::{Past, Plan};
use crate::world::{Call, World};

/// The headers that tell the id of a request.
const IDS: [HeaderName; 2] = [
    HeaderName::from_static("x-trans-id"),
    HeaderName::from_static("x-openstack-request-id"),
];
/// The one in which every service of OCI does.
const OWN_ID: HeaderName = HeaderName::from_static("opc-request-id");

/// Answers every request of the store but the PUT of an object.
pub(crate) fn answer(world: &mut World, call: &Call, plan: &Plan) -> Reply {
    let dialect = Dialect::of(&world.switches);
    let reply = match handle(world, call, plan, dialect) {
        Ok(reply) => reply,
        Err(problem) => problem.told(dialect),
    };
    finished(world, call, reply)
}

fn handle(world: &mut World, call: &Call, plan: &Plan, dialect: Dialect) -> Result<Reply, Problem> {
    match call.path.as_str() {
        "/info" if dialect.info => return info::answer(call, dialect),
        "/healthcheck" if dialect.upstream => return Ok(typed("OK", "text/plain")),
        path if path.starts_with("/auth/") && dialect.upstream => {
            return tempauth::answer(world, call);
        }
        path if path.starts_with("/auth/") || ["/info", "/healthcheck"].contains(&path) => {
            return Err(nowhere());
        }
        _ => {}
    }
    // Each of the names is asked about by itself, so that a caller who may delete one of them may ask.
    if dialect.bulk && bulk::is_bulk(call) {
        return bulk::delete(world, call, dialect);
    }
    let target = target(&call.path)?;
    if let Target::Object(key, name) = &target
        && copy::is_copy(call)
    {
        return copy::answer(world, call, key, name, dialect);
    }
    if let Target::Object(key, name) = &target
        && dialect.large_objects
        && call.method == Method::DELETE
        && call.query("multipart-manifest") == Some("delete")
    {
        return Ok(large::delete(world, call, key, name, dialect));
    }
    early::check(call, &target, dialect)?;
    let access = permit(world, call, &target, dialect)?;
    if call.method == Method::OPTIONS && dialect.upstream {
        return Ok(cors::options(&world.store, call, &target));
    }
    match &target {
        Target::Account(namespace) => of_account(world, call, namespace, &access, dialect),
        Target::Bucket(key) => {
            let view = View {
                past: plan
                    .listing
                    .unwrap_or(Past::Ago(world.switches.listing_stale_seconds)),
                order: plan.reordered.then(|| world.rng.u64(..)),
            };
            let store = &mut world.store;
            // Upstream tells this to who administers all accounts, even of a container that there is not.
            let told = access.reseller && store.accounts.contains_key(&key.namespace);
            let sharding = |reply: Result<Reply, Problem>| {
                let mut reply = reply.unwrap_or_else(|problem| problem.told(dialect));
                if told {
                    set(reply.headers_mut(), "x-container-sharding", "False");
                }
                Ok(reply)
            };
            match call.method.as_str() {
                "GET" => sharding(container::list(store, key, call, view, &access, dialect)),
                "HEAD" => sharding(container::head(store, key, call, &access, dialect)),
                "PUT" => container::put(store, key, call, &access, dialect),
                "POST" => container::post(store, key, call, &access, dialect),
                "DELETE" => container::delete(store, key, dialect),
                _ => Err(only(methods(dialect))),
            }
        }
        Target::Object(key, name) => match call.method.as_str() {
            "GET" | "HEAD" => object::get(world, key, name, call, dialect),
            "POST" => object::post(&mut world.store, key, name, call, dialect),
            "DELETE" => object::delete(&mut world.store, key, name, call, dialect),
            _ => Err(only(methods(dialect))),
        },
    }
}

fn of_account(
    world: &mut World,
    call: &Call,
    namespace: &str,
    access: &Access,
    dialect: Dialect,
) -> Result<Reply, Problem> {
    let store = &mut world.store;
    match call.method.as_str() {
        "GET" => account::list(store, namespace, call, access, dialect),
        "HEAD" => account::head(store, namespace, call, access, dialect),
        "POST" if dialect.upstream => account::post(store, namespace, call, access),
        _ => Err(account::manage(dialect)),
    }
}

/// Puts on an answer what every answer has. That to HEAD has no body.
pub(super) fn finished(world: &mut World, call: &Call, mut reply: Reply) -> Reply {
    if call.method == Method::HEAD {
        let length = hyper::body::Body::size_hint(reply.body()).exact();
        let status = reply.status();
        let target = target(&call.path);
        let accounts = &world.store.accounts;
        let known = |target: &Target| accounts.contains_key(target.namespace());
        let told = match status {
            StatusCode::OK | StatusCode::PARTIAL_CONTENT => length,
            _ if matches!(target, Ok(Target::Object(..))) => Some(0),
            StatusCode::NOT_FOUND if target.as_ref().is_ok_and(known) => Some(0),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
                if matches!(target, Ok(Target::Account(_))) =>
            {
                Some(0)
            }
            // Upstream tells the length of a sentence, and none of a page.
            _ if status.is_client_error() => {
                let page = reply.extensions().get::<Page>();
                length.filter(|_| page.is_none())
            }
            _ => Some(0),
        };
        let headers = reply.headers_mut();
        match told {
            // Where the content has another length than the answer, that is set.
            Some(_) if status.is_success() && headers.contains_key(header::CONTENT_LENGTH) => {}
            Some(length) => set(headers, header::CONTENT_LENGTH, &length.to_string()),
            None => _ = headers.remove(header::CONTENT_LENGTH),
        }
        reply = reply.map(|_| body::empty());
    }
    cors::shown(&world.store, call, &mut reply);
    let id = format!(
        "tx{:016x}{:05x}-{:010x}",
        world.rng.u64(..),
        world.rng.u32(..) & 0xf_ffff,
        world.clock.now().as_second()
    );
    if let Some(words) = reason(reply.status()) {
        reply
            .extensions_mut()
            .insert(ReasonPhrase::from_static(words.as_bytes()));
    }
    let headers = reply.headers_mut();
    let keep = call.header("connection");
    if keep.is_some_and(|value| value.eq_ignore_ascii_case("keep-alive")) {
        set(headers, header::CONNECTION, "keep-alive");
    }
    if let Ok(id) = HeaderValue::from_maybe_shared(Bytes::from(id)) {
        let own = Some(OWN_ID).filter(|_| !Dialect::of(&world.switches).upstream);
        for name in IDS.into_iter().chain(own) {
            headers.insert(name, id.clone());
        }
    }
    reply
}
