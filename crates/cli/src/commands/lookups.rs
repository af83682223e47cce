//! `ferry lookups list|get|put`.

use std::io::Read as _;
use std::path::Path;

use ferry_core::exit::Exit;
use ferry_flows::design::lookups::{self, LookupFacts, LookupTable};
use ferry_oic::{Instance, Lookup};

use super::integrations::exported_to;
use super::listing;
use crate::app::App;
use crate::args::{LookupsArgs, LookupsCommand};
use crate::failure::Failure;
use crate::output::{Outcome, Report};

/// A lookup that is read is not longer.
const LONGEST: u64 = 64 << 20;

/// Runs the command.
pub(crate) async fn run(app: &App, args: LookupsArgs) -> Result<Outcome, Failure> {
    match args.command {
        LookupsCommand::List { environment } => {
            listing::print(
                app,
                &environment,
                ("lookups", "lookup"),
                Instance::lookup_pages,
                |one| serde_json::to_value(LookupFacts::from(one)).unwrap_or_default(),
                line,
            )
            .await
        }
        LookupsCommand::Get {
            environment,
            lookup,
            target,
            overwrite,
        } => {
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let found = lookups::find(&context, &environment, &lookup).await?;
            match target.filter(|target| target != Path::new("-")) {
                Some(target) => {
                    let written = lookups::get(&environment, &found, &target, overwrite).await?;
                    Ok(exported_to(&written))
                }
                None if app.printer.is_json() => {
                    let report = Report::new(&LookupTable::from(&found), "");
                    Ok(Outcome::new(Exit::Done, report))
                }
                None => app.printer.print_data(&lookups::to_csv(&found)?),
            }
        }
        LookupsCommand::Put {
            environment,
            source,
        } => {
            let environment = app.environment(&environment).await?;
            app.announce(&environment);
            let context = app.context().await?;
            let csv = app.aside(move || read(&source)).await??;
            let report = lookups::put(&context, &environment, &csv).await?;
            Ok(super::schedules::set_to(&report))
        }
    }
}

fn read(source: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Disk, format!("cannot read {}", source.display())).because(&error)
    };
    let mut csv = Vec::new();
    let read = if source == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(LONGEST + 1)
            .read_to_end(&mut csv)
    } else {
        let file = fs_err::File::open(source).map_err(failed)?;
        file.take(LONGEST + 1).read_to_end(&mut csv)
    };
    read.map_err(failed)?;
    if csv.len() as u64 > LONGEST {
        let what = format!("{} is longer than {LONGEST} bytes", source.display());
        return Err(Failure::new(Exit::Usage, what));
    }
    Ok(csv)
}

fn line(one: &Lookup) -> String {
    let count = one.count.map(|count| count.to_string());
    format!(
        "{:>8}  {}  {}",
        count.as_deref().unwrap_or("-"),
        listing::named(one.project.as_deref(), &one.name),
        one.columns.join(", ")
    )
}
