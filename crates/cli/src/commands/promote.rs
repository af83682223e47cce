//! `ferry promote`.

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_core::plan::{ActivateBy, Choice, Saved};
use ferry_core::reference::ArchiveRef;
use ferry_flows::{Context, Environment, PromoteReport, PromoteRequest, Storage};

use super::plan::archive;
use super::tables::listed;
use crate::app::App;
use crate::args::{ActivateChoice, LiveChoice, PromoteArgs};
use crate::failure::Failure;
use crate::output::markup::code;
use crate::output::{Leaving, Outcome, Report, Table};

mod junit;

/// Runs the command.
pub(crate) async fn run(app: &App, mut args: PromoteArgs) -> Result<Outcome, Failure> {
    // Better now than after a promotion.
    let leaving = args.junit.take().map(|path| {
        let file = Leaving::new(&path).map_err(|error| unwritten(&path, &error))?;
        Ok::<_, Failure>((path, file))
    });
    let leaving = leaving.transpose()?;
    let asked = asked(&args);
    let title = match (&asked, &args.plan) {
        (Err(_), Some(plan)) => plan.display().to_string(),
        (Err(_), None) => "promotion".to_owned(),
        (Ok(asked), _) => format!("{} to {}", asked.from, asked.to),
    };
    let done = match asked {
        Ok(asked) => Box::pin(begin(app, args, asked)).await,
        Err(failure) => Err(failure),
    };
    let written = leaving.map_or(Ok(()), |(path, file)| {
        let page = app.printer.for_file(&junit::page(&title, done.as_ref()));
        let written = file.write(page.as_bytes());
        written.map_err(|error| unwritten(&path, &error))
    });
    let outcome = told(&done?);
    match (written, outcome.exit) {
        (Err(failure), Exit::Done) => Err(failure.report(outcome.report.unwrap_or_default())),
        (Err(failure), _) => {
            app.printer.failure(&failure);
            Ok(outcome)
        }
        (Ok(()), _) => Ok(outcome),
    }
}

/// Finds everything that is asked for, and promotes.
async fn begin(app: &App, args: PromoteArgs, asked: Asked) -> Result<PromoteReport, Failure> {
    app.refuse_to_leave(args.waiting.no_wait)?;
    let context = app.context().await?;
    let mut from = app.environment(&asked.from).await?;
    let mut to = app.environment_with_overrides(&asked.to).await?;
    let (archive, holder) = match &asked.archive {
        Some(reference) => {
            let (archive, holder) = archive(app, &context, reference, &asked.to).await?;
            (Some(archive), holder)
        }
        None => (None, None),
    };
    for side in [&mut from, &mut to] {
        side.polling.deadline = args.waiting.timeout.unwrap_or(side.polling.deadline);
    }
    let request = PromoteRequest {
        archive,
        plan: asked.plan,
        approve: args.approve,
        live: args.live.map(|choice| match choice {
            LiveChoice::Stop => Choice::Stop,
            LiveChoice::Abort => Choice::Abort,
        }),
        activate_by: match args.activate_by {
            ActivateChoice::Integration => ActivateBy::Integration,
            ActivateChoice::Job => ActivateBy::Job,
        },
        untested: args.untested.into_iter().collect(),
        limits: args.limits.limits(),
        name: args.name,
        description: args.description,
        security_artifacts: args.security_artifacts.asked().unwrap_or(false),
        overwrite: args.overwrite,
        no_wait: args.waiting.no_wait,
        dry_run: args.waiting.dry_run,
    };
    app.announce(&from);
    app.announce(&to);
    carry_out(&context, &from, &to, holder.as_ref(), &request).await
}

/// Begins the run, or goes on with it.
pub(super) async fn carry_out(
    context: &Context,
    from: &Environment,
    to: &Environment,
    holder: Option<&Storage>,
    request: &PromoteRequest,
) -> Result<PromoteReport, Failure> {
    let done = ferry_flows::promote(context, from, to, holder, request).await;
    done.map_err(Failure::from)
}

/// What a promotion answers with.
pub(super) fn told(report: &PromoteReport) -> Outcome {
    let title = format!("{} to {}", report.from, report.to);
    let told = Report::new(report, text(report)).with_markdown(page(&title, report));
    Outcome::new(report.exit, told)
}

/// A report that is not there; the promotion is what it is.
fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    let what = format!("the JUnit report cannot be written to {}", path.display());
    Failure::new(Exit::Disk, what).because(error)
}

/// Who brings what to whom.
struct Asked {
    from: EnvironmentName,
    to: EnvironmentName,
    archive: Option<ArchiveRef>,
    plan: Option<Box<Saved>>,
}

/// From the words, or from the plan.
fn asked(args: &PromoteArgs) -> Result<Asked, Failure> {
    let Some(path) = &args.plan else {
        // clap asks for the plan only where FROM, which excludes one, is not given.
        if args.approve.is_some() {
            return Err(Failure::new(
                Exit::Usage,
                "--approve approves a plan that was saved, and none is named",
            )
            .hint("name it in the place of FROM and TO: ferry promote --plan FILE --approve FINGERPRINT"));
        }
        let (Some(from), Some(to)) = (args.from.clone(), args.to.clone()) else {
            return Err(
                Failure::new(Exit::Usage, "FROM and TO are needed, or a plan")
                    .hint("ferry promote FROM TO, or ferry promote --plan FILE"),
            );
        };
        return Ok(Asked {
            from,
            to,
            archive: args.archive.clone(),
            plan: None,
        });
    };
    let shown = path.display();
    let text = fs_err::read_to_string(path).map_err(|error| {
        let exit = match std::io::Error::kind(&error) {
            std::io::ErrorKind::NotFound => Exit::Usage,
            _ => Exit::Disk,
        };
        Failure::new(exit, format!("the plan {shown} cannot be read")).because(&error)
    })?;
    let saved = Saved::read(&text).map_err(|why| {
        Failure::new(Exit::Usage, format!("{shown} cannot be carried out"))
            .because(&why)
            .hint("make a plan: ferry plan ENV ARCHIVE --save FILE")
    })?;
    let odd =
        |what: &str| Failure::new(Exit::Usage, format!("the plan {shown} does not say {what}"));
    let source = &saved.plan.source;
    let from = source.from.as_ref().and_then(|from| from.parse().ok());
    let from = from.ok_or_else(|| {
        odd("which environment its archive comes from").hint("make it with --from ENV")
    })?;
    let to = saved.plan.target.parse();
    let to = to.map_err(|_| odd("which environment it is for"))?;
    let archive = source
        .name
        .parse()
        .map_err(|_| odd("where its archive is"))?;
    Ok(Asked {
        from,
        to,
        archive: Some(archive),
        plan: Some(Box::new(saved)),
    })
}

/// The columns of what was done.
const HEAD: [&str; 3] = ["STEP", "WHAT", "RESULT"];

/// What was done, row by row.
#[derive(Default)]
struct Steps(Vec<[String; 3]>);

impl Steps {
    fn of(report: &PromoteReport) -> Self {
        let mut steps = Self::default();
        jobs(&mut steps, report);
        objects(&mut steps, report);
        steps
    }

    fn row<S: AsRef<str>>(&mut self, cells: [S; 3]) {
        self.0.push(cells.map(|cell| cell.as_ref().to_owned()));
    }
}

fn text(report: &PromoteReport) -> String {
    let steps = Steps::of(report).0;
    let mut body = String::new();
    if !steps.is_empty() {
        let mut table = Table::new(HEAD);
        for row in &steps {
            table.row(row);
        }
        body = table.text();
    }
    if let Some(plan) = report.plan.as_ref().map(super::plan::text) {
        body += &format!("\n{plan}\n");
    }
    body + &listed("next", &report.next) + &listed("note", &notes(report))
}

/// For the summary of a pipeline: nothing in it acts as markup.
fn page(title: &str, report: &PromoteReport) -> String {
    let mut page = format!("## Promotion {}\n\n", code(title));
    let steps = Steps::of(report).0;
    if !steps.is_empty() {
        page += &format!("| {} |\n| --- | --- | --- |\n", HEAD.join(" | "));
        for row in &steps {
            page += &format!(
                "| {} |\n",
                row.each_ref().map(|cell| code(cell)).join(" | ")
            );
        }
    }
    let lists = [("Next", &report.next), ("Notes", &notes(report))];
    for (title, lines) in lists.into_iter().filter(|(_, lines)| !lines.is_empty()) {
        page += &format!("\n### {title}\n\n");
        page.extend(lines.iter().map(|line| format!("- {}\n", code(line))));
    }
    if let Some(plan) = &report.plan {
        page += &format!("\n{}", super::plan::page(plan));
    }
    page
}

fn notes(report: &PromoteReport) -> Vec<String> {
    let mut notes = report
        .export
        .iter()
        .chain(&report.safety_copy)
        .flat_map(|export| export.notes.clone())
        .collect::<Vec<_>>();
    let jobs = report.import.iter().chain(&report.activation_job);
    notes.extend(jobs.flat_map(|import| import.notes.clone()));
    notes.dedup();
    notes.extend(report.notes.clone());
    notes
}

/// What was exported, stopped and imported.
fn jobs(table: &mut Steps, report: &PromoteReport) {
    if let Some(exported) = report
        .export
        .as_ref()
        .and_then(|export| Some((export, export.archive.as_ref()?)))
    {
        let (export, archive) = exported;
        let state = export.job_state.as_deref().unwrap_or("job state unknown");
        let entries = archive
            .entries
            .map(|entries| format!(", {entries} entries"))
            .unwrap_or_default();
        table.row([
            "exported",
            &archive.name,
            &format!("{state}, {} bytes{entries}, verified", archive.bytes),
        ]);
        table.row(["", "sha256", &archive.sha256]);
    }
    if let Some(copy) = report
        .safety_copy
        .as_ref()
        .and_then(|copy| copy.archive.as_ref())
    {
        let result = format!("{} bytes, verified", copy.bytes);
        table.row(["safety copy", &copy.name, &result]);
    }
    for (nth, name) in report.stopped.iter().enumerate() {
        let step = if nth == 0 { "stopped" } else { "" };
        table.row([step, name, "it was live; requests that waited are lost"]);
    }
    if let Some(import) = &report.import {
        let state = import.job_state.as_deref().unwrap_or("not ended");
        table.row([
            "imported",
            &format!("into {} ({})", report.to, import.mode),
            state,
        ]);
        if let Some(target) = &import.target {
            let holds = format!(
                "{} integrations, {} connections",
                target.integrations.len(),
                target.connections.len()
            );
            table.row(["", &format!("{} now holds", report.to), &holds]);
        }
    }
}

/// What became of each connection, lookup, integration and schedule.
fn objects(table: &mut Steps, report: &PromoteReport) {
    for (nth, one) in report.connections.iter().enumerate() {
        let step = if nth == 0 { "re-pointed" } else { "" };
        let result = match (&one.problem, &one.test) {
            (Some(problem), _) => problem.clone(),
            (None, Some(test)) if one.changed.is_empty() => format!("as it was, test {test}"),
            (None, Some(test)) => format!("{}, test {test}", one.changed.join(", ")),
            (None, None) => one.changed.join(", "),
        };
        table.row([step, &in_project(&one.id, one.project.as_deref()), &result]);
    }
    for (nth, one) in report.lookups.iter().enumerate() {
        let step = if nth == 0 { "rows set" } else { "" };
        let result = match &one.problem {
            Some(problem) => problem.clone(),
            None => format!("{} other than they came", one.changed),
        };
        table.row([
            step,
            &in_project(&one.name, one.project.as_deref()),
            &result,
        ]);
    }
    if let Some(job) = &report.activation_job {
        let state = job.job_state.as_deref().unwrap_or("not ended");
        let name = job.job_name.as_deref().unwrap_or_default();
        table.row(["activated by job", name, state]);
    }
    for (nth, one) in report.activations.iter().enumerate() {
        let step = if nth == 0 { "activated" } else { "" };
        let result = match &one.problem {
            Some(problem) if one.stopped => format!("STOPPED: {problem}"),
            Some(problem) => format!("{}: {problem}", one.status),
            None => one.status.clone(),
        };
        table.row([step, &in_project(&one.id, one.project.as_deref()), &result]);
    }
    for (nth, one) in report.schedules.iter().enumerate() {
        let step = if nth == 0 { "schedules" } else { "" };
        let set = match one.changed.as_slice() {
            [] => String::new(),
            names => format!("{} set, ", names.join(", ")),
        };
        let result = match &one.problem {
            Some(problem) => format!("{set}{problem}"),
            None => format!("{set}{}", one.status),
        };
        table.row([step, &in_project(&one.id, one.project.as_deref()), &result]);
    }
    for (nth, one) in report.verification.iter().enumerate() {
        let step = if nth == 0 { "NOT AS PROMISED" } else { "" };
        let what = format!(
            "{} {}",
            one.what,
            in_project(&one.id, one.project.as_deref())
        );
        let result = format!("promised was {}, found is {}", one.promised, one.found);
        table.row([step, &what, &result]);
    }
}

fn in_project(id: &str, project: Option<&str>) -> String {
    project.map_or_else(|| id.to_owned(), |project| format!("{project}: {id}"))
}
