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
const OWN: [&str; 3] = ["date", "x-trans-id", "x-openstack-request-id"];

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

#[cfg(test)]
mod tests {
    use super::super::sample::{alike, answer, request};
    use super::*;

    #[test]
    fn each_part_of_an_answer_is_compared() {
        let get = request("GET /v1/AUTH_test/@0/a");
        let said = |status, etag, body| answer(status, &[("etag", etag)], body);
        let genuine = said("200 OK", "x", "hello");
        assert!(alike(&get, &genuine, &genuine.clone()));
        assert!(!alike(&get, &genuine, &said("203 OK", "x", "hello")));
        assert!(!alike(&get, &genuine, &said("200 ok", "x", "hello")));
        assert!(!alike(&get, &genuine, &said("200 OK", "y", "hello")));
        assert!(!alike(&get, &genuine, &said("200 OK", "x", "hullo")));
        let bare = answer("200 OK", &[], "hello");
        assert!(!alike(&get, &genuine, &bare));
        assert!(!alike(&get, &bare, &genuine));
        let mut continued = genuine.clone();
        continued.continued = true;
        assert!(!alike(&get, &genuine, &continued));
    }

    #[test]
    fn what_differs_is_told() {
        let get = request("GET /v1/AUTH_test/@0/a");
        let genuine = answer("200 OK", &[("etag", "x")], "hello");
        let ours = answer("404 Not Found", &[], "hello");
        let told = difference(&get, &Past::default(), &genuine, &ours);
        let expected = "    status: genuine \"200 OK\", emulator \"404 Not Found\"\n    \
                        etag: genuine \"x\", emulator -";
        assert_eq!(told.as_deref(), Some(expected));
    }

    #[test]
    fn what_two_servers_never_say_alike_differs_in_nothing_else() {
        let get = request("GET /v1/AUTH_test/@0/a");
        let said = |date, boundary: &str| {
            let kind = format!("multipart/byteranges;boundary={boundary}");
            let headers = [("date", date), ("x-timestamp", "1763933816.47101")];
            let body = format!("--{boundary}--");
            let mut answer = answer("206 Partial Content", &headers, &body);
            answer.headers.insert("content-type".to_owned(), kind);
            answer
        };
        assert!(alike(&get, &said("now", "12"), &said("then", "34")));
        let mut other = said("now", "12");
        other.body.push('\n');
        assert!(!alike(&get, &said("now", "12"), &other));
        let mut other = said("now", "12");
        other
            .headers
            .insert("x-timestamp".to_owned(), "1".to_owned());
        assert!(!alike(&get, &said("now", "12"), &other));
    }

    #[test]
    fn an_end_that_counts_from_the_request_may_be_some_seconds_apart() {
        let head = request("HEAD /v1/AUTH_test/@0/a");
        let ends = |at| answer("200 OK", &[("x-delete-at", at)], "");
        let mut past = Past::default();
        let alike = |past: &Past, genuine, ours| {
            difference(&head, past, &ends(genuine), &ends(ours)).is_none()
        };
        assert!(!alike(&past, "2790000000", "2790000001"));
        let mut put = request("PUT /v1/AUTH_test/@0/a");
        put.headers
            .push(("x-delete-after".to_owned(), "1000000000".to_owned()));
        past.add(&put, &answer("201 Created", &[], ""));
        assert!(alike(&past, "2790000000", "2790000001"));
        assert!(!alike(&past, "2790000000", "2790000061"));
        assert!(!alike(&past, "9999999999", "10000000000000"));
        assert!(!alike(&past, "x", "y"));
        let none = answer("200 OK", &[], "");
        assert!(difference(&head, &past, &ends("2790000000"), &none).is_some());
    }
}
