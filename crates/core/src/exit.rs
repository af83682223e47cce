//! Exit codes of the command line: an API that scripts rely on, in one table.

use serde::{Deserialize, Serialize};

/// How a command ended. Its serde form is its [`name`](Self::name).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Exit {
    /// The question was answered, or all that was asked for was done.
    Done = 0,
    /// The answer is "no".
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// Partly done; the report lists the rest.
    Partly = 3,
    /// Refused by the service or the bucket.
    Refused = 4,
    /// The remote side can not be reached.
    Unavailable = 5,
    /// The job failed on the server.
    JobFailed = 6,
    /// Timed out; the job goes on.
    TimedOut = 7,
    /// A conflict with another job or a name.
    Conflict = 8,
    /// Stopped by a safety rail.
    Rail = 9,
    /// Our bug.
    Bug = 70,
    /// Local file or disk.
    Disk = 74,
    /// Interrupted (SIGINT), resumable.
    Interrupted = 130,
    /// Terminated (SIGTERM), resumable.
    Terminated = 143,
}

impl Exit {
    /// All of them, by code.
    pub const ALL: &[Self] = &[
        Self::Done,
        Self::No,
        Self::Usage,
        Self::Partly,
        Self::Refused,
        Self::Unavailable,
        Self::JobFailed,
        Self::TimedOut,
        Self::Conflict,
        Self::Rail,
        Self::Bug,
        Self::Disk,
        Self::Interrupted,
        Self::Terminated,
    ];

    /// The code that the process ends with.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The name in reports and JSON, in kebab-case.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::No => "no",
            Self::Usage => "usage",
            Self::Partly => "partly",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
            Self::JobFailed => "job-failed",
            Self::TimedOut => "timed-out",
            Self::Conflict => "conflict",
            Self::Rail => "rail",
            Self::Bug => "bug",
            Self::Disk => "disk",
            Self::Interrupted => "interrupted",
            Self::Terminated => "terminated",
        }
    }

    /// What the code tells, as the reference shows it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => {
                "the question was answered, or all that was asked for was done (a component CANCELLED in a COMPLETED job is a note)"
            }
            Self::No => {
                "the answer is \"no\": `diff` finds differences, `verify`, or the check of what was just transferred, finds damage, an item is not there, a report is not ready; `plan` and `drift` only with `--exit-code`"
            }
            Self::Usage => "usage or configuration, an unknown environment, an ambiguous reference",
            Self::Partly => {
                "partly done: COMPLETED with a FAILED component, a longer COMPLETED… state, some objects failed; the report lists them"
            }
            Self::Refused => "refused: authentication or permission, of the service or the bucket",
            Self::Unavailable => {
                "remote unavailable, before a job exists or in a command without one"
            }
            Self::JobFailed => {
                "the job failed on the server, or COMPLETED and no whole archive came in its time"
            }
            Self::TimedOut => "timed out; the job goes on, and the message says how to attach",
            Self::Conflict => {
                "conflict: another job runs, the name is taken, a job that is not provably ours"
            }
            Self::Rail => "stopped by a safety rail",
            Self::Bug => "our bug (panics too)",
            Self::Disk => "local file or disk: full, read-only, unreadable",
            Self::Interrupted => "interrupted, resumable",
            Self::Terminated => "terminated, resumable",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_is_whole_and_fixed() {
        let codes: Vec<u8> = Exit::ALL.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 70, 74, 130, 143]);
    }

    #[test]
    fn serde_uses_the_names() {
        for exit in Exit::ALL {
            let json = serde_json::to_string(exit).unwrap();
            assert_eq!(json, format!("\"{}\"", exit.name()));
            assert_eq!(serde_json::from_str::<Exit>(&json).unwrap(), *exit);
        }
    }

    #[test]
    fn names_are_distinct_and_kebab_case() {
        let names: BTreeSet<&str> = Exit::ALL.iter().map(|exit| exit.name()).collect();
        assert_eq!(names.len(), Exit::ALL.len());
        for name in names {
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{name}"
            );
        }
        assert!(Exit::ALL.iter().all(|exit| !exit.meaning().is_empty()));
    }
}
