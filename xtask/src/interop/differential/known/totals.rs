//! How much there is in an account.

use super::Known;

pub(super) const TOTALS: Known = Known {
    what: "the totals of an account, and those of its containers in its listing",
    why: "upstream's come later, by a process that runs now and then; the emulator's are true at once",
    forgive: |pair| {
        if !pair.request.is_of_account() {
            return;
        }
        for answer in pair.answers() {
            for (name, value) in &mut answer.headers {
                let total = name.ends_with("-count") || name.ends_with("-bytes-used");
                if name.starts_with("x-account-") && total {
                    *value = uncounted(value);
                }
            }
            let listing = BEFORE.iter().fold(answer.body.clone(), |text, before| {
                let mut parts = text.split(before);
                let first = parts.next().unwrap_or_default().to_owned();
                parts.fold(first, |out, part| out + before + &uncounted(part))
            });
            if listing != answer.body {
                answer.body = listing;
                // Numbers have digits.
                answer.mask("content-length");
            }
        }
    },
};

/// What stands before the totals of a container.
const BEFORE: [&str; 4] = ["\"count\": ", "\"bytes\": ", "<count>", "<bytes>"];

/// A text that begins with a number, without it.
fn uncounted(text: &str) -> String {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = if rest.len() < text.len() {
        "<total>"
    } else {
        ""
    };
    number.to_owned() + rest
}

#[cfg(test)]
mod tests {
    use crate::interop::differential::sample::{alike, answer, request};

    #[test]
    fn totals_of_an_account_may_differ_but_are_there() {
        let said = |name, value| answer("204 No Content", &[(name, value)], "");
        let account = request("HEAD /v1/AUTH_test?x");
        let count = "x-account-object-count";
        for total in [count, "x-account-storage-policy-policy-0-bytes-used"] {
            assert!(alike(&account, &said(total, "1"), &said(total, "22")));
        }
        assert!(!alike(&account, &said(count, "1"), &said(count, "x")));
        assert!(!alike(
            &account,
            &said(count, "1"),
            &answer("204 No Content", &[], "")
        ));
        let meta = "x-account-meta-quota";
        assert!(!alike(&account, &said(meta, "1"), &said(meta, "2")));
        let container = request("HEAD /v1/AUTH_test/@0");
        assert!(!alike(&container, &said(count, "1"), &said(count, "2")));
        let objects = "x-container-object-count";
        assert!(!alike(&account, &said(objects, "1"), &said(objects, "2")));
    }

    #[test]
    fn rows_of_an_account_may_differ_in_their_totals() {
        let listing = |body: &str| {
            answer(
                "200 OK",
                &[("content-length", &body.len().to_string())],
                body,
            )
        };
        let account = request("GET /v1/AUTH_test?format=json");
        let container = request("GET /v1/AUTH_test/@0?format=json");
        for (one, many, named) in [
            (
                r#"[{"name": "c", "count": 1, "bytes": 2}]"#,
                r#"[{"name": "c", "count": 10, "bytes": 234}]"#,
                r#"[{"name": "d", "count": 1, "bytes": 2}]"#,
            ),
            (
                "<name>c</name><count>1</count><bytes>2</bytes>",
                "<name>c</name><count>10</count><bytes>234</bytes>",
                "<name>d</name><count>1</count><bytes>2</bytes>",
            ),
        ] {
            let [one, many, named] = [one, many, named].map(listing);
            assert!(alike(&account, &one, &many));
            assert!(!alike(&account, &one, &named));
            assert!(!alike(&container, &one, &many));
        }
        assert!(!alike(&account, &listing("c\n"), &listing("c\nd\n")));
        let long = |length| answer("200 OK", &[("content-length", length)], "");
        assert!(!alike(&account, &long("1"), &long("2")));
    }
}
