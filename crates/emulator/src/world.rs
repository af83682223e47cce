//! All that the emulator holds, behind one lock, and the form in which handlers see a request.

use bytes::Bytes;
use http::header::AsHeaderName;
use http::{HeaderMap, Method};
use jiff::Timestamp;

use crate::blobs::Blobs;
use crate::clock::VirtualClock;
use crate::fault::JobEnd;
use crate::identity::Identity;
use crate::oic::{self, Oic};
use crate::options::Switches;
use crate::persist::{Content, Saved};
use crate::store::Store;

/// The state of every service. Handlers get `&mut World`; the lock is never held over an await.
#[derive(Debug)]
pub(crate) struct World {
    /// Virtual time.
    pub(crate) clock: VirtualClock,
    /// The bytes of artifacts, archives and objects.
    pub(crate) blobs: Blobs,
    /// Object Storage, as its Swift API shows it.
    pub(crate) store: Store,
    /// The integration instances.
    pub(crate) oic: Oic,
    /// The identity domain.
    pub(crate) identity: Identity,
    /// The assumptions in force.
    pub(crate) switches: Switches,
    /// The one source of chance, seeded.
    pub(crate) rng: fastrand::Rng,
    /// Until when nothing happens by itself; none when that must be looked for.
    pub(crate) quiet_until: Option<Timestamp>,
    /// Whether something has changed since it was written down.
    pub(crate) changed: bool,
}

impl World {
    /// The world that was written down.
    pub(crate) fn new(clock: VirtualClock, blobs: Blobs, saved: Saved) -> Self {
        let Content {
            switches,
            store,
            oic,
            identity,
        } = saved.content;
        Self {
            clock,
            blobs,
            store,
            oic,
            identity,
            switches,
            rng: fastrand::Rng::with_seed(saved.seed),
            quiet_until: None,
            changed: true,
        }
    }

    /// Becomes the world that was written down, as it was then. The contents must be those of this pool.
    pub(crate) fn become_saved(&mut self, saved: Saved) {
        self.clock.show(saved.now);
        self.store = saved.content.store;
        self.oic = saved.content.oic;
        self.identity = saved.content.identity;
        self.switches = saved.content.switches;
        self.rng = fastrand::Rng::with_seed(saved.seed);
        self.stirred();
    }

    /// Moves the jobs, activations and late objects to the present.
    pub(crate) fn advance(&mut self) {
        let now = self.clock.now();
        self.store.set_now(now);
        if self.quiet_until.is_some_and(|until| now < until) {
            return;
        }
        self.store.advance(now);
        oic::advance(self, now);
        self.changed = true;
        self.quiet_until = self.store.due().into_iter().chain(self.oic.due()).min();
        // Nothing is to come at all.
        self.quiet_until.get_or_insert(Timestamp::MAX);
    }

    /// Something was done: it is to be kept, and more may come of it by itself.
    pub(crate) fn stirred(&mut self) {
        self.quiet_until = None;
        self.changed = true;
    }
}

/// A request whose body has been received.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The method.
    pub(crate) method: Method,
    /// The host asked for, lower-case, without a port.
    pub(crate) host: String,
    /// The host as it was sent, with the port.
    pub(crate) authority: String,
    /// Whether it came by TLS, which links in answers repeat.
    pub(crate) secure: bool,
    /// The path as it came, still percent-encoded.
    pub(crate) path: String,
    /// The query's pairs, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The parameters whose values are no UTF-8, which is replaced in them.
    pub(crate) garbled: Vec<String>,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The whole body; of the store that of a bulk delete alone, for its objects are spooled.
    pub(crate) body: Bytes,
    /// How a job ends that it starts, where a fault decides that.
    pub(crate) job_end: Option<JobEnd>,
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header's text.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
