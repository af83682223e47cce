//! What is known about a request that was made: enough to report a failure, nothing that is secret.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// The facts of one sent request, kept for answers and for errors alike.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Evidence {
    /// The method; empty when no request was built yet.
    pub method: String,
    /// `scheme://host[:port]/path`, with a query only as far as it is known to be harmless; never user information.
    pub target: String,
    /// How often the last target was asked (redirects do not count).
    pub attempts: u32,
    /// Time from the start of the send to the answer or failure, waits included. Serialized as `elapsed_ms`.
    #[serde(rename = "elapsed_ms", serialize_with = "milliseconds")]
    pub elapsed: Duration,
    /// The status of the last answer, if there was one.
    pub status: Option<u16>,
    /// The server's own id of the request: `opc-request-id`, else `X-Trans-Id`.
    pub request_id: Option<String>,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.method, self.target)?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("no answer")?,
        }
        if self.attempts > 1 {
            write!(f, " after {} attempts", self.attempts)?;
        }
        write!(f, " in {} ms", self.elapsed.as_millis())?;
        if let Some(id) = &self.request_id {
            write!(f, ", request id {id}")?;
        }
        Ok(())
    }
}

fn milliseconds<S: Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_and_json() {
        let evidence = Evidence {
            method: "GET".into(),
            target: "https://example.com/x".into(),
            attempts: 4,
            elapsed: Duration::from_millis(1500),
            status: Some(503),
            request_id: Some("abc".into()),
        };
        assert_eq!(
            evidence.to_string(),
            "GET https://example.com/x: 503 after 4 attempts in 1500 ms, request id abc"
        );
        let json = serde_json::to_value(&evidence).unwrap();
        assert_eq!(json["elapsed_ms"], 1500);
    }
}
