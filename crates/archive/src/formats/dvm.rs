//! A lookup as XML.

use ferry_core::model::Lookup;

use crate::xml;

/// What a lookup is like; rows are counted, not kept.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<(Lookup, Vec<String>), String> {
    let tree = xml::tree(bytes)?;
    let root = tree.root();
    let columns = root
        .child("columns")
        .into_iter()
        .flat_map(|c| c.all("column"));
    let mut lookup = Lookup {
        name: root.attribute("name").unwrap_or_default().to_owned(),
        description: root.child_text("description").to_owned(),
        columns: columns
            .map(|column| column.attribute("name").unwrap_or_default().to_owned())
            .collect(),
        ..Lookup::default()
    };
    let mut flaws = Vec::new();
    for row in root.child("rows").into_iter().flat_map(|r| r.all("row")) {
        lookup.rows += 1;
        let (cells, columns) = (row.all("cell").count(), lookup.columns.len());
        if cells > columns && flaws.is_empty() {
            let row = lookup.rows;
            flaws.push(format!("row {row} has {cells} cells for {columns} columns"));
        }
    }
    Ok((lookup, flaws))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_order_and_rows_counted() {
        let dvm = b"<dvm xmlns='http://xmlns.oracle.com/dvm' name='L'><description>d</description><columns><column name='B'/>\
            <column name='A'/></columns><rows><row><cell>1</cell></row><row><cell>1</cell><cell>2</cell><cell>3</cell></row>\
            </rows></dvm>";
        let (lookup, flaws) = read(dvm).unwrap();
        assert_eq!(lookup.columns, ["B", "A"]);
        assert_eq!(
            (
                lookup.name.as_str(),
                lookup.rows,
                lookup.description.as_str()
            ),
            ("L", 2, "d")
        );
        assert_eq!(flaws, ["row 2 has 3 cells for 2 columns"]);
    }
}
