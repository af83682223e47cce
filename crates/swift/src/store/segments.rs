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
use crate::check::{clear_away, holds};
use crate::digest::{Digests, Hasher};
use crate::drive::{Lanes, drive};
use crate::error::{Error, ErrorKind};
use crate::object::md5_of;
use crate::op::{Manifest, Put, Segment};
use crate::remove::{folder, segments_of};
use crate::tell::Told;

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
    stem: ObjectName,
    there: HashMap<String, Listed>,
}

/// Looks what an earlier try left; `None` where one piece is as good.
pub(super) async fn begin(
    upload: &Upload<'_>,
    path: &Path,
    len: u64,
) -> Result<Option<Begun>, Error> {
    let stem = stem(upload, path, len)?;
    let asked = Instant::now();
    let first = upload.bucket.list(Some(stem.as_str())).await;
    let first = first.map_err(|error| {
        let name = upload.name.as_str().escape_debug();
        error.and(&format!("nothing of `{name}` was sent yet"))
    })?;
    // A listing ends with a page that is empty, so one that holds something is two questions.
    let near = first.is_empty() && asked.elapsed() < FAR;
    if near && !upload.how.segmented && len < TOO_LARGE {
        return Ok(None);
    }
    let there = first
        .into_iter()
        .map(|listed| (listed.name.clone(), listed));
    Ok(Some(Begun {
        len,
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
    let Begun { len, stem, there } = begun;
    upload.moved.tell(Told::Size(len));
    let own = lanes.enter().await;
    let (ready, taken) = mpsc::channel(1);
    let taken = Mutex::new(taken);
    let all_taken = AtomicBool::new(false);
    let md5s = AtomicBool::new(true);
    let prepare = prepare(upload, path, len, &stem, &there, ready);
    let send = drive(lanes, own, upload.moved.count(), |_| {
        if all_taken.load(Ordering::Relaxed) {
            return None;
        }
        Some(async {
            let next = taken.lock().await.recv().await;
            if let Some(prepared) = next {
                send(upload, path, &prepared, &md5s).await
            } else {
                all_taken.store(true, Ordering::Relaxed);
                Ok(())
            }
        })
    });
    let ((mut manifest, sent), ()) = tokio::try_join!(prepare, send)?;
    if !md5s.into_inner() {
        manifest.0.iter_mut().for_each(|one| one.etag = None);
    }
    let etag = join(upload, &manifest, &stem, &sent).await?;
    sweep(upload, &manifest).await;
    Ok(Stored {
        etag,
        bytes: sent.bytes,
        sha256: sent.sha256,
        segments: manifest.0.len(),
    })
}

/// Where those of this file lie: another try on the same file finds them again.
fn stem(upload: &Upload<'_>, path: &Path, len: u64) -> Result<ObjectName, Error> {
    let found = stat(path).map_err(|error| upload.unreadable(path, error))?;
    let written = found.modified().ok();
    let written = written.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let written = written.unwrap_or_default().as_nanos();
    let each = size(upload, len);
    let folder = folder(upload.name);
    named(upload, format!("{folder}{written}-{len}-{each}/"))
}

fn named(upload: &Upload<'_>, name: String) -> Result<ObjectName, Error> {
    ObjectName::try_from(name).map_err(|_| {
        let why = "its name leaves no room for those of its segments";
        upload.error(ErrorKind::Other, why)
    })
}

fn size(upload: &Upload<'_>, len: u64) -> u64 {
    longer(upload.how.cut.each, len)
}

/// So long that there are not too many.
fn longer(each: u64, len: u64) -> u64 {
    if len <= each.saturating_mul(MOST) {
        each
    } else {
        len.div_ceil(MOST).next_multiple_of(1 << 20)
    }
}

/// Digests the file segment by segment, in order, a little ahead of those that are being sent.
async fn prepare(
    upload: &Upload<'_>,
    path: &Path,
    len: u64,
    stem: &ObjectName,
    there: &HashMap<String, Listed>,
    ready: mpsc::Sender<Prepared>,
) -> Result<(Manifest, Digests), Error> {
    let unreadable = |error| upload.unreadable(path, error);
    let mut reader = Reader::new(path, 0, 0, Some(Hasher::default()), upload.bucket.pool());
    let mut manifest = Manifest(Vec::new());
    let mut at = 0;
    while at < len {
        let bytes = size(upload, len).min(len - at);
        reader.more(bytes);
        while reader.next().await.map_err(unreadable)?.is_some() {}
        let name = format!("{stem}{:08}", manifest.0.len() + 1);
        let object = named(upload, name.clone())?;
        let segment = Segment {
            object,
            etag: reader.hasher().map(Hasher::cut),
            bytes,
        };
        manifest.0.push(segment.clone());
        let is_there = there.get(&name).is_some_and(|listed| {
            listed.bytes == bytes && md5_of(listed.etag.as_deref()) == segment.etag
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
    let sent = Digests {
        // What a server tells of the whole.
        md5: manifest.etag(),
        ..digests
    };
    Ok((manifest, sent))
}

/// Sends a segment. Where the answer tells no MD5, `md5s` is false then.
async fn send(
    upload: &Upload<'_>,
    path: &Path,
    prepared: &Prepared,
    md5s: &AtomicBool,
) -> Result<(), Error> {
    let Prepared { segment, at } = prepared;
    let mut tries = 1;
    loop {
        let (path, at, len) = (path.to_path_buf(), *at, segment.bytes);
        let (moved, pool) = (upload.moved.clone(), Arc::clone(upload.bucket.pool()));
        let open = move || {
            feed(
                Origin::File(PathBuf::clone(&path), at, len),
                moved.clone(),
                None,
                &pool,
            )
        };
        let put = Put {
            body: Body::Replay {
                open: Arc::new(open),
                len,
            },
            md5: segment.etag.clone(),
            only_new: false,
        };
        let error = match upload.bucket.put_body(&segment.object, put).await {
            Ok(etag) => match md5_of(etag.as_deref()) {
                Some(md5) if Some(&md5) != segment.etag.as_ref() => {
                    let why = "a segment arrived damaged";
                    upload.error(ErrorKind::Damaged, why)
                }
                told => {
                    md5s.fetch_and(told.is_some(), Ordering::Relaxed);
                    return Ok(());
                }
            },
            Err(error) => error,
        };
        if error.kind() != ErrorKind::Damaged || tries == TRIES {
            return Err(error.and("the segments that are there stay: the same command goes on"));
        }
        tries += 1;
    }
}

/// Makes the segments one object, and looks whether it is what was sent: by the MD5 of their MD5s, else by reading it back.
async fn join(
    upload: &Upload<'_>,
    manifest: &Manifest,
    stem: &ObjectName,
    sent: &Digests,
) -> Result<Option<String>, Error> {
    let (bucket, name) = (upload.bucket, upload.name);
    let joined = if upload.how.features.segments {
        bucket
            .put_manifest(name, manifest, upload.conditional())
            .await
    } else {
        bucket.put_prefix(name, stem, upload.conditional()).await
    };
    let lost = match joined {
        Err(error) if !error.maybe_done() => return Err(error),
        joined => joined.err(),
    };
    let unknown = |error: Error| {
        error.and(
            "whether the segments are joined could not be found out: look at it before it is used",
        )
    };
    let there = match bucket.head(name).await {
        Ok(there) => Some(there),
        Err(error) if error.is_not_found() => None,
        Err(error) => return Err(unknown(error)),
    };
    if let Some(there) = there.filter(|there| there.bytes == sent.bytes)
        && holds(bucket, name, there.etag.as_deref(), sent)
            .await
            .map_err(unknown)?
    {
        return Ok(there.etag);
    }
    if let Some(lost) = lost {
        return Err(lost.and("the segments are there: the same command goes on"));
    }
    let why = if upload.how.features.segments {
        "the segments do not add up to what was sent"
    } else {
        "the segments do not add up to what was sent, or the server's listing, which joins them, is behind"
    };
    let damaged = upload.error(ErrorKind::Damaged, why);
    Err(clear_away(bucket, name, damaged).await)
}

/// Removes the segments of earlier versions: nothing refers to them any more. What cannot be removed is in nobody's way.
async fn sweep(upload: &Upload<'_>, manifest: &Manifest) {
    let Ok(there) = segments_of(upload.bucket, upload.name).await else {
        return;
    };
    for segment in there {
        if !manifest.0.iter().any(|one| one.object == segment) {
            let _ = upload.bucket.delete(&segment).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Cut;

    #[test]
    fn no_more_segments_than_are_taken() {
        let each = Cut::default().each;
        assert_eq!(longer(each, 1), each);
        assert_eq!(longer(each, each * MOST), each);
        for len in [each * MOST + 1, 10 << 40] {
            let longer = longer(each, len);
            assert!(len.div_ceil(longer) <= MOST);
            assert_eq!(longer % (1 << 20), 0);
        }
    }
}
