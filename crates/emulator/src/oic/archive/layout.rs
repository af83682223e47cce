//! Where the bytes of an artifact lie in an archive, as the switch `archive-layout` says.
//!
//! - nested: a file of its own, under its path;
//! - flat: a file of its own, all of them in one folder;
//! - expanded: what is a zip is unpacked into a folder of its path. A zip cannot be made again byte for byte from its
//!   files, so its own bytes lie under `originals/`, too, and those are what comes in again; the folders are for show;
//! - opaque: a zip of one entry that only the emulator can read, with a nested archive inside.

use std::collections::BTreeSet;
use std::io::{self, Write};

use crate::artifact::Unreadable;
use crate::artifact::zip::{self, Reader, Writer};
use crate::blobs::Opened;
use crate::options::ArchiveLayout;

/// The one entry of an opaque archive.
pub(super) const SEALED: &str = "content.bin";

/// How the content of that entry begins; the rest is masked, so that nothing in it looks like a zip.
const HEAD: &[u8] = b"ferry-emulator opaque 1\n";

const MASK: u8 = 0xa5;

/// The layout of an archive that is being written.
pub(super) struct Layout {
    form: ArchiveLayout,
    taken: BTreeSet<String>,
}

impl Layout {
    pub(super) fn new(form: ArchiveLayout) -> Self {
        Self {
            form,
            taken: BTreeSet::new(),
        }
    }

    /// Writes one artifact or connection, and tells the entry that holds its bytes.
    pub(super) fn put<W: Write>(
        &mut self,
        to: &mut Writer<W>,
        path: &str,
        sha256: &str,
        bytes: &[u8],
    ) -> Result<String, Unreadable> {
        let name = match self.form {
            ArchiveLayout::Nested | ArchiveLayout::Opaque => path.to_owned(),
            ArchiveLayout::Flat => self.free(&path.replace('/', "-")),
            ArchiveLayout::Expanded => match zip::read(bytes) {
                Ok(entries) if zip::is_zip(bytes) => {
                    // A name that leads elsewhere is not for anybody's disk.
                    let harmless = |name: &str| !name.split(['/', '\\']).any(|s| s == "..");
                    for (name, content) in entries.iter().filter(|(name, _)| harmless(name)) {
                        let name = self.free(&format!("{path}/{}", name.trim_start_matches('/')));
                        put(to, &name, content)?;
                    }
                    let original = format!("originals/{sha256}");
                    if !self.taken.insert(original.clone()) {
                        return Ok(original);
                    }
                    original
                }
                _ => self.free(path),
            },
        };
        put(to, &name, bytes)?;
        Ok(name)
    }

    /// A name that no entry has.
    fn free(&mut self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        let mut nth = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{nth}-{wanted}");
            nth += 1;
        }
        name
    }
}

fn put<W: Write>(to: &mut Writer<W>, name: &str, bytes: &[u8]) -> Result<(), Unreadable> {
    to.begin(name)?;
    to.write_all(bytes)
        .map_err(|e| Unreadable::from_error(name, &e))
}

/// Masks what is written through it.
pub(super) struct Sealing<W>(W);

impl<W: Write> Sealing<W> {
    pub(super) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(HEAD)?;
        Ok(Self(to))
    }

    pub(super) fn into_inner(self) -> W {
        self.0
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let masked: Vec<u8> = bytes.iter().map(|b| b ^ MASK).collect();
        self.0.write_all(&masked)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The archive inside an opaque one. None: the entry is somebody else's.
pub(super) fn unsealed(from: &mut Reader<Opened>) -> Result<Option<Reader<Opened>>, Unreadable> {
    let failed = |e: io::Error| Unreadable::from_error(SEALED, &e);
    let mut file = tempfile::tempfile().map_err(failed)?;
    let mut out = io::BufWriter::new(Unsealing {
        to: &mut file,
        head: Vec::new(),
    });
    from.copy(SEALED, &mut out)?;
    let unsealing = out.into_inner().map_err(|e| failed(e.into_error()))?;
    if unsealing.head != HEAD {
        return Ok(None);
    }
    Reader::new(Opened::of_file(file).map_err(failed)?).map(Some)
}

/// Takes the head off, and the mask from the rest.
struct Unsealing<W> {
    to: W,
    head: Vec<u8>,
}

impl<W: Write> Write for Unsealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let missing = HEAD.len() - self.head.len();
        let (head, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
        self.head.extend_from_slice(head);
        let plain: Vec<u8> = rest.iter().map(|b| b ^ MASK).collect();
        self.to.write_all(&plain)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}
