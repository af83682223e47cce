//! Whom the client trusts.

use ferry_http::{Client, ErrorKind, Request};

use crate::server::{Identity, Server, chain, client, config, say};

fn trusting(identity: &Identity) -> Client {
    let mut config = config();
    config.extra_roots.push(identity.authority.clone());
    Client::new(config).unwrap()
}

#[tokio::test]
async fn an_extra_authority_is_trusted() {
    let identity = Identity::new(&["localhost", "*.acme.localhost"]);
    let server = Server::start_tls(&identity, |_, _| say("200 OK", "", "safe")).await;
    let client = trusting(&identity);
    let wild = format!("https://x.acme.localhost:{}/", server.addr.port());
    for url in [server.tls_url("/"), wild] {
        let response = client.send(Request::get(&url).unwrap()).await.unwrap();
        assert_eq!(response.bytes(10).await.unwrap(), "safe");
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_with_advice() {
    let identity = Identity::new(&["localhost"]);
    let server = Server::start_tls(&identity, |_, _| say("200 OK", "", "")).await;
    let other = Identity::new(&["localhost"]);
    for client in [client(), trusting(&other)] {
        let request = Request::get(&server.tls_url("/")).unwrap();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{}", chain(&error));
        assert!(error.to_string().contains("extra trusted roots"), "{error}");
        assert_eq!(error.evidence().attempts, 1);
        assert!(!error.maybe_done());
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_certificate_must_fit_its_host_and_time() {
    let elsewhere = Identity::new(&["acme.example.com"]);
    let old = Identity::with(&["localhost"], |params| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    });
    let early = Identity::with(&["localhost"], |params| {
        params.not_before = rcgen::date_time_ymd(4000, 1, 1);
    });
    for (identity, word) in [
        (elsewhere, "not for localhost"),
        (old, "expired"),
        (early, "not valid yet"),
    ] {
        let server = Server::start_tls(&identity, |_, _| say("200 OK", "", "")).await;
        let request = Request::get(&server.tls_url("/")).unwrap();
        let error = trusting(&identity).send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Tls, "{}", chain(&error));
        assert!(error.to_string().contains(word), "{}", chain(&error));
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_port_without_tls_is_named_as_such() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut hello = [0; 16];
            stream.read_exact(&mut hello).await.unwrap();
            let refusal = b"HTTP/1.1 400 Bad Request\r\n\r\n";
            stream.write_all(refusal).await.unwrap();
            // Held open: a reset could overtake the answer.
            std::future::pending::<()>().await;
        }
    });
    let error = client()
        .send(Request::get(&url).unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Tls, "{}", chain(&error));
    assert!(error.to_string().contains("does not speak TLS"), "{error}");
}

#[tokio::test]
async fn a_bad_extra_root_is_told_at_once() {
    let mut config = config();
    config.extra_roots.push(b"nothing".to_vec());
    assert_eq!(Client::new(config).unwrap_err().kind(), ErrorKind::Tls);
}
