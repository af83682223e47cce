//! Two sets of artifacts: which of one is which of the other.

use std::collections::{BTreeMap, BTreeSet};

use ferry_core::model::{ArtifactDifference, ArtifactKind, Change, Difference, Identity, Section};

/// An artifact is known by its project and its identity.
pub(crate) type Key = (Option<String>, Identity);

/// Whether two things are one.
pub(super) type Test<'t, T> = dyn Fn(&T, &T) -> bool + 't;

/// Two artifacts that are one and differ, or one that is in one set only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) before: Option<Key>,
    pub(crate) after: Option<Key>,
    /// Whether it went into a project, out of one, or from one to another.
    pub(crate) moved: bool,
}

/// What is to be compared, by the fingerprints of two sets: what is equal is not in it. Without `projects` one of the
/// two cannot tell which project something is of.
pub(crate) fn pairs(
    before: &BTreeMap<Key, String>,
    after: &BTreeMap<Key, String>,
    projects: bool,
) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut left: Vec<&Key> = before
        .keys()
        .filter(|key| !after.contains_key(key))
        .collect();
    let mut right: Vec<&Key> = after
        .keys()
        .filter(|key| !before.contains_key(key))
        .collect();
    let both = before
        .iter()
        .filter_map(|(key, print)| Some((key, print, after.get(key)?)));
    for (key, _, _) in both.filter(|(_, a, b)| a != b) {
        found.push(Pair {
            before: Some(key.clone()),
            after: Some(key.clone()),
            moved: false,
        });
    }
    // The same in another kind of container, then the same in another version, then both.
    let same = |a: &Key, b: &Key| a.1 == b.1;
    let version = |a: &Key, b: &Key| a.0 == b.0 && unversioned(&a.1) == unversioned(&b.1);
    let either = |a: &Key, b: &Key| unversioned(&a.1) == unversioned(&b.1);
    // What nobody knows is known by its place, and that differs between containers.
    let file = |id: &Identity| id.name.rsplit(['/', '!']).next().map(str::to_owned);
    let unknown = |a: &Key, b: &Key| {
        let kinds = [a.1.kind, b.1.kind];
        kinds == [ArtifactKind::Unknown; 2] && file(&a.1) == file(&b.1)
    };
    let equal = |a: &Key, b: &Key| unknown(a, b) && before.get(a) == after.get(b);
    let tests: [&Test<'_, Key>; 5] = [&same, &version, &either, &equal, &unknown];
    for test in tests {
        left.retain(|a| {
            let Some(at) = right.iter().position(|b| test(a, b)) else {
                return true;
            };
            let b = right.remove(at);
            let moved = projects && a.0 != b.0;
            if moved || before.get(*a) != after.get(b) {
                found.push(Pair {
                    before: Some((*a).clone()),
                    after: Some(b.clone()),
                    moved,
                });
            }
            false
        });
    }
    found.extend(left.into_iter().map(|key| Pair {
        before: Some(key.clone()),
        after: None,
        moved: false,
    }));
    found.extend(right.into_iter().map(|key| Pair {
        before: None,
        after: Some(key.clone()),
        moved: false,
    }));
    found.sort_by(|a, b| a.name().cmp(&b.name()));
    found
}

fn unversioned(id: &Identity) -> (ArtifactKind, &str) {
    (id.kind, &id.name)
}

impl Pair {
    fn name(&self) -> Option<&Key> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// The differences of all pairs, told once: what follows from the coming, going or new version of another artifact is
/// left out where lists of members repeat it.
pub(crate) fn told(compared: Vec<(Pair, Vec<Difference>)>) -> Vec<ArtifactDifference> {
    let explained = explained(compared.iter().map(|(pair, _)| pair));
    let mut all: Vec<ArtifactDifference> = Vec::new();
    for (pair, mut differences) in compared {
        let (was, now) = (pair.before, pair.after);
        let Some(((project, artifact), change)) = now
            .clone()
            .map(|key| {
                (
                    key,
                    if was.is_some() {
                        Change::Changed
                    } else {
                        Change::Added
                    },
                )
            })
            .or_else(|| Some((was.clone()?, Change::Removed)))
        else {
            continue;
        };
        let follows = artifact.kind == ArtifactKind::Schedule;
        let explains = |change| follows && explained.contains(&schedule_of(&artifact, change));
        if let Some((old, _)) = was
            .as_ref()
            .filter(|_| pair.moved && !explains(Change::Added))
        {
            differences.push(project_changed(old.as_deref(), project.as_deref()));
        }
        differences
            .retain(|it| !(holds_members(artifact.kind) && explained.contains(&mention(it))));
        if differences.is_empty() && change == Change::Changed {
            continue;
        }
        if change != Change::Changed && explains(change) {
            continue;
        }
        let was = was
            .map(|(_, id)| id)
            .filter(|id| change == Change::Changed && *id != artifact);
        let one = ArtifactDifference {
            artifact,
            was,
            projects: vec![project],
            change,
            differences,
        };
        // The same change of the same thing in another project is told once.
        match all.iter_mut().find(|known| is_same(known, &one)) {
            Some(known) => known.projects.extend(one.projects),
            None => all.push(one),
        }
    }
    all
}

fn is_same(a: &ArtifactDifference, b: &ArtifactDifference) -> bool {
    a.artifact == b.artifact
        && a.was == b.was
        && a.change == b.change
        && a.differences == b.differences
}

fn project_changed(old: Option<&str>, new: Option<&str>) -> Difference {
    Difference {
        section: Section::State,
        path: vec!["project".to_owned()],
        change: match (old, new) {
            (None, _) => Change::Added,
            (_, None) => Change::Removed,
            _ => Change::Changed,
        },
        before: old.map(str::to_owned),
        after: new.map(str::to_owned),
        files: None,
    }
}

fn holds_members(kind: ArtifactKind) -> bool {
    matches!(kind, ArtifactKind::Project | ArtifactKind::Deployment)
}

/// What a list of members may say of an artifact: which one, and its version before and after.
type Mention = (String, Option<String>, Option<String>);

fn mention(difference: &Difference) -> Mention {
    (
        difference.path.join("/"),
        difference.before.clone(),
        difference.after.clone(),
    )
}

/// A schedule comes and goes with its integration.
fn schedule_of(schedule: &Identity, change: Change) -> Mention {
    let version = Some(schedule.version.clone().unwrap_or_default());
    let path = format!("member {} {}", ArtifactKind::Integration, schedule.name);
    if change == Change::Added {
        (path, None, version)
    } else {
        (path, version, None)
    }
}

fn explained<'p>(pairs: impl Iterator<Item = &'p Pair>) -> BTreeSet<Mention> {
    let of = |key: &Option<Key>| {
        key.as_ref()
            .map(|(_, id)| id.version.clone().unwrap_or_default())
    };
    let mut all = BTreeSet::new();
    for pair in pairs {
        let Some((_, id)) = pair.name() else { continue };
        let member = format!("member {} {}", id.kind, id.name);
        let (before, after) = (of(&pair.before), of(&pair.after));
        if pair.moved {
            // One list had it, another has it.
            all.insert((member.clone(), before.clone(), None));
            all.insert((member.clone(), None, after.clone()));
        }
        if before != after {
            all.insert((member, before, after));
        }
    }
    all
}
