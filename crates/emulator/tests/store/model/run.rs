//! Each step asked of an emulator and of the maps.

use ferry_emulator::{Options, StoreDialect};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use serde_json::{Value, json};

use super::map::{Container, Model, Told, md5};
use super::objects::date;
use super::steps::{Condition, Given, Meta, Name, Page, Range, SEGMENTS, Step, Tag};
use crate::house::House;
use crate::wire::{Answer, Wire, request};

fn encode(name: &str) -> String {
    percent_encode(name.as_bytes(), NON_ALPHANUMERIC).to_string()
}

/// A connection with credentials to an account.
struct Client {
    house: House,
    wire: Wire,
    /// `/v1/<account>`.
    account: String,
    credentials: (&'static str, String),
}

/// What is asked beside the method and the target.
#[derive(Debug, Default)]
struct Asked {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Asked {
    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn meta(mut self, kind: &str, meta: &Meta) -> Self {
        for (name, value) in meta {
            self = self.with(&format!("X-{kind}-Meta-{name}"), value);
        }
        self
    }

    fn given(self, given: &Given) -> Self {
        let mut asked = self.meta("Object", &given.meta);
        if let Some(kind) = given.kind {
            asked = asked.with("Content-Type", kind);
        }
        if let Some(lives) = given.lives {
            asked = asked.with("X-Delete-After", lives.to_string());
        }
        asked
    }
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

fn object((container, name): &Name) -> String {
    format!("/{container}/{}", encode(name))
}

fn query(page: &Page) -> String {
    let mut query = "?format=json".to_owned();
    for (name, value) in [
        ("prefix", &page.prefix),
        ("marker", &page.marker),
        ("end_marker", &page.end_marker),
    ] {
        query.push_str(&format!("&{name}={}", encode(value)));
    }
    if page.delimiter {
        query.push_str("&delimiter=/");
    }
    if page.reverse {
        query.push_str("&reverse=true");
    }
    if let Some(limit) = page.limit {
        query.push_str(&format!("&limit={limit}"));
    }
    query
}

fn condition(asked: Asked, condition: Condition, shown: Option<(String, i64)>) -> Asked {
    let (etag, modified) = shown.unwrap_or_default();
    let tag = |own| if own { etag } else { "other".to_owned() };
    match condition {
        Condition::Match(own) => asked.with("If-Match", tag(own)),
        Condition::NoneMatch(own) => asked.with("If-None-Match", tag(own)),
        Condition::ModifiedSince(after) => asked.with("If-Modified-Since", date(modified + after)),
        Condition::UnmodifiedSince(after) => {
            asked.with("If-Unmodified-Since", date(modified + after))
        }
    }
}

fn range(asked: Asked, range: Range) -> Asked {
    let text = match range {
        Range::Between(first, last) => format!("{first}-{last}"),
        Range::From(first) => format!("{first}-"),
        Range::Last(last) => format!("-{last}"),
    };
    asked.with("Range", format!("bytes={text}"))
}

/// The request of a step, and what the maps make of it.
fn play(model: &mut Model, step: &Step) -> (&'static str, String, Asked, Told) {
    let none = Asked::default;
    let plain = Given {
        meta: Vec::new(),
        kind: None,
        lives: None,
    };
    match step {
        Step::PutContainer(name, meta) => {
            let asked = none().meta("Container", meta);
            (
                "PUT",
                format!("/{name}"),
                asked,
                model.put_container(name, meta),
            )
        }
        Step::PostContainer(name, meta) => {
            let asked = none().meta("Container", meta);
            (
                "POST",
                format!("/{name}"),
                asked,
                model.post_container(name, meta),
            )
        }
        Step::DeleteContainer(name) => (
            "DELETE",
            format!("/{name}"),
            none(),
            model.delete_container(name),
        ),
        Step::HeadContainer(name) => (
            "HEAD",
            format!("/{name}"),
            none(),
            model.head_container(name),
        ),
        Step::ListContainer(name, page) => {
            let target = format!("/{name}{}", query(page));
            ("GET", target, none(), model.list_container(name, page))
        }
        Step::HeadAccount => ("HEAD", String::new(), none(), model.head_account()),
        Step::ListAccount(page) => ("GET", query(page), none(), model.list_account(page)),
        Step::Put(name, body, tag, given, new) => {
            let mut asked = none().given(given);
            asked.body.clone_from(body);
            match tag {
                Tag::None => {}
                Tag::Right => asked = asked.with("ETag", md5(body)),
                Tag::Wrong => asked = asked.with("ETag", md5([body.as_slice(), b"x"].concat())),
            }
            if *new {
                asked = asked.with("If-None-Match", "*");
            }
            (
                "PUT",
                object(name),
                asked,
                model.put(name, body, *tag, given, *new),
            )
        }
        Step::PutDynamic(name, prefix) => {
            let asked = none().with("X-Object-Manifest", format!("{SEGMENTS}/{prefix}"));
            (
                "PUT",
                object(name),
                asked,
                model.put_dynamic(name, prefix, &plain),
            )
        }
        Step::PutStatic(name, segments) => {
            let rows = segments
                .iter()
                .map(|it| json!({"path": format!("{SEGMENTS}/{it}")}));
            let text = Value::Array(rows.collect()).to_string().into_bytes();
            let told = model.put_static(name, segments, &text, &plain);
            let target = format!("{}?multipart-manifest=put", object(name));
            let asked = Asked {
                body: text,
                ..none()
            };
            ("PUT", target, asked, told)
        }
        Step::Post(name, given) => {
            let asked = none().given(given);
            ("POST", object(name), asked, model.post(name, given))
        }
        Step::Copy {
            from,
            to,
            by_put,
            fresh,
        } => {
            let told = model.copy(from, to, *by_put, *fresh);
            let asked = if *fresh {
                none().with("X-Fresh-Metadata", "true")
            } else {
                none()
            };
            if *by_put {
                (
                    "PUT",
                    object(to),
                    asked.with("X-Copy-From", object(from)),
                    told,
                )
            } else {
                (
                    "COPY",
                    object(from),
                    asked.with("Destination", object(to)),
                    told,
                )
            }
        }
        Step::Delete(name) => ("DELETE", object(name), none(), model.delete(name)),
        Step::Read {
            name,
            head,
            condition: unless,
            range: span,
        } => {
            let mut asked = none();
            if let Some(unless) = unless {
                asked = condition(asked, *unless, model.shown(name));
            }
            if let Some(span) = span {
                asked = range(asked, *span);
            }
            let method = if *head { "HEAD" } else { "GET" };
            (
                method,
                object(name),
                asked,
                model.read(name, *head, *unless, *span),
            )
        }
        Step::Wait(_) | Step::Restart => unreachable!("nothing is asked"),
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
                let (method, target, asked, told) = play(&mut model, &step);
                let answer = client.ask(method, &target, &asked).await;
                check(&answer, &told, &step);
            }
        }
    }
    drop(client.wire);
    client.house.close().await;
}
