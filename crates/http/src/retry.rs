//! What is sent again: the one place where that is decided.

use http::StatusCode;

use crate::request::Repeat;

/// How an attempt ended without a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection was made, for a reason that may pass: nothing was sent.
    NotConnected,
    /// The connection ended, or patience did, after it was made: what the server did is not known.
    Lost,
    /// The server answered with this status.
    Answered(StatusCode),
    /// Trying again cannot help: a certificate that is not trusted, a file that cannot be read.
    Final,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Send it again, after a wait, as long as attempts and budget last.
    Again,
    /// Report it.
    Final,
}

/// Decides whether a request is sent again. `replayable` is whether its body can still be given whole.
pub(crate) fn classify(failure: Failure, repeat: Repeat, replayable: bool) -> Verdict {
    let again = match failure {
        // Refused before anything was done, or never sent.
        Failure::NotConnected | Failure::Answered(StatusCode::TOO_MANY_REQUESTS) => true,
        Failure::Lost => repeat == Repeat::Always,
        Failure::Answered(status) => {
            // 503 is not proof that nothing was done: a gateway gives it as well when it lost its server's answer.
            repeat == Repeat::Always && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504 | 507)
        }
        Failure::Final => false,
    };
    if again && replayable {
        Verdict::Again
    } else {
        Verdict::Final
    }
}

/// Whether the server may have carried out the request in spite of this failure. An answer of 3xx or 4xx refuses it,
/// but for 408, which says only that the server did not wait for the rest.
pub(crate) fn maybe_done(failure: Failure) -> bool {
    match failure {
        Failure::NotConnected | Failure::Final => false,
        Failure::Lost => true,
        Failure::Answered(status) => {
            status.is_success() || status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn failures() -> impl Strategy<Value = Failure> {
        prop_oneof![
            Just(Failure::NotConnected),
            Just(Failure::Lost),
            Just(Failure::Final),
            (100u16..600).prop_map(|code| Failure::Answered(StatusCode::from_u16(code).unwrap())),
        ]
    }

    proptest! {
        #[test]
        fn what_may_be_done_is_never_sent_again_unasked(failure in failures(), replayable: bool) {
            if maybe_done(failure) {
                prop_assert_eq!(
                    classify(failure, Repeat::UnlessMaybeDone, replayable),
                    Verdict::Final
                );
            }
        }

        #[test]
        fn a_body_that_is_gone_is_never_sent_again(failure in failures()) {
            prop_assert_eq!(classify(failure, Repeat::Always, false), Verdict::Final);
        }
    }

    #[test]
    fn the_table() {
        let answered = |code| Failure::Answered(StatusCode::from_u16(code).unwrap());
        for (failure, always, unless) in [
            (Failure::NotConnected, true, true),
            (Failure::Lost, true, false),
            (Failure::Final, false, false),
            (answered(429), true, true),
            (answered(408), true, false),
            (answered(500), true, false),
            (answered(502), true, false),
            (answered(503), true, false),
            (answered(504), true, false),
            (answered(507), true, false),
            (answered(501), false, false),
            (answered(400), false, false),
            (answered(401), false, false),
            (answered(404), false, false),
            (answered(409), false, false),
            (answered(412), false, false),
            (answered(304), false, false),
        ] {
            for (repeat, again) in [(Repeat::Always, always), (Repeat::UnlessMaybeDone, unless)] {
                let verdict = classify(failure, repeat, true);
                assert_eq!(verdict == Verdict::Again, again, "{failure:?} {repeat:?}");
            }
        }
    }
}
