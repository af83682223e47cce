//! Makes the plan of a promotion, and sees that it may be carried out: every rail that stops before anything is changed.

use std::collections::BTreeSet;
use std::path::Path;

use ferry_core::exit::Exit;
use ferry_core::plan::{ActivateBy, Choice, Lacking, Plan, Saved, Stopped, Unapproved, Unknown};

use super::PromoteRequest;
use crate::inventory::Inventory;
use crate::journal::keep_beside;
use crate::plan::{fetched, made};
use crate::{ArchiveSource, Context, Environment, Failure, Storage, shell_word};

/// What came of it.
pub(super) enum Prepared {
    /// It is carried out; whether what is live is stopped meanwhile.
    Go(Box<Plan>, bool),
    /// It waits for an approval, in this file.
    Waits(Box<Saved>, String),
}

/// Where the archive is, and which storage holds it.
pub(super) struct Taken<'a> {
    pub(super) archive: &'a ArchiveSource,
    pub(super) holder: Option<&'a Storage>,
}

pub(super) async fn prepare(
    context: &Context,
    from: &Environment,
    to: &Environment,
    request: &PromoteRequest,
    taken: &Taken<'_>,
    folder: &Path,
) -> Result<Prepared, Failure> {
    let now = context.now();
    let given = request.plan.as_deref();
    if let (true, Some(given)) = (to.protected, given) {
        let approved = to.rails.approved(given, request.approve.as_deref(), now);
        approved.map_err(|why| {
            let failure = rail(format!("{} is protected, and {why}", to.name))
                .evidence(format!("the plan's fingerprint: {}", given.fingerprint));
            match why {
                Unapproved::Expired { .. } => failure.next(format!(
                    "make it anew, look at it, and approve that one: ferry plan {} {} --save FILE",
                    given.plan.target,
                    shell_word(&given.plan.source.name)
                )),
                Unapproved::None | Unapproved::Other => {
                    failure.next("look at the plan, and approve it: --approve FINGERPRINT")
                }
            }
        })?;
    }
    if !to.protected || given.is_some() {
        is_open(context, to)?;
    }
    let archived = fetched(context, to, taken.archive, taken.holder, folder).await;
    let archived = archived.map_err(|failure| match (given, failure.exit()) {
        (Some(_), Exit::No) => failure.exits(Exit::Rail).next("make the plan anew"),
        _ => failure,
    })?;
    let plan = made(context, to, archived, Some(from), request.limits.clone()).await?;
    let earlier = context.runs.earlier_imports(&to.identity)?;
    let saved = Saved::new(plan, now, earlier);
    match given {
        Some(given) => not_moved(given, &saved)?,
        None if to.protected => {
            let path = keep_beside(folder, "plan.json", saved.text().as_bytes())?;
            let path = path.display().to_string();
            return Ok(Prepared::Waits(Box::new(saved), path));
        }
        None => {}
    }
    let plan = saved.plan;
    if request.activate_by == ActivateBy::Job {
        no_older(to, &plan)?;
    }
    excepted(&request.untested, &plan)?;
    let stop = match Choice::stops(request.live, &plan, to.protected) {
        Ok(stop) => stop,
        Err(why) => return Err(live(to, &plan, &why)),
    };
    if to.protected {
        credentials(context, from, to, &plan).await?;
    }
    not_checkable(context, from, to, &plan).await?;
    Ok(Prepared::Go(Box::new(plan), stop))
}

fn rail(what: String) -> Failure {
    Failure::new(Exit::Rail, what)
}

/// Nothing is changed outside of the environment's windows.
pub(super) fn is_open(context: &Context, to: &Environment) -> Result<(), Failure> {
    if to.rails.is_open(context.now()) {
        return Ok(());
    }
    let windows: Vec<String> = to.rails.windows.iter().map(ToString::to_string).collect();
    Err(rail(format!("{} may not be changed at this time", to.name))
        .evidence(format!("its windows: {}", windows.join(", ")))
        .next("repeat the command in one of them: it goes on where it stopped"))
}

fn not_moved(given: &Saved, now: &Saved) -> Result<(), Failure> {
    let moved = given.plan.moved(&now.plan);
    if moved.is_empty() {
        return Ok(());
    }
    let what = format!(
        "{} or the archive has moved since the plan was made",
        given.plan.target
    );
    let failure = moved
        .iter()
        .fold(rail(what), |failure, it| failure.evidence(it.to_string()));
    Err(failure.next("make the plan anew, look at it, and approve that one"))
}

/// A name that is misspelt would except nothing.
fn excepted(untested: &BTreeSet<String>, plan: &Plan) -> Result<(), Failure> {
    let all = plan.connections.iter();
    let all: BTreeSet<String> = all
        .map(|one| named(one.project.as_deref(), &one.code))
        .collect();
    let Some(unknown) = untested.difference(&all).next() else {
        return Ok(());
    };
    let what = format!("--untested {unknown}: the archive brings no such connection");
    let code = unknown.rsplit('/').next().unwrap_or_default();
    let failure = Failure::new(Exit::Usage, what);
    let alike = all
        .iter()
        .filter(|name| name.rsplit('/').next() == Some(code));
    let alike: Vec<&str> = alike.map(String::as_str).collect();
    Err(if alike.is_empty() {
        failure.next("name it as the plan does: [PROJECT/]CODE")
    } else {
        failure.next(format!("is this meant: {}", alike.join(", ")))
    })
}

/// A job activates all that was active in the source, an older version in the place of a newer one as well.
fn no_older(to: &Environment, plan: &Plan) -> Result<(), Failure> {
    let older: Vec<String> = plan
        .against_a_job()
        .map(|one| named(one.project.as_deref(), &one.id.to_string()))
        .collect();
    if older.is_empty() {
        return Ok(());
    }
    let what = format!(
        "a job would activate what is older than the version that is active in {}",
        to.name
    );
    let failure = older.into_iter().fold(rail(what), Failure::evidence);
    Err(failure.next("leave it out: --activate-by=integration"))
}

fn live(to: &Environment, plan: &Plan, why: &Stopped) -> Failure {
    let what = format!(
        "{} of {} would be touched that are live today",
        match plan.live.len() {
            1 => "one integration".to_owned(),
            count => format!("{count} integrations"),
        },
        to.name
    );
    let failure = plan.live.iter().fold(rail(what), |failure, one| {
        let name = named(one.project.as_deref(), &one.id.to_string());
        failure.evidence(format!("{name} uses {}", one.connections.join(", ")))
    });
    let stop = "stop them meanwhile, and make them live again: --live=stop (requests that wait to be processed are lost)";
    match why {
        Stopped::Aborted => failure.next(stop),
        Stopped::Undecided => failure.next(stop).next("or leave it: --live=abort"),
    }
}

/// In a protected target every credential of a connection that is to be active is given or kept.
async fn credentials(
    context: &Context,
    from: &Environment,
    to: &Environment,
    plan: &Plan,
) -> Result<(), Failure> {
    let needed = plan.lacking.iter().filter_map(|lacking| match lacking {
        Lacking::Credential { name, needed_by } => {
            Some((needed_by, format!("{name} of {needed_by}")))
        }
        _ => None,
    });
    // What may be needed is not left to chance either.
    let unsure = plan.unknown.iter().filter_map(|unknown| match unknown {
        Unknown::Credentials(unsure) => Some((&unsure.needed_by, unsure.to_string())),
        _ => None,
    });
    let lacking: Vec<(&String, String)> = needed.chain(unsure).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let used = used(&Inventory::read(context, from).await?, plan);
    let lacking: Vec<String> = lacking
        .into_iter()
        .filter(|(connection, _)| used.as_ref().is_none_or(|used| used.contains(*connection)))
        .map(|(_, what)| what)
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let what = format!(
        "{} is protected, and nobody gives credentials of connections that are to be active",
        to.name
    );
    let failure = lacking.into_iter().fold(rail(what), Failure::evidence);
    Err(failure.next(format!(
        "state them in the overrides of {}, or say that those of the target stay: keep = [\"username\", \"password\"]",
        to.name
    )))
}

/// What cannot be read is accepted by name; files of connections that nothing active uses may be what they are.
async fn not_checkable(
    context: &Context,
    from: &Environment,
    to: &Environment,
    plan: &Plan,
) -> Result<(), Failure> {
    let mut unread = plan.not_checkable.iter().filter(|one| !one.accepted);
    let Some(first) = unread.next() else {
        return Ok(());
    };
    let used = used(&Inventory::read(context, from).await?, plan);
    let is_used = |connection: &String| used.as_ref().is_none_or(|used| used.contains(connection));
    let names: Vec<String> = std::iter::once(first)
        .chain(unread)
        .filter(|one| one.connection.as_ref().is_none_or(is_used))
        .map(|one| one.name.clone())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let what = "what comes along cannot be read, and may lead back to the source".to_owned();
    let accept = format!("accept = {names:?}");
    let failure = names.into_iter().fold(rail(what), Failure::evidence);
    Err(failure.next(format!(
        "in the overrides of {}, give files and rows of its own, or accept by name what is right: {accept}",
        to.name
    )))
}

/// The connections of what is to be active, `[PROJECT/]CODE`; `None` where an integration does not tell its own.
fn used(source: &Inventory, plan: &Plan) -> Option<BTreeSet<String>> {
    let mut used = BTreeSet::new();
    for one in plan.integrations.iter().filter(|one| one.activate) {
        let project = one.project.as_deref();
        let known = source.integration(project, &one.id.to_string())?;
        if known.connections.is_empty() {
            return None;
        }
        for code in &known.connections {
            let connection = source.connection(project, code.as_str());
            let project = connection.and_then(|it| it.project.as_deref());
            used.insert(named(project, code.as_str()));
        }
    }
    used.extend(
        plan.live
            .iter()
            .flat_map(|one| one.connections.iter().cloned()),
    );
    Some(used)
}

pub(super) fn named(project: Option<&str>, id: &str) -> String {
    project.map_or_else(|| id.to_owned(), |project| format!("{project}/{id}"))
}
