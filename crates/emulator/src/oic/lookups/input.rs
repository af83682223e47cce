//! A lookup as a request's body has it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::artifact::lookup::Table;

/// Reads the table of a body.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn read(body: &Map<String, Value>) -> Result<Table, String> {
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{name} must be a text")),
    };
    let name = text("name")?;
    let letters = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !name.chars().all(letters) {
        return Err(
            "name must begin with a letter, and hold letters, digits and underscores".to_owned(),
        );
    }
    let columns = texts(body.get("columns"), "columns")?;
    let distinct: BTreeSet<&String> = columns.iter().collect();
    if columns.is_empty() || distinct.len() < columns.len() || columns.iter().any(String::is_empty)
    {
        return Err("columns must be named, each by a name of its own".to_owned());
    }
    let rows = match body.get("rows") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(rows)) => rows
            .iter()
            .map(|row| texts(row.get("rowData"), "rowData"))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err("rows must be a list".to_owned()),
    };
    if let Some(row) = rows.iter().find(|row| row.len() > columns.len()) {
        return Err(format!(
            "a row has {} values, where there are {} columns",
            row.len(),
            columns.len()
        ));
    }
    let description = text("description")?.replace(['\r', '\n'], " ");
    Ok(Table {
        name,
        description,
        columns,
        rows,
    })
}

fn texts(value: Option<&Value>, name: &str) -> Result<Vec<String>, String> {
    let wrong = || format!("{name} must be a list of texts");
    let Some(Value::Array(items)) = value else {
        return Err(wrong());
    };
    let text = |item: &Value| item.as_str().map(str::to_owned).ok_or_else(wrong);
    items.iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn mistakes_are_named() {
        for (body, why) in [
            (json!({"columns": ["A"]}), "name"),
            (json!({"name": "a/b", "columns": ["A"]}), "name"),
            (json!({"name": "a", "columns": []}), "columns"),
            (json!({"name": "a", "columns": ["A", "A"]}), "columns"),
            (json!({"name": "a", "columns": "A"}), "columns"),
            (json!({"name": "a", "columns": ["A"], "rows": {}}), "rows"),
            (
                json!({"name": "a", "columns": ["A"], "rows": [["1"]]}),
                "rowData",
            ),
            (
                json!({"name": "a", "columns": ["A"], "rows": [{"rowData": ["1", "2"]}]}),
                "2 values",
            ),
        ] {
            let refused = read(body.as_object().unwrap()).unwrap_err();
            assert!(refused.contains(why), "{body}: {refused}");
        }
    }
}
