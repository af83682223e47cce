//! Each step asked of an emulator and of the maps.

use ferry_emulator::{Options, StoreDialect};
use serde_json::json;

use super::asked::{self, Asked};
use super::map::{Container, Model, Told};
use super::steps::Step;
use crate::house::House;
use crate::wire::{Answer, Wire, request};

/// A connection with credentials to an account.
struct Client {
    house: House,
    wire: Wire,
    /// `/v1/<account>`.
    account: String,
    credentials: (&'static str, String),
}

impl Client {
    async fn open(options: &Options, upstream: bool) -> Self {
        let house = House::with(options.clone()).await;
        let mut wire = Wire::connect(house.address).await;
        if !upstream {
            let (account, _) = house.bucket.rsplit_once('/').unwrap();
            return Self {
                account: account.to_owned(),
                credentials: ("Authorization", house.basic()),
                house,
                wire,
            };
        }
        let sign_in = [("X-Auth-User", "test:tester"), ("X-Auth-Key", "testing")];
        wire.write(&request("GET", "/auth/v1.0", &sign_in, b""))
            .await;
        let signed_in = wire.read(false).await.unwrap();
        let token = signed_in.header("x-auth-token").unwrap().to_owned();
        Self {
            house,
            wire,
            account: "/v1/AUTH_test".to_owned(),
            credentials: ("X-Auth-Token", token),
        }
    }

    async fn restart(self, options: &Options) -> Self {
        drop(self.wire);
        self.house.close().await;
        let house = House::with(options.clone()).await;
        let wire = Wire::connect(house.address).await;
        Self {
            house,
            wire,
            ..self
        }
    }

    async fn ask(&mut self, method: &str, target: &str, asked: &Asked) -> Answer {
        let mut headers = vec![(self.credentials.0, self.credentials.1.as_str())];
        headers.extend(asked.headers.iter().map(|(a, b)| (a.as_str(), b.as_str())));
        let target = format!("{}{target}", self.account);
        let bytes = request(method, &target, &headers, &asked.body);
        self.wire.write(&bytes).await;
        self.wire.read(method == "HEAD").await.unwrap()
    }
}

fn check(answer: &Answer, told: &Told, step: &Step) {
    assert_eq!(answer.status, told.status, "{step:?}: {answer:?}");
    for (name, value) in &told.headers {
        assert_eq!(answer.header(name), value.as_deref(), "{name} of {step:?}");
    }
    if let Some((prefix, meta)) = &told.meta {
        assert_eq!(&answer.beginning(prefix), meta, "{step:?}");
    }
    if let Some(body) = &told.body {
        assert_eq!(&answer.body, body, "{step:?}");
    }
    if let Some(rows) = &told.rows {
        let shown = answer.json();
        let shown = shown.as_array().unwrap();
        assert_eq!(shown.len(), rows.len(), "{step:?}: {shown:?} for {rows:?}");
        for (shown, row) in shown.iter().zip(rows) {
            for (field, value) in row.as_object().unwrap() {
                assert_eq!(&shown[field], value, "{field} of {step:?}: {shown}");
            }
        }
    }
}

pub(super) async fn run(options: &Options, steps: Vec<Step>) {
    let upstream = options.switches.store_dialect == StoreDialect::Upstream;
    let mut client = Client::open(options, upstream).await;
    // What the account holds from the beginning, which is empty.
    let containers = client.ask("GET", "?format=json", &Asked::default()).await;
    let containers = containers.json();
    let names = containers.as_array().unwrap().iter().map(|it| &it["name"]);
    let mut model = Model {
        upstream,
        now: (options.now)(),
        containers: names
            .map(|name| (name.as_str().unwrap().to_owned(), Container::default()))
            .collect(),
    };
    for step in steps {
        match step {
            Step::Wait(seconds) => {
                model.wait(seconds);
                let text = json!({"advance_seconds": seconds}).to_string();
                let moved = client.house.control("POST", "clock", &text).await;
                assert_eq!(moved.status, 200);
            }
            Step::Restart => client = client.restart(options).await,
            step => {
                let (method, target, asked, told) = asked::request(&mut model, &step);
                let answer = client.ask(method, &target, &asked).await;
                check(&answer, &told, &step);
            }
        }
    }
    drop(client.wire);
    client.house.close().await;
}
