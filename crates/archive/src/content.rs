//! The content of one entry, checked against what the directory says of it.

use std::io::{Read, Seek};

use crate::error::Error;
use crate::reader::{Content, Spend, Unpacked, Unpacker, supports};
use crate::source::Source;
use crate::structure::directory::Entry;

/// Unpacks an entry whose data begin at `data`, and tells what is wrong with it.
pub(crate) fn unpack<R: Read + Seek>(
    source: &mut Source<R>,
    entry: &Entry,
    data: u64,
    unpacker: &mut Unpacker,
    spend: &mut Spend<'_>,
) -> Result<Option<String>, Error> {
    if entry.is_encrypted() {
        let what = "it is encrypted, which is not supported: it was not checked";
        return Ok(Some(what.to_owned()));
    }
    if !supports(entry.method) {
        let method = entry.method;
        let what = format!("its compression method {method} is not supported: it was not checked");
        return Ok(Some(what));
    }
    let Entry {
        packed,
        unpacked,
        crc,
        method,
        ..
    } = *entry;
    let what = Content {
        data,
        packed,
        unpacked,
        crc,
        method,
    };
    let outcome = unpacker.unpack(source, &what, spend)?;
    let what = match outcome {
        Unpacked::Whole => return Ok(None),
        Unpacked::WrongChecksum => {
            "damaged: its content does not have the checksum of the directory".to_owned()
        }
        Unpacked::TooShort(produced) => {
            format!("damaged: it unpacks to {produced} bytes instead of {unpacked}")
        }
        Unpacked::TooLong => format!("damaged: it unpacks to more than its {unpacked} bytes"),
        Unpacked::Corrupt => "damaged: its packed data make no sense".to_owned(),
        Unpacked::Incomplete => "damaged: its packed data end too early".to_owned(),
        Unpacked::Excess => "packed data are left behind the end of its content".to_owned(),
    };
    Ok(Some(what))
}
