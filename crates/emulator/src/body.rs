//! Bodies and the small answers built from them.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, Full};
use serde::Serialize;

use crate::Body;

/// What every handler gives back.
pub(crate) type Reply = Response<Body>;

/// Why a request was refused, for the request journal. Put into a reply's extensions; never sent.
#[derive(Debug, Clone)]
pub(crate) struct Refusal(pub(crate) String);

/// A body held in memory.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never| match never {})
        .boxed()
}

/// A body of no bytes.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed()
}

/// An answer without a body.
pub(crate) fn bare(status: StatusCode) -> Reply {
    let mut reply = Response::new(empty());
    *reply.status_mut() = status;
    reply
}

/// An answer that holds `value` as JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Reply {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut reply = Response::new(full(text));
    *reply.status_mut() = status;
    reply.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    reply
}

/// The answer to HEAD: that to GET, its length told and its body not sent.
pub(crate) fn told(mut reply: Reply) -> Reply {
    if let Some(length) = hyper::body::Body::size_hint(reply.body()).exact() {
        reply
            .headers_mut()
            .insert(header::CONTENT_LENGTH, length.into());
    }
    reply.map(|_| empty())
}

/// Notes in the journal why the request was refused.
pub(crate) fn refused(mut reply: Reply, why: impl Into<String>) -> Reply {
    reply.extensions_mut().insert(Refusal(why.into()));
    reply
}

/// A refusal on its way out of a handler; boxed, for an answer is large.
#[derive(Debug)]
pub(crate) struct Refused(Box<Reply>);

impl Refused {
    /// A refusal by this answer.
    pub(crate) fn new(reply: Reply) -> Self {
        Self(Box::new(reply))
    }

    /// The answer.
    pub(crate) fn into_reply(self) -> Reply {
        *self.0
    }

    /// The same refusal, its answer changed.
    pub(crate) fn map(self, change: impl FnOnce(Reply) -> Reply) -> Self {
        Self::new(change(self.into_reply()))
    }
}

/// Gives an answer the request id that every OCI service sends (documented), unless it has one.
pub(crate) fn identify(reply: &mut Reply, rng: &mut fastrand::Rng) {
    let name = HeaderName::from_static("opc-request-id");
    if let header::Entry::Vacant(vacant) = reply.headers_mut().entry(name)
        && let Ok(id) = HeaderValue::from_str(&format!("{:032X}", rng.u128(..)))
    {
        vacant.insert(id);
    }
}
