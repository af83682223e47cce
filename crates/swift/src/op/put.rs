//! Storing an object: the call alone.

use bytes::Bytes;
use ferry_core::ids::ObjectName;
use ferry_http::Body;
use http::Method;

use crate::bucket::Bucket;
use crate::call::Call;
use crate::error::{Error, Subject};
use crate::object::unquoted;

/// What goes with an upload.
pub(crate) struct Put {
    pub(crate) body: Body,
    /// Sent as `ETag` where it is known first: upstream verifies it on arrival.
    pub(crate) md5: Option<String>,
    /// `If-None-Match: *`: upstream refuses where the name is taken.
    pub(crate) only_new: bool,
}

impl Bucket {
    /// Stores a few bytes, replacing what was there; nothing is compared but by a store that verifies the `ETag` that is
    /// sent. For all else there is [`store`](crate::store).
    pub async fn put(&self, name: &ObjectName, bytes: Bytes) -> Result<(), Error> {
        self.put_few(name, bytes, false).await
    }

    /// The same, refused where the name is taken: by a store that knows the condition.
    pub async fn put_new(&self, name: &ObjectName, bytes: Bytes) -> Result<(), Error> {
        self.put_few(name, bytes, true).await
    }

    async fn put_few(&self, name: &ObjectName, bytes: Bytes, only_new: bool) -> Result<(), Error> {
        let put = Put {
            md5: Some(crate::digest::md5(&bytes)),
            body: Body::Bytes(bytes),
            only_new,
        };
        self.put_body(name, put).await.map(drop)
    }

    /// Stores a body; the answer's `ETag`, without quotes.
    pub(crate) async fn put_body(
        &self,
        name: &ObjectName,
        put: Put,
    ) -> Result<Option<String>, Error> {
        let mut call = Call::of(Method::PUT, name)
            .header("content-type", content_type(name))
            .body(put.body);
        if let Some(md5) = put.md5 {
            call = call.header("etag", md5);
        }
        let call = on_condition(call, put.only_new);
        let response = self.send(call, &subject(name)).await?;
        Ok(response.header("etag").and_then(unquoted))
    }
}

/// To be refused where the name is taken, if that is asked for.
pub(super) fn on_condition(call: Call<'_>, only_new: bool) -> Call<'_> {
    if only_new {
        call.header("if-none-match", "*")
    } else {
        call
    }
}

pub(crate) fn subject(name: &ObjectName) -> Subject<'_> {
    Subject {
        doing: "storing",
        object: Some(name),
    }
}

pub(super) fn content_type(name: &ObjectName) -> &'static str {
    let ending = name.as_str().rsplit_once('.').map(|(_, ending)| ending);
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("zip") => "application/zip",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
