//! A lookup as CSV: `DVM,<name>,<description>`, the columns, the rows.

use ferry_core::model::{Address, Lookup};

/// Whether a file begins as a lookup's CSV does.
pub(crate) fn is(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.starts_with(b"DVM,") || bytes.starts_with(b"\"DVM\",")
}

/// What a lookup is like; rows are counted, and kept no further than where they lead.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<(Lookup, Vec<String>), String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let mut lookup = Lookup::default();
    let mut flaws = Vec::new();
    if std::str::from_utf8(bytes).is_err() {
        flaws.push("its text is not UTF-8".to_owned());
    }
    let mut record = csv::ByteRecord::new();
    let mut line = 0_u64;
    while reader
        .read_byte_record(&mut record)
        .map_err(|_| "not readable CSV".to_owned())?
    {
        let field = |at: usize| text(record.get(at).unwrap_or_default());
        match line {
            0 => {
                lookup.name = field(1);
                lookup.description = field(2);
            }
            1 => lookup.columns = record.iter().map(text).collect(),
            _ => {
                lookup.rows += 1;
                let cells: Vec<String> = record.iter().map(text).collect();
                let cells = cells.iter().map(String::as_str);
                let addresses = Address::of_row(&lookup.columns, cells);
                lookup.addresses.extend(addresses);
                if record.len() > lookup.columns.len() && flaws.len() < 2 {
                    let (row, cells, columns) = (lookup.rows, record.len(), lookup.columns.len());
                    flaws.push(format!("row {row} has {cells} cells for {columns} columns"));
                }
            }
        }
        line += 1;
    }
    if lookup.name.is_empty() {
        flaws.push("its first line names no lookup".to_owned());
    }
    Ok((lookup, flaws))
}

/// All lines with their fields, the line that names the lookup and the columns first.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn lines(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let lines = reader.byte_records();
    lines
        .map(|line| {
            Ok(line
                .map_err(|_| "not readable CSV".to_owned())?
                .iter()
                .map(text)
                .collect())
        })
        .collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_quotes_and_short_rows() {
        let bytes = b"\xEF\xBB\xBFDVM,Name,\"a, b\"\nX,Y\n1,\"2\n3\"\n=1+1\n";
        assert!(is(bytes));
        let (lookup, flaws) = read(bytes).unwrap();
        assert_eq!(lookup.name, "Name");
        assert_eq!(lookup.description, "a, b");
        assert_eq!(lookup.columns, ["X", "Y"]);
        assert_eq!((lookup.rows, flaws.len()), (2, 0));
        let (lookup, _) = read(b"DVM,N,\nX,Y\na,https://a.example\nb,c\n").unwrap();
        assert_eq!(lookup.addresses.len(), 1);
        assert_eq!(lookup.addresses[0].row, "a");
        assert!(!is(b"DVMX,a"));
        assert_eq!(read(b"DVM,,\nX\n1,2\n\xFF\n").unwrap().1.len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn anything_can_be_read(bytes: Vec<u8>) {
            let _read = read(&bytes);
        }
    }
}
