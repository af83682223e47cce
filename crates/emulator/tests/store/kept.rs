//! State over restarts.

use ferry_emulator::{Emulator, Options, StartError};

use crate::house::{House, options};

fn kept(folder: &tempfile::TempDir) -> Options {
    Options {
        data: Some(folder.path().join("data")),
        ..options()
    }
}

#[tokio::test]
async fn objects_and_time_survive() {
    let folder = tempfile::tempdir().unwrap();
    let large = vec![7; 200_000];
    let house = House::with(kept(&folder)).await;
    house.put("small", b"hello").await;
    house.put("large", &large).await;
    house.put("gone", b"1").await;
    assert_eq!(
        house
            .ask("DELETE", &house.object("gone"), &[], b"")
            .await
            .status,
        204
    );
    assert_eq!(
        house
            .control("POST", "clock", r#"{"advance_seconds":1000}"#)
            .await
            .status,
        200
    );
    house.close().await;

    let house = House::with(kept(&folder)).await;
    assert_eq!(house.names("").await, ["large", "small"]);
    assert_eq!(house.get("small").await.text(), "hello");
    assert!(house.get("large").await.body == large);
    let now = house.control("GET", "clock", "").await.json();
    assert_eq!(now["now"], "2026-01-02T03:20:45.678Z");
    house.close().await;
}

#[tokio::test]
async fn what_was_answered_is_kept_even_without_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::with(kept(&folder)).await;
    house.put("a", b"hello").await;
    // A copy of the folder is what a killed process leaves.
    let copy = tempfile::tempdir().unwrap();
    copy_all(&folder.path().join("data"), &copy.path().join("data"));
    house.close().await;
    let house = House::with(kept(&copy)).await;
    assert_eq!(house.get("a").await.text(), "hello");
    house.close().await;
}

#[tokio::test]
async fn one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let first = Emulator::start(kept(&folder)).unwrap();
    let refused = Emulator::start(kept(&folder)).unwrap_err();
    assert!(matches!(refused, StartError::InUse { .. }), "{refused}");
    drop(first);
    Emulator::start(kept(&folder)).unwrap();
}

#[tokio::test]
async fn a_file_that_is_no_state_is_told() {
    let folder = tempfile::tempdir().unwrap();
    drop(Emulator::start(kept(&folder)).unwrap());
    for text in ["", "{}", r#"{"version":99}"#] {
        fs_err::write(folder.path().join("data/state.json"), text).unwrap();
        let error = Emulator::start(kept(&folder)).unwrap_err();
        assert!(matches!(error, StartError::State { .. }), "{error}");
    }
}

fn copy_all(from: &std::path::Path, to: &std::path::Path) {
    fs_err::create_dir_all(to).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            fs_err::copy(entry.path(), target).unwrap();
        }
    }
}
