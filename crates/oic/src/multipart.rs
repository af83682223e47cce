//! A file as `multipart/form-data`.

use bytes::{Bytes, BytesMut};

/// The content type and the body of a form that has one file.
pub(crate) fn file(part: &str, name: &str, content: &Bytes) -> (String, Bytes) {
    let boundary = boundary(content);
    // The name goes into a quoted text of a header.
    let name: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    let head = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"{part}\"; filename=\"{name}\"\r\n\
         content-type: application/octet-stream\r\n\r\n"
    );
    let mut body = BytesMut::with_capacity(head.len() + content.len() + boundary.len() + 8);
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (
        format!("multipart/form-data; boundary={boundary}"),
        body.freeze(),
    )
}

/// A line that does not occur in the content.
fn boundary(content: &[u8]) -> String {
    let mut boundary = "ferry-boundary".to_owned();
    let mut at = 0_u64;
    while content
        .windows(boundary.len())
        .any(|part| part == boundary.as_bytes())
    {
        at += 1;
        boundary = format!("ferry-boundary-{at}-");
    }
    boundary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_none_of_the_content() {
        let content = Bytes::from_static(b"PK\r\n--ferry-boundary--\r\nferry-boundary-1-");
        let (kind, body) = file("file", "a \"b\".iar", &content);
        assert_eq!(kind, "multipart/form-data; boundary=ferry-boundary-2-");
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.starts_with("--ferry-boundary-2-\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a _b_.iar\"\r\n"), "{text}");
        assert!(
            text.ends_with("ferry-boundary-1-\r\n--ferry-boundary-2---\r\n"),
            "{text}"
        );
    }
}
