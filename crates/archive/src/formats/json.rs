//! JSON in which no key stands twice, so that it means the same to every reader.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Reads a document; depth is bounded by the library at 128.
///
/// # Errors
/// Why it is none, in a lowercase fragment.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let strict: Result<Strict, _> = serde_json::from_slice(bytes);
    // The library's text may repeat the document; place and class do not.
    strict.map(|strict| strict.0).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let twice = error.to_string().starts_with(TWICE);
        let what = if twice { TWICE } else { "not readable JSON" };
        format!("{what} (line {line}, column {column})")
    })
}

const TWICE: &str = "JSON with one key twice";

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Once).map(Self)
    }
}

struct Once;

impl<'de> Visitor<'de> for Once {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some((key, Strict(value))) = fields.next_entry::<String, Strict>()? {
            if all.insert(key, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_what_is_none() {
        let value =
            read(b"\xEF\xBB\xBF{\"a\\/b\":[1667395234000, -1, 1.5, true, null, \"x\"]}").unwrap();
        assert_eq!(value["a/b"][0], 1_667_395_234_000_u64);
        assert!(read(b"{\"a\":1,\"a\":2}").unwrap_err().contains("twice"));
        assert!(
            read(b"{\"a\":{\"b\":1,\"b\":2}}")
                .unwrap_err()
                .contains("twice")
        );
        let deep = "[".repeat(100_000);
        assert!(read(deep.as_bytes()).unwrap_err().contains("JSON"));
        assert!(read(b"{\"a\":1}x").is_err());
        assert!(read(b"\xFF").is_err());
    }
}
