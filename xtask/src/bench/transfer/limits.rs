//! The limits, each beside what was measured.

use std::time::Duration;

use super::FILES;
use super::errand::Work;
use super::figures::{Figures, Middle, Place, float, mebibytes};
use super::floor::Floor;
use super::peers::{CHECKING, CURL, CURL_MANY, ONE_STREAM, OURS, RCLONES};
use crate::bench::limit::{self, Limit};

/// A table of all limits for which both sides were measured.
pub(super) fn table(figures: &Figures, floor: &Floor) -> String {
    limit::table(&rows(figures, floor))
}

fn rows(figures: &Figures, floor: &Floor) -> Vec<(String, f64, Limit)> {
    let mut rows = Vec::new();
    let mut tell = |what: String, measured: Option<f64>, limit| {
        rows.extend(measured.map(|measured| (what, measured, limit)));
    };
    for work in [Work::UpOne, Work::DownOne] {
        let ours = figures.of(Place::Genuine, work, OURS);
        let curl = figures.of(Place::Genuine, work, CURL);
        let name = work.name();
        let checking = fastest(figures, Place::Genuine, work, &CHECKING);
        let times = |other: Option<Duration>| Some(ratio(ours?.wall, other?));
        tell(
            format!("{name}: times the fastest that checks"),
            times(checking),
            Limit::Most(1.05),
        );
        tell(
            format!("{name}: times curl"),
            times(curl.map(|curl| curl.wall)),
            Limit::Most(1.3),
        );
        let least = curl.map(|curl| curl.cpu + floor.md5 + floor.sha256);
        tell(
            format!("{name}: CPU, times curl's and the digests'"),
            ours.zip(least).map(|(ours, least)| ratio(ours.cpu, least)),
            Limit::Most(1.2),
        );
        tell(
            format!("{name}: MiB of memory"),
            peak(ours),
            Limit::Most(16.0),
        );
        let large = figures.of(Place::Large, work, OURS);
        tell(
            format!("{name}, 4 GiB: MiB of memory"),
            peak(large),
            Limit::Most(16.0),
        );
    }
    for (place, curl, rclone) in [
        (Place::Genuine, Some(0.9), 1.7),
        (Place::Emulator, None, 3.0),
    ] {
        for work in [Work::UpMany, Work::DownMany] {
            let ours = figures.of(place, work, OURS);
            let name = format!("{}, {}", work.name(), place.name());
            // Of rates: who takes twice as long has half the rate.
            let rate = |other: Option<Duration>| Some(ratio(other?, ours?.wall));
            if let Some(least) = curl {
                let curl = figures.of(place, work, CURL_MANY);
                tell(
                    format!("{name}: of the rate of {CURL_MANY}"),
                    rate(curl.map(|curl| curl.wall)),
                    Limit::Least(least),
                );
            }
            tell(
                format!("{name}: times rclone's best rate"),
                rate(fastest(figures, place, work, &RCLONES)),
                Limit::Least(rclone),
            );
            // A sign-in, a look at what the server can, and listings come on top.
            let requests = ours.and_then(|ours| ours.requests);
            tell(
                format!("{name}: requests an object"),
                requests.map(|requests| float(requests) / float(FILES)),
                Limit::Most(1.01),
            );
        }
    }
    let down = |place, peer| figures.of(place, Work::DownOne, peer).map(|it| it.wall);
    let long = down(Place::LongLine, CURL).zip(down(Place::LongLine, OURS));
    tell(
        "one file down, long line: times as fast as one connection".to_owned(),
        long.map(|(curl, ours)| ratio(curl, ours)),
        Limit::Least(6.0),
    );
    for place in [Place::Genuine, Place::Emulator] {
        let short = down(place, OURS).zip(down(place, ONE_STREAM));
        tell(
            format!(
                "one file down, {}: times one connection of ours",
                place.name()
            ),
            short.map(|(ours, one)| ratio(ours, one)),
            Limit::Most(1.05),
        );
    }
    rows
}

/// The shortest of their medians; none where one of them has none, as the best may be missing.
fn fastest(figures: &Figures, place: Place, work: Work, peers: &[&str]) -> Option<Duration> {
    let walls = peers
        .iter()
        .map(|peer| Some(figures.of(place, work, peer)?.wall));
    walls.collect::<Option<Vec<_>>>()?.into_iter().min()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn peak(ours: Option<Middle>) -> Option<f64> {
    Some(mebibytes(ours?.peak))
}

#[cfg(test)]
mod tests {
    use super::super::figures::sample;
    use super::*;

    fn floor() -> Floor {
        Floor {
            md5: Duration::from_millis(1500),
            sha256: Duration::from_millis(500),
        }
    }

    #[test]
    fn limits_hold_or_do_not() {
        let up = |peer, seconds| (Place::Genuine, Work::UpOne, peer, seconds);
        let all = [
            up(OURS, 20),
            up(CURL, 16),
            up("rclone", 40),
            up("rclone tuned", 19),
            up("swiftclient", 30),
            up("swiftclient tuned", 25),
        ];
        let table = table(&sample(&all), &floor());
        for line in [
            "| one file up: times the fastest that checks | 1.053 | ≤ 1.05 | NO |",
            "| one file up: times curl | 1.250 | ≤ 1.3 | yes |",
            // 10 s beside 8 + 1.5 + 0.5.
            "| one file up: CPU, times curl's and the digests' | 1.000 | ≤ 1.2 | yes |",
            "| one file up: MiB of memory | 20.000 | ≤ 16 | NO |",
        ] {
            assert!(table.contains(line), "{table}");
        }
        assert!(!table.contains("many files"), "{table}");
    }

    #[test]
    fn rates_are_the_other_way_round() {
        let many = |peer, seconds| (Place::Genuine, Work::UpMany, peer, seconds);
        let all = [
            many(OURS, 10),
            many(CURL_MANY, 8),
            many("rclone", 30),
            many("rclone tuned", 20),
            many("rclone tuned, unchecked", 18),
        ];
        let table = table(&sample(&all), &floor());
        for line in [
            "of the rate of curl -Z, 16 connections | 0.800 | ≥ 0.9 | NO |",
            "times rclone's best rate | 1.800 | ≥ 1.7 | yes |",
            "requests an object | 1.005 | ≤ 1.01 | yes |",
        ] {
            assert!(table.contains(line), "{table}");
        }
    }

    #[test]
    fn what_was_not_measured_has_no_line() {
        assert!(table(&Figures::default(), &floor()).is_empty());
        let all = [
            (Place::Genuine, Work::UpOne, OURS, 20),
            (Place::Genuine, Work::UpOne, "rclone", 40),
        ];
        assert!(!table(&sample(&all), &floor()).contains("fastest"));
    }
}
