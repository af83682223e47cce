//! `ferry bucket get`.

use std::path::{Path, PathBuf};

use ferry_core::exit::Exit;
use ferry_flows::bucket::{GetMany, get, get_many, read_out};

use super::{answer_many, answer_one, object};
use crate::app::App;
use crate::args::Getting;
use crate::failure::Failure;
use crate::output::Outcome;

pub(super) async fn run(app: &App, args: Getting) -> Result<Outcome, Failure> {
    let to_stdout = args.target.as_deref() == Some(Path::new("-"));
    if args.selection.recursive {
        let Some(folder) = args.target.filter(|_| !to_stdout) else {
            return Err(Failure::new(Exit::Usage, "many objects go into a folder")
                .hint("get --recursive ENV/PREFIX FOLDER"));
        };
        let bucket = app.bucket(&args.place.environment).await?;
        let request = GetMany {
            prefix: args.place.prefix().map(str::to_owned),
            folder,
            filter: args.selection.filter(),
            overwrite: args.overwrite,
            dry_run: args.selection.dry_run,
        };
        return Ok(answer_many(
            &get_many(&app.context().await?, &bucket, &request).await?,
        ));
    }
    let name = object(&args.place)?;
    let bucket = app.bucket(&args.place.environment).await?;
    let context = app.context().await?;
    if to_stdout {
        // stdout belongs to the data: no table, and no envelope.
        read_out(&context, &bucket, &name, app.printer.data()).await?;
        return Ok(Outcome::printed(Exit::Done));
    }
    let target = args.target.unwrap_or_else(|| PathBuf::from("."));
    let dry_run = args.selection.dry_run;
    Ok(answer_one(
        &get(&context, &bucket, &name, &target, args.overwrite, dry_run).await?,
    ))
}
