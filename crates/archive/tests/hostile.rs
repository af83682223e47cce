//! Whatever is done to an archive: no panic, and no changed content is called whole.

use std::io::Cursor;

use ferry_archive::{Integrity, Limits, names, verify};
use ferry_testkit::archives::{Descriptor, Part, Zip, read_back, samples_like, sound};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// One thing done to a file.
#[derive(Debug, Clone)]
enum Mutation {
    Flip {
        at: Index,
        bit: u8,
    },
    Set {
        at: Index,
        byte: u8,
    },
    Truncate {
        len: Index,
    },
    /// Bytes cut out and others put in their place.
    Splice {
        at: Index,
        remove: usize,
        insert: Vec<u8>,
    },
    /// A piece copied over another place.
    Copy {
        from: Index,
        to: Index,
        len: usize,
    },
}

impl Mutation {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let len = bytes.len();
        match self {
            Self::Flip { at, bit } => change(bytes, *at, |byte| byte ^ (1 << bit)),
            Self::Set { at, byte } => change(bytes, *at, |_| *byte),
            Self::Truncate { len: to } => bytes.truncate(to.index(len)),
            Self::Splice { at, remove, insert } => {
                let at = at.index(len);
                bytes.splice(at..(at + remove).min(len), insert.iter().copied());
            }
            Self::Copy {
                from,
                to,
                len: piece,
            } => {
                let to = to.index(len);
                let room = (*piece).min(len - to);
                let piece: Vec<u8> = bytes
                    .iter()
                    .copied()
                    .skip(from.index(len))
                    .take(room)
                    .collect();
                bytes.splice(to..to + piece.len(), piece);
            }
        }
    }
}

fn change(bytes: &mut [u8], at: Index, to: impl FnOnce(u8) -> u8) {
    let len = bytes.len();
    if let Some(byte) = bytes.get_mut(at.index(len)) {
        *byte = to(*byte);
    }
}

fn mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), 0..8_u8).prop_map(|(at, bit)| Mutation::Flip { at, bit }),
        2 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Set { at, byte }),
        1 => any::<Index>().prop_map(|len| Mutation::Truncate { len }),
        2 => (any::<Index>(), 0..40_usize, vec(any::<u8>(), 0..40))
            .prop_map(|(at, remove, insert)| Mutation::Splice { at, remove, insert }),
        2 => (any::<Index>(), any::<Index>(), 1..80_usize)
            .prop_map(|(from, to, len)| Mutation::Copy { from, to, len }),
    ]
}

/// An archive with any content, in any form, and what it holds.
fn archive() -> impl Strategy<Value = Zip> {
    let content = prop_oneof![
        vec(any::<u8>(), 0..200),
        "[a-e ]{0,300}".prop_map(String::into_bytes),
    ];
    let part = (content, any::<bool>(), 0..3_u8, any::<bool>());
    (vec(part, 1..6), any::<bool>()).prop_map(|(parts, zip64)| {
        let parts =
            parts
                .into_iter()
                .enumerate()
                .map(|(index, (content, packed, follows, wide))| {
                    let name = format!("entry-{index}");
                    let make = if packed { Part::deflated } else { Part::stored };
                    let part = make(&name, &content);
                    let part = match follows {
                        0 => part,
                        1 => part.followed_by(Descriptor::Signed),
                        _ => part.followed_by(Descriptor::Unsigned),
                    };
                    if wide { part.wide() } else { part }
                });
        Zip::of(parts).with(|zip| zip.zip64 = zip64)
    })
}

fn read(bytes: &[u8]) -> Option<Integrity> {
    // Small limits keep the search quick; stopping at one is no claim of wholeness.
    let limits = Limits {
        total_bytes: 1 << 20,
        entry_bytes: 1 << 20,
        entries: 1000,
        ..Limits::default()
    };
    let integrity = verify(Cursor::new(bytes), &limits);
    if let Err(error) = &integrity {
        assert!(error.is_limit(), "memory cannot fail to be read: {error}");
    }
    let listed = names(Cursor::new(bytes), &limits);
    if let (Ok(integrity), Ok(listed)) = (&integrity, &listed)
        && integrity.is_whole()
    {
        assert_eq!(integrity.entries, listed.len() as u64);
    }
    integrity.ok()
}

/// What is called whole has the names and contents that it had before, for another reader as well.
fn unchanged_if_whole(before: &[u8], after: &[u8]) {
    if read(after).is_some_and(|integrity| integrity.is_whole()) {
        let (before, after) = (read_back(before), read_back(after));
        assert_eq!(
            after.as_ref().map_err(String::as_str),
            before.as_ref().map_err(String::as_str)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn what_is_laid_out_well_is_whole(zip in archive()) {
        let integrity = read(&zip.bytes()).unwrap();
        prop_assert_eq!(integrity.findings, []);
        prop_assert_eq!(integrity.entries, zip.parts.len() as u64);
        let unpacked: u64 = zip.parts.iter().map(|part| part.central.unpacked).sum();
        prop_assert_eq!(integrity.unpacked, unpacked);
    }

    #[test]
    fn a_change_is_found_or_changes_nothing(zip in archive(), mutation in mutation()) {
        let before = zip.bytes();
        let mut after = before.clone();
        mutation.apply(&mut after);
        unchanged_if_whole(&before, &after);
    }

    #[test]
    fn many_changes_never_panic(zip in archive(), mutations in vec(mutation(), 1..8)) {
        let mut bytes = zip.bytes();
        for mutation in &mutations {
            mutation.apply(&mut bytes);
        }
        read(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in vec(any::<u8>(), 0..400), magic in 0..4_usize) {
        let magics: [&[u8]; 4] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"];
        let mut bytes = [magics[magic], &bytes].concat();
        read(&bytes);
        // With an end record that fits, the directory is read as well.
        let at = u32::try_from(bytes.len()).unwrap();
        bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        bytes.extend(at.to_le_bytes());
        bytes.extend([0; 6]);
        read(&bytes);
    }
}

#[test]
fn every_single_bit_of_an_archive_matters_or_changes_nothing() {
    let before = samples_like().bytes();
    for at in 0..before.len() {
        for bit in 0..8 {
            let mut after = before.clone();
            after[at] ^= 1 << bit;
            unchanged_if_whole(&before, &after);
        }
    }
}

#[test]
fn every_prefix_of_an_archive_is_found_to_be_cut() {
    for record in sound() {
        for len in 0..record.bytes.len() {
            let integrity = read(&record.bytes[..len]).unwrap();
            assert!(
                !integrity.is_whole(),
                "{} of {} bytes of {}",
                len,
                record.bytes.len(),
                record.file
            );
        }
    }
}
