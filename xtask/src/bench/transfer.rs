//! Files that go to a bucket and come back: by the command line, and by the clients that people use on Swift.
//!
//! All of them meet the same servers on the same two ends of memory, interleaved in one run and each as the first in
//! turn. What a client leaves is compared byte by byte (by MD5), so that nobody is fast by leaving something out. What
//! is printed is Markdown, made for `docs/performance.md`.

mod curl;
mod errand;
mod figures;
mod floor;
mod limits;
mod load;
mod peers;
mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use super::door::Door;
use super::{Folder, GIB, UPSTREAM, machine, room};
use crate::interop::{SWIFTCLIENT, tools, venv};
use crate::run::{self, Profile};
use errand::{Errand, Work};
use figures::{Figures, Place, Run};
use floor::Floor;
use load::Load;
use peers::{OURS, PEERS, Peer};
use server::Server;

const USAGE: &str =
    "usage: cargo xtask bench transfer [big|many|long|memory] [--rounds N] [--peers A,B]";

/// Both ends of every transfer lie in memory: a disk is not what is measured.
const MEMORY: &str = "/dev/shm";
/// How often each client takes its turn.
const ROUNDS: usize = 5;
/// The same on the long line, where one connection takes a minute.
const LONG_ROUNDS: usize = 3;
/// Every request waits so long there, and every body passes at so many bytes a second.
const LONG_LINE: [&str; 2] = [
    r#"{"service": "store", "action": {"delay": {"ms": 40}}}"#,
    r#"{"service": "store", "action": {"slow": {"bytes-per-second": 20000000}}}"#,
];
/// How many small files there are.
const FILES: u64 = 2000;
/// How large each of them is.
const SMALL: u64 = 64 * 1024;
/// What memory is measured by.
const LARGE: u64 = 4 * GIB;

/// Both of a kind go up and come down.
const ONE: [Work; 2] = [Work::UpOne, Work::DownOne];
const MANY: [Work; 2] = [Work::UpMany, Work::DownMany];

/// A part of the suite.
type Part = fn(&mut Bench) -> Result<()>;

const PARTS: [(&str, Part); 4] = [
    ("big", Bench::big),
    ("many", Bench::many),
    ("long", Bench::long),
    ("memory", Bench::memory),
];

/// What the arguments ask for.
struct Wanted {
    parts: Vec<Part>,
    rounds: usize,
    peers: Vec<&'static Peer>,
}

/// Measures what the arguments ask for; none: everything.
pub(super) fn run(arguments: &[&str]) -> Result<ExitCode> {
    let Some(wanted) = parse(arguments) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let ferry = run::build_ferry(Profile::Release)?;
    println!("machine: {}", machine());
    carry_out(&ferry, wanted)?;
    Ok(ExitCode::SUCCESS)
}

/// Measures everything.
pub(super) fn measure(ferry: &Path) -> Result<()> {
    let wanted = Wanted {
        parts: PARTS.iter().map(|(_, part)| *part).collect(),
        rounds: ROUNDS,
        peers: PEERS.iter().collect(),
    };
    carry_out(ferry, wanted)
}

fn parse(arguments: &[&str]) -> Option<Wanted> {
    let mut wanted = Wanted {
        parts: Vec::new(),
        rounds: ROUNDS,
        peers: PEERS.iter().collect(),
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--rounds" => {
                wanted.rounds = arguments
                    .next()?
                    .parse()
                    .ok()
                    .filter(|rounds| *rounds > 0)?;
            }
            "--peers" => {
                // `rclone` is each of its kinds.
                let names: Vec<&str> = arguments.next()?.split(',').collect();
                let named = |peer: &&Peer| names.iter().any(|name| peer.name.starts_with(name));
                wanted.peers.retain(|peer| named(peer));
            }
            name => {
                let part = PARTS.iter().find(|(part, _)| *part == name)?;
                wanted.parts.push(part.1);
            }
        }
    }
    if wanted.parts.is_empty() {
        wanted.parts = PARTS.iter().map(|(_, part)| *part).collect();
    }
    (!wanted.peers.is_empty()).then_some(wanted)
}

fn carry_out(ferry: &Path, wanted: Wanted) -> Result<()> {
    for (program, package) in [
        ("curl", "curl"),
        ("rclone", "rclone"),
        ("time", "time"),
        ("md5sum", "coreutils"),
    ] {
        tools::need(program, package)?;
    }
    let interop = run::target()?.join("interop");
    let python = venv::with(&interop.join("swiftclient"), &[SWIFTCLIENT])?;
    let mut bench = Bench {
        ferry: ferry.to_owned(),
        swift: python.with_file_name("swift"),
        interop,
        folder: Folder::below(Path::new(MEMORY))?,
        rounds: wanted.rounds,
        peers: wanted.peers,
        figures: Figures::default(),
        floor: Floor::measure()?,
        failed: 0,
    };
    for part in wanted.parts {
        part(&mut bench)?;
    }
    print!("{}", bench.figures.tables());
    print!("{}", bench.floor.line());
    print!("{}", limits::table(&bench.figures, &bench.floor));
    if bench.failed > 0 {
        bail!("{} runs failed", bench.failed);
    }
    Ok(())
}

/// One run of the suite.
struct Bench {
    ferry: PathBuf,
    /// The program of python-swiftclient.
    swift: PathBuf,
    interop: PathBuf,
    /// In memory.
    folder: Folder,
    rounds: usize,
    peers: Vec<&'static Peer>,
    figures: Figures,
    floor: Floor,
    failed: usize,
}

impl Bench {
    /// One file of 1 GiB.
    fn big(&mut self) -> Result<()> {
        // The source, the target, and what the server holds of two objects.
        self.need(5 * GIB)?;
        let load = Load::one(&self.folder.0, GIB)?;
        self.both(&load, ONE)
    }

    /// 2,000 files of 64 KiB.
    fn many(&mut self) -> Result<()> {
        self.need(2 * GIB)?;
        let load = Load::many(&self.folder.0, FILES, SMALL)?;
        self.both(&load, MANY)
    }

    /// 1 GiB down from afar: beside one connection, which is what curl opens.
    fn long(&mut self) -> Result<()> {
        self.need(3 * GIB)?;
        let load = Load::one(&self.folder.0, GIB)?;
        let mut server = self.start(Place::LongLine)?;
        let laid = server.lay(&load)?;
        for rule in LONG_LINE {
            server.emulator()?.ask("POST", "/_ferry/rules", "", rule)?;
        }
        let peers = self.those(|peer| peer.name == OURS || peer.name == "curl");
        for round in 0..self.rounds.min(LONG_ROUNDS) {
            for peer in rotated(&peers, round) {
                self.errand(peer, Work::DownOne, &mut server, &load, Some(&laid))?;
            }
        }
        Ok(())
    }

    /// 4 GiB up and down, ours alone: what that takes of memory.
    fn memory(&mut self) -> Result<()> {
        self.need(2 * LARGE + GIB)?;
        let load = Load::hollow(&self.folder.0, LARGE)?;
        let mut server = self.start(Place::Large)?;
        let peers = self.those(|peer| peer.name == OURS);
        self.turns(&peers, ONE, &mut server, &load)
    }

    /// Every peer in every round, at the genuine Swift and at the emulator.
    fn both(&mut self, load: &Load, works: [Work; 2]) -> Result<()> {
        let peers = self.peers.clone();
        for place in [Place::Genuine, Place::Emulator] {
            for round in 0..self.rounds {
                eprintln!("{}, round {} of {}", place.name(), round + 1, self.rounds);
                let mut server = self.start(place)?;
                self.turns(&rotated(&peers, round), works, &mut server, load)?;
            }
        }
        Ok(())
    }

    /// One round: everybody up, and then everybody down from the same objects.
    fn turns(
        &mut self,
        peers: &[&'static Peer],
        [up, down]: [Work; 2],
        server: &mut Server,
        load: &Load,
    ) -> Result<()> {
        for peer in peers {
            self.errand(peer, up, server, load, None)?;
        }
        server.renew()?;
        let laid = server.lay(load)?;
        for peer in peers {
            self.errand(peer, down, server, load, Some(&laid))?;
        }
        Ok(())
    }

    /// Sends one peer, where it does such work, looks at what it left, and takes that away. A peer that fails is told of,
    /// and the others go on.
    fn errand(
        &mut self,
        peer: &'static Peer,
        work: Work,
        server: &mut Server,
        load: &Load,
        from: Option<&Door>,
    ) -> Result<()> {
        if !(peer.does)(work) {
            return Ok(());
        }
        let target = self.emptied("target")?;
        let home = self.emptied("home")?;
        let fresh;
        let door = if let Some(door) = from {
            door
        } else {
            server.renew()?;
            fresh = server.container()?;
            &fresh
        };
        let errand = Errand {
            work,
            authority: server.authority(),
            door,
            load,
            target: &target,
            home: &home,
            ferry: &self.ferry,
            swift: &self.swift,
        };
        let asked = server.requests()?;
        let done = errand.run(peer).and_then(|timed| {
            let asked = server
                .requests()?
                .zip(asked)
                .map(|(after, before)| after - before);
            errand.check(peer)?;
            Ok((timed, asked))
        });
        let told = format!("{}, {}, {}", server.place().name(), work.name(), peer.name);
        match done {
            Ok((timed, requests)) => {
                eprintln!("  {told}: {:.2} s", timed.wall.as_secs_f64());
                self.figures.add(Run {
                    place: server.place(),
                    work,
                    peer: peer.name,
                    timed,
                    requests,
                });
            }
            Err(error) => {
                eprintln!("  {told}: FAILED: {error:#}");
                self.failed += 1;
            }
        }
        fs::remove_dir_all(&target)?;
        // The small files of all clients are less than one large one, and the next round has another server.
        if work == Work::UpOne {
            server.empty(door)?;
        }
        Ok(())
    }

    fn start(&self, place: Place) -> Result<Server> {
        Server::start(place, &self.ferry, &self.interop, &self.folder.0)
    }

    /// Those of the chosen peers.
    fn those(&self, which: impl Fn(&Peer) -> bool) -> Vec<&'static Peer> {
        let peers = self.peers.iter().copied();
        peers.filter(|peer| which(peer)).collect()
    }

    /// A folder of this name that is empty.
    fn emptied(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.0.join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(folder)
    }

    fn need(&self, bytes: u64) -> Result<()> {
        if room::of(&self.folder.0)? < bytes {
            bail!("{bytes} bytes do not fit into {MEMORY}");
        }
        Ok(())
    }
}

/// Each is the first in turn.
fn rotated(peers: &[&'static Peer], round: usize) -> Vec<&'static Peer> {
    let mut peers = peers.to_vec();
    let by = round % peers.len().max(1);
    peers.rotate_left(by);
    peers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_read() {
        let all = parse(&[]).unwrap();
        assert_eq!((all.parts.len(), all.rounds), (PARTS.len(), ROUNDS));
        let some = parse(&["many", "--rounds", "1", "--peers", "rclone,curl"]).unwrap();
        assert_eq!((some.parts.len(), some.rounds), (1, 1));
        assert!(some.peers.iter().any(|peer| peer.name == "rclone tuned"));
        assert!(some.peers.iter().all(|peer| peer.name != OURS));
        for wrong in [
            &["small"][..],
            &["--rounds", "0"],
            &["--rounds"],
            &["--peers", "nobody"],
        ] {
            assert!(parse(wrong).is_none(), "{wrong:?}");
        }
    }

    #[test]
    fn everybody_is_the_first_in_turn() {
        let peers: Vec<&Peer> = PEERS.iter().collect();
        let first = |round| rotated(&peers, round).first().map(|peer| peer.name);
        assert_eq!(first(0), Some(PEERS[0].name));
        assert_eq!(first(1), Some(PEERS[1].name));
        assert_eq!(first(PEERS.len()), Some(PEERS[0].name));
        assert!(rotated(&[], 3).is_empty());
    }
}
