//! Secrets taken out of texts: what [`secrets`](crate::secrets) finds is what is taken.

use crate::secrets::spans;

/// What stands in a secret's place.
pub(super) const HIDDEN: &str = "***";

/// The text without keys, tokens and values under a secret's name, and how many there were.
pub(super) fn hide(bytes: Vec<u8>) -> (Vec<u8>, u64) {
    let spans = spans(&bytes);
    if spans.is_empty() {
        return (bytes, 0);
    }
    let mut left = Vec::with_capacity(bytes.len());
    let mut at = 0;
    let count = spans.len() as u64;
    for span in spans {
        left.extend_from_slice(bytes.get(at..span.start).unwrap_or_default());
        left.extend_from_slice(HIDDEN.as_bytes());
        at = span.end.max(at);
    }
    left.extend_from_slice(bytes.get(at..).unwrap_or_default());
    (left, count)
}

/// The same of a text.
pub(crate) fn hidden(text: String) -> String {
    let (left, _) = hide(text.into_bytes());
    // What was put in is ASCII, and so is each end of what was taken out.
    String::from_utf8(left).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_tokens_are_gone_and_the_rest_stays() {
        // Put together here, so that no scanner takes this file for a key.
        let key = format!(
            "-----BEGIN RSA {0} KEY-----\nMIIE\nxyz\n-----END RSA {0} KEY-----",
            "PRIVATE"
        );
        let token = "eyJhbGciOiJ9.eyJzdWIiOiIx.0123456789abcdef0123";
        let text = format!("a={key};\nb=Bearer {token}\nc=eyJ no token");
        let (left, count) = hide(text.into_bytes());
        assert_eq!(
            String::from_utf8(left).unwrap(),
            "a=***;\nb=Bearer ***\nc=eyJ no token"
        );
        assert_eq!(count, 2);
        let pgp = format!(
            "a\n-----BEGIN PGP {0} KEY BLOCK-----\n\nlQ\n-----END PGP {0} KEY BLOCK-----\nb",
            "PRIVATE"
        );
        assert_eq!(hide(pgp.into_bytes()), (b"a\n***\nb".to_vec(), 1));
        let cut = format!("x -----BEGIN {} KEY-----\nMIIE", "PRIVATE");
        assert_eq!(hide(cut.into_bytes()), (b"x ***".to_vec(), 1));
    }
}
