//! What an archive may hold to do harm: an answer or a named limit, and no panic.

use crate::made::{Files, ROOT, of, survey, try_survey};
use ferry_archive::{Limits, Severity};
use ferry_testkit::archives::{Part, Zip};

fn nested(depth: usize) -> Vec<u8> {
    let mut bytes = Zip::of([Part::stored("end.txt", b"x")]).bytes();
    for level in 1..depth {
        bytes = Zip::of([Part::deflated(&format!("{level}.zip"), &bytes)]).bytes();
    }
    bytes
}

fn limited(bytes: &[u8], limits: &Limits, name: &str) {
    let error = try_survey(bytes, limits).expect_err(name);
    assert!(error.is_limit(), "{error}");
    assert!(error.to_string().contains(&format!("`{name}`")), "{error}");
}

#[test]
fn zips_inside_each_other() {
    let limits = Limits::default();
    assert_eq!(survey(&nested(5)).containers, 5);
    limited(&nested(6), &limits, "depth");
    limited(&nested(200), &limits, "depth");
    // Also inside what is read as one artifact.
    let mut deep = Files::iar();
    deep.0.insert(format!("{ROOT}/resources/a.zip"), nested(5));
    limited(&deep.zip(), &limits, "depth");
}

#[test]
fn one_budget_for_all_zips_inside() {
    let inner = Zip::of([Part::deflated("zeros", &vec![0; 900_000])]).bytes();
    let names: Vec<String> = (0..8).map(|n| format!("{n}.zip")).collect();
    let outer = Zip::of(names.iter().map(|name| Part::stored(name, &inner))).bytes();
    let all = survey(&outer).unpacked;
    assert!(all > 8 * 900_000);
    let limits = |total_bytes| Limits {
        total_bytes,
        ..Limits::default()
    };
    assert!(try_survey(&outer, &limits(all)).is_ok());
    limited(&outer, &limits(all - 1), "total_bytes");
    limited(
        &outer,
        &Limits {
            containers: 8,
            ..Limits::default()
        },
        "containers",
    );
    assert!(
        try_survey(
            &outer,
            &Limits {
                containers: 9,
                ..Limits::default()
            }
        )
        .is_ok()
    );
    limited(
        &outer,
        &Limits {
            all_entries: 15,
            ..Limits::default()
        },
        "all_entries",
    );
    assert!(
        try_survey(
            &outer,
            &Limits {
                all_entries: 16,
                ..Limits::default()
            }
        )
        .is_ok()
    );
    limited(
        &outer,
        &Limits {
            nested_bytes: inner.len() as u64 - 1,
            ..Limits::default()
        },
        "nested_bytes",
    );
    assert!(
        try_survey(
            &outer,
            &Limits {
                nested_bytes: inner.len() as u64,
                ..Limits::default()
            }
        )
        .is_ok()
    );
}

#[test]
fn a_bomb_inside_is_stopped_by_its_ratio() {
    let bomb = Zip::of([Part::deflated("zeros", &vec![0; 4 << 20])]).bytes();
    limited(
        &Zip::of([Part::stored("b.zip", &bomb)]).bytes(),
        &Limits::default(),
        "ratio",
    );
}

fn refused(files: &Files, what: &str) {
    let survey = survey(&files.zip());
    let errors = of(&survey, Severity::Error);
    assert_eq!(errors.len(), 1, "{what}: {errors:?}");
    assert!(
        errors.iter().all(|error| error.what.contains(what)),
        "{errors:?}"
    );
}

#[test]
fn xml_of_entities_and_depth() {
    let head = "<?xml version=\"1.0\"?><p:icsproject";
    let laughs = "<!DOCTYPE p [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;\">]><p:icsproject";
    refused(&Files::iar().with(head, laughs), "subset");
    let outside = "<!DOCTYPE p [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><p:icsproject";
    refused(&Files::iar().with(head, outside), "subset");
    refused(
        &Files::iar().with("<percentComplete>100", "<percentComplete>&undeclared;"),
        "entity",
    );
    let deep = "<d>".repeat(300) + &"</d>".repeat(300);
    refused(
        &Files::iar().with("<percentComplete>100", &format!("<percentComplete>{deep}")),
        "limit",
    );
    // Java's own DOCTYPE stands in real files.
    let java =
        "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\"><p:icsproject";
    assert!(survey(&Files::iar().with(head, java).zip()).is_whole());
}

#[test]
fn json_and_yaml() {
    let twice = "\"name\":\"Orders\",\"name\":\"Other\"";
    refused(&Files::car().with("\"name\":\"Orders\"", twice), "twice");
    let deep = format!("\"name\":{}", "[".repeat(10_000));
    refused(&Files::car().with("\"name\":\"Orders\"", &deep), "JSON");
    for (to, what) in [
        ("name: &a Shop", "anchor"),
        ("name: !!python/object Shop", "tag"),
        ("name: Shop\nname: Shop", "twice"),
    ] {
        let survey = survey(&Files::car().with("name: Shop", to).zip());
        assert!(
            of(&survey, Severity::Error)
                .iter()
                .any(|error| error.what.contains(what)),
            "{what}: {:?}",
            survey.findings
        );
    }
    let deep = format!("name: {}", "[".repeat(10_000));
    assert!(!survey(&Files::car().with("name: Shop", &deep).zip()).is_whole());
}

#[test]
fn encodings() {
    let mut wide = Files::iar();
    let utf16: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    wide.0.insert(
        format!("{ROOT}/PROJECT-INF/project.xml"),
        [b"\xFF\xFE".to_vec(), utf16].concat(),
    );
    refused(&wide, "UTF-8");
    let latin = Files::iar().with("project_name=Orders", "project_name=Bestell\\u00fcbersicht");
    assert_eq!(
        survey(&latin.zip()).inventory.integrations[0].name,
        "Bestellübersicht"
    );
    let csv = survey(b"\xEF\xBB\xBFDVM,L,\nA\n\xFF\n");
    assert!(
        csv.findings
            .iter()
            .any(|finding| finding.what.contains("UTF-8"))
    );
    assert_eq!(csv.inventory.lookups[0].rows, 1);
}

#[test]
fn names_that_mislead() {
    let mut files = Files::iar();
    files
        .put("icspackage/../../etc/passwd", "x")
        .put("\u{202E}txt.\u{7}exe", "x");
    let survey = survey(&files.zip());
    assert!(
        survey
            .findings
            .iter()
            .any(|finding| finding.what.contains("unsafe name"))
    );
    for finding in &survey.findings {
        let text = format!(
            "{}{}",
            finding.entry.as_deref().unwrap_or_default(),
            finding.what
        );
        assert!(!text.contains(['\u{202E}', '\u{7}']), "{text:?}");
    }
    assert_eq!(survey.inventory.unknown.len(), 2);
}

#[test]
fn damage_inside_is_found_and_placed() {
    let mut iar = Files::iar().zip();
    let at = iar
        .windows(11)
        .position(|window| window == b"PROJECT-INF")
        .unwrap();
    iar[at + 40] ^= 0x55;
    let outer = Zip::of([Part::stored("x.iar", &iar)]).bytes();
    let survey = survey(&outer);
    assert!(
        of(&survey, Severity::Error).iter().any(|error| error
            .entry
            .as_deref()
            .is_some_and(|e| e.starts_with("x.iar!icspackage"))),
        "{:?}",
        survey.findings
    );
}

#[test]
fn files_that_are_no_archive() {
    let error = |bytes: &[u8], what: &str| {
        let survey = survey(bytes);
        assert!(
            !survey.is_whole() && survey.findings[0].what.contains(what),
            "{:?}",
            survey.findings
        );
    };
    error(b"", "empty");
    error(b"<!DOCTYPE html><html><body>502</body></html>", "HTML");
    error(b"{\"code\":\"NotAuthenticated\"}", "JSON");
    error(&[0; 600], "zero bytes");
    error(&Files::iar().zip()[..2000], "cut short");
    error(&Zip::default().bytes(), "holds no entry");
}

#[test]
fn a_link_is_no_file_of_an_artifact() {
    let mut parts: Vec<Part> = Files::iar()
        .0
        .iter()
        .map(|(path, content)| Part::deflated(path, content))
        .collect();
    let link = Part::stored(&format!("{ROOT}/info.json"), b"/etc/passwd").with(|part| {
        part.host = 3;
        part.attributes = 0o120_777 << 16;
    });
    parts.push(link);
    let with = survey(&Zip::of(parts).bytes());
    assert!(
        with.findings
            .iter()
            .all(|finding| finding.what == "a symbolic link"),
        "{:?}",
        with.findings
    );
    let record = |survey: &ferry_archive::Survey| survey.records[0].content.clone();
    assert_eq!(record(&with), record(&survey(&Files::iar().zip())));
}
