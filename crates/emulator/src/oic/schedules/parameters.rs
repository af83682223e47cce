//! The parameters of a schedule: `[{"name": "lastRun", "value": "…"}]`.
//!
//! That a request to start one holds a list of them is documented; the shape of its items, and that a definition holds
//! them as well, is assumed.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Reads the list of a body; none where it has none.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn read(body: &Map<String, Value>) -> Result<Option<BTreeMap<String, Value>>, String> {
    let list = match body.get("parameters") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err("parameters is no list".to_owned()),
    };
    let pair = |item: &Value| {
        let name = item.get("name")?.as_str()?.trim();
        let value = item.get("value")?;
        let plain = !value.is_object() && !value.is_array();
        (plain && !name.is_empty()).then(|| (name.to_owned(), value.clone()))
    };
    let pairs = list.iter().map(|item| {
        pair(item).ok_or_else(|| "each of parameters has a name and a plain value".to_owned())
    });
    pairs.collect::<Result<_, _>>().map(Some)
}

/// The list as it is shown.
pub(super) fn shown(parameters: &BTreeMap<String, Value>) -> Value {
    let item = |(name, value)| json!({"name": name, "value": value});
    parameters.iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn come_back_as_they_were_sent() {
        let list =
            json!([{"name": "lastRun", "value": "2026-01-01"}, {"name": "page", "value": 3}]);
        let body = json!({"parameters": list});
        let read_back = read(body.as_object().unwrap()).unwrap().unwrap();
        assert_eq!(shown(&read_back), list);
        assert_eq!(read(&Map::new()), Ok(None));
        for wrong in [
            json!(1),
            json!([1]),
            json!([{"name": "a"}]),
            json!([{"name": "a", "value": {}}]),
        ] {
            let body = json!({"parameters": wrong});
            assert!(read(body.as_object().unwrap()).is_err(), "{body}");
        }
    }
}
