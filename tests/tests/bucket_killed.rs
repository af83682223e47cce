//! A transfer of 1 GiB that is killed again and again, and the same command after it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use ferry_e2e::{Stand, options, says};
use ferry_testkit::cli::Call;

const SIZE: u64 = 1 << 30;
const KILLS: u32 = 20;

/// How long a command lives at most before it is killed. An upload that began again each time would never end otherwise.
const LIFE: Duration = Duration::from_millis(2500);

/// Random bytes in blocks of 1 MiB, each with its number before it: no stretch can be taken for another.
fn write_big(path: &Path) {
    let mut file = File::create(path).expect("a new file");
    let mut block = vec![0; 1 << 20];
    fastrand::Rng::with_seed(9).fill(&mut block);
    for number in 0..SIZE >> 20 {
        block.splice(..8, number.to_le_bytes());
        file.write_all(&block).expect("room on the disk");
    }
}

#[track_caller]
fn assert_same(one: &Path, other: &Path) {
    let [mut one, mut other] =
        [one, other].map(|path| File::open(path).expect("the file is there"));
    for file in [&one, &other] {
        assert_eq!(file.metadata().expect("a file").len(), SIZE);
    }
    let [mut here, mut there] = [vec![0; 1 << 20], vec![0; 1 << 20]];
    for number in 0..SIZE >> 20 {
        one.read_exact(&mut here).expect("a readable file");
        other.read_exact(&mut there).expect("a readable file");
        assert!(here == there, "block {number} differs");
    }
}

/// Runs the command until it was killed so many times, at moments that the seed chooses. `ended` looks at each that was
/// done before its time, and makes way for the next. Gives how often that was.
async fn kill(seed: u64, command: impl Fn() -> Call, mut ended: impl FnMut()) -> u32 {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut kills, mut done) = (0, 0);
    while kills < KILLS {
        let mut running = command().spawn();
        tokio::time::sleep(LIFE.mul_f64(random.f64())).await;
        if running.is_running() {
            running.kill9().await;
            kills += 1;
        } else {
            running.wait().await.expect(0);
            ended();
            done += 1;
        }
    }
    done
}

/// How often each segment was stored.
fn segments(stand: &Stand) -> BTreeMap<String, usize> {
    let mut stored = BTreeMap::new();
    for record in stand.changes() {
        if record.method == "PUT" && record.target.contains(".ferry-segments/") {
            *stored.entry(record.target).or_default() += usize::from(record.status == Some(201));
        }
    }
    stored
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_goes_on_where_it_was() {
    let stand = Stand::new().await;
    write_big(&stand.ferry.work().join("big"));
    let put = ["bucket", "put", "big", "test/big"];
    stand.args(put).run().await.expect(0);
    let [big, target] = ["big", "fetched"].map(|name| stand.ferry.work().join(name));
    let get = || stand.args(["bucket", "get", "test/big", "fetched"]);
    kill(1, get, || {
        assert_same(&big, &target);
        std::fs::remove_file(&target).expect("a file to remove");
    })
    .await;
    let last = get().run().await.expect(0);
    assert_same(&big, &target);
    assert_eq!(
        std::fs::read_dir(stand.ferry.work())
            .expect("a folder")
            .count(),
        2,
        "{last}"
    );
    let resumed = stand.running.emulator.journal();
    let resumed = resumed
        .iter()
        .filter(|record| record.method == "GET" && record.status == Some(206))
        .count();
    assert!(resumed > 0, "none went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_in_segments_sends_none_twice() {
    let mut options = options();
    let upstream = options.switches.set("store-dialect", "upstream");
    upstream.expect("a switch");
    let stand = Stand::with(options).await;
    write_big(&stand.ferry.work().join("big"));
    let put = || {
        stand.args([
            "bucket",
            "put",
            "big",
            "test/big",
            "--segments",
            "--overwrite",
        ])
    };
    let mut done = kill(2, put, || ()).await;
    put().run().await.expect(0);
    done += 1;
    let stored = segments(&stand);
    assert_eq!(stored.len(), 16, "{stored:?}");
    // Each is stored once; one that was whole, and whose answer came too late for the kill, is found by its MD5.
    assert!(
        stored.values().all(|times| *times == 1),
        "{done}: {stored:?}"
    );
    stand
        .args(["bucket", "get", "test/big", "fetched"])
        .run()
        .await
        .expect(0);
    let [big, target] = ["big", "fetched"].map(|name| stand.ferry.work().join(name));
    assert_same(&big, &target);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_upload_begins_again_and_says_so() {
    let stand = Stand::new().await;
    write_big(&stand.ferry.work().join("big"));
    let put = || stand.args(["bucket", "put", "big", "test/big", "--overwrite"]);
    kill(3, put, || ()).await;
    let last = put().run().await.expect(0);
    says(&last, &["in one piece", "from the beginning"]);
    stand
        .args(["bucket", "get", "test/big", "fetched"])
        .run()
        .await
        .expect(0);
    let [big, target] = ["big", "fetched"].map(|name| stand.ferry.work().join(name));
    assert_same(&big, &target);
}
