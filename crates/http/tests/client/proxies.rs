//! Through a proxy. Loopback never goes through one, so the far host has a name that only the proxy knows.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use ferry_http::{Client, ErrorKind, Proxies, Request};
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Identity, Server, chain, config, dead, read_head, say};

/// A proxy that opens tunnels to one place, whatever is asked for, or refuses with `refusal`.
struct Tunnels {
    addr: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Tunnels {
    async fn start(to: SocketAddr, refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let log = Arc::clone(&asked);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let head = read_head(&mut near).await.unwrap();
                    log.lock().unwrap().push(head);
                    if let Some(refusal) = refusal {
                        let text = format!("HTTP/1.1 {refusal}\r\nContent-Length: 0\r\n\r\n");
                        near.write_all(text.as_bytes()).await.unwrap();
                        return;
                    }
                    let mut far = TcpStream::connect(to).await.unwrap();
                    near.write_all(b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")
                        .await
                        .unwrap();
                    let _ = copy_bidirectional(&mut near, &mut far).await;
                });
            }
        });
        Self { addr, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn proxies(addr: SocketAddr, except: &'static str) -> Proxies {
    Proxies::from_lookup(move |name| match name {
        "HTTPS_PROXY" | "HTTP_PROXY" => Some(format!("http://me:hush%21hush@{addr}")),
        "NO_PROXY" => Some(except.into()),
        _ => None,
    })
}

#[tokio::test]
async fn https_goes_through_a_tunnel() {
    let identity = Identity::new(&["acme.example.com", "localhost"]);
    let server = Server::start_tls(&identity, |_, _| say("200 OK", "", "far")).await;
    let tunnels = Tunnels::start(server.addr, None).await;
    let mut config = config();
    config.extra_roots.push(identity.authority.clone());
    config.proxies = proxies(tunnels.addr, "");
    let client = Client::new(config).unwrap();

    let request = Request::get("https://acme.example.com/x").unwrap();
    let response = client.send(request).await.unwrap();
    assert_eq!(response.bytes(10).await.unwrap(), "far");
    let seen = server.seen();
    assert_eq!(seen[0].line(), "GET /x HTTP/1.1");
    assert_eq!(seen[0].header("host"), Some("acme.example.com"));
    assert_eq!(seen[0].header("proxy-authorization"), None);
    let asked = tunnels.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("CONNECT acme.example.com:443 HTTP/1.1\r\n"));
    // me:hush!hush
    assert!(asked[0].contains("Proxy-Authorization: Basic bWU6aHVzaCFodXNo\r\n"));

    let request = Request::get(&server.tls_url("/y")).unwrap();
    client.send(request).await.unwrap();
    assert_eq!(tunnels.asked().len(), 1, "loopback is asked directly");
}

#[tokio::test]
async fn plain_http_is_asked_of_the_proxy_itself() {
    let proxy = Server::start(|_, _| say("200 OK", "", "")).await;
    let mut config = config();
    config.proxies = proxies(proxy.addr, "");
    let client = Client::new(config).unwrap();
    let request = Request::get("http://acme.example.com/x?y").unwrap();
    client.send(request).await.unwrap();
    let seen = proxy.seen();
    assert_eq!(seen[0].line(), "GET http://acme.example.com/x?y HTTP/1.1");
    assert_eq!(
        seen[0].header("proxy-authorization"),
        Some("Basic bWU6aHVzaCFodXNo")
    );
}

#[tokio::test]
async fn no_proxy_goes_directly() {
    let proxy = Server::start(|_, _| say("200 OK", "", "")).await;
    let mut config = config();
    config.retry.attempts = 1;
    config.proxies = proxies(proxy.addr, ".invalid");
    let client = Client::new(config).unwrap();
    // No name ends in `.invalid` (RFC 6761), so going there directly cannot work.
    let request = Request::get("http://acme.invalid/").unwrap();
    let error = client.send(request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{}", chain(&error));
    assert!(proxy.seen().is_empty());
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named() {
    let (nowhere, _held) = dead();
    for (refusal, attempts, word) in [
        ("407 Proxy Authentication Required", 1, "password"),
        ("403 Forbidden", 1, "refused a tunnel"),
        ("503 Service Unavailable", 4, "refused a tunnel"),
    ] {
        let tunnels = Tunnels::start(nowhere, Some(refusal)).await;
        let mut config = config();
        config.proxies = proxies(tunnels.addr, "");
        let client = Client::new(config).unwrap();
        let request = Request::post("https://acme.example.com/").unwrap();
        let error = client.send(request).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Proxy, "{}", chain(&error));
        assert!(error.to_string().contains(word), "{error}");
        assert!(!format!("{} {error:?}", chain(&error)).contains("hush"));
        assert!(!error.maybe_done());
        assert_eq!(error.evidence().attempts, attempts);
        assert_eq!(tunnels.asked().len(), usize::try_from(attempts).unwrap());
    }
}

#[tokio::test]
async fn a_proxy_that_is_away_is_named() {
    let (away, _held) = dead();
    let mut config = config();
    config.proxies = proxies(away, "");
    let client = Client::new(config).unwrap();
    for url in ["https://acme.example.com/", "http://acme.example.com/"] {
        let error = client.send(Request::get(url).unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Proxy, "{}", chain(&error));
        assert!(error.to_string().contains(&away.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_kind_of_proxy_that_is_not_understood_is_told_at_once() {
    let mut config = config();
    config.proxies = Proxies::from_lookup(|name| {
        (name == "https_proxy").then(|| "socks5://hush@proxy.example.com".to_owned())
    });
    let error = Client::new(config).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy);
    assert!(!error.to_string().contains("hush"));
}
