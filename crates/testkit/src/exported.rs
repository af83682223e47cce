//! What the emulator exports of its demonstration, without a server.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ferry_emulator::{Body, Emulator, EnvironmentCard, Options};
use http::Request;
use http_body_util::{BodyExt as _, Full};

use crate::clock::{NOON, fixed};

const AUTHORITY: &str = "127.0.0.1";

/// The layouts that an archive of the emulator may have.
pub const LAYOUTS: [&str; 4] = ["nested", "flat", "expanded", "opaque"];

/// The archive of the instance `test`, in one of the [`LAYOUTS`], with its certificates and credentials where `security`
/// says so.
///
/// # Panics
/// The export does not come to its end.
pub fn exported(layout: &str, security: bool) -> Vec<u8> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime
        .expect("a runtime")
        .block_on(export(layout, security))
}

async fn export(layout: &str, security: bool) -> Vec<u8> {
    let mut options = Options::new(fixed(NOON));
    let set = options.switches.set("archive-layout", layout);
    set.expect("a layout");
    let emulator = Emulator::start(options).expect("the emulator starts");
    let cards = emulator.environments(AUTHORITY);
    let card = cards.into_iter().find(|card| card.name == "test");
    let card = card.expect("the demonstration has it");
    let path = format!(
        "/ic/api/common/v1/exportServiceInstanceArchive?integrationInstance={}",
        card.service_instance.as_deref().unwrap_or_default()
    );
    let body = format!(
        "{{\"jobName\":\"x\",\"exportSecurityArtifacts\":{security},\"storageInfo\":{{\"storageUrl\":{:?},\
         \"storageUser\":{:?},\"storagePassword\":{:?}}}}}",
        card.storage_url, card.storage_user, card.storage_password
    );
    let bearer = format!("Bearer {}", token(&emulator, &card).await);
    let started = ask(&emulator, "POST", &card.url, &path, &bearer, body).await;
    assert!(String::from_utf8_lossy(&started).contains("jobId"));
    emulator.advance(Duration::from_secs(30 * 60));
    let user = basic(&card.storage_user, &card.storage_password);
    let object = format!("{}/x.zip", card.storage_url);
    let (origin, path) = split(&object);
    let archive = ask(&emulator, "GET", origin, path, &user, String::new()).await;
    assert!(archive.starts_with(b"PK"), "{layout}");
    archive.to_vec()
}

async fn token(emulator: &Emulator, card: &EnvironmentCard) -> String {
    let scope: String = card.scope.bytes().map(|b| format!("%{b:02X}")).collect();
    let body = format!("grant_type=client_credentials&scope={scope}");
    let client = basic(&card.client_id, &card.client_secret);
    let (origin, path) = split(&card.token_url);
    let answer = ask(emulator, "POST", origin, path, &client, body).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (_, rest) = answer.split_once("\"access_token\":\"").expect("a token");
    rest.split('"').next().unwrap_or_default().to_owned()
}

fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A URL as its origin and its path.
fn split(url: &str) -> (&str, &str) {
    let begin = "http://".len();
    let host = url.get(begin..).unwrap_or_default();
    let end = host.find('/').map_or(url.len(), |at| begin + at);
    url.split_at_checked(end).unwrap_or((url, ""))
}

async fn ask(
    emulator: &Emulator,
    method: &str,
    origin: &str,
    path: &str,
    authorization: &str,
    body: String,
) -> Bytes {
    let form = body.starts_with("grant_type");
    let kind = if form {
        "application/x-www-form-urlencoded"
    } else {
        "application/json"
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", origin.trim_start_matches("http://"))
        .header("authorization", authorization)
        .header("content-type", kind)
        .header("content-length", body.len());
    let body: Body = Full::new(Bytes::from(body))
        .map_err(|never| match never {})
        .boxed();
    let answer = emulator
        .answer(request.body(body).expect("a request"))
        .await;
    let (parts, body) = answer.into_parts();
    let bytes = body.collect().await.expect("an answer").to_bytes();
    assert!(
        parts.status.is_success(),
        "{method} {path}: {} {}",
        parts.status,
        String::from_utf8_lossy(&bytes)
    );
    bytes
}
