//! What lookups and schedules get.

use std::collections::BTreeMap;

use super::file::Overrides;
use super::pattern::Pattern;

impl Overrides {
    /// The rows that a lookup gets, those of the strongest entry last.
    pub fn rows(&self, project: Option<&str>, name: &str) -> Vec<&BTreeMap<String, String>> {
        let mut met: Vec<_> = self
            .lookups
            .iter()
            .filter(|(entry, _)| entry.fits(project, name))
            .collect();
        met.sort_by(|(a, _), (b, _)| a.strength(b));
        met.into_iter()
            .flat_map(|(_, stated)| &stated.rows)
            .collect()
    }

    /// The parameters that the schedule of an integration gets: of each the one that the strongest entry states.
    pub fn parameters(
        &self,
        project: Option<&str>,
        code: &str,
        version: &str,
    ) -> BTreeMap<String, String> {
        let id = format!("{code}|{version}");
        let fits = |entry: &Pattern| entry.fits(project, code) || entry.fits(project, &id);
        let mut met: Vec<_> = self
            .schedules
            .iter()
            .filter(|(entry, _)| fits(entry))
            .collect();
        met.sort_by(|(a, _), (b, _)| a.strength(b));
        let all = met.into_iter().flat_map(|(_, stated)| &stated.parameters);
        all.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

/// Puts rows into a table: each in the place of the one with the same first cell, or behind the last. Tells how many
/// are new or other than before; the error is what does not fit.
pub fn put_rows(
    columns: &[String],
    rows: &mut Vec<Vec<String>>,
    stated: &[&BTreeMap<String, String>],
) -> Result<usize, String> {
    let before = rows.clone();
    for row in stated {
        if let Some(column) = row.keys().find(|column| !columns.contains(column)) {
            return Err(format!("it has no column {column}"));
        }
        let key = columns.first().and_then(|first| row.get(first));
        let Some(key) = key else {
            return Err(
                "a row does not say which one it is: its first column is missing".to_owned(),
            );
        };
        let at = rows.iter().position(|own| own.first() == Some(key));
        let mut cells = match at {
            Some(at) => rows.remove(at),
            None => Vec::new(),
        };
        cells.resize(columns.len(), String::new());
        for (cell, column) in cells.iter_mut().zip(columns) {
            if let Some(value) = row.get(column) {
                cell.clone_from(value);
            }
        }
        rows.insert(at.unwrap_or(rows.len()), cells);
    }
    let is_other = |(at, row): &(usize, &Vec<String>)| before.get(*at) != Some(*row);
    Ok(rows.iter().enumerate().filter(is_other).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(json: &str) -> Overrides {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_strongest_entry_has_the_last_word() {
        let all = overrides(
            r#"{"schedules":{"*":{"parameters":{"a":"all","b":"all"}},"N":{"parameters":{"a":"code"}},
                "N|01.00.0000":{"parameters":{"a":"version"}}},
                "lookups":{"L":{"rows":[{"k":"1"}]},"*":{"rows":[{"k":"2"}]}}}"#,
        );
        let given = all.parameters(Some("P"), "N", "01.00.0000");
        assert_eq!(
            (given["a"].as_str(), given["b"].as_str()),
            ("version", "all")
        );
        assert_eq!(all.parameters(None, "N", "02.00.0000")["a"], "code");
        let keys: Vec<&str> = all
            .rows(None, "L")
            .iter()
            .map(|row| row["k"].as_str())
            .collect();
        assert_eq!(keys, ["2", "1"]);
    }

    #[test]
    fn a_row_replaces_its_like_and_leaves_the_other_columns() {
        let columns = ["System", "Address", "Note"].map(str::to_owned);
        let mut rows = vec![
            ["ERP", "https://test", "x"].map(str::to_owned).to_vec(),
            ["CRM", "https://crm", "y"].map(str::to_owned).to_vec(),
        ];
        let row = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            let owned = pairs.iter().map(|&(a, b)| (a.to_owned(), b.to_owned()));
            owned.collect()
        };
        let erp = row(&[("System", "ERP"), ("Address", "https://prod")]);
        let new = row(&[("System", "HR")]);
        assert_eq!(put_rows(&columns, &mut rows, &[&erp, &new]), Ok(2));
        assert_eq!(rows[0], ["ERP", "https://prod", "x"]);
        assert_eq!(rows[1], ["CRM", "https://crm", "y"]);
        assert_eq!(rows[2], ["HR", "", ""]);
        assert_eq!(put_rows(&columns, &mut rows, &[&erp, &new]), Ok(0));
        for wrong in [
            row(&[("System", "ERP"), ("Adress", "")]),
            row(&[("Address", "")]),
        ] {
            assert!(put_rows(&columns, &mut rows, &[&wrong]).is_err());
        }
    }
}
