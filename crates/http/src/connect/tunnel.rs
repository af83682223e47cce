//! A tunnel through a proxy (RFC 9110, 9.3.6).

use http::Uri;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::ConnectFault;
use super::proxy::Proxy;
use crate::redirect::port;

/// The longest head of an answer that is read.
const MOST: usize = 16 * 1024;

/// Asks the proxy for a tunnel to the place; after it, the stream speaks with that place.
pub(super) async fn open<S>(stream: &mut S, proxy: &Proxy, to: &Uri) -> Result<(), ConnectFault>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let place = format!("{}:{}", to.host().unwrap_or_default(), port(to));
    let mut ask = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n").into_bytes();
    if let Some(sign_in) = &proxy.sign_in {
        ask.extend_from_slice(b"Proxy-Authorization: ");
        ask.extend_from_slice(sign_in.as_bytes());
        ask.extend_from_slice(b"\r\n");
    }
    ask.extend_from_slice(b"\r\n");
    let lost = |error: std::io::Error| ConnectFault::Proxy {
        fact: format!("the proxy {} ended the connection", proxy.place()),
        passing: true,
        cause: Some(error.into()),
    };
    stream.write_all(&ask).await.map_err(lost)?;
    stream.flush().await.map_err(lost)?;

    // Byte by byte: what comes after the head belongs to the tunnel. The head is short and comes once per connection.
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= MOST {
            return Err(strange(proxy));
        }
        head.push(stream.read_u8().await.map_err(lost)?);
    }
    match status(&head) {
        Some(200..=299) => Ok(()),
        Some(407) => Err(ConnectFault::proxy(
            format!(
                "the proxy {} wants a user name and password, or does not accept those it got (407)",
                proxy.place()
            ),
            false,
        )),
        Some(status) => Err(ConnectFault::proxy(
            format!(
                "the proxy {} refused a tunnel to {place} ({status})",
                proxy.place()
            ),
            matches!(status, 429 | 500 | 502 | 503 | 504),
        )),
        None => Err(strange(proxy)),
    }
}

fn strange(proxy: &Proxy) -> ConnectFault {
    ConnectFault::proxy(
        format!("what answers at {} is not an HTTP proxy", proxy.place()),
        false,
    )
}

fn status(head: &[u8]) -> Option<u16> {
    let line = head.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|word| word.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        for (head, code) in [
            ("HTTP/1.1 200 Connection established\r\n\r\n", Some(200)),
            ("HTTP/1.0 407\r\n\r\n", Some(407)),
            ("SSH-2.0-x\r\n\r\n", None),
            ("HTTP/1.1 abc\r\n\r\n", None),
            ("", None),
        ] {
            assert_eq!(status(head.as_bytes()), code, "{head}");
        }
    }
}
