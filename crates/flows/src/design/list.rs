//! Listing, page by page.

use ferry_core::exit::Exit;
use ferry_oic::Pages;
use serde::Serialize;

use crate::{Context, Environment, Failure};

/// What a listing came to; its rows were shown.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ListReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The environment.
    pub environment: String,
    /// How many there are.
    pub count: u64,
}

/// Lists. Each page goes to `show` as it comes, and is not kept; false is the end.
pub async fn list<T>(
    context: &Context,
    environment: &Environment,
    mut pages: Pages<T>,
    mut show: impl FnMut(&[T]) -> bool,
) -> Result<ListReport, Failure> {
    let mut report = ListReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        count: 0,
    };
    while let Some(page) = context
        .unless_stopped(pages.next())
        .await?
        .map_err(|error| unlisted(environment, error))?
    {
        report.count += page.len() as u64;
        if !show(&page) {
            break;
        }
    }
    Ok(report)
}

/// All of a listing, held in memory.
pub(super) async fn all<T>(
    context: &Context,
    environment: &Environment,
    pages: Pages<T>,
) -> Result<Vec<T>, Failure> {
    let all = context.unless_stopped(pages.all()).await?;
    all.map_err(|error| unlisted(environment, error))
}

pub(super) fn unlisted(environment: &Environment, error: ferry_oic::Error) -> Failure {
    Failure::instance(
        error,
        format!("cannot read what {} holds", environment.name),
    )
}
