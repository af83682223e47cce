//! What a request that starts a job may say, and the switches that change its reading.

use bytes::Bytes;
use serde_json::{Value, json};

use super::gen2_folder;
use crate::house::{Answer, Client, demo, loaded};

/// Starts a job by a body that is sent as it is.
async fn bare(client: &Client, kind: &str, body: Value) -> Answer {
    let path = format!("/ic/api/common/v1/{kind}ServiceInstanceArchive");
    client.call("POST", &path, &[], &body).await
}

#[tokio::test]
async fn the_status_that_tells_of_a_start() {
    for (switch, status) in [("202", 202), ("200", 200)] {
        let emulator = demo(&[("start-status", switch)]);
        let test = Client::of(&emulator, "test").await;
        let started = test.start("export", json!({})).await;
        assert_eq!(started.status, status);
        let import = json!({"archiveFile": "x", "importActivateMode": "importOnly"});
        assert_eq!(test.start("import", import).await.status, status);
    }
}

#[tokio::test]
async fn job_ids_have_the_form_asked_for() {
    let folder = gen2_folder();
    for (switch, gen2_decimal, gen3_decimal) in [
        ("generation", true, false),
        ("decimal", true, true),
        ("uuid", false, false),
    ] {
        let switches = [("job-ids", switch)];
        let gen2 = Client::of(&loaded(folder.path(), &switches), "source").await;
        let gen3 = Client::of(&demo(&switches), "test").await;
        for (client, decimal) in [(gen2, gen2_decimal), (gen3, gen3_decimal)] {
            let started = client.start("export", json!({})).await.json();
            let id = started["jobId"].as_str().unwrap();
            assert_eq!(id.chars().all(|c| c.is_ascii_digit()), decimal, "{id}");
            assert_eq!(id.len() == 36, !decimal, "{id}");
        }
    }
}

#[tokio::test]
async fn percentages_can_be_missing() {
    for told in [true, false] {
        let emulator = demo(&[("percentages", &told.to_string())]);
        let test = Client::of(&emulator, "test").await;
        let started = test.start("export", json!({})).await.json();
        let id = started["jobId"].as_str().unwrap();
        for seconds in [900, 1000] {
            test.advance(seconds);
            let status = test.status("export", id).await;
            assert_eq!(status.get("percentageComplete").is_some(), told);
            let component = status["components"][0].get("percentage");
            assert_eq!(component.is_some(), told, "{status}");
        }
    }
}

#[tokio::test]
async fn schedules_are_asked_for_by_the_field_of_the_switch() {
    let fields = [
        "startSchedules",
        "STARTSCHEDULES",
        "startSchedule",
        "start-schedules",
    ];
    for switch in ["startSchedules", "startSchedule", "start-schedules"] {
        for field in fields {
            let emulator = demo(&[("start-schedules-field", switch)]);
            let test = Client::of(&emulator, "test").await;
            let import =
                json!({"archiveFile": "x", "importActivateMode": "activateOnly", field: true});
            let status = test.finish("import", import).await;
            let heard = field.eq_ignore_ascii_case(switch);
            assert_eq!(status["startSchedules"], heard, "{switch} {field}");
        }
    }
}

#[tokio::test]
async fn whether_security_goes_along_when_nothing_is_said() {
    for switch in [false, true] {
        let emulator = demo(&[("security-default", &switch.to_string())]);
        let test = Client::of(&emulator, "test").await;
        let silent = test.finish("export", json!({"jobName": "silent"})).await;
        assert_eq!(silent["includeSecurityArtifacts"], switch);
        let said = json!({"jobName": "said", "exportSecurityArtifacts": !switch});
        let said = test.finish("export", said).await;
        assert_eq!(said["includeSecurityArtifacts"], !switch);
        let import = json!({"archiveFile": "silent", "importActivateMode": "importOnly"});
        let import = test.finish("import", import).await;
        assert_eq!(import["includeSecurityArtifacts"], switch);
    }
}

#[tokio::test]
async fn a_request_without_storage_uses_the_instances_own_where_the_switch_says_so() {
    let strict = Client::of(&demo(&[]), "test").await;
    assert_eq!(bare(&strict, "export", json!({})).await.status, 400);

    let optional = [("storage-info-optional", "true")];
    let emulator = demo(&optional);
    let test = Client::of(&emulator, "test").await;
    let started = bare(&test, "export", json!({"jobName": "x"})).await;
    assert_eq!(started.status, 202);
    let location = started.json()["location"].as_str().unwrap().to_owned();
    assert!(location.ends_with("/v1/acme/ferry-test"), "{location}");
    test.advance(1800);
    assert_eq!(test.bucket().await[0].0, "x.zip");
    let import = json!({"archiveFile": "x", "importActivateMode": "importOnly"});
    let started = bare(&test, "import", import).await.json();
    test.advance(1800);
    let id = started["jobId"].as_str().unwrap();
    let status = test.status("import", id).await;
    assert_eq!(status["overallStatus"], "COMPLETED");

    // Gen2 has no such choice.
    let folder = gen2_folder();
    let source = Client::of(&loaded(folder.path(), &optional), "source").await;
    assert_eq!(bare(&source, "export", json!({})).await.status, 400);
}

#[tokio::test]
async fn errors_come_as_pages_where_the_switch_says_so() {
    for (switch, kind) in [
        ("json", "application/json"),
        ("html", "text/html; charset=utf-8"),
    ] {
        let emulator = demo(&[("error-bodies", switch)]);
        let test = Client::of(&emulator, "test").await;
        let path = "/ic/api/common/v1/exportServiceInstanceArchive/none";
        let stranger = Client::of(&emulator, "test").await;
        let stranger = stranger.with_authorization("Bearer x");
        let answers = [
            (test.call("GET", path, &[], &Value::Null).await, 404),
            (bare(&test, "export", json!({})).await, 400),
            (test.get("/integrations/NONE%7C01.00.0000").await, 404),
            (stranger.get("/integrations").await, 401),
        ];
        for (answer, status) in answers {
            assert_eq!(answer.status, status);
            assert_eq!(answer.headers["content-type"], kind);
            let page = String::from_utf8(answer.bytes.to_vec()).unwrap();
            assert_eq!(page.starts_with("<!DOCTYPE html>"), switch == "html");
            if status == 401 {
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
            }
        }
        // The reason stays in the journal, and answers that are no errors stay JSON.
        let journal = emulator.journal();
        let missing =
            |r: &ferry_emulator::Recorded| r.refusal.as_deref() == Some("storageInfo is missing");
        assert!(journal.iter().any(missing));
        let good = test.get("/integrations").await;
        assert_eq!(good.headers["content-type"], "application/json");
    }
}

#[tokio::test]
async fn names_in_requests_are_read_without_letter_case_and_outer_blanks() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let storage = json!({
        "STORAGEURL": format!("  {}/ ", test.card.storage_url),
        "storageuser": test.card.storage_user,
        "StoragePassword": test.card.storage_password,
    });
    let body = json!({"StorageInfo": storage, "JobName": " spaced ", "DESCRIPTION": " why "});
    let started = bare(&test, "export", body).await;
    assert_eq!(started.status, 202);
    let started = started.json();
    assert_eq!(started["jobName"], "spaced");
    assert_eq!(started["location"], test.card.storage_url.as_str());
    test.advance(1800);
    let id = started["jobId"].as_str().unwrap();
    let status = test.status("export", id).await;
    assert_eq!(status["jobName"], "spaced");
    assert_eq!(status["description"], "why");
    assert_eq!(status["archiveName"], "spaced.zip");

    let import = json!({
        "ArchiveFile": " spaced ",
        "ImportActivateMode": "IMPORTONLY",
        "storageInfo": storage,
    });
    let status = test.finish("import", import).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
}

#[tokio::test]
async fn what_is_missing_or_of_another_type_is_400() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let import = |more: Value| {
        let mut body = json!({"archiveFile": "x", "importActivateMode": "importOnly"});
        let own = body.as_object_mut().unwrap();
        own.extend(more.as_object().unwrap().clone());
        ("import", body)
    };
    for (kind, body) in [
        ("export", json!({"storageInfo": null})),
        ("export", json!({"storageInfo": "bucket"})),
        (
            "export",
            json!({"storageInfo": {"storageUrl": "u", "storageUser": "n"}}),
        ),
        ("export", json!({"jobName": 7})),
        ("export", json!({"overwrite": "perhaps"})),
        ("export", json!({"exportSecurityArtifacts": 1})),
        import(json!({"archiveFile": null})),
        import(json!({"archiveFile": "  "})),
        import(json!({"importActivateMode": null})),
        import(json!({"importActivateMode": "everything"})),
        import(json!({"startSchedules": []})),
    ] {
        let answer = test.start(kind, body.clone()).await;
        assert_eq!(answer.status, 400, "{kind} {body}");
        assert_eq!(answer.json()["status"], "HTTP 400 Bad Request");
    }
    // None of them left a job behind.
    assert_eq!(test.start("export", json!({})).await.status, 202);
}

#[tokio::test]
async fn an_archive_is_not_written_over_unless_asked_for() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let detail = |answer: Answer| {
        assert_eq!(answer.status, 409);
        answer.json()["detail"].as_str().unwrap().to_owned()
    };
    let old = Bytes::from_static(b"old");
    test.store("PUT", "/x.zip", old).await;
    let refused = detail(test.start("export", json!({"jobName": "x"})).await);
    assert!(refused.contains("x.zip already exists"), "{refused}");
    let export = json!({"jobName": "x", "overwrite": true});
    let status = test.finish("export", export.clone()).await;
    assert_eq!(status["overallStatus"], "COMPLETED");
    assert!(test.bucket().await[0].1 > 3);
    // The name of a job is another matter.
    let again = detail(test.start("export", export).await);
    assert!(again.contains("Job name x already exists"), "{again}");
    test.start("export", json!({"jobName": "y"})).await;
    let busy = detail(test.start("export", json!({"jobName": "z"})).await);
    assert!(busy.contains("already in progress"), "{busy}");
}

#[tokio::test]
async fn a_job_is_found_by_its_own_kind_alone() {
    let emulator = demo(&[]);
    let test = Client::of(&emulator, "test").await;
    let started = test.start("export", json!({})).await.json();
    let id = started["jobId"].as_str().unwrap();
    let path = format!("/ic/api/common/v1/importServiceInstanceArchive/{id}");
    let answer = test.call("GET", &path, &[], &Value::Null).await;
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["title"], format!("Job {id} is not found."));

    let folder = gen2_folder();
    let source = Client::of(&loaded(folder.path(), &[]), "source").await;
    let legacy = "/icsapis/v2/clonepod";
    for (method, call, status) in [
        ("GET", "exportStatus", 404),
        ("GET", "exportStatus?jobId=1", 404),
        ("POST", "exportStatus", 405),
        ("GET", "exportArtifacts", 405),
        ("GET", "importArtifacts", 404),
    ] {
        let path = format!("{legacy}/{call}");
        let answer = source.call(method, &path, &[], &Value::Null).await;
        assert_eq!(answer.status, status, "{method} {call}");
        // Gen3 never had these calls.
        let answer = test.call(method, &path, &[], &Value::Null).await;
        assert_eq!(answer.status, 404, "{method} {call}");
    }
}
