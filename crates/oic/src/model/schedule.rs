//! Schedules of integrations.

use serde_json::Value;

/// When an integration runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule {
    /// Its name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// As it came, such as `ICS_SCHEDULE_ACTIVE`; `None` where the answer does not tell.
    pub status: Option<String>,
    /// How often.
    pub frequency: Option<Frequency>,
    /// `FREQ=DAILY;BYHOUR=2;`: what some schedules have in place of a frequency.
    pub expression: Option<String>,
    /// The time zone, such as `Europe/Berlin`.
    pub zone: Option<String>,
    /// The first run, as the service writes it: `1/20/2021|13:12:00`, month first.
    pub start: Option<String>,
    /// After this none, likewise.
    pub end: Option<String>,
    /// Its parameters, in the order of the service.
    pub parameters: Vec<(String, Value)>,
}

/// How often a schedule runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// Such as `MINUTELY`. No list of them is published.
    pub kind: String,
    /// Each so many of them.
    pub interval: u64,
}

/// What can be done with a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScheduleAction {
    /// Runs from now on.
    Start,
    /// Runs no more; a run under way is cancelled.
    Stop,
    /// Runs no more for a while; a run under way ends.
    Pause,
    /// Goes on.
    Resume,
}

impl ScheduleAction {
    /// Its word, in paths and in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Pause => "pause",
            Self::Resume => "resume",
        }
    }
}
