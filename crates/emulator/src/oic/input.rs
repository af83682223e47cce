//! What requests hold: JSON bodies, flags, and the method that is really meant.

use http::Method;
use serde_json::{Deserializer, Map, Value};

use super::answers::{bad_request, only};
use crate::body::Refused;
use crate::world::Call;

/// A JSON object in the body; none where there is no body.
///
/// # Errors
///
/// 400, with a reason that repeats nothing of the body, for it may hold secrets.
pub(super) fn object(call: &Call) -> Result<Map<String, Value>, Refused> {
    if call.body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    read(&call.body).map_err(|why| Refused::new(bad_request(why)))
}

fn read(body: &[u8]) -> Result<Map<String, Value>, String> {
    let mut values = Deserializer::from_slice(body).into_iter::<Value>();
    let first = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) => return Err(format!("the body is no JSON: {}", place(&error))),
        None => return Ok(Map::new()),
    };
    let rest = body.get(values.byte_offset()..).unwrap_or_default();
    match rest.trim_ascii().first() {
        None => {}
        // What curl makes of `-d '{…}' -d enableAsyncActivationMode=true`.
        Some(b'&') => {
            return Err(
                "the JSON in the body is followed by &: several -d of curl are joined so; what is no JSON belongs in \
                 the query"
                    .to_owned(),
            );
        }
        Some(_) => return Err("the JSON in the body is followed by something else".to_owned()),
    }
    match first {
        Value::Object(fields) => Ok(fields),
        _ => Err("the body is no JSON object".to_owned()),
    }
}

/// Where the JSON ends to be any. The error's own text may repeat what it met.
fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// A truth value in the query; false where it is not given.
///
/// # Errors
///
/// 400 for any other text.
pub(super) fn flag(call: &Call, name: &str) -> Result<bool, Refused> {
    match call.query(name) {
        None => Ok(false),
        Some(text) if text.eq_ignore_ascii_case("true") => Ok(true),
        Some(text) if text.eq_ignore_ascii_case("false") => Ok(false),
        Some(_) => Err(Refused::new(bad_request(format!(
            "the query parameter {name} is neither true nor false"
        )))),
    }
}

/// A truth value of a body, as such or as a text.
pub(super) fn truth(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(is)) => *is,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}

/// Whether a POST stands for a PATCH (documented).
///
/// # Errors
///
/// 405 for a POST that does not, and what `allowed` may be called with instead.
pub(super) fn patches(call: &Call, allowed: &'static str) -> Result<(), Refused> {
    let stands_for = call.header("x-http-method-override");
    if call.method == Method::POST && stands_for.is_some_and(|m| m.eq_ignore_ascii_case("PATCH")) {
        return Ok(());
    }
    Err(Refused::new(only(
        allowed,
        "a change is a POST with the header X-HTTP-Method-Override: PATCH",
    )))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_curl_joins_is_told_as_such() {
        let joined = read(br#"{"status":"ACTIVATED"}&enableAsyncActivationMode=true"#);
        assert!(joined.unwrap_err().contains("-d of curl"));
        assert!(read(b"{} {}").is_err());
        assert!(read(b"[]").is_err());
        assert_eq!(read(b" {} \n").unwrap().len(), 0);
        let torn = read(br#"{"password": "hush""#).unwrap_err();
        assert!(!torn.contains("hush"), "{torn}");
    }

    proptest! {
        #[test]
        fn no_body_panics(body in proptest::collection::vec(any::<u8>(), 0..80), cut in 0..40usize) {
            let _ = read(&body);
            let whole = br#"{"a":[1,{"b":null}],"c":"\u00e9"} &x"#;
            let _ = read(&whole[..cut.min(whole.len())]);
        }

        #[test]
        fn objects_come_through(name in "[a-z]{1,8}", value in ".{0,20}") {
            let sent = serde_json::json!({&name: &value}).to_string();
            let read = read(sent.as_bytes()).unwrap();
            prop_assert_eq!(read.get(&name), Some(&Value::from(value)));
        }
    }
}
