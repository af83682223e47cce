//! An export and an import under every other value of every switch that is assumed.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use ferry_core::exit::Exit;
use ferry_core::job::{Generation, ImportMode, PollPolicy};
use ferry_core::storage::{StorageUrl, SwiftUser};
use ferry_emulator::{EnvironmentCard, Options, Standing, fidelity};
use ferry_flows::{
    ArchiveSource, Context, Environment, ExportRequest, ImportRequest, Now, Overrides, RunStore,
    Storage, export, import,
};
use ferry_http::{Client, Config, Request};
use ferry_oic::{Instance, IntegrationRef, Settings, SignIn};
use ferry_swift::Bucket;
use ferry_testkit::clock::{NOON, following};
use ferry_testkit::emulated::Running;
use futures_util::{StreamExt, stream};
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

/// A job of 27 minutes takes 160 ms.
const SPEED: f64 = 10_000.0;
/// So many emulators at a time.
const AT_ONCE: usize = 4;

/// Values under which no import can be whole, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    (
        "import-active",
        "fail",
        "the job fails as soon as something active is in its way",
    ),
    (
        "import-existing",
        "fail",
        "the job fails, as the target holds older bytes of what comes",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_export_and_an_import_are_whole_under_every_assumption() {
    let mut cases = Vec::new();
    for row in fidelity() {
        if row.standing == Standing::Assumed {
            cases.extend(row.others.iter().map(|other| (row.switch, *other)));
        }
    }
    for (switch, other, why) in LEFT_OUT {
        let all = cases.len();
        cases.retain(|case| case != &(*switch, *other));
        assert_eq!(cases.len() + 1, all, "{switch}={other} is no row: {why}");
    }
    let mut running = stream::iter(cases)
        .map(|(switch, other)| async move {
            let done = tokio::spawn(promoted(switch, other)).await;
            done.err().map(|panic| format!("{switch}={other}: {panic}"))
        })
        .buffer_unordered(AT_ONCE);
    let mut failed = Vec::new();
    while let Some(outcome) = running.next().await {
        failed.extend(outcome);
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Exports `test` and imports its archive into `prod`, with one switch turned.
async fn promoted(switch: &'static str, value: &'static str) {
    let now = following(NOON);
    let mut options = Options::new(Arc::clone(&now));
    options.speed = SPEED;
    options.switches.set(switch, value).unwrap();
    let running = Running::start(options).await;
    let mut config = Config::new("ferry-tests", Arc::clone(&now));
    config.loopback_only = true;
    let http = Client::new(config).unwrap();
    let cards = running.emulator.environments(&running.authority);
    let environment = |name: &str| {
        let card = cards.iter().find(|card| card.name == name).unwrap();
        environment(card, &http, &now)
    };
    let (source, target) = (environment("test"), environment("prod"));
    let folder = tempfile::tempdir().unwrap();
    let context = Context {
        now: Arc::clone(&now),
        runs: RunStore::new(folder.path()),
        talk: Arc::new(|_| ()),
        stop: CancellationToken::new(),
        random: Arc::new(|| 7),
    };
    if switch == "import-active" {
        // Of what the demonstration's target holds, nothing active is in the way by itself.
        activate_what_is_in_the_way(&source, &target).await;
    }
    let wanted = artifacts(&http, &running.url, "test").await;
    let before = artifacts(&http, &running.url, "prod").await;

    let request = ExportRequest {
        security_artifacts: true,
        ..ExportRequest::default()
    };
    let exported = export(&context, &source, &request)
        .await
        .unwrap_or_else(|failure| panic!("{switch}={value}: {failure:?}"));
    assert_eq!(exported.exit, Exit::Done, "{switch}={value}: {exported:?}");
    let request = ImportRequest {
        archive: ArchiveSource::Object {
            environment: Some(source.name.clone()),
            name: exported.archive.unwrap().name.parse().unwrap(),
        },
        mode: ImportMode::ImportOnly,
        security_artifacts: true,
        start_schedules: false,
        schedule_params: false,
        name: None,
        description: None,
        no_wait: false,
        dry_run: false,
    };
    let imported = import(&context, &target, Some(&source.storage), &request)
        .await
        .unwrap_or_else(|failure| panic!("{switch}={value}: {failure:?}"));
    assert_eq!(imported.exit, Exit::Done, "{switch}={value}: {imported:?}");

    let after = artifacts(&http, &running.url, "prod").await;
    // What the target had stays, except what the source has under the same path.
    let mut expected = before.clone();
    for (path, sha256) in wanted {
        let skipped = (switch, value) == ("import-existing", "skip");
        match before.get(&path).filter(|own| skipped && **own != sha256) {
            // Of a package and a project some integrations are skipped and others come: they are made of both.
            Some(own) => {
                let mixed = after.get(&path).cloned().unwrap_or_default();
                assert!(mixed != *own && mixed != sha256, "{path}");
                expected.insert(path, mixed);
            }
            None => {
                expected.insert(path, sha256);
            }
        }
    }
    assert_ne!(expected, before, "{switch}={value}: nothing was to come");
    assert_eq!(after, expected, "{switch}={value}");
    running.stop().await;
}

/// Activates the idle integrations of the target that the source holds under the same id.
async fn activate_what_is_in_the_way(source: &Environment, target: &Environment) {
    let theirs = source.instance.integrations().await.unwrap();
    let ours = target.instance.integrations().await.unwrap();
    let shared: Vec<IntegrationRef> = ours
        .into_iter()
        .filter(|ours| ours.status != "ACTIVATED")
        .filter(|ours| {
            theirs
                .iter()
                .any(|theirs| (&theirs.id, &theirs.project) == (&ours.id, &ours.project))
        })
        .map(|ours| IntegrationRef {
            id: ours.id,
            project: ours.project,
        })
        .collect();
    assert!(!shared.is_empty(), "nothing is in the way");
    for one in &shared {
        target.instance.activate(one).await.unwrap();
        while target.instance.activation_status(one).await.unwrap() != "ACTIVATED" {
            tokio::task::yield_now().await;
        }
    }
}

/// Path to SHA-256 of everything that an instance holds.
async fn artifacts(http: &Client, url: &str, instance: &str) -> BTreeMap<String, String> {
    #[derive(serde::Deserialize)]
    struct Held {
        path: String,
        sha256: String,
    }
    let request = Request::get(&format!("{url}/_ferry/artifacts/{instance}")).unwrap();
    let response = http.send(request).await.unwrap();
    let held: Vec<Held> = response.json(16 * 1024 * 1024).await.unwrap();
    assert!(!held.is_empty(), "{instance} holds nothing");
    held.into_iter().map(|it| (it.path, it.sha256)).collect()
}

fn environment(card: &EnvironmentCard, http: &Client, now: &Now) -> Environment {
    let generation: Generation = card.generation.parse().unwrap();
    let sign_in = match generation {
        Generation::Gen2 => SignIn::Basic {
            user: card.user.clone(),
            password: SecretString::from(card.password.clone()),
        },
        Generation::Gen3 => SignIn::ClientCredentials {
            token_url: card.token_url.clone(),
            client_id: card.client_id.clone(),
            client_secret: SecretString::from(card.client_secret.clone()),
            scope: Some(card.scope.clone()),
        },
    };
    let settings = Settings {
        generation,
        origin: card.url.clone(),
        service_instance: card.service_instance.clone(),
        sign_in,
        now: Arc::clone(now),
    };
    let url = StorageUrl::parse(&card.storage_url).unwrap();
    let user: SwiftUser = card.storage_user.parse().unwrap();
    let password = SecretString::from(card.storage_password.clone());
    let bucket = Bucket::new(http.clone(), url.clone(), user.clone(), password.clone());
    Environment {
        name: card.name.parse().unwrap(),
        protected: card.protected,
        identity: card.name.clone(),
        instance: Instance::new(http.clone(), settings),
        storage: Storage {
            bucket,
            url,
            user,
            password,
        },
        polling: PollPolicy::fast(),
        overrides: Overrides::default(),
    }
}
