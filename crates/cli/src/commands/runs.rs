//! `ferry runs list|show|bundle|resume|abandon`.

mod resume;

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_flows::RunSummary;
use serde_json::json;

use super::tables::listed;
use crate::app::App;
use crate::args::{RunsArgs, RunsCommand};
use crate::failure::Failure;
use crate::output::{Leaving, Outcome, Printer, Report, Table};

/// Runs the command.
pub(crate) async fn run(app: &App, args: RunsArgs) -> Result<Outcome, Failure> {
    let runs = app.runs().await?;
    let (data, text) = match args.command {
        RunsCommand::List => {
            let all = runs.list()?;
            let text = list(&all);
            (serde_json::to_value(all), text)
        }
        RunsCommand::Show { run } => {
            let found = runs.find(id(&run))?;
            let text = show(&found);
            (serde_json::to_value(found), text)
        }
        RunsCommand::Resume {
            run,
            assume,
            timeout,
        } => return Box::pin(resume::run(app, id(&run), assume, timeout)).await,
        RunsCommand::Bundle { run, to, overwrite } => {
            let bundle = runs.bundle(id(&run), env!("CARGO_PKG_VERSION"))?;
            let path = to.unwrap_or_else(|| PathBuf::from(format!("{}.tar", bundle.run)));
            let tar = bundle.tar();
            if path == Path::new("-") {
                Printer::refuse_terminal()?;
                return app.printer.print_data(&tar);
            }
            if path.is_file() && !overwrite {
                let what = format!("{} is there already", path.display());
                return Err(Failure::new(Exit::Conflict, what)
                    .hint("name another file, or replace it with --overwrite"));
            }
            let written = Leaving::new(&path).and_then(|file| file.write(&tar));
            written.map_err(|error| {
                let what = format!("the bundle cannot be written to {}", path.display());
                Failure::new(Exit::Disk, what).because(&error)
            })?;
            let file = path.display().to_string();
            let names: Vec<&str> = bundle.files.iter().map(|(name, _)| name.as_str()).collect();
            let text = format!(
                "{file}: {}\nnote: names of environments, hosts and integrations are in it; look before it is sent\n",
                names.join(", ")
            );
            let bytes = tar.len();
            let told = json!({"run": bundle.run, "file": file, "bytes": bytes, "holds": names});
            (Ok(told), text)
        }
        RunsCommand::Abandon { run } => {
            let found = runs.abandon(id(&run), (app.clock.0)())?;
            let jobs = if found.jobs.is_empty() {
                ""
            } else {
                "; its job, if it still runs, goes on"
            };
            let claim = found.claim().map(|object| {
                let to = found.intention.environments.last();
                let to = to.map_or("", |(name, _)| name.as_str());
                format!("its advisory claim may still be in the bucket of {to}: ferry bucket rm {to}/{object}\n")
            });
            let claim = claim.unwrap_or_default();
            let left = listed("note", &found.left);
            let text = format!("{} is abandoned{jobs}\n{claim}{left}", found.id);
            (serde_json::to_value(found), text)
        }
    };
    Ok(Outcome::new(
        Exit::Done,
        Report {
            json: data.unwrap_or_default(),
            text,
            markdown: None,
        },
    ))
}

fn id(reference: &str) -> &str {
    reference.strip_prefix("run:").unwrap_or(reference)
}

fn list(runs: &[RunSummary]) -> String {
    if runs.is_empty() {
        return "no runs\n".to_owned();
    }
    let mut table = Table::new(["RUN", "STATE", "EXIT", "JOBS", "NOTE"]);
    for run in runs {
        let exit = run.exit.map(|exit| exit.to_string()).unwrap_or_default();
        table.row([
            &run.id,
            &run.state,
            &exit,
            &jobs(run),
            run.note.as_deref().unwrap_or_default(),
        ]);
    }
    table.text()
}

fn show(run: &RunSummary) -> String {
    let environments: Vec<String> = run
        .intention
        .environments
        .iter()
        .map(|(name, identity)| format!("{name} ({identity})"))
        .collect();
    let mut text = format!(
        "run {}: {} of {}\nbegan {}\noptions {}\nstate {}\n",
        run.id,
        run.intention.flow,
        environments.join(" to "),
        run.began,
        run.intention.options.join(" "),
        run.state
    );
    text += &listed("note", &run.left);
    for record in &run.records {
        let what = serde_json::to_string(&record.event).unwrap_or_default();
        text += &format!("{} {what}\n", record.at);
    }
    text
}

fn jobs(run: &RunSummary) -> String {
    run.jobs
        .iter()
        .map(|(kind, id)| format!("job:{kind}:{id}"))
        .collect::<Vec<_>>()
        .join(" ")
}
