//! The transfers: from the bucket, into it, from bucket to bucket, and what else a command does with objects.

use fastrand::Rng;
use ferry_core::ids::ObjectName;
use ferry_swift::{Bucket, Digests, Error, Lanes, Source, copy, fetch, remove, store};
use futures_util::StreamExt as _;
use futures_util::stream;

use crate::scene::Scene;

/// A transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transfer {
    /// An object into a file.
    Fetch,
    /// An object as one stream.
    Read,
    /// Bytes in memory.
    StoreBytes,
    /// A file.
    StoreFile,
    /// A file, in segments where they work.
    StoreSegments,
    /// Bytes that come once, and whether it is known how many.
    StoreStream { sized: bool },
    /// From bucket to bucket.
    Copy,
    /// An object goes.
    Remove,
    /// The names of all objects.
    List,
}

/// What came of a transfer that succeeded.
#[derive(Debug)]
pub(crate) enum Came {
    /// A file, of which this is said.
    File(Digests),
    Bytes(Vec<u8>),
    /// An object of so many bytes, and their SHA-256 where they were seen.
    Object(u64, Option<String>),
    Nothing,
    Names(Vec<String>),
}

impl Transfer {
    pub(crate) fn draw(rng: &mut Rng) -> Self {
        match rng.u8(..20) {
            0..4 => Self::Fetch,
            4 => Self::Read,
            5..7 => Self::StoreBytes,
            7..9 => Self::StoreFile,
            9..11 => Self::StoreStream { sized: rng.bool() },
            11..14 => Self::Copy,
            14 => Self::Remove,
            15..19 => Self::StoreSegments,
            _ => Self::List,
        }
    }

    /// Whether an object is to be there after it.
    pub(crate) fn stores(self) -> bool {
        match self {
            Self::StoreBytes
            | Self::StoreFile
            | Self::StoreSegments
            | Self::StoreStream { .. }
            | Self::Copy => true,
            Self::Fetch | Self::Read | Self::Remove | Self::List => false,
        }
    }

    pub(crate) async fn carry_out(self, scene: &Scene) -> Result<Came, Error> {
        let bucket = scene.start();
        let (name, how) = (&scene.name, &scene.how);
        let lanes = Lanes::default();
        let tell = scene.tell();
        match self {
            Self::Fetch => {
                let fetched = fetch(&bucket, name, &scene.target(), &lanes, &tell).await?;
                Ok(Came::File(fetched.digests))
            }
            Self::Read => read(&bucket, name).await.map(Came::Bytes),
            Self::StoreBytes => put(&bucket, scene, Source::Bytes(scene.content.clone())).await,
            Self::StoreFile | Self::StoreSegments => {
                put(&bucket, scene, Source::File(scene.original())).await
            }
            Self::StoreStream { sized } => {
                let content = &scene.content;
                let pieces = content.chunks(50_000).map(|it| Ok(content.slice_ref(it)));
                let pieces: Vec<_> = pieces.collect();
                let source = Source::Stream {
                    stream: stream::iter(pieces).boxed(),
                    len: sized.then_some(content.len() as u64),
                };
                put(&bucket, scene, source).await
            }
            Self::Copy => {
                let copied = copy(&bucket, name, &scene.end(), name, how, &tell).await?;
                Ok(Came::Object(copied.bytes, copied.sha256))
            }
            Self::Remove => remove(&bucket, name).await.map(|()| Came::Nothing),
            Self::List => {
                let listed = bucket.list(None).await?;
                let names = listed.into_iter().map(|listed| listed.name);
                Ok(Came::Names(names.collect()))
            }
        }
    }
}

async fn put(bucket: &Bucket, scene: &Scene, source: Source) -> Result<Came, Error> {
    let (lanes, tell, how) = (Lanes::default(), scene.tell(), &scene.how);
    let stored = store(bucket, &scene.name, source, how, &lanes, &tell).await?;
    Ok(Came::Object(stored.bytes, Some(stored.sha256)))
}

/// A whole object.
pub(crate) async fn read(bucket: &Bucket, name: &ObjectName) -> Result<Vec<u8>, Error> {
    let mut download = bucket.get(name, None).await?;
    let mut all = Vec::new();
    while let Some(chunk) = download.chunk().await? {
        all.extend_from_slice(&chunk);
    }
    download.finish()?;
    Ok(all)
}
