//! Headers that are stored, and headers that ask.

use proptest::prelude::*;
use proptest::sample::select;

use super::part::{Headers, etag, of, pair, some};

pub(super) fn container_headers() -> BoxedStrategy<Headers> {
    some(vec![
        (
            3,
            of("X-Container-Meta-Colour", &["red", "", "a b", "%C3%A9"]),
        ),
        (5, of("X-Container-Meta-Two-Words", &["1", "2"])),
        (6, of("X-Remove-Container-Meta-Colour", &["x", ""])),
        (
            8,
            of(
                "X-Container-Read",
                &[
                    ".r:*",
                    ".r:*,.rlistings",
                    "test:tester3",
                    "test2",
                    ".r:-evil.example,.r:*",
                    ".bogus",
                    "",
                    "test2:tester2, test:tester3",
                ],
            ),
        ),
        (
            8,
            of(
                "X-Container-Write",
                &["test:tester3", "test2:tester2", ".r:*", ""],
            ),
        ),
        (12, of("X-Remove-Container-Read", &["x"])),
        (10, of("X-Container-Meta-Quota-Bytes", &["x", ""])),
        (10, of("X-Container-Meta-Quota-Count", &["-1"])),
        (16, of("X-Storage-Policy", &["Policy-0", "nothing", ""])),
        (16, of("X-Container-Meta-", &["nameless"])),
        (
            16,
            of(
                "X-Container-Meta-Access-Control-Allow-Origin",
                &["*", "http://a.example http://b.example"],
            ),
        ),
    ])
}

pub(super) fn object_headers() -> BoxedStrategy<Headers> {
    some(vec![
        (
            3,
            of("X-Object-Meta-Colour", &["red", "", "a  b", "%C3%A9"]),
        ),
        (5, of("x-object-meta-two-words", &["1", "2"])),
        (
            3,
            of(
                "Content-Type",
                &[
                    "text/plain",
                    "application/json; charset=utf-8",
                    "",
                    "x",
                    "text/html;swift_bytes=9",
                ],
            ),
        ),
        (8, of("Content-Encoding", &["gzip", "", "a, b"])),
        (
            8,
            of(
                "Content-Disposition",
                &["attachment; filename=\"x\"", "inline"],
            ),
        ),
        (12, of("Cache-Control", &["no-cache"])),
        (12, of("Content-Language", &["en"])),
        (12, of("Expires", &["never"])),
        (12, of("X-Robots-Tag", &["noindex"])),
        (
            10,
            of(
                "X-Delete-At",
                &[
                    "4102444800",
                    "1",
                    "x",
                    "-5",
                    "",
                    "9999999999",
                    "10000000000",
                    "99999999999",
                    "4102444800.5",
                ],
            ),
        ),
        (
            10,
            of(
                "X-Delete-After",
                &["1000000000", "0", "-1", "x", "", "99999999999"],
            ),
        ),
        (16, of("X-Object-Meta-", &["nameless"])),
        (16, of("X-Detect-Content-Type", &["true", "no"])),
        (20, of("X-Remove-Object-Meta-Colour", &["x"])),
        (20, of("X-Timestamp", &["1", "x"])),
        (
            20,
            of(
                "X-Object-Manifest",
                &["@0/seg/", "@1/dir", "seg", "/x", "@0/", "@0/a?b"],
            ),
        ),
    ])
}

const DATES: [&str; 4] = [
    "Sat, 01 Jan 2000 00:00:00 GMT",
    "Fri, 01 Jan 2100 00:00:00 GMT",
    "Saturday, 01-Jan-00 00:00:00 GMT",
    "yesterday",
];

pub(super) fn conditions() -> BoxedStrategy<Headers> {
    let etags = |name: &'static str| {
        prop_oneof![
            4 => etag(),
            1 => Just("*".to_owned()),
            1 => (etag(), etag()).prop_map(|(one, two)| format!("{one}, {two}")),
            1 => Just(String::new()),
        ]
        .prop_map(move |value| pair(name, &value))
        .boxed()
    };
    let dated = |name: &'static str| of(name, &DATES);
    some(vec![
        (5, etags("If-Match")),
        (5, etags("If-None-Match")),
        (8, dated("If-Modified-Since")),
        (8, dated("If-Unmodified-Since")),
        (12, etags("If-Range")),
        (3, ranges(3)),
        (24, of("Accept-Encoding", &["gzip", "identity"])),
        (24, of("X-Newest", &["true"])),
    ])
}

/// At most so many ranges in one header.
pub(super) fn ranges(most: usize) -> BoxedStrategy<(String, String)> {
    let number = || prop_oneof![4 => 0..12_u64, 1 => Just(999)];
    let one = || {
        prop_oneof![
            4 => (number(), number()).prop_map(|(a, b)| format!("{a}-{b}")),
            2 => number().prop_map(|a| format!("{a}-")),
            2 => number().prop_map(|a| format!("-{a}")),
            1 => select(&["-", "", "a-b", " 1 - 2 ", "1-2-3", "+1-2", "--1"][..]).prop_map(str::to_owned),
        ]
    };
    let unit = prop_oneof![12 => Just("bytes="), 1 => Just("bytes ="), 1 => Just("octets="), 1 => Just("Bytes="), 1 => Just("")];
    (unit, prop::collection::vec(one(), 1..=most))
        .prop_map(|(unit, ranges)| pair("Range", &format!("{unit}{}", ranges.join(","))))
        .boxed()
}
