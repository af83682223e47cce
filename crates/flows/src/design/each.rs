//! Work on several objects: so many at once, each failure by itself.

use ferry_core::exit::Exit;
use serde::Serialize;

use super::named::shown;
use crate::{Context, Environment, Failure, lanes};

/// What became of several objects.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeReport {
    /// The exit code's meaning.
    #[serde(skip)]
    pub exit: Exit,
    /// The environment.
    pub environment: String,
    /// `activate`, `test`, `start` and so on.
    pub action: &'static str,
    /// The objects, in the order in which they were named.
    pub objects: Vec<ChangeRow>,
}

/// What became of one object.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeRow {
    /// The exit code's meaning, were it alone.
    #[serde(skip)]
    pub exit: Exit,
    /// Its id.
    pub id: String,
    /// The project it lives in.
    pub project: Option<String>,
    /// Its status now, as it came.
    pub status: Option<String>,
    /// Whether anything was done; not where it was so already.
    pub changed: bool,
    /// Why it is not what was asked for.
    pub problem: Option<String>,
}

impl ChangeRow {
    pub(super) fn new(project: Option<&str>, id: &str) -> Self {
        Self {
            exit: Exit::Done,
            id: id.to_owned(),
            project: project.map(str::to_owned),
            status: None,
            changed: false,
            problem: None,
        }
    }

    #[must_use]
    pub(super) fn status(mut self, status: impl Into<String>) -> Self {
        self.status = Some(status.into());
        self
    }

    #[must_use]
    pub(super) fn changed(mut self) -> Self {
        self.changed = true;
        self
    }

    #[must_use]
    pub(super) fn fails(mut self, exit: Exit, why: impl Into<String>) -> Self {
        self.exit = exit;
        self.problem = Some(why.into());
        self
    }

    /// How it is named: `[PROJECT/]ID`.
    pub fn name(&self) -> String {
        shown(self.project.as_deref(), &self.id)
    }
}

impl ChangeReport {
    pub(super) fn new(environment: &Environment, action: &'static str) -> Self {
        Self {
            exit: Exit::Done,
            environment: environment.name.to_string(),
            action,
            objects: Vec::new(),
        }
    }

    /// Carries the work out on each item, and adds the rows in the order of the items. Where the work as a whole ends
    /// early, what was done goes with the failure.
    pub(super) async fn carry_out<T, F>(
        &mut self,
        context: &Context,
        items: impl IntoIterator<Item = T>,
        work: impl Fn(T) -> F,
    ) -> Result<(), Failure>
    where
        F: Future<Output = Result<ChangeRow, Failure>>,
    {
        let works = async |(at, item)| Ok((at, work(item).await?));
        let mut rows = Vec::new();
        let done = |(at, row): (usize, ChangeRow)| {
            if let Some(problem) = &row.problem {
                context.warn(format!("{}: {problem}", row.name()));
            }
            rows.push((at, row));
            Ok(())
        };
        let ended = lanes::each(items.into_iter().enumerate(), works, done).await;
        rows.sort_by_key(|(at, _)| *at);
        self.objects.extend(rows.into_iter().map(|(_, row)| row));
        ended.map_err(|failure| failure.report(self))
    }

    /// The whole as it ended: what failed alone gives its own exit code, else the whole is partly done.
    pub(super) fn ended(mut self) -> Self {
        let first = self.objects.first().map_or(Exit::Done, |row| row.exit);
        let is_one = self.objects.iter().all(|row| row.exit == first);
        self.exit = if is_one { first } else { Exit::Partly };
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_of_several() {
        let of = |exits: &[Exit]| {
            let rows = exits.iter().map(|&exit| ChangeRow {
                exit,
                ..ChangeRow::new(None, "A")
            });
            let report = ChangeReport {
                exit: Exit::Done,
                environment: "test".to_owned(),
                action: "start",
                objects: rows.collect(),
            };
            report.ended().exit
        };
        assert_eq!(of(&[]), Exit::Done);
        assert_eq!(of(&[Exit::Done, Exit::Done]), Exit::Done);
        assert_eq!(of(&[Exit::Done, Exit::Conflict]), Exit::Partly);
        assert_eq!(of(&[Exit::Conflict, Exit::Conflict]), Exit::Conflict);
        assert_eq!(of(&[Exit::Conflict, Exit::No]), Exit::Partly);
    }
}
