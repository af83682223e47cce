//! How an object is named, and which of those that are there is meant.

use std::fmt;
use std::str::FromStr;

use ferry_core::exit::Exit;

use crate::{Environment, Failure};

/// How many that fit a message names.
const SHOWN: usize = 8;

/// A design-time object by its name: `[PROJECT/]NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The id of the project it lives in.
    pub project: Option<String>,
    /// Its id or code.
    pub name: String,
}

impl FromStr for Named {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (project, name) = match text.split_once('/') {
            Some((project, name)) => (Some(project), name),
            None => (None, text),
        };
        let is_name = |part: &str| {
            !part.trim().is_empty() && !part.contains('/') && !part.contains(char::is_control)
        };
        if is_name(name) && project.is_none_or(is_name) {
            Ok(Self {
                project: project.map(str::to_owned),
                name: name.to_owned(),
            })
        } else {
            Err("it must look like NAME, or PROJECT/NAME for what lives in a project".to_owned())
        }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(self.project.as_deref(), &self.name))
    }
}

/// How something is named that lives there.
pub(super) fn shown(project: Option<&str>, id: &str) -> String {
    match project {
        Some(project) => format!("{project}/{id}"),
        None => id.to_owned(),
    }
}

/// The one that is meant. With no project named, what lives in none goes before what lives in one.
pub(super) fn meant<'a, T>(
    environment: &Environment,
    kind: &str,
    named: &Named,
    all: &'a [T],
    place: impl Fn(&T) -> (Option<&str>, String),
    fits: impl Fn(&T) -> bool,
) -> Result<&'a T, Failure> {
    let here = |one: &&T| match &named.project {
        Some(project) => place(one).0 == Some(project.as_str()),
        None => true,
    };
    let fitting: Vec<&T> = all.iter().filter(|one| fits(one)).filter(here).collect();
    let free: Vec<&T> = fitting
        .iter()
        .copied()
        .filter(|one| place(one).0.is_none())
        .collect();
    let fitting = if free.is_empty() { fitting } else { free };
    match fitting.as_slice() {
        [one] => Ok(one),
        [] => Err(Failure::new(
            Exit::No,
            format!("{} has no {kind} {named}", environment.name),
        )),
        several => {
            let mut failure = Failure::new(
                Exit::Usage,
                format!("{named} is more than one {kind} of {}", environment.name),
            );
            for one in several.iter().take(SHOWN) {
                let (project, id) = place(one);
                failure = failure.evidence(shown(project, &id));
            }
            Err(failure.next("name one of them in full"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_there_and_back() {
        for text in ["ORDERS", "ORDERS|01.00.0000", "LAB/ORDERS|01.00.0000"] {
            assert_eq!(text.parse::<Named>().unwrap().to_string(), text);
        }
        for text in ["", " ", "/A", "A/", "A/B/C", "A\n"] {
            assert!(text.parse::<Named>().is_err(), "{text:?}");
        }
    }
}
