//! An emulator behind its seam, and one environment's client.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use ferry_emulator::{Body, Emulator, EnvironmentCard, Load, Options, Switches};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

const AUTHORITY: &str = "127.0.0.1:8080";

/// Options whose real clock stands still: virtual time moves by `advance` alone.
pub(crate) fn options(switches: &[(&str, &str)]) -> Options {
    let mut options = Options::new(Arc::new(|| "2026-01-02T03:04:05.678Z".parse().unwrap()));
    options.switches = Switches::default();
    for (name, value) in switches {
        options.switches.set(name, value).unwrap();
    }
    options
}

pub(crate) fn demo(switches: &[(&str, &str)]) -> Emulator {
    Emulator::start(options(switches)).unwrap()
}

pub(crate) fn loaded(folder: &Path, switches: &[(&str, &str)]) -> Emulator {
    let mut options = options(switches);
    options.load = Load::Folder(folder.to_owned());
    Emulator::start(options).unwrap()
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: http::HeaderMap,
    pub(crate) bytes: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

pub(crate) async fn send(emulator: &Emulator, request: Request<Bytes>) -> Answer {
    let (mut parts, body) = request.into_parts();
    if !parts.headers.contains_key("content-length") {
        let length = body.len().to_string().parse().unwrap();
        parts.headers.insert("content-length", length);
    }
    let body: Body = Full::new(body).map_err(|never| match never {}).boxed();
    let answer = emulator.answer(Request::from_parts(parts, body)).await;
    let (parts, body) = answer.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: body.collect().await.unwrap().to_bytes(),
    }
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

/// A client of one environment, signed in as its card says.
pub(crate) struct Client {
    pub(crate) emulator: Emulator,
    pub(crate) card: EnvironmentCard,
    authorization: String,
}

impl Client {
    pub(crate) async fn of(emulator: &Emulator, name: &str) -> Client {
        let cards = emulator.environments(AUTHORITY);
        let card = cards.into_iter().find(|c| c.name == name).unwrap();
        let authorization = if card.generation == "gen2" {
            basic(&card.user, &card.password)
        } else {
            let answer = token(emulator, &card.client_id, &card.client_secret, &card.scope).await;
            assert_eq!(answer.status, 200);
            format!("Bearer {}", answer.json()["access_token"].as_str().unwrap())
        };
        Client {
            emulator: emulator.clone(),
            card,
            authorization,
        }
    }

    pub(crate) fn with_authorization(mut self, authorization: &str) -> Client {
        authorization.clone_into(&mut self.authorization);
        self
    }

    /// A call of the OIC API; `path` begins at `/ic/api/`.
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let body = if body.is_null() {
            Bytes::new()
        } else {
            Bytes::from(body.to_string())
        };
        self.raw(method, path, headers, body).await
    }

    /// The same, with any body.
    pub(crate) async fn raw(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Answer {
        let host = self.card.url.strip_prefix("http://").unwrap();
        let glue = if path.contains('?') { '&' } else { '?' };
        let target = match &self.card.service_instance {
            Some(name) => format!("{path}{glue}integrationInstance={name}"),
            None => path.to_owned(),
        };
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .header("host", host)
            .header("authorization", &self.authorization);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        send(&self.emulator, request.body(body).unwrap()).await
    }

    /// A design-time call with no body.
    pub(crate) async fn ask(&self, method: &str, path: &str) -> Answer {
        let path = format!("/ic/api/integration/v1{path}");
        self.raw(method, &path, &[], Bytes::new()).await
    }

    /// A design-time call with a form whose part `file` is a file.
    pub(crate) async fn upload(&self, method: &str, path: &str, file: &[u8]) -> Answer {
        let head =
            "--xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.iar\"\r\n\r\n";
        let body = [head.as_bytes(), file, b"\r\n--xx--\r\n"].concat();
        let path = format!("/ic/api/integration/v1{path}");
        let headers = [("content-type", "multipart/form-data; boundary=xx")];
        self.raw(method, &path, &headers, body.into()).await
    }

    /// A control of the emulator; `path` begins behind `/_ferry`.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = match body {
            Value::Null => Bytes::new(),
            body => Bytes::from(body.to_string()),
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("/_ferry{path}"))
            .header("host", AUTHORITY)
            .body(body)
            .unwrap();
        send(&self.emulator, request).await
    }

    /// Locks something in the environment's instance (`POST`), or frees it (`DELETE`).
    pub(crate) async fn lock(&self, method: &str, what: &Value) -> Answer {
        let path = format!("/instances/{}/locks", self.card.name);
        self.control(method, &path, what).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(
            "GET",
            &format!("/ic/api/integration/v1{path}"),
            &[],
            &Value::Null,
        )
        .await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", &format!("/ic/api/integration/v1{path}"), &[], body)
            .await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        let patch = [("x-http-method-override", "PATCH")];
        self.call(
            "POST",
            &format!("/ic/api/integration/v1{path}"),
            &patch,
            body,
        )
        .await
    }

    pub(crate) fn storage(&self) -> Value {
        json!({
            "storageUrl": self.card.storage_url,
            "storageUser": self.card.storage_user,
            "storagePassword": self.card.storage_password,
        })
    }

    /// Starts a job; `more` is what the body holds beside the storage.
    pub(crate) async fn start(&self, kind: &str, more: Value) -> Answer {
        let mut body = more;
        body.as_object_mut()
            .unwrap()
            .entry("storageInfo")
            .or_insert_with(|| self.storage());
        let path = format!("/ic/api/common/v1/{kind}ServiceInstanceArchive");
        self.call("POST", &path, &[], &body).await
    }

    pub(crate) async fn status(&self, kind: &str, id: &str) -> Value {
        let path = format!("/ic/api/common/v1/{kind}ServiceInstanceArchive/{id}");
        let answer = self.call("GET", &path, &[], &Value::Null).await;
        assert_eq!(answer.status, 200);
        answer.json()
    }

    /// Starts a job and lets it come to its end.
    pub(crate) async fn finish(&self, kind: &str, more: Value) -> Value {
        let started = self.start(kind, more).await;
        assert_eq!(started.status, 202, "{}", started.json());
        let id = started.json()["jobId"].as_str().unwrap().to_owned();
        self.advance(30 * 60);
        self.status(kind, &id).await
    }

    pub(crate) fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }

    /// Names in the environment's bucket, with their sizes.
    pub(crate) async fn bucket(&self) -> Vec<(String, u64)> {
        let listing = self.store("GET", "", Bytes::new()).await.json();
        listing
            .as_array()
            .unwrap()
            .iter()
            .map(|o| {
                (
                    o["name"].as_str().unwrap().to_owned(),
                    o["bytes"].as_u64().unwrap(),
                )
            })
            .collect()
    }

    pub(crate) async fn store(&self, method: &str, object: &str, body: Bytes) -> Answer {
        let url = format!("{}{object}", self.card.storage_url);
        let (host, path) = url
            .strip_prefix("http://")
            .unwrap()
            .split_once('/')
            .unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/{path}"))
            .header("host", host)
            .header(
                "authorization",
                basic(&self.card.storage_user, &self.card.storage_password),
            )
            .body(body)
            .unwrap();
        send(&self.emulator, request).await
    }

    /// Status of every integration, those of projects included, by id.
    pub(crate) async fn states(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        let mut roots = vec![String::new()];
        if self.card.service_instance.is_some() {
            for project in items(&self.get("/projects").await) {
                roots.push(format!("/projects/{}", project["id"].as_str().unwrap()));
            }
        }
        for root in roots {
            for item in items(&self.get(&format!("{root}/integrations")).await) {
                let text = |key: &str| item[key].as_str().unwrap().to_owned();
                out.push((text("id"), text("status")));
            }
        }
        out.sort();
        out
    }

    /// SHA-256 of each artifact, by path.
    pub(crate) fn artifacts(&self) -> impl Future<Output = Vec<(String, String)>> {
        let request = Request::builder()
            .uri(format!("/_ferry/artifacts/{}", self.card.name))
            .header("host", AUTHORITY)
            .body(Bytes::new())
            .unwrap();
        let emulator = self.emulator.clone();
        async move {
            let answer = send(&emulator, request).await;
            assert_eq!(answer.status, 200);
            let mut all: Vec<(String, String)> = answer
                .json()
                .as_array()
                .unwrap()
                .iter()
                .map(|a| {
                    (
                        a["path"].as_str().unwrap().to_owned(),
                        a["sha256"].as_str().unwrap().to_owned(),
                    )
                })
                .collect();
            all.sort();
            all
        }
    }
}

pub(crate) fn items(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["items"].as_array().unwrap().clone()
}

pub(crate) async fn token(emulator: &Emulator, id: &str, secret: &str, scope: &str) -> Answer {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let body = format!("grant_type=client_credentials&scope={}", encode(scope));
    let request = Request::builder()
        .method("POST")
        .uri("/oauth2/v1/token")
        .header("host", AUTHORITY)
        .header("authorization", basic(id, secret))
        .header(
            "content-type",
            "application/x-www-form-urlencoded;charset=UTF-8",
        )
        .body(Bytes::from(body))
        .unwrap();
    send(emulator, request).await
}
