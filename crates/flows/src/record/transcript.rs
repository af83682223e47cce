//! The transcript: what a tape heard and a bucket showed, made anonymous.

use std::fs::File;

use ferry_archive::{EntryDigest, Limits, skeleton};
use ferry_core::job::Generation;
use ferry_swift::Digests;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::bucket::Watched;
use super::patterns::{Known, is_uuid};
use super::redact;
use super::tape::{Heard, Tape};

/// The form of the file.
const FORM: u32 = 1;

/// A job's id whose form is neither of the usual ones.
const JOB_ID: &str = "<job-id>";

/// Parts of paths that belong to the services, not to anybody's instance.
const PATHS: [&str; 22] = [
    "ic",
    "api",
    "v1",
    "v2",
    "common",
    "integration",
    "exportServiceInstanceArchive",
    "importServiceInstanceArchive",
    "integrations",
    "connections",
    "projects",
    "packages",
    "lookups",
    "libraries",
    "certificates",
    "archive",
    "activationStatus",
    "activationErrors",
    "schedule",
    "test",
    "oauth2",
    "token",
];

/// One recorded export or import. It holds no content, no secret, and no name but those of the archive's entries.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Transcript {
    /// The form of this file: 1.
    pub ferry_record: u32,
    /// `export` or `import`.
    pub flow: String,
    /// `gen2` or `gen3`.
    pub generation: String,
    /// What went over the wire, in order; equal exchanges in a row are one.
    pub exchanges: Vec<Exchange>,
    /// How long the job took by the service's own dates, in seconds.
    pub job_seconds: Option<i64>,
    /// Whether the bucket could be listed meanwhile.
    pub bucket_listed: bool,
    /// Every object that came or changed meanwhile.
    pub objects: Vec<ObjectSeen>,
    /// The archive, where it was read.
    pub archive: Option<ArchiveFacts>,
}

/// A request and its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Exchange {
    /// Milliseconds since the first.
    pub after_ms: i64,
    /// `oic`, `identity` or `store`.
    pub service: &'static str,
    /// The method.
    pub method: String,
    /// The path's pattern.
    pub path: String,
    /// The names of the query's parameters.
    pub query: Vec<String>,
    /// What was sent, where it was JSON.
    pub sent: Option<Value>,
    /// The answer's status.
    pub status: u16,
    /// Its content type, without parameters.
    pub content_type: Option<String>,
    /// Its body, where it was JSON and no listing.
    pub answer: Option<Value>,
    /// How often it came so in a row.
    pub times: u32,
}

/// An object of the bucket that came, changed or went while the job ran.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ObjectSeen {
    /// The name's pattern.
    pub name: String,
    /// Its sizes in bytes, one after the other.
    pub bytes: Vec<u64>,
    /// Seconds from the first exchange until it was first seen.
    pub seen_after: i64,
    /// Whether it was gone in the end.
    pub gone: bool,
}

/// The finished archive.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ArchiveFacts {
    /// The name's pattern.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Whether its `ETag` is the MD5 of its bytes; `None` where none was told.
    pub etag_is_md5: Option<bool>,
    /// Seconds from the job's end, by its own date, to the object's date.
    pub seconds_after_end: Option<i64>,
    /// What it holds; `None` where it is no zip that can be read.
    pub entries: Option<Vec<EntryDigest>>,
}

impl Tape {
    /// Makes the transcript. `archive` is the object's name and a file with its bytes.
    ///
    /// # Errors
    ///
    /// The file could not be read.
    pub fn transcript(
        &self,
        flow: &str,
        generation: Generation,
        mut known: Known,
        watched: &Watched,
        archive: Option<(&str, &mut File)>,
    ) -> std::io::Result<Transcript> {
        let heard = self.heard();
        for heard in &heard {
            learn(&mut known, heard);
        }
        let start = heard
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |first| first.at);
        let mut exchanges: Vec<Exchange> = Vec::new();
        for next in heard.iter().map(|heard| exchange(&known, start, heard)) {
            match exchanges.last_mut().filter(|last| last.is_like(&next)) {
                Some(last) => last.times += 1,
                None => exchanges.push(next),
            }
        }
        let dates = job_dates(&heard);
        let archive = match archive {
            Some((name, file)) => Some(facts(&known, name, file, watched, dates.1)?),
            None => None,
        };
        Ok(Transcript {
            ferry_record: FORM,
            flow: flow.to_owned(),
            generation: generation.to_string().to_lowercase(),
            exchanges,
            job_seconds: dates.0.zip(dates.1).map(|(from, to)| seconds(from, to)),
            bucket_listed: watched.listed,
            objects: objects(&known, start, watched),
            archive,
        })
    }
}

impl Exchange {
    fn is_like(&self, other: &Self) -> bool {
        let mut other = other.clone();
        other.after_ms = self.after_ms;
        other.times = self.times;
        *self == other
    }
}

/// Job names and ids are known from what was sent and answered.
fn learn(known: &mut Known, heard: &Heard) {
    let body = heard.exchange.body.clone().unwrap_or_default();
    for body in [&heard.exchange.sent, &body] {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            continue;
        };
        let pairs = [
            ("jobName", "<job-name>"),
            ("job-name", "<job-name>"),
            ("jobId", JOB_ID),
            ("job-id", JOB_ID),
            ("archiveFile", "<archive>"),
        ];
        for (field, symbol) in pairs {
            if let Some(text) = fields.get(field).and_then(Value::as_str) {
                let symbol = if symbol == JOB_ID {
                    id_symbol(text)
                } else {
                    symbol
                };
                known.learn(text, symbol);
            }
        }
    }
}

/// An id, with the form that it has.
fn id_symbol(id: &str) -> &'static str {
    if id.chars().all(|c| c.is_ascii_digit()) {
        "<job-id decimal>"
    } else if is_uuid(id) {
        "<job-id uuid>"
    } else {
        JOB_ID
    }
}

fn exchange(known: &Known, start: Timestamp, heard: &Heard) -> Exchange {
    let it = &heard.exchange;
    let path = it.uri.path();
    let service = if path.starts_with("/oauth2/") {
        "identity"
    } else if path.starts_with("/ic/api/") || path.starts_with("/icsapis/") {
        "oic"
    } else {
        "store"
    };
    let json = |bytes: &[u8]| {
        let it: Value = serde_json::from_slice(bytes).ok()?;
        Some(redact::value(known, "", &it))
    };
    let content_type = it
        .content_type
        .as_deref()
        .and_then(|kind| kind.split(';').next())
        .map(|kind| kind.trim().to_lowercase());
    Exchange {
        after_ms: i64::try_from(heard.at.duration_since(start).as_millis()).unwrap_or(i64::MAX),
        service,
        method: it.method.to_string(),
        path: path_pattern(known, path),
        query: query_names(it.uri.query().unwrap_or_default()),
        sent: (service == "oic").then(|| json(&it.sent)).flatten(),
        status: it.status.as_u16(),
        content_type,
        // A listing names everybody's objects; what matters of it is among the objects seen.
        answer: (service != "store")
            .then(|| json(it.body.as_deref().unwrap_or_default()))
            .flatten(),
        times: 1,
    }
}

fn path_pattern(known: &Known, path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.is_empty() || PATHS.contains(&part) {
            part.to_owned()
        } else {
            known.pattern(part)
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn query_names(query: &str) -> Vec<String> {
    query
        .split('&')
        .filter_map(|pair| pair.split('=').next())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Start and end of the job, from the last answer that tells them.
fn job_dates(heard: &[Heard]) -> (Option<Timestamp>, Option<Timestamp>) {
    let mut dates = (None, None);
    for heard in heard {
        let body = heard.exchange.body.as_deref().unwrap_or_default();
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            continue;
        };
        let date = |names: [&str; 2]| {
            let text = names.iter().find_map(|name| fields.get(*name)?.as_str());
            text.and_then(redact::date)
        };
        dates.0 = date(["startTime", "start-time"]).or(dates.0);
        dates.1 = date(["endTime", "end-time"]).or(dates.1);
    }
    dates
}

fn objects(known: &Known, start: Timestamp, watched: &Watched) -> Vec<ObjectSeen> {
    let seen = watched.objects.iter().map(|(name, sights)| ObjectSeen {
        name: known.pattern(name),
        bytes: sights
            .iter()
            .filter_map(|sight| sight.object.as_ref().map(|object| object.bytes))
            .collect(),
        seen_after: sights.first().map_or(0, |first| seconds(start, first.at)),
        gone: sights.last().is_some_and(|last| last.object.is_none()),
    });
    seen.collect()
}

fn facts(
    known: &Known,
    name: &str,
    file: &mut File,
    watched: &Watched,
    ended: Option<Timestamp>,
) -> std::io::Result<ArchiveFacts> {
    use std::io::Seek as _;
    file.rewind()?;
    let digests = Digests::of(&*file)?;
    file.rewind()?;
    let entries = skeleton(&*file, &Limits::default()).ok();
    let last = watched.objects.get(name).and_then(|sights| sights.last());
    let object = last.and_then(|sight| sight.object.as_ref());
    let etag = object.and_then(|object| object.etag.as_ref());
    let modified = object.and_then(|object| object.modified);
    Ok(ArchiveFacts {
        name: known.pattern(name),
        bytes: digests.bytes,
        etag_is_md5: etag.map(|etag| etag.eq_ignore_ascii_case(&digests.md5)),
        seconds_after_end: ended.zip(modified).map(|(from, to)| seconds(from, to)),
        entries,
    })
}

fn seconds(from: Timestamp, to: Timestamp) -> i64 {
    to.duration_since(from).as_secs()
}
