//! A disk that is full, by a fault and in truth.

use ferry_emulator::{Action, Options, Switches};

use super::on;
use crate::house::{House, options};

/// The files that hold contents.
fn contents(folder: &tempfile::TempDir) -> Vec<String> {
    let files = fs_err::read_dir(folder.path().join("blobs")).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_full_disk_takes_nothing_and_keeps_what_it_has() {
    for (dialect, text) in [
        ("oci", "InsufficientStorage"),
        ("upstream", "<h1>Insufficient Storage</h1>"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut switches = Switches::default();
        switches.set("store-dialect", dialect).unwrap();
        let house = House::with(Options {
            data: Some(folder.path().to_owned()),
            switches,
            ..options()
        })
        .await;
        house.put("a", b"before").await;
        let before = contents(&folder);
        for (after, size) in [(0, 1), (5, 6), (0, 3_000_000), (2_000_000, 3_000_000)] {
            house
                .emulator
                .add_rule(on("PUT", Action::FullDisk { after }));
            let content = vec![7; size];
            let refused = house.ask("PUT", &house.object("a"), &[], &content).await;
            assert_eq!(refused.status, 507);
            assert!(refused.text().contains(text), "{}", refused.text());
            assert!(refused.header("x-trans-id").is_some());
            assert_eq!(house.get("a").await.text(), "before");
            assert_eq!(contents(&folder), before);
        }
        // What fits is taken.
        house
            .emulator
            .add_rule(on("PUT", Action::FullDisk { after: 5 }));
        house.put("a", b"after").await;
        assert_eq!(house.get("a").await.text(), "after");
        house.close().await;
    }
}

#[tokio::test]
async fn the_connection_goes_on_after_it() {
    let house = House::open().await;
    house
        .emulator
        .add_rule(on("PUT", Action::FullDisk { after: 100_000 }));
    let mut wire = crate::wire::Wire::connect(house.address).await;
    for (name, status) in [("a", 507), ("b", 201)] {
        wire.write(&house.request("PUT", &house.object(name), &[], &vec![7; 300_000]))
            .await;
        assert_eq!(wire.read(false).await.unwrap().status, status);
    }
    assert_eq!(house.names("").await, ["b"]);
    house.close().await;
}

#[tokio::test]
async fn an_archive_is_kept_on_disk_too() {
    let house = House::open().await;
    let target = "/ic/api/integration/v1/integrations/archive?integrationInstance=test";
    let form = [("Content-Type", "multipart/form-data; boundary=x")];
    let mut full = on("POST", Action::FullDisk { after: 300_000 });
    full.service = None;
    house.emulator.add_rule(full);
    let answer = house.ask("POST", target, &form, &vec![7; 400_000]).await;
    assert_eq!(answer.status, 507);
    // Its credentials are those of the store.
    let answer = house.ask("POST", target, &form, &vec![7; 400_000]).await;
    assert_eq!(answer.status, 401);
    house.close().await;
}

/// What is expected depends on the disk, which is asked first.
#[tokio::test]
async fn what_the_disk_refuses_is_not_stored() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::with(Options {
        data: Some(folder.path().to_owned()),
        ..options()
    })
    .await;
    house.put("a", b"before").await;
    let before = contents(&folder);
    let content = vec![7; 6_000_000];
    let probe = folder.path().join("probe");
    let fits = fs_err::write(&probe, &content).is_ok();
    fs_err::remove_file(&probe).unwrap();
    let answer = house.ask("PUT", &house.object("a"), &[], &content).await;
    println!("it fits: {fits}; the answer: {}", answer.status);
    if fits {
        assert_eq!(answer.status, 201);
    } else {
        assert_eq!(answer.status, 507);
        assert_eq!(house.get("a").await.text(), "before");
        assert_eq!(contents(&folder), before);
    }
    house.put("b", b"next").await;
    house.close().await;
}

/// The same in a process whose files may not be as long, and which lives on where it tries.
#[cfg(unix)]
#[test]
fn a_refusal_of_the_system_is_one_of_the_store() {
    let test = "faults::disk::what_the_disk_refuses_is_not_stored";
    let script = format!("trap '' XFSZ; ulimit -f 4000; exec \"$0\" --exact {test} --nocapture");
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .arg(std::env::current_exe().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("it fits: false; the answer: 507"), "{said}");
}
