//! Making and replacing lookups.

use ferry_core::exit::Exit;
use ferry_oic::{Lookup, LookupRef};

use super::table::of_csv;
use crate::design::SetReport;
use crate::import::refuse_protected;
use crate::{Context, Environment, Failure};

/// Puts the table of a CSV in its lookup, which is made where it is not there yet. The same table sends nothing.
pub async fn put(
    context: &Context,
    environment: &Environment,
    csv: &[u8],
) -> Result<SetReport, Failure> {
    refuse_protected(environment)?;
    let lookup = of_csv(csv).map_err(|why| {
        Failure::new(Exit::Usage, "this is no lookup as CSV")
            .evidence(why)
            .next("the first line is DVM,NAME,DESCRIPTION, the second has the columns; `ferry lookups get` writes one")
    })?;
    let name = &lookup.name;
    let which = LookupRef {
        name: name.clone(),
        project: None,
    };
    let instance = &environment.instance;
    let before = match context.unless_stopped(instance.lookup(&which)).await? {
        Ok(before) => Some(before),
        Err(error) if error.is_not_found() => None,
        Err(error) => {
            let what = format!("cannot look at {name} on {}", environment.name);
            return Err(Failure::instance(error, what));
        }
    };
    let created = before.is_none();
    let changed = match before {
        Some(before) => changed(&before, &lookup),
        None => ["description", "columns", "rows"].map(str::to_owned).into(),
    };
    if !changed.is_empty() {
        let verb = if created { "making" } else { "replacing" };
        context.step(format!("{verb} {name} on {}", environment.name));
        let sent = if created {
            context
                .unless_stopped(instance.create_lookup(&lookup))
                .await?
        } else {
            context
                .unless_stopped(instance.replace_lookup(&lookup))
                .await?
        };
        sent.map_err(|error| Failure::instance(error, format!("cannot put {name}")))?;
    }
    Ok(SetReport {
        exit: Exit::Done,
        environment: environment.name.to_string(),
        id: lookup.name,
        project: None,
        created,
        changed,
    })
}

/// The parts that differ.
fn changed(before: &Lookup, after: &Lookup) -> Vec<String> {
    let parts = [
        ("description", before.description == after.description),
        ("columns", before.columns == after.columns),
        ("rows", before.rows == after.rows),
    ];
    let parts = parts.into_iter().filter(|(_, same)| !same);
    parts.map(|(part, _)| part.to_owned()).collect()
}
