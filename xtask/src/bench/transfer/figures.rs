//! What was measured, and its medians.

use std::fmt::Write as _;
use std::time::Duration;

use super::errand::Work;
use super::peers::PEERS;
use super::{FILES, SMALL};
use crate::bench::timed::Timed;
use crate::bench::{GIB, median};

/// Where a client was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Genuine,
    Emulator,
    /// An emulator that is far away.
    LongLine,
    /// A genuine Swift, for what is larger.
    Large,
}

impl Place {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Genuine => "genuine Swift",
            Self::Emulator => "emulator",
            Self::LongLine => "emulator, 40 ms and 20 MB/s a connection",
            Self::Large => "genuine Swift, 4 GiB",
        }
    }

    /// How much one piece of work carries.
    fn bytes(self, work: Work) -> u64 {
        match self {
            Self::Large => super::LARGE,
            _ if work.is_one() => GIB,
            _ => FILES * SMALL,
        }
    }
}

/// A run that did what it should.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) place: Place,
    pub(super) work: Work,
    pub(super) peer: &'static str,
    pub(super) timed: Timed,
    /// What the server was asked, where it counts.
    pub(super) requests: Option<u64>,
}

/// All of them.
#[derive(Default)]
pub(super) struct Figures(Vec<Run>);

/// The medians of one client at one work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Middle {
    pub(super) wall: Duration,
    fastest: Duration,
    slowest: Duration,
    pub(super) cpu: Duration,
    /// Not the median but the most, in bytes: a limit is to hold each time.
    pub(super) peak: u64,
    /// The most, too.
    pub(super) requests: Option<u64>,
    runs: usize,
}

impl Figures {
    pub(super) fn add(&mut self, run: Run) {
        self.0.push(run);
    }

    /// None where there was no such run.
    pub(super) fn of(&self, place: Place, work: Work, peer: &str) -> Option<Middle> {
        let runs = || {
            let runs = self.0.iter();
            runs.filter(|run| run.place == place && run.work == work && run.peer == peer)
        };
        let mut walls: Vec<Duration> = runs().map(|run| run.timed.wall).collect();
        let mut cpus: Vec<Duration> = runs().map(|run| run.timed.cpu).collect();
        // It puts them in order, too.
        let wall = median(&mut walls);
        Some(Middle {
            wall,
            fastest: *walls.first()?,
            slowest: *walls.last()?,
            cpu: median(&mut cpus),
            peak: runs().map(|run| run.timed.peak).max()?,
            requests: runs().filter_map(|run| run.requests).max(),
            runs: walls.len(),
        })
    }

    /// A table for each work at each place.
    pub(super) fn tables(&self) -> String {
        let mut text = String::new();
        for place in [
            Place::Genuine,
            Place::Emulator,
            Place::LongLine,
            Place::Large,
        ] {
            for work in [Work::UpOne, Work::DownOne, Work::UpMany, Work::DownMany] {
                let rows: String = PEERS
                    .iter()
                    .filter_map(|peer| {
                        Some(row(
                            place,
                            work,
                            peer.name,
                            &self.of(place, work, peer.name)?,
                        ))
                    })
                    .collect();
                if rows.is_empty() {
                    continue;
                }
                // Writing to a text does not fail.
                let _ = write!(
                    text,
                    "\n{}, {}:\n\n{}{rows}",
                    place.name(),
                    work.name(),
                    head(work)
                );
            }
        }
        text
    }
}

fn head(work: Work) -> String {
    let rate = if work.is_one() { "" } else { " objects/s |" };
    let columns = 6 + usize::from(!work.is_one()) * 2;
    let requests = if work.is_one() { "" } else { " requests |" };
    format!(
        "| client |{rate} MiB/s | wall s (min–max) | CPU s | peak MiB | runs |{requests}\n|{}\n",
        " --- |".repeat(columns)
    )
}

fn row(place: Place, work: Work, peer: &str, it: &Middle) -> String {
    let wall = it.wall.as_secs_f64();
    let rate = if work.is_one() {
        String::new()
    } else {
        format!(" {:.0} |", float(FILES) / wall)
    };
    let requests = match it.requests {
        _ if work.is_one() => String::new(),
        Some(requests) => format!(" {requests} |"),
        None => " |".to_owned(),
    };
    format!(
        "| {peer} |{rate} {:.0} | {wall:.2} ({:.2}–{:.2}) | {:.2} | {:.1} | {} |{requests}\n",
        mebibytes(place.bytes(work)) / wall,
        it.fastest.as_secs_f64(),
        it.slowest.as_secs_f64(),
        it.cpu.as_secs_f64(),
        mebibytes(it.peak),
        it.runs,
    )
}

/// For ratios: nothing that is measured here is so large that it would lose anything.
#[expect(clippy::cast_precision_loss, reason = "below 2^52")]
pub(super) fn float(number: u64) -> f64 {
    number as f64
}

pub(super) fn mebibytes(bytes: u64) -> f64 {
    float(bytes) / float(1 << 20)
}

/// Runs of these seconds, of half the time of a processor, and of the seconds as MiB.
#[cfg(test)]
pub(super) fn sample(runs: &[(Place, Work, &'static str, u64)]) -> Figures {
    let mut figures = Figures::default();
    for &(place, work, peer, seconds) in runs {
        figures.add(Run {
            place,
            work,
            peer,
            timed: Timed {
                wall: Duration::from_secs(seconds),
                cpu: Duration::from_millis(seconds * 500),
                peak: seconds << 20,
            },
            requests: Some(2000 + seconds),
        });
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_of_one_client_at_one_work() {
        let of = |peer, seconds| (Place::Genuine, Work::DownMany, peer, seconds);
        let all = sample(&[
            of("rclone", 7),
            of("rclone", 3),
            of("rclone", 5),
            of("curl", 1),
        ]);
        let it = all.of(Place::Genuine, Work::DownMany, "rclone").unwrap();
        assert_eq!((it.wall.as_secs(), it.peak, it.runs), (5, 7 << 20, 3));
        assert_eq!(it.cpu.as_millis(), 2500);
        assert!(all.of(Place::Emulator, Work::DownMany, "rclone").is_none());
        let table = all.tables();
        let row = "| rclone | 400 | 25 | 5.00 (3.00–7.00) | 2.50 | 7.0 | 3 | 2007 |\n";
        assert!(table.contains(row), "{table}");
        let columns = |line: &str| line.matches('|').count();
        let lines: Vec<usize> = table
            .lines()
            .filter(|line| line.starts_with('|'))
            .map(columns)
            .collect();
        assert!(lines.iter().all(|count| *count == lines[0]), "{table}");
    }
}
