//! What differs between two exports of the same thing, and means nothing.

use std::collections::BTreeSet;

/// One kind of noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The prefixes of namespaces.
    Prefixes,
    /// How an XML declaration is written, or that there is none.
    Declaration,
    /// Whether XML is one line or indented, and its comments.
    Whitespace,
    /// The order of attributes.
    AttributeOrder,
    /// The order of the entries of a zip.
    EntryOrder,
    /// The order of the lines of a properties file, and of the parts of a project's list.
    LineOrder,
    /// UUIDs.
    Ids,
    /// Who changed something when, and who holds the lock.
    Audit,
    /// Whether somebody has the integration open.
    Lock,
    /// The value `mod`.
    Mod,
    /// The value `validity`.
    Validity,
    /// When it was exported.
    ExportTime,
    /// The releases of the product and of its plug-ins.
    Releases,
    /// The files of the canvas, and others that are derived.
    Canvas,
    /// The numbers of processors, resources, applications and message contexts, and the ids of actions.
    Numbers,
    /// The names of maps.
    MapNames,
    /// The folders of the server that state files tell.
    ServerPaths,
    /// Elements that newer releases write with their default value.
    Defaults,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 18] = [
        Self::Prefixes,
        Self::Declaration,
        Self::Whitespace,
        Self::AttributeOrder,
        Self::EntryOrder,
        Self::LineOrder,
        Self::Ids,
        Self::Audit,
        Self::Lock,
        Self::Mod,
        Self::Validity,
        Self::ExportTime,
        Self::Releases,
        Self::Canvas,
        Self::Numbers,
        Self::MapNames,
        Self::ServerPaths,
        Self::Defaults,
    ];
}

/// What a writing comes out with.
///
/// Two of different seeds differ in every kind that is on, and in no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    seed: u64,
    on: BTreeSet<Kind>,
}

impl Noise {
    /// None: the plain writing.
    pub fn none() -> Self {
        Self {
            seed: 0,
            on: BTreeSet::new(),
        }
    }

    /// One kind alone.
    pub fn only(kind: Kind, seed: u64) -> Self {
        Self {
            seed,
            on: BTreeSet::from([kind]),
        }
    }

    /// All of it.
    pub fn all(seed: u64) -> Self {
        Self {
            seed,
            on: Kind::ALL.into(),
        }
    }

    /// Chance for one kind at one place: equal seeds have it equal.
    pub(super) fn chance(&self, kind: Kind, place: &str) -> fastrand::Rng {
        let seed = self.seed_of(kind);
        // FNV-1a: of the place and the kind only that they differ matters.
        let mixed = place
            .bytes()
            .chain([kind as u8])
            .fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        fastrand::Rng::with_seed(mixed)
    }

    /// A choice between a few styles: the plain writing has the first, and each seed the next one.
    pub(super) fn choice(&self, kind: Kind, of: u64) -> u64 {
        self.seed_of(kind) % of
    }

    /// Shuffles in this writing's way; the plain writing leaves everything as it was.
    pub(super) fn shuffle<T>(&self, kind: Kind, place: &str, items: &mut [T]) {
        if self.seed_of(kind) > 0 {
            self.chance(kind, place).shuffle(items);
        }
    }

    fn seed_of(&self, kind: Kind) -> u64 {
        if self.on.contains(&kind) {
            self.seed
        } else {
            0
        }
    }

    pub(super) fn uuid(&self, place: &str) -> String {
        uuid(&mut self.chance(Kind::Ids, place))
    }

    /// The moment of the export, in seconds since 1970.
    pub(super) fn exported(&self) -> i64 {
        1_764_349_631 + i64::try_from(self.seed_of(Kind::ExportTime) % 10_000).unwrap_or(0) * 4_321
    }

    /// A release, `25.06.0.5`.
    pub(super) fn release(&self) -> String {
        let seed = self.seed_of(Kind::Releases);
        format!("25.{:02}.0.{}", 6 + seed % 6, 5 + seed % 9)
    }
}

pub(super) fn uuid(rng: &mut fastrand::Rng) -> String {
    let (a, b) = (rng.u64(..), rng.u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}
