//! `ferry plan`, from the outside: what would change, from where it is known, and that nothing is changed.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::{Stand, envelope, options, says};
use ferry_emulator::ArchiveLayout;
use serde_json::Value;

/// An emulator whose `test` was exported under this name.
async fn exported(layout: ArchiveLayout) -> Stand {
    let mut options = options();
    options.switches.archive_layout = layout;
    let stand = Stand::with(options).await;
    let export = [
        "export",
        "test",
        "--name",
        "weekly",
        "--download=weekly.zip",
    ];
    stand.args(export).run().await.expect(0);
    stand
}

/// A plan as JSON; making it changes nothing.
async fn plan(stand: &Stand, args: &[&str], exit: i32) -> Value {
    let before = stand.changes().len();
    let args = ["plan"].iter().chain(args).chain(&["-o", "json"]);
    let output = stand.args(args.copied()).run().await.expect(exit);
    assert_eq!(stand.changes().len(), before, "{:?}", stand.changes());
    envelope(&output)["report"].clone()
}

/// The fates of the integrations by name, as words.
fn fates(report: &Value) -> Vec<(String, String)> {
    let all = report["plan"]["integrations"].as_array().unwrap().iter();
    all.map(|one| {
        let fate = one["fate"].as_str().map(str::to_owned);
        let fate = fate.unwrap_or_else(|| one["fate"].to_string());
        (one["id"].as_str().unwrap().to_owned(), fate)
    })
    .collect()
}

fn fate<'a>(fates: &'a [(String, String)], id: &str) -> &'a str {
    let found = fates.iter().find(|(one, _)| one == id);
    &found.unwrap_or_else(|| panic!("no {id} in {fates:?}")).1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_tells_what_would_change_and_is_saved_as_it_is() {
    let stand = exported(ArchiveLayout::Nested).await;
    let args = ["prod", "bucket:test/weekly.zip", "--save", "plan.json"];
    let report = plan(&stand, &args, 0).await;
    let fates = fates(&report);
    assert_eq!(fates.len(), 12, "{fates:?}");
    assert_eq!(fate(&fates, "CUSTOMER_SYNC|01.00.0000"), "replaced");
    assert_eq!(fate(&fates, "STOCK_LEVELS|01.00.0001"), "new");
    let plan_of = &report["plan"];
    assert_eq!(plan_of["source"]["origin"], "archive");
    assert_eq!(plan_of["source"]["from"], "test");
    assert_eq!(plan_of["turned-off"][0]["id"], "STOCK_LEVELS|01.00.0000");
    // Both use connections that the archive brings.
    let live = plan_of["live"].as_array().unwrap();
    let live: Vec<&str> = live.iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(
        live,
        ["PROD_HEARTBEAT|01.00.0000", "STOCK_LEVELS|01.00.0000"]
    );
    assert_eq!(plan_of["schedules"][0]["id"], "ORDER_NIGHTLY|01.00.0000");
    assert_eq!(plan_of["schedules"][0]["runs"], true);
    // The file is the report, and equal facts make an equal plan.
    let saved = std::fs::read(stand.ferry.work().join("plan.json")).unwrap();
    let saved: Value = serde_json::from_slice(&saved).unwrap();
    assert_eq!(saved, report);
    let again = plan(&stand, &["prod", "bucket:test/weekly.zip"], 0).await;
    assert_eq!(again["plan"], report["plan"]);
    // An approval is one of this file: the same facts at another time are to be looked at again.
    assert_ne!(again["fingerprint"], report["fingerprint"]);
    plan(
        &stand,
        &["prod", "bucket:test/weekly.zip", "--exit-code"],
        1,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sections_are_in_the_table_and_on_the_page() {
    let stand = exported(ArchiveLayout::Nested).await;
    let of = ["plan", "live", "bucket:test/weekly.zip"];
    let table = stand.args(of).run().await.expect(0);
    let page = stand.args(of.into_iter().chain(["-o", "markdown"]));
    let page = page.run().await.expect(0);
    for title in [
        "Live today",
        "Integrations",
        "Turned off",
        "Connections",
        "Lacking",
        "Unknown",
    ] {
        assert!(
            table.stdout.lines().any(|line| line == title),
            "{title}: {table}"
        );
        let heading = format!("### {title}");
        assert!(
            page.stdout.lines().any(|line| line == heading),
            "{title}: {page}"
        );
    }
    // A protected environment may be looked at.
    for word in [
        "SOURCE (archive)",
        "TODAY (live)",
        "ORDER_STATUS|01.00.0000",
    ] {
        assert!(table.stdout.contains(word), "{word}: {table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_imported_means_the_same() {
    for layout in [ArchiveLayout::Flat, ArchiveLayout::Expanded] {
        let stand = exported(layout).await;
        let import = ["import", "prod", "bucket:test/weekly.zip"];
        stand.args(import).run().await.expect(0);
        let report = plan(&stand, &["prod", "bucket:test/weekly.zip"], 0).await;
        for (id, fate) in fates(&report) {
            assert_eq!(fate, "unchanged", "{layout:?}: {id}");
        }
        // How long it takes is known from then on.
        let earlier = &report["earlier-imports"];
        assert_eq!(earlier["count"], 1, "{report}");
        assert!(earlier["longest-seconds"].as_u64() > Some(0), "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_archive_that_cannot_be_read_the_instance_tells() {
    let stand = exported(ArchiveLayout::Opaque).await;
    let alone = ["plan", "prod", "./weekly.zip"];
    let output = stand.args(alone).run().await.expect(1);
    says(&output, &["holds no integration", "--from ENV"]);
    let args = ["prod", "./weekly.zip", "--from", "test"];
    let report = plan(&stand, &args, 0).await;
    assert_eq!(report["plan"]["source"]["origin"], "live");
    let fates = fates(&report);
    assert_eq!(fate(&fates, "CUSTOMER_SYNC|01.00.0000"), "unknown");
    assert_eq!(fate(&fates, "STOCK_LEVELS|01.00.0001"), "new");
    let told = stand.args(alone.into_iter().chain(["--from", "test"]));
    let told = told.run().await.expect(0);
    assert!(told.stdout.contains("made from REST alone"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_replaced_whole_or_not_at_all() {
    let stand = exported(ArchiveLayout::Nested).await;
    let save = |target: &str| {
        let args = ["plan", "prod", "./weekly.zip", "--save"];
        stand.args(args.into_iter().chain([target]))
    };
    stand.ferry.write("plan.json", "an older plan");
    save("plan.json").run().await.expect(0);
    let output = save("nowhere/plan.json").run().await.expect(74);
    says(&output, &["nowhere/plan.json"]);
    let left = std::fs::read_dir(stand.ferry.work()).unwrap().count();
    assert_eq!(left, 2, "the archive and the plan");
    let text = std::fs::read_to_string(stand.ferry.work().join("plan.json")).unwrap();
    assert!(text.starts_with('{'), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_damaged_archive_there_is_no_plan_whoever_tells_the_rest() {
    let stand = exported(ArchiveLayout::Nested).await;
    let archive = stand.ferry.work().join("weekly.zip");
    let bytes = std::fs::read(&archive).unwrap();
    for (name, part) in [("half.zip", &bytes[..bytes.len() / 2]), ("empty.zip", &[])] {
        std::fs::write(stand.ferry.work().join(name), part).unwrap();
        let file = format!("./{name}");
        let args = ["plan", "prod", &file, "--from", "test", "--save", "p.json"];
        let output = stand.args(args).run().await.expect(1);
        says(&output, &[name, "is not a whole archive"]);
        assert!(!stand.ferry.work().join("p.json").exists());
    }
}
