//! Gen3, as the demonstration has it: sign-in, jobs, integrations, connections.

use std::sync::Arc;
use std::time::Duration;

use ferry_core::ids::{JobId, JobKind};
use ferry_core::job::{Generation, ImportMode, JobEnd, JobSnapshot};
use ferry_core::model::Tracing;
use ferry_core::storage::StorageUrl;
use ferry_emulator::{EnvironmentCard, FieldNames, Options};
use ferry_http::{Client, Config};
use ferry_oic::{
    ConnectionRef, ConnectionUpdate, ErrorKind, ExportOrder, ImportOrder, Instance, IntegrationRef,
    Settings, SignIn, StartErrorKind, StorageInfo,
};
use ferry_testkit::clock::{NOON, fixed};
use ferry_testkit::emulated::Running;

fn card(running: &Running, name: &str) -> EnvironmentCard {
    let cards = running.emulator.environments(&running.authority);
    cards.into_iter().find(|card| card.name == name).unwrap()
}

fn instance(card: &EnvironmentCard) -> Instance {
    let generation: Generation = card.generation.parse().unwrap();
    let sign_in = match generation {
        Generation::Gen2 => SignIn::Basic {
            user: card.user.clone(),
            password: card.password.clone().into(),
        },
        Generation::Gen3 => SignIn::ClientCredentials {
            token_url: card.token_url.clone(),
            client_id: card.client_id.clone(),
            client_secret: card.client_secret.clone().into(),
            scope: Some(card.scope.clone()),
        },
    };
    signed_in(card, sign_in)
}

fn signed_in(card: &EnvironmentCard, sign_in: SignIn) -> Instance {
    let mut config = Config::new("ferry-test", Arc::new(|| NOON));
    config.retry.base = Duration::from_millis(1);
    config.loopback_only = true;
    let settings = Settings {
        generation: card.generation.parse().unwrap(),
        origin: card.url.clone(),
        service_instance: card.service_instance.clone(),
        sign_in,
        now: Arc::new(|| NOON),
    };
    Instance::new(Client::new(config).unwrap(), settings)
}

fn storage(card: &EnvironmentCard) -> StorageInfo {
    StorageInfo {
        url: StorageUrl::parse(&card.storage_url).unwrap(),
        user: card.storage_user.parse().unwrap(),
        password: card.storage_password.clone().into(),
    }
}

fn export(card: &EnvironmentCard, name: &str) -> ExportOrder {
    ExportOrder {
        name: name.parse().unwrap(),
        description: Some("a test".to_owned()),
        security_artifacts: false,
        overwrite: false,
        storage: storage(card),
    }
}

/// Lets virtual time pass until the job ends.
async fn end(running: &Running, instance: &Instance, kind: JobKind, job: &JobId) -> JobSnapshot {
    for _ in 0..200 {
        let snapshot = instance.job_status(kind, job).await.unwrap();
        assert_eq!(snapshot.id.as_ref(), Some(job));
        // One dialect does not tell the kind.
        assert!(snapshot.kind.is_none_or(|told| told == kind));
        if snapshot.end().is_some() {
            return snapshot;
        }
        running.emulator.advance(Duration::from_secs(60));
    }
    panic!("{kind} job {job} does not end");
}

#[tokio::test]
async fn every_dialect_carries_a_job_through() {
    for names in [
        FieldNames::Documented,
        FieldNames::ArchiveFilename,
        FieldNames::Hyphenated,
        FieldNames::StatusOnly,
    ] {
        let mut options = Options::new(fixed(NOON));
        options.switches.field_names = names;
        let running = Running::start(options).await;
        let (from, to) = (card(&running, "test"), card(&running, "prod"));
        let source = instance(&from);
        source.probe().await.unwrap();
        let started = source
            .start_export(&export(&from, "ferry-test-1"))
            .await
            .unwrap();
        let again = source
            .start_export(&export(&from, "ferry-test-2"))
            .await
            .unwrap_err();
        assert_eq!(again.kind, StartErrorKind::InProgress, "{:?}", again.error);
        let done = end(&running, &source, JobKind::Export, &started.job).await;
        assert!(matches!(done.end(), Some(JobEnd::Completed(_))), "{done:?}");
        // One dialect tells the state and nothing else.
        let told = names != FieldNames::StatusOnly;
        assert_eq!(
            done.started.is_some() && done.ended.is_some(),
            told,
            "{done:?}"
        );
        assert_eq!(done.archive.is_some(), told, "{done:?}");
        let archive = done.archive.unwrap_or_else(|| "ferry-test-1".to_owned());
        let again = source
            .start_export(&export(&from, "ferry-test-1"))
            .await
            .unwrap_err();
        assert_eq!(again.kind, StartErrorKind::NameExists, "{:?}", again.error);

        // The archive lies in the source's bucket, so the target is told of that one.
        let target = instance(&to);
        let order = ImportOrder {
            archive,
            mode: ImportMode::ImportOnly,
            name: "ferry-test-3".parse().unwrap(),
            description: None,
            security_artifacts: false,
            start_schedules: false,
            schedule_params: false,
            storage: storage(&from),
        };
        let started = target.start_import(&order).await.unwrap();
        let done = end(&running, &target, JobKind::Import, &started.job).await;
        assert!(
            done.end()
                .is_some_and(|end| !matches!(end, JobEnd::Failed(_))),
            "{done:?}"
        );
        assert_eq!(done.mode.is_some(), told);
        running.stop().await;
    }
}

#[tokio::test]
async fn an_archive_that_exists_is_told_from_a_job_that_exists() {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let card = card(&running, "test");
    let first = instance(&card);
    let started = first
        .start_export(&export(&card, "ferry-test-1"))
        .await
        .unwrap();
    let done = end(&running, &first, JobKind::Export, &started.job).await;
    let archive = done.archive.unwrap();
    // The object comes a little after the job's end.
    running.emulator.advance(Duration::from_secs(600));
    // Another name of a job that makes the same archive: with its ending spelled out.
    let again = first
        .start_export(&export(&card, &archive))
        .await
        .unwrap_err();
    assert_eq!(
        again.kind,
        StartErrorKind::ArchiveExists,
        "{:?}",
        again.error
    );
    let order = ExportOrder {
        overwrite: true,
        ..export(&card, &archive)
    };
    first.start_export(&order).await.unwrap();
}

#[tokio::test]
async fn an_unknown_job_is_not_found() {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let instance = instance(&card(&running, "test"));
    let error = instance
        .export_status(&"999".parse().unwrap())
        .await
        .unwrap_err();
    assert!(error.is_not_found(), "{error:?}");
}

#[tokio::test]
async fn roles_and_secrets_are_told_apart() {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let card = card(&running, "test");
    let with = |id: &str, secret: &str| {
        let sign_in = SignIn::ClientCredentials {
            token_url: card.token_url.clone(),
            client_id: id.to_owned(),
            client_secret: secret.to_owned().into(),
            scope: Some(card.scope.clone()),
        };
        signed_in(&card, sign_in)
    };
    let developer = with(&card.developer_client_id, &card.developer_client_secret);
    developer.probe().await.unwrap();
    let failed = developer
        .start_export(&export(&card, "ferry-test-1"))
        .await
        .unwrap_err();
    assert_eq!(failed.kind, StartErrorKind::Refused);
    assert_eq!(failed.error.kind(), ErrorKind::Forbidden);
    let facts = developer.token().await.unwrap();
    assert_eq!(facts.scheme, "Bearer");
    assert!(facts.expires.is_some());

    let error = with(&card.client_id, "wrong").probe().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TokenRefused, "{error:?}");
}

#[tokio::test]
async fn integrations_switch_off_and_on() {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let instance = instance(&card(&running, "test"));
    let all = instance.integrations().await.unwrap();
    assert!(all.iter().any(|one| one.project.is_some()), "{all:?}");
    assert!(all.iter().any(|one| !one.connections.is_empty()), "{all:?}");
    let active = all
        .iter()
        .find(|one| one.status == "ACTIVATED" && !one.locked)
        .unwrap();
    let which = IntegrationRef {
        id: active.id.clone(),
        project: active.project.clone(),
    };
    instance.deactivate(&which).await.unwrap();
    until(
        &running,
        || async { instance.integration(&which).await.unwrap().status },
        "CONFIGURED",
    )
    .await;
    instance.activate(&which, Tracing::default()).await.unwrap();
    until(
        &running,
        || async { instance.activation_status(&which).await.unwrap() },
        "ACTIVATED",
    )
    .await;
    assert_eq!(instance.activation_errors(&which).await.unwrap(), None);
}

async fn until<F: Future<Output = String>>(running: &Running, ask: impl Fn() -> F, wanted: &str) {
    for _ in 0..50 {
        if ask().await == wanted {
            return;
        }
        running.emulator.advance(Duration::from_secs(10));
    }
    panic!("it does not become {wanted}");
}

#[tokio::test]
async fn connections_are_read_changed_and_tested() {
    let running = Running::start(Options::new(fixed(NOON))).await;
    let instance = instance(&card(&running, "test"));
    let all = instance.connections().await.unwrap();
    let (found, property) = all
        .iter()
        .filter(|one| !one.locked)
        .find_map(|one| Some((one, one.properties.iter().find(|p| p.value.is_some())?)))
        .unwrap();
    let which = ConnectionRef {
        id: found.id.clone(),
        project: found.project.clone(),
    };
    let mut changed = property.clone();
    changed.value = Some("https://prod.example.com".to_owned());
    let update = ConnectionUpdate {
        properties: vec![changed.clone()],
        ..ConnectionUpdate::default()
    };
    instance.update_connection(&which, &update).await.unwrap();
    let now = instance.connection(&which).await.unwrap();
    let value = now.properties.iter().find(|p| p.name == property.name);
    assert_eq!(
        value.and_then(|p| p.value.as_deref()),
        changed.value.as_deref()
    );
    let tested = instance.test_connection(&which).await;
    assert!(tested.is_ok() || tested.is_err_and(|error| error.kind() == ErrorKind::NotConfigured));
}
