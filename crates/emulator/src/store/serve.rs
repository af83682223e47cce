//! Telling the store's requests apart.

use http::{Method, StatusCode, header};

use super::access::{Access, permit};
use super::dialect::Dialect;
use super::listing::View;
use super::problem::{Problem, not_allowed, typed};
use super::reply::set;
use super::target::{Target, target};
use super::{account, bulk, container, copy, cors, info, large, object, tempauth};
use crate::body::{self, Reply};
use crate::fault::{Past, Plan};
use crate::world::{Call, World};

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
        "/healthcheck" if dialect.tokens => return Ok(typed("OK", "text/plain")),
        path if path.starts_with("/auth/") && dialect.tokens => {
            return tempauth::answer(world, call);
        }
        _ => {}
    }
    // Each of the names is asked about by itself, so that a caller who may delete one of them may ask.
    if dialect.bulk && bulk::is_bulk(call) {
        return bulk::delete(world, call, dialect);
    }
    let target = target(&call.path)?;
    let access = permit(world, call, &target, dialect)?;
    if call.method == Method::OPTIONS && dialect.tokens {
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
            match call.method.as_str() {
                "GET" => container::list(store, key, call, view, &access, dialect),
                "HEAD" => container::head(store, key, call, &access, dialect),
                "PUT" => container::put(store, key, call, &access, dialect),
                "POST" => container::post(store, key, call, &access, dialect),
                "DELETE" => container::delete(store, key, dialect),
                _ => Err(not_allowed("DELETE, PUT, HEAD, GET, POST, OPTIONS")),
            }
        }
        Target::Object(key, name) => match call.method.as_str() {
            "GET" | "HEAD" => object::get(world, key, name, call, dialect),
            "POST" => object::post(&mut world.store, key, name, call, dialect),
            "COPY" => copy::from(world, call, key, name, dialect),
            "DELETE"
                if dialect.large_objects && call.query("multipart-manifest") == Some("delete") =>
            {
                large::delete(world, call, key, name, dialect)
            }
            "DELETE" => object::delete(&mut world.store, key, name, call, dialect),
            _ => Err(not_allowed("DELETE, PUT, HEAD, GET, POST, OPTIONS")),
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
        "POST" if dialect.tokens => account::post(store, namespace, call, access),
        _ => Err(account::manage()),
    }
}

/// Puts on an answer what every answer has. That to HEAD has no body.
pub(super) fn finished(world: &mut World, call: &Call, mut reply: Reply) -> Reply {
    if call.method == Method::HEAD {
        let length = hyper::body::Body::size_hint(reply.body()).exact();
        if reply.status() != StatusCode::OK && reply.status() != StatusCode::PARTIAL_CONTENT {
            set(reply.headers_mut(), header::CONTENT_LENGTH, "0");
        } else if let Some(length) = length
            && !reply.headers().contains_key(header::CONTENT_LENGTH)
        {
            set(
                reply.headers_mut(),
                header::CONTENT_LENGTH,
                &length.to_string(),
            );
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
    let headers = reply.headers_mut();
    let keep = call.header("connection");
    if keep.is_some_and(|value| value.eq_ignore_ascii_case("keep-alive")) {
        set(headers, header::CONNECTION, "keep-alive");
    }
    for name in ["x-trans-id", "x-openstack-request-id", "opc-request-id"] {
        set(headers, name, &id);
    }
    reply
}
