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
