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
