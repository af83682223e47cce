//! An environment that is a storage alone, of Object Storage or of an OpenStack Swift, and what other commands say of it.

use ferry_e2e::{Stand, envelope, says, stand, wire};
use ferry_testkit::cli::Call;

const KEY: &str = "testing";

/// An OpenStack Swift with one container, and a workspace file that names it.
async fn upstream() -> Stand {
    let mut options = stand::options();
    options
        .switches
        .set("store-dialect", "upstream")
        .expect("a switch");
    let stand = Stand::with(options).await;
    let url = &stand.running.url;
    let headers = [("X-Auth-User", "test:tester"), ("X-Auth-Key", KEY)];
    let signed = wire::with_headers("GET", &format!("{url}/auth/v1.0"), &headers, None).await;
    let head = signed.expect("an answer").head;
    let token = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("x-auth-token"))
        .map_or_else(|| panic!("no token: {head}"), |(_, value)| value.to_owned());
    let made = wire::with_headers(
        "PUT",
        &format!("{url}/v1/AUTH_test/box"),
        &[("X-Auth-Token", &token)],
        None,
    )
    .await;
    assert_eq!(made.expect("an answer").status, 201);
    stand
        .ferry
        .write("ferry.toml", workspace(url, "test:tester"));
    stand
}

fn workspace(url: &str, user: &str) -> String {
    format!(
        "[environments.swift.storage]\nurl = \"{url}/v1/AUTH_test/box\"\nauth-url = \"{url}/auth/v1.0\"\n\
         user = \"{user}\"\npassword = \"env:SWIFT_KEY\"\n"
    )
}

fn call(stand: &Stand, args: &[&str]) -> Call {
    stand.ferry.args(args.iter().copied()).env("SWIFT_KEY", KEY)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swift_with_tokens_is_a_bucket_like_others() {
    let stand = upstream().await;
    std::fs::create_dir(stand.ferry.work().join("d")).expect("a folder");
    for n in 0..150 {
        stand.ferry.write(&format!("d/{n}"), n.to_string());
    }
    call(&stand, &["bucket", "put", "-r", "d", "swift/x/"])
        .run()
        .await
        .expect(0);
    let output = call(&stand, &["bucket", "get", "-r", "swift/x/", "out"])
        .run()
        .await
        .expect(0);
    says(&output, &["150 objects"]);
    assert_eq!(
        std::fs::read(stand.ferry.work().join("out/149")).expect("it came"),
        b"149"
    );
    call(&stand, &["bucket", "cp", "swift/x/1", "swift/copy"])
        .run()
        .await
        .expect(0);
    assert_eq!(
        stand.seen("PUT", "/box/copy") + stand.seen("COPY", "/box/x/1"),
        1,
        "the server copies by itself"
    );
    // Many go with one request where the server says that it can, and one by one without that.
    let output = call(
        &stand,
        &[
            "bucket",
            "rm",
            "-r",
            "swift/x/1",
            "--yes",
            "--without",
            "bulk-delete",
        ],
    )
    .run()
    .await;
    output.expect(0);
    assert_eq!(stand.seen("DELETE", "/box/x/1"), 61);
    call(&stand, &["bucket", "put", "-r", "d", "swift/x/"])
        .run()
        .await
        .expect(0);
    let output = call(
        &stand,
        &["bucket", "rm", "-r", "swift/x/", "--yes", "-o", "json"],
    )
    .run()
    .await
    .expect(0);
    assert_eq!(envelope(&output)["report"]["objects"], 150);
    assert_eq!(stand.seen("POST", "bulk-delete"), 1);
    let output = call(&stand, &["bucket", "ls", "-r", "swift", "-o", "json"])
        .run()
        .await
        .expect(0);
    assert_eq!(envelope(&output)["report"]["objects"][0]["name"], "copy");
    // A wrong key is a refusal, and is never shown.
    let wrong =
        call(&stand, &["bucket", "ls", "swift", "-v"]).env("SWIFT_KEY", "wrong-key-of-mine");
    let output = wrong.run().await.expect(4);
    assert!(!output.stderr.contains("wrong-key-of-mine"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_need_an_instance_say_so() {
    let stand = upstream().await;
    for args in [
        ["export", "swift"].as_slice(),
        &["import", "swift", "bucket:a.zip"],
        &["promote", "swift", "swift"],
        &["jobs", "show", "swift", "job:export:1"],
    ] {
        let output = call(&stand, args).run().await.expect(2);
        says(
            &output,
            &[
                "ferry.toml:",
                "environments.swift",
                "storage alone",
                "ferry bucket",
            ],
        );
    }
    let output = call(&stand, &["doctor", "swift"]).run().await.expect(0);
    assert!(output.stdout.contains("storage put"), "{output}");
    assert!(output.stdout.contains("storage alone"), "{output}");
    let output = call(&stand, &["config", "show", "--origin"])
        .run()
        .await
        .expect(0);
    for told in [
        "environments.swift.storage.auth-url",
        "test:tester",
        "env:SWIFT_KEY",
        "ferry.toml:3",
    ] {
        assert!(output.stdout.contains(told), "no {told}: {output}");
    }
    assert!(!output.stdout.contains(KEY), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_a_storage_are_told_with_their_line() {
    let stand = upstream().await;
    let good = workspace(&stand.running.url, "test:tester");
    for (bad, told) in [
        (good.replace("auth-url", "#"), "storage.user"),
        (
            good.replacen(&stand.running.url, "http://swift.example.com", 1),
            "storage.url",
        ),
        (
            good.replace(
                "auth-url = \"http://127.0.0.1",
                "auth-url = \"http://swift.example.com",
            ),
            "storage.auth-url",
        ),
        (good.replace("user", "usr"), "storage.usr"),
        (
            good.replace("password = \"env:SWIFT_KEY\"", "password = \"testing-123\""),
            "storage.password",
        ),
        (
            "[environments.swift]\nstorage = 5\n".to_owned(),
            "environments.swift.storage",
        ),
        (
            "[environments.swift]\nprotected = true\n".to_owned(),
            "environments.swift.storage",
        ),
    ] {
        stand.ferry.write("ferry.toml", &bad);
        let output = call(&stand, &["bucket", "ls", "swift"])
            .run()
            .await
            .expect(2);
        says(&output, &["ferry.toml:", told]);
        assert!(!output.stderr.contains("testing-123"), "{output}");
        // Behind the ':' of a user there may be a password.
        assert!(!output.stderr.contains("test:tester"), "{output}");
    }
    let whole = format!(
        "{good}[environments.both]\ngeneration = \"gen2\"\nurl = \"http://127.0.0.1:1\"\nstorage = \"s\"\n\
         sign-in = {{ method = \"basic\", user = \"u\", password = \"env:SWIFT_KEY\" }}\n[storages.s]\n\
         url = \"http://127.0.0.1:1/v1/a/b\"\nauth-url = \"http://127.0.0.1:1/auth\"\nuser = \"a:b\"\npassword = \"env:SWIFT_KEY\"\n"
    );
    stand.ferry.write("ferry.toml", whole);
    let output = call(&stand, &["export", "both"]).run().await.expect(2);
    says(&output, &["auth-url", "user and password alone"]);
}
