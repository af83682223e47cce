//! `ferry config show --origin`.

use std::path::Path;

use clap::parser::ValueSource;
use ferry_core::exit::Exit;
use ferry_core::job::PollPolicy;
use ferry_http::Deadlines;
use serde::Serialize;

use crate::app::App;
use crate::args::{ConfigArgs, ConfigCommand, EmulatorChoice, Format};
use crate::config::{Leaf, show_duration};
use crate::failure::Failure;
use crate::output::{Outcome, Report, Table};
use crate::state;

/// One value that counts.
#[derive(Debug, Serialize)]
struct Row {
    key: String,
    value: String,
    origin: String,
}

/// Shows the configuration; no secret is resolved.
pub(crate) fn run(app: &App, args: &ConfigArgs) -> Result<Outcome, Failure> {
    let ConfigCommand::Show { origin } = args.command;
    let mut rows = globals(app)?;
    let stated = app.config()?.leaves();
    rows.extend(
        defaults()
            .into_iter()
            .filter(|row| !stated.iter().any(|leaf| leaf.key == row.key)),
    );
    rows.extend(stated.into_iter().map(of_file));
    let mut table = Table::new(if origin {
        vec!["KEY", "VALUE", "ORIGIN"]
    } else {
        vec!["KEY", "VALUE"]
    });
    for row in &rows {
        let cells = [&row.key, &row.value, &row.origin];
        table.row(cells.iter().take(if origin { 3 } else { 2 }));
    }
    Ok(Outcome::new(Exit::Done, Report::new(&rows, table.text())))
}

fn of_file(leaf: Leaf) -> Row {
    let origin = leaf
        .place
        .map_or_else(|| "file".to_owned(), |place| place.to_string());
    Row {
        key: leaf.key,
        value: leaf.value,
        origin,
    }
}

/// The flags that every command knows.
fn globals(app: &App) -> Result<Vec<Row>, Failure> {
    let globals = &app.globals;
    let shown = |path: &Path| path.display().to_string();
    let emulator = match &globals.emulator {
        None | Some(EmulatorChoice::Off) => "off".to_owned(),
        Some(EmulatorChoice::Embedded) => "embedded".to_owned(),
        Some(EmulatorChoice::Url(url)) => url.clone(),
        Some(EmulatorChoice::Folder(folder)) => shown(folder),
    };
    let sources = app.config()?.sources();
    let workspace = sources
        .workspace
        .as_deref()
        .map_or_else(|| "none".to_owned(), shown);
    let user = sources
        .user
        .as_deref()
        .map_or_else(|| "none".to_owned(), shown);
    let state = state::folder(globals.state.as_deref(), &app.variables);
    let output = if globals.output == Format::Json {
        "json"
    } else {
        "table"
    };
    let of = |key: &str, value: String| {
        let id = key.replace('-', "_");
        let origin = match app.matches.value_source(&id) {
            Some(ValueSource::CommandLine) => format!("flag --{key}"),
            Some(ValueSource::EnvVariable) => format!("variable FERRY_{}", id.to_uppercase()),
            _ => "default".to_owned(),
        };
        Row {
            key: key.to_owned(),
            value,
            origin,
        }
    };
    Ok(vec![
        of("config", workspace),
        Row {
            key: "user-config".to_owned(),
            value: user,
            origin: "default".to_owned(),
        },
        of("state", shown(&state)),
        of("emulator", emulator),
        of("output", output.to_owned()),
        of("quiet", globals.quiet.to_string()),
        of("verbose", globals.verbose.to_string()),
        of("no-color", globals.no_color.to_string()),
    ])
}

/// What counts where no file says otherwise.
fn defaults() -> Vec<Row> {
    let (polling, network) = (PollPolicy::default(), Deadlines::default());
    let spans = [
        ("polling.first", polling.first),
        ("polling.min", polling.min),
        ("polling.max", polling.max),
        ("polling.deadline", polling.deadline),
        ("polling.lost-job", polling.lost_job),
        ("polling.archive", polling.archive),
        ("polling.settle", polling.settle),
        ("network.connect", network.connect),
        ("network.first-byte", network.first_byte),
        ("network.idle", network.idle),
    ];
    let row = |(key, span): (&str, _)| Row {
        key: key.to_owned(),
        value: show_duration(span),
        origin: "default".to_owned(),
    };
    spans.into_iter().map(row).collect()
}
