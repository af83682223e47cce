//! The committed archives are the ones that the generator makes.

use std::collections::BTreeSet;
use std::fs;

use ferry_testkit::{archives, fixtures};

#[test]
fn committed_archives_equal_the_generated_ones() {
    for record in archives::records() {
        let committed = fs::read(fixtures::path(record.file)).unwrap_or_default();
        assert!(
            committed == record.bytes && fixtures::path(record.file).is_file(),
            "fixtures/{} is not what the generator makes: \
             cargo run -p oic-ferry-testkit --example fixtures",
            record.file
        );
    }
}

#[test]
fn every_committed_archive_has_a_record() {
    let records: BTreeSet<_> = archives::records()
        .iter()
        .map(|r| r.file.to_owned())
        .collect();
    let mut committed = BTreeSet::new();
    for folder in ["damaged", "sound"] {
        for file in fs::read_dir(fixtures::path(folder)).unwrap() {
            committed.insert(format!("{folder}/{}", file.unwrap().file_name().display()));
        }
    }
    assert_eq!(committed, records);
}
