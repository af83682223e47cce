//! When an environment may be changed.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// The days of a week, as they are written.
const DAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Monday),
    ("Tue", Weekday::Tuesday),
    ("Wed", Weekday::Wednesday),
    ("Thu", Weekday::Thursday),
    ("Fri", Weekday::Friday),
    ("Sat", Weekday::Saturday),
    ("Sun", Weekday::Sunday),
];

/// A time of the week: `Fri 18:00-22:00 Europe/Berlin`, `Mon-Thu 22:00-02:00 UTC`.
///
/// One that ends no later than it begins ends on the next day. Time zones are those that this program was built with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Window {
    text: String,
    first: Weekday,
    last: Weekday,
    from: Time,
    until: Time,
    zone: TimeZone,
}

impl Window {
    /// Whether this moment lies in it. The moment of its end does not.
    pub fn contains(&self, now: Timestamp) -> bool {
        let today = now.to_zoned_datetime(self.zone.clone()).date();
        let before = today.yesterday().ok();
        [Some(today), before]
            .into_iter()
            .flatten()
            .filter(|date| self.is_on(*date))
            .any(|date| {
                self.span(date)
                    .is_some_and(|(from, until)| from <= now && now < until)
            })
    }

    fn is_on(&self, date: Date) -> bool {
        let day = date.weekday().since(self.first);
        day <= self.last.since(self.first)
    }

    /// Where a clock is put on or back meanwhile, the zone's rules tell what its time means.
    fn span(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let end = if self.until <= self.from {
            date.checked_add(1.day()).ok()?
        } else {
            date
        };
        let at = |date: Date, time: Time| {
            let zoned = date.to_datetime(time).to_zoned_datetime(self.zone.clone());
            zoned.ok().map(|zoned| zoned.timestamp())
        };
        Some((at(date, self.from)?, at(end, self.until)?))
    }
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form =
            || "a window is DAY[-DAY] HH:MM-HH:MM ZONE: Fri 18:00-22:00 Europe/Berlin".to_owned();
        let words: Vec<&str> = text.split_whitespace().collect();
        let [days, times, zone] = words.as_slice() else {
            return Err(form());
        };
        let day = |name: &str| {
            let found = DAYS.iter().find(|(day, _)| day.eq_ignore_ascii_case(name));
            let found = found.map(|(_, day)| *day);
            found.ok_or_else(|| format!("{name} is no day: Mon, Tue, Wed, Thu, Fri, Sat, Sun"))
        };
        let (first, last) = days.split_once('-').unwrap_or((days, days));
        let (from, until) = times.split_once('-').ok_or_else(form)?;
        Ok(Self {
            text: words.join(" "),
            first: day(first)?,
            last: day(last)?,
            from: time(from).ok_or_else(form)?,
            // The end of a day is the beginning of the next.
            until: match until {
                "24:00" => Time::midnight(),
                until => time(until).ok_or_else(form)?,
            },
            zone: TimeZone::get(zone)
                .map_err(|_| format!("{zone} is no time zone: Europe/Berlin, UTC"))?,
        })
    }
}

fn time(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let plain = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(hour) || !plain(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

impl TryFrom<String> for Window {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Window> for String {
    fn from(window: Window) -> Self {
        window.text
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contains(window: &str, at: &str) -> bool {
        let window: Window = window.parse().unwrap();
        window.contains(at.parse().unwrap())
    }

    #[test]
    fn a_window_is_in_its_own_time_zone() {
        let friday = "Fri 18:00-22:00 Europe/Berlin";
        // 27 November 2026 is a Friday; Berlin is one hour ahead of UTC then.
        assert!(!contains(friday, "2026-11-27T16:59:59Z"));
        assert!(contains(friday, "2026-11-27T17:00:00Z"));
        assert!(contains(friday, "2026-11-27T20:59:59Z"));
        assert!(!contains(friday, "2026-11-27T21:00:00Z"));
        assert!(!contains(friday, "2026-11-26T18:00:00Z"));
        // Two hours ahead in summer.
        assert!(contains(friday, "2026-07-03T16:00:00Z"));
        assert!(!contains(friday, "2026-07-03T20:00:00Z"));
    }

    #[test]
    fn a_window_may_end_on_the_next_day_and_be_on_several() {
        let nights = "Mon-Thu 22:00-02:00 UTC";
        assert!(contains(nights, "2026-11-26T23:00:00Z"));
        // What began on a Thursday ends on Friday morning, and none begins on Friday.
        assert!(contains(nights, "2026-11-27T01:59:59Z"));
        assert!(!contains(nights, "2026-11-27T22:30:00Z"));
        assert!(!contains(nights, "2026-11-23T01:00:00Z"));
        let weekend = "Sat-Mon 00:00-24:00 UTC";
        for (day, is_in) in [(27, false), (28, true), (29, true), (30, true)] {
            assert_eq!(
                contains(weekend, &format!("2026-11-{day}T12:00:00Z")),
                is_in,
                "{day}"
            );
        }
        assert!(contains(weekend, "2026-11-30T23:59:59Z"));
        assert!(!contains(weekend, "2026-12-01T00:00:00Z"));
    }

    #[test]
    fn an_hour_that_comes_twice_is_in_it_twice() {
        // On 25 October 2026 Berlin's clocks go back from three to two.
        let window = "Sun 02:00-03:00 Europe/Berlin";
        assert!(contains(window, "2026-10-25T00:30:00Z"));
        assert!(contains(window, "2026-10-25T01:30:00Z"));
        assert!(!contains(window, "2026-10-25T02:00:00Z"));
    }

    #[test]
    fn what_is_no_window_is_refused_with_the_form() {
        for text in [
            "",
            "Fri",
            "Fri 18:00 UTC",
            "Fry 18:00-22:00 UTC",
            "Fri 18-22 UTC",
            "Fri 18:00-25:00 UTC",
            "Fri 18:00-22:00 Europe/Berlim",
            "Fri 18:00-22:00 UTC extra",
        ] {
            assert!(text.parse::<Window>().is_err(), "{text:?}");
        }
        let text = "Fri 18:00-22:00 Europe/Berlin";
        assert_eq!(text.parse::<Window>().unwrap().to_string(), text);
    }
}
