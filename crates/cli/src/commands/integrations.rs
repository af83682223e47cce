//! `ferry integrations list|show|activate|deactivate|export|import`.

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_flows::design::integrations::{self, IntegrationFacts};
use ferry_flows::design::{ChangeReport, FileReport};
use ferry_oic::Instance;

use super::listing;
use crate::app::App;
use crate::args::{IntegrationsArgs, IntegrationsCommand};
use crate::failure::Failure;
use crate::output::{Outcome, Printer, Report, Table};

/// Runs the command.
pub(crate) async fn run(app: &App, args: IntegrationsArgs) -> Result<Outcome, Failure> {
    match args.command {
        IntegrationsCommand::List { environment } => {
            listing::print(
                app,
                &environment,
                ("integrations", "integration"),
                Instance::integration_pages,
                |one| serde_json::to_value(IntegrationFacts::from(one)).unwrap_or_default(),
                |one| line(&one.into()),
            )
            .await
        }
        IntegrationsCommand::Show {
            environment,
            integration,
        } => {
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let found = integrations::show(&context, &environment, &integration).await?;
            let report = Report::new(&found, text(&found));
            Ok(Outcome::new(Exit::Done, report))
        }
        IntegrationsCommand::Activate(several) => {
            let environment = app.environment(&several.environment).await?;
            app.announce(&environment);
            let context = app.context().await?;
            let named = &several.integrations;
            Ok(changed(
                &integrations::activate(&context, &environment, named).await?,
            ))
        }
        IntegrationsCommand::Deactivate(several) => {
            let environment = app.environment(&several.environment).await?;
            app.announce(&environment);
            let context = app.context().await?;
            let named = &several.integrations;
            Ok(changed(
                &integrations::deactivate(&context, &environment, named).await?,
            ))
        }
        IntegrationsCommand::Export {
            environment,
            integration,
            target,
            overwrite,
        } => {
            let to_stdout = target.as_deref() == Some(Path::new("-"));
            if to_stdout {
                Printer::refuse_terminal()?;
            }
            let environment = app.environment(&environment).await?;
            let context = app.context().await?;
            let export = async |target: &Path| {
                integrations::export(&context, &environment, &integration, target, overwrite).await
            };
            if to_stdout {
                // Whole or not at all, there as well.
                let folder = tempfile::tempdir().map_err(|error| no_room(&error))?;
                let file = export(folder.path()).await?.file;
                let content = fs_err::read(file).map_err(|error| no_room(&error))?;
                return app.printer.print_data(&content);
            }
            let target = target.as_deref().unwrap_or(Path::new("."));
            Ok(exported_to(&export(target).await?))
        }
        IntegrationsCommand::Import {
            environment,
            file,
            project,
            overwrite,
        } => {
            let environment = app.environment(&environment).await?;
            app.announce(&environment);
            let context = app.context().await?;
            let project = project.as_deref();
            let imported =
                integrations::import(&context, &environment, project, &file, overwrite).await?;
            let verb = if imported.replaced {
                "replaced"
            } else {
                "imported"
            };
            let id = imported.id.as_deref().unwrap_or("an integration");
            let name = listing::named(imported.project.as_deref(), id);
            let text = format!(
                "{name} {verb} on {}: {} bytes; it is not active\n",
                imported.environment, imported.bytes
            );
            Ok(Outcome::new(imported.exit, Report::new(&imported, text)))
        }
    }
}

fn no_room(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Disk, "there is no room for the integration").because(error)
}

/// An object that went to a file.
pub(super) fn exported_to(report: &FileReport) -> Outcome {
    let id = report.id.as_deref().unwrap_or_default();
    let name = listing::named(report.project.as_deref(), id);
    let text = format!("{}: {name}, {} bytes\n", report.file, report.bytes);
    Outcome::new(report.exit, Report::new(report, text))
}

/// What became of several objects.
pub(super) fn changed(report: &ChangeReport) -> Outcome {
    let mut table = Table::new(["OBJECT", "STATUS", "DONE"]);
    for one in &report.objects {
        let done = match (&one.problem, one.changed, report.action) {
            (Some(problem), ..) => problem.as_str(),
            (None, _, "test") => "works",
            (None, true, _) => "yes",
            (None, false, _) => "it was so already",
        };
        table.row([
            one.name().as_str(),
            one.status.as_deref().unwrap_or("-"),
            done,
        ]);
    }
    let text = if table.is_empty() {
        "there is nothing of the kind\n".to_owned()
    } else {
        table.text()
    };
    Outcome::new(report.exit, Report::new(report, text))
}

fn line(one: &IntegrationFacts) -> String {
    let mut line = format!(
        "{:<21}  {}  {}",
        one.status,
        listing::named(one.project.as_deref(), &one.id),
        one.name
    );
    if one.scheduled {
        line += " (scheduled)";
    }
    if one.locked {
        line += &locked(one.locked_by.as_deref());
    }
    line
}

/// That somebody has an object open.
pub(super) fn locked(by: Option<&str>) -> String {
    match by {
        Some(by) => format!(" (locked by {by})"),
        None => " (locked)".to_owned(),
    }
}

fn text(one: &IntegrationFacts) -> String {
    let mut text = line(one) + "\n";
    let mut tell = |what: &str, value: Option<&str>| {
        if let Some(value) = value {
            text += &format!("  {what} {value}\n");
        }
    };
    tell("style", one.style.as_deref());
    tell("package", one.package.as_deref());
    let updated = one.updated.map(crate::clock::to_second);
    tell("changed", updated.as_deref());
    for connection in &one.connections {
        tell("connection", Some(connection));
    }
    for call in &one.calls {
        tell("calls", Some(call));
    }
    text
}
