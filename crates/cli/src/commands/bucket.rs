//! `ferry bucket ls|stat|get|put|cp|rm`.

use ferry_core::exit::Exit;
use ferry_core::ids::{EnvironmentName, ObjectName};
use ferry_core::reference::Place;
use ferry_flows::Context;
use ferry_flows::bucket::{ManyReport, NamedBucket, OneReport, Rail};

use crate::app::App;
use crate::args::{BucketArgs, BucketCommand};
use crate::failure::Failure;
use crate::output::{Outcome, Report, amount, objects};

mod cp;
mod get;
mod ls;
mod put;
mod rm;
mod stat;

/// Runs the command.
pub(crate) async fn run(app: &App, args: BucketArgs) -> Result<Outcome, Failure> {
    match args.command {
        BucketCommand::Ls { place, recursive } => ls::run(app, &place, recursive).await,
        BucketCommand::Stat { place } => stat::run(app, &place).await,
        BucketCommand::Get(args) => Box::pin(get::run(app, args)).await,
        BucketCommand::Put(args) => Box::pin(put::run(app, args)).await,
        BucketCommand::Cp(args) => Box::pin(cp::run(app, args)).await,
        BucketCommand::Rm(args) => Box::pin(rm::run(app, args)).await,
    }
}

/// The object of a place that must name one.
fn object(place: &Place) -> Result<ObjectName, Failure> {
    if place.rest.is_empty() {
        return Err(
            Failure::new(Exit::Usage, format!("{place} names a bucket and no object")).hint(
                format!("one object: {}/NAME; all: --recursive", place.environment),
            ),
        );
    }
    place.object().map_err(|error| unnamed(&error))
}

fn unnamed(error: &ferry_core::ids::InvalidId) -> Failure {
    Failure::new(Exit::Usage, "this makes no object's name").because(error)
}

/// The jobs that may be running in a bucket, as this machine's journals and the services tell.
async fn rail(app: &App, context: &Context, bucket: &NamedBucket) -> Result<Rail, Failure> {
    let instance = async |name: &EnvironmentName| {
        let environment = app.environment(name).await;
        environment.map_err(|failure| failure.parts().message.clone())
    };
    Ok(Rail::read(context, bucket, instance).await?)
}

fn answer_one(report: &OneReport) -> Outcome {
    let verb = match (report.action, report.already_there, report.dry_run) {
        (_, true, _) => "is there already",
        (_, _, true) => "would be written",
        ("get", ..) => "fetched",
        ("put", ..) => "stored",
        _ => "copied",
    };
    let mut text = format!(
        "{} {verb}: {} bytes from {}\n",
        report.to, report.bytes, report.from
    );
    for (label, digest) in [("md5", &report.md5), ("sha256", &report.sha256)] {
        if let Some(digest) = digest {
            text += &format!("  {label} {digest}\n");
        }
    }
    match report.verified_by {
        Some("size") => {
            text += "  compared by its size alone: its ETag is no MD5, and it has no card\n";
        }
        Some("card") => text += "  compared by its card\n",
        _ => {}
    }
    if let Some(card) = &report.card {
        text += &format!("  card {card}\n");
    }
    text += &super::tables::listed("note", &report.notes);
    Outcome::new(report.exit, Report::new(report, text))
}

fn answer_many(report: &ManyReport) -> Outcome {
    let verb = match (report.action, report.dry_run) {
        ("get", false) => "fetched",
        ("get", true) => "would fetch",
        ("put", false) => "stored",
        ("put", true) => "would store",
        (_, false) => "removed",
        (_, true) => "would remove",
    };
    let mut text = String::new();
    for would in &report.would {
        let path = would
            .path
            .as_ref()
            .map(|path| format!("  {path}"))
            .unwrap_or_default();
        text += &format!("{:>12}  {}{path}\n", would.bytes, line(&would.name));
    }
    for failed in &report.failed {
        text += &format!("failed  {}: {}\n", line(&failed.name), line(&failed.why));
    }
    text += &format!(
        "{verb} {}, {}",
        objects(report.objects),
        amount(report.bytes)
    );
    if report.already_there > 0 {
        text += &format!("; {} there already", report.already_there);
    }
    if !report.failed.is_empty() {
        text += &format!("; {} failed", report.failed.len());
    }
    text.push('\n');
    text += &super::tables::listed("note", &report.notes);
    Outcome::new(report.exit, Report::new(report, text))
}

/// A name of the server on one line.
fn line(name: &str) -> String {
    name.replace(['\n', '\r'], " ")
}
