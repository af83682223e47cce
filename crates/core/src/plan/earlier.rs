//! How long it takes: nobody can know but by what was seen before.

use serde::{Deserialize, Serialize};

use crate::flow::{Event, ImportEvent, Record};

/// How long earlier imports into the target took, by the service's own times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct EarlierImports {
    /// How many there were.
    pub count: usize,
    /// Seconds that half of them took at most.
    pub median_seconds: u64,
    /// Seconds that the longest took.
    pub longest_seconds: u64,
}

impl EarlierImports {
    /// Of the journals of runs that imported there; `None` where none of them tells.
    pub fn of<'a>(journals: impl IntoIterator<Item = &'a [Record]>) -> Option<Self> {
        let mut all: Vec<u64> = journals.into_iter().flatten().filter_map(seconds).collect();
        all.sort_unstable();
        Some(Self {
            count: all.len(),
            median_seconds: *all.get(all.len().saturating_sub(1) / 2)?,
            longest_seconds: *all.last()?,
        })
    }
}

/// How long the job took that this record tells the end of. One that only activates is no measure.
fn seconds(record: &Record) -> Option<u64> {
    let Event::Import(ImportEvent::JobEnded { snapshot }) = &record.event else {
        return None;
    };
    let mode = snapshot.mode.as_deref().unwrap_or_default();
    if mode.eq_ignore_ascii_case("ActivateOnly") {
        return None;
    }
    let took = snapshot.ended?.duration_since(snapshot.started?);
    u64::try_from(took.as_secs()).ok()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::job::JobSnapshot;

    fn took(seconds: i64, mode: Option<&str>) -> Vec<Record> {
        let started = Timestamp::UNIX_EPOCH;
        let snapshot = JobSnapshot {
            started: Some(started),
            ended: Some(started + SignedDuration::from_secs(seconds)),
            mode: mode.map(str::to_owned),
            ..JobSnapshot::new("COMPLETED")
        };
        vec![Record {
            at: started,
            event: Event::Import(ImportEvent::JobEnded { snapshot }),
        }]
    }

    #[test]
    fn what_was_seen_is_told_and_nothing_else() {
        let of = |all: &[Vec<Record>]| EarlierImports::of(all.iter().map(Vec::as_slice));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[took(5, Some("ActivateOnly"))]), None);
        // A clock that was set back tells nothing.
        assert_eq!(of(&[took(-5, None)]), None);
        let all = [
            took(900, None),
            took(60, Some("ImportOnly")),
            took(120, None),
        ];
        let earlier = of(&all).unwrap();
        assert_eq!(
            (
                earlier.count,
                earlier.median_seconds,
                earlier.longest_seconds
            ),
            (3, 120, 900)
        );
        assert_eq!(of(&all[..2]).unwrap().median_seconds, 60);
    }
}
