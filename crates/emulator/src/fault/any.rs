//! A fault drawn by chance: what happens on a bad line, before a busy server, behind a proxy.

use super::{Action, Way};

/// What a proxy says of a server that does not answer.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head>\
    <body><h1>502 Bad Gateway</h1></body></html>";

/// Draws one.
pub(super) fn action(rng: &mut fastrand::Rng) -> Action {
    match rng.u8(..10) {
        0 => Action::Reset,
        1 => Action::LoseAnswer,
        2 => Action::Cut {
            after: rng.u64(..2_000),
            way: if rng.bool() { Way::Up } else { Way::Down },
        },
        3 => Action::Slow {
            bytes_per_second: rng.u64(1_000..100_000),
        },
        4 => Action::Delay {
            ms: rng.u64(..1_000),
        },
        5 => Action::throttled(),
        6 => Action::answer(500, &[], None),
        7 => Action::answer(502, &[("content-type", "text/html")], Some(PAGE)),
        8 => Action::answer(503, &[("retry-after", "1")], None),
        _ => Action::ExpireTokens,
    }
}
