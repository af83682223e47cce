//! `ferry bucket ls`.

use std::fmt::Write as _;

use ferry_core::reference::Place;
use ferry_flows::bucket::{ListReport, list};

use super::line;
use crate::app::App;
use crate::clock::to_second;
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, objects};

pub(super) async fn run(app: &App, place: &Place, recursive: bool) -> Result<Outcome, Failure> {
    let bucket = app.bucket(&place.environment).await?;
    let context = app.context().await?;
    let report = list(&context, &bucket, place.prefix(), recursive).await?;
    Ok(Outcome::new(
        report.exit,
        Report::new(&report, text(&report)),
    ))
}

/// Names stand last, so that the widths of a million lines need not be known.
fn text(report: &ListReport) -> String {
    let mut text = String::new();
    for folder in &report.folders {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:>12}  {:20}  {}", "", "", line(folder));
    }
    for object in &report.objects {
        let modified = object.modified.map(to_second).unwrap_or_default();
        let _ = writeln!(
            text,
            "{:>12}  {modified:20}  {}",
            object.bytes,
            line(&object.name)
        );
    }
    let bytes = report.objects.iter().map(|object| object.bytes).sum();
    let _ = writeln!(
        text,
        "{}, {}",
        objects(report.objects.len() as u64),
        amount(bytes)
    );
    text
}
