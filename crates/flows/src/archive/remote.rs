//! An object of a bucket as a file, of which only what is wanted is read.

use std::collections::VecDeque;
use std::io::{self, Read, Seek, SeekFrom};

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_swift::Stretches;
use tokio::runtime::Handle;

use crate::bucket::NamedBucket;
use crate::{Context, Failure};

/// What is asked for at once at least.
const BLOCK: u64 = 64 * 1024;
/// Blocks that are kept: the ends of an archive are looked at more than once.
const KEPT: usize = 16;

/// A reader for a thread that may wait; the requests are made on the runtime that made it.
#[derive(Debug)]
pub struct Remote {
    context: Context,
    stretches: Stretches,
    handle: Handle,
    at: u64,
    /// Stretches by where they begin, the newest last.
    kept: VecDeque<(u64, Bytes)>,
    read: u64,
    requests: u64,
}

impl Remote {
    /// Looks at an object; one that is not there is exit 1.
    pub async fn open(
        context: &Context,
        bucket: &NamedBucket,
        name: &ObjectName,
    ) -> Result<Self, Failure> {
        let seen = context
            .unless_stopped(bucket.bucket.stretches(name))
            .await?;
        let stretches = seen.map_err(|error| {
            Failure::bucket(error, format!("cannot read {}/{name}", bucket.environment))
        })?;
        Ok(Self {
            context: context.clone(),
            stretches,
            handle: Handle::current(),
            at: 0,
            kept: VecDeque::new(),
            read: 0,
            requests: 0,
        })
    }

    /// The object's size.
    pub fn size(&self) -> u64 {
        self.stretches.bytes()
    }

    /// Bytes that were read over the wire, and by how many requests.
    pub fn cost(&self) -> (u64, u64) {
        (self.read, self.requests)
    }

    fn fetch(&mut self, wanted: u64) -> io::Result<()> {
        let from = self.at - self.at % BLOCK;
        let end = (self.at + wanted).next_multiple_of(BLOCK);
        let reading = self.stretches.read(from, end);
        let bytes = self
            .handle
            .block_on(self.context.unless_stopped(reading))
            .map_err(io::Error::other)?
            .map_err(io::Error::other)?;
        self.read += bytes.len() as u64;
        self.requests += 1;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((from, bytes));
        Ok(())
    }

    fn copy_kept(&self, buf: &mut [u8]) -> usize {
        let found = self.kept.iter().rev().find_map(|(from, bytes)| {
            let inner = usize::try_from(self.at.checked_sub(*from)?).ok()?;
            bytes.get(inner..).filter(|rest| !rest.is_empty())
        });
        let rest = found.unwrap_or_default();
        let count = rest.len().min(buf.len());
        if let (Some(to), Some(from)) = (buf.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        count
    }
}

impl Read for Remote {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if buf.is_empty() || self.at >= self.size() {
            return Ok(0);
        }
        let mut count = self.copy_kept(buf);
        if count == 0 {
            self.fetch(buf.len() as u64)?;
            count = self.copy_kept(buf);
        }
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Remote {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.size().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
