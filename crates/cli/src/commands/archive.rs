//! `ferry archive ls|show|verify|graph|extract`.

use std::io;
use std::path::Path;

use ferry_archive::{Archive, ErrorKind, Limits, Record, Survey};
use ferry_core::exit::Exit;
use ferry_core::model::Identity;
use ferry_flows::archive::{Input, Reader};

use crate::app::App;
use crate::args::{ArchiveArgs, ArchiveCommand, Named};
use crate::failure::Failure;
use crate::output::{Outcome, clean_line, counted};

mod extract;
mod graph;
mod ls;
mod object;
mod show;
mod verify;

/// Runs the command.
pub(crate) async fn run(app: &App, args: ArchiveArgs) -> Result<Outcome, Failure> {
    match args.command {
        ArchiveCommand::Ls { what, limits } => match what {
            Named::Path(path) => ls::run(app, &path, limits.limits()).await,
            Named::Object(place) => object::ls(app, &place, limits.limits()).await,
        },
        ArchiveCommand::Show {
            what,
            artifact,
            limits,
        } => match what {
            Named::Path(path) => show::run(app, &path, artifact, limits.limits()).await,
            Named::Object(place) => object::show(app, &place, artifact, limits.limits()).await,
        },
        ArchiveCommand::Verify(args) => verify::run(app, args).await,
        ArchiveCommand::Graph {
            file,
            format,
            limits,
        } => graph::run(app, &file, format, limits.limits()).await,
        ArchiveCommand::Extract(args) => extract::run(app, args).await,
    }
}

/// Opens an archive once more.
pub(super) type Open = Box<dyn Fn() -> io::Result<Reader> + Send + Sync>;

/// An archive that was read through once.
pub(super) struct Opened {
    pub(super) archive: Archive<Open>,
    pub(super) survey: Survey,
    /// What it is called.
    name: String,
    input: Input,
}

impl Opened {
    /// Reads through what lies at a path.
    pub(super) fn read(path: &Path, limits: Limits) -> Result<Self, Failure> {
        Self::of(Input::at(path)?, path.display().to_string(), limits)
    }

    fn of(input: Input, name: String, limits: Limits) -> Result<Self, Failure> {
        let opened = input.clone();
        let open: Open = Box::new(move || opened.open());
        let archive = Archive::new(open, limits);
        let survey = archive.survey().map_err(|error| unread(&name, &error))?;
        Ok(Self {
            archive,
            survey,
            name,
            input,
        })
    }

    /// As the crate that compares takes it.
    pub(super) fn side(&self) -> (&Archive<Open>, &Survey) {
        (&self.archive, &self.survey)
    }

    /// SHA-256 of the file; a tree has none.
    fn raw(&self) -> Result<Option<String>, Failure> {
        match self.input {
            Input::Folder(_) => Ok(None),
            _ => self
                .archive
                .raw()
                .map(Some)
                .map_err(|error| unread(&self.name, &error)),
        }
    }

    /// A line a damage, for commands that go on all the same.
    pub(super) fn warn_of_damage(&self, app: &App) {
        let errors = verify::count(&self.survey.findings).0;
        if errors > 0 {
            let name = &self.name;
            app.printer.warning(&format!(
                "{} in {name}: what is shown may not be all of it (`ferry archive verify` tells them)",
                counted(errors as u64, "error")
            ));
        }
    }
}

/// Reads through what lies at a path, aside.
async fn opened(app: &App, path: &Path, limits: Limits) -> Result<Opened, Failure> {
    let path = path.to_owned();
    app.aside(move || Opened::read(&path, limits)).await?
}

/// Why no answer was reached.
pub(super) fn unread(name: &str, error: &ferry_archive::Error) -> Failure {
    let exit = match error.kind() {
        ErrorKind::Limit => Exit::Rail,
        ErrorKind::Read => Exit::Disk,
        _ => Exit::No,
    };
    let failure = Failure::new(exit, format!("{name} was not read to its end")).because(error);
    if error.is_limit() {
        failure
            .hint("where you trust it, allow more: --limit NAME=VALUE with the name of that limit")
    } else {
        failure
    }
}

/// The one record that `[KIND:][PROJECT/]NAME[|VERSION]` means. Of those that only their projects tell apart a bare name
/// means the one that is in none.
fn find<'s>(survey: &'s Survey, wanted: &str) -> Result<&'s Record, Failure> {
    let fits = |record: &&Record| is_meant(&record.id, record.project.as_deref(), wanted);
    let found: Vec<&Record> = survey.records.iter().filter(fits).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [first, rest @ ..]
            if first.project.is_none() && rest.iter().all(|it| it.id == first.id) =>
        {
            Ok(first)
        }
        [] => Err(Failure::new(
            Exit::No,
            format!("there is no {} in it", clean_line(wanted)),
        )
        .hint("`ferry archive ls` lists what is there")),
        several => {
            let what = format!("{} things are called {}", several.len(), clean_line(wanted));
            let hint = |failure: Failure, record: &&Record| {
                let id = &record.id;
                let project = record.project.as_ref().map(|it| format!("{it}/"));
                let version = id.version.as_ref().map(|it| format!("|{it}"));
                failure.hint(clean_line(&format!(
                    "{}:{}{}{}",
                    kind(id),
                    project.unwrap_or_default(),
                    id.name,
                    version.unwrap_or_default()
                )))
            };
            Err(several
                .iter()
                .take(10)
                .fold(Failure::new(Exit::Usage, what), hint))
        }
    }
}

fn is_meant(id: &Identity, project: Option<&str>, wanted: &str) -> bool {
    let named = |wanted: &str| match (&id.version, wanted.strip_prefix(id.name.as_str())) {
        (_, Some("")) => true,
        (Some(version), Some(rest)) => rest.strip_prefix('|') == Some(version),
        _ => false,
    };
    let inside = |wanted: &str| {
        let rest = project.and_then(|code| wanted.strip_prefix(code)?.strip_prefix('/'));
        named(wanted) || rest.is_some_and(named)
    };
    let of_kind = wanted.split_once(':').filter(|(word, _)| *word == kind(id));
    inside(wanted) || of_kind.is_some_and(|(_, rest)| inside(rest))
}

/// The kind as one word: as JSON has it.
fn kind(id: &Identity) -> String {
    let json = serde_json::to_value(id.kind).unwrap_or_default();
    json.as_str().unwrap_or_default().to_owned()
}
