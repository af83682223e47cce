//! A large file, in segments.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use ferry_core::ids::ObjectName;
use ferry_core::job::Listed;
use ferry_http::Body;
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;

use super::feed::{Origin, feed};
use super::reader::Reader;
use super::{Stored, Upload, stat};
use crate::check::clear_away;
use crate::digest::Hasher;
use crate::drive::{Lanes, drive};
use crate::error::{Error, ErrorKind};
use crate::object::md5_of;
use crate::op::{Manifest, Put, Segment};
use crate::remove::SEGMENTS;
use crate::tell::Told;

/// How long a segment is, unless that makes too many.
const SIZE: u64 = 64 << 20;

/// Upstream takes a thousand segments.
const MOST: u64 = 1000;

/// A segment that arrives damaged is sent this often in all.
const TRIES: u32 = 3;

/// A segment whose MD5 is known.
struct Prepared {
    segment: Segment,
    at: u64,
}

/// From here on a file never goes in one piece: upstream takes 5 GiB at once.
const TOO_LARGE: u64 = 4 << 30;

/// A server that answers a small question sooner is near: one connection uses the whole line, all is sent again in seconds,
/// and segments, which are read twice, only cost.
const FAR: Duration = Duration::from_millis(25);

/// What there is of an upload in segments.
pub(super) struct Begun {
    len: u64,
    folder: String,
    stem: ObjectName,
    there: HashMap<String, Listed>,
}

/// Looks what an earlier try left; `None` where one piece is as good.
pub(super) async fn begin(
    upload: &Upload<'_>,
    path: &Path,
    len: u64,
) -> Result<Option<Begun>, Error> {
    let folder = folder(upload.name);
    let stem = stem(upload, path, len, &folder)?;
    let asked = Instant::now();
    let first = upload.bucket.list(Some(stem.as_str())).await?;
    // A listing ends with a page that is empty, so one that holds something is two questions.
    let near = first.is_empty() && asked.elapsed() < FAR;
    let asked_for = upload.how.segmented || upload.how.dynamic;
    if near && !asked_for && len < TOO_LARGE {
        return Ok(None);
    }
    let there = first
        .into_iter()
        .map(|listed| (listed.name.clone(), listed));
    Ok(Some(Begun {
        len,
        folder,
        stem,
        there: there.collect(),
    }))
}

/// Sends the segments that are not there yet, then the list that joins them.
pub(super) async fn store(
    upload: &Upload<'_>,
    path: &Path,
    begun: Begun,
    lanes: &Lanes,
) -> Result<Stored, Error> {
    let Begun {
        len,
        folder,
        stem,
        there,
    } = begun;
    upload.moved.tell(Told::Size(len));
    let own = lanes.enter().await;
    let (ready, taken) = mpsc::channel(1);
    let taken = Mutex::new(taken);
    let all_taken = AtomicBool::new(false);
    let prepare = prepare(upload, path, len, &stem, &there, ready);
    let send = drive(lanes, own, upload.moved.count(), |_| {
        if all_taken.load(Ordering::Relaxed) {
            return None;
        }
        Some(async {
            let next = taken.lock().await.recv().await;
            if let Some(prepared) = next {
                send(upload, path, &prepared).await
            } else {
                all_taken.store(true, Ordering::Relaxed);
                Ok(())
            }
        })
    });
    let ((manifest, sha256), ()) = tokio::try_join!(prepare, send)?;
    let etag = join(upload, &manifest, &stem).await?;
    sweep(upload, &folder, &manifest).await;
    Ok(Stored {
        etag,
        bytes: manifest.bytes(),
        sha256,
        segments: manifest.0.len(),
    })
}

/// Where the segments of all versions of an object lie.
fn folder(name: &ObjectName) -> String {
    format!("{SEGMENTS}{name}/")
}

/// Where those of this file lie: another try on the same file finds them again.
fn stem(upload: &Upload<'_>, path: &Path, len: u64, folder: &str) -> Result<ObjectName, Error> {
    let found = stat(path).map_err(|error| upload.unreadable(path, error))?;
    let written = found.modified().ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let written = written.unwrap_or_default().as_nanos();
    named(upload, format!("{folder}{written}-{len}-{}/", size(len)))
}

fn named(upload: &Upload<'_>, name: String) -> Result<ObjectName, Error> {
    ObjectName::try_from(name).map_err(|_| {
        let why = "its name leaves no room for those of its segments";
        upload.error(ErrorKind::Other, why)
    })
}

fn size(len: u64) -> u64 {
    SIZE.max(len.div_ceil(MOST).next_multiple_of(1 << 20))
}

/// Digests the file segment by segment, in order, a little ahead of those that are being sent.
async fn prepare(
    upload: &Upload<'_>,
    path: &Path,
    len: u64,
    stem: &ObjectName,
    there: &HashMap<String, Listed>,
    ready: mpsc::Sender<Prepared>,
) -> Result<(Manifest, String), Error> {
    let unreadable = |error| upload.unreadable(path, error);
    let mut reader = Reader::new(path, 0, 0, Some(Hasher::default()));
    let mut manifest = Manifest(Vec::new());
    let mut at = 0;
    while at < len {
        let bytes = size(len).min(len - at);
        reader.more(bytes);
        while reader.next().await.map_err(unreadable)?.is_some() {}
        let name = format!("{stem}{:08}", manifest.0.len() + 1);
        let object = named(upload, name.clone())?;
        let segment = Segment {
            object,
            etag: reader.hasher().map(Hasher::cut).unwrap_or_default(),
            bytes,
        };
        manifest.0.push(segment.clone());
        let is_there = there.get(&name).is_some_and(|listed| {
            listed.bytes == bytes && md5_of(listed.etag.as_deref()).as_ref() == Some(&segment.etag)
        });
        if is_there {
            upload.moved.tell(Told::Resumed(bytes));
        } else if ready.send(Prepared { segment, at }).await.is_err() {
            // Those who send have failed, and tell why.
            return Err(upload.error(ErrorKind::Other, "its segments are sent no more"));
        }
        at += bytes;
    }
    let digests = reader.hasher().cloned().unwrap_or_default().finish();
    Ok((manifest, digests.sha256))
}

async fn send(upload: &Upload<'_>, path: &Path, prepared: &Prepared) -> Result<(), Error> {
    let Prepared { segment, at } = prepared;
    let mut tries = 1;
    loop {
        let (path, at, len) = (path.to_path_buf(), *at, segment.bytes);
        let moved = upload.moved.clone();
        let open = move || {
            feed(
                Origin::File(PathBuf::clone(&path), at, len),
                moved.clone(),
                None,
            )
        };
        let put = Put {
            body: Body::Replay {
                open: Arc::new(open),
                len,
            },
            md5: Some(segment.etag.clone()),
            only_new: false,
        };
        let error = match upload.bucket.put_body(&segment.object, put).await {
            Ok(etag) => match md5_of(etag.as_deref()) {
                Some(md5) if md5 != segment.etag => {
                    let why = "a segment arrived damaged";
                    upload.error(ErrorKind::Damaged, why)
                }
                _ => return Ok(()),
            },
            Err(error) => error,
        };
        if error.kind() != ErrorKind::Damaged || tries == TRIES {
            return Err(error.and("the segments that are there stay: the same command goes on"));
        }
        tries += 1;
    }
}

/// Makes the segments one object, and looks whether it is what it should be.
async fn join(
    upload: &Upload<'_>,
    manifest: &Manifest,
    stem: &ObjectName,
) -> Result<Option<String>, Error> {
    let (bucket, name) = (upload.bucket, upload.name);
    let joined = if upload.how.features.segments {
        bucket.put_manifest(name, manifest).await.map(drop)
    } else {
        bucket.put_prefix(name, stem).await
    };
    let lost = match joined {
        Err(error) if !error.maybe_done() => return Err(error),
        joined => joined.err(),
    };
    let there = bucket.head(name).await?;
    let right = there.bytes == manifest.bytes()
        && md5_of(there.etag.as_deref()).is_none_or(|etag| etag == manifest.etag());
    match (right, lost) {
        (true, _) => Ok(there.etag),
        (false, Some(error)) => Err(error.and("the segments are there: the same command goes on")),
        (false, None) => {
            let why = "the segments do not add up to what was sent";
            let damaged = upload.error(ErrorKind::Damaged, why);
            Err(clear_away(bucket, name, damaged).await)
        }
    }
}

/// Removes the segments of earlier versions: nothing refers to them any more. What cannot be removed is in nobody's way.
async fn sweep(upload: &Upload<'_>, folder: &str, manifest: &Manifest) {
    let Ok(there) = upload.bucket.list(Some(folder)).await else {
        return;
    };
    for listed in there {
        let used = |one: &Segment| one.object.as_str() == listed.name;
        if manifest.0.iter().any(used) {
            continue;
        }
        if let Ok(name) = ObjectName::try_from(listed.name.clone()) {
            let _ = upload.bucket.delete(&name).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_segments_than_are_taken() {
        assert_eq!(size(1), SIZE);
        assert_eq!(size(SIZE * MOST), SIZE);
        for len in [SIZE * MOST + 1, 10 << 40] {
            assert!(len.div_ceil(size(len)) <= MOST);
            assert_eq!(size(len) % (1 << 20), 0);
        }
    }
}
