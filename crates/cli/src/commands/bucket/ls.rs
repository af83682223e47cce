//! `ferry bucket ls`.

use std::fmt::Write as _;

use ferry_core::reference::Place;
use ferry_flows::bucket::list;
use ferry_swift::Entry;
use serde_json::to_value;

use super::line;
use crate::app::App;
use crate::clock::to_second;
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, objects};

/// Printed page by page: a bucket may hold more than the memory.
pub(super) async fn run(app: &App, place: &Place, recursive: bool) -> Result<Outcome, Failure> {
    let bucket = app.bucket(&place.environment).await?;
    let context = app.context().await?;
    let show = |page: &[Entry]| {
        let rows = page.iter().filter_map(|entry| match entry {
            Entry::Object(object) => to_value(object).ok(),
            Entry::Folder(_) => None,
        });
        app.printer.rows("objects", rows, &text(page))
    };
    let report = list(&context, &bucket, place.prefix(), recursive, show).await?;
    app.printer.rows("objects", std::iter::empty(), "");
    let total = format!("{}, {}", objects(report.objects), amount(report.bytes));
    Ok(Outcome::new(report.exit, Report::new(&report, total)))
}

/// Names stand last, so that the widths of a million lines need not be known.
fn text(page: &[Entry]) -> String {
    let mut text = String::new();
    for entry in page {
        let (bytes, modified, name) = match entry {
            Entry::Object(object) => (
                object.bytes.to_string(),
                object.modified.map(to_second).unwrap_or_default(),
                &object.name,
            ),
            Entry::Folder(name) => (String::new(), String::new(), name),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{bytes:>12}  {modified:20}  {}", line(name));
    }
    text
}
