//! No secret shows: every command, with secrets that are known, at the highest verbosity, going well and going wrong.
//!
//! The commands go to an emulator as if it were the real service, by a workspace file, so that secrets are resolved and
//! sent as they would be. What they said, what they wrote, their arguments and the emulator's own journal are searched
//! for every secret as it is, percent-encoded, in JSON and in Base64.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use ferry_e2e::samples::text;
use ferry_e2e::{Stand, envelope, eventually, options, wire};
use ferry_emulator::{Action, Load, Rule, Service};
use ferry_testkit::cli::{Ferry, Output};
use ferry_testkit::redact::Secrets;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A secret that needs encoding wherever it goes.
const OVERRIDE: &str = "0verride/s3cr+t \"of\" b%lling&co";
/// What is sent in place of the right ones, and must not show either.
const WRONG: &str = "wr0ng-but-none-the-less-secret";

/// Two emulators, one of each generation, and a user's home with a workspace file for both.
struct Scene {
    gen3: Stand,
    gen2: Stand,
    ferry: Ferry,
    /// Secrets lie here, outside of everything that is searched.
    vault: TempDir,
    /// What the emulators keep: their folders tell which access tokens were given out.
    kept: [TempDir; 2],
    /// What was said: the arguments, the arguments as the system shows them, the output.
    said: Vec<(String, String, Output)>,
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary directory")
}

impl Scene {
    async fn new() -> Self {
        let (vault, kept) = (folder(), [folder(), folder()]);
        let mut gen3 = options();
        gen3.data = Some(kept[0].path().to_owned());
        let old = vault.path().join("load/old");
        std::fs::create_dir_all(&old).expect("a new directory");
        std::fs::write(old.join("instance.toml"), "generation = \"gen2\"\n").expect("a new file");
        let mut gen2 = options();
        gen2.load = Load::Folder(vault.path().join("load"));
        gen2.data = Some(kept[1].path().to_owned());
        let (gen3, gen2) = (Stand::with(gen3).await, Stand::with(gen2).await);
        let ferry = gen3.ferry.clone();
        let scene = Self {
            gen3,
            gen2,
            ferry,
            vault,
            kept,
            said: Vec::new(),
        };
        scene.hide("prod-client", &scene.gen3.card("prod", "client_secret"));
        scene.hide("prod-token", &scene.gen3.card("prod", "storage_password"));
        scene.hide("test-token", &scene.gen3.card("test", "storage_password"));
        scene.hide("override", OVERRIDE);
        // Notes with which arguments it was called, too.
        let tell = "#!/bin/sh\necho \"$0 $*\" >> \"$1.called\"\ncat \"$1\"\n";
        let script = scene.secret("tell");
        std::fs::write(&script, tell).expect("a new file");
        std::fs::set_permissions(&script, PermissionsExt::from_mode(0o700)).expect("a mode");
        scene.write(|value| value);
        scene
    }

    fn secret(&self, name: &str) -> PathBuf {
        self.vault.path().join(name)
    }

    fn hide(&self, name: &str, value: &str) {
        let file = self.secret(name);
        std::fs::write(&file, value).expect("a new file");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("a mode");
    }

    /// Writes the workspace file. Secrets come in each of the three ways; addresses may be changed.
    fn write(&self, address: impl Fn(String) -> String) {
        let mut out =
            "[polling]\nfirst = \"5ms\"\nmin = \"5ms\"\nmax = \"20ms\"\nsettle = \"5ms\"\n"
                .to_owned();
        let command = |name: &str| {
            format!(
                "cmd:{} {}",
                self.secret("tell").display(),
                self.secret(name).display()
            )
        };
        let file = |name: &str| format!("file:{}", self.secret(name).display());
        for (stand, name, sign_in, token) in [
            (
                &self.gen3,
                "test",
                "env:TEST_CLIENT".to_owned(),
                command("test-token"),
            ),
            (&self.gen3, "prod", file("prod-client"), file("prod-token")),
            (
                &self.gen2,
                "old",
                "env:OLD_PASSWORD".to_owned(),
                "env:OLD_TOKEN".to_owned(),
            ),
        ] {
            let card = |key: &str| stand.card(name, key);
            let at = |key: &str| address(card(key));
            let sign_in = if name == "old" {
                format!(
                    "{{ method = \"basic\", user = {:?}, password = {sign_in:?} }}",
                    card("user")
                )
            } else {
                format!(
                    "{{ method = \"client-credentials\", token-url = {:?}, scope = {:?}, client-id = {:?}, \
                     client-secret = {sign_in:?} }}",
                    at("token_url"),
                    card("scope"),
                    card("client_id"),
                )
            };
            // Writing to a string does not fail.
            let _ = writeln!(
                out,
                "[environments.{name}]\ngeneration = {:?}\nurl = {:?}\ninstance = {name:?}\nstorage = {name:?}\n\
                 sign-in = {sign_in}\n[storages.{name}]\nurl = {:?}\nuser = {:?}\npassword = {token:?}",
                card("generation"),
                at("url"),
                at("storage_url"),
                card("storage_user"),
            );
        }
        let mut overrides = String::new();
        for id in [
            "CRM_SOAP",
            "FILES_FTP",
            "ORDERS_API",
            "STATUS_API",
            "WAREHOUSE_DB",
        ] {
            let _ = writeln!(overrides, "[connections.{id}]\nkeep = [\"*\"]");
        }
        let _ = writeln!(
            overrides,
            "[connections.BILLING_API]\npolicy = \"BASIC_AUTH\"\n\
             properties = {{ connectionUrl = \"https://billing.example.com\" }}\n\
             credentials = {{ username = \"env:BILLING_USER\", password = {:?} }}",
            command("override"),
        );
        self.ferry.write("prod.overrides.toml", overrides);
        self.ferry.write("ferry.toml", out);
    }

    /// Runs a command at the highest verbosity with these secrets in its variables; the right ones where `None`.
    async fn run(&mut self, args: &[&str], wrong: Option<&str>) -> Output {
        let right = [
            ("TEST_CLIENT", self.gen3.card("test", "client_secret")),
            ("OLD_PASSWORD", self.gen2.card("old", "password")),
            ("OLD_TOKEN", self.gen2.card("old", "storage_password")),
            ("BILLING_USER", OVERRIDE.to_owned()),
        ];
        let call = self.ferry.args(args.iter().copied().chain(["-v"]));
        let call = right.into_iter().fold(call, |call, (name, value)| {
            call.env(name, wrong.map_or(value, str::to_owned))
        });
        let running = call.spawn();
        let shown = running.cmdline();
        let output = running.wait().await;
        self.said.push((args.join(" "), shown, output.clone()));
        output
    }

    /// Every secret of the scene, the access tokens that were given out among them.
    fn secrets(&self) -> Secrets {
        let mut secrets = Secrets::new()
            .and("of the override", OVERRIDE)
            .and("that is wrong", WRONG);
        for stand in [&self.gen3, &self.gen2] {
            for card in stand.cards() {
                let name = text(&card, "name");
                for key in ["client_secret", "password", "storage_password"] {
                    secrets = secrets.and(&format!("{key} of {name}"), &text(&card, key));
                }
            }
            stand
                .running
                .emulator
                .save()
                .expect("its state can be kept");
        }
        let mut tokens = 0;
        for kept in &self.kept {
            let state = std::fs::read(kept.path().join("state.json")).expect("a state");
            let state: Value = serde_json::from_slice(&state).expect("a state in JSON");
            let all = state["content"]["identity"]["access"]
                .as_array()
                .expect("its access tokens");
            tokens += all.len();
            for token in all {
                secrets = secrets.and("access token", token["value"].as_str().expect("a token"));
            }
        }
        assert!(
            tokens > 0,
            "no access token was given out, so none could show"
        );
        secrets
    }

    /// Searches everything that can be seen.
    async fn search(&self) {
        let secrets = self.secrets();
        for (args, shown, output) in &self.said {
            secrets.assert_absent(&format!("stdout of {args}"), &output.stdout);
            secrets.assert_absent(&format!("stderr of {args}"), &output.stderr);
            assert!(
                shown.contains(args.as_str()),
                "the arguments of {args} were not seen"
            );
            secrets.assert_absent(&format!("the arguments of {args}"), shown);
            assert_ne!(output.exit, 70, "{args}: {output}");
        }
        secrets.assert_absent_below(self.ferry.root());
        for called in std::fs::read_dir(self.vault.path()).expect("the vault") {
            let path = called.expect("its files").path();
            if path.extension().is_some_and(|end| end == "called") {
                secrets.assert_absent_below(&path);
            }
        }
        for stand in [&self.gen3, &self.gen2] {
            let journal = wire::control(&stand.running.authority, "/_ferry/journal").await;
            secrets.assert_absent("the emulator's journal", journal.to_string());
        }
    }

    /// What the last command reported.
    fn report(&self) -> Value {
        let (.., output) = self.said.last().expect("a command");
        envelope(output)["report"].clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_go_well_show_none() {
    let mut scene = Scene::new().await;
    let json = ["-o", "json"];
    let with_json = |args: &[&'static str]| [args, &json].concat();
    scene
        .run(&with_json(&["export", "test", "--download=a.zip"]), None)
        .await
        .expect(0);
    let (run, job) = (scene.report()["run"].clone(), scene.report()["job"].clone());
    let run = format!("run:{}", run.as_str().unwrap());
    let export = format!("job:export:{}", job.as_str().unwrap());
    let from_run = ["import", "prod", &run, "-o", "json"];
    scene.run(&from_run, None).await.expect(0);
    let import = format!("job:import:{}", scene.report()["job"].as_str().unwrap());
    scene
        .run(&["promote", "test", "prod", "--live=stop"], None)
        .await
        .expect(0);
    for args in [
        &["export", "old", "--download"] as &[&str],
        &["export", "test", "--dry-run"],
        &["export", "test", "--security-artifacts", "--name", "sealed"],
        &["import", "prod", "./a.zip"],
        &[
            "import",
            "prod",
            "bucket:test/sealed.zip",
            "--mode",
            "import-activate",
            "--security-artifacts",
        ],
        &["import", "prod", "bucket:test/sealed.zip", "--dry-run"],
        &["promote", "test", "prod", "--live=stop", "-o", "json"],
        &["promote", "test", "prod", "--live=stop", "--dry-run"],
        &["jobs", "list"],
        &["jobs", "list", "-o", "json"],
        &["jobs", "show", "test", &export],
        &["jobs", "show", "prod", &import, "-o", "json"],
        &["jobs", "wait", "test", &export],
        &["jobs", "wait", "prod", &import],
        &["jobs", "report", "test", &export, "-o", "json"],
        &["jobs", "report", "prod", &import],
        &["runs", "list"],
        &["runs", "list", "-o", "json"],
        &["runs", "show", &run],
        &["runs", "show", &run, "-o", "json"],
        &["runs", "bundle", &run],
        &[
            "promote",
            "test",
            "prod",
            "--live=stop",
            "--junit=junit.xml",
            "-o",
            "markdown",
        ],
        &["doctor", "test"],
        &["doctor", "prod", "-o", "json"],
        &["doctor", "old"],
        &["config", "show", "--origin"],
        &["config", "show", "--origin", "-o", "json"],
    ] {
        scene.run(args, None).await.expect(0);
    }
    // Something that is not finished, to be abandoned.
    scene
        .run(
            &with_json(&["export", "test", "--no-wait", "--name", "open"]),
            None,
        )
        .await
        .expect(0);
    let open = scene.report()["run"].as_str().unwrap().to_owned();
    scene.run(&["runs", "abandon", &open], None).await.expect(0);
    // The secrets were really used: the target's connection was given its own.
    assert_ne!(scene.gen3.seen("POST", "/connections/BILLING_API"), 0);
    scene.search().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_that_go_wrong_show_none() {
    let mut scene = Scene::new().await;
    // One that goes well, so that there are access tokens and jobs.
    scene
        .run(&["export", "test", "--name", "a", "-o", "json"], None)
        .await
        .expect(0);
    let export = format!("job:export:{}", scene.report()["job"].as_str().unwrap());
    let run = format!("run:{}", scene.report()["run"].as_str().unwrap());
    let commands: [&[&str]; 9] = [
        &["export", "test"],
        &["export", "old"],
        &["import", "prod", "bucket:test/a.zip"],
        &["import", "old", "bucket:a.zip", "-o", "json"],
        &["promote", "test", "prod", "--live=stop", "-o", "json"],
        &["jobs", "show", "test", &export],
        &["jobs", "wait", "test", &export, "--timeout", "20ms"],
        &["doctor", "test"],
        &["doctor", "old", "-o", "json"],
    ];
    // Wrong secrets, by every way that they come.
    for name in ["prod-client", "prod-token", "test-token", "override"] {
        scene.hide(name, WRONG);
    }
    for args in commands {
        let output = scene.run(args, Some(WRONG)).await;
        assert_ne!(output.exit, 0, "{output}");
    }
    // Wrong storage passwords alone: the right sign-in takes it as far as it goes.
    scene.hide("prod-client", &scene.gen3.card("prod", "client_secret"));
    for args in [
        &["export", "test"] as &[&str],
        &["import", "prod", "bucket:b.zip"],
        &["doctor", "prod"],
    ] {
        scene.run(args, None).await.expect(4);
    }
    // No secret at all, and one in the wrong place.
    scene.hide("test-token", "");
    scene.run(&["export", "test"], None).await.expect(2);
    scene.hide("test-token", &scene.gen3.card("test", "storage_password"));
    scene.run(&["runs", "show", "run:nothing"], None).await;
    scene.run(&["runs", "abandon", &run], None).await;
    // Nobody is there.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap().to_string();
    drop(listener);
    let (one, other) = (
        scene.gen3.running.authority.clone(),
        scene.gen2.running.authority.clone(),
    );
    let port = |authority: &str| format!(":{}", authority.rsplit(':').next().unwrap_or_default());
    let gone = |url: String| {
        url.replace(&port(&one), &port(&nobody))
            .replace(&port(&other), &port(&nobody))
    };
    scene.write(gone);
    for args in [
        &["doctor", "old"] as &[&str],
        &["export", "test", "-o", "json"],
    ] {
        scene.run(args, None).await.expect(5);
    }
    scene.search().await;
}

fn rule(service: Service, method: &str, path: &str, code: u16, body: String) -> Rule {
    Rule {
        service: Some(service),
        method: Some(method.to_owned()),
        path: Some(path.to_owned()),
        ..Rule::new(Action::Status {
            code,
            body: Some(body),
            headers: [("content-type".to_owned(), "application/json".to_owned())].into(),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_repeats_secrets_is_not_repeated() {
    let mut scene = Scene::new().await;
    scene
        .run(&["export", "test", "--name", "a"], None)
        .await
        .expect(0);
    let client = scene.gen3.card("test", "client_secret");
    let token = scene.gen3.card("test", "storage_password");
    let header = wire::basic(&scene.gen3.card("test", "storage_user"), &token);
    let detail = |text: &str| {
        serde_json::json!({"title": text, "detail": text, "message": text}).to_string()
    };
    let export = "exportServiceInstanceArchive";
    let basic = wire::basic(&scene.gen3.card("test", "client_id"), &client);
    for (rule, args) in [
        (rule(Service::Oic, "POST", export, 400, detail(&format!("bad storagePassword {token}"))), &["export", "test"] as &[&str]),
        (rule(Service::Oic, "POST", export, 403, format!("<html>{token}</html>")), &["export", "test"]),
        (
            rule(
                Service::Identity,
                "POST",
                "/token",
                401,
                serde_json::json!({"error": "invalid_client", "error_description": format!("{basic} {client}")}).to_string(),
            ),
            &["doctor", "test"],
        ),
        (rule(Service::Store, "GET", "/v1/", 401, format!("you sent {header}")), &["export", "test", "-o", "json"]),
        (rule(Service::Oic, "POST", "/connections/BILLING_API?", 400, detail(OVERRIDE)), &["promote", "test", "prod", "--live=stop", "-o", "json"]),
        (rule(Service::Oic, "POST", "/connections/BILLING_API/test", 400, detail(OVERRIDE)), &["promote", "test", "prod", "--live=stop", "-o", "json"]),
        (
            rule(Service::Oic, "POST", "/connections/BILLING_API/test", 200, serde_json::json!({"status": "FAILED", "details": OVERRIDE}).to_string()),
            &["promote", "test", "prod", "--live=stop"],
        ),
    ] {
        scene.gen3.running.emulator.add_rule(rule);
        let output = scene.run(args, None).await;
        assert_ne!(output.exit, 0, "{output}");
        scene.gen3.running.emulator.clear_rules();
    }
    scene.search().await;
}

/// The value of a variable in the file that `--env-out` wrote.
fn variable(file: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(file).expect("the file");
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(&format!("export {name}=")));
    let value = line.unwrap_or_else(|| panic!("no {name}"));
    value.trim_matches('\'').to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_itself_shows_none() {
    let scene = Scene::new().await;
    let file = scene.secret("emulator.env");
    let out = format!("--env-out={}", file.display());
    let args = ["emulator", "--port", "0", "--speed", "10000", "-v", &out];
    let emulator = scene.ferry.args(args).env("TEST_CLIENT", WRONG).spawn();
    let shown = emulator.cmdline();
    eventually("the emulator is ready", || async { file.is_file() }).await;
    let mode = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others may read the credentials");
    let url = variable(&file, "FERRY_EMULATOR");
    let call = scene
        .ferry
        .args(["promote", "test", "prod", "--live=stop", "-v"]);
    let promoted = call.env("FERRY_EMULATOR", &url).run().await.expect(0);
    let journal = wire::control(url.trim_start_matches("http://"), "/_ferry/journal").await;
    emulator.interrupt().await;
    let ended = emulator.wait().await.expect(0);
    let mut secrets = Secrets::new()
        .and("that is wrong", WRONG)
        .and("of the override", OVERRIDE);
    for name in [
        "TEST_CLIENT_SECRET",
        "TEST_PASSWORD",
        "TEST_STORAGE_PASSWORD",
        "TEST_DEVELOPER_CLIENT_SECRET",
        "TEST_USER_CLIENT_SECRET",
        "TEST_DISABLED_PASSWORD",
        "TEST_STORAGE_REVOKED_PASSWORD",
        "PROD_CLIENT_SECRET",
        "PROD_STORAGE_PASSWORD",
    ] {
        secrets = secrets.and(name, &variable(&file, name));
    }
    for (place, text) in [
        ("what the emulator said", ended.to_string()),
        ("what the promotion said", promoted.to_string()),
        ("the emulator's arguments", shown),
        ("the emulator's journal", journal.to_string()),
    ] {
        assert!(!text.is_empty());
        secrets.assert_absent(place, text);
    }
    secrets.assert_absent_below(scene.ferry.root());
}
