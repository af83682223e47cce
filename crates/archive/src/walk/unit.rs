//! One unit of work: a group of entries is read, and what it is decided.

use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::container::{self, Container, Outermost};
use super::group::{Group, Path, Shape, groups};
use super::report::Key;
use super::{Each, Wanted};
use crate::artifact::File;
use crate::content;
use crate::entry_names::shown;
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::kind::{self, Found};
use crate::limits::Budget;
use crate::opening::is_zip;
use crate::reader::Unpacker;
use crate::source::Source;
use crate::structure::directory::Kind;

/// Bytes of one file that are kept in memory; the largest real one has 4.6 MB.
const KEPT_FILE: u64 = 16 * 1024 * 1024;
/// Bytes of all files of one artifact that are kept in memory.
const KEPT_ARTIFACT: u64 = 64 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) key: Key,
    what: What,
}

#[derive(Debug)]
enum What {
    Group(Arc<Container>, Group),
    /// The whole file, which is no zip but seems to be this.
    File(u64, String),
}

/// The units of a container.
pub(crate) fn of(outermost: Outermost, key: &Key) -> Vec<Unit> {
    match outermost {
        Outermost::Zip(container) => of_container(container, key),
        Outermost::File(bytes, seems) => vec![Unit {
            key: key.clone(),
            what: What::File(bytes, seems),
        }],
        Outermost::Nothing => Vec::new(),
    }
}

fn of_container(container: Container, key: &Key) -> Vec<Unit> {
    let paths: Vec<Path<'_>> = container
        .entries
        .iter()
        .map(|located| Path {
            text: &located.path,
            file: located.entry.kind == Kind::File,
        })
        .collect();
    let groups = groups(&paths);
    let container = Arc::new(container);
    let numbered = (0_u32..).zip(groups);
    numbered
        .map(|(number, group)| Unit {
            key: key.iter().copied().chain([number]).collect(),
            what: What::Group(Arc::clone(&container), group),
        })
        .collect()
}

impl Unit {
    pub(crate) fn place(&self) -> String {
        match &self.what {
            What::Group(container, group) => container.inside(&group.root),
            What::File(..) => String::new(),
        }
    }
}

/// What an entry unpacks to.
#[derive(Debug)]
enum Content {
    Zip(Vec<u8>),
    File(File),
}

/// What came of a unit.
#[derive(Debug)]
pub(crate) struct Done<T> {
    pub(crate) results: Vec<T>,
    pub(crate) more: Vec<Unit>,
}

/// One thread's tools.
pub(crate) struct Worker<'a, T> {
    budget: &'a Budget<'a>,
    wanted: &'a Wanted,
    each: &'a Each<'a, T>,
    unpacker: Unpacker,
}

impl<'a, T> Worker<'a, T> {
    pub(crate) fn new(budget: &'a Budget<'a>, wanted: &'a Wanted, each: &'a Each<'a, T>) -> Self {
        Self {
            budget,
            wanted,
            each,
            unpacker: Unpacker::new(),
        }
    }

    pub(crate) fn work<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        unit: &Unit,
        findings: &mut Findings,
    ) -> Result<Done<T>, Error> {
        match &unit.what {
            What::File(bytes, seems) => self.whole(source, *bytes, seems, findings),
            What::Group(container, group) => match container.source()? {
                Some(mut inner) => self.group(&mut inner, container, group, &unit.key, findings),
                None => self.group(source, container, group, &unit.key, findings),
            },
        }
    }

    /// A file that is no zip: an artifact by itself, or opaque, or no export at all.
    fn whole<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        len: u64,
        seems: &str,
        findings: &mut Findings,
    ) -> Result<Done<T>, Error> {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let bytes = source.bytes(0, len)?.unwrap_or_default();
        let answer = kind::stands_alone(&bytes);
        if answer == kind::Alone::Nothing {
            findings.error(seems);
        } else if answer == kind::Alone::Opaque {
            findings.warning(format!("opaque: {seems}"));
        }
        let found = Found {
            shape: Shape::Single,
            place: String::new(),
            files: BTreeMap::from([(String::new(), File::kept(bytes))]),
            beside: None,
        };
        Ok(Done {
            results: self.results(found, findings),
            more: Vec::new(),
        })
    }

    fn group<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        container: &Container,
        group: &Group,
        key: &Key,
        findings: &mut Findings,
    ) -> Result<Done<T>, Error> {
        let mut more = Vec::new();
        let mut files = BTreeMap::new();
        let mut room = KEPT_ARTIFACT;
        let mut members: Vec<_> = group
            .members
            .iter()
            .filter_map(|number| container.entries.get(*number))
            .collect();
        // What is kept must not depend on the order of the entries.
        members.sort_by(|a, b| a.path.cmp(&b.path));
        for located in members {
            let declared = located.entry.unpacked;
            let path = relative(&located.path, group);
            if !self.wanted.reads(group.shape, path) {
                if group.shape != Shape::Junk {
                    files.insert(path.to_owned(), File::Unread { bytes: declared });
                }
                continue;
            }
            let keep = group.shape != Shape::Junk && declared <= KEPT_FILE.min(room);
            let Some(content) = self.entry(source, container, located, keep, findings)? else {
                continue;
            };
            if group.shape == Shape::Junk {
                continue;
            }
            if keep {
                room = room.saturating_sub(declared);
            }
            match content {
                Content::Zip(bytes) => {
                    let place = container.inside(&located.path);
                    let depth = container.depth + 1;
                    let opened = container::nested(bytes, place, depth, self.budget, findings)?;
                    let Some(opened) = opened else { continue };
                    if group.shape == Shape::Single {
                        more = of_container(opened, key);
                    } else {
                        self.unfold(&opened, path, &mut room, &mut files, findings)?;
                    }
                }
                Content::File(file) => drop(files.insert(path.to_owned(), file)),
            }
        }
        more.retain(|unit| self.wanted.takes(&unit.place()));
        more.reverse();
        let mut results = Vec::new();
        if !files.is_empty() {
            let found = Found {
                shape: group.shape,
                place: container.inside(&group.root),
                files,
                beside: group.beside.clone(),
            };
            results = self.results(found, findings);
        }
        Ok(Done { results, more })
    }

    fn results(&self, found: Found, findings: &mut Findings) -> Vec<T> {
        let artifacts = kind::artifacts(found);
        artifacts
            .into_iter()
            .filter_map(|artifact| (self.each)(artifact, findings))
            .collect()
    }

    /// The files of a zip that belongs to an artifact, and of the zips in it.
    fn unfold(
        &mut self,
        container: &Container,
        path: &str,
        room: &mut u64,
        files: &mut BTreeMap<String, File>,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let Some(mut source) = container.source()? else {
            return Ok(());
        };
        let mut entries: Vec<_> = container.entries.iter().collect();
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        for located in entries {
            let keep = located.entry.unpacked <= KEPT_FILE.min(*room);
            let content = self.entry(&mut source, container, located, keep, findings)?;
            let Some(content) = content else {
                continue;
            };
            if located.entry.kind != Kind::File || super::group::is_mac_junk(&located.path) {
                continue;
            }
            if keep {
                *room = room.saturating_sub(located.entry.unpacked);
            }
            let inner = format!("{path}!{}", located.path);
            match content {
                Content::Zip(bytes) => {
                    let place = container.inside(&located.path);
                    let depth = container.depth + 1;
                    let opened = container::nested(bytes, place, depth, self.budget, findings)?;
                    if let Some(opened) = opened {
                        self.unfold(&opened, &inner, room, files, findings)?;
                    }
                }
                Content::File(file) => drop(files.insert(inner, file)),
            }
        }
        Ok(())
    }

    /// Unpacks one entry. A zip is always kept.
    fn entry<R: Read + Seek>(
        &mut self,
        source: &mut Source<R>,
        container: &Container,
        located: &container::Located,
        keep: bool,
        findings: &mut Findings,
    ) -> Result<Option<Content>, Error> {
        let Some(data) = located.data else {
            return Ok(None);
        };
        let entry = &located.entry;
        let place = || shown(container.inside(&located.path).as_bytes());
        let mut kept = Vec::new();
        if keep {
            kept.reserve_exact(usize::try_from(entry.unpacked).unwrap_or_default());
        }
        let mut sum = Sha256::new();
        let mut keeps = keep;
        let mut zip = false;
        let mut length = 0;
        let limit = self.budget.limits().nested_bytes;
        let budget = self.budget;
        let mut spend = |produced: u64, piece: &[u8]| {
            budget.spend(&place, entry.packed, produced, piece.len() as u64)?;
            if length == 0 && is_zip(piece) {
                zip = true;
                keeps = true;
            }
            length = produced;
            if zip && produced > limit {
                let place = place();
                return Err(Inner::Nested { place, limit }.into());
            }
            if keeps {
                kept.extend_from_slice(piece);
            } else {
                sum.update(piece);
            }
            Ok(())
        };
        let flaw = content::unpack(source, entry, data, &mut self.unpacker, &mut spend)?;
        if let Some(flaw) = flaw {
            findings.entry_error(&place(), flaw);
        }
        Ok(Some(match (zip || is_zip(&kept), keeps) {
            (true, _) => Content::Zip(kept),
            (false, true) => Content::File(File::kept(kept)),
            (false, false) => Content::File(File::Digest {
                bytes: length,
                sha256: sum.finalize().into(),
            }),
        }))
    }
}

/// The path of a file inside its artifact.
fn relative<'a>(path: &'a str, group: &Group) -> &'a str {
    if group.shape == Shape::Single {
        return path.rsplit('/').next().unwrap_or(path);
    }
    match path.strip_prefix(group.root.as_str()) {
        Some(inner) => inner.trim_start_matches('/'),
        // Keywords of lookups lie beside their integration.
        None => path
            .find("keywords/")
            .and_then(|at| path.get(at..))
            .unwrap_or(path),
    }
}
