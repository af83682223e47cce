//! What fuzzing begins with must be read, too.

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use ferry_archive::{Archive, Limits};
use ferry_testkit::archives::{Part, Zip};

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/seeds")
        .join(target);
    let entries = fs::read_dir(&folder).expect("there are seeds");
    let all: Vec<_> = entries
        .map(|entry| {
            let path = entry.expect("it can be listed").path();
            let bytes = fs::read(&path).expect("it can be read");
            (path, bytes)
        })
        .collect();
    assert!(!all.is_empty(), "{target}");
    all
}

fn integrations(bytes: &[u8]) -> usize {
    let archive = Archive::new(|| io::Result::Ok(Cursor::new(bytes)), Limits::default());
    archive
        .survey()
        .expect("no limit is near")
        .inventory
        .integrations
        .len()
}

#[test]
fn every_seed_is_read_as_its_target_reads_it() {
    let own = "icspackage/project/HELLO_01.00.0000";
    let flow = format!("{own}/PROJECT-INF/project.xml");
    let attributes = format!("{own}/ics_project_attributes.properties");
    let smallest = seeds("project_xml")
        .into_iter()
        .find(|(path, _)| path.ends_with("smallest.xml"))
        .map(|(_, bytes)| bytes)
        .expect("the smallest flow is there");
    for (target, path) in [
        ("dvm", "icspackage/dvms/Names.dvm"),
        ("properties", attributes.as_str()),
    ] {
        for (seed, bytes) in seeds(target) {
            let zip = Zip::of([Part::stored(path, &bytes), Part::stored(&flow, &smallest)]);
            assert_eq!(integrations(&zip.bytes()), 1, "{}", seed.display());
        }
    }
    for (_, bytes) in seeds("project_xml") {
        integrations(&Zip::of([Part::stored(&flow, &bytes)]).bytes());
    }
    for (_, bytes) in seeds("csv") {
        integrations(&[b"DVM,", bytes.as_slice()].concat());
    }
    for (_, bytes) in seeds("reader") {
        integrations(&bytes);
    }
}
