//! Integrations, at the top and in projects.

use ferry_core::model::Tracing;
use ferry_oic::{ErrorKind, IntegrationRef};

use crate::scripted::{Scripted, answer};
use crate::support::{gen2, gen3, token};

fn which(project: Option<&str>) -> IntegrationRef {
    IntegrationRef {
        id: "HELLO_WORLD|01.00.0000".parse().unwrap(),
        project: project.map(ToOwned::to_owned),
    }
}

#[tokio::test]
async fn pages_follow_what_came() {
    let server = Scripted::start(vec![
        answer(
            "200 OK",
            r#"{"items":[{"id":"A|01.00.0000"},{"id":"B|01.00.0000"}],"hasMore":true}"#,
        ),
        answer(
            "200 OK",
            r#"{"items":[{"id":"B|01.00.0000"},{"id":"C|01.00.0000"}],"hasMore":true}"#,
        ),
        answer(
            "200 OK",
            r#"{"items":[{"id":"C|01.00.0000"}],"hasMore":false}"#,
        ),
    ])
    .await;
    let all = gen2(&server).integrations().await.unwrap();
    assert_eq!(all.len(), 3);
    let seen = server.seen();
    for (request, offset) in seen.iter().zip([0, 1, 2]) {
        assert!(request.contains(&format!("offset={offset}&")), "{request}");
        assert!(!request.contains("integrationInstance"));
    }
}

#[tokio::test]
async fn a_server_that_heeds_no_offset_is_an_error() {
    let page = r#"{"items":[{"id":"A|01.00.0000"},{"id":"B|01.00.0000"}],"hasMore":true}"#;
    let server = Scripted::answering(|_| Some(answer("200 OK", page))).await;
    let error = gen2(&server).integrations().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
}

#[tokio::test]
async fn an_unreadable_entry_fails_the_list() {
    let page = answer("200 OK", r#"{"items":[{"name":"Who"}],"hasMore":false}"#);
    let server = Scripted::start(vec![page]).await;
    let error = gen2(&server).integrations().await.unwrap_err();
    assert!(error.to_string().contains("`Who`"), "{error}");
}

#[tokio::test]
async fn gen3_walks_the_projects() {
    let server = Scripted::start(vec![
        token("t"),
        answer(
            "200 OK",
            r#"{"items":[{"id":"LAB-DEVOPS","code":"LAB-DEVOPS"}],"has-more":false}"#,
        ),
        answer(
            "200 OK",
            r#"{"items":[{"id":"A|01.00.0000"}],"has-more":false}"#,
        ),
        answer(
            "200 OK",
            r#"{"items":[{"id":"A|01.00.0000"}],"has-more":false}"#,
        ),
    ])
    .await;
    let all = gen3(&server).integrations().await.unwrap();
    let projects: Vec<Option<&str>> = all.iter().map(|one| one.project.as_deref()).collect();
    assert_eq!(projects, [None, Some("LAB-DEVOPS")]);
    let last = &server.seen()[3];
    assert!(
        last.starts_with("GET /ic/api/integration/v1/projects/LAB-DEVOPS/integrations?"),
        "{last}"
    );
    assert!(last.contains("&integrationInstance=acme-test-px "));
}

#[tokio::test]
async fn an_instance_without_projects_is_walked_too() {
    let server = Scripted::start(vec![
        token("t"),
        answer("404 Not Found", ""),
        answer(
            "200 OK",
            r#"{"items":[{"id":"A|01.00.0000"}],"hasMore":false}"#,
        ),
    ])
    .await;
    assert_eq!(gen3(&server).integrations().await.unwrap().len(), 1);
}

#[tokio::test]
async fn switching_on_and_off() {
    let server = Scripted::start(vec![
        answer(
            "200 OK",
            r#"{"lockedFlag":false,"status":"ACTIVATION_INPROGRESS"}"#,
        ),
        answer("200 OK", r#"{"activationStatus":"FAILEDACTIVATION"}"#),
        answer(
            "200 OK",
            r#"{"hasErrors":true,"errorMessage":"<br> no <b>agent</b>"}"#,
        ),
        answer("200 OK", r#"{"status":"CONFIGURED"}"#),
        answer("423 Locked", r#"{"title":"locked by jdoe"}"#),
        answer(
            "200 OK",
            r#"{"id":"HELLO_WORLD|01.00.0000","status":"CONFIGURED"}"#,
        ),
    ])
    .await;
    let instance = gen2(&server);
    let traced = Tracing {
        tracing: true,
        payload: true,
        record: false,
    };
    assert_eq!(
        instance.activate(&which(None), traced).await.unwrap(),
        "ACTIVATION_INPROGRESS"
    );
    assert_eq!(
        instance.activation_status(&which(None)).await.unwrap(),
        "FAILEDACTIVATION"
    );
    let errors = instance.activation_errors(&which(None)).await.unwrap();
    assert_eq!(errors.as_deref(), Some("no agent"));
    assert_eq!(
        instance.deactivate(&which(Some("P 1"))).await.unwrap(),
        "CONFIGURED"
    );
    let locked = instance.deactivate(&which(None)).await.unwrap_err();
    assert_eq!(locked.kind(), ErrorKind::Locked);
    assert!(locked.hint().is_some());
    assert_eq!(
        instance.integration(&which(None)).await.unwrap().status,
        "CONFIGURED"
    );
    let seen = server.seen();
    let activation = &seen[0];
    assert!(activation.starts_with(
        "POST /ic/api/integration/v1/integrations/HELLO_WORLD%7C01.00.0000?enableAsyncActivationMode=true HTTP"
    ));
    assert!(activation.contains("x-http-method-override: PATCH"));
    assert!(activation.ends_with(
        r#"{"status":"ACTIVATED","tracingEnabledFlag":"true","payloadTracingEnabledFlag":"true"}"#
    ));
    let deactivation = &seen[3];
    assert!(deactivation.starts_with(
        "POST /ic/api/integration/v1/projects/P%201/integrations/HELLO_WORLD%7C01.00.0000 HTTP"
    ));
    assert!(
        deactivation.ends_with(r#"{"status":"CONFIGURED","stopScheduleForDeactivation":"true"}"#)
    );
}
