//! What of two sides is compared with what.

use std::collections::BTreeMap;

use ferry_core::model::ArtifactKind;

use super::Survey;
use crate::diff::Key;

/// Fingerprints by what they are of.
pub(super) type Prints = BTreeMap<Key, String>;

/// How much of an instance an archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope<'s> {
    /// One artifact.
    Artifact,
    /// An `.iar`: one integration, and what it needs.
    Integration,
    /// A `.par`: the package of this name, and what it needs.
    Package(&'s str),
    /// A `.car`: the project of this code.
    Project(&'s str),
    /// Anything.
    Whole,
}

impl<'s> Scope<'s> {
    pub(super) fn of(survey: &'s Survey) -> Self {
        let inventory = &survey.inventory;
        let package = inventory.packages.iter().find(|it| {
            let mut places = it.places.iter();
            places.any(|place| !place.contains(['/', '!']))
        });
        let project = inventory
            .projects
            .iter()
            .find(|it| it.places.iter().any(|place| place == "project"));
        let is_iar = |places: &[String]| {
            let mut places = places.iter();
            places.any(|place| place.starts_with("icspackage/"))
        };
        match (survey.records.as_slice(), package, project) {
            ([_], ..) => Self::Artifact,
            (_, _, Some(project)) => Self::Project(&project.code),
            (_, Some(package), _) => Self::Package(&package.name),
            _ => match inventory.integrations.as_slice() {
                [one] if is_iar(&one.places) => Self::Integration,
                _ => Self::Whole,
            },
        }
    }

    /// Whether it tells which project something is of.
    pub(super) fn knows_projects(self) -> bool {
        matches!(self, Self::Project(_) | Self::Whole)
    }

    fn rank(self) -> u8 {
        match self {
            Self::Artifact => 0,
            Self::Integration => 1,
            Self::Package(_) | Self::Project(_) => 2,
            Self::Whole => 3,
        }
    }

    /// Whether it says that something is not there, by not holding what the other archive has under this key.
    pub(super) fn misses(self, (project, id): &Key, other: &Survey, scope: Scope<'_>) -> bool {
        let all = &other.inventory.integrations;
        if self.rank() >= scope.rank() || (self == Self::Integration && all.len() < 2) {
            return true;
        }
        match self {
            Self::Package(name) => all.iter().any(|it| {
                let own = id.kind == ArtifactKind::Integration
                    && it.project == *project
                    && it.code == id.name
                    && Some(&it.version) == id.version.as_ref();
                own && it.package.as_deref() == Some(name)
            }),
            Self::Project(code) => project.as_deref() == Some(code),
            _ => false,
        }
    }
}

/// What is known by its place alone is the same elsewhere where it has the same content.
pub(super) fn drop_found_elsewhere(old: &mut Prints, new: &mut Prints) {
    let unknown = |side: &Prints, other: &Prints| {
        let mut found: BTreeMap<String, Vec<Key>> = BTreeMap::new();
        for (key, print) in side {
            if known_by_place(key.1.kind) && !other.contains_key(key) {
                let keys = found.entry(print.clone()).or_default();
                keys.push(key.clone());
            }
        }
        found
    };
    let gone = unknown(old, new);
    for (print, came) in unknown(new, old) {
        let went = gone.get(&print).map(Vec::as_slice).unwrap_or_default();
        for (went, came) in went.iter().zip(&came) {
            old.remove(went);
            new.remove(came);
        }
    }
}

/// Whether it may have no name of its own.
fn known_by_place(kind: ArtifactKind) -> bool {
    matches!(
        kind,
        ArtifactKind::Unknown
            | ArtifactKind::Process
            | ArtifactKind::VisualBuilder
            | ArtifactKind::Skill
    )
}
