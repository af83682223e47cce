//! The folders of a server, which writers leave in what they write.

use std::borrow::Cow;

/// A text without the folder of the server's working copy: `file:/u01/…/itg_<number>/`.
pub(crate) fn without_server_paths(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memmem::find(text.as_bytes(), b"/itg_").is_none() {
        return text;
    }
    cut(&text).map_or(text, Cow::Owned)
}

fn cut(text: &str) -> Option<String> {
    let mut clean = String::new();
    let mut rest = text;
    while let Some((before, path)) = rest.split_once("file:/") {
        // The path ends where a text cannot go on being one.
        let end = path
            .find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | ','))
            .unwrap_or(path.len());
        let (path, after) = path.split_at_checked(end).unwrap_or((path, ""));
        clean.push_str(before);
        let working_copy = path.find("/itg_").and_then(|at| path.get(at + 1..));
        if let Some((_, inside)) = working_copy.and_then(|from| from.split_once('/')) {
            clean.push_str(inside);
        } else {
            clean.push_str("file:/");
            clean.push_str(path);
        }
        rest = after;
    }
    if rest.len() == text.len() {
        return None;
    }
    clean.push_str(rest);
    Some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_folder_goes_and_other_places_stay() {
        let cases = [
            (
                "file:/u01/data/itg_123/resources/a.wsdl",
                "resources/a.wsdl",
            ),
            (
                "x file:/tmp/WC/itg_40b5-2/r/a.xsd, file:/etc/b",
                "x r/a.xsd, file:/etc/b",
            ),
            ("file:/itg_1/a", "file:/itg_1/a"),
            ("no path", "no path"),
        ];
        for (before, after) in cases {
            assert_eq!(
                without_server_paths(Cow::Borrowed(before)),
                after,
                "{before}"
            );
        }
    }
}
