//! Lists that are printed page by page; and the commands that do nothing else.

use ferry_core::ids::EnvironmentName;
use ferry_flows::design::{ListReport, list};
use ferry_oic::{Instance, Pages};
use serde_json::{Value, json};

use crate::app::App;
use crate::args::ListingArgs;
use crate::failure::Failure;
use crate::output::{Outcome, Report, clean_line, counted};

/// Lists what `pages` gives under this name, of which one is called so. Its lines have no widths to be known, so that none has to be held.
pub(super) async fn print<T>(
    app: &App,
    environment: &EnvironmentName,
    (things, one): (&'static str, &'static str),
    pages: impl FnOnce(&Instance) -> Pages<T>,
    row: impl Fn(&T) -> Value,
    line: impl Fn(&T) -> String,
) -> Result<Outcome, Failure> {
    let environment = app.environment(environment).await?;
    let context = app.context().await?;
    let pages = pages(&environment.instance);
    let show = |page: &[T]| {
        let text: String = page
            .iter()
            .map(|row| clean_line(&line(row)).trim_end().to_owned() + "\n")
            .collect();
        app.printer.rows(things, page.iter().map(&row), &text)
    };
    let report = list(&context, &environment, pages, show).await?;
    Ok(end(app, (things, one), &report))
}

/// What stands behind the rows.
pub(super) fn end(
    app: &App,
    (things, one): (&'static str, &'static str),
    report: &ListReport,
) -> Outcome {
    app.printer.rows(things, std::iter::empty(), "");
    let total = counted(report.count, one);
    Outcome::new(report.exit, Report::new(report, total))
}

/// How an object is named: as it is typed in the next command.
pub(super) fn named(project: Option<&str>, id: &str) -> String {
    match project {
        Some(project) => format!("{project}/{id}"),
        None => id.to_owned(),
    }
}

fn or_dash(text: Option<&str>) -> &str {
    text.unwrap_or("-")
}

/// `ferry libraries list`.
pub(crate) async fn libraries(app: &App, args: &ListingArgs) -> Result<Outcome, Failure> {
    print(
        app,
        args.environment(),
        ("libraries", "library"),
        Instance::library_pages,
        |one| json!({"id": one.id, "project": one.project, "name": one.name, "status": one.status}),
        |one| {
            let id = named(one.project.as_deref(), &one.id);
            format!("{:<12}  {id}  {}", or_dash(one.status.as_deref()), one.name)
        },
    )
    .await
}

/// `ferry packages list`.
pub(crate) async fn packages(app: &App, args: &ListingArgs) -> Result<Outcome, Failure> {
    print(
        app,
        args.environment(),
        ("packages", "package"),
        Instance::package_pages,
        |one| json!({"name": one.name, "integrations": one.integrations}),
        |one| {
            let count = one.integrations.map(|count| count.to_string());
            format!("{:>6}  {}", or_dash(count.as_deref()), one.name)
        },
    )
    .await
}

/// `ferry projects list`.
pub(crate) async fn projects(app: &App, args: &ListingArgs) -> Result<Outcome, Failure> {
    let name = args.environment();
    let environment = app.environment(name).await?;
    if environment.instance.generation() == ferry_core::job::Generation::Gen2 {
        let report = ListReport {
            exit: ferry_core::exit::Exit::Done,
            environment: name.to_string(),
            count: 0,
        };
        app.printer
            .talk(&format!("{name} is Gen2, which has no projects"));
        return Ok(end(app, ("projects", "project"), &report));
    }
    print(
        app,
        name,
        ("projects", "project"),
        Instance::project_pages,
        |one| json!({"id": one.id, "name": one.name, "type": one.kind, "updated": one.updated}),
        |one| {
            format!(
                "{:<12}  {}  {}",
                or_dash(one.kind.as_deref()),
                one.id,
                one.name
            )
        },
    )
    .await
}

/// `ferry agents list`.
pub(crate) async fn agents(app: &App, args: &ListingArgs) -> Result<Outcome, Failure> {
    print(
        app,
        args.environment(),
        ("agent-groups", "agent group"),
        Instance::agent_group_pages,
        |one| json!({"id": one.id, "name": one.name, "status": one.status}),
        |one| {
            format!(
                "{:<12}  {}  {}",
                or_dash(one.status.as_deref()),
                one.id,
                one.name
            )
        },
    )
    .await
}

/// `ferry certificates list`.
pub(crate) async fn certificates(app: &App, args: &ListingArgs) -> Result<Outcome, Failure> {
    print(
        app,
        args.environment(),
        ("certificates", "certificate"),
        Instance::certificate_pages,
        |one| {
            json!({
                "id": one.id, "name": one.name, "type": one.kind, "category": one.category,
                "status": one.status, "expires": one.expires,
            })
        },
        |one| {
            let kind = or_dash(one.kind.as_deref());
            let category = or_dash(one.category.as_deref());
            let expires = or_dash(one.expires.as_deref());
            format!("{kind:<16}  {category:<8}  {expires:<20}  {}", one.name)
        },
    )
    .await
}
