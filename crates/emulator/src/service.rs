//! The seam: a request comes in, an answer goes out. Virtual time, faults, barriers and the journal are here, once
//! for every service.

use std::fmt;
use std::io::Read as _;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode, Uri};
use serde_json::json;

use crate::barrier::{Barriers, Side};
use crate::body::{self, Refusal, Reply};
use crate::fault::{Faults, ListingFault, Plan, Rule, Service, Subject};
use crate::journal::{self, Journal, Recorded};
use crate::options::{Options, StartError};
use crate::persist::{self, DataFolder};
use crate::route::{self, Route};
use crate::world::{Call, World};
use crate::{Body, Tls, admin, identity, oic, store};

mod allow;
mod damage;
mod head;
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

/// Who sent a request, and how; in its extensions where it came over a socket.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    /// Over TLS.
    pub(crate) secure: bool,
}

/// The emulator behind its handle.
#[derive(Debug)]
pub(crate) struct Seam {
    world: Mutex<World>,
    faults: Mutex<Faults>,
    barriers: Barriers,
    journal: Mutex<Journal>,
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
            data,
        };
        seam.save()?;
        Ok(seam)
    }

    /// Answers one request, or ends its connection.
    pub(crate) async fn answer(&self, request: http::Request<Body>) -> Result<Reply, NoAnswer> {
        let (mut parts, body) = request.into_parts();
        let peer = parts.extensions.remove::<Peer>();
        let uri = parts.uri.clone();
        let (call, objection) = head::read(parts);
        let service = match route::route(&call.host, &call.path) {
            _ if objection.is_some() => None,
            Route::Admin => return Ok(admin::answer(self, &call, body, peer).await),
            Route::Service(service) => Some(service),
            Route::Unknown => None,
        };
        let at = self.world().clock.now();
        let nth = lock(&self.journal).arrived(Recorded {
            nth: 0,
            at,
            service,
            method: call.method.to_string(),
            target: journal::redacted(&call.path, uri.query()),
            status: None,
            refusal: None,
        });
        let answered = match objection {
            Some(reply) => receive::drain(&call, body).await.map(|()| reply),
            None => self.carry_out(nth, service, call, &uri, body).await,
        };
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
        uri: &Uri,
        body: Body,
    ) -> Result<Reply, NoAnswer> {
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
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
        // What is shown to GET is told to HEAD, as JAX-RS does it (assumed of the service). The store has its own.
        let told = service != Some(Service::Store) && call.method == Method::HEAD;
        if told {
            call.method = Method::GET;
        }
        let reply = match received {
            Received::Refused(reply) => reply,
            Received::Whole => self.dispatch(service, &call, None, plan.listing),
            Received::Held(mut file) => {
                // From disk into memory only now, when it is whole and its turn has come.
                let mut bytes = Vec::new();
                if file.read_to_end(&mut bytes).is_err() {
                    return Err(NoAnswer::Incomplete);
                }
                call.body = bytes.into();
                self.dispatch(service, &call, None, plan.listing)
            }
            Received::Spooled(spool) => self.dispatch(service, &call, Some(*spool), plan.listing),
        };
        let reply = if told { body::told(reply) } else { reply };
        self.barriers.pass(nth, Side::After).await;
        if plan.lose {
            return Err(NoAnswer::Lost);
        }
        Ok(damage::body(reply, plan.cut, plan.corrupt))
    }

    fn plan(&self, subject: Subject<'_>) -> Plan {
        if lock(&self.faults).is_empty() {
            return Plan::default();
        }
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
        if !call.method.is_safe() && service != Some(Service::Identity) {
            world.stirred();
        }
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
        allow::tell(&mut reply, &call.method, &call.path);
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
        world.advance();
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
        lock(&self.journal).count()
    }

    /// The authority of the data folder, else a new one.
    pub(crate) fn tls(&self) -> std::io::Result<Tls> {
        let now = self.world().clock.real();
        match &self.data {
            Some(data) => Tls::kept(data.path(), now),
            None => Tls::new(now),
        }
    }

    pub(crate) fn save(&self) -> std::io::Result<()> {
        match &self.data {
            Some(data) => data.save(&self.world(), true),
            None => Ok(()),
        }
    }
}

/// A panic elsewhere must not end every later request too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
