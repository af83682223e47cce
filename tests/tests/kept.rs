//! An emulator that is killed again and again loses nothing that it has answered.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ferry_e2e::process::start;
use ferry_e2e::wire::{attempt, basic, control};
use serde_json::{Value, json};
use tokio::sync::watch;

const KILLS: u64 = 30;
const WRITERS: u64 = 3;

/// How to reach the environment `test`.
#[derive(Clone)]
struct Test {
    authority: String,
    bucket: String,
    store: String,
    oic: String,
}

/// A write, and what is there after it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Object(String),
    Lookup(String),
}

/// What was answered, and what was under way when the emulator was killed.
#[derive(Default)]
struct Written {
    /// None: deleted.
    certain: BTreeMap<Key, Option<String>>,
    /// Either what stands above or this.
    uncertain: BTreeMap<Key, Option<String>>,
}

impl Test {
    async fn at(url: &str, token: Option<&str>) -> Self {
        let authority = url.trim_start_matches("http://").to_owned();
        let cards = control(&authority, "/_ferry/environments").await;
        let text = |name: &str| cards[0][name].as_str().unwrap().to_owned();
        let oic = if let Some(token) = token {
            token.to_owned()
        } else {
            let form = format!(
                "grant_type=client_credentials&scope={}&client_id={}&client_secret={}",
                text("scope").replace(':', "%3A").replace('/', "%2F"),
                text("client_id"),
                text("client_secret"),
            );
            let answer = attempt("POST", &text("token_url"), None, Some(form.as_bytes())).await;
            let answer = answer.unwrap();
            assert_eq!(answer.status, 200, "{}", answer.head);
            let token = answer.json()["access_token"].as_str().unwrap().to_owned();
            format!("Bearer {token}")
        };
        Self {
            bucket: text("storage_url"),
            store: basic(&text("storage_user"), &text("storage_password")),
            authority,
            oic,
        }
    }

    fn url(&self, key: &Key) -> String {
        match key {
            Key::Object(name) => format!("{}/{name}", self.bucket),
            Key::Lookup(name) => format!(
                "http://{}/ic/api/integration/v1/lookups/{name}?integrationInstance=test",
                self.authority
            ),
        }
    }

    /// Writes a value, or deletes it; whether that was answered.
    async fn write(&self, key: &Key, old: Option<&String>, new: Option<&String>) -> bool {
        let (sign_in, body) = match key {
            Key::Object(_) => (&self.store, new.cloned()),
            Key::Lookup(name) => {
                let table = |value| json!({"name": name, "columns": [value]}).to_string();
                (&self.oic, new.map(table))
            }
        };
        let (method, url) = match (key, old, new) {
            (_, _, None) => ("DELETE", self.url(key)),
            (Key::Lookup(name), None, Some(_)) => {
                ("POST", self.url(key).replace(&format!("/{name}?"), "?"))
            }
            _ => ("PUT", self.url(key)),
        };
        let sent = attempt(
            method,
            &url,
            Some(sign_in),
            body.as_deref().map(str::as_bytes),
        )
        .await;
        match sent {
            Ok(answer) => {
                assert!(answer.status < 300, "{method} {key:?}: {}", answer.head);
                true
            }
            Err(_) => false,
        }
    }

    /// What is there.
    async fn read(&self, key: &Key) -> Option<String> {
        let sign_in = match key {
            Key::Object(_) => &self.store,
            Key::Lookup(_) => &self.oic,
        };
        let url = self.url(key);
        let answer = attempt("GET", &url, Some(sign_in), None).await.unwrap();
        match (answer.status, key) {
            (404, _) => None,
            (200, Key::Object(_)) => Some(String::from_utf8(answer.body).unwrap()),
            (200, Key::Lookup(_)) => {
                let shown: Value = answer.json();
                Some(shown["columns"][0].as_str().unwrap().to_owned())
            }
            _ => panic!("{key:?}: {}", answer.head),
        }
    }
}

/// Writes until nobody answers any more.
async fn writes(
    test: Test,
    writer: u64,
    mut rng: fastrand::Rng,
    written: Arc<Mutex<Written>>,
    answers: Arc<watch::Sender<u64>>,
) {
    loop {
        let name = format!("W{writer}_{}", rng.u32(..8));
        let key = if rng.bool() {
            Key::Object(name)
        } else {
            Key::Lookup(name)
        };
        let old = written.lock().unwrap().certain.get(&key).cloned().flatten();
        let new = (old.is_none() || rng.u32(..4) > 0).then(|| format!("V{}", rng.u32(..)));
        let answered = test.write(&key, old.as_ref(), new.as_ref()).await;
        let mut written = written.lock().unwrap();
        if !answered {
            written.uncertain.insert(key, new);
            return;
        }
        written.certain.insert(key, new);
        drop(written);
        answers.send_modify(|answers| *answers += 1);
    }
}

/// Compares what is there with what was answered, and takes what was under way as it turned out.
async fn check(test: &Test, written: &mut Written, round: u64) {
    for (key, certain) in &mut written.certain {
        let there = test.read(key).await;
        if there == *certain {
            continue;
        }
        let other = written.uncertain.get(key);
        assert_eq!(
            Some(&there),
            other,
            "round {round}: {key:?} was {certain:?}"
        );
        *certain = there;
    }
    let uncertain = std::mem::take(&mut written.uncertain);
    let new = uncertain
        .into_iter()
        .filter(|(key, _)| !written.certain.contains_key(key));
    for (key, other) in new.collect::<Vec<_>>() {
        let there = test.read(&key).await;
        assert!(there.is_none() || there == other, "round {round}: {key:?}");
        written.certain.insert(key, there);
    }
}

async fn serve(folder: &Path, token: Option<&str>) -> (tokio::process::Child, Test) {
    let line = "exec \"$0\" emulator --port 0 --speed 1000 --data kept";
    let (child, url) = start(line, folder).await;
    let test = Test::at(&url, token).await;
    (child, test)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_kills_lose_no_answered_write() {
    let folder = tempfile::tempdir().unwrap();
    let written = Arc::new(Mutex::new(Written::default()));
    let mut rng = fastrand::Rng::with_seed(20);
    // Tokens are writes, too: the first one is used to the end.
    let mut token = None;
    let answers = Arc::new(watch::Sender::new(0));
    let mut wanted = 0;
    for round in 0..KILLS {
        let (mut emulator, test) = serve(folder.path(), token.as_deref()).await;
        token.get_or_insert_with(|| test.oic.clone());
        let mut now = std::mem::take(&mut *written.lock().unwrap());
        check(&test, &mut now, round).await;
        *written.lock().unwrap() = now;
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (written, answers) = (Arc::clone(&written), Arc::clone(&answers));
                tokio::spawn(writes(test.clone(), writer, rng.fork(), written, answers))
            })
            .collect();
        // At any moment: somewhere in the middle of the writes after so many.
        wanted = *answers.borrow() + rng.u64(..12);
        let mut seen = answers.subscribe();
        seen.wait_for(|answers| *answers >= wanted).await.unwrap();
        tokio::time::sleep(Duration::from_micros(rng.u64(..20_000))).await;
        emulator.kill().await.unwrap();
        for writer in writers {
            writer.await.unwrap();
        }
    }
    let (_emulator, test) = serve(folder.path(), token.as_deref()).await;
    let mut written = std::mem::take(&mut *written.lock().unwrap());
    check(&test, &mut written, KILLS).await;
    let answered = *answers.borrow();
    eprintln!("{answered} writes were answered before {KILLS} kills");
    assert!(answered >= wanted && answered > KILLS, "{answered}");
}
