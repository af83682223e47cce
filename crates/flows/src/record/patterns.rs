//! Names made anonymous: what is known becomes what it is, the rest keeps its shape only.

use crate::Environment;

/// Words that say nothing of anybody. `archive_Local_Suite_Instance` and `Service_Instance_Data` are documented names.
const COMMON: [&str; 16] = [
    "archive",
    "data",
    "export",
    "import",
    "instance",
    "integration",
    "job",
    "local",
    "log",
    "part",
    "process",
    "service",
    "suite",
    "temp",
    "tmp",
    "zip",
];

/// What a recording knows beforehand, and what each of it is.
#[derive(Debug, Clone, Default)]
pub struct Known(Vec<(String, &'static str)>);

impl Known {
    /// What an environment tells: its instance, host and storage.
    pub fn of(environment: &Environment) -> Self {
        let mut known = Self::default();
        known.learn(&environment.storage.url.to_string(), "<storage-url>");
        known.learn(environment.storage.user.as_str(), "<storage-user>");
        known.learn(environment.storage.url.bucket().as_str(), "<bucket>");
        known.learn(environment.storage.url.namespace().as_str(), "<namespace>");
        known.learn(environment.instance.origin(), "<origin>");
        known.learn(&environment.identity, "<instance>");
        known
    }

    /// Takes one more value. The longest are looked for first.
    pub fn learn(&mut self, value: &str, symbol: &'static str) {
        if value.len() < 2 || self.0.iter().any(|(known, _)| known == value) {
            return;
        }
        self.0.push((value.to_owned(), symbol));
        self.0
            .sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    }

    /// The text, with all that is known replaced; the rest as [`shape`] leaves it.
    pub(super) fn pattern(&self, text: &str) -> String {
        for (value, symbol) in &self.0 {
            if let Some((before, after)) = text.split_once(value.as_str()) {
                return format!("{}{symbol}{}", self.pattern(before), self.pattern(after));
            }
        }
        shape(text)
    }

    /// What a whole text is, where it is known.
    pub(super) fn symbol(&self, text: &str) -> Option<&'static str> {
        let found = self.0.iter().find(|(value, _)| value == text);
        found.map(|(_, symbol)| *symbol)
    }
}

/// A name's shape: `<n>` for digits, `<hex>` and `<uuid>` for identifiers, `<word>` for words that may tell something.
fn shape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let uuid = rest.get(..36).filter(|head| is_uuid(head));
        let (piece, symbol) = if let Some(uuid) = uuid {
            (uuid, Some("<uuid>"))
        } else if first.is_alphanumeric() {
            let end = rest.find(|c: char| !c.is_alphanumeric());
            let word = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
            (word, word_symbol(word))
        } else {
            (rest.get(..first.len_utf8()).unwrap_or(rest), None)
        };
        out.push_str(symbol.unwrap_or(piece));
        rest = rest.get(piece.len()..).unwrap_or_default();
    }
    out
}

fn word_symbol(word: &str) -> Option<&'static str> {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return Some("<n>");
    }
    if COMMON.contains(&word.to_lowercase().as_str()) {
        return None;
    }
    let hex = word.len() >= 6 && word.chars().all(|c| c.is_ascii_hexdigit());
    Some(if hex { "<hex>" } else { "<word>" })
}

/// Whether a text has the form of a UUID.
pub(super) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values_become_what_they_are_and_the_rest_its_shape() {
        let mut known = Known::default();
        known.learn("ferry-test-1", "<job-name>");
        known.learn("142040", "<job-id>");
        assert_eq!(known.pattern("ferry-test-1.zip"), "<job-name>.zip");
        assert_eq!(
            known.pattern("ferry-test-1.zip.tmp-00ab34cd"),
            "<job-name>.zip.tmp-<hex>"
        );
        assert_eq!(
            known.pattern("archive_Local_Suite_Instance-142040.zip"),
            "archive_Local_Suite_Instance-<job-id>.zip"
        );
        assert_eq!(
            known.pattern("part-3-67e7358b-077b-420f-9e04-e9b9e8374b68.zip"),
            "part-<n>-<uuid>.zip"
        );
        assert_eq!(known.pattern("AcmePayroll é"), "<word> <word>");
    }

    proptest::proptest! {
        #[test]
        fn no_word_of_a_stranger_stays(word in "[G-Zg-z]{4,12}", digits in "[0-9]{1,9}") {
            let text = format!("{word}-{digits}.{word}");
            let shown = Known::default().pattern(&text);
            let stays = COMMON.contains(&word.to_lowercase().as_str());
            proptest::prop_assert!(stays || !shown.contains(&word), "{shown}");
            proptest::prop_assert!(!shown.contains(&digits));
        }

        #[test]
        fn any_text_has_a_shape(text in ".{0,60}") {
            let _ = Known::default().pattern(&text);
        }
    }
}
