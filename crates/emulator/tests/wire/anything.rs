//! Whatever comes in, an answer goes out.

use bytes::Bytes;
use ferry_emulator::{Body, Emulator};
use http::{HeaderName, HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt, Full};
use proptest::prelude::*;
use proptest::sample::select;

use crate::house::options;

/// Pieces that routes are made of, so that what comes is not all unknown; none of barriers, which are waited for.
const PIECES: [&str; 33] = [
    "/",
    "//",
    "v1",
    "ic",
    "api",
    "integration",
    "common",
    "icsapis",
    "v2",
    "clonepod",
    "oauth2",
    "token",
    "_ferry",
    "rules",
    "clock",
    "integrations",
    "connections",
    "schedule",
    "start",
    "archive",
    "lookups",
    "packages",
    "projects",
    "exportServiceInstanceArchive",
    "importServiceInstanceArchive",
    "exportStatus",
    "acme",
    "ferry-test",
    "%7C",
    "%ff",
    "%00",
    "..",
    "A|01.00.0000",
];

const QUERIES: [&str; 12] = [
    "integrationInstance=test",
    "limit=",
    "limit=-1",
    "limit=99999999999999999999",
    "offset=",
    "q=",
    "q=%7Bname%3A",
    "q={x:/y/",
    "format=json",
    "prefix=%ff",
    "marker=",
    "delimiter=/",
];

fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => select(&PIECES[..]).prop_map(str::to_owned), 1 => "[!-~]{0,6}"];
    let query = prop_oneof![4 => select(&QUERIES[..]).prop_map(str::to_owned), 1 => "[!-~]{0,12}"];
    (
        prop::collection::vec(piece, 0..8),
        prop::collection::vec(query, 0..4),
    )
        .prop_map(|(path, query)| {
            format!(
                "/{}?integrationInstance=test&{}",
                path.join("/"),
                query.join("&")
            )
        })
}

fn header() -> impl Strategy<Value = (String, Vec<u8>)> {
    let names = [
        "content-type",
        "content-length",
        "range",
        "if-none-match",
        "if-match",
        "x-http-method-override",
        "origin",
        "expect",
        "authorization",
        "x-object-meta-a",
        "x-delete-at",
        "accept",
    ];
    let values = [
        "PATCH",
        "application/json",
        "multipart/form-data; boundary=b",
        "bytes=0-",
        "bytes=-0",
        "*",
        "Basic Og==",
        "Bearer",
    ];
    let value = prop_oneof![
        2 => select(values.to_vec()).prop_map(|value| value.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    (select(names.to_vec()).prop_map(str::to_owned), value)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "{}",
        "[]",
        "null",
        "{\"status\":\"ACTIVATED\"}",
        "{\"storageInfo\":{}}",
        "grant_type=client_credentials&scope=%ff",
        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nPK\r\n--b--",
        "{\"jobName\":1}",
    ];
    prop_oneof![
        2 => select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
}

/// What the environment's client would send, where `who` says so.
fn credentials(emulator: &Emulator, runtime: &tokio::runtime::Runtime) -> [String; 3] {
    let card = emulator.environments("localhost").remove(0);
    let basic = |user: &str, password: &str| {
        use base64::Engine as _;
        let text = format!("{user}:{password}");
        format!(
            "Basic {}",
            base64::engine::general_purpose::STANDARD.encode(text)
        )
    };
    let scope: String = card
        .scope
        .bytes()
        .map(|byte| format!("%{byte:02x}"))
        .collect();
    let form = format!("grant_type=client_credentials&scope={scope}");
    let request = Request::post("/oauth2/v1/token")
        .header("host", "localhost")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", basic(&card.client_id, &card.client_secret));
    let body = Full::from(form).map_err(|never| match never {}).boxed();
    let answer = runtime.block_on(async {
        let answer = emulator.answer(request.body(body).unwrap()).await;
        answer.into_body().collect().await.unwrap().to_bytes()
    });
    let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
    [
        format!("Bearer {}", answer["access_token"].as_str().unwrap()),
        basic(&card.storage_user, &card.storage_password),
        "Bearer x".to_owned(),
    ]
}

#[test]
fn is_answered() {
    let emulator = Emulator::start(options()).unwrap();
    // No timers: the seam needs none where bodies are whole.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let who = credentials(&emulator, &runtime);
    let method = prop_oneof![
        4 => select(vec!["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "COPY"]).prop_map(str::to_owned),
        1 => "[A-Z]{1,9}",
    ];
    let host = prop_oneof![
        4 => select(vec!["localhost", "test.localhost", "swiftobjectstorage.x.oraclecloud.com"]).prop_map(|host| host.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let headers = prop::collection::vec(header(), 0..4);
    let config = ProptestConfig {
        max_global_rejects: 60_000,
        ..ProptestConfig::with_cases(3_000)
    };
    proptest!(config, |(method in method, target in target(), host in host, headers in headers, body in body(), who in select(who.to_vec()))| {
        let Ok(uri) = Uri::from_maybe_shared(Bytes::from(target)) else {
            return Err(TestCaseError::reject("no target of HTTP"));
        };
        let mut request = Request::new(());
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = uri;
        let all = request.headers_mut();
        all.insert("authorization", HeaderValue::from_str(&who).unwrap());
        if let Ok(host) = HeaderValue::from_bytes(&host) {
            all.insert("host", host);
        }
        for (name, value) in headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_bytes(&value)) {
                all.append(name, value);
            }
        }
        let body: Body = Full::from(body).map_err(|never| match never {}).boxed();
        let (parts, body) = runtime
            .block_on(emulator.answer(request.map(|()| body)))
            .into_parts();
        let status = parts.status.as_u16();
        prop_assert!((200..600).contains(&status) && status != 500, "{}", status);
        if status == 405 {
            let allowed = parts.headers.get("allow").unwrap().to_str().unwrap();
            prop_assert!(allowed.split(", ").all(|allowed| allowed != method), "{}", allowed);
        }
        // The body must come, too.
        prop_assert!(runtime.block_on(body.collect()).is_ok());
    });
}
