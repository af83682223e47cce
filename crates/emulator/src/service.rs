//! The seam: a request comes in, an answer goes out. Virtual time, faults, barriers and the journal are here, once
//! for every service.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::io::{self, Read as _};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{Method, StatusCode};
use serde_json::json;

use crate::barrier::{Barriers, Side};
use crate::body::{self, Refusal, Reply};
use crate::fault::{Counted, Faults, Plan, Rule, Service, Subject};
use crate::journal::{End, Journal, Recorded};
use crate::options::{Options, StartError, StoreDialect};
use crate::persist::{self, DataFolder};
use crate::route::{self, Route};
use crate::snapshots::Snapshots;
use crate::world::{Call, World};
use crate::{Body, Tls, admin, identity, oic, store};

mod allow;
mod damage;
mod head;
mod receive;
mod start;

use receive::Received;
use start::Started;

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
    snapshots: Mutex<Snapshots>,
    data: Option<DataFolder>,
    /// Whether it went on from the state of an earlier run.
    resumed: bool,
    /// What it was started with, which a reset goes back to.
    options: Options,
}

impl Seam {
    /// Loads or takes up the world.
    pub(crate) fn start(options: Options) -> Result<Self, StartError> {
        let Started {
            world,
            data,
            snapshots,
            resumed,
        } = start::start(&options)?;
        let seam = Self {
            world: Mutex::new(world),
            faults: Mutex::new(Faults::of(&options.rules, options.seed)),
            barriers: Barriers::default(),
            journal: Mutex::default(),
            snapshots: Mutex::new(snapshots),
            data,
            resumed,
            options,
        };
        {
            let mut world = seam.world();
            seam.sweep(&mut world)?;
            seam.settle(&mut world)?;
        }
        Ok(seam)
    }

    /// Goes back to the beginning: the load, the switches and the faults that it was started with. Requests that a
    /// barrier holds go on, and the journal is empty.
    pub(crate) fn reset(&self) -> Result<(), StartError> {
        let mut world = self.world();
        let beginning = start::beginning(&self.options, &mut world.blobs)?;
        world.become_saved(beginning);
        *lock(&self.faults) = Faults::of(&self.options.rules, self.options.seed);
        self.barriers.clear();
        lock(&self.journal).clear();
        self.sweep(&mut world)?;
        Ok(self.settle(&mut world)?)
    }

    /// Saves the present state under a name.
    pub(crate) fn take_snapshot(&self, name: &str) -> io::Result<()> {
        let written = persist::write(&self.advanced())?;
        lock(&self.snapshots).put(name, written)
    }

    /// Goes back to a snapshot, its time included; whether there is one of this name.
    pub(crate) fn restore(&self, name: &str) -> io::Result<bool> {
        let mut world = self.world();
        let Some(saved) = lock(&self.snapshots).get(name).map(serde_json::from_slice) else {
            return Ok(false);
        };
        world.become_saved(saved?);
        self.settle(&mut world)?;
        Ok(true)
    }

    /// The snapshots.
    pub(crate) fn snapshots(&self) -> MutexGuard<'_, Snapshots> {
        lock(&self.snapshots)
    }

    /// Answers one request, or ends its connection.
    pub(crate) async fn answer(&self, request: http::Request<Body>) -> Result<Reply, NoAnswer> {
        let (mut parts, body) = request.into_parts();
        let peer = parts.extensions.remove::<Peer>();
        let uri = parts.uri.clone();
        let (call, objection) = head::read(parts, peer);
        let service = match route::route(&call.host, &call.path) {
            _ if objection.is_some() => None,
            Route::Admin => return Ok(admin::answer(self, &call, body, peer).await),
            Route::Service(service) => Some(service),
            // Upstream answers for every path.
            Route::Unknown if self.world().switches.store_dialect == StoreDialect::Upstream => {
                Some(Service::Store)
            }
            Route::Unknown => None,
        };
        let at = self.world().clock.now();
        let nth = lock(&self.journal).arrived(Recorded {
            nth: 0,
            at,
            service,
            method: call.method.to_string(),
            target: uri
                .path_and_query()
                .map_or("/", |target| target.as_str())
                .to_owned(),
            status: None,
            refusal: None,
            near: None,
        });
        let mut near = None;
        let answered = if let Some(reply) = objection {
            receive::drain(&call, body).await.map(|()| reply)
        } else {
            let mut plan = self.plan(Subject {
                service,
                method: call.method.as_str(),
                target: uri.path_and_query().map_or("/", |target| target.as_str()),
            });
            near = plan.near.take();
            self.carry_out(nth, service, call, plan, body).await
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
        let end = End {
            status,
            refusal,
            near,
        };
        lock(&self.journal).ended(nth, end);
        answered
    }

    async fn carry_out(
        &self,
        nth: u64,
        service: Option<Service>,
        mut call: Call,
        mut plan: Plan,
        body: Body,
    ) -> Result<Reply, NoAnswer> {
        if let Some(side) = plan.barrier {
            self.barriers.set_named(nth, side);
        }
        call.job_end = plan.job.take();
        let body = damage::request(body, plan.up);
        if !plan.delay.is_zero() {
            tokio::time::sleep(plan.delay).await;
        }
        if plan.reset {
            return Err(NoAnswer::Reset);
        }
        let received = match &plan.status {
            Some(action) => receive::drain(&call, body)
                .await
                .map(|()| Received::Refused(damage::status(action))),
            None => self.receive(service, &mut call, body, plan.full_disk).await,
        };
        let received = received.map_err(|ended| match plan.up.cut {
            Some(_) => NoAnswer::Reset,
            None => ended,
        })?;
        self.barriers.pass(nth, Side::Before).await;
        // What is shown to GET is told to HEAD, as JAX-RS does it (assumed of the service). The store has its own.
        let told = service != Some(Service::Store) && call.method == Method::HEAD;
        if told {
            call.method = Method::GET;
        }
        let reply = match received {
            Received::Refused(reply) => reply,
            Received::Whole => self.dispatch(service, &call, None, &plan),
            Received::Held(mut file) => {
                // From disk into memory only now, when it is whole and its turn has come.
                let mut bytes = Vec::new();
                if file.read_to_end(&mut bytes).is_err() {
                    return Err(NoAnswer::Incomplete);
                }
                call.body = bytes.into();
                self.dispatch(service, &call, None, &plan)
            }
            Received::Spooled(spool) => self.dispatch(service, &call, Some(*spool), &plan),
        };
        let reply = if told { body::told(reply) } else { reply };
        self.barriers.pass(nth, Side::After).await;
        if plan.lose {
            return Err(NoAnswer::Lost);
        }
        Ok(damage::answer(reply, &plan))
    }

    fn plan(&self, subject: Subject<'_>) -> Plan {
        if lock(&self.faults).is_empty() {
            return Plan::default();
        }
        let mut world = self.world();
        let plan = lock(&self.faults).plan(subject, world.clock.now());
        if plan.expire_tokens {
            world.identity.expire_tokens();
            world.store.expire_tokens();
            world.changed = true;
        }
        plan
    }

    /// Carries a request out, and saves what it changed.
    fn dispatch(
        &self,
        service: Option<Service>,
        call: &Call,
        spool: Option<crate::blobs::Spool>,
        plan: &Plan,
    ) -> Reply {
        let mut world = self.advanced();
        if !call.method.is_safe() {
            match service {
                // Nothing comes of a token by itself.
                Some(Service::Identity) => world.changed = true,
                _ => world.stirred(),
            }
        }
        let reply = match (service, spool) {
            (Some(Service::Store), Some(spool)) => store::publish(&mut world, call, spool, plan),
            (Some(Service::Store), None) => store::answer(&mut world, call, plan),
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
        // The store has its own way of both.
        if service != Some(Service::Store) {
            body::identify(&mut reply, &mut world.rng);
            allow::tell(&mut reply, &call.method, &call.path);
        }
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

    /// Keeps what was changed.
    pub(crate) fn settle(&self, world: &mut World) -> io::Result<()> {
        if let Some(data) = self.data.as_ref().filter(|_| world.changed) {
            data.save(world)?;
        }
        world.changed = false;
        if world.blobs.wants_sweep() {
            self.sweep(world)?;
        }
        Ok(())
    }

    /// Forgets the contents that nothing names.
    fn sweep(&self, world: &mut World) -> io::Result<()> {
        let mut named = BTreeSet::new();
        persist::living(&world.oic, &mut named)?;
        lock(&self.snapshots).living(&mut named)?;
        // Of a million objects no name is copied.
        let mut living: HashSet<&str> = world.store.contents().collect();
        living.extend(named.iter().map(String::as_str));
        world.blobs.sweep(&living)
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

    pub(crate) fn rules(&self) -> Vec<Counted> {
        lock(&self.faults).all().to_vec()
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

    pub(crate) fn clear_journal(&self) {
        lock(&self.journal).clear();
    }

    pub(crate) fn requests(&self) -> u64 {
        lock(&self.journal).count()
    }

    /// The authority of the data folder, else a new one.
    pub(crate) fn tls(&self) -> io::Result<Tls> {
        let now = self.world().clock.real();
        match &self.data {
            Some(data) => Tls::kept(data.path(), now),
            None => Tls::new(now),
        }
    }

    pub(crate) fn resumed(&self) -> bool {
        self.resumed
    }

    pub(crate) fn save(&self) -> io::Result<()> {
        let mut world = self.advanced();
        // The time goes on even where nothing else does.
        world.changed = true;
        self.settle(&mut world)
    }
}

/// A panic elsewhere must not end every later request too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
