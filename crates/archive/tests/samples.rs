//! Real artifacts: each is what the list beside them says, and nothing in them is damaged.

use std::fs::File;
use std::num::NonZeroUsize;
use std::path::Path;

use ferry_archive::{Archive, Limits, Severity, Survey};
use ferry_core::model::ArtifactKind;
use ferry_testkit::fixtures;
use serde_json::Value;

fn survey(path: &Path, threads: usize) -> Survey {
    let archive = Archive::new(|| File::open(path), Limits::default());
    let threads = NonZeroUsize::new(threads).expect("a thread");
    archive.with_threads(threads).survey().expect("a sample")
}

/// The manifest's samples, each with its path; a missing one is told.
fn samples(test: &str) -> Vec<(Value, std::path::PathBuf)> {
    let Some(manifest) = fixtures::sample(test, "manifest.json") else {
        return Vec::new();
    };
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(manifest).expect("the list")).expect("JSON");
    let listed = manifest.get("samples").and_then(Value::as_array);
    let samples = listed.expect("samples").clone();
    assert_eq!(
        Some(samples.len() as u64),
        manifest.get("count").and_then(Value::as_u64)
    );
    samples
        .into_iter()
        .filter_map(|sample| {
            let path = fixtures::sample(test, text(&sample, "file"))?;
            Some((sample, path))
        })
        .collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

fn listed(contains: &Value, list: &str, fields: &[&str]) -> Vec<String> {
    let items = contains.get(list).and_then(Value::as_array).cloned();
    let items = items.unwrap_or_default();
    let line = |item: &Value| {
        let told = fields.iter().map(|field| text(item, field));
        told.collect::<Vec<_>>().join("|")
    };
    sorted(
        items
            .iter()
            .map(|item| item.as_str().map_or_else(|| line(item), str::to_owned))
            .collect(),
    )
}

fn tags(text: &str) -> String {
    sorted(text.split(',').map(|tag| tag.trim().to_owned()).collect()).join(",")
}

#[test]
fn each_holds_what_the_manifest_says_and_is_whole() {
    for (sample, path) in samples("each_holds_what_the_manifest_says_and_is_whole") {
        let name = sample["file"].as_str().unwrap();
        let contains = &sample["contains"];
        let survey = survey(&path, 2);
        let errors: Vec<_> = survey
            .findings
            .iter()
            .filter(|f| f.severity == Severity::Error)
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        let inventory = &survey.inventory;

        let fields = [
            "code",
            "version",
            "name",
            "status",
            "mep",
            "icsVersion",
            "package",
        ];
        let got = inventory.integrations.iter().map(|i| {
            let package = i.package.clone().unwrap_or_default();
            [
                &i.code, &i.version, &i.name, &i.state, &i.pattern, &i.release, &package,
            ]
            .map(String::as_str)
            .join("|")
        });
        assert_eq!(
            sorted(got.collect()),
            listed(contains, "integrations", &fields),
            "{name}"
        );
        for told in contains["integrations"].as_array().into_iter().flatten() {
            let found = inventory
                .integrations
                .iter()
                .find(|i| told["code"] == i.code && told["version"] == i.version);
            assert_eq!(
                found.unwrap().tags.join(","),
                tags(told["tags"].as_str().unwrap()),
                "{name}"
            );
        }
        let got = inventory
            .connections
            .iter()
            .map(|c| format!("{}|{}", c.code, c.adapter));
        assert_eq!(
            sorted(got.collect()),
            listed(contains, "connections", &["code", "adapter"]),
            "{name}"
        );
        let got = inventory
            .libraries
            .iter()
            .map(|l| format!("{}_{}", l.code, l.version));
        assert_eq!(
            sorted(got.collect()),
            listed(contains, "libraries", &[]),
            "{name}"
        );
        let got = inventory
            .schedules
            .iter()
            .map(|s| s.places[0].rsplit('/').next().unwrap().to_owned());
        assert_eq!(
            sorted(got.collect()),
            listed(contains, "schedules", &[]),
            "{name}"
        );
        let got = inventory
            .projects
            .iter()
            .flat_map(|p| p.deployments.iter().map(|d| d.code.clone()));
        assert_eq!(
            sorted(got.collect()),
            listed(contains, "labels", &[]),
            "{name}"
        );
        if let Some(lookup) = contains["lookup"].as_str() {
            assert_eq!(inventory.lookups[0].name, lookup, "{name}");
            assert_eq!(
                Some(inventory.lookups[0].rows),
                contains["rows"].as_u64(),
                "{name}"
            );
            assert_eq!(
                inventory.lookups[0].columns,
                listed_in_order(&contains["columns"]),
                "{name}"
            );
            assert_eq!(inventory.lookups.len(), 1, "{name}");
        } else {
            let got = inventory.lookups.iter().map(|l| l.name.clone()).collect();
            assert_eq!(sorted(got), listed(contains, "lookups", &[]), "{name}");
        }
    }
}

#[test]
fn each_is_counted_as_the_manifest_says() {
    for (sample, path) in samples("each_is_counted_as_the_manifest_says") {
        let name = sample["file"].as_str().unwrap();
        let kind = sample["kind"].as_str().unwrap();
        let contains = &sample["contains"];
        let survey = survey(&path, 2);
        let inventory = &survey.inventory;
        let counts = (
            inventory.packages.len(),
            inventory.projects.len(),
            inventory.applications.len(),
            inventory.others.len(),
            inventory.unknown.len(),
        );
        let expected = match kind {
            "par" => (1, 0, 0, 0, 0),
            "car" => (0, 1, 0, 0, 0),
            "visual-builder-zip" => (0, 0, 1, 0, 0),
            "process-expx" => (0, 0, 0, 0, 1),
            // Types of events and documents of partners lie beside.
            "iar" if name.starts_with("SUBSCIRB_PO_DETAILS_SYNC") => (0, 0, 0, 1, 0),
            "iar" if name.starts_with("LL_ERPPO_BACKEND_B2B") => (0, 0, 0, 3, 0),
            "iar" | "lookup-csv" | "lookup-dvm" => (0, 0, 0, 0, 0),
            other => panic!("{name} is of the kind {other}"),
        };
        assert_eq!(counts, expected, "{name}");
        if let (Some(entries), Some(bytes)) = (
            contains["entries_including_nested"].as_u64(),
            contains["uncompressed_bytes"].as_u64(),
        ) {
            assert_eq!(
                (survey.entries, survey.unpacked),
                (entries, bytes),
                "{name}"
            );
        }
    }
}

fn listed_in_order(columns: &Value) -> Vec<String> {
    let columns = columns.as_array().expect("columns");
    columns
        .iter()
        .map(|column| column.as_str().expect("a name").to_owned())
        .collect()
}

#[test]
fn what_has_no_inventory_is_named() {
    for (sample, path) in samples("what_has_no_inventory_is_named") {
        let survey = survey(&path, 1);
        match sample["kind"].as_str().unwrap() {
            "process-expx" => {
                let part = &survey.inventory.unknown[0];
                assert_eq!(part.sha256, sample["sha256"].as_str().unwrap());
                assert_eq!(Some(part.bytes), sample["bytes"].as_u64());
                assert!(
                    survey.findings.iter().any(|f| f.what.contains("opaque")),
                    "{:?}",
                    survey.findings
                );
            }
            "visual-builder-zip" => {
                assert_eq!(
                    survey.inventory.applications[0].kind,
                    ArtifactKind::VisualBuilder
                );
                assert_eq!(survey.records.len(), 1);
            }
            _ => {}
        }
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    for (sample, path) in samples("the_answer_does_not_depend_on_threads") {
        assert_eq!(survey(&path, 1), survey(&path, 8), "{}", sample["file"]);
    }
}

#[test]
fn references_that_lead_nowhere_are_those_that_are_known() {
    let test = "references_that_lead_nowhere_are_those_that_are_known";
    // A local call leads to an integration of its own, which no export of the caller holds.
    let known = [
        (
            "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
            vec!["integration LL_DELL_FTP_SEND|01.00.0000"],
        ),
        ("DEMO_FIRST_PROJECT.car", vec![]),
        ("DEMO_FIRST_PROJECT_4.car", vec![]),
        ("JITSIEVENTS_01.00.0000.iar", vec![]),
    ];
    for (file, expected) in known {
        let Some(path) = fixtures::sample(test, file) else {
            continue;
        };
        let graph = survey(&path, 2).graph;
        let missing: Vec<String> = graph
            .missing
            .iter()
            .map(|at| graph.nodes[*at].id.to_string())
            .collect();
        assert_eq!(missing, expected, "{file}");
    }
}

#[test]
fn what_a_project_needs_and_does_not() {
    let test = "what_a_project_needs_and_does_not";
    let Some(path) = fixtures::sample(test, "DEMO_FIRST_PROJECT_4.car") else {
        return;
    };
    let survey = survey(&path, 2);
    let graph = &survey.graph;
    let name = |at: &usize| graph.nodes[*at].id.to_string();
    let unused: Vec<String> = graph.unused.iter().map(name).collect();
    assert_eq!(unused, ["connection ORACLEERP"]);
    let needs: Vec<String> = graph
        .edges
        .iter()
        .filter(|e| name(&e.from) == "integration RETRIEVE_COUNTRY_INFORMATIO|02.00.0000")
        .map(|e| name(&e.to))
        .collect();
    assert_eq!(
        needs,
        [
            "connection ALTERNATE_COUNTRY_SERVICE",
            "connection GETINFO",
            "connection RESTCOUNTRIES",
            "library RANDOM|01.00.0000"
        ]
    );
    let scheduled = survey
        .inventory
        .integrations
        .iter()
        .find(|i| i.schedule.is_some())
        .unwrap();
    assert_eq!(scheduled.code, "CREATE_PENDING_WORKERS");
    assert!(
        survey
            .inventory
            .integrations
            .iter()
            .all(|i| i.project.as_deref() == Some("DEMO_FIRST_PROJECT"))
    );
}
