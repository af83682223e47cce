//! How long an emulator of N generated integrations takes, and how much memory: `scale N`, figures as JSON.
//!
//! It loads them, lists every page, exports them, and imports them into an empty instance, all in this process and at
//! a speed at which no virtual time is waited for.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "it measures real time, and prints what it measured"
)]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ferry_emulator::{Body, Emulator, EnvironmentCard, Load, Options};
use http::Request;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A port that nothing listens at: no socket is used.
const AUTHORITY: &str = "127.0.0.1:1";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let integrations: usize = std::env::args()
        .nth(1)
        .ok_or("how many integrations?")?
        .parse()?;
    let clock = Instant::now();
    let mut options = Options::new(Arc::new(jiff::Timestamp::now));
    options.load = Load::Generated { integrations };
    options.speed = 1e6;
    let emulator = Emulator::start(options)?;
    let load = clock.elapsed();

    let test = Client::of(&emulator, "test").await?;
    let prod = Client::of(&emulator, "prod").await?;
    let clock = Instant::now();
    let listed = test.list().await?;
    let list = clock.elapsed();
    if listed != integrations {
        return Err(format!("{listed} of {integrations} integrations were listed").into());
    }

    let before_export = peak_bytes()?;
    let (export, archive) = test
        .job(
            "export",
            json!({"jobName": "all", "storageInfo": test.storage()}),
        )
        .await?;
    let before_import = peak_bytes()?;
    let body = json!({
        "archiveFile": archive,
        "importActivateMode": "importActivate",
        "storageInfo": test.storage(),
    });
    let (import, _) = prod.job("import", body).await?;
    let peak = peak_bytes()?;
    let each = |bytes: u64| bytes / integrations.max(1) as u64;
    let figures = json!({
        "integrations": integrations,
        "load_seconds": load.as_secs_f64(),
        "list_seconds": list.as_secs_f64(),
        "export_seconds": export.as_secs_f64(),
        "import_seconds": import.as_secs_f64(),
        "peak_bytes": peak,
        "peak_bytes_each": each(peak),
        "peak_bytes_each_after_load": each(before_export),
        "peak_bytes_each_after_export": each(before_import),
    });
    println!("{figures}");
    Ok(())
}

/// A client of one environment.
struct Client {
    emulator: Emulator,
    card: EnvironmentCard,
    authorization: String,
}

impl Client {
    async fn of(emulator: &Emulator, name: &str) -> Result<Client> {
        let cards = emulator.environments(AUTHORITY);
        let card = cards.into_iter().find(|card| card.name == name);
        let card = card.ok_or("no such environment")?;
        let mut client = Client {
            emulator: emulator.clone(),
            authorization: format!(
                "Basic {}",
                STANDARD.encode(format!("{}:{}", card.client_id, card.client_secret))
            ),
            card,
        };
        let scope = percent_encoding::utf8_percent_encode(
            &client.card.scope,
            percent_encoding::NON_ALPHANUMERIC,
        );
        let form = format!("grant_type=client_credentials&scope={scope}");
        let token = client.send("POST", "/oauth2/v1/token", form).await?;
        let token = field(&token, "access_token").as_str().ok_or("no token")?;
        client.authorization = format!("Bearer {token}");
        Ok(client)
    }

    async fn send(&self, method: &str, target: &str, body: String) -> Result<Value> {
        let kind = if target.starts_with("/oauth2/") {
            "application/x-www-form-urlencoded"
        } else {
            "application/json"
        };
        let request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", AUTHORITY)
            .header("authorization", &self.authorization)
            .header("content-type", kind)
            .header("content-length", body.len());
        let body: Body = Full::new(Bytes::from(body))
            .map_err(|never| match never {})
            .boxed();
        let (parts, body) = self.emulator.answer(request.body(body)?).await.into_parts();
        let bytes = body.collect().await?.to_bytes();
        if parts.status.is_success() {
            Ok(serde_json::from_slice(&bytes)?)
        } else {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Err(format!("{method} {target}: {} {text}", parts.status).into())
        }
    }

    /// Every integration, those of projects included, page by page.
    async fn list(&self) -> Result<usize> {
        let mut roots = vec![String::new()];
        for project in self.pages("/projects").await? {
            let code = field(&project, "id")
                .as_str()
                .ok_or("a project without id")?;
            roots.push(format!("/projects/{code}"));
        }
        let mut count = 0;
        for root in roots {
            count += self.pages(&format!("{root}/integrations")).await?.len();
        }
        Ok(count)
    }

    async fn pages(&self, path: &str) -> Result<Vec<Value>> {
        let mut items = Vec::new();
        loop {
            let target = format!(
                "/ic/api/integration/v1{path}?limit=100&offset={}&integrationInstance={}",
                items.len(),
                self.card.name
            );
            let page = self.send("GET", &target, String::new()).await?;
            let own = field(&page, "items")
                .as_array()
                .ok_or("a page without items")?;
            items.extend(own.iter().cloned());
            if *field(&page, "hasMore") != true {
                return Ok(items);
            }
        }
    }

    fn storage(&self) -> Value {
        json!({
            "storageUrl": self.card.storage_url,
            "storageUser": self.card.storage_user,
            "storagePassword": self.card.storage_password,
        })
    }

    /// Runs a job to its end, and tells the archive's name.
    async fn job(&self, kind: &str, body: Value) -> Result<(Duration, String)> {
        let clock = Instant::now();
        let path = format!("/ic/api/common/v1/{kind}ServiceInstanceArchive");
        let query = format!("?integrationInstance={}", self.card.name);
        let started = self
            .send("POST", &format!("{path}{query}"), body.to_string())
            .await?;
        let id = field(&started, "jobId")
            .as_str()
            .ok_or("no job id")?
            .to_owned();
        self.emulator.advance(Duration::from_secs(24 * 3600));
        let status = self
            .send("GET", &format!("{path}/{id}{query}"), String::new())
            .await?;
        if *field(&status, "overallStatus") != "COMPLETED" {
            return Err(format!("{kind}: {status}").into());
        }
        let archive = field(&status, "archiveName").as_str().unwrap_or_default();
        Ok((clock.elapsed(), archive.to_owned()))
    }
}

/// A field of an answer; null where it has none.
fn field<'a>(answer: &'a Value, name: &str) -> &'a Value {
    answer.get(name).unwrap_or(&Value::Null)
}

/// The most memory that this process ever had, as Linux tells it.
fn peak_bytes() -> Result<u64> {
    let status = fs_err::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let text = line
        .ok_or("no VmHWM is told")?
        .trim()
        .trim_end_matches(" kB");
    Ok(text.trim().parse::<u64>()? * 1024)
}
