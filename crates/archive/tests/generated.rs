//! What an archive says of itself must agree, and what does not is found.

use std::io::{self, Cursor};

use ferry_archive::{Archive, Finding, Limits, Severity};
use ferry_testkit::instance::{self, Breakage, Form, Noise, car, iar, par, sample, whole};

fn findings(bytes: &[u8]) -> Vec<Finding> {
    let archive = Archive::new(|| io::Result::Ok(Cursor::new(bytes)), Limits::default());
    archive.survey().expect("it can be read").findings
}

fn of(findings: &[Finding], severity: Severity) -> Vec<&Finding> {
    let all = findings.iter();
    all.filter(|finding| finding.severity == severity).collect()
}

#[test]
fn nothing_is_wrong_with_what_is_whole_in_any_container_and_any_noise() {
    let sample = sample();
    for noise in [Noise::none(), Noise::all(1), Noise::all(2), Noise::all(3)] {
        let mut containers: Vec<(String, Vec<u8>)> = Vec::new();
        for it in &sample.integrations {
            containers.push((it.folder(), iar(&sample, it, &noise)));
        }
        for it in &sample.packages {
            containers.push((it.name.clone(), par(&sample, &it.name, &noise)));
        }
        for it in &sample.projects {
            containers.push((it.code.clone(), car(&sample, it, None, &noise)));
        }
        for form in Form::ALL {
            containers.push((format!("{form:?}"), whole(&sample, form, &noise)));
        }
        for (name, bytes) in containers {
            let findings = findings(&bytes);
            let errors = of(&findings, Severity::Error);
            assert!(errors.is_empty(), "{name}, {noise:?}: {errors:?}");
        }
    }
}

#[test]
fn every_broken_invariant_is_found() {
    let mut missed = Vec::new();
    for breakage in Breakage::ALL {
        let severity = match breakage.severity() {
            instance::Severity::Error => Severity::Error,
            instance::Severity::Warning => Severity::Warning,
        };
        let sound = findings(&breakage.sound());
        let errors = of(&sound, Severity::Error);
        assert!(errors.is_empty(), "{breakage:?}, before: {errors:?}");
        let broken = findings(&breakage.bytes());
        let is_new = |finding: &&Finding| !sound.contains(finding);
        let found = of(&broken, severity).into_iter().find(is_new);
        match found {
            Some(finding) => println!("{breakage:?}: {finding:?}"),
            None => missed.push((breakage, broken)),
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn a_listing_has_the_inventory_of_a_survey_and_reads_less() {
    let sample = sample();
    for form in Form::ALL {
        let bytes = whole(&sample, form, &Noise::all(1));
        let archive = Archive::new(|| io::Result::Ok(Cursor::new(&bytes)), Limits::default());
        let survey = archive.survey().expect("it can be read");
        let listing = archive.listing().expect("it can be listed");
        assert_eq!(listing.inventory, survey.inventory, "{form:?}");
        let listed: Vec<_> = listing
            .artifacts
            .iter()
            .map(|it| (&it.id, &it.project, &it.places, it.files, it.bytes))
            .collect();
        let surveyed: Vec<_> = survey
            .records
            .iter()
            .map(|it| (&it.id, &it.project, &it.places, it.files, it.bytes))
            .collect();
        assert_eq!(listed, surveyed, "{form:?}");
        assert_eq!(
            (listing.containers, listing.entries),
            (survey.containers, survey.entries)
        );
        assert!(listing.unpacked < survey.unpacked, "{form:?}");
        let told = |finding: &Finding| survey.findings.contains(finding);
        assert!(listing.findings.iter().all(told), "{form:?}");
    }
}
