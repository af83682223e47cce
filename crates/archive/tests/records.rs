//! Every record of the test kit has the outcome that it states, generated and as committed.

use std::fs::File;
use std::io::{BufReader, Cursor};

use ferry_archive::{Error, ErrorKind, Integrity, Limits, Severity, verify};
use ferry_testkit::archives::{Expected, records};
use ferry_testkit::fixtures;

fn check(file: &str, expected: Expected, answer: Result<Integrity, Error>) {
    match (expected, answer) {
        (Expected::Whole, Ok(integrity)) => {
            assert_eq!(integrity.findings, [], "{file}");
            assert!(integrity.entries > 0 && integrity.unpacked > 0, "{file}");
        }
        (Expected::Warned(what), Ok(integrity)) => {
            assert!(integrity.is_whole(), "{file}: {:?}", integrity.findings);
            let told = integrity
                .findings
                .iter()
                .any(|finding| finding.what.contains(what));
            assert!(told, "{file}: {:?}", integrity.findings);
        }
        (Expected::Damaged(what, entry), Ok(integrity)) => {
            assert!(!integrity.is_whole(), "{file}");
            let told = integrity.findings.iter().any(|finding| {
                finding.severity == Severity::Error
                    && finding.what.contains(what)
                    && (entry.is_none() || finding.entry.as_deref() == entry)
            });
            assert!(told, "{file}: {:?}", integrity.findings);
        }
        (Expected::Limited(limit), Err(error)) => {
            assert_eq!(error.kind(), ErrorKind::Limit, "{file}");
            assert!(
                error.to_string().contains(&format!("limit `{limit}`")),
                "{file}: {error}"
            );
        }
        (_, answer) => panic!("{file}: {answer:?} instead of {expected:?}"),
    }
}

#[test]
fn every_record_has_its_outcome() {
    for record in records() {
        let answer = verify(Cursor::new(&record.bytes), &Limits::default());
        check(record.file, record.expected, answer);
    }
}

#[test]
fn every_committed_file_has_its_outcome() {
    for record in records() {
        let file = File::open(fixtures::path(record.file)).expect("a committed file");
        check(
            record.file,
            record.expected,
            verify(file, &Limits::default()),
        );
    }
}

#[test]
fn one_fault_gives_one_error() {
    for record in records() {
        let Expected::Damaged(..) = record.expected else {
            continue;
        };
        if record.file == "damaged/two-end-records.zip" {
            // Which of the two zips in it the other findings are about is the fault itself.
            continue;
        }
        let integrity = verify(Cursor::new(&record.bytes), &Limits::default()).unwrap();
        assert_eq!(
            integrity.findings.len(),
            1,
            "{}: {:?}",
            record.file,
            integrity.findings
        );
    }
}

#[test]
fn real_artifacts_are_whole() {
    let Some(folder) = fixtures::samples() else {
        fixtures::skip("real_artifacts_are_whole", "no samples: set FERRY_SAMPLES");
        return;
    };
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let zip = path
            .extension()
            .is_some_and(|e| ["iar", "par", "car", "zip"].iter().any(|z| e == *z));
        if zip {
            let file = BufReader::new(File::open(&path).unwrap());
            let integrity = verify(file, &Limits::default()).unwrap();
            assert!(
                integrity.is_whole(),
                "{}: {:?}",
                path.display(),
                integrity.findings
            );
            count += 1;
        }
    }
    assert!(count > 0, "the samples hold no zip");
}
