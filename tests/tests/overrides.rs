//! `ferry overrides` and the file that a promotion reads, from the outside.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use ferry_e2e::samples::{rest, text};
use ferry_e2e::{Stand, Workspace, envelope, ferry, says};
use ferry_testkit::cli::{Ferry, Output};
use ferry_testkit::instance::{Form, Noise, sample, whole};
use ferry_testkit::redact::Secrets;
use serde_json::Value;

const FILE: &str = "prod.overrides.toml";

/// Everything that the demonstration's `test` asks for.
const WHOLE: &str = r#"
shared-hosts = ["crm-soap.test.example.com"]

[connections."*"]
credentials = { username = "env:NOBODY_SETS_THIS", password = "env:NOBODY_SETS_THIS" }

[connections."WARE*"]
properties.Host = "db.prod.example.com"

[connections.BILLING_API]
properties.connectionUrl = "https://billing.prod.example.com"

[connections."ORDERS/*"]
properties.connectionUrl = "https://orders.prod.example.com"

[connections.STATUS_API]
keep = ["connectionUrl"]

[connections.FILES_FTP]
properties.Host = "files.prod.example.com"

[schedules.ORDER_NIGHTLY]
parameters = { since = "2026-01-01" }
"#;

fn read(ferry: &Ferry, name: &str) -> String {
    std::fs::read_to_string(ferry.work().join(name)).unwrap()
}

/// Checks a file for `prod` against `test`.
async fn check(stand: &Stand, overrides: &str, exit: i32) -> Value {
    stand.ferry.write(FILE, overrides);
    let args = ["overrides", "check", "prod", "test", "-o", "json"];
    let output = stand.args(args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

/// The findings as `KIND what`, each with a next step.
fn findings(report: &Value) -> Vec<String> {
    let all = report["findings"].as_array().unwrap().iter();
    all.map(|it| {
        assert!(!it["next"].as_str().unwrap().is_empty(), "{it}");
        format!(
            "{} {}",
            it["kind"].as_str().unwrap(),
            it["what"].as_str().unwrap()
        )
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_from_an_instance_once_and_can_be_checked() {
    let stand = Stand::new().await;
    let init = ["overrides", "init", "prod", "test"];
    let output = stand.args(init).run().await.expect(0);
    assert!(output.stdout.contains("14 connections"), "{output}");
    let made = read(&stand.ferry, FILE);
    for line in [
        "[connections.\"BILLING_API\"] # rest, Billing API",
        "# properties.connectionUrl = \"https://billing-api.test.example.com\"",
        "# credentials.password = \"env:BILLING_API_PASSWORD\"",
        "# [schedules.\"ORDERS/ORDER_NIGHTLY|01.00.0000\"]",
    ] {
        assert!(made.lines().any(|it| it == line), "no {line} in\n{made}");
    }
    // As it is, nothing is given: what is needed and what points at the source is told.
    let checked = check(&stand, &made, 1).await;
    let told = findings(&checked);
    assert!(
        told.contains(
            &"no-value password of FINANCE/BILLING_API is needed, and credentials do not travel"
                .to_owned()
        ),
        "{told:?}"
    );
    assert!(
        told.iter()
            .any(|it| it.starts_with("at-source connectionUrl of ORDERS/ORDERS_API keeps")),
        "{told:?}"
    );
    assert!(
        !told.iter().any(|it| it.starts_with("matches-nothing")),
        "{told:?}"
    );
    assert_eq!(checked["origin"], "live");
    // It is never written over, and neither command changes anything elsewhere.
    let output = stand.args(init).run().await.expect(8);
    says(&output, &[FILE, "there already"]);
    assert_eq!(read(&stand.ferry, FILE), made);
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
    // What states nothing leaves a promotion as it is without the file.
    let promote = ["promote", "test", "prod", "--live=stop", "-o", "json"];
    let with = envelope(&stand.args(promote).run().await.expect(0));
    let other = Stand::new().await;
    let without = envelope(&other.args(promote).run().await.expect(0));
    assert_eq!(
        with["report"]["connections"],
        without["report"]["connections"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_made_from_an_archive_wherever_it_lies() {
    let stand = Stand::new().await;
    let export = ["export", "test", "--name", "a", "--download=a.zip"];
    stand.args(export).run().await.expect(0);
    let mut made = Vec::new();
    for source in ["a.zip", "./a.zip", "bucket:test/a.zip"] {
        let init = ["overrides", "init", "prod", source];
        let output = stand.args(init).run().await.expect(0);
        assert!(output.stdout.contains("2 lookups,"), "{output}");
        let text = read(&stand.ferry, FILE);
        made.push(text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>());
        let check = ["overrides", "check", "prod", source, "-o", "json"];
        let report = envelope(&stand.args(check).run().await.expect(1))["report"].clone();
        assert_eq!(report["origin"], "archive");
        let told = findings(&report);
        assert!(told.contains(&"no-value connectionUrl of FINANCE/BILLING_API has no value: it was taken out of the archive".to_owned()), "{told:?}");
        std::fs::remove_file(stand.ferry.work().join(FILE)).unwrap();
    }
    assert_eq!(made[0], made[1]);
    assert_eq!(made[0], made[2]);
    assert!(
        made[0].contains(&"# [lookups.\"Country_Codes\"]".to_owned()),
        "{:?}",
        made[0]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generated_instance_of_many_kinds_makes_a_file_that_can_be_read() {
    let ferry = ferry();
    ferry.write("a.zip", whole(&sample(), Form::Nested, &Noise::all(3)));
    let emulator = ["--emulator"];
    let args = ["overrides", "init", "prod", "a.zip"]
        .into_iter()
        .chain(emulator);
    ferry.args(args).run().await.expect(0);
    let args = ["overrides", "check", "prod", "a.zip", "-o", "json"]
        .into_iter()
        .chain(emulator);
    let report = envelope(&ferry.args(args).run().await.expect(1))["report"].clone();
    let entries = report["entries"].as_array().unwrap();
    assert!(!entries.is_empty());
    assert!(
        entries
            .iter()
            .all(|it| !it["meets"].as_array().unwrap().is_empty()),
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_whole_is_exit_0_and_every_match_is_told() {
    let stand = Stand::new().await;
    let report = check(&stand, WHOLE, 0).await;
    let entries = report["entries"].as_array().unwrap();
    let meets = |name: &str| {
        let found = entries.iter().find(|it| it["entry"] == name).unwrap();
        found["meets"].as_array().unwrap().clone()
    };
    assert_eq!(meets("*").len(), 14);
    assert_eq!(
        meets("WARE*"),
        [
            "FINANCE/WAREHOUSE_DB",
            "ORDERS/WAREHOUSE_DB",
            "WAREHOUSE_DB"
        ]
    );
    let connections = report["connections"].as_array().unwrap();
    let value = |code: &str, project: &str, name: &str| {
        let found = connections
            .iter()
            .find(|it| it["code"] == code && it["project"] == project);
        let values = found.unwrap()["values"].as_array().unwrap();
        values.iter().find(|it| it["name"] == name).unwrap().clone()
    };
    // The exact entry gives it, though another that fits names the project.
    let billing = value("BILLING_API", "FINANCE", "connectionUrl");
    assert_eq!(billing["before"], "https://billing-api.test.example.com");
    assert_eq!(billing["after"], "https://billing.prod.example.com");
    assert_eq!(billing["entry"], "BILLING_API");
    let kept = value("STATUS_API", "ORDERS", "connectionUrl");
    assert_eq!(
        (&kept["entry"], &kept["after"]),
        (&"STATUS_API".into(), &Value::Null)
    );
    // References are told, never what is behind them: nothing is.
    let password = value("BILLING_API", "FINANCE", "password");
    assert_eq!(password["after"], "env:NOBODY_SETS_THIS");
    let text = stand
        .args(["overrides", "check", "prod", "test"])
        .run()
        .await
        .expect(0);
    assert!(text.stdout.ends_with("0 findings\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_finding_is_exit_1_and_names_its_place() {
    let stand = Stand::new().await;
    for (more, told, at) in [
        (
            "[connections.BILING_API]\n",
            "matches-nothing it matches nothing",
            Some("24: connections.BILING_API"),
        ),
        (
            "[connections.\"X*\"]\n",
            "matches-nothing it matches nothing",
            Some("24: connections.\"X*\""),
        ),
        (
            "[schedules.ORDER_WEEKLY]\n",
            "matches-nothing it matches nothing",
            Some("24: schedules.ORDER_WEEKLY"),
        ),
        (
            "[connections.CRM_SOAP]\nproperties.connectionUrl = \"x\"\n",
            "no-such-property the connection has no property connectionUrl",
            Some("24: connections.CRM_SOAP"),
        ),
        (
            "[connections.\"/STATUS_API\"]\nproperties.connectionUrl = \"https://orders-api.test.example.com/\"\n",
            "at-source connectionUrl of STATUS_API points at orders-api.test.example.com, a place of the source",
            Some("24: connections.\"/STATUS_API\""),
        ),
        (
            "[connections.\"BILLING*\"]\nagent-group = \"A\"\n[connections.\"*ING_API\"]\nagent-group = \"B\"\n",
            "contradiction agent-group of FINANCE/BILLING_API is stated differently by BILLING*, which is equally strong",
            Some("26: connections.\"*ING_API\""),
        ),
        (
            "[connections.CRM_SOAP]\nattachments.targetWSDLURL = \"file:gone.wsdl\"\n",
            "no-file the file for targetWSDLURL cannot be read",
            Some("24: connections.CRM_SOAP"),
        ),
        (
            "[connections.\"FINANCE/REST_TRIGGER\"]\npolicy = \"OAUTH_CLIENT_CREDENTIALS\"\nkeep = [\"username\"]\n",
            "",
            None,
        ),
    ] {
        let exit = i32::from(!told.is_empty());
        let report = check(&stand, &format!("{WHOLE}{more}"), exit).await;
        let found = findings(&report);
        assert_eq!(
            found.len(),
            usize::from(!told.is_empty()),
            "{more}: {found:?}"
        );
        if let Some(at) = at {
            assert!(found[0].starts_with(told), "{more}: {found:?}");
            let place = report["findings"][0]["at"].as_str().unwrap();
            assert!(place.ends_with(&format!("{FILE}:{at}")), "{more}: {place}");
        }
    }
    // What the whole file gives is missed where it is taken away.
    let less = WHOLE.replace("password = \"env:NOBODY_SETS_THIS\"", "");
    let found = findings(&check(&stand, &less.replace(", }", " }"), 1).await);
    assert!(
        found
            .iter()
            .all(|it| it.starts_with("no-value password of ")),
        "{found:?}"
    );
    assert!(found.len() > 5, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_lookups_is_checked_by_an_archive_and_not_by_an_instance() {
    let stand = Stand::new().await;
    let export = ["export", "test", "--name", "a", "--download=a.zip"];
    stand.args(export).run().await.expect(0);
    let keep = "[connections.\"*\"]\nkeep = [\"*\"]\n";
    let rows = "[lookups.Country_Codes]\nrows = [{ Nonsense = \"x\" }]\n";
    let report = check(&stand, &format!("{keep}{rows}"), 0).await;
    let told = report["not-checked"].to_string();
    assert!(told.contains("the entries of lookups"), "{told}");
    let args = ["overrides", "check", "prod", "a.zip", "-o", "json"];
    let report = envelope(&stand.args(args).run().await.expect(1))["report"].clone();
    let found = findings(&report);
    // The instance has one of this name, and a project too.
    for lookup in ["Country_Codes", "ORDERS/Country_Codes"] {
        for told in [
            format!("no-such-column the lookup {lookup} has no column Nonsense"),
            format!("no-key row 1 does not say which row of {lookup} it is: it has no CODE"),
        ] {
            assert!(found.contains(&told), "no {told} in {found:?}");
        }
    }
    assert_eq!(found.len(), 4, "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_and_an_unclear_word_are_exit_2() {
    const SECRET: &str = "s3cr3t-Value/+x";
    let stand = Stand::new().await;
    let run = |args: &'static [&str]| stand.args(args.iter().copied()).run();
    let check: &[&str] = &["overrides", "check", "prod", "test"];
    says(
        &run(check).await.expect(2),
        &[FILE, "is not there", "ferry overrides init prod"],
    );
    for (text, place) in [
        (
            "\n[connections.A]\nkepe = []\n".to_owned(),
            "3: connections.A.kepe: this key is not known",
        ),
        (
            format!("[connections.A]\nproperties.password = \"{SECRET}\"\n"),
            "2: connections.A.properties",
        ),
        (
            format!("[connections.A]\ncredentials.password = \"{SECRET}\"\n"),
            "2: connections.A.credentials.password: ",
        ),
        (
            format!("[connections.A]\nkeep = \"{SECRET}\"\n"),
            "2: connections.A.keep: ",
        ),
    ] {
        stand.ferry.write(FILE, text);
        for args in [
            check,
            &["promote", "test", "prod", "--live=stop", "-v"],
            &["overrides", "check", "prod", "test", "-v", "-o", "json"],
        ] {
            let output: Output = run(args).await.expect(2);
            says(&output, &[&format!("{FILE}:{place}")]);
            let all = format!("{}{}", output.stdout, output.stderr);
            assert!(!all.contains(SECRET), "{output}");
        }
    }
    stand.ferry.write(FILE, WHOLE);
    says(
        &run(&["overrides", "check", "prod", "gone.zip"])
            .await
            .expect(2),
        &["gone.zip"],
    );
    says(
        &run(&["overrides", "init", "prdo", "test"]).await.expect(2),
        &["no environment prdo", "prod"],
    );
    stand.ferry.write("test", "a file");
    says(
        &run(check).await.expect(2),
        &["an environment and a file", "./test"],
    );
    assert!(stand.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_of_which_nothing_can_be_read_says_so() {
    let stand = Stand::new().await;
    stand.ferry.write(
        "odd.zip",
        ferry_testkit::archives::Zip::of([ferry_testkit::archives::Part::stored(
            "data.bin",
            b"\x00\x01",
        )])
        .bytes(),
    );
    stand.ferry.write(FILE, WHOLE);
    for command in ["check", "init"] {
        if command == "init" {
            std::fs::remove_file(stand.ferry.work().join(FILE)).unwrap();
        }
        let output = stand
            .args(["overrides", command, "prod", "odd.zip"])
            .run()
            .await
            .expect(1);
        says(
            &output,
            &[
                "odd.zip holds no connection",
                "its instance is read instead",
            ],
        );
    }
    assert!(!stand.ferry.work().join(FILE).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promotion_gives_what_the_strongest_entry_states() {
    let stand = Stand::new().await;
    let promoted = WHOLE.split("[schedules").next().unwrap();
    stand.ferry.write(FILE, promoted);
    stand
        .args(["promote", "test", "prod", "--live=stop"])
        .run()
        .await
        .expect(0);
    let cards = stand.cards();
    let prod = cards
        .iter()
        .find(|card| text(card, "name") == "prod")
        .unwrap();
    for (path, wanted) in [
        (
            "projects/FINANCE/connections/BILLING_API",
            "https://billing.prod.example.com",
        ),
        (
            "projects/FINANCE/connections/WAREHOUSE_DB",
            "db.prod.example.com",
        ),
        (
            "projects/ORDERS/connections/ORDERS_API",
            "https://orders.prod.example.com",
        ),
        (
            "projects/ORDERS/connections/FILES_FTP",
            "files.prod.example.com",
        ),
    ] {
        let there: Value = serde_json::from_slice(&rest(prod, path).await).unwrap();
        let values = there["connectionProperties"].as_array().unwrap();
        assert!(
            values.iter().any(|it| it["propertyValue"] == wanted),
            "{path}: {there}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn misspelt_entries_and_contradictions_stop_a_promotion_before_anything_starts() {
    let stand = Stand::new().await;
    for (overrides, told) in [
        (
            "[connections.\"B*\"]\npolicy = \"NONE\"\n[connections.\"*I\"]\npolicy = \"BASIC_AUTH\"\n",
            "differently",
        ),
        ("[connections.\"Z*\"]\n", "no connection matches"),
    ] {
        stand.ferry.write(FILE, overrides);
        let output = stand
            .args(["promote", "test", "prod", "--live=stop"])
            .run()
            .await
            .expect(2);
        says(&output, &[told, "nothing was exported"]);
    }
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_reach_the_connection_before_its_test_and_nothing_else() {
    const WSDL: &str = "<definitions name=\"a-file-that-nobody-tells\"/>";
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    workspace.write(&stand.ferry);
    stand.ferry.write(
        FILE,
        "[connections.\"*\"]\nkeep = [\"*\"]\n[connections.\"/CRM_SOAP\"]\nattachments.targetWSDLURL = \"file:crm.wsdl\"\n",
    );
    let promote = ["promote", "test", "prod", "--live=stop", "-o", "json"];
    let promote = || workspace.call(&stand.ferry, promote).run();
    // Without the file nothing is begun, nor with one that is no file or far too long.
    says(
        &promote().await.expect(2),
        &["crm.wsdl cannot be read", "attachments.targetWSDLURL"],
    );
    let path = stand.ferry.write("crm.wsdl", "");
    says(&promote().await.expect(2), &["crm.wsdl is empty"]);
    let sparse = std::fs::File::create(&path).unwrap();
    sparse.set_len(16 * 1024 * 1024 + 1).unwrap();
    says(&promote().await.expect(2), &["too long to be uploaded"]);
    assert!(stand.changes().is_empty(), "{:?}", stand.changes());
    stand.ferry.write("crm.wsdl", WSDL);
    let output = promote().await.expect(0);
    let report = envelope(&output)["report"].clone();
    let all = report["connections"].as_array().unwrap();
    let soap = all
        .iter()
        .find(|one| one["id"] == "CRM_SOAP" && one["project"].is_null())
        .unwrap();
    assert_eq!(soap["changed"], serde_json::json!(["targetWSDLURL"]));
    let attachment = "connections/CRM_SOAP/attachments/targetWSDLURL";
    let cards = stand.cards();
    let prod = cards.iter().find(|card| text(card, "name") == "prod");
    let there = rest(prod.unwrap(), attachment).await;
    assert_eq!(String::from_utf8(there).unwrap(), WSDL);
    let made = stand.changes();
    let at = |part: &str| {
        let at = made.iter().position(|one| one.target.contains(part));
        at.unwrap_or_else(|| panic!("no {part}: {made:?}"))
    };
    assert!(at(attachment) < at("v1/connections/CRM_SOAP/test"));
    let sent: Vec<_> = made
        .iter()
        .filter(|one| one.target.contains("/attachments/"))
        .collect();
    assert_eq!(sent.len(), 1, "{sent:#?}");
    let secrets = Secrets::new().and("file", "a-file-that-nobody-tells");
    secrets.assert_absent("the output", output.to_string());
    secrets.assert_absent_below(&stand.ferry.state());
}
