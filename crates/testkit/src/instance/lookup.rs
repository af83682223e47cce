//! Lookups.

use super::description::Lookup;
use super::noise::Noise;
use super::xml::{Bound, Element, document};

const DVM: &str = "http://xmlns.oracle.com/dvm";

pub(super) fn dvm(it: &Lookup, noise: &Noise) -> String {
    let of = |name: &str| Element::new(DVM, name);
    let columns = it
        .columns
        .iter()
        .map(|name| of("column").with("name", name));
    let rows = it.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| of("cell").text(cell));
        of("row").all(cells)
    });
    let root = of("dvm")
        .with("name", &it.name)
        .child(of("description").text(&it.description))
        .child(of("columns").all(columns))
        .child(of("rows").all(rows));
    document(&root, &Bound::Free(&[DVM]), &it.name, noise)
}
