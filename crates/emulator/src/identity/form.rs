//! The form that the token endpoint takes.

use std::collections::BTreeMap;

use http::header::CONTENT_TYPE;
use percent_encoding::percent_decode;

use super::refusals::invalid_request;
use crate::body::Refused;
use crate::world::Call;

/// The only content type that is taken; a charset may follow.
const FORM: &str = "application/x-www-form-urlencoded";

/// The longest form; an assertion takes a few thousand bytes.
const LONGEST: usize = 64 * 1024;

/// The fields of a form that have a value: one without counts as left out (RFC 6749, section 3.2).
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// The form in a call's body.
    pub(super) fn of(call: &Call) -> Result<Self, Refused> {
        let kind = call.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(FORM) {
            let why = format!("the content type must be {FORM}");
            return Err(invalid_request(&why));
        }
        Self::read(&call.body).map_err(invalid_request)
    }

    fn read(body: &[u8]) -> Result<Self, &'static str> {
        if body.len() > LONGEST {
            return Err("the form is too long");
        }
        let mut fields = BTreeMap::new();
        for pair in body.trim_ascii().split(|byte| *byte == b'&') {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decoded(halves.next().unwrap_or_default());
            let (name, value) = (half()?, half()?);
            if !name.is_empty() && fields.insert(name, value).is_some() {
                return Err("a parameter stands in the form twice");
            }
        }
        fields.retain(|_, value| !value.is_empty());
        Ok(Self(fields))
    }

    /// A field's value.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value of a field that must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, Refused> {
        self.get(name)
            .ok_or_else(|| invalid_request(&format!("the parameter {name} is missing")))
    }
}

fn decoded(text: &[u8]) -> Result<String, &'static str> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| "the form is not UTF-8")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn is_decoded() {
        let form =
            Form::read(b"grant_type=a&scope=https%3A%2F%2Fx%3A443urn+a&empty=&bare\n").unwrap();
        assert_eq!(form.get("scope"), Some("https://x:443urn a"));
        assert_eq!((form.get("empty"), form.get("bare")), (None, None));
        assert!(Form::read(b"a=1&b=2&a=1").is_err());
        assert!(Form::read(b"a=%ff").is_err());
        assert!(Form::read(&vec![b'a'; LONGEST + 1]).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(body: Vec<u8>, text in "[a-z=&%+]*") {
            let _ = Form::read(&body);
            let _ = Form::read(text.as_bytes());
        }
    }
}
