//! Whether two servers said the same.

use super::known::KNOWN;
use super::mask::masked;
use super::past::Past;
use super::request::Request;
use super::wire::Answer;

/// What was asked, and what both said.
pub(super) struct Pair<'a> {
    pub(super) request: &'a Request,
    /// What was asked before.
    pub(super) past: &'a Past,
    pub(super) genuine: Answer,
    pub(super) ours: Answer,
}

impl Pair<'_> {
    pub(super) fn answers(&mut self) -> [&mut Answer; 2] {
        [&mut self.genuine, &mut self.ours]
    }
}

/// Headers whose values say nothing of the request.
const OWN: [&str; 4] = [
    "date",
    "x-trans-id",
    "x-openstack-request-id",
    "opc-request-id",
];

/// How many seconds may be between a request to one server and the same to the other.
const APART: u64 = 60;

/// How the answers differ beyond what is known; none where they do not.
pub(super) fn difference(
    request: &Request,
    past: &Past,
    genuine: &Answer,
    ours: &Answer,
) -> Option<String> {
    let mut pair = Pair {
        request,
        past,
        genuine: told(genuine),
        ours: told(ours),
    };
    if past.has_lives && end_together(&pair) {
        for answer in pair.answers() {
            answer.mask("x-delete-at");
        }
    }
    for known in KNOWN {
        (known.forgive)(&mut pair);
    }
    let (genuine, ours) = (&pair.genuine, &pair.ours);
    let mut lines = Vec::new();
    let mut line = |what: &str, genuine: Option<&str>, ours: Option<&str>| {
        if genuine != ours {
            let shown =
                |text: Option<&str>| text.map_or("-".to_owned(), |text| format!("{text:?}"));
            lines.push(format!(
                "    {what}: genuine {}, emulator {}",
                shown(genuine),
                shown(ours)
            ));
        }
    };
    line("status", Some(&genuine.status), Some(&ours.status));
    let names = genuine.headers.keys().chain(ours.headers.keys());
    let names: std::collections::BTreeSet<&String> = names.collect();
    for name in names {
        let of = |answer: &Answer| answer.headers.get(name).cloned();
        line(name, of(genuine).as_deref(), of(ours).as_deref());
    }
    line("body", Some(&genuine.body), Some(&ours.body));
    let asked = |answer: &Answer| answer.continued.to_string();
    line("100-continue", Some(&asked(genuine)), Some(&asked(ours)));
    Some(lines.join("\n")).filter(|text| !text.is_empty())
}

/// An answer without what differs of itself.
fn told(answer: &Answer) -> Answer {
    let mut told = answer.clone();
    for name in OWN {
        told.headers.remove(name);
    }
    let boundary = told.headers.get("content-type").and_then(|kind| {
        let (_, boundary) = kind.split_once("boundary=")?;
        Some(boundary.to_owned())
    });
    if let Some(boundary) = boundary {
        for text in told.headers.values_mut().chain([&mut told.body]) {
            *text = text.replace(&boundary, "<boundary>");
        }
    }
    for text in told.headers.values_mut() {
        *text = masked(text);
    }
    told.body = masked(&told.body);
    told
}

/// Whether the object's end is the same but for the moment from which its seconds count.
fn end_together(pair: &Pair<'_>) -> bool {
    let end = |answer: &Answer| answer.headers.get("x-delete-at")?.parse::<u64>().ok();
    match (end(&pair.genuine), end(&pair.ours)) {
        (Some(genuine), Some(ours)) => genuine.abs_diff(ours) <= APART,
        _ => false,
    }
}
