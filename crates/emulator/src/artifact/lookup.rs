//! Lookups: `.dvm` (XML) and `.csv` (first field of the first line is `DVM`).

use super::Unreadable;

const DVM: &str = "http://xmlns.oracle.com/dvm";

/// A lookup that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: String,
    pub description: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The CSV that the console exports: with a byte-order mark, and quotes where they are needed.
    pub(crate) fn csv(&self) -> Vec<u8> {
        let field = |text: &String| {
            // A line of one empty field would be an empty line, which is none.
            if text.is_empty() || text.contains(['"', ',', '\n', '\r']) {
                format!("\"{}\"", text.replace('"', "\"\""))
            } else {
                text.clone()
            }
        };
        let line = |fields: &Vec<String>| {
            let fields: Vec<String> = fields.iter().map(field).collect();
            fields.join(",") + "\n"
        };
        let rows: String = self.rows.iter().map(line).collect();
        let columns = line(&self.columns);
        let head = format!("\u{feff}DVM,{},{}\n", self.name, self.description);
        (head + &columns + &rows).into_bytes()
    }
}

/// A lookup and the bytes it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LookupFacts {
    pub name: String,
    pub description: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    pub bytes: Vec<u8>,
}

/// Reads a lookup of either form; `None` when the bytes are neither.
pub(crate) fn read(bytes: &[u8]) -> Option<Result<LookupFacts, Unreadable>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.starts_with("DVM,") {
        return Some(read_csv(text, bytes));
    }
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let document = roxmltree::Document::parse(text).ok()?;
    document
        .root_element()
        .has_tag_name((DVM, "dvm"))
        .then(|| read_dvm(&document, bytes))
}

fn read_dvm(document: &roxmltree::Document<'_>, bytes: &[u8]) -> Result<LookupFacts, Unreadable> {
    let root = document.root_element();
    let name = root
        .attribute("name")
        .ok_or_else(|| Unreadable::new("dvm", "has no name"))?;
    let children = |tag: &'static str| {
        root.descendants()
            .filter(move |n| n.has_tag_name((DVM, tag)))
    };
    Ok(LookupFacts {
        name: name.to_owned(),
        description: children("description")
            .next()
            .and_then(|n| n.text())
            .unwrap_or_default()
            .to_owned(),
        columns: children("column")
            .filter_map(|n| n.attribute("name"))
            .map(str::to_owned)
            .collect(),
        rows: children("row")
            .map(|row| {
                row.children()
                    .filter(|n| n.has_tag_name((DVM, "cell")))
                    .map(|n| n.text().unwrap_or_default().to_owned())
                    .collect()
            })
            .collect(),
        bytes: bytes.to_vec(),
    })
}

fn read_csv(text: &str, bytes: &[u8]) -> Result<LookupFacts, Unreadable> {
    let mut records = records(text).into_iter();
    let mut head = records.next().unwrap_or_default().into_iter().skip(1);
    let name = head.next().unwrap_or_default();
    if name.is_empty() {
        return Err(Unreadable::new("csv", "the first line names no lookup"));
    }
    Ok(LookupFacts {
        name,
        // The description is written without quotes, its commas included.
        description: head.collect::<Vec<_>>().join(","),
        columns: records.next().unwrap_or_default(),
        rows: records.collect(),
        bytes: bytes.to_vec(),
    })
}

/// Records of a CSV with optional quotes; empty lines are left out.
fn records(text: &str) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    let mut record = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted || field.is_empty() => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                out.push(std::mem::take(&mut record));
            }
            '\r' if !quoted => {}
            other => field.push(other),
        }
    }
    record.push(field);
    out.push(record);
    out.retain(|r| r.len() > 1 || r.iter().any(|f| !f.is_empty()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_with_byte_order_mark() {
        let bytes = "\u{feff}DVM,Gender_Map,maps a, b\nHL7,FHIR\nM,male\n\"F,x\",female\n";
        let lookup = read(bytes.as_bytes()).unwrap().unwrap();
        assert_eq!(lookup.name, "Gender_Map");
        assert_eq!(lookup.description, "maps a, b");
        assert_eq!(lookup.columns, ["HL7", "FHIR"]);
        assert_eq!(lookup.rows, [["M", "male"], ["F,x", "female"]]);
        assert_eq!(lookup.bytes, bytes.as_bytes());
    }

    #[test]
    fn a_table_comes_back_from_its_csv() {
        let own = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
        let table = Table {
            name: "T".to_owned(),
            description: "maps a, b".to_owned(),
            columns: own(["A", "B"]),
            rows: vec![
                own(["1", "x,\"y\""]),
                own(["", ""]),
                own(["two\nlines", "3"]),
            ],
        };
        let lookup = read(&table.csv()).unwrap().unwrap();
        assert_eq!(lookup.description, table.description);
        assert_eq!((lookup.columns, lookup.rows), (table.columns, table.rows));
    }

    #[test]
    fn dvm() {
        let bytes = br#"<?xml version="1.0"?><dvm xmlns="http://xmlns.oracle.com/dvm" name="E"><description>d</description>
            <columns><column name="A"/><column name="B"/></columns><rows><row><cell>1</cell><cell/></row></rows></dvm>"#;
        let lookup = read(bytes).unwrap().unwrap();
        assert_eq!(
            (lookup.name.as_str(), lookup.description.as_str()),
            ("E", "d")
        );
        assert_eq!(lookup.columns, ["A", "B"]);
        assert_eq!(lookup.rows, [["1", ""]]);
    }

    #[test]
    fn other_bytes_are_no_lookup() {
        assert!(read(b"a,b\n").is_none());
        assert!(read(b"<a/>").is_none());
        assert!(read(&[0xff, 0xfe]).is_none());
    }
}
