//! Where a case happens: an emulator with two buckets, and clients for them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ferry_core::storage::StorageUrl;
use ferry_emulator::{Emulator, EnvironmentCard, Load, Options, Switches};
use ferry_http::{Client, Config, Request};
use ferry_swift::{Bucket, SignIn};
use ferry_testkit::clock::{NOON, Now, following};
use ferry_testkit::emulated::Running;
use ferry_testkit::linked::Linked;
use jiff::SignedDuration;

/// How long things take there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As on a long line: the clock is paused.
    Paused,
    /// Next to nothing: the clock is real.
    Real,
}

pub(crate) struct Place {
    pub(crate) emulator: Emulator,
    cards: Vec<EnvironmentCard>,
    config: Config,
    /// Ends with the place.
    _running: Option<Running>,
}

fn options(seed: u64, switches: Switches) -> Options {
    Options {
        // Two instances with a bucket each, and little else.
        load: Load::Generated { integrations: 0 },
        seed,
        switches,
        ..Options::new(following(NOON))
    }
}

/// The wall clock of a client's machine: set to another year again and again.
fn jumping(seed: u64) -> Now {
    const YEAR: i64 = 365 * 24 * 3600;
    let (clock, asked) = (following(NOON), AtomicU64::new(seed));
    Arc::new(move || {
        let years = match asked.fetch_add(1, Ordering::Relaxed) % 3 {
            0 => 0,
            1 => -3,
            _ => 3,
        };
        clock() + SignedDuration::from_secs(years * YEAR)
    })
}

/// An emulator behind pipes in memory.
fn linked(seed: u64, switches: Switches) -> Place {
    let linked = Linked::start(options(seed, switches));
    let mut config = linked.config();
    config.now = jumping(seed);
    config.jitter_seed = seed;
    Place {
        cards: linked.environments(),
        emulator: linked.emulator,
        config,
        _running: None,
    }
}

/// An emulator behind a port. Patience is short there.
async fn tcp(seed: u64, switches: Switches) -> Place {
    let running = Running::start(options(seed, switches)).await;
    let mut config = Config::new("ferry-test", jumping(seed));
    config.loopback_only = true;
    config.system_roots = false;
    config.jitter_seed = seed;
    config.retry.base = Duration::from_millis(5);
    config.retry.max = Duration::from_millis(20);
    Place {
        cards: running.emulator.environments(&running.authority),
        emulator: running.emulator.clone(),
        config,
        _running: Some(running),
    }
}

impl Place {
    pub(crate) async fn open(pace: Pace, seed: u64, switches: Switches) -> Self {
        match pace {
            Pace::Paused => linked(seed, switches),
            Pace::Real => tcp(seed, switches).await,
        }
    }

    /// One of the two buckets, each with a user of its own. Its client shares nothing with those of other calls.
    pub(crate) fn bucket(&self, which: usize) -> Bucket {
        let card = &self.cards[which];
        let sign_in = SignIn::Basic {
            user: card.storage_user.parse().unwrap(),
            password: card.storage_password.clone().into(),
        };
        self.at(&card.storage_url, sign_in)
    }

    /// One of two buckets of upstream's account for tests, which are there after [`Place::make_containers`].
    pub(crate) fn container(&self, which: usize) -> Bucket {
        let sign_in = SignIn::Token {
            auth_url: format!("{}/auth/v1.0", self.origin()),
            user: "ferry:ferry".to_owned(),
            key: "ferry".to_owned().into(),
        };
        self.at(&self.container_url(which), sign_in)
    }

    pub(crate) async fn make_containers(&self) {
        let http = Client::new(self.config.clone()).unwrap();
        let ask = Request::get(&format!("{}/auth/v1.0", self.origin())).unwrap();
        let ask = ask.header("x-auth-user", "ferry:ferry");
        let answer = http.send(ask.secret_header("x-auth-key", "ferry")).await;
        let answer = answer.unwrap();
        let token = answer.header("x-auth-token").unwrap();
        for which in [0, 1] {
            let make = Request::put(&self.container_url(which)).unwrap();
            let made = http.send(make.secret_header("x-auth-token", token)).await;
            made.unwrap();
        }
    }

    fn container_url(&self, which: usize) -> String {
        format!("{}/v1/AUTH_ferry/container-{which}", self.origin())
    }

    fn origin(&self) -> &str {
        let (origin, _) = self.cards[0].storage_url.split_once("/v1/").unwrap();
        origin
    }

    fn at(&self, url: &str, sign_in: SignIn) -> Bucket {
        let http = Client::new(self.config.clone()).unwrap();
        Bucket::new(http, StorageUrl::parse(url).unwrap(), sign_in)
    }
}
