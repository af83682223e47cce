//! Having the service try connections.

use ferry_core::exit::Exit;
use ferry_oic::Connection;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use super::{find, reference};
use crate::design::each::{ChangeReport, ChangeRow};
use crate::design::list::all;
use crate::design::named::Named;
use crate::failure::instance_exit;
use crate::follow::chain;
use crate::lanes::LANES;
use crate::{Context, Environment, Failure};

/// Tests connections, or all where none is named. One that does not work is exit 1, some of several exit 3. Nothing of
/// the design is changed, so a protected environment does not refuse it.
pub async fn test(
    context: &Context,
    environment: &Environment,
    named: &[Named],
) -> Result<ChangeReport, Failure> {
    let found: Vec<Connection> = if named.is_empty() {
        all(
            context,
            environment,
            environment.instance.connection_pages(),
        )
        .await?
    } else {
        stream::iter(named)
            .map(|one| find(context, environment, one))
            .buffered(LANES)
            .try_collect()
            .await?
    };
    let mut report = ChangeReport::new(environment, "test");
    let work = async |one: Connection| {
        let row = ChangeRow::new(one.project.as_deref(), one.id.as_str());
        let which = reference(&one);
        let tested = environment.instance.test_connection(&which);
        Ok(match context.unless_stopped(tested).await? {
            Ok(result) if result.ok => row.status(result.status),
            Ok(result) => {
                let why = result.details.unwrap_or_else(|| result.status.clone());
                row.status(result.status).fails(Exit::No, why)
            }
            Err(error) => row.fails(instance_exit(&error), chain(&error)),
        })
    };
    report.carry_out(context, found, work).await?;
    Ok(report.ended())
}
