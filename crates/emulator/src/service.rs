//! The seam: a request comes in, an answer goes out. Virtual time, faults, barriers and the journal are here, once
//! for every service.

use std::fmt;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::StatusCode;
use http::request::Parts;
use serde_json::json;

use crate::barrier::{Barriers, Side};
use crate::body::{self, Refusal, Reply};
use crate::fault::{Faults, ListingFault, Plan, Rule, Service, Subject};
use crate::journal::{self, Journal, Recorded};
use crate::options::{Options, StartError};
use crate::persist::{self, DataFolder};
use crate::route::{self, Route};
use crate::world::{Call, World};
use crate::{Body, admin, identity, oic, store};

mod damage;
mod receive;
mod start;

use receive::Received;

/// The connection ends, and there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// A fault resets the connection; nothing was done.
    Reset,
    /// A fault withholds the answer; everything was done.
    Lost,
    /// The request's body did not come whole; nothing was done.
    Incomplete,
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "fault: connection reset, not carried out",
            Self::Lost => "fault: carried out, answer withheld",
            Self::Incomplete => "the request's body did not come whole",
        })
    }
}

impl std::error::Error for NoAnswer {}

/// Who sent a request; in its extensions where it came over a socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The emulator behind its handle.
#[derive(Debug)]
pub(crate) struct Seam {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    barriers: Barriers,
    journal: Mutex<Journal>,
    count: AtomicU64,
    data: Option<DataFolder>,
}

impl Seam {
    /// Loads or takes up the world.
    pub(crate) fn start(options: Options) -> Result<Self, StartError> {
        let rules = options.rules.clone();
        let (world, data) = start::world(options)?;
        let mut faults = Faults::default();
        for rule in rules {
            faults.add(rule);
        }
        let seam = Self {
            world: Mutex::new(world),
            faults: Mutex::new(faults),
            barriers: Barriers::default(),
            journal: Mutex::default(),
            count: AtomicU64::new(0),
            data,
        };
        seam.save()?;
        Ok(seam)
    }

    /// Answers one request, or ends its connection.
    pub(crate) async fn answer(&self, request: http::Request<Body>) -> Result<Reply, NoAnswer> {
        let (parts, body) = request.into_parts();
        let call = call(&parts);
        let service = match route::route(&call.host, &call.path) {
            Route::Admin => {
                let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
                return Ok(admin::answer(self, &call, body, peer).await);
            }
            Route::Service(service) => Some(service),
            Route::Unknown => None,
        };
        let nth = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let at = self.world().clock.now();
        lock(&self.journal).arrived(Recorded {
            nth,
            at,
            service,
            method: call.method.to_string(),
            target: journal::redacted(&call.path, parts.uri.query()),
            status: None,
            refusal: None,
        });
        let answered = self.carry_out(nth, service, call, &parts, body).await;
        let (status, refusal) = match &answered {
            Ok(reply) => (
                Some(reply.status().as_u16()),
                reply
                    .extensions()
                    .get::<Refusal>()
                    .map(|refusal| refusal.0.clone()),
            ),
            Err(closed) => (None, Some(closed.to_string())),
        };
        lock(&self.journal).ended(nth, status, refusal);
        answered
    }

    async fn carry_out(
        &self,
        nth: u64,
        service: Option<Service>,
        mut call: Call,
        parts: &Parts,
        body: Body,
    ) -> Result<Reply, NoAnswer> {
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        let plan = self.plan(Subject {
            service,
            method: call.method.as_str(),
            target,
        });
        if !plan.delay.is_zero() {
            tokio::time::sleep(plan.delay).await;
        }
        if plan.reset {
            return Err(NoAnswer::Reset);
        }
        let received = match &plan.status {
            Some(action) => {
                receive::drain(&call, body).await?;
                Received::Refused(damage::status(action))
            }
            None => self.receive(service, &mut call, body).await?,
        };
        self.barriers.pass(nth, Side::Before).await;
        let reply = match received {
            Received::Refused(reply) => reply,
            Received::Whole => self.dispatch(service, &call, None, plan.listing),
            Received::Spooled(spool) => self.dispatch(service, &call, Some(*spool), plan.listing),
        };
        self.barriers.pass(nth, Side::After).await;
        if plan.lose {
            return Err(NoAnswer::Lost);
        }
        Ok(damage::body(reply, plan.cut, plan.corrupt))
    }

    fn plan(&self, subject: Subject<'_>) -> Plan {
        let mut world = self.world();
        let now = world.clock.now();
        let plan = lock(&self.faults).plan(subject, now, &mut world.rng);
        if plan.expire_tokens {
            world.identity.expire_tokens();
        }
        plan
    }

    /// Carries a request out, and saves what it changed.
    fn dispatch(
        &self,
        service: Option<Service>,
        call: &Call,
        spool: Option<crate::blobs::Spool>,
        listing: Option<ListingFault>,
    ) -> Reply {
        let mut world = self.advanced();
        let reply = match (service, spool) {
            (Some(Service::Store), Some(spool)) => store::publish(&mut world, call, spool),
            (Some(Service::Store), None) => store::answer(&mut world, call, listing),
            (Some(Service::Identity), _) => identity::answer(&mut world, call),
            (Some(Service::Oic), _) => oic::answer(&mut world, call),
            (None, _) => body::refused(
                body::json(
                    StatusCode::NOT_FOUND,
                    &json!({"title": "Not Found", "status": 404}),
                ),
                "no service has this path",
            ),
        };
        let mut reply = reply;
        body::identify(&mut reply, &mut world.rng);
        match self.settle(&mut world) {
            Ok(()) => reply,
            Err(error) => body::refused(
                body::json(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    &json!({"title": "the emulator could not keep its state", "detail": error.to_string()}),
                ),
                error.to_string(),
            ),
        }
    }

    fn settle(&self, world: &mut World) -> std::io::Result<()> {
        if let Some(data) = &self.data {
            data.save(world, false)?;
        }
        if world.blobs.wants_sweep() {
            persist::sweep(world)?;
        }
        Ok(())
    }

    /// The world as it was after the last request.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    /// The world, moved to the present.
    pub(crate) fn advanced(&self) -> MutexGuard<'_, World> {
        let mut world = self.world();
        let now = world.clock.now();
        world.store.advance(now);
        oic::advance(&mut world, now);
        world
    }

    pub(crate) fn add_rule(&self, rule: Rule) {
        lock(&self.faults).add(rule);
    }

    pub(crate) fn clear_rules(&self) {
        lock(&self.faults).clear();
    }

    pub(crate) fn barriers(&self) -> &Barriers {
        &self.barriers
    }

    pub(crate) fn journal(&self) -> Vec<Recorded> {
        lock(&self.journal).all()
    }

    pub(crate) fn requests(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn save(&self) -> std::io::Result<()> {
        match &self.data {
            Some(data) => data.save(&self.world(), true),
            None => Ok(()),
        }
    }
}

/// A request without its body.
fn call(parts: &Parts) -> Call {
    let authority = parts
        .headers
        .get(http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
        .unwrap_or_default();
    Call {
        method: parts.method.clone(),
        host: route::host_of(authority),
        authority: authority.to_owned(),
        secure: parts.uri.scheme() == Some(&http::uri::Scheme::HTTPS),
        path: parts.uri.path().to_owned(),
        query: receive::query(parts.uri.query().unwrap_or_default()),
        headers: parts.headers.clone(),
        body: bytes::Bytes::new(),
    }
}

/// A panic elsewhere must not end every later request too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
