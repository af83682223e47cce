//! Whether a file is what a large object holds: its segments tell, where its `ETag` does not.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ferry_core::ids::ObjectName;
use http::Method;
use md5::{Digest as _, Md5};
use serde::Deserialize;

use crate::aside::aside;
use crate::bucket::Bucket;
use crate::call::Call;
use crate::digest::{Digests, Hasher, hex};
use crate::error::{Error, Subject};
use crate::object::{Large, md5_of};

/// A list of a thousand segments, each with a name of at most 1024 bytes, or 8 MiB as it was sent.
const LONGEST: usize = 16 << 20;

const PIECE: usize = 256 << 10;

/// One of the segments: how long it is, and its MD5.
type Part = (u64, String);

/// A row of a list of segments, as upstream gives it.
#[derive(Deserialize)]
struct Row {
    bytes: Option<u64>,
    hash: Option<String>,
    /// A part of an object, of which the MD5 is not told.
    range: Option<serde_json::Value>,
    /// A list itself.
    #[serde(default)]
    sub_slo: bool,
}

/// Compares a file with an object that is made of segments, by the MD5 of each. The digests of the file where they are the
/// same; `None` where they are not, where the object is a plain one, and where nothing tells.
pub async fn same_by_segments(
    bucket: &Bucket,
    name: &ObjectName,
    file: &Path,
) -> Result<Option<Digests>, Error> {
    let (_, tags) = bucket.look(name).await?;
    let parts = match tags.large {
        None => None,
        Some(Large::Static) => listed(bucket, name).await?,
        Some(Large::Dynamic(prefix)) => named(bucket, &prefix).await?,
    };
    let Some(parts) = parts else {
        return Ok(None);
    };
    let path = PathBuf::from(file);
    let compared = aside(move || compare(&path, &parts)).await;
    compared.map_err(|error| {
        let why = format!("{} cannot be read", file.display());
        Error::local(error, bucket, &subject(name), &why)
    })
}

fn subject(name: &ObjectName) -> Subject<'_> {
    Subject {
        doing: "looking at the segments of",
        object: Some(name),
    }
}

async fn listed(bucket: &Bucket, name: &ObjectName) -> Result<Option<Vec<Part>>, Error> {
    let call = Call::of(Method::GET, name).query("multipart-manifest=get");
    let subject = subject(name);
    let answer = bucket.send(call, &subject).await?;
    let rows: Vec<Row> = answer
        .json(LONGEST)
        .await
        .map_err(|error| Error::http(error, bucket, &subject))?;
    let part = |row: Row| match row {
        Row {
            bytes: Some(bytes),
            hash: Some(hash),
            range: None,
            sub_slo: false,
        } => Some((bytes, md5_of(Some(&hash))?)),
        _ => None,
    };
    Ok(rows.into_iter().map(part).collect())
}

/// Of segments in the same bucket.
async fn named(bucket: &Bucket, prefix: &str) -> Result<Option<Vec<Part>>, Error> {
    let own = format!("{}/", bucket.url().bucket());
    let Some(prefix) = prefix.strip_prefix(&own) else {
        return Ok(None);
    };
    let all = bucket.list(Some(prefix)).await?.into_iter();
    Ok(all
        .map(|segment| Some((segment.bytes, md5_of(segment.etag.as_deref())?)))
        .collect())
}

fn compare(path: &Path, parts: &[Part]) -> io::Result<Option<Digests>> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != parts.iter().map(|(bytes, _)| bytes).sum::<u64>() {
        return Ok(None);
    }
    let (mut whole, mut part) = (Hasher::default(), Md5::new());
    let mut piece = Vec::with_capacity(PIECE);
    for (bytes, md5) in parts {
        let mut left = *bytes;
        while left > 0 {
            piece.clear();
            let read = (&mut file)
                .take(left.min(PIECE as u64))
                .read_to_end(&mut piece)?;
            if read == 0 {
                return Ok(None);
            }
            whole.update(&piece);
            part.update(&piece);
            left -= read as u64;
        }
        if hex(&part.finalize_reset()) != *md5 {
            return Ok(None);
        }
    }
    Ok(Some(whole.finish()))
}
