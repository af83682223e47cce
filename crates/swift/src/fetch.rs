//! Fetching an object into a file.

use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;
use ferry_core::ids::ObjectName;
use ferry_http::Response;
use tokio::sync::mpsc;

use crate::aside::aside;
use crate::bucket::Bucket;
use crate::digest::{Digests, Hasher};
use crate::drive::{Lane, Lanes, drive};
use crate::error::{Error, ErrorKind};
use crate::object::ObjectInfo;
use crate::plan::{Plan, Taken};
use crate::pool::{PIECE, Pool};
use crate::reading::{Pinned, Reading};
use crate::tell::{Moved, Tell, Told};

mod part;
mod sink;

use part::{Note, Part};
use sink::{Placed, Sink};

/// Up to here an object is held in memory and written in one step, with nothing noted.
const SMALL: u64 = 1 << 20;

/// How often a fetch begins again because the object changed, or what came was damaged.
const ANEW: u32 = 2;

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The object's facts.
    pub info: ObjectInfo,
    /// Size and digests of what was written.
    pub digests: Digests,
    /// Whether the object's `ETag` is an MD5, which was compared. Else only the size was: then a SHA-256 that is known
    /// from elsewhere tells more.
    pub by_md5: bool,
}

/// Fetches an object into the file `target`, over as many connections as help, and replaces what was there.
///
/// Until it is whole and checked it is called `<target>.ferry-part`, with a `<target>.ferry-part.json` beside it that says
/// what it holds: a fetch that was stopped, killed even, goes on from there. It is on the disk before it has its name. An
/// object that changes meanwhile, or comes damaged, is fetched anew, twice at most, and this is told.
///
/// Errors: [`ErrorKind::Damaged`] where what came is not what its `ETag` says (nothing is kept then),
/// [`ErrorKind::Local`] where the file cannot be written, else those of reading.
pub async fn fetch(
    bucket: &Bucket,
    name: &ObjectName,
    target: &Path,
    lanes: &Lanes,
    tell: &Tell,
) -> Result<Fetched, Error> {
    let arrived = arrive(bucket, name, target, lanes, tell).await?;
    arrived.place().await
}

/// An object that was fetched, and is whole as far as its size and `ETag` tell.
///
/// Where its MD5 was compared it has its name. Else nothing but its size was: it waits for [`Arrived::place`], so that who
/// knows its digest from elsewhere can compare that first.
#[must_use = "it has not its name yet"]
pub struct Arrived {
    /// What came.
    pub fetched: Fetched,
    held: Option<Held>,
}

/// A file without its name. Where it is given none, what a later try cannot go on with goes away.
struct Held {
    pinned: Arc<Pinned>,
    part: Arc<Part>,
    file: Arc<File>,
    placed: bool,
}

impl Arrived {
    /// Gives the file its name.
    pub async fn place(self) -> Result<Fetched, Error> {
        if let Some(held) = self.held {
            held.place().await?;
        }
        Ok(self.fetched)
    }

    /// Takes away what has no name yet: it is not what it should be.
    pub fn discard(self) {
        if let Some(held) = self.held {
            held.part.discard();
        }
    }
}

impl Held {
    async fn place(mut self) -> Result<(), Error> {
        let (part, file) = (Arc::clone(&self.part), Arc::clone(&self.file));
        let placed = aside(move || part.finish(&file)).await;
        self.placed = placed.is_ok();
        placed.map_err(|error| unwritten(&self.pinned, &self.part, error))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if !self.placed && self.part.note().is_none() {
            self.part.discard();
        }
    }
}

impl fmt::Debug for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrived")
            .field("fetched", &self.fetched)
            .field("named", &self.held.is_none())
            .finish()
    }
}

/// Fetches an object as [`fetch`] does, but leaves it to the caller to give it its name where no MD5 was compared.
pub async fn arrive(
    bucket: &Bucket,
    name: &ObjectName,
    target: &Path,
    lanes: &Lanes,
    tell: &Tell,
) -> Result<Arrived, Error> {
    let part = Arc::new(Part::of(target));
    let mut anew = 0;
    loop {
        let moved = Moved::new(tell);
        // On the heap: callers hold this in futures of their own, several deep.
        let error = match Box::pin(once(bucket, name, &part, lanes, &moved)).await {
            Ok(arrived) => return Ok(arrived),
            Err(error) => error,
        };
        if !matches!(error.kind(), ErrorKind::Precondition | ErrorKind::Damaged) {
            return Err(error);
        }
        part.discard();
        if anew == ANEW {
            return Err(error);
        }
        anew += 1;
        moved.tell(Told::Anew);
        moved.note(format!("{error}: fetching it again from the beginning"));
    }
}

async fn once(
    bucket: &Bucket,
    name: &ObjectName,
    part: &Arc<Part>,
    lanes: &Lanes,
    moved: &Moved,
) -> Result<Arrived, Error> {
    let lane = lanes.enter().await;
    let begun = begin(bucket, name, part, moved).await?;
    let pinned = Arc::clone(&begun.pinned);
    moved.tell(Told::Size(pinned.info.bytes));
    let (digests, held) = match begun {
        Begun {
            first: Some(first), ..
        } if pinned.info.bytes <= SMALL => small(&pinned, first, part, moved).await?,
        begun => large(begun, part, lanes, lane, moved).await?,
    };
    let fetched = Fetched {
        info: pinned.info.clone(),
        by_md5: pinned.md5().is_some(),
        digests,
    };
    Ok(Arrived { fetched, held })
}

/// An object that is known, and what there is of it.
struct Begun {
    pinned: Arc<Pinned>,
    /// The answer whose body is the whole object; `None` where an earlier try is gone on with.
    first: Option<Response>,
    note: Option<Note>,
}

/// Goes on where an earlier try ended, or opens the object.
async fn begin(
    bucket: &Bucket,
    name: &ObjectName,
    part: &Part,
    moved: &Moved,
) -> Result<Begun, Error> {
    if let Some(note) = part.note() {
        let (info, tags) = bucket.look(name).await?;
        let pinned = Pinned {
            bucket: bucket.clone(),
            name: name.clone(),
            info,
            tags,
        };
        if note.is_of(&pinned) {
            moved.tell(Told::Resumed(note.done.sum()));
            return Ok(Begun {
                pinned: Arc::new(pinned),
                first: None,
                note: Some(note),
            });
        }
        part.discard();
        let text = format!(
            "{name} is another object than {} began with: from the beginning",
            part.path().display()
        );
        moved.note(text);
    }
    let (pinned, first) = bucket.open(name, None).await?;
    Ok(Begun {
        note: Note::new(&pinned),
        first: Some(first),
        pinned,
    })
}

async fn small(
    pinned: &Arc<Pinned>,
    first: Response,
    part: &Arc<Part>,
    moved: &Moved,
) -> Result<(Digests, Option<Held>), Error> {
    let mut reading = Reading::opened(Arc::clone(pinned), first);
    // At most SMALL.
    let mut whole = Vec::with_capacity(usize::try_from(pinned.info.bytes).unwrap_or_default());
    while let Some(piece) = reading.chunk().await? {
        moved.add(piece.len());
        whole.extend_from_slice(&piece);
    }
    let (pinned, part) = (Arc::clone(pinned), Arc::clone(part));
    let written = tokio::task::spawn_blocking(move || {
        let mut hasher = Hasher::default();
        hasher.update(&whole);
        let digests = hasher.finish();
        pinned.agrees(&digests)?;
        let local = |error| unwritten(&pinned, &part, error);
        let file = part.fill(&whole).map_err(local)?;
        if pinned.md5().is_some() {
            part.finish(&file).map_err(local)?;
            return Ok((digests, None));
        }
        let held = Held {
            pinned,
            part,
            file: Arc::new(file),
            placed: false,
        };
        Ok((digests, Some(held)))
    });
    match written.await {
        Ok(written) => written,
        Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
    }
}

/// What the connections of one fetch share.
struct Shared {
    pinned: Arc<Pinned>,
    plan: Mutex<Plan>,
    moved: Moved,
    pool: Arc<Pool>,
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn large(
    begun: Begun,
    part: &Arc<Part>,
    lanes: &Lanes,
    lane: Lane,
    moved: &Moved,
) -> Result<(Digests, Option<Held>), Error> {
    let Begun {
        pinned,
        mut first,
        note,
    } = begun;
    let pinned = &pinned;
    let len = pinned.info.bytes;
    let local = |error| unwritten(pinned, part, error);
    let file = part.open().map_err(local)?;
    file.set_len(len).map_err(local)?;
    let done = note.as_ref().map(|note| note.done.clone());
    let shared = Shared {
        pinned: Arc::clone(pinned),
        plan: Mutex::new(Plan::new(&done.unwrap_or_default(), len)),
        moved: moved.clone(),
        pool: Arc::clone(pinned.bucket.pool()),
    };
    let mut sink = Sink::new(Arc::clone(part), file, note, Arc::clone(&shared.pool));
    let (sender, receiver) = sink::channel();
    let reading = async {
        // The sink ends when nobody is left to send.
        let sender = sender;
        let shared = &shared;
        drive(lanes, lane, moved.count(), |alone| {
            let taken = shared.plan().take(alone)?;
            let reading = match first.take() {
                Some(first) => Reading::opened(Arc::clone(pinned), first),
                None => Reading::new(Arc::clone(pinned), taken.first, taken.end),
            };
            Some(read(shared, taken, reading, sender.clone()))
        })
        .await
    };
    let (read, written) = tokio::join!(reading, sink.run(receiver));
    // Why the sink ended says more than that nobody took the bytes.
    written.map_err(local)?;
    if let Err(error) = read {
        let kept = sink.leave().await;
        return match kept {
            Ok(()) => Err(error.and(&format!(
                "{} holds what came: the same command goes on from there",
                part.path().display()
            ))),
            Err(_) => Err(error),
        };
    }
    let digests = sink.finish().await.map_err(local)?;
    pinned.agrees(&digests)?;
    let held = Held {
        pinned: Arc::clone(pinned),
        part: Arc::clone(part),
        file: sink.file(),
        placed: false,
    };
    if pinned.md5().is_some() {
        held.place().await?;
        return Ok((digests, None));
    }
    Ok((digests, Some(held)))
}

/// Reads a stretch to its end, which others may bring nearer.
async fn read(
    shared: &Shared,
    taken: Taken,
    mut reading: Reading,
    sink: mpsc::Sender<Placed>,
) -> Result<(), Error> {
    let read = async {
        loop {
            let at = reading.at();
            let mut buffer = shared.pool.take();
            buffer.clear();
            let more = fill(&mut reading, &mut buffer).await;
            if !buffer.is_empty() {
                shared.moved.add(buffer.len());
                if sink.send((at, shared.pool.lend(buffer))).await.is_err() {
                    let why = "its bytes are taken no more";
                    return Err(shared.pinned.error(ErrorKind::Local, why));
                }
            }
            // Others take nothing that lies within a block of here, so no piece goes beyond the end.
            let end = shared.plan().advance(taken.id, reading.at());
            reading.stop_at(end);
            if !more? {
                return Ok(());
            }
        }
    };
    let read = read.await;
    shared.plan().finish(taken.id);
    read
}

/// Reads into the buffer; false at the end of the stretch. What came before an error is in the buffer, too.
async fn fill(reading: &mut Reading, buffer: &mut BytesMut) -> Result<bool, Error> {
    // A chunk is no longer than a quarter of a piece, so none is split.
    while buffer.len() <= PIECE / 4 * 3 {
        match reading.chunk().await? {
            Some(chunk) => buffer.extend_from_slice(&chunk),
            None => return Ok(false),
        }
    }
    Ok(true)
}

fn unwritten(pinned: &Pinned, part: &Part, error: std::io::Error) -> Error {
    let why = format!("{} cannot be written", part.path().display());
    Error::local(error, &pinned.bucket, &pinned.subject(), &why)
}
