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
