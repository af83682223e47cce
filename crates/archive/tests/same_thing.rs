//! Two exports of one thing mean the same, whatever else differs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Cursor};

use ferry_archive::{Archive, Limits};
use ferry_core::model::{ArtifactKind, Identity};
use ferry_testkit::instance::{Form, Noise, NoiseKind, car, iar, par, sample, whole};

/// The semantic fingerprint of each artifact.
fn meanings(bytes: &[u8]) -> BTreeMap<Identity, String> {
    let archive = Archive::new(|| io::Result::Ok(Cursor::new(bytes)), Limits::default());
    let survey = archive.survey().expect("it can be read");
    let records = survey.records.into_iter();
    records.map(|record| (record.id, record.semantic)).collect()
}

/// Those that one has and the other has not, or has otherwise.
fn different(a: &BTreeMap<Identity, String>, b: &BTreeMap<Identity, String>) -> Vec<Identity> {
    let ids: BTreeSet<&Identity> = a.keys().chain(b.keys()).collect();
    let differ = ids.into_iter().filter(|id| a.get(id) != b.get(id));
    differ.cloned().collect()
}

#[test]
fn no_kind_of_noise_is_a_difference() {
    let sample = sample();
    let plain = meanings(&whole(&sample, Form::Nested, &Noise::none()));
    assert!(plain.len() > 20, "{plain:?}");
    let mut wrong = Vec::new();
    for kind in NoiseKind::ALL {
        for seed in [1, 2] {
            let noisy = meanings(&whole(&sample, Form::Nested, &Noise::only(kind, seed)));
            let different = different(&plain, &noisy);
            if !different.is_empty() {
                wrong.push((kind, different));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn all_noise_together_is_no_difference_in_any_container() {
    let sample = sample();
    let written = |noise: &Noise| -> Vec<(String, Vec<u8>)> {
        let mut all = Vec::new();
        for it in &sample.integrations {
            all.push((it.folder(), iar(&sample, it, noise)));
        }
        for it in &sample.packages {
            all.push((it.name.clone(), par(&sample, &it.name, noise)));
        }
        for it in &sample.projects {
            all.push((it.code.clone(), car(&sample, it, None, noise)));
        }
        for form in Form::ALL {
            all.push((format!("{form:?}"), whole(&sample, form, noise)));
        }
        all
    };
    let first = written(&Noise::all(1));
    for seed in [2, 3, 40] {
        for ((name, before), (_, after)) in first.iter().zip(written(&Noise::all(seed))) {
            let different = different(&meanings(before), &meanings(&after));
            assert!(different.is_empty(), "{name}: {different:?}");
        }
    }
}

#[test]
fn an_integration_means_the_same_in_every_container() {
    let sample = sample();
    let noise = Noise::all(4);
    let instance = meanings(&whole(&sample, Form::Nested, &noise));
    for form in [Form::Flat, Form::Wrapper] {
        let other = meanings(&whole(&sample, form, &noise));
        let mut different = different(&instance, &other);
        // What nobody recognises is known by its path alone, and that is another one.
        different.retain(|id| id.kind != ArtifactKind::Unknown);
        assert!(different.is_empty(), "{form:?}: {different:?}");
    }
    let mut parts = Vec::new();
    for it in &sample.integrations {
        parts.push((it.folder(), iar(&sample, it, &Noise::all(5))));
    }
    for it in &sample.packages {
        parts.push((it.name.clone(), par(&sample, &it.name, &Noise::all(6))));
    }
    for it in &sample.projects {
        parts.push((it.code.clone(), car(&sample, it, None, &Noise::all(7))));
    }
    for (name, bytes) in parts {
        for (id, meaning) in meanings(&bytes) {
            assert_eq!(instance.get(&id), Some(&meaning), "{name}: {id:?}");
        }
    }
}
