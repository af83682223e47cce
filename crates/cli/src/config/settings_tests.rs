use std::time::Duration;

use super::super::find::Sources;
use super::*;

fn load(text: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ferry.toml");
    fs_err::write(&file, text).unwrap();
    Config::load(Sources {
        workspace: Some(file),
        user: None,
    })
    .unwrap()
}

const GEN2: &str = r#"
[environments.test]
generation = "gen2"
url = "https://acme-test-px.integration.ocp.oraclecloud.com/"
storage = "archive"
sign-in = { method = "basic", user = "jane", password = "env:P" }
[storages.archive]
region = "us-phoenix-1"
namespace = "acmens"
bucket = "oic-archives"
user = "jane@example.com"
password = "env:T"
"#;

#[test]
fn an_environment_is_put_together() {
    let settings = load(GEN2).environment(&"test".parse().unwrap()).unwrap();
    assert_eq!(
        settings.url,
        "https://acme-test-px.integration.ocp.oraclecloud.com"
    );
    assert_eq!(settings.generation, Generation::Gen2);
    assert_eq!(
        settings.storage.url.to_string(),
        "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acmens/oic-archives"
    );
    assert!(!settings.protected);
    let SignInSettings::Basic { user, password } = settings.sign_in else {
        panic!("not basic")
    };
    assert_eq!(user, "jane");
    assert_eq!(
        (password.key.as_str(), password.place.unwrap().line),
        ("environments.test.sign-in.password", 6)
    );
}

#[test]
fn what_is_missing_is_named_when_it_is_needed() {
    for (without, key) in [
        ("generation = \"gen2\"\n", "environments.test.generation"),
        ("storage = \"archive\"\n", "environments.test.storage"),
        (", user = \"jane\"", "environments.test.sign-in.user"),
        ("method = \"basic\", ", "environments.test.sign-in.method"),
        ("password = \"env:T\"\n", "storages.archive.password"),
        ("bucket = \"oic-archives\"\n", "storages.archive"),
    ] {
        let text = GEN2.replace(without, "");
        assert_ne!(text, GEN2);
        let error = load(&text)
            .environment(&"test".parse().unwrap())
            .unwrap_err();
        assert!(error.to_string().contains(&format!("{key}: ")), "{error}");
        assert!(error.to_string().contains("ferry.toml:"), "{error}");
    }
}

#[test]
fn generation_3_wants_an_instance_and_oauth() {
    let name = "test".parse().unwrap();
    let error = load(&GEN2.replace("gen2", "gen3"))
        .environment(&name)
        .unwrap_err();
    assert!(
        error.to_string().contains("environments.test.instance"),
        "{error}"
    );
    let text = GEN2.replace("\"gen2\"", "\"gen3\"\ninstance = \"acme-test-px\"");
    let error = load(&text).environment(&name).unwrap_err();
    assert!(error.to_string().contains("no basic sign-in"), "{error}");
}

#[test]
fn an_unknown_storage_lists_the_known_ones() {
    let error = load(&GEN2.replace("storage = \"archive\"", "storage = \"arcive\""))
        .environment(&"test".parse().unwrap());
    let error = error.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("ferry.toml:5: environments.test.storage"),
        "{error}"
    );
    assert_eq!(error.parts().1, Some("the known ones are: archive"));
}

#[test]
fn the_files_lie_over_the_default_policy() {
    let policy =
        load("[polling]\ndeadline = \"3h\"\nlost-job = \"1m\"\n").polling(PollPolicy::default());
    assert_eq!(policy.deadline, Duration::from_secs(3 * 3600));
    assert_eq!(policy.lost_job, Duration::from_secs(60));
    assert_eq!(policy.min, PollPolicy::default().min);
}

#[test]
fn a_storage_may_stand_in_its_environment_alone() {
    let text = r#"
[environments.swift.storage]
url = "http://127.0.0.1:8090/v1/AUTH_test/box"
auth-url = "http://127.0.0.1:8090/auth/v1.0"
user = "test:tester"
password = "env:K"
"#;
    let name = "swift".parse().unwrap();
    let config = load(text);
    assert!(config.is_storage_alone(&name).unwrap());
    let StorageSignIn::Token {
        auth_url,
        user,
        key,
    } = config.storage(&name).unwrap().sign_in
    else {
        panic!("not by token")
    };
    assert_eq!(auth_url, "http://127.0.0.1:8090/auth/v1.0");
    assert_eq!(user, "test:tester");
    let (key, line) = (key.key.as_str(), key.place.unwrap().line);
    assert_eq!((key, line), ("environments.swift.storage.password", 6));
    let error = config.environment(&name).unwrap_err();
    assert!(error.to_string().contains("storage alone"), "{error}");
    assert!(
        !load(GEN2)
            .is_storage_alone(&"test".parse().unwrap())
            .unwrap()
    );
    let basic = load(GEN2)
        .storage(&"test".parse().unwrap())
        .unwrap()
        .sign_in;
    assert!(matches!(basic, StorageSignIn::Basic { .. }));
}

/// The workspace file may state where tokens come from, and the user's own file who asks for them.
#[test]
fn the_form_of_a_user_is_judged_when_all_files_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs_err::write(&path, text).unwrap();
        Some(path)
    };
    let user = "[storages.s]\nuser = \"test:tester\"\n";
    let sources = |workspace: &str| Sources {
        user: write("user.toml", user),
        workspace: write("ferry.toml", workspace),
    };
    let by_token = "[storages.s]\nauth-url = \"https://swift.example.com/auth/v1.0\"\n";
    assert!(Config::load(sources(by_token)).is_ok());
    let error = Config::load(sources("")).unwrap_err().to_string();
    assert!(error.contains("user.toml:2: storages.s.user"), "{error}");
    assert!(!error.contains("tester"), "{error}");
}
