//! The errors in reports on many objects.

use super::Known;
use crate::interop::differential::request::Request;

pub(super) const ORDER: Known = Known {
    what: "the order of the errors in a report on many objects",
    why: "upstream looks at several objects at once, and tells of them as they come",
    forgive: |pair| {
        if is_of_many(pair.request) {
            for answer in pair.answers() {
                answer.body = sorted(&answer.body);
            }
        }
    },
};

/// Bulk deletes, and what writes and deletes manifests.
fn is_of_many(request: &Request) -> bool {
    let bulk = request.asks("bulk-delete") || request.asks("bulk-delete=true");
    match request.method {
        "PUT" => request.asks("multipart-manifest=put"),
        "POST" => bulk,
        "DELETE" => bulk || request.asks("multipart-manifest=delete"),
        _ => false,
    }
}

/// A report with its errors in order, in whatever form it is.
fn sorted(report: &str) -> String {
    // Names are encoded in it, so that none of these stands in one.
    let forms = [
        ("\"Errors\": [[", "]]", "], ["),
        ("<errors>\n", "</errors>", "</object>\n"),
        ("Errors:\n", "", "\n"),
    ];
    for (before, behind, between) in forms {
        let Some((head, rest)) = report.split_once(before) else {
            continue;
        };
        let end = if behind.is_empty() {
            Some((rest, ""))
        } else {
            rest.split_once(behind)
        };
        if let Some((errors, tail)) = end {
            let mut errors: Vec<&str> = errors.split(between).collect();
            errors.sort_unstable();
            let errors = errors.join(between);
            return format!("{head}{before}{errors}{behind}{tail}");
        }
    }
    report.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::differential::sample::{alike, answer, request};

    const MANY: [&str; 4] = [
        "POST /v1/AUTH_test?bulk-delete",
        "DELETE /v1/AUTH_test?bulk-delete=true&x=1",
        "PUT /v1/AUTH_test/@0/a?multipart-manifest=put",
        "DELETE /v1/AUTH_test/@0/a?multipart-manifest=delete",
    ];
    const FORMS: [[&str; 4]; 3] = [
        [
            "Number Deleted: 1\nErrors:\n/a, 404\n/b, 409\n",
            "Number Deleted: 1\nErrors:\n/b, 409\n/a, 404\n",
            "Errors:\n/a, 404\n/b, 409\nNumber Deleted: 1\n",
            "Number Deleted: 1\nErrors:\n/a, 409\n/b, 404\n",
        ],
        [
            r#"{"Errors": [["/a", "404"], ["/b", "409"]], "Number Deleted": 1}"#,
            r#"{"Errors": [["/b", "409"], ["/a", "404"]], "Number Deleted": 1}"#,
            r#"{"Number Deleted": 1, "Errors": [["/a", "404"], ["/b", "409"]]}"#,
            r#"{"Errors": [["/b", "404"], ["/a", "409"]], "Number Deleted": 1}"#,
        ],
        [
            "<n>1</n>\n<errors>\n<object>a 404</object>\n<object>b 409</object>\n</errors>\n",
            "<n>1</n>\n<errors>\n<object>b 409</object>\n<object>a 404</object>\n</errors>\n",
            "<errors>\n<object>a 404</object>\n<object>b 409</object>\n</errors>\n<n>1</n>\n",
            "<n>1</n>\n<errors>\n<object>a 409</object>\n<object>b 404</object>\n</errors>\n",
        ],
    ];

    #[test]
    fn errors_come_in_any_order_and_nothing_else_does() {
        for [one, turned, moved, mixed] in FORMS {
            let [one, turned, moved, mixed] =
                [one, turned, moved, mixed].map(|body| answer("200 OK", &[], body));
            for line in MANY {
                let request = request(line);
                assert!(alike(&request, &one, &turned), "{line}: {turned:?}");
                assert!(!alike(&request, &one, &moved), "{line}: {moved:?}");
                assert!(!alike(&request, &one, &mixed), "{line}: {mixed:?}");
            }
            for line in [
                "GET /v1/AUTH_test?bulk-delete",
                "POST /v1/AUTH_test?multipart-manifest=delete",
                "PUT /v1/AUTH_test/@0/a",
                "DELETE /v1/AUTH_test/@0/a?multipart-manifest=put",
            ] {
                assert!(!alike(&request(line), &one, &turned), "{line}");
            }
        }
    }

    #[test]
    fn a_report_without_errors_stays_as_it_is() {
        for report in [
            "b\na\n",
            "Errors:\n",
            r#"{"Errors": []}"#,
            "<errors>\n</errors>\n",
            "",
        ] {
            assert_eq!(sorted(report), report);
        }
    }
}
