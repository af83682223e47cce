use serde::Serialize;

use super::hosts;

/// A lookup; of its cells no more than where they lead, which is not shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Lookup {
    /// The name.
    pub name: String,
    /// The description.
    pub description: String,
    /// The names of the columns, in their order.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// The cells that name places.
    #[serde(skip)]
    pub addresses: Vec<Address>,
    /// The code of the project that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Where it lies, `outer!inner!path`.
    pub places: Vec<String>,
}

/// A cell of a lookup that names a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The row, by its first cell.
    pub row: String,
    /// The column.
    pub column: String,
    /// The hosts that it names.
    pub hosts: Vec<String>,
    /// Whether it is a URL; else a text that may be a host, and may be something else with a dot in it.
    pub is_url: bool,
}

impl Address {
    /// Those of one row.
    pub fn of_row<'a>(columns: &[String], cells: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let mut row = None;
        let mut found = Vec::new();
        for (column, cell) in columns.iter().zip(cells) {
            let row = *row.get_or_insert(cell);
            let urls = hosts("", cell);
            let is_url = !urls.is_empty();
            let bare = !is_url && cell.contains('.') && cell.contains(char::is_alphabetic);
            let hosts = if bare { hosts("host", cell) } else { urls };
            if !hosts.is_empty() {
                found.push(Self {
                    row: row.to_owned(),
                    column: column.clone(),
                    hosts,
                    is_url,
                });
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_bare_hosts_are_seen_and_other_cells_are_not() {
        let columns = ["System", "Address", "Host", "Note"].map(str::to_owned);
        let row = [
            "ERP",
            "https://erp.test.example/x",
            "ERP.test.example",
            "v 1.2",
        ];
        let found = Address::of_row(&columns, row);
        let told: Vec<_> = found
            .iter()
            .map(|it| {
                (
                    it.row.as_str(),
                    it.column.as_str(),
                    it.hosts[0].as_str(),
                    it.is_url,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("ERP", "Address", "erp.test.example", true),
                ("ERP", "Host", "erp.test.example", false)
            ]
        );
        assert!(Address::of_row(&columns, ["1.5", "", "x", "{http://ns.example}a"]).is_empty());
    }
}
