//! Reading one object to a stream, such as stdout.

use std::io::Write;

use ferry_core::exit::Exit;
use ferry_core::ids::ObjectName;
use ferry_swift::Digests;

use super::NamedBucket;
use super::local::blocking;
use crate::{Context, Failure};

/// What to do about an output that takes no more.
const GONE: &str = "what was written is not whole: see that there is room where the output goes, then repeat the command";

/// Reads one object to a stream, in order. Damage is told at the end: what was written cannot be taken back.
pub async fn read_out(
    context: &Context,
    bucket: &NamedBucket,
    name: &ObjectName,
    mut out: impl Write + Send + 'static,
) -> Result<Digests, Failure> {
    let failed = |error| Failure::bucket(error, format!("cannot read {name}"));
    let mut download = context
        .unless_stopped(bucket.bucket.get(name, None))
        .await?
        .map_err(failed)?;
    while let Some(piece) = context
        .unless_stopped(download.chunk())
        .await?
        .map_err(failed)?
    {
        let written = blocking(move || out.write_all(&piece).map(|()| out)).await;
        out = written.map_err(|error| {
            Failure::new(
                Exit::Disk,
                format!("the rest of {name} could not be written to the output"),
            )
            .because(error)
            .next(GONE)
        })?;
    }
    let digests = download.finish().map_err(failed)?;
    blocking(move || out.flush()).await.map_err(|error| {
        let what = format!("{name} could not be written to the output");
        Failure::new(Exit::Disk, what).because(error).next(GONE)
    })?;
    Ok(digests)
}
