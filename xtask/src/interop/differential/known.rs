//! The differences that are known, and left: they are published in `docs/fidelity.md`.

mod accounts;
mod digests;
mod errors;
mod failures;
mod library;
mod sets;
mod totals;
mod traces;

use super::compare::Pair;

/// A difference.
pub(super) struct Known {
    /// What differs.
    pub(super) what: &'static str,
    /// Why it is left so.
    pub(super) why: &'static str,
    /// Makes the answers alike in this, and in this only.
    pub(super) forgive: fn(&mut Pair<'_>),
}

pub(super) const KNOWN: &[Known] = &[
    library::LENGTH,
    totals::TOTALS,
    library::CLOSE,
    library::CONTINUE,
    digests::DIGESTS,
    failures::FAILURES,
    accounts::ACCOUNTS,
    errors::ORDER,
    sets::ORDER,
    traces::GONE,
    traces::SIZES,
];
