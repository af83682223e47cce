//! `ferry bucket stat`.

use ferry_core::exit::Exit;
use ferry_core::reference::Place;
use ferry_flows::bucket::{ObjectReport, stat};

use super::object;
use crate::app::App;
use crate::failure::Failure;
use crate::output::{Outcome, Report};

pub(super) async fn run(app: &App, place: &Place) -> Result<Outcome, Failure> {
    let name = object(place)?;
    let bucket = app.bucket(&place.environment).await?;
    let report = stat(&app.context().await?, &bucket, &name).await?;
    Ok(Outcome::new(
        Exit::Done,
        Report::new(&report, text(&report)),
    ))
}

fn text(report: &ObjectReport) -> String {
    let mut text = format!(
        "{}\n  bucket {}\n  bytes {}\n",
        report.name, report.bucket, report.bytes
    );
    let facts = [
        ("etag", report.etag.clone()),
        ("modified", report.modified.map(|time| time.to_string())),
        ("content-type", report.content_type.clone()),
        ("sha256 by its card", report.sha256.clone()),
    ];
    for (label, fact) in facts {
        if let Some(fact) = fact {
            text += &format!("  {label} {fact}\n");
        }
    }
    text
}
