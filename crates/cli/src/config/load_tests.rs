use super::*;

const WHOLE: &str = r#"
[environments.test]
generation = "gen3"
url = "https://design.integration.us-phoenix-1.ocp.oraclecloud.com"
instance = "acme-test-px"
storage = "archive"
sign-in = { method = "client-credentials", token-url = "https://idcs-1.identity.oraclecloud.com/oauth2/v1/token", scope = "s", client-id = "c", client-secret = "env:OIC_TEST_SECRET" }

[environments.prod]
generation = "gen2"
url = "https://acme-prod-px.integration.ocp.oraclecloud.com"
protected = true
storage = "archive"
overrides = "values/prod.toml"

[environments.prod.sign-in]
method = "basic"
user = "jane"
password = "file:prod-password"

[storages.archive]
region = "us-phoenix-1"
namespace = "acmens"
bucket = "oic-archives"
user = "oracleidentitycloudservice/jane@example.com"
password = "file:~/.ferry/token"

[polling]
deadline = "3h"
"#;

fn load(text: &str) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ferry.toml");
    fs_err::write(&file, text).unwrap();
    Config::load(Sources {
        workspace: Some(file),
        user: None,
    })
}

fn mistake(text: &str) -> String {
    load(text).unwrap_err().to_string()
}

#[test]
fn a_whole_file_is_read() {
    let config = load(WHOLE).unwrap();
    assert_eq!(
        config.names().map(ToString::to_string).collect::<Vec<_>>(),
        ["prod", "test"]
    );
    let leaves = config.leaves();
    let leaf = leaves
        .iter()
        .find(|leaf| leaf.key == "environments.test.sign-in.client-secret")
        .unwrap();
    assert_eq!(leaf.value, "env:OIC_TEST_SECRET");
    assert_eq!(leaf.place.as_ref().unwrap().line, 7);
    let leaf = leaves
        .iter()
        .find(|leaf| leaf.key == "environments.prod.overrides");
    assert_eq!(leaf.unwrap().place.as_ref().unwrap().line, 14);
}

/// Each: a file, the line, the key, and a word of the message.
const MISTAKES: &[(&str, usize, &str, &str)] = &[
    (
        "\n[environments.test]\nurll = \"x\"",
        3,
        "environments.test.urll",
        "not known",
    ),
    ("[enviroments.test]\n", 1, "enviroments", "not known"),
    (
        "[environments.test]\n\nprotected = \"yes\"",
        3,
        "environments.test.protected",
        "invalid type",
    ),
    (
        "[environments.test]\ngeneration = \"gen9\"",
        2,
        "environments.test.generation",
        "",
    ),
    (
        "[environments.test]\nurl = \"http://example.com\"",
        2,
        "environments.test.url",
        "https",
    ),
    (
        "[environments.test]\nurl = \"https://example.com/ic/\"",
        2,
        "environments.test.url",
        "ends after the host",
    ),
    (
        "[environments.test]\nsign-in = { method = \"magic\" }",
        2,
        "environments.test.sign-in.method",
        "basic",
    ),
    ("[polling]\nfirst = \"soon\"", 2, "polling.first", "90s"),
    (
        "[polling]\n\n\nfrist = \"1s\"",
        4,
        "polling.frist",
        "not known",
    ),
    (
        "[storages.a]\nurl = \"https://cloud.oracle.com/object-storage/buckets\"",
        2,
        "storages.a.url",
        "",
    ),
    (
        "[storages.\"a b\"]\nusr = true",
        2,
        "storages.\"a b\".usr",
        "not known",
    ),
    (
        "[environments]\ntest = 5",
        2,
        "environments.test",
        "invalid type",
    ),
    (
        "[environments.prod]\nprotected = true\napproval-hours = -1",
        3,
        "environments.prod.approval-hours",
        "invalid value: integer, expected a whole number of hours",
    ),
    (
        "[environments.prod]\napproval-hours = \"a day\"",
        2,
        "environments.prod.approval-hours",
        "invalid type: string, expected a whole number of hours",
    ),
    (
        "[environments.prod]\nwindows = \"Fri 18:00-22:00 UTC\"",
        2,
        "environments.prod.windows",
        "invalid type: string, expected a list of windows: [\"Fri 18:00-22:00 Europe/Berlin\"]",
    ),
    (
        "[environments.prod]\nwindows = [5]",
        2,
        "environments.prod.windows",
        "expected a string",
    ),
    (
        "[environments.prod]\nwindows = [\"Fri\"]",
        2,
        "environments.prod.windows",
        "Fri",
    ),
];

#[test]
fn a_mistake_names_the_line_and_the_key() {
    for (text, line, key, what) in MISTAKES {
        let told = mistake(text);
        assert!(
            told.contains(&format!("ferry.toml:{line}: {key}: ")),
            "{text}\n→ {told}"
        );
        assert!(told.contains(what), "{text}\n→ {told}");
    }
}

#[test]
fn text_that_is_not_toml_names_the_line() {
    for (text, line) in [
        ("[environments\n", 1),
        ("a = 1\nb = \n", 2),
        ("x = \"open\ny = 1", 1),
        ("[a]\n[a]\n", 2),
    ] {
        let told = mistake(text);
        assert!(
            told.contains(&format!("ferry.toml:{line}: ")),
            "{text}\n→ {told}"
        );
    }
}

/// A secret in the wrong place is refused and never shown, wherever it stands.
#[test]
fn a_literal_secret_is_never_shown() {
    const SECRET: &str = "s3cr3t-Value";
    for text in [
        "[environments.test.sign-in]\nclient-secret = \"s3cr3t-Value\"",
        "[environments.test.sign-in]\nclient-secret = [\"s3cr3t-Value\"]",
        "[environments.test.sign-in]\npassword = { x = \"s3cr3t-Value\" }",
        "[environments.test]\nsign-in = \"s3cr3t-Value\"",
        "[storages.a]\npassword = \"s3cr3t-Value\"",
        "[environments.test]\nprotected = \"s3cr3t-Value, expected x\"",
        "[environments.test]\nurl = \"https://jane:s3cr3t-Value@example.com\"",
        "[environments.test.sign-in]\ntoken-url = \"https://jane:s3cr3t-Value@example.com\"",
        "[storages.a]\nurl = \"https://jane:s3cr3t-Value@swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/ns/b\"",
        "[storages.a]\nuser = \"jane:s3cr3t-Value\"",
        "[storages.a]\npassword = 's3cr3t-Value\n",
        "[storages.a]\npassword = s3cr3t-Value\n",
        "[storages.a]\npassword = \"env:X\" s3cr3t-Value\n",
    ] {
        let error = load(text).unwrap_err();
        let (_, hint) = error.parts();
        let told = format!("{error} {error:?} {}", hint.unwrap_or_default());
        assert!(!told.contains(SECRET), "{text}\n→ {told}");
        assert!(
            error.to_string().contains("ferry.toml:"),
            "{text}\n→ {error}"
        );
    }
    let told = mistake("[storages.a]\n\npassword = \"s3cr3t-Value\"");
    assert!(
        told.contains("ferry.toml:3: storages.a.password: "),
        "{told}"
    );
}

#[test]
fn the_workspace_file_lies_over_the_users_file() {
    let folder = tempfile::tempdir().unwrap();
    let (user, workspace) = (
        folder.path().join("user.toml"),
        folder.path().join("ferry.toml"),
    );
    fs_err::write(
        &user,
        "[polling]\nfirst = \"1s\"\nmin = \"2s\"\n[storages.a.]\n".replace("[storages.a.]\n", ""),
    )
    .unwrap();
    fs_err::write(&workspace, "\n[polling]\nfirst = \"5s\"\n").unwrap();
    let config = Config::load(Sources {
        workspace: Some(workspace.clone()),
        user: Some(user.clone()),
    })
    .unwrap();
    let found: Vec<(String, String, Place)> = config
        .leaves()
        .into_iter()
        .map(|leaf| (leaf.key, leaf.value, leaf.place.unwrap()))
        .collect();
    let expected = [
        (
            "polling.first".to_owned(),
            "5s".to_owned(),
            Place {
                file: workspace,
                line: 3,
            },
        ),
        (
            "polling.min".to_owned(),
            "2s".to_owned(),
            Place {
                file: user,
                line: 3,
            },
        ),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_unknown_environment_lists_the_known_ones() {
    let config = load(WHOLE).unwrap();
    let error = config
        .environment(&"porduction".parse().unwrap())
        .unwrap_err();
    assert_eq!(error.to_string(), "there is no environment porduction");
    assert_eq!(error.parts().1, Some("the known ones are: prod, test"));
    let error = Config::default()
        .environment(&"test".parse().unwrap())
        .unwrap_err();
    assert!(error.parts().1.unwrap().contains("--emulator"));
}
