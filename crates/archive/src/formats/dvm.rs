//! A lookup as XML.

use ferry_core::model::{Address, Lookup};

use crate::canonical::Tree;

/// The name of a lookup.
pub(crate) fn name(tree: &Tree) -> &str {
    tree.root().attribute("name").unwrap_or_default()
}

/// What a lookup is like; rows are counted, and kept no further than where they lead.
pub(crate) fn read(tree: &Tree) -> (Lookup, Vec<String>) {
    let root = tree.root();
    let columns = root
        .child("columns")
        .into_iter()
        .flat_map(|c| c.all("column"));
    let mut lookup = Lookup {
        name: name(tree).to_owned(),
        description: root.child_text("description").to_owned(),
        columns: columns
            .map(|column| column.attribute("name").unwrap_or_default().to_owned())
            .collect(),
        ..Lookup::default()
    };
    let mut flaws = Vec::new();
    for row in root.child("rows").into_iter().flat_map(|r| r.all("row")) {
        lookup.rows += 1;
        let cells = row.all("cell").map(|cell| cell.text());
        let addresses = Address::of_row(&lookup.columns, cells);
        lookup.addresses.extend(addresses);
        let (cells, columns) = (row.all("cell").count(), lookup.columns.len());
        if cells > columns && flaws.is_empty() {
            let row = lookup.rows;
            flaws.push(format!("row {row} has {cells} cells for {columns} columns"));
        }
    }
    (lookup, flaws)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_order_and_rows_counted() {
        let dvm = b"<dvm xmlns='http://xmlns.oracle.com/dvm' name='L'><description>d</description><columns><column name='B'/>\
            <column name='A'/></columns><rows><row><cell>1</cell></row><row><cell>1</cell><cell>http://a.example</cell><cell>3</cell></row>\
            </rows></dvm>";
        let (lookup, flaws) = read(&Tree::read(dvm).unwrap());
        assert_eq!(lookup.columns, ["B", "A"]);
        assert_eq!(
            (
                lookup.name.as_str(),
                lookup.rows,
                lookup.description.as_str()
            ),
            ("L", 2, "d")
        );
        assert_eq!(
            (
                lookup.addresses[0].row.as_str(),
                lookup.addresses[0].column.as_str()
            ),
            ("1", "A")
        );
        assert_eq!(flaws, ["row 2 has 3 cells for 2 columns"]);
    }
}
