//! Clients and orders for the tests.

use std::sync::Arc;
use std::time::Duration;

use crate::scripted::{Scripted, answer};
use ferry_core::job::{Generation, ImportMode};
use ferry_core::storage::StorageUrl;
use ferry_http::{Client, Config};
use ferry_oic::{ExportOrder, ImportOrder, Instance, Settings, SignIn, StorageInfo};
use jiff::Timestamp;

pub(crate) fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

pub(crate) fn client() -> Client {
    let mut config = Config::new("ferry-test", Arc::new(now));
    config.retry.base = Duration::from_millis(1);
    config.retry.max = Duration::from_millis(2);
    Client::new(config).unwrap()
}

/// Gen2, signed in by Basic: no token call comes first.
pub(crate) fn gen2(server: &Scripted) -> Instance {
    let settings = Settings {
        generation: Generation::Gen2,
        origin: server.url(),
        service_instance: None,
        sign_in: SignIn::Basic {
            user: "jdoe".to_owned(),
            password: "pa55word".into(),
        },
        now: Arc::new(now),
    };
    Instance::new(client(), settings)
}

/// Gen3; the first call of each test asks for a token.
pub(crate) fn gen3(server: &Scripted) -> Instance {
    Instance::new(client(), gen3_settings(server, "cl1ent-secret"))
}

pub(crate) fn gen3_settings(server: &Scripted, secret: &str) -> Settings {
    Settings {
        generation: Generation::Gen3,
        origin: server.url(),
        service_instance: Some("acme-test-px".to_owned()),
        sign_in: SignIn::ClientCredentials {
            token_url: format!("{}/oauth2/v1/token", server.url()),
            client_id: "ferry".to_owned(),
            client_secret: secret.to_owned().into(),
            scope: Some("https://acme.example.com:443urn:opc:resource:consumer::all".to_owned()),
        },
        now: Arc::new(now),
    }
}

pub(crate) fn token(text: &str) -> Vec<u8> {
    let body = format!(r#"{{"access_token":"{text}","token_type":"Bearer","expires_in":3600}}"#);
    answer("200 OK", &body)
}

pub(crate) fn export(password: &str) -> ExportOrder {
    ExportOrder {
        name: "ferry-test-1".parse().unwrap(),
        description: None,
        security_artifacts: false,
        overwrite: false,
        storage: storage(password),
    }
}

pub(crate) fn import(password: &str) -> ImportOrder {
    ImportOrder {
        archive: "ferry-test-1.zip".to_owned(),
        mode: ImportMode::ImportOnly,
        name: "ferry-test-2".parse().unwrap(),
        description: None,
        security_artifacts: false,
        start_schedules: false,
        schedule_params: false,
        storage: storage(password),
    }
}

pub(crate) fn storage(password: &str) -> StorageInfo {
    let url = "https://swiftobjectstorage.us-phoenix-1.oraclecloud.com/v1/acme/archives";
    StorageInfo {
        url: StorageUrl::parse(url).unwrap(),
        user: "jdoe@example.com".parse().unwrap(),
        password: password.to_owned().into(),
    }
}
