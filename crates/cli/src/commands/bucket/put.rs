//! `ferry bucket put`.

use std::io::Read as _;
use std::path::Path;

use ferry_core::exit::Exit;
use ferry_flows::bucket::{PutMany, PutOptions, PutSource, put, put_many};
use tokio::sync::mpsc;

use super::{answer_many, answer_one, rail, unnamed};
use crate::app::App;
use crate::args::Putting;
use crate::failure::Failure;
use crate::output::Outcome;

/// What is read of stdin at a time.
const PIECE: usize = 256 << 10;

pub(super) async fn run(app: &App, args: Putting) -> Result<Outcome, Failure> {
    let from_stdin = args.source == Path::new("-");
    let options = PutOptions {
        overwrite: args.overwrite,
        card: args.card,
        features: args.without.rest(),
        segmented: args.segments,
        dynamic: args.dlo,
        dry_run: args.selection.dry_run,
    };
    let place = &args.place;
    if args.selection.recursive {
        if from_stdin {
            return Err(Failure::new(Exit::Usage, "stdin is no folder")
                .hint("put --recursive FOLDER ENV/PREFIX/"));
        }
        if !place.rest.is_empty() && !place.rest.ends_with('/') {
            return Err(Failure::new(
                Exit::Usage,
                format!("{place} would be glued to each file's path"),
            )
            .hint(format!("a folder ends in a slash: {place}/")));
        }
        let bucket = app.bucket(&place.environment).await?;
        let context = app.context().await?;
        let rail = rail(app, &context, &bucket).await?;
        app.announce_bucket(&bucket);
        let request = PutMany {
            folder: args.source,
            prefix: place.rest.clone(),
            filter: args.selection.filter(),
            options,
        };
        return Ok(answer_many(
            &put_many(&context, &bucket, &request, &rail).await?,
        ));
    }
    let (source, name) = if from_stdin {
        if place.rest.is_empty() || place.rest.ends_with('/') {
            return Err(
                Failure::new(Exit::Usage, "what comes from stdin has no name of its own")
                    .hint(format!("name the object: {}/NAME", place.environment)),
            );
        }
        (PutSource::Stream(stdin()), place.object())
    } else {
        let own = args.source.file_name().and_then(|name| name.to_str());
        (
            PutSource::File(args.source.clone()),
            place.object_for(own.unwrap_or_default()),
        )
    };
    let name = name.map_err(|error| unnamed(&error))?;
    let bucket = app.bucket(&place.environment).await?;
    let context = app.context().await?;
    let rail = rail(app, &context, &bucket).await?;
    app.announce_bucket(&bucket);
    Ok(answer_one(
        &put(&context, &bucket, source, &name, &options, &rail).await?,
    ))
}

/// stdin in pieces, by a thread of its own: the command must be able to end while nothing comes.
fn stdin() -> mpsc::Receiver<std::io::Result<Vec<u8>>> {
    let (sender, receiver) = mpsc::channel(4);
    std::thread::spawn(move || {
        let mut stdin = std::io::stdin().lock();
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut stdin).take(PIECE as u64).read_to_end(&mut piece);
            let ended = matches!(read, Ok(0) | Err(_));
            let piece = read.map(|_| piece);
            if piece.as_ref().is_ok_and(Vec::is_empty)
                || sender.blocking_send(piece).is_err()
                || ended
            {
                return;
            }
        }
    });
    receiver
}
