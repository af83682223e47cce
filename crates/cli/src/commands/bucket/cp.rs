//! `ferry bucket cp`.

use ferry_flows::bucket::{CopyOptions, copy};

use super::{answer_one, object, rail, unnamed};
use crate::app::App;
use crate::args::Copying;
use crate::failure::Failure;
use crate::output::Outcome;

pub(super) async fn run(app: &App, args: Copying) -> Result<Outcome, Failure> {
    let name = object(&args.from)?;
    let to_name = if args.to.rest.is_empty() {
        name.clone()
    } else {
        let last = name.as_str().rsplit('/').next().unwrap_or_default();
        args.to.object_for(last).map_err(|error| unnamed(&error))?
    };
    let from = app.bucket(&args.from.environment).await?;
    let to = app.bucket(&args.to.environment).await?;
    let context = app.context().await?;
    let rail = rail(app, &context, &to).await?;
    app.announce_bucket(&to);
    let options = CopyOptions {
        overwrite: args.overwrite,
        features: args.without.rest(),
        dry_run: args.dry_run,
    };
    Ok(answer_one(
        &copy(&context, (&from, &name), (&to, &to_name), options, &rail).await?,
    ))
}
