//! What goes wrong: assumptions about the store, and faults by chance.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use fastrand::Rng;
use ferry_emulator::{Action, Etag, Rule, Service, StoreDialect, Switches, Way};

use crate::place::Pace;
use crate::transfer::Transfer;

/// What a proxy says of a server that does not answer.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head></html>";

const RETRY: [(&str, &str); 1] = [("retry-after", "1")];

/// By the server's clock, which goes right.
const RETRY_AT: [(&str, &str); 1] = [("retry-after", "Sun, 01 Mar 2026 12:00:02 GMT")];

/// A service of either dialect, with some of its assumptions changed.
pub(crate) fn switches(rng: &mut Rng) -> Switches {
    let mut switches = Switches::default();
    if rng.bool() {
        switches.store_dialect = StoreDialect::Upstream;
    }
    if rng.u8(..4) == 0 {
        switches.etag = Etag::Opaque;
    }
    switches.store_checks_etag = rng.bool();
    if rng.u8(..4) == 0 {
        let bare = Some(false);
        switches.store_large_objects = bare;
        switches.store_copies = bare;
        switches.store_bulk = bare;
        switches.store_info = bare;
        switches.store_chunked = false;
    }
    if rng.bool() {
        switches.store_page = NonZeroUsize::new(rng.usize(1..4)).unwrap();
        switches.listing_stale_seconds = rng.u64(..100);
    }
    switches
}

/// What is done in this weather.
#[derive(Clone, Copy)]
pub(crate) struct Outing {
    pub(crate) transfer: Transfer,
    pub(crate) size: u64,
    pub(crate) etag: Etag,
    pub(crate) pace: Pace,
}

/// Some kinds of faults, each met by one request in several.
pub(crate) fn rules(rng: &mut Rng, outing: Outing) -> Vec<Rule> {
    (0..rng.usize(..7))
        .map(|_| {
            let action = outing.action(rng);
            Rule {
                service: Some(Service::Store),
                // What waits longer than the client does would change the bucket behind its back: only a look may.
                method: matches!(action, Action::Delay { .. }).then(|| "GET".to_owned()),
                one_in: Some(rng.u32(1..5)),
                times: rng.bool().then(|| rng.u64(1..4)),
                ..Rule::new(action)
            }
        })
        .collect()
}

impl Outing {
    fn action(self, rng: &mut Rng) -> Action {
        match rng.u8(..16) {
            0 => Action::Reset,
            1 | 2 => Action::LoseAnswer,
            3 | 4 => self.on_the_way(rng),
            5..8 => self.damage(rng),
            8 if rng.bool() => answer(429, &RETRY_AT, None),
            8 => answer(429, &RETRY, None),
            9 => answer(500, &[], None),
            10 => answer(502, &[("content-type", "text/html")], Some(PAGE)),
            11 => answer(503, if rng.bool() { &RETRY } else { &[] }, None),
            12 => Action::WrongEtag,
            13 => Action::ExpireTokens,
            14 => Action::StaleListing {
                seconds: rng.u64(..1_000),
            },
            _ => Action::ReorderedListing,
        }
    }

    /// A line that breaks, or is slow.
    fn on_the_way(self, rng: &mut Rng) -> Action {
        match rng.u8(..4) {
            0 if self.pace == Pace::Paused => Action::Delay {
                ms: rng.u64(..90_000),
            },
            1 if self.pace == Pace::Paused => Action::Slow {
                bytes_per_second: rng.u64(20_000..2_000_000),
            },
            0 => Action::Delay { ms: rng.u64(..50) },
            _ => Action::Cut {
                after: self.somewhere(rng),
                way: self.way(rng),
            },
        }
    }

    /// Bytes that are lost or wrong, where anything tells of it: a digest, a size, or another look.
    fn damage(self, rng: &mut Rng) -> Action {
        let after = self.somewhere(rng);
        let (way, told) = (self.way(rng), self.etag == Etag::Md5);
        match (way, rng.bool()) {
            (Way::Up, true) => Action::Corrupt { way },
            // The answer tells the MD5 of the whole, of which the store kept a part: who copies looks again.
            (Way::Up, false) if !told || self.transfer == Transfer::Copy => {
                Action::Truncate { after, way }
            }
            (Way::Down, true) if told => Action::Corrupt { way },
            (Way::Down, false) if told => Action::Truncate { after, way },
            (way, _) => Action::Cut { after, way },
        }
    }

    fn somewhere(self, rng: &mut Rng) -> u64 {
        rng.u64(..=self.size + 1)
    }

    /// Mostly that of the larger body.
    fn way(self, rng: &mut Rng) -> Way {
        if self.transfer.stores() && rng.u8(..4) > 0 {
            Way::Up
        } else {
            Way::Down
        }
    }
}

fn answer(code: u16, headers: &[(&str, &str)], body: Option<&str>) -> Action {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Action::Status {
        code,
        body: body.map(str::to_owned),
        headers: headers.iter().map(owned).collect::<BTreeMap<_, _>>(),
    }
}
