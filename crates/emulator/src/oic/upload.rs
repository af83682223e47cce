//! Files that come as `multipart/form-data`.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::ready;
use futures_util::stream::once;
use multer::{Constraints, Multipart, SizeLimit};

use crate::world::Call;

/// How large the parts that are no files may be.
const LARGEST_TEXT: u64 = 64 * 1024;

/// How many parts are read.
const MOST_PARTS: usize = 64;

/// One part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    /// The file's name, where it is one.
    pub(super) file: Option<String>,
    pub(super) bytes: Bytes,
}

/// The parts of a request's form.
#[derive(Debug)]
pub(super) struct Form(Vec<Part>);

impl Form {
    /// Reads the form of a request.
    ///
    /// # Errors
    ///
    /// What is wrong with it, as a sentence's end.
    pub(super) fn read(call: &Call) -> Result<Form, String> {
        let boundary = call
            .header("content-type")
            .and_then(|kind| multer::parse_boundary(kind).ok())
            .ok_or("the body must be multipart/form-data with a boundary")?;
        let whole = once(ready(Ok::<_, Infallible>(call.body.clone())));
        let limits = SizeLimit::new().per_field(u64::MAX);
        let form =
            Multipart::with_constraints(whole, boundary, Constraints::new().size_limit(limits));
        // Everything is there already: nothing is ever waited for.
        parts(form)
            .now_or_never()
            .unwrap_or_else(|| Err("the body does not come".to_owned()))
            .map(Form)
    }

    /// The text of this part, without its outer blanks; none where it is empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let part = self
            .0
            .iter()
            .find(|part| part.name == name && part.file.is_none());
        let text = std::str::from_utf8(&part?.bytes).ok()?.trim();
        (!text.is_empty()).then_some(text)
    }

    /// The file of this part, as the service's documentation names it.
    ///
    /// # Errors
    ///
    /// There is no such part, or it is empty.
    pub(super) fn file(&self, name: &str) -> Result<&Part, String> {
        let part = self.0.iter().find(|part| part.name == name);
        part.filter(|part| !part.bytes.is_empty())
            .ok_or_else(|| format!("the form has no file in its part {name}"))
    }
}

async fn parts(mut form: Multipart<'_>) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        if parts.len() == MOST_PARTS {
            return Err(format!("the form has more than {MOST_PARTS} parts"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(unreadable)?;
        if file.is_none() && bytes.len() as u64 > LARGEST_TEXT {
            return Err(format!("the part {name} is too long"));
        }
        parts.push(Part { name, file, bytes });
    }
    Ok(parts)
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn unreadable(error: multer::Error) -> String {
    format!("the form cannot be read: {error}")
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, Method, header};
    use proptest::prelude::*;

    use super::*;

    fn call(body: &[u8]) -> Call {
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("multipart/form-data; boundary=xx");
        headers.insert(header::CONTENT_TYPE, kind);
        Call {
            method: Method::POST,
            host: String::new(),
            authority: String::new(),
            secure: false,
            path: "/".to_owned(),
            query: Vec::new(),
            headers,
            body: Bytes::copy_from_slice(body),
            garbled: Vec::new(),
            job_end: None,
        }
    }

    #[test]
    fn files_and_texts_are_found_by_name() {
        let body = "--xx\r\ncontent-disposition: form-data; name=\"type\"\r\n\r\nX509\r\n\
            --xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.iar\"\r\n\r\nPK\r\n\
            --xx--\r\n";
        let form = Form::read(&call(body.as_bytes())).unwrap();
        let file = form.file("file").unwrap();
        assert_eq!(
            (file.file.as_deref(), &file.bytes[..]),
            (Some("a.iar"), &b"PK"[..])
        );
        assert!(form.file("other").is_err());
        assert!(Form::read(&call(b"--xx\r\nhalf")).is_err());
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..300), cut in 0..200usize) {
            let _ = Form::read(&call(&body));
            let mut whole = b"--xx\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n".to_vec();
            whole.extend(body);
            whole.extend(b"\r\n--xx--\r\n");
            let _ = Form::read(&call(&whole[..whole.len().min(cut + 40)]));
            let _ = Form::read(&call(&whole));
        }
    }
}
