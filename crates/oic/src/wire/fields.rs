//! Reading a JSON object whose names and types vary from release to release.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::wire::date;

/// An object of an answer. Names are looked up without regard to case, hyphens and underscores: pages of
/// the reference print `has-more` where answers have `hasMore`. Asked with several names, the first that is
/// there, and is not null, counts. All names given here are in lower case with nothing between the words.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    pub(crate) fn new(map: &'a Map<String, Value>) -> Self {
        Self(map)
    }

    /// `None` where the value is no object.
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub(crate) fn value(self, names: &[&str]) -> Option<&'a Value> {
        names.iter().find_map(|name| {
            self.0
                .iter()
                .find(|(key, value)| !value.is_null() && same(key, name))
                .map(|(_, value)| value)
        })
    }

    /// Text that is not blank; a number or a flag as text.
    pub(crate) fn text(self, names: &[&str]) -> Option<String> {
        // Asked one by one, so that a blank `overallStatus` does not hide a `status`.
        names.iter().find_map(|name| {
            let text = as_text(self.value(&[name])?)?;
            let trimmed = text.trim();
            (!trimmed.is_empty()).then(|| trimmed.to_owned())
        })
    }

    /// Text exactly as it came, an empty one included.
    pub(crate) fn exact(self, names: &[&str]) -> Option<String> {
        as_text(self.value(names)?)
    }

    pub(crate) fn flag(self, names: &[&str]) -> Option<bool> {
        match self.value(names)? {
            Value::Bool(flag) => Some(*flag),
            other => match as_text(other)?.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "1" => Some(true),
                "false" | "no" | "n" | "0" => Some(false),
                _ => None,
            },
        }
    }

    pub(crate) fn number(self, names: &[&str]) -> Option<u64> {
        self.text(names)?.parse().ok()
    }

    /// 0 to 100, from `42`, `42.7`, `"42"` or `"42%"`.
    pub(crate) fn percentage(self, names: &[&str]) -> Option<u8> {
        let text = self.text(names)?;
        let number = text.trim_end_matches('%').trim();
        let whole = number.split_once('.').map_or(number, |(whole, _)| whole);
        let value: u64 = whole.parse().ok()?;
        u8::try_from(value.min(100)).ok()
    }

    pub(crate) fn time(self, names: &[&str]) -> Option<Timestamp> {
        date::parse(&self.text(names)?)
    }

    pub(crate) fn object(self, names: &[&str]) -> Option<Self> {
        Self::of(self.value(names)?)
    }

    /// The elements of a list; nothing where there is none.
    pub(crate) fn list(self, names: &[&str]) -> &'a [Value] {
        match self.value(names) {
            Some(Value::Array(items)) => items,
            _ => &[],
        }
    }

    /// All fields but these, under the names they came with.
    pub(crate) fn others(self, names: &[&str]) -> Map<String, Value> {
        let others = self
            .0
            .iter()
            .filter(|(key, _)| !names.iter().any(|name| same(key, name)));
        others
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

/// Takes the first value of this name out of an object, as [`Fields::value`] finds it.
pub(crate) fn take(map: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let mut values = map.iter_mut();
    let (_, found) = values.find(|(key, value)| !value.is_null() && same(key, name))?;
    Some(found.take())
}

fn same(key: &str, name: &str) -> bool {
    key.bytes()
        .filter(|byte| !matches!(byte, b'-' | b'_'))
        .map(|byte| byte.to_ascii_lowercase())
        .eq(name.bytes())
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_in_every_spelling() {
        for key in [
            "totalResults",
            "total-results",
            "TOTAL_RESULTS",
            "TotalResults",
        ] {
            let value = json!({ key: 7 });
            let fields = Fields::of(&value).unwrap();
            assert_eq!(fields.number(&["totalresults"]), Some(7), "{key}");
        }
    }

    #[test]
    fn the_first_name_that_says_something_counts() {
        let value = json!({ "status": "RUNNING", "overallStatus": null, "jobStatus": "X" });
        let fields = Fields::of(&value).unwrap();
        let names = ["overallstatus", "status", "jobstatus"];
        assert_eq!(fields.text(&names).as_deref(), Some("RUNNING"));
        let value = json!({ "overallStatus": " ", "status": "FAILED" });
        let fields = Fields::of(&value).unwrap();
        assert_eq!(fields.text(&names).as_deref(), Some("FAILED"));
    }

    #[test]
    fn percentages_and_flags_of_every_type() {
        for (value, percent) in [
            (json!(100), Some(100)),
            (json!("42"), Some(42)),
            (json!("42%"), Some(42)),
            (json!(42.7), Some(42)),
            (json!(250), Some(100)),
            (json!("half"), None),
            (json!(null), None),
            (json!(-1), None),
        ] {
            let object = json!({ "percentage": value });
            let found = Fields::of(&object).unwrap().percentage(&["percentage"]);
            assert_eq!(found, percent, "{value}");
        }
        for (value, flag) in [
            (json!(true), Some(true)),
            (json!("TRUE"), Some(true)),
            (json!("false"), Some(false)),
            (json!(0), Some(false)),
            (json!("maybe"), None),
        ] {
            let object = json!({ "lockedFlag": value });
            let found = Fields::of(&object).unwrap().flag(&["lockedflag"]);
            assert_eq!(found, flag, "{value}");
        }
    }
}
