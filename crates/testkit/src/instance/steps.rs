//! What the steps of a flow refer to.

use std::collections::BTreeSet;

use super::description::{Action, Description, Endpoint, Integration, Trigger};

/// Every action of the list and of those below it, in order.
pub(super) fn every<'a>(actions: &'a [Action], each: &mut dyn FnMut(&'a Action)) {
    for action in actions {
        each(action);
        for below in below(action) {
            every(below, each);
        }
    }
}

fn below(action: &Action) -> Vec<&[Action]> {
    match action {
        Action::Route(branches) => branches.iter().map(|b| b.actions.as_slice()).collect(),
        Action::Each { actions, .. } | Action::While { actions, .. } => vec![actions],
        Action::Scope {
            actions, handlers, ..
        } => {
            let handled = handlers.iter().map(|h| h.actions.as_slice());
            std::iter::once(actions.as_slice()).chain(handled).collect()
        }
        Action::Parallel { branches, .. } => branches.iter().map(|(_, a)| a.as_slice()).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn trigger(trigger: &Trigger) -> Option<&Endpoint> {
    match trigger {
        Trigger::Request(end) | Trigger::OneWay(end) | Trigger::Event(end) => Some(end),
        Trigger::Schedule => None,
    }
}

/// What an integration needs: the codes of its connections, the names of its lookups, its libraries, and whether it
/// calls another integration.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) connections: BTreeSet<String>,
    pub(super) lookups: BTreeSet<String>,
    pub(super) libraries: BTreeSet<(String, String)>,
    pub(super) calls: bool,
}

pub(super) fn needs(it: &Integration) -> Needs {
    let mut needs = Needs::default();
    let mut texts: Vec<&str> = Vec::new();
    if let Some(end) = trigger(&it.trigger) {
        needs.connections.insert(end.connection.clone());
    }
    every(&it.flow, &mut |action| match action {
        Action::Invoke(end) => {
            needs.connections.insert(end.connection.clone());
        }
        Action::Call { .. } => needs.calls = true,
        Action::Script {
            library, version, ..
        } => {
            needs.libraries.insert((library.clone(), version.clone()));
        }
        Action::Map { fields, .. } => texts.extend(fields.iter().map(|f| f.select.as_str())),
        Action::Assign { variables, .. } => {
            texts.extend(variables.iter().map(|v| v.expression.as_str()));
        }
        Action::Log { message, .. } => texts.push(message),
        _ => {}
    });
    for text in texts {
        for after in text.split("lookupValue('").skip(1) {
            needs
                .lookups
                .extend(after.split('\'').next().map(str::to_owned));
        }
    }
    needs
}

/// The adapter of a connection.
pub(super) fn adapter<'a>(whole: &'a Description, code: &str) -> &'a str {
    let mut all = whole.connections.iter();
    all.find(|it| it.code == code)
        .map_or("rest", |it| it.adapter.as_str())
}
