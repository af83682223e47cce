//! Every artifact of an archive, and of the zips inside it, however they are laid out.
//!
//! Nothing is known by its path alone: whatever begins as a zip is opened, within one [`Budget`] for all of them.
//! Groups of entries are units of work for several threads; results and findings come in the order of the archive,
//! whichever thread brought them.

pub(crate) mod container;
pub(crate) mod group;
mod queue;
mod report;
mod unit;

use std::collections::BTreeSet;
use std::io::{self, Read, Seek};
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::artifact::{Artifact, Place};
use crate::error::Error;
use crate::facts::integration;
use crate::findings::{Finding, Findings};
use crate::limits::{Budget, Limits};
use crate::source::Source;

use group::Shape;
use queue::Queue;
use report::{Key, Report};
use unit::Worker;

/// What a walk brought.
#[derive(Debug)]
pub(crate) struct Walked<T> {
    /// What was made of each artifact, in the order of the archive.
    pub(crate) results: Vec<T>,
    pub(crate) findings: Vec<Finding>,
    /// Zips that were opened.
    pub(crate) containers: u64,
    /// Entries of all of them, folders included.
    pub(crate) entries: u64,
    /// Bytes that came out of them.
    pub(crate) unpacked: u64,
}

/// Which artifacts are read.
#[derive(Debug)]
pub(crate) enum Wanted {
    All,
    /// All, but of an integration only the files that the inventory is made of.
    Listed,
    /// Those at these places, and the zips on the way to them.
    At(BTreeSet<Place>),
}

impl Wanted {
    /// Whether something at this place, or inside it, is wanted.
    fn takes(&self, place: &str) -> bool {
        match self {
            Self::All | Self::Listed => true,
            Self::At(places) => {
                let inside = |inner: &Place| {
                    let rest = inner.strip_prefix(place);
                    rest.is_some_and(|rest| {
                        place.is_empty() || rest.is_empty() || rest.starts_with(['!', '/'])
                    })
                };
                places
                    .range(place.to_owned()..)
                    .take_while(|inner| inner.starts_with(place))
                    .any(inside)
            }
        }
    }

    /// Whether a file of a group is read, by its path there.
    fn reads(&self, shape: Shape, path: &str) -> bool {
        match (self, shape) {
            (Self::Listed, Shape::Integration) => integration::is_listed(path),
            (Self::Listed, Shape::Junk) => false,
            _ => true,
        }
    }
}

/// What is done with an artifact, on the thread that read it.
pub(crate) type Each<'a, T> = dyn Fn(Artifact, &mut Findings) -> Option<T> + Sync + 'a;

/// Reads an archive on as many threads as are told; each opens a reader of its own.
pub(crate) fn walk<R: Read + Seek, T: Send>(
    open: &(dyn Fn() -> io::Result<R> + Sync),
    limits: &Limits,
    threads: NonZeroUsize,
    wanted: &Wanted,
    each: &Each<'_, T>,
) -> Result<Walked<T>, Error> {
    let budget = Budget::new(limits);
    let mut report = Report::default();
    let mut findings = Findings::default();
    let mut source = Source::new(open()?)?;
    let first = container::outermost(&mut source, &budget, &mut findings)?;
    report.add(&Key::new(), findings);
    let mut units = unit::of(first, &Key::new());
    units.retain(|unit| wanted.takes(&unit.place()));
    units.reverse();
    let queue = Queue::new(units);
    let shared = Mutex::new(Shared {
        results: Vec::new(),
        report,
        failed: None,
    });
    let work = |source: &mut Source<R>| {
        let mut worker = Worker::new(&budget, wanted, each);
        while let Some(piece) = queue.take() {
            let unit = &piece.work;
            let mut findings = Findings::default();
            let done = worker.work(source, unit, &mut findings);
            let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.report.add(&unit.key, findings);
            match done {
                Ok(done) => {
                    let results = done
                        .results
                        .into_iter()
                        .map(|result| (unit.key.clone(), result));
                    shared.results.extend(results);
                    drop(shared);
                    piece.done(done.more);
                }
                Err(error) => shared.fail(unit.key.clone(), error),
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(|| match open().map_err(Error::from).and_then(Source::new) {
                Ok(mut source) => work(&mut source),
                Err(error) => {
                    let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                    shared.fail(Key::new(), error);
                    queue.stop();
                }
            });
        }
        work(&mut source);
    });
    let shared = shared.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, error)) = shared.failed {
        return Err(error);
    }
    let mut results = shared.results;
    results.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Walked {
        results: results.into_iter().map(|(_, result)| result).collect(),
        findings: shared.report.into_vec(),
        containers: budget.containers(),
        entries: budget.entries(),
        unpacked: budget.total(),
    })
}

/// What the threads bring together.
#[derive(Debug)]
struct Shared<T> {
    results: Vec<(Key, T)>,
    report: Report,
    failed: Option<(Key, Error)>,
}

impl<T> Shared<T> {
    /// Of several errors the first in the archive is told.
    fn fail(&mut self, key: Key, error: Error) {
        if self.failed.as_ref().is_none_or(|(first, _)| key < *first) {
            self.failed = Some((key, error));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ferry_testkit::archives::{Part, Zip};

    use super::*;

    #[test]
    fn only_what_is_wanted_is_read_again() {
        let dvm = |name| format!("<dvm xmlns='http://xmlns.oracle.com/dvm' name='{name}'/>");
        let inner = Zip::of([
            Part::deflated("dvms/A.dvm", dvm("A").as_bytes()),
            Part::deflated("dvms/A.dvm.bak", b"x"),
            Part::deflated("dvms/B.dvm", dvm("B").as_bytes()),
        ]);
        let other = Part::stored("in.zip.old", &vec![0; 100_000]);
        let bytes = Zip::of([Part::stored("in.zip", &inner.bytes()), other]).bytes();
        let open = || io::Result::Ok(Cursor::new(&bytes));
        let place = "in.zip!dvms/A.dvm";
        let wanted = Wanted::At(BTreeSet::from([place.to_owned()]));
        let each = |artifact: Artifact, _: &mut Findings| Some(artifact);
        let limits = Limits::default();
        let walked = walk(&open, &limits, NonZeroUsize::MIN, &wanted, &each).unwrap();
        let places: Vec<_> = walked.results.iter().map(|a| a.place.as_str()).collect();
        assert_eq!(places, [place]);
        assert!(walked.unpacked < 10_000, "{}", walked.unpacked);
    }

    #[test]
    fn a_panic_of_one_thread_ends_them_all() {
        let lookup = "<dvm xmlns='http://xmlns.oracle.com/dvm' name='A'/>";
        let inner = Zip::of([Part::deflated("A.dvm", lookup.as_bytes())]);
        let bytes = Zip::of([
            Part::stored("a.zip", &inner.bytes()),
            Part::stored("b", b"b"),
        ])
        .bytes();
        let open = || io::Result::Ok(Cursor::new(&bytes));
        let each = |artifact: Artifact, _: &mut Findings| -> Option<()> {
            assert_ne!(artifact.id.name, "A", "as it should be");
            None
        };
        let limits = Limits::default();
        let threads = NonZeroUsize::new(2).unwrap();
        let walked = std::panic::catch_unwind(|| {
            walk(&open, &limits, threads, &Wanted::All, &each).map(|walked| walked.results)
        });
        assert!(walked.is_err());
    }
}
