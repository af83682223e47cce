//! What a flow says while it runs: on a terminal one line a component, elsewhere dated plain lines.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::JobSnapshot;
use ferry_flows::Talk;
use indicatif::{ProgressBar, ProgressStyle};

use super::Printer;
use super::clean::clean_line;

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
    job: Option<(JobKind, JobId)>,
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
            Talk::Bytes { what, done, total } => self.bytes(&what, done, total),
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

    /// On a terminal the bytes as they come; elsewhere only that all are there.
    fn bytes(&self, what: &str, done: u64, total: Option<u64>) {
        let mut lines = self.lock();
        let whole = total == Some(done);
        if self.printer.redraws() {
            let share = total
                .filter(|total| *total > 0)
                .map(|total| done.saturating_mul(100) / total);
            let text = total.map_or_else(
                || amount(done),
                |total| format!("{} of {}", amount(done), amount(total)),
            );
            self.show(
                &mut lines,
                what,
                &text,
                share.and_then(|share| u8::try_from(share).ok()),
            );
            if whole && let Some(bar) = lines.bars.remove(what) {
                bar.finish_and_clear();
            }
        } else if whole {
            self.show(&mut lines, what, &amount(done), None);
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

/// Bytes as people read them, in decimal units.
fn amount(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}
