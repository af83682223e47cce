//! Tables for people: aligned columns, no frames.

use comfy_table::presets;

use super::clean::clean_line;

/// A table; cells are cleaned.
#[derive(Debug)]
pub(crate) struct Table(comfy_table::Table);

impl Table {
    /// With these column heads.
    pub(crate) fn new<S: AsRef<str>>(head: impl IntoIterator<Item = S>) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(
            head.into_iter()
                .map(|cell| clean_line(cell.as_ref()))
                .collect::<Vec<_>>(),
        );
        Self(table)
    }

    /// Adds a row.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.0.add_row(
            cells
                .into_iter()
                .map(|cell| clean_line(cell.as_ref()))
                .collect::<Vec<_>>(),
        );
    }

    /// Whether there are no rows.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lines, each without blanks at its end.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for line in self.0.lines() {
            text += line.strip_prefix(' ').unwrap_or(&line).trim_end();
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cells_clean() {
        let mut table = Table::new(["NAME", "STATE"]);
        assert!(table.is_empty());
        table.row(["ORDERS\u{1b}[31m", "ACTIVATED"]);
        table.row(["A", "line\nbreak"]);
        assert_eq!(
            table.text(),
            "NAME        STATE\nORDERS[31m  ACTIVATED\nA           line break\n"
        );
    }
}
