//! Zips for tests: valid, odd, and hostile. The only file that names the `zip` crate.
//!
//! [`Zip`] and [`Part`] lay out every byte themselves, so that each field of each header can be wrong.
//! The crate only deflates, sums, and [reads back](read_back) as a second opinion.

mod damaged;
mod layout;
mod sound;

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

pub use damaged::damaged;
pub use layout::{DEFLATED, Descriptor, ENCRYPTED, FOLLOWS, Head, Part, STORED, Stream, UTF8, Zip};
pub use sound::{many, samples_like, sound};

/// What reading an archive must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Whole, and nothing to say about it.
    Whole,
    /// Whole, with a warning that contains this text.
    Warned(&'static str),
    /// Not whole: an error that contains this text, about this entry if one is given.
    Damaged(&'static str, Option<&'static str>),
    /// No answer: a limit of this name stopped the reading.
    Limited(&'static str),
}

/// One archive and the outcome that it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Path below `fixtures/`.
    pub file: &'static str,
    /// The archive.
    pub bytes: Vec<u8>,
    /// The outcome.
    pub expected: Expected,
}

/// All records, in the order of their paths: those of `fixtures/damaged` and of `fixtures/sound`.
pub fn records() -> Vec<Record> {
    let mut records = damaged();
    records.extend(sound());
    records.sort_by_key(|record| record.file);
    records
}

/// Content, deflated, and its CRC-32.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deflated {
    pub(crate) data: Vec<u8>,
    pub(crate) crc: u32,
}

pub(crate) fn deflate(content: &[u8]) -> Deflated {
    let packed = || -> zip::result::ZipResult<Deflated> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file("x", options)?;
        writer.write_all(content)?;
        let mut archive = ZipArchive::new(writer.finish()?)?;
        let mut file = archive.by_index_raw(0)?;
        let crc = file.crc32();
        let mut data = Vec::new();
        file.read_to_end(&mut data)?;
        Ok(Deflated { data, crc })
    };
    packed().expect("memory can be deflated")
}

/// Names and contents as another reader sees them; an error as text.
///
/// # Errors
/// Whatever that reader refuses.
pub fn read_back(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let read = || -> zip::result::ZipResult<_> {
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        let mut all = Vec::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let name = file.name()?.into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            all.push((name, content));
        }
        Ok(all)
    };
    read().map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_reader_understands_what_is_laid_out_here() {
        for record in sound() {
            if record.file != "sound/nothing-but-a-comment.zip" {
                let read = read_back(&record.bytes);
                assert!(read.is_ok_and(|all| !all.is_empty()), "{}", record.file);
            }
        }
    }

    #[test]
    fn every_record_has_its_own_file() {
        let files: Vec<_> = records().into_iter().map(|record| record.file).collect();
        let mut once = files.clone();
        once.dedup();
        assert_eq!(files, once);
    }
}
