//! Suite `differential`: the same requests, drawn by chance, to the emulator and to a genuine OpenStack Swift, which are
//! to answer the same.
//!
//! The requests go over the wire as they are, so that no client mends them. What is known to differ is published in
//! `docs/fidelity.md`; anything else fails the suite, with the shortest sequence of requests that shows it.

mod chance;
mod compare;
mod known;
mod mask;
mod past;
mod request;
#[cfg(test)]
mod sample;
mod wire;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, bail};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

use super::upstream::{Against, Upstream};
use crate::docs;
use crate::run;
use past::Past;
use request::{Body, Request};
use wire::Wire;

/// How many requests are sent where nobody says how many: each takes the genuine Swift some milliseconds.
pub(super) const REQUESTS: usize = 2_000;

/// Pairs of connections that work at once, so that both cores do.
const THREADS: u8 = 4;
/// How often a sequence that shows a difference is tried shorter.
const SHRINKS: u32 = 300;
/// After so many differences it ends.
const MOST: usize = 12;

/// The marks in requests that stand for tokens, and whose.
const USERS: [(&str, &str, &str); 4] = [
    ("@tester", "test:tester", "testing"),
    ("@third", "test:tester3", "testing3"),
    ("@other", "test2:tester2", "testing2"),
    ("@reseller", "admin:admin", "admin"),
];

/// Sends at least so many requests to each, and fails with what was answered differently.
pub(super) fn run(requests: usize) -> Result<()> {
    docs::check_fidelity(&with_known)?;
    let interop = run::target()?.join("interop");
    let genuine = Upstream::start(Against::Genuine, &interop)?;
    let ours = Upstream::start(Against::Emulator, &interop)?;
    let sent = AtomicUsize::new(0);
    // By what differed: the same is found by many sequences.
    let found = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|thread| {
                let (genuine, ours, sent, found) = (&genuine, &ours, &sent, &found);
                scope.spawn(move || Both::of(genuine, ours)?.work(thread, requests, sent, found))
            })
            .collect();
        threads.into_iter().try_for_each(|thread| {
            let ended = thread.join();
            ended.unwrap_or_else(|_| bail!("a thread panicked"))
        })
    })?;
    let found = found.into_inner().unwrap_or_default();
    println!(
        "  {} requests to each server; {} differences besides the {} that are published",
        sent.into_inner(),
        found.len(),
        known::KNOWN.len()
    );
    if !found.is_empty() {
        let told = found
            .iter()
            .map(|(why, after)| format!("{why}\n  after\n{after}"));
        bail!("\n{}", told.collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}

/// The page with what is known to differ.
pub(crate) fn with_known(page: &str) -> Result<String> {
    let marks = ("<!-- differential: begin -->", "<!-- differential: end -->");
    let rows = known::KNOWN.iter();
    let rows = rows.map(|known| format!("| {} | {} |\n", known.what, known.why));
    let table = format!(
        "| What differs | Why it is left so |\n| --- | --- |\n{}",
        rows.collect::<String>()
    );
    docs::between(page, marks, &table)
}

/// What differed, and the requests that showed it.
type Found = BTreeMap<String, String>;

/// A connection to each, and the tokens that each gave.
struct Both {
    genuine: Side,
    ours: Side,
}

struct Side {
    wire: Wire,
    tokens: Vec<(&'static str, String)>,
}

impl Both {
    fn of(genuine: &Upstream, ours: &Upstream) -> Result<Self> {
        Ok(Self {
            genuine: Side::of(genuine)?,
            ours: Side::of(ours)?,
        })
    }

    /// Draws sequences and sends them until there were enough requests, or too many differences.
    fn work(
        &mut self,
        thread: u8,
        requests: usize,
        sent: &AtomicUsize,
        found: &Mutex<Found>,
    ) -> Result<()> {
        let mut round = 0_u16;
        while sent.load(Ordering::Relaxed) < requests {
            round += 1;
            let mut seed = [thread; 32];
            if let Some(part) = seed.get_mut(..2) {
                part.copy_from_slice(&round.to_le_bytes());
            }
            match self.try_sequence(&seed, &format!("d{thread}-{round}"), sent) {
                Ok(()) => {}
                Err(TestError::Fail(why, requests)) => {
                    let lines = requests.iter().map(|it| format!("    {it:?}\n"));
                    let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                    found
                        .entry(why.to_string())
                        .or_insert_with(|| lines.collect());
                    if found.len() >= MOST {
                        break;
                    }
                }
                Err(TestError::Abort(why)) => bail!("proptest gave up: {why}"),
            }
        }
        Ok(())
    }

    /// Sends one sequence; where its answers differ, the shortest one that shows it.
    fn try_sequence(
        &mut self,
        seed: &[u8; 32],
        name: &str,
        sent: &AtomicUsize,
    ) -> Result<(), TestError<Vec<Request>>> {
        let config = Config {
            cases: 1,
            failure_persistence: None,
            max_shrink_iters: SHRINKS,
            ..Config::default()
        };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
        let (both, tries) = (RefCell::new(self), Cell::new(0_u32));
        TestRunner::new_with_rng(config, rng).run(&chance::sequence(), |requests| {
            // Nothing of an earlier try is there.
            tries.set(tries.get() + 1);
            let name = format!("{name}-{}", tries.get());
            let (count, told) = both.borrow_mut().compare(&name, &requests);
            sent.fetch_add(count, Ordering::Relaxed);
            told.map_err(TestCaseError::fail)
        })
    }

    /// Sends a sequence to both, about containers of this name; how many requests, and the first difference.
    fn compare(&mut self, name: &str, requests: &[Request]) -> (usize, Result<(), String>) {
        let mut past = Past::default();
        for (at, request) in requests.iter().enumerate() {
            let genuine = self.genuine.ask(name, request);
            let ours = self.ours.ask(name, request);
            let told = match (genuine, ours) {
                (Ok(Some(genuine)), Ok(Some(ours))) => {
                    let told = compare::difference(request, &past, &genuine, &ours);
                    past.add(request, &genuine);
                    told
                }
                (Ok(None), Ok(None)) => None,
                (genuine, ours) => {
                    let said = |side: Result<Option<_>>| match side {
                        Ok(_) => "an answer".to_owned(),
                        Err(error) => format!("{error:#}"),
                    };
                    Some(format!(
                        "    genuine: {}\n    emulator: {}",
                        said(genuine),
                        said(ours)
                    ))
                }
            };
            if let Some(told) = told {
                return (at + 1, Err(format!("  {request:?}\n{told}")));
            }
        }
        (requests.len(), Ok(()))
    }
}

impl Side {
    fn of(server: &Upstream) -> Result<Self> {
        let mut wire = Wire::to(server.authority());
        let mut tokens = Vec::new();
        for (mark, user, key) in USERS {
            let sign_in = Request {
                method: "GET",
                target: "/auth/v1.0".to_owned(),
                headers: vec![
                    ("X-Auth-User".to_owned(), user.to_owned()),
                    ("X-Auth-Key".to_owned(), key.to_owned()),
                ],
                body: Body::None,
            };
            let answer = wire.ask(&sign_in)?.context("no answer")?;
            let token = answer.headers.get("x-auth-token").context("no token")?;
            tokens.push((mark, token.clone()));
        }
        Ok(Self { wire, tokens })
    }

    fn ask(&mut self, name: &str, request: &Request) -> Result<Option<wire::Answer>> {
        let request = request.with(|text| {
            let text = text
                .replace("@0", &format!("{name}-0"))
                .replace("@1", &format!("{name}-1"));
            let tokens = self.tokens.iter();
            tokens.fold(text, |text, (mark, token)| text.replace(mark, token))
        });
        self.wire.ask(&request)
    }
}
