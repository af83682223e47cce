//! What an instance holds, read by its REST API with a client that shares nothing with the product's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use ferry_testkit::archives::read_back;
use serde_json::Value;

use crate::samples::text;
use crate::wire::{self, Answer};

/// The head of an integration in an `.iar`.
const HEAD: &str = "/ics_project_attributes.properties";

/// The project, where there is one, and the id.
pub type Key = (Option<String>, String);

/// What an instance holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// By `CODE|VERSION`.
    pub integrations: BTreeMap<Key, Integration>,
    /// Values of properties, by the connection.
    pub connections: BTreeMap<Key, BTreeMap<String, String>>,
    /// Columns and rows, by the lookup.
    pub lookups: BTreeMap<Key, Value>,
    /// Their ids.
    pub libraries: BTreeSet<Key>,
}

/// One integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// As it came.
    pub status: String,
    /// The state of its schedule, as it came; none where it is not started.
    pub schedule: Option<String>,
    /// The ids of the connections that it uses.
    pub connections: BTreeSet<String>,
    /// A digest of the files of its `.iar`, whatever their dates; none where somebody has it locked.
    pub content: Option<String>,
}

impl Integration {
    /// Whether it is active.
    pub fn is_active(&self) -> bool {
        self.status == "ACTIVATED"
    }
}

impl Held {
    /// The connections that this one of its integrations uses: its project's own, else the instance's.
    pub fn used(&self, key: &Key) -> BTreeSet<Key> {
        let used = self.integrations.get(key).map(|it| &it.connections);
        let place = |id: &String| {
            let own = (key.0.clone(), id.clone());
            if self.connections.contains_key(&own) {
                own
            } else {
                (None, id.clone())
            }
        };
        used.into_iter().flatten().map(place).collect()
    }
}

/// A signed-in reader of one instance.
#[derive(Debug)]
pub struct Reader {
    base: String,
    /// The query that every call to a Gen3 instance has.
    query: String,
    authorization: String,
}

impl Reader {
    /// With the sign-in of a card.
    ///
    /// # Panics
    /// The identity domain gives no token.
    pub async fn of(card: &Value) -> Self {
        let base = format!("{}/ic/api/integration/v1/", text(card, "url"));
        if text(card, "generation") == "gen2" {
            return Self {
                base,
                query: "?".to_owned(),
                authorization: wire::basic(&text(card, "user"), &text(card, "password")),
            };
        }
        let form = format!(
            "grant_type=client_credentials&scope={}",
            text(card, "scope").replace(':', "%3A").replace('/', "%2F")
        );
        let client = wire::basic(&text(card, "client_id"), &text(card, "client_secret"));
        let token_url = text(card, "token_url");
        let token = wire::send("POST", &token_url, Some(&client), Some(form.as_bytes())).await;
        assert_eq!(token.status, 200, "{}", token.head);
        Self {
            base,
            query: format!("?integrationInstance={}&", text(card, "service_instance")),
            authorization: format!("Bearer {}", text(&token.json(), "access_token")),
        }
    }

    /// Reads something; `path` is what follows `/ic/api/integration/v1/`.
    pub async fn get(&self, path: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let url = format!("{}{path}{}{query}", self.base, self.query);
        wire::send("GET", &url, Some(&self.authorization), None).await
    }

    /// Turns an integration off, as a person at the console would.
    ///
    /// # Panics
    /// The instance refuses.
    pub async fn deactivate(&self, key: &Key) {
        let url = format!("{}{}{}", self.base, path(key, "integrations"), self.query);
        let headers = [
            ("Authorization", self.authorization.as_str()),
            ("Content-Type", "application/json"),
            ("X-HTTP-Method-Override", "PATCH"),
        ];
        let body = br#"{"status":"CONFIGURED","stopScheduleForDeactivation":true}"#;
        let answer = wire::with_headers("POST", &url, &headers, Some(body)).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 200, "{}", answer.head);
    }

    /// Every item of a list, page by page.
    async fn list(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        loop {
            let page = format!("{path}?limit=100&offset={}", items.len());
            let answer = self.get(&page).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.head);
            let page = answer.json();
            let more = page.get("items").and_then(Value::as_array);
            items.extend(more.into_iter().flatten().cloned());
            if page.get("hasMore") != Some(&Value::Bool(true)) {
                return items;
            }
        }
    }

    /// Everything that the instance holds.
    ///
    /// # Panics
    /// The instance refuses.
    pub async fn held(&self) -> Held {
        let mut places = vec![None];
        if self.query.len() > 1 {
            let projects = self.list("projects").await;
            places.extend(projects.iter().map(|one| Some(text(one, "id"))));
        }
        let mut held = Held::default();
        for place in places {
            let home = place.as_ref();
            let home = home.map_or_else(String::new, |code| format!("projects/{code}/"));
            for one in self.list(&format!("{home}integrations")).await {
                let key = (place.clone(), text(&one, "id"));
                let content = self.content(&key).await;
                held.integrations.insert(key, integration(&one, content));
            }
            for one in self.list(&format!("{home}connections")).await {
                let key = (place.clone(), text(&one, "id"));
                held.connections.insert(key, values(&one));
            }
            for one in self.list(&format!("{home}lookups")).await {
                let key = (place.clone(), text(&one, "name"));
                let lookup = self.get(&path(&key, "lookups")).await.json();
                let of = |name: &str| lookup.get(name).cloned().unwrap_or_default();
                let table = Value::Array(vec![of("columns"), of("rows")]);
                held.lookups.insert(key, table);
            }
            for one in self.list(&format!("{home}libraries")).await {
                held.libraries.insert((place.clone(), text(&one, "id")));
            }
        }
        held
    }

    async fn content(&self, key: &Key) -> Option<String> {
        let path = format!("{}/archive", path(key, "integrations"));
        let answer = self.get(&path).await;
        if answer.status == 423 {
            return None;
        }
        assert_eq!(answer.status, 200, "{path}: {}", answer.head);
        let mut files = read_back(&answer.body).expect("an .iar");
        // That of a project's integration is written anew whenever it is asked for, with the time of its last change.
        files.retain(|(name, _)| key.0.is_none() || !name.ends_with(HEAD));
        files.sort();
        let mut all = Vec::new();
        for (name, bytes) in files {
            all.extend([name.as_bytes(), b"\0", &bytes, b"\0"].concat());
        }
        Some(wire::sha256(&all))
    }
}

/// Where an object lies.
fn path((project, id): &Key, kind: &str) -> String {
    let mut path = String::new();
    if let Some(project) = project {
        // Writing to a string does not fail.
        let _ = write!(path, "projects/{project}/");
    }
    let _ = write!(
        path,
        "{kind}/{}",
        id.replace('|', "%7C").replace(' ', "%20")
    );
    path
}

fn integration(one: &Value, content: Option<String>) -> Integration {
    let used = one
        .get("dependencies")
        .and_then(|all| all.get("connections"));
    let used = used.and_then(Value::as_array).into_iter().flatten();
    Integration {
        status: text(one, "status"),
        schedule: one
            .get("scheduleStatus")
            .and_then(Value::as_str)
            .map(str::to_owned),
        connections: used.map(|it| text(it, "id")).collect(),
        content,
    }
}

fn values(connection: &Value) -> BTreeMap<String, String> {
    let all = connection.get("connectionProperties");
    let all = all.and_then(Value::as_array).into_iter().flatten();
    let value = |one: &Value| {
        let value = one.get("propertyValue").and_then(Value::as_str)?;
        Some((text(one, "propertyName"), value.to_owned()))
    };
    all.filter_map(value).collect()
}
