//! A fault drawn by chance: what happens on a bad line, before a busy server, behind a proxy.

use std::collections::BTreeMap;

use super::Action;

/// What a proxy says of a server that does not answer.
const PAGE: &str = "<html><head><title>502 Bad Gateway</title></head>\
    <body><h1>502 Bad Gateway</h1></body></html>";

/// Draws one.
pub(super) fn action(rng: &mut fastrand::Rng) -> Action {
    let status = |code, headers: &[(&str, &str)], body: Option<&str>| Action::Status {
        code,
        body: body.map(str::to_owned),
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    };
    match rng.u8(..10) {
        0 => Action::Reset,
        1 => Action::LoseAnswer,
        2 => Action::Cut {
            after: rng.u64(..2_000),
        },
        3 => Action::Slow {
            bytes_per_second: rng.u64(1_000..100_000),
        },
        4 => Action::Delay {
            ms: rng.u64(..1_000),
        },
        5 => status(429, &[("retry-after", "1")], None),
        6 => status(500, &[], None),
        7 => status(502, &[("content-type", "text/html")], Some(PAGE)),
        8 => status(503, &[("retry-after", "1")], None),
        _ => Action::ExpireTokens,
    }
}
