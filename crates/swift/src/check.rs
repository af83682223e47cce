//! Whether an object is what was sent: asked where it lies.

use ferry_core::ids::ObjectName;

use crate::bucket::Bucket;
use crate::digest::Digests;
use crate::error::{Error, ErrorKind};
use crate::object::md5_of;
use crate::op::subject;

/// What lies under a name, measured by what was sent.
enum There {
    Nothing,
    /// What lay there before, untouched.
    Before,
    Ours(Digests),
    Other,
}

/// Checks a stored object: by the `ETag` of the answer where that is an MD5, else by its size and by reading it back. One
/// that differs is removed, and the error is [`ErrorKind::Damaged`].
pub(crate) async fn verify(
    bucket: &Bucket,
    name: &ObjectName,
    etag: Option<&str>,
    sent: &Digests,
) -> Result<(), Error> {
    let same = match md5_of(etag) {
        Some(md5) => md5 == sent.md5,
        None => match look(bucket, name, None, Some(sent)).await {
            Ok(there) => matches!(there, There::Ours(_)),
            Err(error) => {
                let unknown =
                    "whether it is whole could not be found out: look at it before it is used";
                return Err(error.and(unknown));
            }
        },
    };
    if same {
        return Ok(());
    }
    let why = "the bucket holds other bytes than were sent";
    let damaged = Error::new(ErrorKind::Damaged, bucket, &subject(name), why);
    Err(clear_away(bucket, name, damaged).await)
}

/// After an upload that failed, and may have been carried out all the same: what is there now? Gives `sent` where it is that.
/// What is there of it otherwise is removed, unless it lay there before (`before` is its `ETag`).
pub(crate) async fn settle(
    bucket: &Bucket,
    name: &ObjectName,
    before: Option<&str>,
    sent: Option<Digests>,
    lost: Error,
) -> Result<Digests, Error> {
    if !lost.maybe_done() {
        return Err(lost);
    }
    match look(bucket, name, before, sent.as_ref()).await {
        Ok(There::Ours(sent)) => Ok(sent),
        Ok(There::Nothing) => Err(lost.and("nothing was stored")),
        Ok(There::Before) => Err(lost.and("what lay there before is untouched")),
        // Refused because the name is taken: what is there is somebody else's.
        Ok(There::Other) if lost.kind() == ErrorKind::Precondition => Err(lost),
        Ok(There::Other) => Err(clear_away(bucket, name, lost).await),
        Err(_) => Err(lost.and(
            "whether it was stored, and whole, could not be found out: look at it before it is used",
        )),
    }
}

/// Reads back where nothing else tells.
async fn look(
    bucket: &Bucket,
    name: &ObjectName,
    before: Option<&str>,
    sent: Option<&Digests>,
) -> Result<There, Error> {
    let info = match bucket.head(name).await {
        Ok(info) => info,
        Err(error) if error.is_not_found() => return Ok(There::Nothing),
        Err(error) => return Err(error),
    };
    if let Some(sent) = sent.filter(|sent| sent.bytes == info.bytes)
        && holds(bucket, name, info.etag.as_deref(), sent).await?
    {
        return Ok(There::Ours(sent.clone()));
    }
    let untouched = before.is_some() && info.etag.as_deref() == before;
    Ok(if untouched {
        There::Before
    } else {
        There::Other
    })
}

/// Whether an object of the right size has the right content: by its `ETag`, or read back where that does not prove it.
pub(crate) async fn holds(
    bucket: &Bucket,
    name: &ObjectName,
    etag: Option<&str>,
    sent: &Digests,
) -> Result<bool, Error> {
    if md5_of(etag).is_some_and(|md5| md5 == sent.md5) {
        return Ok(true);
    }
    let mut read = bucket.get(name, etag).await?;
    while read.chunk().await?.is_some() {}
    match read.finish() {
        Ok(there) => Ok(there.sha256 == sent.sha256),
        Err(error) if error.kind() == ErrorKind::Damaged => Ok(false),
        Err(error) => Err(error),
    }
}

/// Removes what is not what it should be; the error says what became of it.
pub(crate) async fn clear_away(bucket: &Bucket, name: &ObjectName, why: Error) -> Error {
    match bucket.delete(name).await {
        Ok(()) => why.and("it was removed"),
        Err(_) => why.and("it could not be removed: do so before it is used"),
    }
}
