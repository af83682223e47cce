//! `ferry bucket rm`.

use ferry_core::exit::Exit;
use ferry_flows::bucket::Removal;

use super::{answer_many, object, rail};
use crate::app::App;
use crate::args::Removing;
use crate::failure::Failure;
use crate::output::{Outcome, amount, objects};

pub(super) async fn run(app: &App, args: Removing) -> Result<Outcome, Failure> {
    let Some((place, more)) = args.places.split_first() else {
        return Err(Failure::new(Exit::Usage, "nothing is named"));
    };
    if let Some(other) = more
        .iter()
        .find(|other| other.environment != place.environment)
    {
        return Err(Failure::new(
            Exit::Usage,
            format!("{place} and {other} are in different environments"),
        )
        .hint("one command removes objects of one bucket"));
    }
    let recursive = args.selection.recursive;
    if recursive && !more.is_empty() {
        return Err(Failure::new(Exit::Usage, "--recursive takes one prefix")
            .hint("several: --include GLOB once for each"));
    }
    let dry_run = args.selection.dry_run;
    if recursive && !args.yes && !dry_run && !app.printer.asks() {
        return Err(Failure::new(
            Exit::Usage,
            "nobody is there to be asked whether all of it is to be removed",
        )
        .hint("see what it is with --dry-run, then say --yes"));
    }
    let names = if recursive {
        Vec::new()
    } else {
        args.places
            .iter()
            .map(object)
            .collect::<Result<Vec<_>, _>>()?
    };
    let bucket = app.bucket(&place.environment).await?;
    let context = app.context().await?;
    let rail = rail(app, &context, &bucket).await?;
    app.announce_bucket(&bucket);
    let removal = if recursive {
        let filter = args.selection.filter();
        Removal::of_prefix(&context, &bucket, place.prefix(), &filter, &rail).await?
    } else {
        Removal::of_names(&context, &bucket, &names, &rail).await?
    };
    if dry_run {
        return Ok(answer_many(&removal.would()));
    }
    if recursive && !args.yes && !removal.is_empty() {
        let what = format!(
            "remove {}, {}, of {place}?",
            objects(removal.len() as u64),
            amount(removal.bytes())
        );
        if !app.unless_stopped(app.printer.ask(&what)).await? {
            return Err(Failure::new(Exit::No, "nothing was removed"));
        }
    }
    Ok(answer_many(
        &removal
            .carry_out(&context, &bucket, args.without.rest())
            .await?,
    ))
}
