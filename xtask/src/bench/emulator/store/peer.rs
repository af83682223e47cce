//! A large object by the same curl to the emulator and to a genuine OpenStack Swift, in turn.
//!
//! Both keep it in folders of one place, and both are told its MD5, which they check.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};

use super::CONTAINER;
use crate::bench::door::Door;
use crate::bench::{GIB, UPSTREAM, bytes, median, report, room};
use crate::emulator::Running;
use crate::interop::Genuine;
use crate::run;

/// How often each is measured.
const ROUNDS: usize = 5;
/// The objects of both, the file that they come from, and some air.
const ROOM: u64 = 7 * GIB / 2;

pub(super) fn measure(ferry: &Path) -> Result<()> {
    let genuine = match Genuine::start(&run::target()?.join("interop")) {
        Ok(genuine) => genuine,
        Err(error) => {
            println!("note: there is no genuine Swift to compare with: {error:#}");
            report("1 GiB up and down beside a genuine Swift", "no Swift", "-");
            return Ok(());
        }
    };
    let place = genuine.store();
    if room::of(place)? < ROOM {
        println!("note: 1 GiB thrice does not fit into {}", place.display());
        report("1 GiB up and down beside a genuine Swift", "no room", "-");
        return Ok(());
    }
    let source = place.join("source");
    bytes::random(&source, GIB)?;
    let [md5] = &*bytes::md5([&source])? else {
        bail!("md5sum told nothing");
    };
    let mut ours = Side::default();
    let mut theirs = Side::default();
    let disk = place.join("emulator");
    let swift = Door::token(&genuine.authority(), CONTAINER)?;
    for round in 0..ROUNDS {
        // A new emulator: what it holds of the last round must not spare it work.
        fs::create_dir(&disk)?;
        let emulator = Running::start_on(&disk, ferry, &UPSTREAM)?;
        let door = Door::token(emulator.authority(), CONTAINER)?;
        let mut turns = [(&mut ours, &door), (&mut theirs, &swift)];
        turns.rotate_left(round % 2);
        for (side, door) in turns {
            side.take(door, &source, md5)?;
        }
        drop(emulator);
        fs::remove_dir_all(&disk)?;
    }
    println!(
        "note: 1 GiB of random bytes, medians of {ROUNDS}; all of it is kept below {}",
        place.display()
    );
    for (way, ours, theirs, limit) in [
        ("up", &mut ours.up, &mut theirs.up, ">= 1.15"),
        ("down", &mut ours.down, &mut theirs.down, ">= 2"),
    ] {
        let (ours, theirs) = (median(ours), median(theirs));
        let seconds = |it: Duration| format!("{:.2} s", it.as_secs_f64());
        report(&format!("1 GiB {way}, emulator"), &seconds(ours), "-");
        report(
            &format!("1 GiB {way}, genuine Swift"),
            &seconds(theirs),
            "-",
        );
        report(
            &format!("1 GiB {way}, so many times as fast"),
            &format!("{:.2}", theirs.as_secs_f64() / ours.as_secs_f64()),
            limit,
        );
    }
    Ok(())
}

/// How long each of the rounds took.
#[derive(Default)]
struct Side {
    up: Vec<Duration>,
    down: Vec<Duration>,
}

impl Side {
    /// One round, which leaves nothing.
    fn take(&mut self, door: &Door, source: &Path, md5: &str) -> Result<()> {
        let etag = format!("ETag: {md5}");
        let begun = run::clock();
        door.up(source, &["--header", &etag], "large")?;
        self.up.push(begun.elapsed());
        let begun = run::clock();
        door.down("large")?;
        self.down.push(begun.elapsed());
        door.delete("large")
    }
}
