//! What a run asked of the services, request by request: no body, no header but the server's own id of the request.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ferry_http::LogLine;
use serde::Serialize;

use crate::Now;

/// The newest requests of a run.
pub(crate) const TRACE: &str = "trace.ndjson";
/// Those before them.
pub(crate) const OLDER: &str = "trace-older.ndjson";

/// How large the file of the newest grows before it takes the place of the older: about 30,000 requests.
const LARGEST: u64 = 8 << 20;

/// How many requests are remembered before it is known which run they belong to.
const WAITING: usize = 1000;

/// Follows the HTTP client, and writes into the folder of the run once there is one.
#[derive(Clone)]
pub struct Trace {
    now: Now,
    goes: Arc<Mutex<Goes>>,
}

/// Where lines go.
enum Goes {
    /// No run has begun yet.
    Waiting(Vec<String>),
    Into {
        path: PathBuf,
        file: File,
        size: u64,
    },
    /// It cannot be written. A promotion is more than its trace.
    Nowhere,
}

/// A request as it stands in the file.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    at: jiff::Timestamp,
    method: &'a str,
    target: &'a str,
    attempt: u32,
    outcome: &'a str,
    milliseconds: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

impl Trace {
    /// One that nothing was written to.
    pub fn new(now: Now) -> Self {
        Self {
            now,
            goes: Arc::new(Mutex::new(Goes::Waiting(Vec::new()))),
        }
    }

    /// Takes a line of the HTTP client, which is redacted already.
    pub fn note(&self, line: &LogLine) {
        let line = Line {
            at: (self.now)(),
            method: &line.method,
            target: &line.target,
            attempt: line.attempt,
            outcome: &line.outcome,
            milliseconds: line.elapsed.as_millis(),
            request_id: line.request_id.as_deref(),
        };
        // Texts and numbers are always JSON.
        let Ok(mut line) = serde_json::to_string(&line) else {
            return;
        };
        line.push('\n');
        let mut goes = self.goes.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *goes {
            Goes::Waiting(lines) if lines.len() < WAITING => lines.push(line),
            Goes::Waiting(_) | Goes::Nowhere => {}
            Goes::Into { .. } => write(&mut goes, &line),
        }
    }

    /// From now on everything goes into the folder of this run, what was noted so far first.
    pub(crate) fn keep(&self, folder: &Path) {
        let mut goes = self.goes.lock().unwrap_or_else(PoisonError::into_inner);
        let Goes::Waiting(lines) = std::mem::replace(&mut *goes, Goes::Nowhere) else {
            return;
        };
        if let Ok(into) = open(&folder.join(TRACE)) {
            *goes = into;
            write(&mut goes, &lines.concat());
        }
    }
}

fn open(path: &Path) -> std::io::Result<Goes> {
    let file = OpenOptions::new().create(true).append(true).open(path)?;
    Ok(Goes::Into {
        path: path.to_owned(),
        size: file.metadata()?.len(),
        file,
    })
}

fn write(goes: &mut Goes, lines: &str) {
    let Goes::Into { path, file, size } = goes else {
        return;
    };
    let mut written = file.write_all(lines.as_bytes());
    *size += lines.len() as u64;
    if *size > LARGEST {
        written = written.and_then(|()| fs_err::rename(&*path, path.with_file_name(OLDER)));
        let again = written.and_then(|()| open(path));
        *goes = again.unwrap_or(Goes::Nowhere);
    } else if written.is_err() {
        *goes = Goes::Nowhere;
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn line(target: &str) -> LogLine {
        LogLine {
            method: "GET".to_owned(),
            target: target.to_owned(),
            attempt: 1,
            outcome: "200 OK".to_owned(),
            elapsed: Duration::from_millis(7),
            retry_in: None,
            request_id: Some("ID".to_owned()),
        }
    }

    #[test]
    fn what_came_before_the_run_is_there_and_the_whole_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let trace = Trace::new(Arc::new(|| jiff::Timestamp::UNIX_EPOCH));
        trace.note(&line("early"));
        trace.keep(folder.path());
        let long = "x".repeat(1 << 20);
        for _ in 0..30 {
            trace.note(&line(&long));
        }
        trace.note(&line("last"));
        let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
        assert!(size(OLDER) <= LARGEST + (2 << 20) && size(TRACE) <= LARGEST);
        let text = std::fs::read_to_string(folder.path().join(TRACE)).unwrap();
        let last: serde_json::Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["target"], &last["request-id"]),
            (&"last".into(), &"ID".into())
        );
        assert_eq!(last["milliseconds"], 7);
    }
}
