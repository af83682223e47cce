//! A lookup as XML.

use ferry_core::model::Lookup;

use crate::xml::{self, Piece};

/// What a lookup is like; rows are counted, not kept.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<(Lookup, Vec<String>), String> {
    let mut lookup = Lookup::default();
    let mut flaws = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut cells = 0;
    xml::read(bytes, &mut |piece| {
        match piece {
            Piece::Start(_, name, attributes) => {
                match (*name, open.len()) {
                    ("dvm", 0) => lookup.name = attributes.value("name").unwrap_or_default(),
                    ("column", 2) => {
                        lookup.columns.push(attributes.value("name").unwrap_or_default());
                    }
                    ("row", 2) => cells = 0,
                    ("cell", 3) => cells += 1,
                    _ => {}
                }
                open.push((*name).to_owned());
            }
            Piece::Text(text) if open.len() == 2 && open.last().is_some_and(|n| n == "description") => {
                lookup.description.push_str(text);
            }
            Piece::Text(_) => {}
            Piece::End => {
                if open.pop().is_some_and(|name| name == "row") && open.len() == 2 {
                    lookup.rows += 1;
                    if cells > lookup.columns.len() && flaws.is_empty() {
                        let (row, columns) = (lookup.rows, lookup.columns.len());
                        flaws.push(format!("row {row} has {cells} cells for {columns} columns"));
                    }
                }
            }
        }
        Ok(())
    })?;
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
        assert_eq!((lookup.name.as_str(), lookup.rows, lookup.description.as_str()), ("L", 2, "d"));
        assert_eq!(flaws, ["row 2 has 3 cells for 2 columns"]);
    }
}
