//! `ferry record`: an export or import whose exchanges are written down, with nothing that tells whose they are.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use ferry_core::exit::Exit;
use ferry_core::ids::{JobId, JobKind};
use ferry_flows::Environment;
use ferry_flows::record::{Known, Tape, Transcript, Watched, watched};
use serde_json::json;

use super::{export, import};
use crate::app::App;
use crate::args::{ExportArgs, ImportArgs, RecordArgs, RecordFlow, Waiting};
use crate::failure::Failure;
use crate::output::{Outcome, Report};

/// No job has this id: it is asked about to see what an error looks like.
const NO_JOB: &str = "0";

/// Runs the command.
pub(crate) async fn run(app: &App, args: RecordArgs) -> Result<Outcome, Failure> {
    let out = args.out;
    if out.exists() {
        let message = format!("{} is there already", out.display());
        return Err(Failure::new(Exit::Usage, message).hint("name another file: --out FILE"));
    }
    let Some(tape) = &app.tape else {
        return Err(Failure::new(Exit::Bug, "nothing listens to the wire"));
    };
    // The outcome is told after the recording is safe: a failed job is worth recording, too.
    let (transcript, outcome) = match args.flow {
        RecordFlow::Export(args) => exported(app, tape, args).await?,
        RecordFlow::Import(args) => imported(app, tape, args).await?,
    };
    save(&out, &transcript)?;
    let path = out.display();
    let told = format!(
        "recorded {} exchanges in {path}\nread it before you give it away: it should hold no name but those of the \
         archive's entries\n",
        transcript.exchanges.len(),
    );
    let (exit, text) = outcome.map_err(Failure::from).inspect_err(|_| {
        app.printer.talk(&told);
    })?;
    let data = json!({
        "recording": path.to_string(),
        "exchanges": transcript.exchanges.len(),
        "entries": transcript.archive.as_ref().and_then(|archive| Some(archive.entries.as_ref()?.len())),
    });
    Ok(Outcome::new(exit, Report::new(&data, text + &told)))
}

/// How a flow ended: its exit code, and its report as people read it.
type Ended = Result<(Exit, String), ferry_flows::Failure>;

async fn exported(
    app: &App,
    tape: &Tape,
    args: ExportArgs,
) -> Result<(Transcript, Ended), Failure> {
    only_whole(&args.waiting)?;
    if args.download.is_some() {
        return Err(Failure::new(Exit::Usage, "--download cannot be recorded")
            .hint("record without it; the archive stays in the bucket"));
    }
    let context = app.context().await?;
    let (environment, mut request) = export::prepare(app, args).await?;
    let folder = tempfile::tempdir().map_err(|error| {
        Failure::new(Exit::Disk, "no temporary folder can be made").because(&error)
    })?;
    let file = folder.path().join("archive");
    request.download = Some(file.clone());
    let work = Box::pin(ferry_flows::export(&context, &environment, &request));
    let (result, seen) = watched(&context, &environment, work).await;
    probe(&environment, JobKind::Export).await;
    let name = result
        .as_ref()
        .ok()
        .and_then(|report| Some(report.archive.as_ref()?.name.clone()));
    let mut archive = File::open(&file).ok();
    let archive = name.as_deref().zip(archive.as_mut());
    let transcript = transcript(tape, "export", &environment, &seen, archive)?;
    let ended = result.map(|mut report| {
        report.downloaded = None;
        (report.exit, export::text(&report))
    });
    Ok((transcript, ended))
}

async fn imported(
    app: &App,
    tape: &Tape,
    args: ImportArgs,
) -> Result<(Transcript, Ended), Failure> {
    only_whole(&args.waiting)?;
    let context = app.context().await?;
    let (environment, holder, request) = import::prepare(app, &context, args).await?;
    let work = Box::pin(ferry_flows::import(
        &context,
        &environment,
        holder.as_ref(),
        &request,
    ));
    let (result, seen) = watched(&context, &environment, work).await;
    probe(&environment, JobKind::Import).await;
    let transcript = transcript(tape, "import", &environment, &seen, None)?;
    let ended = result.map(|report| (report.exit, import::text(&report)));
    Ok((transcript, ended))
}

/// A recording follows its job to the end.
fn only_whole(waiting: &Waiting) -> Result<(), Failure> {
    if waiting.no_wait || waiting.dry_run {
        return Err(Failure::new(
            Exit::Usage,
            "a recording follows its job to the end: --no-wait and --dry-run leave nothing to record",
        ));
    }
    Ok(())
}

/// Asks about a job that is not there. How that is refused is what is wanted.
async fn probe(environment: &Environment, kind: JobKind) {
    if let Ok(id) = NO_JOB.parse::<JobId>() {
        let _ = environment.instance.job_status(kind, &id).await;
    }
}

fn transcript(
    tape: &Tape,
    flow: &str,
    environment: &Environment,
    seen: &Watched,
    archive: Option<(&str, &mut File)>,
) -> Result<Transcript, Failure> {
    let known = Known::of(environment);
    let generation = environment.instance.generation();
    tape.transcript(flow, generation, known, seen, archive)
        .map_err(|error| {
            Failure::new(Exit::Disk, "the archive's copy cannot be read").because(&error)
        })
}

/// Whole or not at all, and never over another file.
fn save(out: &Path, transcript: &Transcript) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(Exit::Disk, format!("{} cannot be written", out.display())).because(&error)
    };
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file =
        tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
    serde_json::to_writer_pretty(&mut file, transcript).map_err(|error| failed(error.into()))?;
    file.write_all(b"\n").map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(out)
        .map_err(|error| failed(error.error))?;
    Ok(())
}
