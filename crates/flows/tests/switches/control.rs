//! The emulator's own controls, and its own account of what there is.

use ferry_http::{Client, Request};
use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT: usize = 16 * 1024 * 1024;

/// Speaks to `/_ferry/`.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    http: Client,
    url: String,
}

/// An artifact of an instance.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Held {
    pub(crate) path: String,
    pub(crate) kind: String,
    pub(crate) sha256: String,
}

/// A job of an instance, with what became of each object that it met.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Job {
    pub(crate) instance: String,
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) report: Vec<Line>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Line {
    pub(crate) kind: String,
    pub(crate) id: String,
    pub(crate) outcome: String,
}

impl Control {
    pub(crate) fn new(http: Client, emulator: &str) -> Self {
        Self {
            http,
            url: format!("{emulator}/_ferry"),
        }
    }

    pub(crate) async fn artifacts(&self, instance: &str) -> Vec<Held> {
        let held = self.get(&format!("artifacts/{instance}")).await;
        serde_json::from_slice(&held).unwrap()
    }

    pub(crate) async fn artifact(&self, instance: &str, sha256: &str) -> Vec<u8> {
        self.get(&format!("artifacts/{instance}/{sha256}")).await
    }

    pub(crate) async fn jobs(&self) -> Vec<Job> {
        serde_json::from_slice(&self.get("jobs").await).unwrap()
    }

    /// Lets virtual time run so many times as fast; 0 lets it stand still.
    pub(crate) async fn speed(&self, speed: f64) {
        self.post("clock", &json!({ "speed": speed })).await;
    }

    /// Somebody opens an integration of the instance in the console.
    pub(crate) async fn lock(&self, instance: &str, integration: &str) {
        let lock = json!({ "integration": integration });
        self.post(&format!("instances/{instance}/locks"), &lock)
            .await;
    }

    async fn get(&self, path: &str) -> Vec<u8> {
        let request = Request::get(&format!("{}/{path}", self.url)).unwrap();
        let response = self.http.send(request).await.unwrap();
        response.bytes(LIMIT).await.unwrap().to_vec()
    }

    async fn post(&self, path: &str, body: &Value) {
        let request = Request::post(&format!("{}/{path}", self.url)).unwrap();
        self.http.send(request.json(body)).await.unwrap();
    }
}
