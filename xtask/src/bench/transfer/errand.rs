//! One piece of work for one client, and what it must have left.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::load::Load;
use super::peers::Peer;
use super::server;
use crate::bench::bytes;
use crate::bench::door::Door;
use crate::bench::timed::{self, Timed};

/// What is carried, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    UpOne,
    DownOne,
    UpMany,
    DownMany,
}

impl Work {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UpOne => "one file up",
            Self::DownOne => "one file down",
            Self::UpMany => "many files up",
            Self::DownMany => "many files down",
        }
    }

    pub(super) fn is_one(self) -> bool {
        matches!(self, Self::UpOne | Self::DownOne)
    }

    pub(super) fn is_up(self) -> bool {
        matches!(self, Self::UpOne | Self::UpMany)
    }
}

/// What a client is told.
pub(super) struct Errand<'a> {
    pub(super) work: Work,
    /// `127.0.0.1:PORT`
    pub(super) authority: String,
    /// The container, and a token for it, which only curl takes: the others sign in by themselves.
    pub(super) door: &'a Door,
    pub(super) load: &'a Load,
    /// An empty folder for what comes down.
    pub(super) target: &'a Path,
    /// An empty folder for settings.
    pub(super) home: &'a Path,
    pub(super) ferry: &'a Path,
    pub(super) swift: &'a Path,
}

impl Errand<'_> {
    pub(super) fn run(&self, peer: &Peer) -> Result<Timed> {
        timed::run(&mut (peer.command)(self)?, self.home)
    }

    /// The name of the container.
    pub(super) fn container(&self) -> Result<&str> {
        let name = self.door.url.rsplit_once('/').map(|(_, name)| name);
        name.context("no container")
    }

    /// The name of the one file.
    pub(super) fn name(&self) -> Result<&str> {
        let (_, name) = self.load.named().next().context("there is no file")?;
        Ok(name)
    }

    /// Fails unless the bytes came where they belong.
    pub(super) fn check(&self, peer: &Peer) -> Result<()> {
        let mut digests = match self.work {
            Work::UpMany => {
                let rows = server::rows(self.door)?;
                rows.into_iter().map(|row| row.hash).collect()
            }
            Work::UpOne => vec![self.stored()?],
            // curl itself says when a body is short.
            Work::DownOne if peer.throws_away => return Ok(()),
            Work::DownOne | Work::DownMany => bytes::md5(files(self.target)?)?,
        };
        digests.sort_unstable();
        if digests != self.load.digests {
            bail!(
                "{} objects of {} arrived, or their bytes are others",
                digests.len(),
                self.load.digests.len()
            );
        }
        Ok(())
    }

    /// The MD5 of the one object: the listing knows it, but of one that was joined.
    fn stored(&self) -> Result<String> {
        let name = self.name()?;
        let rows = server::rows(self.door)?;
        let row = rows.into_iter().find(|row| row.name == name);
        let hash = row.context("no object of that name")?.hash;
        if self.load.digests.contains(&hash) {
            return Ok(hash);
        }
        server::md5(self.door, name)
    }
}

/// Every file in a folder and those in it.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
