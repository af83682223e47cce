//! Lookups: which is meant, and its table as a file.

mod put;
mod table;

pub use put::put;
pub use table::to_csv;

use std::path::Path;

use ferry_core::exit::Exit;
use ferry_oic::{Lookup, LookupRef};
use serde::Serialize;

use super::file::{Coming, FileReport};
use super::list::{all, unlisted};
use super::named::{Named, meant};
use crate::{Context, Environment, Failure};

/// A lookup as it is listed.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LookupFacts {
    /// Its name.
    pub name: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// Free text.
    pub description: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// How many rows it has, where the service tells.
    pub count: Option<u64>,
}

/// A lookup with its rows.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LookupTable {
    /// What a list tells.
    #[serde(flatten)]
    pub facts: LookupFacts,
    /// Its rows, as they are: a program reads them, no spreadsheet.
    pub rows: Vec<Vec<String>>,
}

impl From<&Lookup> for LookupFacts {
    fn from(one: &Lookup) -> Self {
        Self {
            name: one.name.clone(),
            project: one.project.clone(),
            description: one.description.clone(),
            columns: one.columns.clone(),
            count: one.count,
        }
    }
}

impl From<&Lookup> for LookupTable {
    fn from(one: &Lookup) -> Self {
        Self {
            facts: one.into(),
            rows: one.rows.clone().unwrap_or_default(),
        }
    }
}

/// The lookup that is meant, `[PROJECT/]NAME`, with its rows.
pub async fn find(
    context: &Context,
    environment: &Environment,
    named: &Named,
) -> Result<Lookup, Failure> {
    let ask = async |which: &LookupRef| {
        let asked = environment.instance.lookup(which);
        context.unless_stopped(asked).await
    };
    let unread = |error| unlisted(environment, error);
    let which = LookupRef {
        name: named.name.clone(),
        project: named.project.clone(),
    };
    let found = match ask(&which).await? {
        Err(error) if error.is_not_found() => {
            let all = all(context, environment, environment.instance.lookup_pages()).await?;
            let one = meant(
                environment,
                "lookup",
                named,
                &all,
                |one| (one.project.as_deref(), one.name.clone()),
                |one| one.name == named.name,
            )?;
            let which = LookupRef {
                name: one.name.clone(),
                project: one.project.clone(),
            };
            ask(&which).await?.map_err(unread)?
        }
        found => found.map_err(unread)?,
    };
    if found.rows.is_none() {
        let what = format!("{} does not tell the rows of {named}", environment.name);
        return Err(Failure::new(Exit::Unavailable, what));
    }
    Ok(found)
}

/// Writes a lookup as CSV to a file, or to a file of its name in a folder.
pub async fn get(
    environment: &Environment,
    lookup: &Lookup,
    target: &Path,
    overwrite: bool,
) -> Result<FileReport, Failure> {
    let mut coming = Coming::begin(target, &format!("{}.csv", lookup.name), overwrite)?;
    coming.write(&to_csv(lookup)?)?;
    let (file, bytes) = coming.place().await?;
    Ok(FileReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: Some(lookup.name.clone()),
        project: lookup.project.clone(),
        file: file.display().to_string(),
        bytes,
        replaced: false,
    })
}
