//! A container of very many objects: putting them there, what they take of memory, and pages of their listing.

use std::io::{self, BufWriter, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::thread;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::bench::door::Door;
use crate::bench::emulator::memory::resident;
use crate::bench::{median, milliseconds, report};
use crate::emulator::Running;
use crate::run;

/// How many objects there are.
const OBJECTS: usize = FOLDERS * EACH;
/// How many pseudo-folders they lie in: two pages of them.
const FOLDERS: usize = 20_000;
/// How many objects lie in each.
const EACH: usize = 50;
/// How many rows a page has.
const PAGE: usize = 10_000;
/// How many pages of a kind are asked for.
const PAGES: usize = 51;

pub(super) fn measure(ferry: &Path) -> Result<()> {
    let emulator = Running::start(ferry, &[])?;
    let door = Door::basic(&emulator)?;
    let before = resident(emulator.process())?;
    let begun = run::clock();
    fill(&emulator, &door)?;
    let seconds = begun.elapsed().as_secs_f64();
    report(
        "PUT of 1,000,000 objects of few bytes",
        &format!("{seconds:.1} s"),
        "-",
    );
    let each = resident(emulator.process())?.saturating_sub(before) / OBJECTS as u64;
    report("memory of each of them", &format!("{each} B"), "-");

    pages(
        "page of 10,000 of 1,000,000, median of 51",
        &emulator,
        &door,
        |at| format!("marker={}", name(scattered(at, OBJECTS - PAGE))),
    )?;
    pages(
        "page of 10,000 pseudo-folders, median of 51",
        &emulator,
        &door,
        |at| {
            let last = folder(scattered(at, FOLDERS - PAGE));
            format!("delimiter=/&marker={last}/")
        },
    )
}

/// Whole pages by the queries of this kind, each of which differs.
fn pages(
    figure: &str,
    emulator: &Running,
    door: &Door,
    query: impl Fn(usize) -> String,
) -> Result<()> {
    let container = path(door)?;
    let headers = format!("Connection: close\r\n{}\r\n", door.header);
    let mut durations = Vec::with_capacity(PAGES);
    for at in 0..PAGES {
        let target = format!("{container}?format=json&{}", query(at));
        let mut answer = Vec::new();
        let begun = run::clock();
        let mut stream = emulator.request("GET", &target, &headers, "")?;
        stream.read_to_end(&mut answer)?;
        durations.push(begun.elapsed());
        let rows = rows(&answer)?;
        if rows != PAGE {
            bail!("{target}: {rows} rows");
        }
    }
    report(figure, &milliseconds(median(&mut durations)), "100 ms");
    Ok(())
}

/// Puts the objects, each of other bytes, without waiting for an answer before the next request.
fn fill(emulator: &Running, door: &Door) -> Result<()> {
    let container = path(door)?;
    let stream = TcpStream::connect(emulator.authority())?;
    let mut answers = stream.try_clone()?;
    let read = thread::spawn(move || io::copy(&mut answers, &mut io::sink()));
    let mut requests = BufWriter::with_capacity(256 * 1024, stream);
    for at in 0..OBJECTS {
        let end = if at + 1 == OBJECTS {
            "Connection: close\r\n"
        } else {
            ""
        };
        write!(
            requests,
            "PUT {container}/{} HTTP/1.1\r\nHost: {}\r\n{}\r\n{end}Content-Length: 6\r\n\r\n{at:06}",
            name(at),
            emulator.authority(),
            door.header,
        )?;
    }
    requests.flush()?;
    read.join().ok().context("the answers were not read")??;
    // What became of each is told by their number.
    let headers = format!("Connection: close\r\n{}\r\n", door.header);
    let mut head = String::new();
    let mut stream = emulator.request("HEAD", container, &headers, "")?;
    stream.read_to_string(&mut head)?;
    let expected = format!("x-container-object-count: {OBJECTS}\r\n");
    if !head.to_ascii_lowercase().contains(&expected) {
        bail!("not all objects were put:\n{head}");
    }
    Ok(())
}

/// The path of the container.
fn path(door: &Door) -> Result<&str> {
    let at = door.url.find("/v1/").and_then(|at| door.url.get(at..));
    at.context("no Swift URL")
}

fn folder(at: usize) -> String {
    format!("folder-{at:05}")
}

/// The names are in the order of the numbers.
fn name(at: usize) -> String {
    format!("{}/object-{:02}.iar", folder(at / EACH), at % EACH)
}

/// Numbers below `end` without any order, and the same in each run.
fn scattered(at: usize, end: usize) -> usize {
    at * 618_033 % end
}

/// How many rows a page of JSON has.
fn rows(answer: &[u8]) -> Result<usize> {
    let answer = std::str::from_utf8(answer).context("an answer that is no UTF-8")?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no whole answer")?;
    if !head.starts_with("HTTP/1.1 200") {
        bail!("no listing: {head}");
    }
    let rows: Vec<Value> = serde_json::from_str(body).context("a listing of JSON")?;
    Ok(rows.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_their_numbers() {
        let names: Vec<String> = [0, 1, EACH - 1, EACH, 99 * EACH, OBJECTS - 1]
            .map(name)
            .into();
        assert!(names.is_sorted());
        assert_eq!(name(EACH + 1), "folder-00001/object-01.iar");
    }

    #[test]
    fn markers_are_scattered_and_leave_a_page() {
        let all: Vec<usize> = (0..PAGES).map(|at| scattered(at, FOLDERS - PAGE)).collect();
        assert!(all.iter().all(|at| *at < FOLDERS - PAGE));
        assert!(!all.is_sorted());
        assert!(all.iter().max() > Some(&(FOLDERS - PAGE - 1000)));
    }

    #[test]
    fn rows_are_counted() {
        assert_eq!(rows(b"HTTP/1.1 200 OK\r\n\r\n[{},{}]").unwrap(), 2);
        assert!(rows(b"HTTP/1.1 404 Not Found\r\n\r\n[]").is_err());
        assert!(rows(b"HTTP/1.1 200 OK\r\n\r\n[{},").is_err());
    }
}
