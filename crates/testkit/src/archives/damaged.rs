//! Archives that are not whole, one fault each.

use super::layout::{Descriptor, ENCRYPTED, Part, UTF8, Zip};
use super::sound::samples_like;
use super::{Expected, Record};

const TEXT: &[u8] = b"row;value\n1;one\n2;two\n3;three\n4;four\n5;five\n6;six\n7;seven\n8;eight\n";

/// The committed damaged archives.
pub fn damaged() -> Vec<Record> {
    let mut records = no_zips();
    records.extend(cut());
    records.extend(contents());
    records.extend(disagreements());
    records.extend(structures());
    records
}

fn record(file: &'static str, bytes: Vec<u8>, what: &'static str) -> Record {
    Record {
        file,
        bytes,
        expected: Expected::Damaged(what, None),
    }
}

/// A fault of the entry `bad` between two good ones.
fn entry(file: &'static str, what: &'static str, bad: Part) -> Record {
    let zip = Zip::of([
        Part::deflated("first", TEXT),
        bad,
        Part::deflated("last", TEXT),
    ]);
    Record {
        file,
        bytes: zip.bytes(),
        expected: Expected::Damaged(what, Some("bad")),
    }
}

fn no_zips() -> Vec<Record> {
    let page =
        b"<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body></body></html>\n";
    let xml = b"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code></Error>\n";
    let json = b"{\"code\":\"NotAuthenticated\",\"message\":\"The required information was not provided.\"}\n";
    vec![
        record("damaged/empty-file.zip", Vec::new(), "the file is empty"),
        record("damaged/html-page.zip", page.to_vec(), "HTML page"),
        record("damaged/xml-error.zip", xml.to_vec(), "XML document"),
        record("damaged/json-error.zip", json.to_vec(), "JSON document"),
        record("damaged/zero-bytes.zip", vec![0; 1024], "zero bytes"),
        record(
            "damaged/gzip.zip",
            b"\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00".to_vec(),
            "gzip",
        ),
    ]
}

fn cut() -> Vec<Record> {
    let whole = samples_like().bytes();
    let cut_at = |len: usize| whole.iter().copied().take(len).collect::<Vec<u8>>();
    let comment = Zip::of([Part::stored("a", TEXT)])
        .with(|zip| zip.comment = vec![b'c'; 40])
        .bytes();
    let comment = comment
        .get(..comment.len() - 10)
        .unwrap_or_default()
        .to_vec();
    vec![
        record("damaged/cut-after-signature.zip", cut_at(4), "cut short"),
        record(
            "damaged/cut-in-the-middle.zip",
            cut_at(whole.len() / 2),
            "cut short",
        ),
        record(
            "damaged/cut-in-end-record.zip",
            cut_at(whole.len() - 1),
            "cut short",
        ),
        record("damaged/cut-in-comment.zip", comment, "inside the comment"),
        record("damaged/no-entry.zip", Zip::default().bytes(), "no entry"),
        record(
            "damaged/head-lost.zip",
            whole.get(40..).unwrap_or_default().to_vec(),
            "points outside the file",
        ),
    ]
}

fn contents() -> Vec<Record> {
    let bad = || Part::deflated("bad", TEXT);
    let other_crc = |part: &mut Part| {
        part.local.crc ^= 1;
        part.central.crc ^= 1;
    };
    let sized = |unpacked: u64| {
        move |part: &mut Part| {
            part.local.unpacked = unpacked;
            part.central.unpacked = unpacked;
        }
    };
    let packed = |data: Vec<u8>| {
        move |part: &mut Part| {
            part.local.packed = data.len() as u64;
            part.central.packed = data.len() as u64;
            part.data = data;
        }
    };
    let data = bad().data;
    let longer = [data.as_slice(), b"?"].concat();
    let shorter = data.get(..data.len() - 4).unwrap_or_default().to_vec();
    let real = TEXT.len() as u64;
    let zeros = vec![0; 4 * 1024 * 1024];
    let method = |part: &mut Part| {
        part.local.method = 12;
        part.central.method = 12;
    };
    let encrypted = |part: &mut Part| {
        part.local.flags |= ENCRYPTED;
        part.central.flags |= ENCRYPTED;
    };
    let stored_text = Part::stored("bad", TEXT).with(|part| {
        if let Some(byte) = part.data.first_mut() {
            *byte ^= 0x20;
        }
    });
    let short_stored = Part::stored("bad", TEXT).with(sized(real + 1));
    let no_sense = bad().with(|part| part.data.fill(0xFF));
    vec![
        entry("damaged/checksum.zip", "checksum", bad().with(other_crc)),
        entry("damaged/stored-byte-changed.zip", "checksum", stored_text),
        entry("damaged/deflate-garbage.zip", "make no sense", no_sense),
        entry(
            "damaged/deflate-cut.zip",
            "end too early",
            bad().with(packed(shorter)),
        ),
        entry(
            "damaged/deflate-excess.zip",
            "left behind the end",
            bad().with(packed(longer)),
        ),
        entry("damaged/stored-size.zip", "instead of", short_stored),
        entry(
            "damaged/size-too-large.zip",
            "instead of",
            bad().with(sized(real + 1)),
        ),
        entry(
            "damaged/size-too-small.zip",
            "more than its",
            bad().with(sized(real - 1)),
        ),
        entry(
            "damaged/method.zip",
            "method 12 is not supported",
            bad().with(method),
        ),
        entry("damaged/encrypted.zip", "encrypted", bad().with(encrypted)),
        Record {
            file: "damaged/bomb.zip",
            bytes: Zip::of([Part::deflated("bomb", &zeros)]).bytes(),
            expected: Expected::Limited("ratio"),
        },
    ]
}

fn disagreements() -> Vec<Record> {
    let bad = |change: fn(&mut Part)| Part::deflated("bad", TEXT).with(change);
    let described = Part::like_the_service("bad", TEXT).with(|part| part.described = Some(7));
    let undescribed = Part::deflated("bad", TEXT)
        .followed_by(Descriptor::Signed)
        .with(|part| part.descriptor = Descriptor::None);
    vec![
        entry(
            "damaged/local-name.zip",
            "another name",
            bad(|part| part.local.name = b"bat".to_vec()),
        ),
        entry(
            "damaged/local-method.zip",
            "another compression method",
            bad(|part| part.local.method = 0),
        ),
        entry(
            "damaged/local-flags.zip",
            "another flags",
            bad(|part| part.local.flags ^= UTF8),
        ),
        entry(
            "damaged/local-checksum.zip",
            "another checksum",
            bad(|part| part.local.crc ^= 1),
        ),
        entry(
            "damaged/local-size.zip",
            "another size",
            bad(|part| part.local.unpacked += 1),
        ),
        entry(
            "damaged/local-packed-size.zip",
            "another packed size",
            bad(|part| part.local.packed += 1),
        ),
        entry(
            "damaged/descriptor.zip",
            "behind its data disagree",
            described,
        ),
        entry(
            "damaged/descriptor-missing.zip",
            "behind its data disagree",
            undescribed,
        ),
    ]
}

fn structures() -> Vec<Record> {
    let two = || Zip::of([Part::deflated("one", TEXT), Part::deflated("two", b"2")]);
    let hidden = Zip::of([
        Part::deflated("one", TEXT),
        Part::deflated("hidden", TEXT).with(|part| part.unlisted = true),
        Part::deflated("two", TEXT),
    ]);
    let shared = Zip::of([
        Part::deflated("one", TEXT),
        Part::deflated("one", TEXT).with(|part| {
            part.central.name = b"bad".to_vec();
            part.shares = Some(0);
        }),
    ]);
    // The first entry's data are the whole second entry, header included.
    let inner = Zip::of([Part::stored("bad", TEXT)]).bytes();
    let inner_len = 30 + 3 + TEXT.len();
    let quine = Zip::of([Part::stored(
        "one",
        inner.get(..inner_len).unwrap_or_default(),
    )]);
    let overlapping = overlap(quine);
    let comment = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    vec![
        record(
            "damaged/hidden-entry.zip",
            hidden.bytes(),
            "missing in the directory",
        ),
        Record {
            file: "damaged/shared-data.zip",
            bytes: shared.bytes(),
            expected: Expected::Damaged("overlaps", Some("bad")),
        },
        Record {
            file: "damaged/overlap.zip",
            bytes: overlapping,
            expected: Expected::Damaged("overlaps", Some("bad")),
        },
        Record {
            file: "damaged/same-name.zip",
            bytes: Zip::of([Part::deflated("bad", TEXT), Part::deflated("bad", b"other")]).bytes(),
            expected: Expected::Damaged("same name", Some("bad")),
        },
        record(
            "damaged/count.zip",
            two().with(|zip| zip.counted = Some(3)).bytes(),
            "counts 3 entries",
        ),
        record(
            "damaged/bytes-before.zip",
            two()
                .with(|zip| zip.before = b"#!/bin/sh\n".to_vec())
                .bytes(),
            "10 bytes stand before",
        ),
        record(
            "damaged/bytes-after.zip",
            two().with(|zip| zip.after = b"\r\n".to_vec()).bytes(),
            "2 bytes follow",
        ),
        record(
            "damaged/two-end-records.zip",
            two().with(|zip| zip.comment = comment).bytes(),
            "several end records",
        ),
        record(
            "damaged/too-many-claimed.zip",
            two()
                .with(|zip| {
                    zip.zip64 = true;
                    zip.counted = Some(400_000);
                })
                .bytes(),
            "counts 400000 entries",
        ),
        Record {
            file: "damaged/more-than-can-be.zip",
            bytes: two()
                .with(|zip| {
                    zip.zip64 = true;
                    zip.counted = Some(u64::MAX);
                })
                .bytes(),
            expected: Expected::Limited("entries"),
        },
    ]
}

/// Lists, besides the only entry, the one that lies inside its data.
fn overlap(outer: Zip) -> Vec<u8> {
    let offset = 30 + 3;
    let inner = Part::stored("bad", TEXT);
    let with_inner = Zip {
        parts: [outer.parts, vec![inner.with(|part| part.shares = Some(0))]].concat(),
        ..outer
    };
    let mut bytes = with_inner.bytes();
    // The directory's last record ends with the offset and the name.
    let at = bytes.len() - 22 - 3 - 4;
    if let Some(place) = bytes.get_mut(at..at + 4) {
        place.copy_from_slice(&u32::to_le_bytes(offset));
    }
    bytes
}
