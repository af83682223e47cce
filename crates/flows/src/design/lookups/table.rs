//! A lookup as the CSV that the console exports: `DVM,NAME,DESCRIPTION`, the columns, the rows; UTF-8 with a byte-order
//! mark.
//!
//! A spreadsheet runs a cell that begins like a formula, so such a cell is written with an apostrophe before it, which
//! reading takes away again.

use ferry_core::exit::Exit;
use ferry_oic::Lookup;

use crate::Failure;

const MARK: &str = "\u{feff}";
/// A line behind a file's last: it is read as one only where every quote is closed.
const BEHIND: &str = "\u{0}behind";

/// Writes a lookup.
pub fn to_csv(lookup: &Lookup) -> Result<Vec<u8>, Failure> {
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(MARK.as_bytes().to_vec());
    let head = ["DVM", &lookup.name, &lookup.description].map(str::to_owned);
    let rows = lookup.rows.iter().flatten().map(Vec::as_slice);
    let mut lines = [head.as_slice(), &lookup.columns].into_iter().chain(rows);
    let written =
        lines.try_for_each(|line| writer.write_record(line.iter().map(|cell| shielded(cell))));
    let bug = |error: Box<dyn std::error::Error + Send + Sync>| {
        Failure::new(Exit::Bug, "a table could not be written").because(error)
    };
    written.map_err(|error| bug(error.into()))?;
    writer
        .into_inner()
        .map_err(|error| bug(error.to_string().into()))
}

/// Reads one.
///
/// # Errors
/// What is wrong with it.
pub(super) fn of_csv(bytes: &[u8]) -> Result<Lookup, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "its text is not UTF-8")?;
    let text = text.strip_prefix(MARK).unwrap_or(text);
    let text = format!("{text}\n{BEHIND}");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let lines = reader.records().map(|line| {
        let line = line.map_err(|error| error.to_string())?;
        Ok::<Vec<String>, String>(line.iter().map(|cell| bare(cell).to_owned()).collect())
    });
    let mut lines = lines.collect::<Result<Vec<_>, _>>()?;
    if lines.pop().is_none_or(|last| last != [BEHIND]) {
        return Err("a quote is not closed: its end is missing".to_owned());
    }
    let mut lines = lines.into_iter();
    let head = lines.next().unwrap_or_default();
    let mut head = head.into_iter();
    if head.next().as_deref() != Some("DVM") {
        return Err("its first line does not begin with DVM".to_owned());
    }
    let name = head.next().filter(|name| !name.trim().is_empty());
    let name = name.ok_or("its first line names no lookup")?;
    // The console writes a description without quotes, its commas included.
    let description = head.collect::<Vec<_>>().join(",");
    let columns = lines.next().unwrap_or_default();
    if columns.is_empty() || columns.iter().any(String::is_empty) {
        return Err("its second line does not name every column".to_owned());
    }
    let mut rows: Vec<_> = lines.collect();
    for (at, row) in rows.iter_mut().enumerate() {
        if row.len() > columns.len() {
            let (cells, of) = (row.len(), columns.len());
            return Err(format!("row {} has {cells} cells for {of} columns", at + 1));
        }
        row.resize(columns.len(), String::new());
    }
    Ok(Lookup {
        name,
        project: None,
        description,
        columns,
        count: Some(rows.len() as u64),
        rows: Some(rows),
    })
}

/// A cell that nothing runs.
fn shielded(cell: &str) -> String {
    if is_formula(cell.trim_start_matches('\'')) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

/// The cell behind its shield.
fn bare(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet may take a cell for a formula. A plain number is none, whatever its sign.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number(cell)
}

fn is_number(cell: &str) -> bool {
    let digits = cell.strip_prefix(['+', '-']).unwrap_or(cell);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    all(whole) && all(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lookup(rows: Vec<Vec<String>>) -> Lookup {
        Lookup {
            name: "Rates".to_owned(),
            project: None,
            description: "by day, and by place".to_owned(),
            columns: vec!["Key".to_owned(), "Value".to_owned()],
            count: Some(rows.len() as u64),
            rows: Some(rows),
        }
    }

    #[test]
    fn formulas_do_not_run() {
        let cells = [
            "=cmd|'/C calc'!A0",
            "@SUM(A1)",
            "-5",
            "+1.5",
            "-1+1",
            "'=1",
            "a=b",
            "\t=1",
        ];
        let rows = cells
            .iter()
            .map(|&cell| vec![cell.to_owned(), "x".to_owned()]);
        let table = lookup(rows.collect());
        let text = String::from_utf8(to_csv(&table).unwrap()).unwrap();
        let written: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            written,
            [
                "'=cmd|'/C calc'!A0,x",
                "'@SUM(A1),x",
                "-5,x",
                "+1.5,x",
                "'-1+1,x",
                "''=1,x",
                "a=b,x",
                "'\t=1,x"
            ]
        );
        assert!(text.starts_with("\u{feff}DVM,Rates,\"by day, and by place\"\nKey,Value\n"));
        assert_eq!(of_csv(text.as_bytes()).unwrap(), table);
    }

    #[test]
    fn the_consoles_own_file() {
        let read = of_csv("\u{feff}DVM,Rates,by day, and by place\nKey,Value\nA,1\nB\n".as_bytes());
        let rows = [["A", "1"], ["B", ""]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(read.unwrap(), lookup(rows.to_vec()));
        for (wrong, why) in [
            (&b"Key,Value\nA,1\n"[..], "DVM"),
            (b"DVM,\nKey\n", "names no lookup"),
            (b"DVM,A,\n", "column"),
            (b"DVM,A,\nKey\n1,2\n", "2 cells"),
            (b"DVM,A,\nKey,Value\n1,\"tw", "not closed"),
            (b"DVM,A,\nKey,Value\n1,\"two\n3,four\n", "not closed"),
            (b"DVM,\xff\n", "UTF-8"),
            (b"", "DVM"),
        ] {
            let told = of_csv(wrong).unwrap_err();
            assert!(told.contains(why), "{told}");
        }
    }

    proptest! {
        #[test]
        fn every_table_comes_back(rows in proptest::collection::vec(proptest::collection::vec("(?s).{0,6}|['=+@-]{1,4}", 2), 0..5)) {
            let table = lookup(rows);
            let bytes = to_csv(&table).unwrap();
            prop_assert_eq!(of_csv(&bytes).unwrap(), table);
        }

        #[test]
        fn anything_can_be_read(bytes: Vec<u8>) {
            let _read = of_csv(&bytes);
        }
    }
}
