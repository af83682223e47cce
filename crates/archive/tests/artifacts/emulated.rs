//! Archives that the emulator exported, in each of its layouts. It and this reader share no code.

use crate::made::{of, survey};
use ferry_archive::{Finding, Severity, Survey};
use ferry_core::model::{ArtifactKind, Identity};
use ferry_testkit::exported::{LAYOUTS, exported};

/// All that was found but what has the name of its file, with its project.
fn known(survey: &Survey) -> Vec<(Option<String>, Identity)> {
    let by_file = [ArtifactKind::Unknown, ArtifactKind::Certificate];
    let all = survey.records.iter();
    let known = all.filter(|record| !by_file.contains(&record.id.kind));
    known
        .map(|record| (record.project.clone(), record.id.clone()))
        .collect()
}

fn of_kind(survey: &Survey, kind: ArtifactKind) -> Vec<String> {
    let all = survey.records.iter().map(|record| &record.id);
    let named = all.filter(|id| id.kind == kind);
    named.map(|id| id.name.clone()).collect()
}

#[test]
fn every_open_layout_holds_the_same() {
    let mut found = Vec::new();
    for layout in LAYOUTS.into_iter().filter(|layout| *layout != "opaque") {
        let survey = survey(&exported(layout, true));
        let errors = of(&survey, Severity::Error);
        assert!(errors.is_empty(), "{layout}: {errors:?}");
        let inventory = &survey.inventory;
        assert_eq!(inventory.integrations.len(), 12, "{layout}");
        assert_eq!(inventory.projects.len(), 2, "{layout}");
        assert_eq!(inventory.packages.len(), 1, "{layout}");
        assert_eq!(inventory.certificates.len(), 1, "{layout}");
        // The process application alone is of no form that anybody knows.
        let unknown: Vec<_> = inventory.unknown.iter().map(|part| &part.place).collect();
        assert_eq!(unknown.len(), 1, "{layout}: {unknown:?}");
        assert!(unknown[0].ends_with("Approvals.expx"), "{unknown:?}");
        let settings = of_kind(&survey, ArtifactKind::Settings);
        for name in ["connection CRM_SOAP", "manifest", "roles"] {
            assert!(
                settings.iter().any(|it| it == name),
                "{layout}: {settings:?}"
            );
        }
        let told = |finding: &Finding| finding.what.contains("security properties");
        let findings = &survey.findings;
        assert!(findings.iter().any(told), "{layout}: {findings:?}");
        found.push((layout, known(&survey)));
    }
    let (first, all) = &found[0];
    for (layout, other) in &found {
        assert_eq!(other, all, "{layout} and {first}");
    }
}

#[test]
fn without_security_artifacts_there_are_no_secrets() {
    let survey = survey(&exported("nested", false));
    assert_eq!(survey.inventory.integrations.len(), 12);
    let settings = of_kind(&survey, ArtifactKind::Settings);
    assert!(!settings.iter().any(|name| name == "roles"), "{settings:?}");
    let told = |finding: &Finding| finding.what.contains("secur");
    assert!(!survey.findings.iter().any(told), "{:?}", survey.findings);
}

#[test]
fn the_closed_layout_is_told_to_be_opaque() {
    let survey = survey(&exported("opaque", true));
    assert!(survey.is_whole());
    assert_eq!(known(&survey), []);
    assert_eq!(survey.inventory.unknown[0].place, "content.bin");
    let opaque = |finding: &Finding| {
        finding.what.contains("opaque") && finding.entry.as_deref() == Some("content.bin")
    };
    assert!(survey.findings.iter().any(opaque), "{:?}", survey.findings);
}
