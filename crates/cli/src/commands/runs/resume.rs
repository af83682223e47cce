//! `ferry runs resume`: everything that the run's command said is beside its journal.

use std::time::Duration;

use ferry_core::exit::Exit;
use ferry_core::ids::EnvironmentName;
use ferry_flows::{Asked, Environment};

use crate::app::App;
use crate::args::Assumption;
use crate::commands::{export, import, plan, promote};
use crate::failure::Failure;
use crate::output::Outcome;

/// Runs the command.
pub(super) async fn run(
    app: &App,
    id: &str,
    assume: Option<Assumption>,
    timeout: Option<Duration>,
) -> Result<Outcome, Failure> {
    let mut context = app.context().await?;
    let (names, asked) = context.runs.asked(id)?;
    let assume = assume.map(|assumption| assumption == Assumption::Started);
    context.runs = context.runs.resuming(id, assume);
    let names = names.into_iter().map(EnvironmentName::try_from);
    let names: Vec<EnvironmentName> = names.collect::<Result<_, _>>().map_err(|error| {
        Failure::new(Exit::Disk, format!("run {id} names no environment")).because(&error)
    })?;
    let ready = |mut environment: Environment| {
        environment.polling.deadline = timeout.unwrap_or(environment.polling.deadline);
        app.announce(&environment);
        environment
    };
    match (asked, names.as_slice()) {
        (Asked::Export(request), [of]) => {
            let of = ready(app.environment(of).await?);
            export::carry_out(&context, &of, &request).await
        }
        (Asked::Import(request), [into]) => {
            let holder = plan::holder(app, &request.archive, into).await?;
            let into = ready(app.environment(into).await?);
            import::carry_out(&context, &into, holder.as_ref(), &request).await
        }
        (Asked::Promote(request), [from, to]) => {
            let holder = match &request.archive {
                Some(archive) => plan::holder(app, archive, to).await?,
                None => None,
            };
            let from = ready(app.environment(from).await?);
            let to = ready(app.environment_with_overrides(to).await?);
            let done = promote::carry_out(&context, &from, &to, holder.as_ref(), &request);
            done.await.map(|report| promote::told(&report))
        }
        _ => Err(Failure::new(
            Exit::Disk,
            format!("run {id} was asked for by no command of this version"),
        )),
    }
}
