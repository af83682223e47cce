//! Texts that people wrote or will read: error bodies, HTML, secrets to be taken out.

use serde_json::Value;

use crate::wire::fields::Fields;

/// What an error's body says, on one line; `None` for an empty one.
///
/// Instances send JSON with `title`, `detail` and a `status` that is text (seen); identity domains OAuth's
/// `error` and `error_description`; proxies send HTML.
pub(crate) fn detail(body: &str) -> Option<String> {
    let said = match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(map)) => of_problem(Fields::new(&map)),
        Ok(Value::String(text)) => text,
        Ok(_) => String::new(),
        Err(_) => body.to_owned(),
    };
    let line = plain(&said);
    (!line.is_empty()).then_some(line)
}

fn of_problem(fields: Fields<'_>) -> String {
    let parts = [
        fields.text(&["title", "error"]),
        fields.text(&["detail", "details", "errordescription"]),
        fields.text(&["message", "errormessage"]),
        fields.text(&["o:errorcode", "errorcode", "code"]),
    ];
    let mut said: Vec<String> = Vec::new();
    for part in parts.into_iter().flatten() {
        if !said.contains(&part) {
            said.push(part);
        }
    }
    said.join(": ")
}

/// Text without markup, entities resolved, blanks and line ends made single blanks.
pub(crate) fn plain(markup: &str) -> String {
    let mut text = String::with_capacity(markup.len());
    let mut rest = markup;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        // Only what looks like a tag is one: "a < b" stays.
        let starts_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        match tag.split_once('>') {
            Some((_, behind)) if starts_tag => {
                text.push(' ');
                rest = behind;
            }
            _ => {
                text.push('<');
                rest = tag;
            }
        }
    }
    text.push_str(rest);
    let mut resolved = text;
    for (entity, c) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ] {
        resolved = resolved.replace(entity, c);
    }
    let words: Vec<&str> = resolved.split_whitespace().collect();
    words.join(" ")
}

/// [`detail`] without these secrets, and of bounded length.
pub(crate) fn safe_detail(body: &str, secrets: &[&str]) -> Option<String> {
    // Before and after: unpacking JSON can bring a secret to light, joining lines can hide one. Cutting comes
    // last, as half a secret is not recognized.
    let said = scrubbed(&detail(&scrubbed(body, secrets))?, secrets);
    Some(said.chars().take(500).collect())
}

/// Takes secrets out of a text of foreign origin: an answer may echo its request.
fn scrubbed(text: &str, secrets: &[&str]) -> String {
    let filled = secrets.iter().filter(|secret| !secret.is_empty());
    filled.fold(text.to_owned(), |text, secret| {
        text.replace(secret, "[hidden]")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn bodies_of_every_kind() {
        let problem = r#"{"type":"about:blank","title":"Integration HELLO_WORLD|01.00.0000 is not found.","detail":"...","status":"HTTP 404 Not Found"}"#;
        assert_eq!(
            detail(problem).as_deref(),
            Some("Integration HELLO_WORLD|01.00.0000 is not found.: ...")
        );
        let oauth =
            r#"{"error":"invalid_client","error_description":"Client authentication failed."}"#;
        assert_eq!(
            detail(oauth).as_deref(),
            Some("invalid_client: Client authentication failed.")
        );
        let html =
            "<html><head><title>502 Bad Gateway</title></head>\n<body><h1>502</h1></body></html>";
        assert_eq!(detail(html).as_deref(), Some("502 Bad Gateway 502"));
        assert_eq!(detail("\"just text\"").as_deref(), Some("just text"));
        assert_eq!(detail("[1]"), None);
        assert_eq!(detail(""), None);
        let twice = r#"{"title":"Same","detail":"Same"}"#;
        assert_eq!(detail(twice).as_deref(), Some("Same"));
    }

    #[test]
    fn markup_of_activation_errors() {
        let message =
            "<br> Integration HELLO_WORLD(1.2) cannot be activated.<br> a &lt; b &amp;amp; 1 < 2";
        assert_eq!(
            plain(message),
            "Integration HELLO_WORLD(1.2) cannot be activated. a < b &amp; 1 < 2"
        );
    }

    proptest! {
        #[test]
        fn any_text_becomes_one_line(text: String) {
            let line = plain(&text);
            prop_assert!(!line.contains(['\n', '\r', '\t']));
        }

        #[test]
        fn a_secret_never_stays(before: String, after: String, secret in "[A-Za-z0-9:;]{6,20}") {
            let text = format!("{before}{secret}{after}");
            prop_assert!(!scrubbed(&text, &[&secret]).contains(&secret));
        }
    }
}
