//! What is different between two plans for the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::value::Plan;

/// One thing that is not as it was when the plan was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Where: `integrations FINANCE/ORDERS|01.00.0000`, `source`.
    pub what: String,
    /// As the plan has it; `None`: it has no such thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// As it is now; `None`: there is no such thing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Value>,
}

impl Plan {
    /// What is different in a plan that was made later from the same source for the same target; nothing, exactly where
    /// both are equal.
    pub fn moved(&self, now: &Self) -> Vec<Moved> {
        let (before, now) = (parts(self), parts(now));
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        names
            .into_iter()
            .filter(|name| before.get(*name) != now.get(*name))
            .map(|name| Moved {
                what: name.clone(),
                before: before.get(name).cloned(),
                now: now.get(name).cloned(),
            })
            .collect()
    }
}

/// Every part of a plan by its name: a list's parts by what they are about.
fn parts(plan: &Plan) -> BTreeMap<String, Value> {
    let mut parts = BTreeMap::new();
    let Ok(Value::Object(sections)) = serde_json::to_value(plan) else {
        return parts;
    };
    for (section, value) in sections {
        let Value::Array(items) = value else {
            parts.insert(section, value);
            continue;
        };
        for item in items {
            let mut name = format!("{section} {}", name(&item));
            if parts.contains_key(&name) {
                // Two of one name, such as one that is turned off by two: each is told by the whole of it.
                name = format!("{name} {item}");
            }
            parts.insert(name, item);
        }
    }
    parts
}

/// What an item of a list is about; where nothing names it, the whole of it does.
fn name(item: &Value) -> String {
    let text = |key: &str| item.get(key).and_then(Value::as_str);
    let project = text("project").map(|project| format!("{project}/"));
    match (text("id").or(text("code")), text("what"), text("name")) {
        (Some(id), ..) => format!("{}{id}", project.unwrap_or_default()),
        (None, Some(what), Some(name)) => match text("needed-by") {
            Some(by) => format!("{what} {name} of {by}"),
            None => format!("{what} {name}"),
        },
        (None, None, Some(name)) => name.to_owned(),
        _ => item
            .as_str()
            .map_or_else(|| item.to_string(), str::to_owned),
    }
}

/// `integrations A|01.00.0000: fate was "new", is "unchanged"`.
impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.what)?;
        match (&self.before, &self.now) {
            (None, _) => f.write_str("it is new"),
            (_, None) => f.write_str("it is gone"),
            (Some(before), Some(now)) => {
                let mut told = Vec::new();
                tell("", before, now, &mut told);
                f.write_str(&told.join("; "))
            }
        }
    }
}

/// Value by value what is another now: `there status was "ACTIVATED", is "CONFIGURED"`.
fn tell(at: &str, before: &Value, now: &Value, told: &mut Vec<String>) {
    if let (Value::Object(before), Value::Object(now)) = (before, now) {
        let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
        for name in names {
            let at = format!("{at}{name} ");
            match (before.get(name), now.get(name)) {
                (Some(before), Some(now)) if before != now => tell(&at, before, now, told),
                (None, Some(now)) => told.push(format!("{at}was nothing, is {now}")),
                (Some(before), None) => told.push(format!("{at}was {before}, is nothing")),
                _ => {}
            }
        }
    } else if let (Some(before), Some(now)) = (named(before), named(now)) {
        let names: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
        for name in names {
            match (before.get(name), now.get(name)) {
                (Some(before), Some(now)) => tell(&format!("{at}{name} "), before, now, told),
                (None, _) => told.push(format!("{at}{name} is new")),
                (_, None) => told.push(format!("{at}{name} is gone")),
            }
        }
    } else {
        told.push(format!("{at}was {before}, is {now}"));
    }
}

/// A list by the names of its items, where each has one of its own and all are in the order of a plan.
fn named(list: &Value) -> Option<BTreeMap<&str, &Value>> {
    let items = list.as_array()?.iter();
    let named = items.map(|item| Some((item.get("name")?.as_str()?, item)));
    let named: Vec<_> = named.collect::<Option<_>>()?;
    let is_in_order = named.is_sorted_by(|(a, _), (b, _)| a < b);
    is_in_order.then(|| named.into_iter().collect())
}
