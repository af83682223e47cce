//! The rails of a promotion that no other file has: each stops what it is for, and does not stop what is right. Approvals,
//! windows, moved plans and what is live: `promote.rs`; places of the source: `crossing.rs`.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;

use ferry_e2e::{Stand, Workspace, envelope, says};
use ferry_emulator::{Action, Rule};
use ferry_testkit::cli::Output;
use serde_json::Value;

/// Everything that comes is meant as it comes.
const KEPT: &str = "[connections.\"*\"]\nkeep = [\"*\"]\n";

/// A place of its own for every connection of `test`, and no credential.
const PLACES: &str = r#"
[connections.STATUS_API]
properties.connectionUrl = "https://status.prod.example.com"
[connections.BILLING_API]
properties.connectionUrl = "https://billing.prod.example.com"
[connections.ORDERS_API]
properties.connectionUrl = "https://orders.prod.example.com"
[connections.CRM_SOAP]
properties.targetWSDLURL = "https://crm.prod.example.com/?wsdl"
[connections.WAREHOUSE_DB]
properties = { Host = "warehouse.prod.example.com", Port = "443" }
[connections.FILES_FTP]
properties = { Host = "files.prod.example.com", Port = "443" }
"#;

/// What uses the connection of the invoices, itself or by what it calls.
const BILLED: [&str; 2] = ["INVOICE_POST|01.00.0000", "PAYMENT_RECON|01.00.0000"];

/// What a rail stopped.
fn stopped(output: &Output) -> Vec<String> {
    let report = envelope(output)["report"].clone();
    let all = report["activations"].as_array().unwrap();
    let stopped = all.iter().filter(|one| one["stopped"] == true);
    stopped
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

/// An emulator, used as if its environments were real ones.
struct Rails {
    stand: Stand,
    workspace: Workspace,
}

impl Rails {
    /// With these keys of `prod`, in the place of its own of the same name.
    async fn new(keys: &str) -> Self {
        let stand = Stand::new().await;
        let workspace = Workspace::of(stand.cards());
        workspace.write(&stand.ferry);
        let file = stand.ferry.work().join("ferry.toml");
        let toml = std::fs::read_to_string(&file).unwrap();
        let (before, behind) = toml.split_once("[environments.prod]\n").unwrap();
        let mut own = behind.to_owned();
        if keys.contains("protected") {
            own = own.replacen("protected = false\n", "", 1);
        }
        let toml = format!("{before}[environments.prod]\n{keys}{own}");
        std::fs::write(file, toml).unwrap();
        Self { stand, workspace }
    }

    /// Says it anew of `prod`, which said it.
    fn approval_hours(&self, hours: u32) {
        let file = self.stand.ferry.work().join("ferry.toml");
        let toml = std::fs::read_to_string(&file).unwrap();
        let lines = toml.lines().map(|line| match line.split_once(" = ") {
            Some(("approval-hours", _)) => format!("approval-hours = {hours}\n"),
            _ => format!("{line}\n"),
        });
        std::fs::write(file, lines.collect::<String>()).unwrap();
    }

    async fn run(&self, overrides: &str, args: &[&str]) -> Output {
        self.stand.ferry.write("prod.overrides.toml", overrides);
        let args = args.iter().copied();
        self.workspace.call(&self.stand.ferry, args).run().await
    }

    async fn promote(&self, overrides: &str, more: &[&str]) -> Output {
        let args = ["promote", "test", "prod", "--live=stop", "-o", "json"];
        self.run(overrides, &[&args, more].concat()).await
    }

    async fn imports(&self) -> usize {
        self.stand.jobs("prod", "import").await.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_in_a_lookup_are_accepted_by_name_or_stated_or_shared() {
    let rails = Rails::new("").await;
    let csv = "DVM,Endpoints,where\nSystem,Address\nERP,https://erp.test.example.com\n";
    rails.stand.ferry.write("endpoints.csv", csv);
    let put = ["lookups", "put", "test", "endpoints.csv"];
    rails.stand.args(put).run().await.expect(0);
    let near = format!("accept = [\"lookups/Endpoint\", \"lookups/*\"]\n{KEPT}");
    for wrong in [KEPT, &near] {
        let output = rails.promote(wrong, &[]).await.expect(9);
        says(
            &output,
            &[
                "cannot be read",
                "lookups/Endpoints",
                "accept = [\"lookups/Endpoints\"]",
            ],
        );
    }
    assert_eq!(rails.imports().await, 0);
    let row = "[lookups.Endpoints]\nrows = [{ System = \"ERP\", Address = \"https://erp.example.com\" }]\n";
    for right in [
        format!("accept = [\"lookups/Endpoints\"]\n{KEPT}"),
        format!("shared-hosts = [\"erp.test.example.com\"]\n{KEPT}"),
        format!("{KEPT}{row}"),
    ] {
        rails.promote(&right, &[]).await.expect(0);
    }
    assert_eq!(rails.imports().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_stops_what_uses_the_connection_unless_it_is_excepted() {
    let rails = Rails::new("").await;
    let dead = "[connections.\"FINANCE/BILLING_API\"]\nproperties.connectionUrl = \"https://unreachable.example\"\n";
    let dead = format!("{KEPT}{dead}");
    // A name that nothing has would except nothing.
    let other = ["--untested", "BILLING_API"];
    let output = rails.promote(&dead, &other).await.expect(2);
    says(
        &output,
        &["no such connection", "is this meant: FINANCE/BILLING_API"],
    );
    assert_eq!(rails.imports().await, 0);
    let output = rails.promote(&dead, &[]).await.expect(9);
    says(&output, &["--untested FINANCE/BILLING_API"]);
    assert_eq!(stopped(&output), BILLED);
    let excepted = ["--untested", "FINANCE/BILLING_API"];
    rails.promote(&dead, &excepted).await.expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_the_source_is_excepted_where_both_share_it() {
    let rails = Rails::new("").await;
    let others = PLACES.replace("\"https://billing.prod", "\"https://billing-api.test");
    let others = others.replace("[connections.BILLING_API]\nproperties.connectionUrl = \"https://billing-api.test.example.com\"\n", "");
    let shared = |host: &str| format!("shared-hosts = [\"{host}\"]\n{others}");
    let output = rails
        .promote(&shared("orders-api.test.example.com"), &[])
        .await
        .expect(9);
    says(&output, &["BILLING_API still points at the source"]);
    let shared = shared("billing-api.test.example.com");
    rails.promote(&shared, &[]).await.expect(0);
}

/// What the overrides give nothing is tested as it came, where something that is to be active uses it.
#[tokio::test(flavor = "multi_thread")]
async fn a_test_that_fails_stops_what_uses_a_connection_that_came_as_it_was() {
    let rails = Rails::new("").await;
    let billing = "[connections.BILLING_API]\nproperties.connectionUrl = \"https://billing.prod.example.com\"\n";
    let others = PLACES.replace(billing, "");
    let shared = format!("shared-hosts = [\"billing-api.test.example.com\"]\n{others}");
    rails.stand.running.emulator.add_rule(Rule {
        method: Some("POST".to_owned()),
        path: Some("/connections/BILLING_API/test".to_owned()),
        times: Some(1),
        ..Rule::new(Action::Status {
            code: 200,
            body: Some(r#"{"status":"FAILED"}"#.to_owned()),
            headers: BTreeMap::new(),
        })
    });
    let output = rails.promote(&shared, &[]).await.expect(9);
    says(&output, &["--untested FINANCE/BILLING_API"]);
    assert_eq!(stopped(&output), BILLED);
    rails.promote(&shared, &[]).await.expect(0);
}

/// The path and the fingerprint of the plan that waits.
fn waiting(output: &Output) -> (String, String) {
    let report: Value = envelope(output)["report"].clone();
    let fingerprint = report["plan"]["fingerprint"].as_str().unwrap().to_owned();
    let next = report["next"][1].as_str().unwrap();
    let (_, behind) = next.split_once("--plan ").unwrap();
    let (path, _) = behind.split_once(" --approve").unwrap();
    (path.to_owned(), fingerprint)
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_protected_target_credentials_are_given_or_kept_and_approvals_expire() {
    let rails = Rails::new("protected = true\napproval-hours = 2\n").await;
    let keep = format!("[connections.\"*\"]\nkeep = [\"username\", \"password\"]\n{PLACES}");
    let carry = async |overrides: &str, path: &str, fingerprint: &str| {
        let args = [
            "promote",
            "--plan",
            path,
            "--approve",
            fingerprint,
            "--live=stop",
        ];
        rails.run(overrides, &args).await
    };
    let (path, fingerprint) = waiting(&rails.promote(PLACES, &[]).await.expect(9));
    // The command that is told is the one that was given.
    let output = rails
        .promote(PLACES, &["--activate-by=job"])
        .await
        .expect(9);
    let next = envelope(&output)["report"]["next"][1].to_string();
    assert!(next.contains(" --live=stop --activate-by=job"), "{next}");
    let output = carry(PLACES, &path, &fingerprint).await.expect(9);
    says(
        &output,
        &[
            "nobody gives credentials",
            "password of FINANCE/BILLING_API",
        ],
    );
    // What may be needed is not left to chance either: nobody documents what these policies want.
    let known = ["BILLING_API", "CRM_SOAP", "ORDERS_API", "STATUS_API"];
    let known = known.into_iter().fold(PLACES.to_owned(), |text, code| {
        let entry = format!("[connections.{code}]\n");
        text.replace(
            &entry,
            &format!("{entry}keep = [\"username\", \"password\"]\n"),
        )
    });
    let (unsure, its) = waiting(&rails.promote(&known, &[]).await.expect(9));
    let output = carry(&known, &unsure, &its).await.expect(9);
    says(
        &output,
        &[
            "nobody gives credentials",
            "whether username, password of ORDERS/FILES_FTP must have a value",
        ],
    );
    assert_eq!(rails.imports().await, 0);
    // Other overrides are another plan.
    let output = carry(&keep, &path, &fingerprint).await.expect(9);
    says(
        &output,
        &["has moved since the plan was made", "BILLING_API"],
    );
    let (path, fingerprint) = waiting(&rails.promote(&keep, &[]).await.expect(9));
    // Nobody prolongs an approval: the time that a plan was made at is part of what was approved.
    let text = std::fs::read_to_string(&path).unwrap();
    let made: Value = serde_json::from_str(&text).unwrap();
    let made = made["made"].as_str().unwrap();
    let later: jiff::Timestamp = made.parse().unwrap();
    let later = (later + jiff::SignedDuration::from_hours(1)).to_string();
    rails
        .stand
        .ferry
        .write("prolonged.json", text.replace(made, &later));
    let output = carry(&keep, "prolonged.json", &fingerprint).await.expect(2);
    says(&output, &["it was changed after it was made", "ferry plan"]);
    rails.approval_hours(0);
    let output = carry(&keep, &path, &fingerprint).await.expect(9);
    says(&output, &["the approval expired at", "make it anew"]);
    assert_eq!(rails.imports().await, 0);
    rails.approval_hours(1);
    carry(&keep, &path, &fingerprint).await.expect(0);
    assert_eq!(rails.imports().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_import_of_any_mode_opens_a_protected_environment() {
    let rails = Rails::new("").await;
    let export = ["export", "test", "--name", "weekly"];
    rails.run(KEPT, &export).await.expect(0);
    let changes = rails.stand.changes().len();
    for mode in ["import-activate", "import-only", "activate-only"] {
        let import = |to: &'static str| ["import", to, "bucket:test/weekly.zip", "--mode", mode];
        let output = rails.run(KEPT, &import("live")).await.expect(9);
        says(&output, &["live is protected", "ferry promote --plan FILE"]);
    }
    assert_eq!(rails.stand.changes().len(), changes);
    let import = [
        "import",
        "prod",
        "bucket:test/weekly.zip",
        "--mode",
        "import-activate",
    ];
    rails.run(KEPT, &import).await.expect(0);
}
