//! One zip: its entries, and where their data lie.

use std::io::{Cursor, Read, Seek};
use std::sync::Arc;

use super::group::is_mac_junk;
use crate::entry_names::{judge, shown, text};
use crate::error::{Error, Inner};
use crate::findings::Findings;
use crate::integrity;
use crate::limits::Budget;
use crate::opening::{self, Opening};
use crate::source::Source;
use crate::structure::directory::Entry;
use crate::structure::spans::Spans;

/// The bytes of a zip that lies inside another.
#[derive(Debug, Clone)]
pub(crate) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A zip, or the one file that is none.
#[derive(Debug)]
pub(crate) struct Container {
    /// Its place; empty for the outermost.
    pub(crate) place: String,
    /// How many zips deep it lies; 1 for the outermost.
    pub(crate) depth: u64,
    /// `None` for the file that was opened.
    pub(crate) bytes: Option<Bytes>,
    pub(crate) entries: Vec<Located>,
}

/// An entry, its path as text, and where its data begin if they can be read.
#[derive(Debug)]
pub(crate) struct Located {
    pub(crate) path: String,
    pub(crate) entry: Entry,
    pub(crate) data: Option<u64>,
}

impl Container {
    /// The place of something inside.
    pub(crate) fn inside(&self, path: &str) -> String {
        match (self.place.as_str(), path) {
            ("", path) => path.to_owned(),
            (place, "") => place.to_owned(),
            (place, path) => format!("{place}!{path}"),
        }
    }

    /// A reader of its bytes, where they are in memory.
    pub(crate) fn source(&self) -> Result<Option<Source<Cursor<Bytes>>>, Error> {
        self.bytes
            .clone()
            .map(|bytes| Source::new(Cursor::new(bytes)))
            .transpose()
    }
}

/// What the whole file is.
#[derive(Debug)]
pub(crate) enum Outermost {
    Zip(Container),
    /// One file that is not a zip, of so many bytes, and what it seems to be.
    File(u64, String),
    /// A zip without a readable directory; findings say why.
    Nothing,
}

/// Opens the file itself.
pub(crate) fn outermost<R: Read + Seek>(
    source: &mut Source<R>,
    budget: &Budget<'_>,
    findings: &mut Findings,
) -> Result<Outermost, Error> {
    if let Opening::Other(what) = opening::look(source)? {
        let limits = budget.limits();
        // A zip with something before it is still read as one.
        let mut unheard = Findings::default();
        let found = crate::structure::end::find(source, limits, &mut unheard)?;
        if !matches!(found, crate::structure::end::Search::Found(_)) {
            if source.len() > limits.entry_bytes {
                let limit = limits.entry_bytes;
                let entry = "the file".to_owned();
                return Err(Inner::Entry { entry, limit }.into());
            }
            return Ok(Outermost::File(source.len(), what));
        }
    }
    let entries = entries(source, "", 1, budget, findings)?;
    Ok(match entries {
        Some(entries) => Outermost::Zip(Container {
            place: String::new(),
            depth: 1,
            bytes: None,
            entries,
        }),
        None => Outermost::Nothing,
    })
}

/// Opens a zip that lies inside another.
pub(crate) fn nested(
    bytes: Vec<u8>,
    place: String,
    depth: u64,
    budget: &Budget<'_>,
    findings: &mut Findings,
) -> Result<Option<Container>, Error> {
    let bytes = Bytes(Arc::new(bytes));
    let mut source = Source::new(Cursor::new(bytes.clone()))?;
    let entries = entries(&mut source, &place, depth, budget, findings)?;
    Ok(entries.map(|entries| Container {
        place,
        depth,
        bytes: Some(bytes),
        entries,
    }))
}

fn entries<R: Read + Seek>(
    source: &mut Source<R>,
    place: &str,
    depth: u64,
    budget: &Budget<'_>,
    findings: &mut Findings,
) -> Result<Option<Vec<Located>>, Error> {
    let shown_place = shown(place.as_bytes());
    budget.open(&shown_place, depth)?;
    let mut own = Findings::default();
    let opened = integrity::open(source, budget.limits(), &mut own)?;
    let mut located = None;
    if let Some((end, entries)) = opened {
        budget.list(entries.len() as u64)?;
        judge(&entries, &mut own);
        let mut all = Vec::with_capacity(entries.len());
        let mut spans = Spans::new(end, entries);
        while let Some((entry, data)) = spans.next(source, &mut own)? {
            let path = text(&entry.name);
            all.push(Located { path, entry, data });
        }
        let junk = all
            .iter()
            .filter(|located| is_mac_junk(&located.path))
            .count();
        if junk > 0 {
            own.warning(format!("{junk} entries that a Mac left behind are ignored"));
        }
        located = Some(all);
    }
    findings.append(own.at(&shown_place));
    Ok(located)
}
