//! Answers about lookups, and the body of one that is written.

use serde::Serialize;
use serde_json::Value;

use crate::model::lookup::Lookup;
use crate::wire::fields::Fields;

/// One lookup; `project` is where it was found. `None` where the answer has no name.
pub(crate) fn lookup(value: &Value, project: Option<&str>) -> Option<Lookup> {
    let fields = Fields::of(value)?;
    let rows = match fields.value(&["rows"]) {
        Some(Value::Array(rows)) => Some(rows.iter().map(row).collect::<Vec<_>>()),
        _ => None,
    };
    let told = rows.as_ref().map(|rows| rows.len() as u64);
    Some(Lookup {
        name: fields.text(&["name", "id"])?,
        project: project.map(ToOwned::to_owned),
        description: fields.text(&["description"]).unwrap_or_default(),
        columns: texts(fields.list(&["columns"])),
        count: fields.number(&["rowcount"]).or(told),
        rows,
    })
}

fn row(value: &Value) -> Vec<String> {
    match value {
        Value::Array(cells) => texts(cells),
        other => Fields::of(other).map_or_else(Vec::new, |row| texts(row.list(&["rowdata"]))),
    }
}

/// Cells are texts; a number or nothing is taken as one too, so that no column moves.
fn texts(values: &[Value]) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => match Fields::of(other).and_then(|named| named.text(&["name"])) {
            Some(name) => name,
            None => other.to_string(),
        },
    };
    values.iter().map(text).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookupBody<'a> {
    name: &'a str,
    description: &'a str,
    columns: &'a [String],
    rows: Vec<RowBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RowBody<'a> {
    row_data: &'a [String],
}

impl<'a> LookupBody<'a> {
    pub(crate) fn of(lookup: &'a Lookup) -> Self {
        let rows = lookup.rows.iter().flatten();
        Self {
            name: &lookup.name,
            description: &lookup.description,
            columns: &lookup.columns,
            rows: rows.map(|row| RowBody { row_data: row }).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_read_can_be_written() {
        let value = json!({
            "id": "Countries", "name": "Countries", "description": "by code", "status": "CONFIGURED",
            "columns": ["Code", "Name"],
            "rows": [{"rowData": ["DE", "Germany"]}, {"rowData": ["FR", ""]}], "rowCount": 2,
        });
        let read = lookup(&value, None).unwrap();
        assert_eq!(read.count, Some(2));
        assert_eq!(
            serde_json::to_value(LookupBody::of(&read)).unwrap(),
            json!({"name": "Countries", "description": "by code", "columns": ["Code", "Name"],
                "rows": [{"rowData": ["DE", "Germany"]}, {"rowData": ["FR", ""]}]})
        );
    }

    #[test]
    fn a_lookup_in_a_listing() {
        let value = json!({"name": "A", "columns": [{"name": "X"}], "row-count": "7"});
        let read = lookup(&value, Some("P")).unwrap();
        assert_eq!((read.count, read.rows), (Some(7), None));
        assert_eq!(read.columns, ["X"]);
        let odd = json!({"name": "A", "rows": [["1", 2, null]]});
        assert_eq!(lookup(&odd, None).unwrap().rows.unwrap(), [["1", "2", ""]]);
        assert!(lookup(&json!({}), None).is_none());
    }
}
