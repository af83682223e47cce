//! Schedules, lookups and single integrations on the wire.

use bytes::Bytes;
use ferry_oic::{
    ErrorKind, Frequency, IntegrationRef, Lookup, LookupRef, Schedule, ScheduleAction,
};
use serde_json::Value;

use crate::scripted::{Scripted, answer};
use crate::support::{gen2, gen3, token};

fn which(project: Option<&str>) -> IntegrationRef {
    IntegrationRef {
        id: "HELLO_WORLD|01.00.0000".parse().unwrap(),
        project: project.map(ToOwned::to_owned),
    }
}

fn body(request: &str) -> Value {
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap()
}

#[tokio::test]
async fn schedules_are_read_changed_and_switched() {
    let published = r#"{"frequency":{"frequencyType":"MINUTELY","interval":65},"name":"SCH_ONE_01_00_0000","description":"...","scheduleTZ":"Asia/Calcutta","startDate":"1/20/2021|13:12:00","endDate":"1/30/2021|13:12:00"}"#;
    let server = Scripted::start(vec![
        answer("200 OK", published),
        answer("200 OK", published),
        answer("200 OK", ""),
        answer("202 Accepted", "{}"),
        answer("404 Not Found", ""),
        answer("503 Service Unavailable", ""),
    ])
    .await;
    let instance = gen2(&server);
    let mut schedule = instance.schedule(&which(None)).await.unwrap();
    assert_eq!(
        schedule.frequency,
        Some(Frequency {
            kind: "MINUTELY".to_owned(),
            interval: 65
        })
    );
    schedule.parameters = vec![("lastRun".to_owned(), Value::from("x"))];
    instance
        .replace_schedule(&which(None), &schedule)
        .await
        .unwrap();
    let new = Schedule {
        name: "S".to_owned(),
        ..Schedule::default()
    };
    instance
        .create_schedule(&which(Some("P")), &new)
        .await
        .unwrap();
    let start = ScheduleAction::Start;
    instance.switch_schedule(&which(None), start).await.unwrap();
    let absent = instance.schedule(&which(None)).await.unwrap_err();
    assert!(absent.is_not_found());
    // Whether it was carried out is not known, so it is not sent again.
    let lost = instance.switch_schedule(&which(None), start).await;
    assert!(lost.unwrap_err().http().unwrap().maybe_done());
    let seen = server.seen();
    let path = "/ic/api/integration/v1/integrations/HELLO_WORLD%7C01.00.0000/schedule";
    assert!(
        seen[1].starts_with(&format!("PUT {path} HTTP")),
        "{}",
        seen[1]
    );
    let sent = body(&seen[1]);
    assert_eq!(sent["scheduleTZ"], "Asia/Calcutta");
    assert_eq!(sent["parameters"][0]["name"], "lastRun");
    assert!(seen[2].starts_with("POST /ic/api/integration/v1/projects/P/integrations/"));
    assert!(seen[3].starts_with(&format!("POST {path}/start HTTP")));
    assert_eq!(seen.len(), 6);
}

#[tokio::test]
async fn lookups_are_read_made_and_replaced() {
    let server = Scripted::start(vec![
        answer(
            "200 OK",
            r#"{"name":"A B","columns":["X"],"rows":[{"rowData":["1"]}],"rowCount":1}"#,
        ),
        answer("409 Conflict", r#"{"title":"exists"}"#),
        answer("200 OK", "{}"),
    ])
    .await;
    let instance = gen2(&server);
    let which = LookupRef {
        name: "A B".to_owned(),
        project: None,
    };
    let lookup: Lookup = instance.lookup(&which).await.unwrap();
    let there = instance.create_lookup(&lookup).await.unwrap_err();
    assert_eq!(there.kind(), ErrorKind::Conflict);
    instance.replace_lookup(&lookup).await.unwrap();
    let seen = server.seen();
    assert!(seen[0].starts_with("GET /ic/api/integration/v1/lookups/A%20B HTTP"));
    assert!(seen[1].starts_with("POST /ic/api/integration/v1/lookups HTTP"));
    assert!(seen[2].starts_with("PUT /ic/api/integration/v1/lookups/A%20B HTTP"));
    assert_eq!(body(&seen[2])["rows"][0]["rowData"][0], "1");
}

#[tokio::test]
async fn an_integration_goes_out_and_comes_in() {
    let location = "204 No Content\r\nlocation: https://x.example.com/ic/api/integration/v1/integrations/A%7C01.00.0000?integrationInstance=x";
    let whole = r#"{"id":"A|01.00.0000","status":"CONFIGURED"}"#;
    let server = Scripted::start(vec![
        answer("200 OK", "PK and more"),
        answer(location, ""),
        answer("200 OK", whole),
        answer("204 No Content", ""),
        answer(
            "409 Conflict",
            r#"{"title":"Integration A already exists."}"#,
        ),
        answer("412 Precondition Failed", r#"{"title":"it is active"}"#),
        answer("423 Locked", r#"{"title":"PREBUILT"}"#),
    ])
    .await;
    let instance = gen2(&server);
    let mut content = instance.export_integration(&which(None)).await.unwrap();
    let mut all = Vec::new();
    while let Some(piece) = content.chunk().await.unwrap() {
        all.extend_from_slice(&piece);
    }
    assert_eq!(all, b"PK and more");
    let iar = Bytes::from_static(b"PK\x03\x04");
    let import = async |project, replaces| {
        let file = ("a.iar", &iar);
        let id = instance.import_integration(project, file, replaces).await;
        id.map(|id| id.map(|id| id.to_string()))
            .map_err(|error| error.kind())
    };
    let id = Ok(Some("A|01.00.0000".to_owned()));
    assert_eq!(import(None, false).await, id);
    assert_eq!(import(Some("P"), true).await, id);
    assert_eq!(import(None, true).await, Ok(None));
    assert_eq!(import(None, false).await, Err(ErrorKind::Conflict));
    assert_eq!(import(None, true).await, Err(ErrorKind::Locked));
    let prebuilt = instance.export_integration(&which(None)).await;
    assert_eq!(prebuilt.unwrap_err().kind(), ErrorKind::Locked);
    let seen = server.seen();
    assert!(seen[0].contains("accept: application/octet-stream"));
    assert!(seen[1].starts_with("POST /ic/api/integration/v1/integrations/archive HTTP"));
    assert!(seen[1].contains("content-type: multipart/form-data; boundary="));
    assert!(seen[1].contains(r#"name="file"; filename="a.iar""#));
    assert!(seen[2].starts_with("PUT /ic/api/integration/v1/projects/P/integrations/archive HTTP"));
}

#[tokio::test]
async fn a_project_that_goes_meanwhile_is_no_error_and_a_broken_one_is() {
    let empty = r#"{"items":[],"hasMore":false}"#;
    let projects = r#"{"items":[{"id":"A"},{"id":"B"}],"hasMore":false}"#;
    let one = r#"{"items":[{"id":"L|1.0"}],"hasMore":false}"#;
    for (status, good) in [("404 Not Found", true), ("403 Forbidden", false)] {
        let server = Scripted::answering(move |request| {
            Some(if request.starts_with("POST") {
                token("t")
            } else if request.contains("/projects?") {
                answer("200 OK", projects)
            } else if request.contains("/projects/A/") {
                answer(status, "")
            } else if request.contains("/projects/B/") {
                answer("200 OK", one)
            } else {
                answer("200 OK", empty)
            })
        })
        .await;
        let listed = gen3(&server).library_pages().all().await;
        match listed {
            Ok(all) => assert!(good && all.len() == 1 && all[0].project.as_deref() == Some("B")),
            Err(error) => assert!(!good && error.kind() == ErrorKind::Forbidden, "{error}"),
        }
    }
}
