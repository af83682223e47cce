//! Turning one integration on or off, and waiting until it is so.

use std::time::Duration;

use ferry_core::exit::Exit;
use ferry_core::model::Tracing;
use ferry_oic::IntegrationRef;
use tokio::time::Instant;

use crate::failure::instance_exit;
use crate::follow::{chain, span};
use crate::{Context, Environment, Failure};

/// The status of an active integration (documented, oic-api 2.1).
pub(crate) const ACTIVE: &str = "ACTIVATED";
/// That of one that is not.
const CONFIGURED: &str = "CONFIGURED";
pub(crate) const FAILED: &str = "FAILEDACTIVATION";
/// How long it may take before it is left behind; the service states no figure (assumed).
const PATIENCE: Duration = Duration::from_secs(600);

/// What became of an integration.
pub(crate) struct Switched {
    /// Its status, as it came last.
    pub(crate) status: String,
    /// Why it is not what was asked for.
    pub(crate) problem: Option<(Exit, String)>,
}

impl Switched {
    fn done(status: &str) -> Self {
        Self {
            status: status.to_owned(),
            problem: None,
        }
    }

    fn not(status: &str, exit: Exit, why: String) -> Self {
        Self {
            status: status.to_owned(),
            problem: Some((exit, why)),
        }
    }
}

/// Activates an integration whose status is `before`, traced so, and waits for it.
pub(crate) async fn activate(
    context: &Context,
    environment: &Environment,
    which: &IntegrationRef,
    before: &str,
    tracing: Tracing,
) -> Result<Switched, Failure> {
    let instance = &environment.instance;
    let asked = context
        .unless_stopped(instance.activate(which, tracing))
        .await?;
    if let Some(refused) = refusal(asked, before, "activated") {
        return Ok(refused);
    }
    let look = async || instance.activation_status(which).await;
    let ends = [ACTIVE, FAILED];
    let settled = settled(context, environment, which, before, &ends, look).await?;
    if settled.status != FAILED || settled.problem.is_some() {
        return Ok(settled);
    }
    let why = context
        .unless_stopped(instance.activation_errors(which))
        .await?;
    let why = why.ok().flatten();
    let why = why.unwrap_or_else(|| "the service gives no reason".to_owned());
    Ok(Switched::not(FAILED, Exit::Partly, why))
}

/// Deactivates an integration whose status is `before`, its schedule included, and waits for it. No call tells how far
/// that is, so the integration itself is looked at.
pub(crate) async fn deactivate(
    context: &Context,
    environment: &Environment,
    which: &IntegrationRef,
    before: &str,
) -> Result<Switched, Failure> {
    let instance = &environment.instance;
    let asked = context.unless_stopped(instance.deactivate(which)).await?;
    if let Some(refused) = refusal(asked, before, "deactivated") {
        return Ok(refused);
    }
    let look = async || Ok(instance.integration(which).await?.status);
    settled(context, environment, which, before, &[CONFIGURED], look).await
}

/// Looks at the status until it is one of `ends`, of which the first is the one that is wanted.
async fn settled(
    context: &Context,
    environment: &Environment,
    which: &IntegrationRef,
    before: &str,
    ends: &[&str],
    look: impl AsyncFn() -> Result<String, ferry_oic::Error>,
) -> Result<Switched, Failure> {
    let began = Instant::now();
    let mut last = before.to_owned();
    loop {
        match context.unless_stopped(look()).await? {
            Ok(status) if ends.contains(&status.as_str()) => return Ok(Switched::done(&status)),
            Ok(status) => last = status,
            Err(error) => context.warn(format!(
                "the status of {} cannot be read: {}",
                which.id,
                chain(&error)
            )),
        }
        if began.elapsed() >= PATIENCE {
            let wanted = ends.first().copied().unwrap_or_default();
            let why = format!("it is not {wanted} after {}", span(PATIENCE));
            return Ok(Switched::not(&last, Exit::TimedOut, why));
        }
        context.wait(environment.polling.min).await?;
    }
}

/// A request that was not carried out. After one that may have been, the status tells.
fn refusal(asked: Result<String, ferry_oic::Error>, before: &str, done: &str) -> Option<Switched> {
    let error = asked.err()?;
    if error.http().is_some_and(ferry_http::Error::maybe_done) {
        return None;
    }
    let why = format!("it cannot be {done}: {}", chain(&error));
    Some(Switched::not(before, instance_exit(&error), why))
}
