//! Containers made anew, where not all of one came in or not all of one stays.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{Entries, Unreadable, containers, integration, zip};

/// The container `base` without the integrations that `keep` names, and with those files of them that `from` holds.
///
/// A package is a zip of its members' own `.iar`, which go along byte for byte. In a project and in an `.iar` an
/// integration is a folder, and the file of its schedule. All else is that of `base`: an asset list in it is not
/// written anew.
///
/// # Errors
///
/// One of the two cannot be read.
pub(crate) fn merged(
    base: &[u8],
    from: Option<&[u8]>,
    keep: &BTreeSet<String>,
    now: Timestamp,
) -> Result<Vec<u8>, Unreadable> {
    let mut entries = zip::read(base)?;
    for (_, names) in integrations(&entries)?
        .iter()
        .filter(|(id, _)| keep.contains(*id))
    {
        for name in names {
            entries.remove(name);
        }
    }
    if let Some(from) = from {
        let mut own = zip::read(from)?;
        for (_, names) in integrations(&own)?
            .iter()
            .filter(|(id, _)| keep.contains(*id))
        {
            for name in names {
                if let Some(content) = own.remove(name) {
                    entries.insert(name.clone(), content);
                }
            }
        }
    }
    let entries: Vec<(String, Vec<u8>)> = entries.into_iter().collect();
    zip::write(&entries, now)
}

/// The entries that are an integration's own, by `CODE|VERSION`.
fn integrations(entries: &Entries) -> Result<BTreeMap<String, Vec<String>>, Unreadable> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (prefix, schedules) in [
        ("project/integrations/", "project/schedules/"),
        ("icspackage/project/", "icspackage/schedule/"),
    ] {
        for root in containers::roots(entries, prefix) {
            let id = integration::read(&root, entries)?.id();
            let folder = root
                .trim_end_matches('/')
                .rsplit('/')
                .next()
                .unwrap_or_default();
            let schedule = format!("{schedules}Schedule_{folder}.xml");
            let own = entries
                .keys()
                .filter(|name| name.starts_with(&root) || **name == schedule);
            out.entry(id).or_default().extend(own.cloned());
        }
    }
    if !entries.contains_key(containers::PACKAGE) {
        return Ok(out);
    }
    for (name, bytes) in entries
        .iter()
        .filter(|(name, _)| containers::is_member(name))
    {
        let inner = zip::read(bytes).map_err(|e| Unreadable::from_error(name, &e))?;
        for id in integrations(&inner)?.into_keys() {
            out.entry(id).or_default().push(name.clone());
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{self, Recognised};
    use crate::generate::{self, IntegrationPlan};

    fn plans(revision: u32, codes: &[&str]) -> Vec<IntegrationPlan> {
        let plan = |code: &&str| {
            let mut plan = IntegrationPlan::new(code, "01.00.0000", code, &["STATUS_API"]);
            plan.revision = revision;
            plan.scheduled = *code == "B";
            plan
        };
        codes.iter().map(plan).collect()
    }

    fn digests(bytes: &[u8]) -> BTreeMap<String, String> {
        let facts = match artifact::read(bytes).unwrap() {
            Recognised::Project { carried, .. } => carried.integrations,
            Recognised::Package { members, .. } => members
                .into_iter()
                .flat_map(|m| m.carried.integrations)
                .collect(),
            other => panic!("{other:?}"),
        };
        facts.into_iter().map(|f| (f.id(), f.digest)).collect()
    }

    #[test]
    fn what_is_kept_is_as_it_was_and_the_rest_as_it_came() {
        let mut rng = fastrand::Rng::with_seed(1);
        let keep = BTreeSet::from(["B|01.00.0000".to_owned(), "X|01.00.0000".to_owned()]);
        let (new, old) = (plans(2, &["A", "B", "C"]), plans(1, &["A", "B", "X"]));
        let containers = [
            (
                generate::project(&mut rng, "P", "P", &new).unwrap(),
                generate::project(&mut rng, "P", "P", &old).unwrap(),
            ),
            (
                generate::package(&mut rng, "p", &new).unwrap(),
                generate::package(&mut rng, "p", &old).unwrap(),
            ),
        ];
        for (new, old) in containers {
            let now = Timestamp::UNIX_EPOCH;
            let both = digests(&merged(&new, Some(&old), &keep, now).unwrap());
            let (new_ones, old_ones) = (digests(&new), digests(&old));
            let of = |id: &str| both.get(&format!("{id}|01.00.0000")).cloned();
            let was = |all: &BTreeMap<String, String>, id: &str| {
                all.get(&format!("{id}|01.00.0000")).cloned()
            };
            assert_eq!(of("A"), was(&new_ones, "A"));
            assert_eq!(of("B"), was(&old_ones, "B"));
            assert_eq!(of("C"), was(&new_ones, "C"));
            assert_eq!(of("X"), was(&old_ones, "X"));
            assert_ne!(was(&new_ones, "B"), was(&old_ones, "B"));
            assert_eq!(both.len(), 4);

            let less = digests(&merged(&old, None, &keep, now).unwrap());
            assert_eq!(less.keys().collect::<Vec<_>>(), ["A|01.00.0000"]);
        }
    }
}
