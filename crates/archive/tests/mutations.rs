//! Each change that means something is seen, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor};

use ferry_archive::{Archive, Limits};
use ferry_core::model::Identity;
use ferry_testkit::instance::{Form, Mutation, Noise, sample, whole};

/// The semantic fingerprint of each artifact.
fn meanings(bytes: &[u8]) -> BTreeMap<Identity, String> {
    let archive = Archive::new(|| io::Result::Ok(Cursor::new(bytes)), Limits::default());
    let survey = archive.survey().expect("it can be read");
    let records = survey.records.into_iter();
    records.map(|record| (record.id, record.semantic)).collect()
}

#[test]
fn each_changes_its_subject_and_nothing_else() {
    let before = meanings(&whole(&sample(), Form::Nested, &Noise::all(1)));
    let mut wrong = Vec::new();
    for mutation in Mutation::ALL {
        let mut changed = sample();
        mutation.apply(&mut changed);
        let after = meanings(&whole(&changed, Form::Nested, &Noise::all(2)));
        let ids: BTreeSet<&Identity> = before.keys().chain(after.keys()).collect();
        let differ: Vec<&Identity> = ids
            .into_iter()
            .filter(|id| before.get(id) != after.get(id))
            .collect();
        let names: BTreeSet<&str> = differ.iter().map(|id| id.name.as_str()).collect();
        if names != BTreeSet::from([mutation.subject()]) {
            wrong.push((mutation, differ.into_iter().cloned().collect::<Vec<_>>()));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
