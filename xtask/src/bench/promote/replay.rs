//! The bare loop: what was written down is sent again, so many at once.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::TcpStream;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::exchange::Message;
use super::relay::{Recorded, token};
use super::{LANES, Stand};
use crate::run;

/// How far the loop is.
#[derive(Default)]
struct Progress {
    next: usize,
    answered: usize,
    /// Tokens as they were, and as they are now.
    tokens: BTreeMap<String, String>,
    /// How many answers have another status than they had.
    other: usize,
    failed: Option<String>,
}

/// Sends all; gives what it took.
pub(super) fn run(stand: &Stand, recorded: &[Recorded]) -> Result<Duration> {
    let emulator = stand.emulator.authority();
    let before = recorded.first().and_then(|it| it.request.header("host"));
    let before = before.context("a request without a host")?;
    // Made ready beforehand: the loop does nothing but send.
    let moved: Vec<Message> = recorded
        .iter()
        .map(|it| moved(&it.request, before, emulator))
        .collect();
    let (progress, turn) = (Mutex::new(Progress::default()), Condvar::new());
    let begun = run::clock();
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                if let Err(error) = lane(emulator, recorded, &moved, &progress, &turn) {
                    locked(&progress).failed = Some(format!("{error:#}"));
                    turn.notify_all();
                }
            });
        }
    });
    let took = begun.elapsed();
    let progress = progress
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(why) = progress.failed {
        bail!("the loop broke: {why}");
    }
    if progress.other > 0 {
        println!(
            "note: {} of {} answers had another status than the first time",
            progress.other,
            recorded.len()
        );
    }
    Ok(took)
}

fn locked(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One connection: takes the next request, waits for what that waited for, sends it.
fn lane(
    emulator: &str,
    recorded: &[Recorded],
    moved: &[Message],
    progress: &Mutex<Progress>,
    turn: &Condvar,
) -> Result<()> {
    let stream = TcpStream::connect(emulator)?;
    stream.set_nodelay(true)?;
    let (mut told, mut tells) = (BufReader::new(&stream), &stream);
    loop {
        let (was, mut request) = {
            let mut now = locked(progress);
            let at = now.next;
            now.next += 1;
            let (Some(was), Some(request)) = (recorded.get(at), moved.get(at)) else {
                return Ok(());
            };
            while now.answered < was.behind {
                if let Some(why) = &now.failed {
                    return Err(anyhow!("{why}"));
                }
                now = turn.wait(now).unwrap_or_else(PoisonError::into_inner);
            }
            let mut request = request.clone();
            renew(&mut request, &now.tokens);
            (was, request)
        };
        request.send(&mut tells)?;
        request.body.clear();
        let answer = Message::answer(&mut told, &request)?;
        let mut now = locked(progress);
        now.answered += 1;
        now.other += usize::from(answer.status() != was.status);
        if let (Some(old), Some(new)) = (&was.token, token(&answer.body)) {
            now.tokens.insert(old.clone(), new);
        }
        drop(now);
        turn.notify_all();
    }
}

/// The same for another emulator.
fn moved(request: &Message, before: &str, emulator: &str) -> Message {
    let mut request = request.clone();
    for (_, value) in &mut request.headers {
        if value.contains(before) {
            *value = value.replace(before, emulator);
        }
    }
    // Only small bodies name the storage.
    if let Ok(text) = std::str::from_utf8(&request.body)
        && text.contains(before)
    {
        request.body = text.replace(before, emulator).into_bytes();
    }
    request
}

fn renew(request: &mut Message, tokens: &BTreeMap<String, String>) {
    for (name, value) in &mut request.headers {
        if name.eq_ignore_ascii_case("authorization")
            && let Some(new) = value
                .strip_prefix("Bearer ")
                .and_then(|old| tokens.get(old))
        {
            *value = format!("Bearer {new}");
        }
    }
}

/// How many requests of each kind there were, as a table.
pub(super) fn kinds(recorded: &[Recorded]) -> String {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for it in recorded {
        *kinds.entry(kind(&it.request.first)).or_default() += 1;
    }
    let mut kinds: Vec<(String, usize)> = kinds.into_iter().collect();
    kinds.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let rows: String = kinds
        .into_iter()
        .map(|(kind, count)| format!("| {kind} | {count} |\n"))
        .collect();
    format!("| request | count |\n| --- | --- |\n{rows}")
}

/// The method and the path, with a star for each name.
fn kind(first: &str) -> String {
    let mut words = first.split_whitespace();
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let path = target.split('?').next().unwrap_or_default();
    let path = path.rsplit_once("/v1/").map_or(path, |(_, path)| path);
    let parts: Vec<&str> = path.split('/').collect();
    let named = parts.iter().enumerate().map(|(at, part)| match at {
        1 => "*",
        _ => part,
    });
    format!("{method} {}", named.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_requests() {
        let of = |first: &str| kind(first);
        assert_eq!(
            of(
                "GET /ic/api/integration/v1/integrations/A%7C01.00.0000/activationStatus?x=y HTTP/1.1"
            ),
            "GET integrations/*/activationStatus"
        );
        assert_eq!(
            of("GET /ic/api/integration/v1/connections?limit=100 HTTP/1.1"),
            "GET connections"
        );
    }

    #[test]
    fn a_request_is_moved_and_renewed() {
        let request = Message {
            first: "POST /x HTTP/1.1".to_owned(),
            headers: vec![
                ("host".to_owned(), "a:1".to_owned()),
                ("authorization".to_owned(), "Bearer old".to_owned()),
            ],
            body: b"{\"storageUrl\":\"http://a:1/v1\"}".to_vec(),
        };
        let mut moved = moved(&request, "a:1", "b:22");
        assert_eq!(moved.header("host"), Some("b:22"));
        assert_eq!(moved.body, b"{\"storageUrl\":\"http://b:22/v1\"}");
        let tokens = BTreeMap::from([("old".to_owned(), "new".to_owned())]);
        renew(&mut moved, &tokens);
        assert_eq!(moved.header("authorization"), Some("Bearer new"));
    }
}
