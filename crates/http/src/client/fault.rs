//! What went wrong in an attempt, from what the layers below say.

use std::error::Error as StdError;
use std::io;

use hyper_util::client::legacy;

use crate::body::Upload;
use crate::connect::ConnectFault;
use crate::deadline::Passed;
use crate::error::{Cause, Error, ErrorKind, Said};
use crate::retry::{self, Failure};
use crate::tls;

/// An attempt that got no answer.
pub(super) struct Fault {
    pub(super) kind: ErrorKind,
    pub(super) fact: String,
    pub(super) cause: Option<Cause>,
    pub(super) failure: Failure,
    pub(super) maybe_done: bool,
}

impl Fault {
    fn new(kind: ErrorKind, fact: impl Into<String>, failure: Failure) -> Self {
        Self {
            kind,
            fact: fact.into(),
            cause: None,
            failure,
            maybe_done: retry::maybe_done(failure),
        }
    }

    fn caused_by(mut self, error: &(dyn StdError + 'static)) -> Self {
        self.cause = Some(Said(words(error)).into());
        self
    }

    /// The fact and its cause in one line.
    pub(super) fn words(&self) -> String {
        match &self.cause {
            Some(cause) => format!("{}: {cause}", self.fact),
            None => self.fact.clone(),
        }
    }

    /// A deadline passed; `connected` is whether there was a connection to send on.
    pub(super) fn late(passed: Passed, connected: bool) -> Self {
        let failure = match (passed, connected) {
            // No time is left for another attempt.
            (Passed::Total, _) => Failure::Final,
            (_, true) => Failure::Lost,
            (_, false) => Failure::NotConnected,
        };
        Self {
            maybe_done: connected,
            ..Self::new(ErrorKind::Deadline, passed.fact(), failure)
        }
    }

    /// The body could not be opened: nothing was sent.
    pub(super) fn unsent(error: Error) -> Self {
        let fact = error.to_string();
        Self {
            cause: error.into_source(),
            ..Self::new(ErrorKind::Source, fact, Failure::Final)
        }
    }

    /// The wire failed on the way to `host`.
    pub(super) fn of(error: &legacy::Error, host: &str, upload: &Upload) -> Self {
        if let Some(fault) = upload.take_fault() {
            return Self {
                // What comes without its end is no request (RFC 9112, 8): nobody carries it out.
                cause: Some(fault.into()),
                ..Self::new(
                    ErrorKind::Source,
                    "the source of the body failed while it was sent",
                    Failure::Final,
                )
            };
        }
        if let Some(tls) = find::<rustls::Error>(error) {
            return Self {
                maybe_done: !error.is_connect(),
                ..Self::new(ErrorKind::Tls, tls::fact(host, tls), Failure::Final).caused_by(tls)
            };
        }
        if error.is_connect() {
            return Self::unconnected(error, host);
        }
        let strange = find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
        let fact = if strange {
            "what came is not an answer in HTTP"
        } else {
            "the connection ended before the answer"
        };
        Self::new(ErrorKind::Broken, fact, Failure::Lost).caused_by(error)
    }

    fn unconnected(error: &legacy::Error, host: &str) -> Self {
        match find::<ConnectFault>(error) {
            Some(ConnectFault::Late(limit)) => {
                return Self::late(Passed::Connect(*limit), false);
            }
            Some(fault @ ConnectFault::Proxy { fact, passing, .. }) => {
                let failure = if *passing {
                    Failure::NotConnected
                } else {
                    Failure::Final
                };
                let found = Self::new(ErrorKind::Proxy, fact, failure);
                return match fault.source() {
                    Some(source) => found.caused_by(source),
                    None => found,
                };
            }
            None => {}
        }
        let timed_out =
            find::<io::Error>(error).is_some_and(|error| error.kind() == io::ErrorKind::TimedOut);
        let kind = if timed_out {
            ErrorKind::Deadline
        } else {
            ErrorKind::Connect
        };
        Self::new(
            kind,
            format!("cannot connect to {host}"),
            Failure::NotConnected,
        )
        .caused_by(error)
    }
}

/// The causes of an error in one line, without the frames that only name the library.
pub(crate) fn words(error: &(dyn StdError + 'static)) -> String {
    let mut text = String::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let own = error.to_string();
        if !error.is::<legacy::Error>() && !text.ends_with(&own) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&own);
        }
        next = error.source();
    }
    text
}

/// The first error of this type among the causes, inside I/O errors too: `io::Error` passes its content over as source.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let inside = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
            .map(|inside| inside as &(dyn StdError + 'static));
        next = inside.or_else(|| error.source());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_found_inside_io_errors() {
        let inner = io::Error::other(rustls::Error::DecryptError);
        let outer = io::Error::other(inner);
        assert!(find::<rustls::Error>(&outer).is_some());
        assert!(find::<hyper::Error>(&outer).is_none());
        assert_eq!(words(&outer), rustls::Error::DecryptError.to_string());
    }
}
