//! A run as one file, to be attached to a service request: its journal and plan without values, and its trace.

use std::path::Path;

use fs_err as fs;
use serde_json::{Map, Value, json};

use crate::journal::JOURNAL;
use crate::trace::{OLDER, TRACE};
use crate::{Failure, RunStore};

/// What stands in the place of a value.
const HIDDEN: &str = "[hidden]";

/// Fields that hold values of connections, lookups and schedules: a service request needs none of them.
const VALUES: [&str; 3] = ["today", "before", "after"];

/// Words in the names of fields that mark a secret.
const SECRET: [&str; 5] = ["password", "token", "secret", "credential", "assertion"];

/// A block of a tar file.
const BLOCK: usize = 512;

/// A run's files, each without what is nobody else's business.
#[derive(Debug)]
pub struct Bundle {
    /// The run's id.
    pub run: String,
    /// Names and contents.
    pub files: Vec<(String, Vec<u8>)>,
}

impl RunStore {
    /// Everything about a run that may leave the house. `version` is the program's.
    pub fn bundle(&self, id: &str, version: &str) -> Result<Bundle, Failure> {
        let run = self.find(id)?;
        let folder = self.folder(&run.id);
        let about = json!({
            "ferry": version,
            "run": run.id,
            "began": run.began,
            "state": run.state,
            "exit": run.exit,
            "note": run.note,
            "jobs": run.jobs,
        });
        let mut files = vec![("about.json".to_owned(), pretty(&redacted("", about)))];
        let journal = read(&folder.join(JOURNAL))?.unwrap_or_default();
        let mut lines = String::new();
        let mut plan = None;
        for line in journal.lines() {
            // The last line of a run that was killed may be torn.
            let Ok(record) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let of = |path: &str| record.pointer(path).cloned();
            plan = of("/event/what/plan").or(plan);
            lines += &format!("{}\n", redacted("", record));
        }
        files.push((JOURNAL.to_owned(), lines.into_bytes()));
        // One that waits for an approval lies in a file; one that was carried out is in the journal.
        let kept = read(&folder.join("plan.json"))?;
        let kept = kept.and_then(|text| serde_json::from_str(&text).ok());
        if let Some(plan) = plan.or(kept) {
            files.push(("plan.json".to_owned(), pretty(&redacted("", plan))));
        }
        let mut trace = String::new();
        for name in [OLDER, TRACE] {
            trace += &read(&folder.join(name))?.unwrap_or_default();
        }
        files.push((TRACE.to_owned(), trace.into_bytes()));
        Ok(Bundle { run: run.id, files })
    }
}

impl Bundle {
    /// As a tar file, everything in a folder of the run's name.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = Vec::new();
        for (name, content) in &self.files {
            tar.extend(header(&format!("{}/{name}", self.run), content.len()));
            tar.extend(content);
            tar.resize(tar.len().next_multiple_of(BLOCK), 0);
        }
        tar.resize(tar.len() + 2 * BLOCK, 0);
        tar
    }
}

/// The header of a file that its owner alone may read (POSIX ustar). Equal runs make equal bundles.
fn header(name: &str, size: usize) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    // A path of more than 100 bytes is split at a slash.
    let (prefix, name) = match name.split_once('/') {
        Some((prefix, rest)) if name.len() > 100 => (prefix, rest),
        _ => ("", name),
    };
    let size = format!("{size:011o}\0");
    let fields: [(usize, &[u8]); 9] = [
        (0, name.as_bytes()),
        (100, b"0000600\0"),
        (108, b"0000000\0"),
        (116, b"0000000\0"),
        (124, size.as_bytes()),
        (136, b"00000000000\0"),
        (148, b"        0"),
        (257, b"ustar\x0000"),
        (345, prefix.as_bytes()),
    ];
    for (at, field) in fields {
        put(&mut block, at, field);
    }
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    put(&mut block, 148, format!("{sum:06o}\0 ").as_bytes());
    block
}

fn put(block: &mut [u8], at: usize, field: &[u8]) {
    for (place, byte) in block.iter_mut().skip(at).zip(field) {
        *place = *byte;
    }
}

fn read(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::disk(
            error,
            format!("cannot read {}", path.display()),
        )),
    }
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}

/// Without secrets and values.
fn redacted(field: &str, value: Value) -> Value {
    match value {
        Value::String(_) | Value::Number(_) if is_hidden(field) => HIDDEN.into(),
        Value::String(text) => Value::String(without_sign_in(&text)),
        Value::Array(items) => items.into_iter().map(|it| redacted(field, it)).collect(),
        Value::Object(map) => {
            let each = |(name, it): (String, Value)| {
                let it = redacted(&name, it);
                (name, it)
            };
            Value::Object(map.into_iter().map(each).collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn is_hidden(field: &str) -> bool {
    let field = field.to_ascii_lowercase();
    VALUES.contains(&field.as_str()) || SECRET.iter().any(|word| field.contains(word))
}

/// URLs in a text without user information and query.
fn without_sign_in(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        out.extend([before, "://"]);
        let end = after
            .find(|c: char| c.is_whitespace() || "\"'<>".contains(c))
            .unwrap_or(after.len());
        let (url, behind) = after.split_at(end);
        let (place, path) = url.split_at(url.find('/').unwrap_or(url.len()));
        let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
        let cut = |text: &str| text.split('?').next().unwrap_or_default().to_owned();
        out += &cut(place);
        if !place.contains('?') {
            out += &cut(path);
        }
        rest = behind;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_sign_ins_stay_here() {
        let value = json!({
            "name": "connectionUrl", "today": "https://a", "after": "b", "entry": "X",
            "why": "GET https://user:pw@host.example.com/p?sig=1 failed, see http://x.example.com",
            "before": [{"name": "a.zip", "size": 3}], "storagePassword": "p",
        });
        assert_eq!(
            redacted("", value),
            json!({
                "name": "connectionUrl", "today": HIDDEN, "after": HIDDEN, "entry": "X",
                "why": "GET https://host.example.com/p failed, see http://x.example.com",
                "before": [{"name": "a.zip", "size": 3}], "storagePassword": HIDDEN,
            })
        );
    }

    #[test]
    fn a_header_adds_up() {
        let block = header("run/journal.ndjson", 8);
        assert_eq!(&block[..19], b"run/journal.ndjson\0");
        assert_eq!(&block[124..136], b"00000000010\0");
        let told = std::str::from_utf8(&block[148..154]).unwrap();
        let mut blank = block;
        blank[148..156].fill(b' ');
        let sum: u32 = blank.iter().map(|byte| u32::from(*byte)).sum();
        assert_eq!(u32::from_str_radix(told, 8).unwrap(), sum);
        let long = header(&format!("{}/journal.ndjson", "r".repeat(120)), 1);
        assert_eq!(&long[..14], b"journal.ndjson");
        assert_eq!(&long[345..465], "r".repeat(120).as_bytes());
    }
}
