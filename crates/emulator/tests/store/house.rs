//! An emulator that listens, and its demonstration's first bucket.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ferry_emulator::{Emulator, Options, Switches};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::wire::{Answer, Wire, request};

pub(crate) struct House {
    pub(crate) emulator: Emulator,
    pub(crate) address: SocketAddr,
    /// `user:token`.
    pub(crate) credentials: String,
    /// `/v1/<namespace>/<bucket>`.
    pub(crate) bucket: String,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

/// Options whose real clock stands still: virtual time moves by `advance` alone.
pub(crate) fn options() -> Options {
    Options::new(Arc::new(|| "2026-01-02T03:04:05.678Z".parse().unwrap()))
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with(options()).await
    }

    pub(crate) async fn switched(name: &str, value: &str) -> Self {
        let mut switches = Switches::default();
        switches.set(name, value).unwrap();
        Self::with(Options {
            switches,
            ..options()
        })
        .await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let emulator = Emulator::start(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = tokio::spawn(emulator.clone().serve(listener, async {
            let _ = stopped.await;
        }));
        let card = emulator.environments(&address.to_string()).remove(0);
        let (_, bucket) = card.storage_url.split_once("/v1/").unwrap();
        Self {
            emulator,
            address,
            credentials: format!("{}:{}", card.storage_user, card.storage_password),
            bucket: format!("/v1/{bucket}"),
            stop,
            served,
        }
    }

    pub(crate) async fn close(self) {
        self.stop.send(()).unwrap();
        self.served.await.unwrap().unwrap();
    }

    pub(crate) fn basic(&self) -> String {
        basic(&self.credentials)
    }

    /// The target of an object, its name given encoded.
    pub(crate) fn object(&self, name: &str) -> String {
        format!("{}/{name}", self.bucket)
    }

    /// A request with credentials, as bytes.
    pub(crate) fn request(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Vec<u8> {
        let basic = self.basic();
        let mut all = vec![("Authorization", basic.as_str())];
        all.extend_from_slice(headers);
        request(method, target, &all, body)
    }

    /// One request with credentials on a connection of its own.
    pub(crate) async fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        self.try_ask(method, target, headers, body).await.unwrap()
    }

    pub(crate) async fn try_ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> std::io::Result<Answer> {
        let mut wire = Wire::connect(self.address).await;
        // Where it is not taken whole, what comes back tells why.
        let _ = wire
            .send(&self.request(method, target, headers, body))
            .await;
        wire.read(method == "HEAD").await
    }

    pub(crate) async fn put(&self, name: &str, body: &[u8]) {
        let answer = self.ask("PUT", &self.object(name), &[], body).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
    }

    pub(crate) async fn get(&self, name: &str) -> Answer {
        self.ask("GET", &self.object(name), &[], b"").await
    }

    pub(crate) async fn head(&self, name: &str) -> Answer {
        self.ask("HEAD", &self.object(name), &[], b"").await
    }

    pub(crate) async fn delete(&self, name: &str) {
        let answer = self.ask("DELETE", &self.object(name), &[], b"").await;
        assert_eq!(answer.status, 204);
    }

    /// The names of a plain listing.
    pub(crate) async fn names(&self, query: &str) -> Vec<String> {
        let target = format!("{}?format=plain&{query}", self.bucket);
        let answer = self.ask("GET", &target, &[], b"").await;
        assert!(matches!(answer.status, 200 | 204), "{answer:?}");
        answer.text().lines().map(str::to_owned).collect()
    }

    /// A request to the emulator's own controls.
    pub(crate) async fn control(&self, method: &str, path: &str, body: &str) -> Answer {
        let mut wire = Wire::connect(self.address).await;
        wire.write(&request(
            method,
            &format!("/_ferry/{path}"),
            &[],
            body.as_bytes(),
        ))
        .await;
        wire.read(false).await.unwrap()
    }
}

pub(crate) fn basic(credentials: &str) -> String {
    format!("Basic {}", STANDARD.encode(credentials))
}
