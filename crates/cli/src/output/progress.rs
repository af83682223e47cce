//! What a flow says while it runs: on a terminal one line a component, elsewhere dated plain lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::JobSnapshot;
use ferry_flows::Talk;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::Instant;

use super::Printer;
use super::clean::clean_line;
use crate::config::show_duration;

/// Takes what a flow says. Clones share the lines.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    printer: Printer,
    lines: Arc<Mutex<Lines>>,
}

/// What each line shows, by its label.
#[derive(Debug, Default)]
struct Lines {
    bars: BTreeMap<String, ProgressBar>,
    shown: BTreeMap<String, String>,
    paces: BTreeMap<String, Pace>,
    job: Option<(JobKind, JobId)>,
}

/// How fast a transfer goes.
#[derive(Debug)]
struct Pace {
    began: Instant,
    /// Bytes that were there when it began.
    from: u64,
    /// When a plain line was last written.
    told: Instant,
}

/// Where nobody watches, a line is written no more often.
const BETWEEN: Duration = Duration::from_secs(10);

/// How far a transfer is.
struct Transfer {
    what: String,
    done: u64,
    total: Option<u64>,
    objects: Option<(u64, u64)>,
}

impl Transfer {
    /// `3.0 MB of 12.0 MB, 1.5 MB/s, 6 s left`; `since`: the bytes of this process, and its time.
    fn text(&self, since: Option<(u64, Duration)>) -> String {
        let mut text = match self.objects {
            Some((done, of)) if done == of => objects(of),
            Some((done, of)) => format!("{done} of {}", objects(of)),
            None => String::new(),
        };
        // A removal moves no bytes.
        if self.objects.is_some() && self.total == Some(0) {
            return text;
        }
        if self.objects.is_some() {
            text += ", ";
        }
        text += &amount(self.done);
        let left = self
            .total
            .and_then(|total| total.checked_sub(self.done))
            .filter(|left| *left > 0);
        if let (Some(total), Some(_)) = (self.total, left) {
            text += &format!(" of {}", amount(total));
        }
        if let Some((bytes, time)) = since
            && let Some(rate) = rate(bytes, time)
        {
            text += &format!(", {}/s", amount(rate));
            if let Some(left) = left.and_then(|left| left.checked_div(rate)) {
                text += &format!(", {} left", show_duration(Duration::from_secs(left + 1)));
            }
        }
        text
    }
}

/// Bytes a second; not before there is something to measure.
fn rate(bytes: u64, time: Duration) -> Option<u64> {
    let rate = u128::from(bytes) * 1000 / time.as_millis().max(1);
    (time >= Duration::from_millis(500)).then(|| u64::try_from(rate).unwrap_or(u64::MAX))
}

impl Progress {
    /// On this printer.
    pub(crate) fn new(printer: Printer) -> Self {
        Self {
            printer,
            lines: Arc::default(),
        }
    }

    /// As the flows take it.
    pub(crate) fn sink(&self) -> ferry_flows::TalkSink {
        let progress = self.clone();
        Arc::new(move |talk| progress.on(talk))
    }

    /// One thing said.
    pub(crate) fn on(&self, talk: Talk) {
        match talk {
            Talk::Run { id, resumed: false } => self.printer.detail(&format!("run {id}")),
            Talk::Run { id, resumed: true } => {
                self.printer.talk(&format!("going on with run {id}"));
            }
            Talk::Step(text) | Talk::Note(text) => self.printer.talk(&text),
            Talk::Warning(text) => self.printer.warning(&text),
            Talk::Job { kind, id, snapshot } => self.job(kind, &id, &snapshot),
            Talk::Bytes {
                what,
                done,
                total,
                objects,
            } => self.bytes(&Transfer {
                what,
                done,
                total,
                objects,
            }),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn job(&self, kind: JobKind, id: &JobId, snapshot: &JobSnapshot) {
        let mut lines = self.lock();
        if lines
            .job
            .as_ref()
            .is_none_or(|(of, known)| *of != kind || known != id)
        {
            lines.clear();
            lines.job = Some((kind, id.clone()));
        }
        let overall = format!("{kind} job {id}");
        self.show(
            &mut lines,
            &overall,
            &state(snapshot.state.as_str(), snapshot.percentage),
            snapshot.percentage,
        );
        for component in &snapshot.components {
            let text = state(component.state.as_str(), component.percentage);
            self.show(&mut lines, &component.name, &text, component.percentage);
        }
        if snapshot.state.class().is_end() {
            lines.clear();
        }
    }

    /// On a terminal the bytes as they come, how fast, and how long it still takes; elsewhere a line now and then, and that
    /// all are there.
    fn bytes(&self, transfer: &Transfer) {
        let mut lines = self.lock();
        let Transfer {
            what, done, total, ..
        } = transfer;
        let whole = *total == Some(*done);
        let now = Instant::now();
        let pace = lines.paces.entry(what.clone()).or_insert(Pace {
            began: now,
            from: *done,
            told: now,
        });
        if self.printer.redraws() {
            let text = transfer.text(Some((done - pace.from.min(*done), now - pace.began)));
            let share = total
                .filter(|total| *total > 0)
                .map(|total| done.saturating_mul(100) / total);
            self.show(
                &mut lines,
                what,
                &text,
                share.and_then(|share| u8::try_from(share).ok()),
            );
            if whole && let Some(bar) = lines.bars.remove(what) {
                bar.finish_and_clear();
            }
        } else if whole || now - pace.told >= BETWEEN {
            pace.told = now;
            let text = transfer.text(None);
            self.show(&mut lines, what, &text, None);
        }
        if whole {
            lines.paces.remove(what);
        }
    }

    fn show(&self, lines: &mut Lines, label: &str, text: &str, percentage: Option<u8>) {
        if lines.shown.get(label).is_some_and(|shown| shown == text) {
            return;
        }
        lines.shown.insert(label.to_owned(), text.to_owned());
        if !self.printer.redraws() {
            self.printer.talk(&format!("{label} {text}"));
            return;
        }
        let bar = lines.bars.entry(label.to_owned()).or_insert_with(|| {
            let bar = self.printer.bars().add(ProgressBar::new(100));
            if let Ok(style) = ProgressStyle::with_template("  {prefix:24} {bar:24} {msg}") {
                bar.set_style(style);
            }
            bar.set_prefix(clean_line(label));
            bar
        });
        bar.set_message(clean_line(text));
        if let Some(percentage) = percentage {
            bar.set_position(u64::from(percentage));
        }
    }
}

impl Lines {
    fn clear(&mut self) {
        for bar in std::mem::take(&mut self.bars).into_values() {
            bar.finish_and_clear();
        }
        self.shown.clear();
    }
}

/// `RUNNING 40 %`; the state as it came.
fn state(state: &str, percentage: Option<u8>) -> String {
    percentage.map_or_else(
        || state.to_owned(),
        |percentage| format!("{state} {percentage} %"),
    )
}

/// `1 object`, `2 objects`.
pub(crate) fn objects(count: u64) -> String {
    counted(count, "object")
}

/// A number and what it counts.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}

/// Bytes as people read them, in decimal units.
pub(crate) fn amount(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_tells_how_far_how_fast_and_how_long() {
        let transfer = |done, total, objects| Transfer {
            what: String::new(),
            done,
            total,
            objects,
        };
        let since = |bytes, seconds| Some((bytes, Duration::from_secs(seconds)));
        let half = transfer(6_000_000, Some(12_000_000), None);
        assert_eq!(half.text(None), "6.0 MB of 12.0 MB");
        // What an earlier process moved tells nothing of this one's pace.
        assert_eq!(
            half.text(since(4_000_000, 2)),
            "6.0 MB of 12.0 MB, 2.0 MB/s, 4s left"
        );
        assert_eq!(half.text(since(4_000_000, 0)), "6.0 MB of 12.0 MB");
        assert_eq!(half.text(since(0, 5)), "6.0 MB of 12.0 MB, 0 B/s");
        assert_eq!(transfer(7, None, None).text(since(7, 1)), "7 B, 7 B/s");
        assert_eq!(
            transfer(5, Some(9), Some((1, 2))).text(None),
            "1 of 2 objects, 5 B of 9 B"
        );
        assert_eq!(
            transfer(9, Some(9), Some((2, 2))).text(None),
            "2 objects, 9 B"
        );
    }
}
