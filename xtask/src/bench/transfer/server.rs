//! The servers: started for the bench alone, and asked by curl what a client left.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::figures::Place;
use super::load::Load;
use super::{MEMORY, UPSTREAM, curl};
use crate::bench::bytes;
use crate::bench::door::Door;
use crate::bench::timed;
use crate::emulator::Running;
use crate::interop::Genuine;
use crate::run;

/// What an answer of a listing tells of an object.
pub(super) struct Row {
    pub(super) name: String,
    /// An MD5, but of an object that was joined.
    pub(super) hash: String,
}

/// A server that runs.
pub(super) struct Server {
    place: Place,
    kind: Kind,
    ferry: PathBuf,
    /// What the emulator keeps is below.
    disk: PathBuf,
    /// How many containers were made.
    made: usize,
}

enum Kind {
    Genuine(Genuine),
    Emulator(Running),
}

impl Server {
    pub(super) fn start(place: Place, ferry: &Path, interop: &Path, folder: &Path) -> Result<Self> {
        let disk = folder.join("emulator");
        let kind = match place {
            Place::Genuine | Place::Large => Kind::Genuine(Genuine::start(interop)?),
            Place::Emulator | Place::LongLine => Kind::Emulator(emulator(ferry, &disk)?),
        };
        if let Kind::Genuine(genuine) = &kind
            && !genuine.store().starts_with(MEMORY)
        {
            println!(
                "note: Swift keeps its objects in {}",
                genuine.store().display()
            );
        }
        Ok(Self {
            place,
            kind,
            ferry: ferry.to_owned(),
            disk,
            made: 0,
        })
    }

    /// Takes a new emulator in place of the old one: contents that the old one knows must not spare it work.
    pub(super) fn renew(&mut self) -> Result<()> {
        if let Kind::Emulator(running) = &mut self.kind {
            *running = emulator(&self.ferry, &self.disk)?;
        }
        Ok(())
    }

    pub(super) fn place(&self) -> Place {
        self.place
    }

    pub(super) fn emulator(&self) -> Result<&Running> {
        match &self.kind {
            Kind::Emulator(running) => Ok(running),
            Kind::Genuine(_) => bail!("a genuine Swift is no emulator"),
        }
    }

    /// `127.0.0.1:PORT`
    pub(super) fn authority(&self) -> String {
        match &self.kind {
            Kind::Genuine(genuine) => genuine.authority(),
            Kind::Emulator(running) => running.authority().to_owned(),
        }
    }

    /// How many requests came so far, where that is told.
    pub(super) fn requests(&self) -> Result<Option<u64>> {
        let Kind::Emulator(running) = &self.kind else {
            return Ok(None);
        };
        let health = running.ask("GET", "/_ferry/health", "", "")?;
        Ok(health.get("requests").and_then(Value::as_u64))
    }

    /// A container that is empty.
    pub(super) fn container(&mut self) -> Result<Door> {
        self.made += 1;
        Door::token(&self.authority(), &format!("bench-{:03}", self.made))
    }

    /// A container with a load in it, each file a plain object.
    pub(super) fn lay(&mut self, load: &Load) -> Result<Door> {
        let door = self.container()?;
        let home = self.disk.with_file_name("laying");
        fs::create_dir_all(&home)?;
        let mut curl = timed::program("curl", &home)?;
        curl::many_up(&mut curl, &door, &home, load)?;
        timed::run(&mut curl, &home)?;
        let mut hashes: Vec<String> = rows(&door)?.into_iter().map(|row| row.hash).collect();
        hashes.sort_unstable();
        if hashes != load.digests {
            bail!("the objects to be fetched are not those that were laid");
        }
        Ok(door)
    }

    /// Removes what a client put into a container, and into those that it made for segments of it.
    pub(super) fn empty(&self, door: &Door) -> Result<()> {
        // A new emulator has nothing of it.
        if let Kind::Emulator(_) = self.kind {
            return Ok(());
        }
        let (account, container) = door.url.rsplit_once('/').context("no container")?;
        let account = Door {
            url: account.to_owned(),
            header: door.header.clone(),
        };
        for made in listing(&account)? {
            let made = text(&made, "name")?;
            if made.starts_with(container) {
                let door = Door {
                    url: account.object(made),
                    header: door.header.clone(),
                };
                curl::delete(&door, &rows(&door)?, &self.disk.with_file_name("emptying"))?;
            }
        }
        Ok(())
    }
}

fn emulator(ferry: &Path, disk: &Path) -> Result<Running> {
    if disk.exists() {
        fs::remove_dir_all(disk)?;
    }
    fs::create_dir_all(disk)?;
    Running::start_on(disk, ferry, &UPSTREAM)
}

/// The objects of a container, which are fewer than a page has.
pub(super) fn rows(door: &Door) -> Result<Vec<Row>> {
    let rows = listing(door)?;
    rows.iter()
        .map(|row| {
            Ok(Row {
                name: text(row, "name")?.to_owned(),
                hash: text(row, "hash")?.to_owned(),
            })
        })
        .collect()
}

fn listing(door: &Door) -> Result<Vec<Value>> {
    let told = run::output(&mut door.curl("?format=json"))?;
    serde_json::from_str(&told).context("a listing of JSON")
}

fn text<'a>(row: &'a Value, field: &str) -> Result<&'a str> {
    let text = row.get(field).and_then(Value::as_str);
    text.with_context(|| format!("a row without {field}"))
}

/// The MD5 of an object's bytes, as they come.
pub(super) fn md5(door: &Door, name: &str) -> Result<String> {
    let mut curl = door
        .curl(&format!("/{name}"))
        .stdout(Stdio::piped())
        .spawn()?;
    let bytes = curl.stdout.take().context("curl has no output")?;
    let told = Command::new("md5sum").stdin(bytes).output()?;
    if !curl.wait()?.success() {
        bail!("{name} can not be read");
    }
    bytes::digest(&String::from_utf8_lossy(&told.stdout))
}
