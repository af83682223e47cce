//! What a byte is inside a tag, by one look into a table: it is asked of most bytes of a document.

pub(super) const REFERENCE: u8 = 1;
/// What a value may hold and is read as a blank.
pub(super) const BREAK: u8 = 2;
pub(super) const COLON: u8 = 4;
/// No part of a name.
pub(super) const ENDS_NAME: u8 = 8;

/// The classes of a byte, joined.
pub(super) fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(
    clippy::indexing_slicing,
    reason = "bytes index a table of 256, while compiling"
)]
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    classes[b'&' as usize] = REFERENCE;
    classes[b':' as usize] = COLON;
    classes[b'\t' as usize] = BREAK | ENDS_NAME;
    classes[b'\n' as usize] = BREAK | ENDS_NAME;
    classes[b'\r' as usize] = BREAK | ENDS_NAME;
    classes[b' ' as usize] = ENDS_NAME;
    classes[b'>' as usize] = ENDS_NAME;
    classes[b'/' as usize] = ENDS_NAME;
    classes[b'=' as usize] = ENDS_NAME;
    classes[b'<' as usize] = ENDS_NAME;
    classes
};
