//! The same artifacts are found in every layout.

use crate::made::{Files, survey, try_survey};
use ferry_archive::{Limits, Survey};
use ferry_core::model::ArtifactKind;
use ferry_testkit::archives::{Part, Zip};

/// Identities, projects and content.
fn found(survey: &Survey) -> Vec<(String, Option<String>, String)> {
    let known = survey
        .records
        .iter()
        .filter(|record| record.id.kind != ArtifactKind::Unknown);
    known
        .map(|record| {
            (
                record.id.to_string(),
                record.project.clone(),
                record.content.clone(),
            )
        })
        .collect()
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    Zip::of(
        parts
            .iter()
            .map(|(path, content)| Part::like_the_service(path, content)),
    )
    .bytes()
}

fn below(folder: &str, files: &Files) -> Vec<Part> {
    files
        .0
        .iter()
        .map(|(path, content)| Part::like_the_service(&format!("{folder}{path}"), content))
        .collect()
}

#[test]
fn an_iar_in_any_wrapper() {
    let iar = Files::iar();
    let plain = survey(&iar.zip());
    let expected = found(&plain);
    assert_eq!(expected.len(), 4);
    let bytes = iar.zip();
    let manifest: &[u8] = b"{\"generator\":\"x\"}";
    let wrappers = [
        Zip::of(below("some/top/", &iar)).bytes(),
        zip(&[("any name.bin", &bytes)]),
        zip(&[("a/b.zip", &zip(&[("c", &bytes)]))]),
        zip(&[
            ("manifest.json", manifest),
            ("integrations/ORDERS_01.00.0000.iar", &bytes),
            ("settings.xml", b"<settings/>"),
        ]),
        // Unpacked into a folder of its name, its own bytes beside it.
        Zip::of(
            below("integrations/ORDERS_01.00.0000.iar/", &iar)
                .into_iter()
                .chain([Part::stored("originals/ab12", &bytes)]),
        )
        .bytes(),
    ];
    for wrapper in wrappers {
        assert_eq!(found(&survey(&wrapper)), expected);
    }
}

#[test]
fn a_package_and_a_project_in_an_archive_of_all() {
    let iar = Files::iar().zip();
    let package: &[u8] = b"package_name=sales\nintegration_list=[]\nclone=false\n";
    let member = "icspackage_Orders_01.00.0000_127e8f54-29ef-4b30-b4f2-f6ce6046eda1.iar";
    let par = zip(&[
        ("ics_package_attributes.properties", package),
        (member, &iar),
    ]);
    let car = Files::car().zip();
    let alone = survey(&par);
    assert_eq!(
        alone.inventory.packages[0].integrations,
        ["ORDERS|01.00.0000"]
    );
    assert_eq!(
        alone.inventory.integrations[0].package.as_deref(),
        Some("sales")
    );

    let certificate: &[u8] = b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let whole = zip(&[
        ("certificates/mine.crt", certificate),
        ("packages/sales.par", &par),
        ("projects/SHOP.car", &car),
        ("process/app.expx", b"\x01\x02\x03"),
    ]);
    let all = survey(&whole);
    assert!(all.is_whole(), "{:?}", all.findings);
    let flat = zip(&[
        ("projects-SHOP.car", &car),
        ("packages-sales.par", &par),
        ("certificates-mine.crt", certificate),
    ]);
    let flat = survey(&flat);
    let projects: Vec<_> = all
        .inventory
        .integrations
        .iter()
        .map(|i| (i.project.as_deref(), i.package.as_deref()))
        .collect();
    assert_eq!(projects, [(None, Some("sales")), (Some("SHOP"), None)]);
    assert_eq!(
        all.inventory.projects[0].deployments[0].integrations,
        ["ORDERS|01.00.0000"]
    );
    assert_eq!(all.inventory.certificates[0].name, "mine");
    assert_eq!(all.inventory.unknown[0].place, "process/app.expx");
    assert_eq!(
        all.inventory.integrations[0].places,
        [format!(
            "packages/sales.par!{member}!icspackage/project/ORDERS_01.00.0000"
        )]
    );
    // Each needs what lies in its own project.
    assert!(all.graph.missing.is_empty());
    assert_eq!(all.graph.unused.len(), 1, "the certificate");
    assert_eq!(flat.inventory.integrations.len(), 2);
}

#[test]
fn copies_are_one_artifact_and_differing_copies_are_told() {
    let one = Files::iar();
    let two = Files::iar()
        .renamed("ORDERS_01.00.0000", "ORDERS_02.00.0000")
        .with("project_version=01", "project_version=02")
        .with("<projectVersion>01", "<projectVersion>02");
    let both = zip(&[("1.iar", &one.zip()), ("2.iar", &two.zip())]);
    let survey_of = survey(&both);
    assert!(survey_of.findings.is_empty(), "{:?}", survey_of.findings);
    assert_eq!(survey_of.inventory.integrations.len(), 2);
    assert_eq!(survey_of.inventory.connections[0].places.len(), 2);
    let changed = two.with("<displayName>Rest in", "<displayName>Other");
    let both = zip(&[("1.iar", &one.zip()), ("2.iar", &changed.zip())]);
    let survey_of = survey(&both);
    assert_eq!(survey_of.findings.len(), 1);
    assert!(
        survey_of.findings[0]
            .what
            .contains("connection REST_IN: its 2 copies"),
        "{:?}",
        survey_of.findings
    );
}

#[test]
fn single_files_are_artifacts() {
    let iar = Files::iar();
    for (path, kind) in [
        (
            "icspackage/appinstances/REST_IN.xml",
            ArtifactKind::Connection,
        ),
        ("icspackage/dvms/Countries.dvm", ArtifactKind::Lookup),
        (
            "icspackage/apilibrary/MATH01.00.0000/Math.xml",
            ArtifactKind::Library,
        ),
    ] {
        let survey = survey(&iar.0[path]);
        assert_eq!(survey.records.len(), 1, "{path}");
        assert_eq!(survey.records[0].id.kind, kind);
    }
    let schedule =
        b"<schedule xmlns='http://xmlns.oracle.com/scheduler' name='Schedule_ORDERS_01_00_0000'/>";
    assert_eq!(
        survey(schedule).inventory.schedules[0].integration,
        Some(("ORDERS".into(), "01.00.0000".into()))
    );
}

#[test]
fn events_and_documents_of_partners_are_known_by_their_content() {
    let event = r#"{"id":"PAID|2","name":"Paid","code":"PAID","schemaType":null,"revision":"2","schema":"{}"}"#;
    let document =
        "<b2bdocument><name>Invoice</name><identifier>INVOICE</identifier></b2bdocument>";
    let with = |event: &str, document: &str| {
        let mut files = Files::iar();
        files
            .put("icspackage/eventtypes/PAID_2.json", event)
            .put("icspackage/b2bartifacts/b2bdocument_INVOICE.xml", document);
        survey(&files.zip())
    };
    let plain = with(event, document);
    assert_eq!(plain.findings, []);
    assert_eq!(plain.inventory.others.len(), 2);
    let print = |survey: &Survey, name: &str| {
        let mut all = survey.records.iter();
        let record = all.find(|record| record.id.to_string() == name);
        record.expect(name).semantic.clone()
    };
    let spaced = with(&event.replace(',', " , "), &document.replace("><", ">\n<"));
    let other = with(
        &event.replace("\"{}\"", "\"[]\""),
        &document.replace("Invoice", "Bill"),
    );
    for name in ["event type PAID|2", "B2B artifact b2bdocument_INVOICE"] {
        assert_eq!(print(&plain, name), print(&spaced, name));
        assert_ne!(print(&plain, name), print(&other, name));
    }
}

#[test]
fn members_of_a_package_have_names_of_one_form_and_say_where_they_are() {
    let package: &[u8] = b"package_name=sales\nintegration_list=[]\n";
    let form = "icspackage_Orders_01.00.0000_127e8f54-29ef-4b30-b4f2-f6ce6046eda1.iar";
    let iar = Files::iar();
    let told = |package: &str| {
        iar.clone()
            .with("mep_type=", &format!("package_name={package}\nmep_type="))
    };
    let found = |name: &str, files: &Files| {
        let member: &[u8] = &files.zip();
        let survey = survey(&zip(&[
            ("ics_package_attributes.properties", package),
            (name, member),
        ]));
        assert!(survey.is_whole());
        let findings = survey.findings.into_iter();
        findings.map(|finding| finding.what).collect::<Vec<_>>()
    };
    assert_eq!(found(form, &iar), Vec::<String>::new());
    assert_eq!(found(form, &told("sales")), Vec::<String>::new());
    let other = found(form, &told("stock"));
    assert_eq!(
        other,
        ["it lies in the package sales, and its properties say stock"]
    );
    let renamed = found("orders.iar", &iar);
    assert_eq!(renamed.len(), 1);
    assert!(renamed[0].contains("orders.iar"), "{renamed:?}");
}

#[test]
fn nothing_recognised_is_no_damage() {
    let survey = survey(&zip(&[("a.txt", b"a"), ("b/c.bin", b"\0\x01")]));
    assert!(survey.is_whole());
    assert_eq!(survey.inventory.unknown.len(), 2);
    assert_eq!(survey.findings.len(), 1);
    assert!(
        survey.findings[0]
            .what
            .contains("2 entries were not recognised, the first is a.txt")
    );
}

#[test]
fn what_a_mac_leaves_behind_is_ignored_with_a_warning() {
    let mut parts = below("", &Files::iar());
    parts.push(Part::directory("icspackage/"));
    parts.push(Part::stored("__MACOSX/icspackage/._appinstances", b"x"));
    parts.push(Part::stored("icspackage/.DS_Store", b"x"));
    let mac = survey(&Zip::of(parts).bytes());
    assert_eq!(found(&mac), found(&survey(&Files::iar().zip())));
    assert_eq!(mac.findings.len(), 1);
    assert!(
        mac.findings[0]
            .what
            .contains("2 entries that a Mac left behind")
    );
    assert!(mac.inventory.unknown.is_empty());
}

#[test]
fn content_does_not_depend_on_the_zip() {
    let iar = Files::iar();
    let stored = Zip::of(
        iar.0
            .iter()
            .rev()
            .map(|(path, content)| Part::stored(path, content)),
    )
    .bytes();
    assert_eq!(found(&survey(&stored)), found(&survey(&iar.zip())));
    let limits = Limits {
        depth: 1,
        ..Limits::default()
    };
    assert!(
        try_survey(&stored, &limits)
            .unwrap_err()
            .to_string()
            .contains("`depth`")
    );
}
