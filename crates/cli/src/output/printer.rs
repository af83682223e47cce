//! The one owner of stdout and stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anstyle::{AnsiColor, Style};
use ferry_core::exit::Exit;
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde_json::{Value, json};

use super::clean::{clean, clean_json, clean_line};
use super::markup::{block, code};
use super::repeat::with_flags;
use super::report::{Outcome, Report};
use crate::args::Format;
use crate::clock::{Clock, to_second};
use crate::failure::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const LABEL: Style = Style::new().bold();
const FAINT: Style = Style::new().dimmed();

/// How to print.
#[derive(Clone)]
pub(crate) struct Settings {
    pub format: Format,
    pub quiet: bool,
    pub verbose: bool,
    pub no_color: bool,
    /// Every output says EMULATOR.
    pub emulator: bool,
    /// The flags that a command to be typed next needs to reach the same place, a blank before each.
    pub repeat: String,
    pub clock: Clock,
}

/// Prints results to stdout and talk to stderr. Clones share the streams.
#[derive(Clone)]
pub(crate) struct Printer(Arc<Inner>);

struct Inner {
    settings: Settings,
    streams: Mutex<Streams>,
    bars: MultiProgress,
    /// Whether a person watches stderr.
    terminal: bool,
    /// stdout is given away.
    is_data: AtomicBool,
}

struct Streams {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// Whether stderr said EMULATOR already.
    marked: bool,
    /// stdout took no more: the disk is full, or something like it. A closed pipe is no failure.
    lost: bool,
    /// Whether one of the rows was printed, once they are begun.
    rows: Option<bool>,
    /// Nobody reads stdout any more.
    closed: bool,
    /// Secrets that were read, as they stand in text and in JSON.
    secrets: Vec<String>,
}

/// A shorter one would be found in words by chance.
const SHORTEST_SECRET: usize = 6;

impl fmt::Debug for Printer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Printer").finish_non_exhaustive()
    }
}

impl Printer {
    /// On the process's own streams.
    pub(crate) fn system(settings: Settings) -> Self {
        let terminal = io::stderr().is_terminal();
        let (out, err): (Box<dyn Write + Send>, Box<dyn Write + Send>) = if settings.no_color {
            (
                Box::new(anstream::AutoStream::never(io::stdout())),
                Box::new(anstream::AutoStream::never(io::stderr())),
            )
        } else {
            (Box::new(anstream::stdout()), Box::new(anstream::stderr()))
        };
        Self::over(settings, out, err, terminal)
    }

    /// On other streams. `terminal`: whether progress may be redrawn in place.
    pub(crate) fn over(
        settings: Settings,
        out: Box<dyn Write + Send>,
        err: Box<dyn Write + Send>,
        terminal: bool,
    ) -> Self {
        let bars = MultiProgress::with_draw_target(if terminal && !settings.quiet {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        });
        let streams = Mutex::new(Streams {
            out,
            err,
            marked: false,
            lost: false,
            rows: None,
            closed: false,
            secrets: Vec::new(),
        });
        Self(Arc::new(Inner {
            settings,
            streams,
            bars,
            terminal,
            is_data: AtomicBool::new(false),
        }))
    }

    /// Masks a secret in everything that is printed from now on: the last line of defence against a service that repeats
    /// what it was sent.
    pub(crate) fn hide(&self, secret: &str) {
        if secret.len() < SHORTEST_SECRET {
            return;
        }
        let mut streams = self.streams();
        let json = Value::from(secret).to_string();
        streams.secrets.push(secret.to_owned());
        streams.secrets.push(json.trim_matches('"').to_owned());
    }

    /// A text for a file, without the secrets that were read.
    pub(crate) fn for_file(&self, text: &str) -> String {
        masked(&self.streams().secrets, text)
    }

    /// Whether the result is JSON.
    pub(crate) fn is_json(&self) -> bool {
        self.0.settings.format == Format::Json
    }

    /// Whether every request is told.
    pub(crate) fn is_verbose(&self) -> bool {
        self.0.settings.verbose
    }

    pub(super) fn redraws(&self) -> bool {
        self.0.terminal && !self.0.settings.quiet
    }

    pub(super) fn bars(&self) -> &MultiProgress {
        &self.0.bars
    }

    /// stdout for the bytes of an object: from now on no result goes there, neither a table nor an envelope.
    pub(crate) fn data(&self) -> impl Write + Send + 'static {
        self.0.is_data.store(true, Ordering::Relaxed);
        io::stdout()
    }

    /// Bytes that are no text go to a file or a pipe.
    pub(crate) fn refuse_terminal() -> Result<(), Failure> {
        if !io::stdout().is_terminal() {
            return Ok(());
        }
        let what = "this is no text, and stdout is a terminal";
        Err(Failure::new(Exit::Usage, what).hint("name a file, or send it on: … - > FILE"))
    }

    /// The content of a file: stdout belongs to it, without a table and without an envelope.
    pub(crate) fn print_data(&self, content: &[u8]) -> Result<Outcome, Failure> {
        let mut out = self.data();
        let written = out.write_all(content).and_then(|()| out.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                let what = "the data could not be written to the output";
                Err(Failure::new(Exit::Disk, what).because(&error))
            }
            _ => Ok(Outcome::printed(Exit::Done)),
        }
    }

    /// Whether a person can be asked something.
    pub(crate) fn asks(&self) -> bool {
        self.0.terminal && io::stdin().is_terminal()
    }

    /// Asks a person: true is yes, and anything else no.
    pub(crate) async fn ask(&self, question: &str) -> bool {
        self.err(&format!("{} [y/N] ", clean_line(question)));
        let (answer, answered) = tokio::sync::oneshot::channel();
        // A thread of its own: the command must be able to end while nobody answers.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = io::stdin().read_line(&mut line);
            // Nobody waits any more where the command has ended.
            let _ = answer.send(read.is_ok() && matches!(line.trim(), "y" | "Y" | "yes"));
        });
        answered.await.unwrap_or(false)
    }

    /// Rows of a report that is too long to be held, as they come; what else the report has goes with the result. False
    /// where nobody reads on.
    pub(crate) fn rows(
        &self,
        name: &'static str,
        rows: impl Iterator<Item = Value>,
        text: &str,
    ) -> bool {
        let begun = self.streams().rows;
        let mut some = begun == Some(true);
        let mut out = String::new();
        if self.is_json() {
            if begun.is_none() {
                out = format!("{{\n  \"report\": {{\n    {}: [", Value::from(name));
            }
            for row in rows {
                let row = clean_json(row, &str::to_owned);
                out += &format!("{}\n      {row}", if some { "," } else { "" });
                some = true;
            }
        } else {
            let is_page = self.0.settings.format == Format::Markdown;
            if begun.is_none() && self.0.settings.emulator {
                out.push_str(if is_page {
                    "EMULATOR\n\n"
                } else {
                    "EMULATOR\n"
                });
            }
            if is_page {
                out.extend(text.lines().map(|line| format!("- {}\n", code(line))));
            } else {
                out += &clean(text);
            }
        }
        self.streams().rows = Some(some);
        self.out(&out);
        let streams = self.streams();
        !streams.closed && !streams.lost
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.0
            .streams
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of a command: a table, or the envelope.
    pub(crate) fn result(
        &self,
        command: &str,
        exit: Exit,
        report: Option<&Report>,
        failure: Option<&Failure>,
    ) {
        let settings = &self.0.settings;
        if self.0.is_data.load(Ordering::Relaxed) {
            return;
        }
        if self.is_json() {
            let mut envelope = json!({
                "schema": "ferry/1",
                "command": command,
                "emulator": settings.emulator,
                "exit": exit.code(),
                "report": report.map_or(Value::Null, |report| report.json.clone()),
                "error": failure.map_or(Value::Null, Failure::json),
            });
            envelope = clean_json(envelope, &|text| with_flags(text, &settings.repeat));
            let text = match self.streams().rows {
                None => format!("{envelope:#}\n"),
                Some(_) => behind_rows(envelope),
            };
            self.out(&text);
        } else if settings.format == Format::Markdown {
            self.page(command, report, failure);
        } else if let Some(report) = report.filter(|report| !report.text.is_empty()) {
            let begun = self.streams().rows.is_some();
            let mark = if settings.emulator && !begun {
                "EMULATOR\n"
            } else {
                ""
            };
            let end = if report.text.ends_with('\n') {
                ""
            } else {
                "\n"
            };
            self.out(&format!(
                "{mark}{}{end}",
                clean(&with_flags(&report.text, &settings.repeat))
            ));
        }
    }

    /// The result on a page: why it failed, and what there is to report all the same.
    fn page(&self, command: &str, report: Option<&Report>, failure: Option<&Failure>) {
        let settings = &self.0.settings;
        let mut parts = Vec::new();
        if let Some(failure) = failure {
            parts.push(failure.page(command, |line| with_flags(line, &settings.repeat)));
        }
        if let Some(report) = report.filter(|report| !report.text.is_empty()) {
            parts.push(match &report.markdown {
                Some(page) => clean(page),
                None => block("", &clean(&with_flags(&report.text, &settings.repeat))),
            });
        }
        if parts.is_empty() {
            return;
        }
        // Rows that were printed before have told it, and a page goes on behind them.
        let begun = self.streams().rows.is_some();
        let mark = match (begun, settings.emulator) {
            (true, _) => "\n",
            (false, true) => "EMULATOR\n\n",
            (false, false) => "",
        };
        self.out(&format!("{mark}{}", parts.join("\n")));
    }

    /// Why a command failed: message, causes, evidence, next steps.
    pub(crate) fn failure(&self, failure: &Failure) {
        let parts = failure.parts();
        let mut text = labelled(ERROR, "error", &parts.message);
        for (style, label, lines) in [
            (LABEL, "  cause", &parts.causes),
            (LABEL, "  evidence", &parts.evidence),
            (HINT, "hint", &parts.hints),
        ] {
            text.extend(lines.iter().map(|line| {
                let line = with_flags(line, &self.0.settings.repeat);
                labelled(style, label, &line)
            }));
        }
        self.err(&text);
    }

    /// Something worth worrying about. Shown with `-q` too.
    pub(crate) fn warning(&self, text: &str) {
        self.err(&labelled(WARNING, "warning", text));
    }

    /// What is going on: not with `-q`; with the time where nobody watches.
    pub(crate) fn talk(&self, text: &str) {
        if self.0.settings.quiet {
            return;
        }
        let text = clean_line(text);
        if self.0.terminal {
            self.err(&format!("{text}\n"));
        } else {
            self.err(&format!(
                "{} {text}\n",
                to_second((self.0.settings.clock)())
            ));
        }
    }

    /// A detail for `-v`.
    pub(crate) fn detail(&self, text: &str) {
        if self.is_verbose() {
            self.err(&format!("{FAINT}{}{FAINT:#}\n", clean_line(text)));
        }
    }

    /// Ends the output; false when stdout did not take all of it.
    pub(crate) fn finish(&self) -> bool {
        // Clearing fails only when the terminal is gone.
        let _ = self.0.bars.clear();
        let mut streams = self.streams();
        let flushed = streams.out.flush();
        streams.note(&flushed);
        !streams.lost
    }

    fn out(&self, text: &str) {
        self.0.bars.suspend(|| {
            let mut streams = self.streams();
            let text = masked(&streams.secrets, text);
            let written = streams
                .out
                .write_all(text.as_bytes())
                .and_then(|()| streams.out.flush());
            streams.note(&written);
        });
    }

    fn err(&self, text: &str) {
        self.0.bars.suspend(|| {
            let mut streams = self.streams();
            if self.0.settings.emulator && !streams.marked {
                streams.marked = true;
                // There is no place left to say that stderr is gone.
                let _ = streams
                    .err
                    .write_all(b"EMULATOR: no real service is touched\n");
            }
            let text = masked(&streams.secrets, text);
            let _ = streams.err.write_all(text.as_bytes());
        });
    }
}

impl Streams {
    fn note(&mut self, written: &io::Result<()>) {
        if let Err(error) = written {
            let closed = error.kind() == io::ErrorKind::BrokenPipe;
            self.closed |= closed;
            self.lost |= !closed;
        }
    }
}

/// The rest of an envelope whose report's rows were printed.
fn behind_rows(mut envelope: Value) -> String {
    let fields = |value: &Value, indent: &str| -> String {
        let fields = value.as_object().into_iter().flatten();
        fields
            .map(|(name, value)| format!(",\n{indent}{}: {value}", Value::from(name.as_str())))
            .collect()
    };
    let report = envelope
        .as_object_mut()
        .and_then(|envelope| envelope.remove("report"))
        .unwrap_or_default();
    format!(
        "\n    ]{}\n  }}{}\n}}\n",
        fields(&report, "    "),
        fields(&envelope, "  ")
    )
}

fn masked(secrets: &[String], text: &str) -> String {
    secrets.iter().fold(text.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "***")
    })
}

/// `label: text`; further lines of the text are set in.
fn labelled(style: Style, label: &str, text: &str) -> String {
    let text = clean(text);
    let text = text.trim_end().replace('\n', "\n         ");
    format!("{style}{label}:{style:#} {text}\n")
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
