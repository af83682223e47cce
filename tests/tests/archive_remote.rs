//! `ferry archive` on an object in a bucket: only what is needed is read.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use ferry_e2e::{Stand, envelope, says};
use ferry_testkit::archives::{Part, Zip};
use ferry_testkit::instance::{Noise, iar, sample};
use serde_json::Value;

async fn report(stand: &Stand, args: &[&str], exit: i32) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["-o", "json"]).collect();
    let output = stand.args(args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_object_its_ends_are_read_and_the_entry_that_is_asked_for() {
    let stand = Stand::new().await;
    let instance = sample();
    let it = &instance.integrations[0];
    let name = format!("integrations/{}_{}.iar", it.code, it.version);
    let mut filling = vec![0; 32 << 20];
    fastrand::Rng::with_seed(1).fill(&mut filling);
    let mut zip = Zip::of([
        Part::stored("process/a.expx", &filling),
        Part::stored(&name, &iar(&instance, it, &Noise::none())),
        Part::stored("process/b.expx", &filling),
    ])
    .bytes();
    let file = stand.ferry.write("a.zip", &zip);
    stand.put_file("test", "x/a.zip", &file).await;

    let object = "bucket:test/x/a.zip";
    let listed = report(&stand, &["archive", "ls", object], 0).await;
    assert_eq!(listed["entries"].as_array().unwrap().len(), 3);
    assert_eq!(listed["bytes"], zip.len());
    let read = listed["bytes-read"].as_u64().unwrap();
    assert!(read * 100 < zip.len() as u64, "{read} of {}", zip.len());
    let quick = report(&stand, &["archive", "verify", object, "--quick"], 0).await;
    assert_eq!(quick["whole"], true);

    let what = format!("integration:{}", it.code);
    let shown = stand
        .args(["archive", "show", object, &what, "-v"])
        .run()
        .await
        .expect(0);
    assert!(shown.stdout.contains("needs connection"), "{shown}");
    says(&shown, &["bytes read, in "]);
    let one = report(&stand, &["archive", "show", object, &name], 0).await;
    assert_eq!(one["artifact"]["name"], it.code.as_str());

    let whole = stand
        .args(["archive", "verify", object])
        .run()
        .await
        .expect(2);
    says(&whole, &["--quick"]);
    stand
        .args(["archive", "ls", "bucket:test/none.zip"])
        .run()
        .await
        .expect(1);
    stand
        .args(["archive", "show", object, "nothing"])
        .run()
        .await
        .expect(1);

    // A download that was cut has no directory.
    zip.truncate(zip.len() / 2);
    let file = stand.ferry.write("cut.zip", &zip);
    stand.put_file("test", "x/cut.zip", &file).await;
    let cut = report(
        &stand,
        &["archive", "verify", "bucket:test/x/cut.zip", "--quick"],
        1,
    )
    .await;
    assert_eq!(cut["whole"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_entry_is_told_by_its_name() {
    let stand = Stand::new().await;
    let mut zip = Zip::of([Part::stored(
        "a.dvm",
        b"<dvm xmlns='http://xmlns.oracle.com/dvm' name='A'/>",
    )])
    .bytes();
    zip[50] ^= 1;
    let file = stand.ferry.write("bad.zip", &zip);
    stand.put_file("test", "bad.zip", &file).await;
    let args = ["archive", "show", "bucket:test/bad.zip", "a.dvm"];
    let shown = stand.args(args).run().await.expect(1);
    says(
        &shown,
        &["a.dvm: damaged: its content does not have the checksum"],
    );
    assert!(!shown.stderr.contains("directory:"), "{shown}");
}
