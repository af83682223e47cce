//! Design-time objects, each by a command of its own: lists to their ends, changes with all that can stop them.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeSet;

use ferry_e2e::{Stand, Workspace, envelope, options, says};
use ferry_emulator::{Action, Rule, Service};
use ferry_testkit::cli::Output;
use serde_json::Value;
use tempfile::TempDir;

/// How many integrations an instance of [`many`] has: more than a page of them at the top, projects or not.
const MANY: usize = 300;

/// `new` of generation 3 and `old` of generation 2, with more than a page holds.
async fn many() -> (Stand, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lab.toml");
    let text = format!(
        "[instances.new]\ngeneration = \"gen3\"\nintegrations = {MANY}\nagent-groups = [\"PLANT\"]\n\
         [instances.old]\ngeneration = \"gen2\"\nintegrations = {MANY}\n"
    );
    std::fs::write(&file, text).expect("a file");
    let mut options = options();
    options.describe(&file).expect("a description");
    (Stand::with(options).await, folder)
}

async fn json(stand: &Stand, args: &[&str], exit: i32) -> Value {
    let args = args.iter().copied().chain(["-o", "json"]);
    let output = stand.args(args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

/// The rows of a list, each by project and id.
async fn listed(stand: &Stand, things: &str, environment: &str) -> Vec<(Option<String>, String)> {
    let report = json(stand, &[things, "list", environment], 0).await;
    let rows = report[things].as_array().expect("rows");
    assert_eq!(report["count"], rows.len(), "{report}");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let row = |row: &Value| {
        let id = text(&row["id"]).or_else(|| text(&row["name"]));
        (text(&row["project"]), id.expect("an id"))
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let distinct: BTreeSet<_> = rows.iter().collect();
    assert_eq!(distinct.len(), rows.len(), "something is listed twice");
    rows
}

/// The object of this id in a report on several.
fn object<'a>(report: &'a Value, id: &str) -> &'a Value {
    let mut objects = report["objects"].as_array().expect("objects").iter();
    let found = objects.find(|one| one["id"] == id);
    found.unwrap_or_else(|| panic!("no {id} in {report}"))
}

fn refuse(method: &str, path: &str, code: u16) -> Rule {
    Rule {
        service: Some(Service::Oic),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        ..Rule::new(Action::Status {
            code,
            body: None,
            headers: [].into(),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_go_through_all_pages_and_all_projects() {
    let (stand, _folder) = many().await;
    for name in ["new", "old"] {
        let integrations = listed(&stand, "integrations", name).await;
        assert_eq!(integrations.len(), MANY, "{name}");
        let output = stand
            .args(["integrations", "list", name])
            .run()
            .await
            .expect(0);
        for (project, id) in &integrations {
            let named = match project {
                Some(project) => format!("  {project}/{id}  "),
                None => format!("  {id}  "),
            };
            assert!(output.stdout.contains(&named), "no {named} in {output}");
        }
        let total = format!("{MANY} integrations\n");
        assert!(output.stdout.ends_with(&total), "{output}");
        assert!(!listed(&stand, "connections", name).await.is_empty());
    }
    // A page and a bit more at the top, and each project by itself.
    let new = listed(&stand, "integrations", "new").await;
    let in_projects = new.iter().filter(|(project, _)| project.is_some()).count();
    assert!(in_projects > 0 && in_projects < MANY, "{in_projects}");
    let projects = listed(&stand, "projects", "new").await;
    let used: BTreeSet<_> = new
        .iter()
        .filter_map(|(project, _)| project.clone())
        .collect();
    let known: BTreeSet<_> = projects.into_iter().map(|(_, id)| id).collect();
    assert_eq!(used, known);
    let old = listed(&stand, "integrations", "old").await;
    assert!(old.iter().all(|(project, _)| project.is_none()));
    // Gen2 is not even asked.
    assert!(listed(&stand, "projects", "old").await.is_empty());
    assert_eq!(stand.changes().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_small_list_is_there() {
    let stand = Stand::new().await;
    assert!(!listed(&stand, "packages", "test").await.is_empty());
    let certificates = json(&stand, &["certificates", "list", "test"], 0).await;
    let certificate = &certificates["certificates"][0];
    assert_eq!(certificate["id"], "USER|X509|TRUST|acme-root");
    assert_eq!(certificate["type"], "X509");
    for things in ["libraries", "lookups", "schedules"] {
        listed(&stand, things, "test").await;
    }
    let (stand, _folder) = many().await;
    let agents = json(&stand, &["agents", "list", "new"], 0).await;
    assert_eq!(agents["agent-groups"][0]["id"], "PLANT");
    // Only an administrator may see certificates: who may not is told so.
    stand
        .running
        .emulator
        .add_rule(refuse("GET", "/certificates", 403));
    let output = stand
        .args(["certificates", "list", "new"])
        .run()
        .await
        .expect(4);
    says(&output, &["ServiceAdministrator"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integration_is_found_by_its_code_or_in_full() {
    let stand = Stand::new().await;
    let all = listed(&stand, "integrations", "test").await;
    let (project, id) = all.iter().find(|(project, _)| project.is_some()).unwrap();
    let code = id.split('|').next().unwrap();
    let in_full = format!("{}/{id}", project.as_deref().unwrap());
    for name in [code, id, &in_full] {
        let shown = json(&stand, &["integrations", "show", "test", name], 0).await;
        assert_eq!(shown["id"], id.as_str(), "{name}");
        assert_eq!(shown["project"], project.as_deref().unwrap(), "{name}");
    }
    let absent = stand.args(["integrations", "show", "test", "NOBODY"]);
    says(
        &absent.run().await.expect(1),
        &["test has no integration NOBODY"],
    );
    let wrong = stand.args(["integrations", "show", "test", "a/b/c"]);
    wrong.run().await.expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn integrations_go_off_and_on_and_one_that_fails_is_named() {
    let stand = Stand::new().await;
    let both = ["STOCK_LEVELS", "PROD_HEARTBEAT"];
    let with = |action| ["integrations", action, "prod", both[0], both[1]];
    let off = json(&stand, &with("deactivate"), 0).await;
    for code in both {
        let one = object(&off, &format!("{code}|01.00.0000"));
        assert_eq!(
            (&one["status"], &one["changed"]),
            (&"CONFIGURED".into(), &true.into())
        );
    }
    // Once more sends nothing.
    let sent = stand.changes().len();
    let again = json(&stand, &with("deactivate"), 0).await;
    assert_eq!(object(&again, "STOCK_LEVELS|01.00.0000")["changed"], false);
    assert_eq!(stand.changes().len(), sent);

    stand.running.emulator.add_rule(refuse(
        "POST",
        "integrations/STOCK_LEVELS%7C01.00.0000",
        423,
    ));
    let output = stand.args(with("activate")).run().await.expect(3);
    says(
        &output,
        &["STOCK_LEVELS|01.00.0000: it cannot be activated"],
    );
    assert!(output.stdout.contains("HTTP 423"), "{output}");
    let shown = json(&stand, &["integrations", "show", "prod", both[1]], 0).await;
    assert_eq!(shown["status"], "ACTIVATED");
    // Alone it gives its own exit code.
    let alone = ["integrations", "activate", "prod", both[0]];
    stand.args(alone).run().await.expect(8);
    stand.running.emulator.clear_rules();
    let on = json(&stand, &with("activate"), 0).await;
    assert_eq!(
        object(&on, "STOCK_LEVELS|01.00.0000")["status"],
        "ACTIVATED"
    );
    // Whatever is named wrongly, nothing is done at all.
    let sent = stand.changes().len();
    let some = ["integrations", "deactivate", "prod", both[0], "NOBODY"];
    stand.args(some).run().await.expect(1);
    assert_eq!(stand.changes().len(), sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_activation_that_the_service_gives_up_is_told_with_its_reason() {
    let stand = Stand::new().await;
    let off = ["integrations", "deactivate", "prod", "STOCK_LEVELS"];
    stand.args(off).run().await.expect(0);
    let unset = [
        "connections",
        "set",
        "prod",
        "WAREHOUSE_DB",
        "--agent-group",
        "NOWHERE",
    ];
    stand.args(unset).run().await.expect(0);
    let report = json(
        &stand,
        &["integrations", "activate", "prod", "STOCK_LEVELS"],
        3,
    )
    .await;
    let one = object(&report, "STOCK_LEVELS|01.00.0000");
    assert_eq!(one["status"], "FAILEDACTIVATION");
    let problem = one["problem"].as_str().unwrap();
    assert!(
        problem.contains("NOWHERE") && !problem.contains('<'),
        "{problem}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_changed_where_it_is_protected() {
    let stand = Stand::new().await;
    stand.ferry.write("a.csv", "DVM,A,\nKey\n1\n");
    let exported = ["integrations", "export", "live", "STOCK_LEVELS", "a.iar"];
    stand.args(exported).run().await.expect(0);
    for args in [
        &["integrations", "activate", "live", "STOCK_LEVELS"][..],
        &["integrations", "deactivate", "live", "STOCK_LEVELS"],
        &["integrations", "import", "live", "a.iar"],
        &[
            "connections",
            "set",
            "live",
            "STATUS_API",
            "connectionUrl=https://example.com",
        ],
        &["schedules", "start", "live", "STOCK_LEVELS"],
        &["schedules", "stop", "live", "STOCK_LEVELS"],
        &["schedules", "pause", "live", "STOCK_LEVELS"],
        &["schedules", "resume", "live", "STOCK_LEVELS"],
        &["schedules", "set", "live", "STOCK_LEVELS", "a=b"],
        &["lookups", "put", "live", "a.csv"],
    ] {
        let output = stand.args(args.iter().copied()).run().await.expect(9);
        says(&output, &["live is protected"]);
    }
    assert_eq!(stand.changes().len(), 0);
    for args in [
        &["integrations", "list", "live"][..],
        &["connections", "show", "live", "STATUS_API"],
        &["connections", "test", "live", "STATUS_API"],
        &["schedules", "list", "live"],
        &["lookups", "list", "live"],
    ] {
        stand.args(args.iter().copied()).run().await.expect(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_integration_goes_from_instance_to_instance() {
    let stand = Stand::new().await;
    let all = listed(&stand, "integrations", "test").await;
    let (_, id) = all.iter().find(|(project, _)| project.is_none()).unwrap();
    let file = format!("{}.iar", id.replace('|', "_"));
    let export = ["integrations", "export", "test", id.as_str()];
    let output = stand.args(export).run().await.expect(0);
    assert!(output.stdout.contains(&file), "{output}");
    let path = stand.ferry.work().join(&file);
    let exported = std::fs::read(&path).unwrap();
    // What is there is not replaced by chance, and a broken line leaves it as it is.
    stand.args(export).run().await.expect(8);
    let cut = Rule {
        path: Some("/archive".to_owned()),
        ..Rule::new(Action::Cut {
            after: 200,
            way: ferry_emulator::Way::Down,
        })
    };
    stand.running.emulator.add_rule(cut);
    let overwrite = export.into_iter().chain(["--overwrite"]);
    stand.args(overwrite.clone()).run().await.expect(5);
    stand.running.emulator.clear_rules();
    assert_eq!(std::fs::read(&path).unwrap(), exported);
    assert_eq!(std::fs::read_dir(stand.ferry.work()).unwrap().count(), 1);
    stand.args(overwrite).run().await.expect(0);
    assert_eq!(std::fs::read(&path).unwrap(), exported);

    let import = ["integrations", "import", "prod", &file];
    let output = stand.args(import).run().await.expect(0);
    assert!(
        output.stdout.contains(&format!("{id} imported on prod")),
        "{output}"
    );
    let known = listed(&stand, "integrations", "prod").await;
    assert!(known.contains(&(None, id.clone())), "{known:?}");
    let output = stand.args(import).run().await.expect(8);
    says(&output, &["--overwrite"]);
    let overwrite = import.into_iter().chain(["--overwrite"]);
    let output = stand.args(overwrite).run().await.expect(0);
    assert!(
        output.stdout.contains(&format!("{id} replaced on prod")),
        "{output}"
    );
    // The service refuses to replace what is active.
    let active = [
        "integrations",
        "export",
        "prod",
        "STOCK_LEVELS",
        "active.iar",
    ];
    stand.args(active).run().await.expect(0);
    let replace = [
        "integrations",
        "import",
        "prod",
        "active.iar",
        "--overwrite",
    ];
    stand.args(replace).run().await.expect(8);
    let off = ["integrations", "deactivate", "prod", "STOCK_LEVELS"];
    stand.args(off).run().await.expect(0);
    stand.args(replace).run().await.expect(0);

    // Into a project of its own, and a file that is damaged nowhere.
    let project = [
        "integrations",
        "import",
        "prod",
        &file,
        "--project",
        "FINANCE",
    ];
    stand.args(project).run().await.expect(0);
    let known = listed(&stand, "integrations", "prod").await;
    assert!(known.contains(&(Some("FINANCE".to_owned()), id.clone())));
    stand
        .ferry
        .write("half.iar", &exported[..exported.len() / 2]);
    let sent = stand.changes().len();
    let half = stand.args(["integrations", "import", "prod", "half.iar"]);
    says(&half.run().await.expect(1), &["no whole .iar"]);
    assert_eq!(stand.changes().len(), sent);
    stand
        .args(["integrations", "import", "prod", "none.iar"])
        .run()
        .await
        .expect(74);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_get_values_and_secrets_by_reference_alone() {
    const SECRET: &str = "0pen/sesame \"4\" bill&co";
    let stand = Stand::new().await;
    let workspace = Workspace::of(stand.cards());
    let ferry = ferry_e2e::ferry();
    workspace.write(&ferry);
    let set = ["connections", "set", "prod", "BILLING_API"];
    let call = |more: &[&str]| {
        let args = set.into_iter().chain(more.iter().copied());
        let args: Vec<String> = args.map(str::to_owned).collect();
        workspace
            .call(&ferry, args.iter().map(String::as_str))
            .env("BILLING_PASSWORD", SECRET)
    };
    let without = |output: &Output| {
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(!said.contains("sesame"), "{output}");
    };
    let url = "connectionUrl=https://billing.example.com";
    let both = [
        url,
        "--policy",
        "BASIC_AUTH",
        "username=svc",
        "password=env:BILLING_PASSWORD",
    ];
    for more in [
        &both[..],
        &["password=env:BILLING_PASSWORD", "-v", "-o", "json"],
    ] {
        let output = call(more).run().await.expect(0);
        without(&output);
        assert!(output.stdout.contains("password"), "{output}");
    }
    let show = ["connections", "show", "prod", "BILLING_API", "-o", "json"];
    let shown = workspace.call(&ferry, show).run().await.expect(0);
    without(&shown);
    let report = envelope(&shown)["report"].clone();
    let property = |list: &str, name: &str| -> Value {
        let mut all = report[list].as_array().unwrap().iter();
        all.find(|one| one["name"] == name).unwrap().clone()
    };
    assert_eq!(
        property("properties", "connectionUrl")["value"],
        "https://billing.example.com"
    );
    let password = property("security-properties", "password");
    assert_eq!(
        (&password["is-set"], &password["value"]),
        (&true.into(), &Value::Null)
    );
    assert_eq!(report["status"], "CONFIGURED");

    // Written out, twice, without a name, for what is not there: refused before anything is sent.
    let sent = stand.changes().len();
    for (more, told) in [
        (&["password=sesame-in-the-open"][..], "by reference"),
        (&["sesame-without-a-name"], "no name"),
        (&["password=env:NOT_THERE"], "NOT_THERE"),
        (&["colour=blue"], "no property colour"),
        (&[url, url], "twice"),
        (&[], "nothing is to be set"),
    ] {
        let output = call(more).run().await.expect(2);
        without(&output);
        says(&output, &[told]);
    }
    assert_eq!(stand.changes().len(), sent);
    // What is so already is not sent again.
    call(&[url]).run().await.expect(0);
    assert_eq!(stand.changes().len(), sent);
    // Somebody has it open.
    stand
        .running
        .emulator
        .add_rule(refuse("POST", "connections/BILLING_API", 423));
    let output = call(&["connectionUrl=https://other.example.com"])
        .run()
        .await
        .expect(8);
    says(&output, &["close it in the console"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_tested_one_by_one_and_together() {
    let stand = Stand::new().await;
    let broken = [
        "connections",
        "set",
        "prod",
        "STATUS_API",
        "connectionUrl=https://unreachable.example/",
    ];
    stand.args(broken).run().await.expect(0);
    stand
        .args(["connections", "test", "prod", "STATUS_API"])
        .run()
        .await
        .expect(1);
    let report = json(&stand, &["connections", "test", "prod"], 3).await;
    let all = listed(&stand, "connections", "prod").await;
    assert_eq!(report["objects"].as_array().unwrap().len(), all.len());
    assert!(
        object(&report, "STATUS_API")["problem"].is_string(),
        "{report}"
    );
    let good = [
        "connections",
        "set",
        "prod",
        "STATUS_API",
        "connectionUrl=https://status.example.com/",
    ];
    stand.args(good).run().await.expect(0);
    let output = stand
        .args(["connections", "test", "prod", "STATUS_API"])
        .run()
        .await
        .expect(0);
    assert!(output.stdout.contains("works"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_runs_pauses_and_is_never_started_twice() {
    let stand = Stand::new().await;
    let report = json(&stand, &["schedules", "list", "test"], 0).await;
    let rows = report["schedules"].as_array().unwrap().clone();
    let mut defined = rows.iter().filter(|row| row["defined"] == true);
    let row = defined.next().expect("a schedule in the demonstration");
    let id = row["id"].as_str().unwrap();
    let name = match row["project"].as_str() {
        Some(project) => format!("{project}/{id}"),
        None => id.to_owned(),
    };
    let at = |action| ["schedules", action, "test", name.as_str()];
    json(&stand, &["integrations", "activate", "test", &name], 0).await;
    json(&stand, &at("stop"), 0).await;
    for (action, status) in [
        ("start", "ICS_SCHEDULE_ACTIVE"),
        ("pause", "ICS_SCHEDULE_PAUSED"),
        ("resume", "ICS_SCHEDULE_ACTIVE"),
        ("stop", "ICS_SCHEDULE_STOPPED"),
        ("start", "ICS_SCHEDULE_ACTIVE"),
    ] {
        let report = json(&stand, &at(action), 0).await;
        let one = object(&report, id);
        assert_eq!(
            (&one["status"], &one["changed"]),
            (&status.into(), &true.into()),
            "{action}"
        );
    }
    let sent = stand.changes().len();
    let report = json(&stand, &at("start"), 0).await;
    assert_eq!(object(&report, id)["changed"], false);
    assert_eq!(stand.changes().len(), sent, "it was started twice");

    // An answer that was lost is no failure where the status tells that it was done.
    json(&stand, &at("stop"), 0).await;
    stand.running.emulator.add_rule(Rule {
        path: Some("/schedule/start".to_owned()),
        times: Some(1),
        ..Rule::new(Action::LoseAnswer)
    });
    let report = json(&stand, &at("start"), 0).await;
    assert_eq!(object(&report, id)["status"], "ICS_SCHEDULE_ACTIVE");
    assert_eq!(stand.seen("POST", "/schedule/start"), 3);

    // Of several, one that has no schedule is named.
    let all = listed(&stand, "integrations", "test").await;
    let scheduled: BTreeSet<&str> = rows.iter().filter_map(|row| row["id"].as_str()).collect();
    let (_, other) = all
        .iter()
        .find(|(project, id)| project.is_none() && !scheduled.contains(id.as_str()))
        .expect("one without a schedule");
    let both = ["schedules", "pause", "test", name.as_str(), other.as_str()];
    let report = json(&stand, &both, 3).await;
    assert_eq!(object(&report, id)["status"], "ICS_SCHEDULE_PAUSED");
    assert!(object(&report, other)["problem"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_changed_in_what_is_named() {
    let stand = Stand::new().await;
    let report = json(&stand, &["schedules", "list", "test"], 0).await;
    let rows = report["schedules"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["defined"] == true).unwrap();
    let id = row["id"].as_str().unwrap();
    let set = |more: &[&'static str]| {
        let args = ["schedules", "set", "test", id].into_iter();
        let args: Vec<String> = args
            .chain(more.iter().copied())
            .map(str::to_owned)
            .collect();
        args
    };
    let run = async |more: &[&'static str], exit| {
        let args = set(more);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        json(&stand, &args, exit).await
    };
    let more = [
        "--frequency",
        "MINUTELY",
        "--interval",
        "65",
        "--time-zone",
        "Asia/Calcutta",
        "lastRun=2026-01-01",
    ];
    let changed = run(&more, 0).await["changed"].clone();
    assert!(changed.to_string().contains("lastRun"), "{changed}");
    let sent = stand.changes().len();
    assert_eq!(run(&more, 0).await["changed"], Value::Array(Vec::new()));
    assert_eq!(stand.changes().len(), sent);
    run(&["page=3"], 0).await;
    let report = json(&stand, &["schedules", "list", "test"], 0).await;
    let rows = report["schedules"].as_array().unwrap().clone();
    let row = rows.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(
        (&row["frequency"], &row["interval"]),
        (&"MINUTELY".into(), &65.into())
    );
    assert_eq!(row["zone"], "Asia/Calcutta");
    assert_eq!(row["parameters"]["lastRun"], "2026-01-01");
    assert_eq!(row["parameters"]["page"], "3");
    let nothing = set(&[]);
    let nothing = stand.args(nothing.iter().map(String::as_str));
    nothing.run().await.expect(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lookup_goes_out_and_in_and_no_formula_runs() {
    let stand = Stand::new().await;
    let output = stand
        .args(["lookups", "get", "test", "Country_Codes"])
        .run()
        .await
        .expect(0);
    let csv = output.stdout;
    assert!(csv.starts_with("\u{feff}DVM,Country_Codes,"), "{csv}");
    let put = stand.args(["lookups", "put", "prod", "codes.csv", "-o", "json"]);
    stand.ferry.write("codes.csv", &csv);
    let report = envelope(&put.run().await.expect(0))["report"].clone();
    assert_eq!(report["created"], true);
    let output = stand
        .args(["lookups", "get", "prod", "Country_Codes", "-"])
        .run()
        .await
        .expect(0);
    assert_eq!(output.stdout, csv);
    // The same again sends nothing.
    let sent = stand.changes().len();
    stand
        .args(["lookups", "put", "prod", "codes.csv"])
        .run()
        .await
        .expect(0);
    assert_eq!(stand.changes().len(), sent);

    let table = "DVM,Country_Codes,new\nKey,Value\n'=1+1,-5\n\"a,b\",\n";
    stand.ferry.write("new.csv", table);
    stand
        .args(["lookups", "put", "prod", "new.csv"])
        .run()
        .await
        .expect(0);
    let report = json(&stand, &["lookups", "get", "prod", "Country_Codes"], 0).await;
    assert_eq!(report["rows"][0], Value::from(vec!["=1+1", "-5"]));
    assert_eq!(report["rows"][1], Value::from(vec!["a,b", ""]));
    let get = ["lookups", "get", "prod", "Country_Codes", "out.csv"];
    stand.args(get).run().await.expect(0);
    let written = std::fs::read_to_string(stand.ferry.work().join("out.csv")).unwrap();
    assert!(written.contains("\n'=1+1,-5\n"), "{written}");
    stand.args(get).run().await.expect(8);
    let overwrite = get.into_iter().chain(["--overwrite"]);
    stand.args(overwrite).run().await.expect(0);

    stand.ferry.write("bad.csv", "Key,Value\n1,2\n");
    let output = stand
        .args(["lookups", "put", "prod", "bad.csv"])
        .run()
        .await
        .expect(2);
    says(&output, &["DVM"]);
    stand
        .args(["lookups", "get", "prod", "Nothing"])
        .run()
        .await
        .expect(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_of_generation_2_is_worked_on_too() {
    let (stand, _folder) = many().await;
    let all = json(&stand, &["integrations", "list", "old"], 0).await;
    let rows = all["integrations"].as_array().unwrap().clone();
    let active = rows
        .iter()
        .find(|row| row["status"] == "ACTIVATED")
        .unwrap();
    let id = active["id"].as_str().unwrap();
    for (action, status) in [("deactivate", "CONFIGURED"), ("activate", "ACTIVATED")] {
        let report = json(&stand, &["integrations", action, "old", id], 0).await;
        assert_eq!(object(&report, id)["status"], status);
    }
    stand
        .args(["integrations", "export", "old", id, "a.iar"])
        .run()
        .await
        .expect(0);
    let again = stand.args(["integrations", "import", "old", "a.iar"]);
    again.run().await.expect(8);
    let connections = listed(&stand, "connections", "old").await;
    let (_, connection) = &connections[0];
    json(&stand, &["connections", "show", "old", connection], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_is_one_json_document_and_no_success() {
    let (stand, _folder) = many().await;
    let mut rule = refuse("GET", "/integrations?", 404);
    rule.from = Some(2);
    stand.running.emulator.add_rule(rule);
    let call = stand.args(["integrations", "list", "old", "-o", "json"]);
    let output = call.run().await.expect(1);
    let envelope = envelope(&output);
    assert!(!envelope["error"].is_null(), "{output}");
    let rows = envelope["report"]["integrations"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.len() < MANY, "{}", rows.len());
}
