//! Each limit stops the reading and is named; no bound is passed on the way.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use ferry_archive::{ErrorKind, Limits, Severity, names, verify};
use ferry_testkit::archives::{Part, Zip, many, samples_like};

fn limited(zip: &[u8], limits: &Limits) -> String {
    let error = verify(Cursor::new(zip), limits).expect_err("a limit");
    assert!(error.is_limit(), "{error}");
    error.to_string()
}

#[test]
fn the_defaults_are_the_documented_ones() {
    let limits = Limits::default();
    assert_eq!(limits.total_bytes, 8 << 30);
    assert_eq!(limits.entry_bytes, 512 << 20);
    assert_eq!(limits.ratio, 200);
    assert_eq!(limits.entries, 500_000);
}

#[test]
fn the_entry_limit_counts_what_is_produced() {
    let zip = Zip::of([Part::deflated("large", &vec![7; 100_000])]).bytes();
    let limits = Limits {
        entry_bytes: 99_999,
        ..Limits::default()
    };
    assert!(
        limited(&zip, &limits)
            .contains("large unpacks to more than the limit `entry_bytes` of 99999")
    );
    let limits = Limits {
        entry_bytes: 100_000,
        ..Limits::default()
    };
    assert!(verify(Cursor::new(&zip), &limits).unwrap().is_whole());

    // A header that promises less does not get more out.
    let lying = Zip::of([Part::deflated("large", &vec![7; 1_000_000]).with(|part| {
        part.local.unpacked = 10;
        part.central.unpacked = 10;
    })]);
    let integrity = verify(Cursor::new(lying.bytes()), &limits).unwrap();
    assert!(!integrity.is_whole());
    assert!(integrity.unpacked < 100_000, "{}", integrity.unpacked);
}

#[test]
fn the_total_limit_is_shared_by_all_entries() {
    let content = [7; 1000];
    let zip = Zip::of([Part::stored("a", &content), Part::stored("b", &content)]).bytes();
    let limits = Limits {
        total_bytes: 1999,
        ..Limits::default()
    };
    assert!(limited(&zip, &limits).contains("`total_bytes` of 1999"));
    let limits = Limits {
        total_bytes: 2000,
        ..Limits::default()
    };
    assert_eq!(verify(Cursor::new(&zip), &limits).unwrap().unpacked, 2000);
}

#[test]
fn the_ratio_says_nothing_of_small_entries() {
    let small = Zip::of([Part::deflated("zeros", &vec![0; 1024 * 1024])]).bytes();
    assert!(
        verify(Cursor::new(small), &Limits::default())
            .unwrap()
            .is_whole()
    );
    let large = Zip::of([Part::deflated("zeros", &vec![0; 1024 * 1024 + 1])]).bytes();
    assert!(
        limited(&large, &Limits::default())
            .contains("200 times its packed size, the limit `ratio`")
    );
}

#[test]
fn the_entries_are_counted_before_they_are_read() {
    let zip = many(101).bytes();
    let limits = Limits {
        entries: 100,
        ..Limits::default()
    };
    assert!(limited(&zip, &limits).contains("101 entries, more than the limit `entries` of 100"));
    // An end record that says less does not help.
    let zip = many(101).with(|zip| zip.counted = Some(1)).bytes();
    assert!(limited(&zip, &limits).contains("limit `entries`"));
    assert_eq!(
        names(Cursor::new(&zip), &limits).unwrap_err().kind(),
        ErrorKind::Limit
    );
}

#[test]
fn the_directory_has_a_bound() {
    let limits = Limits {
        directory_bytes: 60,
        ..Limits::default()
    };
    assert!(limited(&samples_like().bytes(), &limits).contains("limit `directory_bytes` of 60"));
}

#[test]
fn seventy_thousand_entries_need_zip64_and_are_all_read() {
    let zip = many(70_000).bytes();
    let integrity = verify(Cursor::new(&zip), &Limits::default()).unwrap();
    assert_eq!(integrity.findings, []);
    assert_eq!(
        (integrity.entries, integrity.packed, integrity.unpacked),
        (70_000, 70_000, 70_000)
    );

    let without = many(70_000).with(|zip| zip.zip64 = false).bytes();
    let integrity = verify(Cursor::new(&without), &Limits::default()).unwrap();
    assert!(
        integrity.findings[0]
            .what
            .contains("counts 4464 entries, the directory has 70000")
    );
}

#[test]
fn the_findings_have_a_bound() {
    let zip = many(3000).with(|zip| {
        for part in &mut zip.parts {
            part.local.crc ^= 1;
        }
    });
    let integrity = verify(Cursor::new(zip.bytes()), &Limits::default()).unwrap();
    assert_eq!(integrity.findings.len(), 1001);
    assert_eq!(integrity.findings[1000].severity, Severity::Error);
    assert_eq!(integrity.findings[1000].what, "2000 more findings");
}

#[test]
fn names_are_listed_in_the_order_of_the_directory() {
    let zip = Zip::of([
        Part::directory("d/"),
        Part::deflated("d/b", b"bb"),
        Part::stored("a", b"a"),
    ]);
    let facts = names(Cursor::new(zip.bytes()), &Limits::default()).unwrap();
    let listed: Vec<_> = facts
        .iter()
        .map(|f| (f.name.as_str(), f.unpacked, f.directory))
        .collect();
    assert_eq!(
        listed,
        [("d/", 0, true), ("d/b", 2, false), ("a", 1, false)]
    );

    let error = names(Cursor::new(b"<html>"), &Limits::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert!(error.to_string().contains("HTML"), "{error}");
    let short = zip.with(|zip| zip.counted = Some(2)).bytes();
    assert_eq!(
        names(Cursor::new(short), &Limits::default())
            .unwrap_err()
            .kind(),
        ErrorKind::Damaged
    );
}

/// A disk with a bad range of offsets.
struct Failing(Cursor<Vec<u8>>, std::ops::Range<u64>);

impl Read for Failing {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.1.contains(&self.0.position()) {
            return Err(io::Error::other("the disk failed"));
        }
        let room = buf.len().min(4096);
        self.0.read(buf.get_mut(..room).unwrap_or_default())
    }
}

impl Seek for Failing {
    fn seek(&mut self, pos: SeekFrom) -> io::Result<u64> {
        self.0.seek(pos)
    }
}

#[test]
fn a_failing_disk_is_no_damage_of_the_archive() {
    let noise = |n: u32| n.wrapping_mul(2_654_435_761).to_le_bytes();
    let noise: Vec<u8> = (0..600_000).flat_map(noise).collect();
    for part in [
        Part::stored("large", &noise),
        Part::deflated("large", &noise),
    ] {
        let bytes = Zip::of([part]).bytes();
        assert!(bytes.len() > 700_000);
        let read = |bad| verify(Failing(Cursor::new(bytes.clone()), bad), &Limits::default());
        assert!(read(0..0).unwrap().is_whole());
        // In the first bytes, in the contents, and in the directory at the end.
        let len = bytes.len() as u64;
        for bad in [0..100, 300_000..400_000, len - 100..len] {
            let error = read(bad).unwrap_err();
            assert!(error.is_read(), "{error}");
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert_eq!(cause, "the disk failed");
        }
    }
}
