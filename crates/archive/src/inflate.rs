//! What nobody can do without who reads an archive whole: every entry unpacked and its checksum compared, in the zips
//! inside it as well. The measure of what reading by meaning costs beside it.

use std::io::{self, Read, Seek};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::content;
use crate::error::Error;
use crate::findings::Findings;
use crate::limits::Budget;
use crate::opening::is_zip;
use crate::reader::Unpacker;
use crate::source::Source;
use crate::survey::Archive;
use crate::walk::container::{self, Container, Located, Outermost};

impl<F, R> Archive<F>
where
    F: Fn() -> io::Result<R> + Sync,
    R: Read + Seek,
{
    /// Unpacks everything, keeps nothing, and tells how many bytes came out.
    ///
    /// # Errors
    /// As of a survey.
    #[doc(hidden)]
    pub fn inflate(&self) -> Result<u64, Error> {
        let budget = Budget::new(self.limits());
        let mut source = Source::new(self.open()?)?;
        let first = container::outermost(&mut source, &budget, &mut Findings::default())?;
        let Outermost::Zip(container) = first else {
            return Ok(0);
        };
        let next = AtomicUsize::new(0);
        let failed = Mutex::new(None);
        let work = || {
            Source::new(self.open()?).and_then(|mut source| {
                let mut unpacker = Unpacker::new();
                while let Some(entry) = container.entries.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    one(&mut source, &container, entry, &mut unpacker, &budget)?;
                }
                Ok(())
            })
        };
        thread::scope(|scope| {
            for _ in 0..self.threads().get() {
                scope.spawn(|| {
                    if let Err(error) = work() {
                        let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                        failed.get_or_insert(error);
                    }
                });
            }
        });
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(error) => Err(error),
            None => Ok(budget.total()),
        }
    }
}

fn one<R: Read + Seek>(
    source: &mut Source<R>,
    container: &Container,
    located: &Located,
    unpacker: &mut Unpacker,
    budget: &Budget<'_>,
) -> Result<(), Error> {
    let Some(data) = located.data else {
        return Ok(());
    };
    let entry = &located.entry;
    let place = || container.inside(&located.path);
    let mut zip = Vec::new();
    let mut spend = |produced: u64, piece: &[u8]| {
        budget.spend(&place, entry.packed, produced, piece.len() as u64)?;
        if !zip.is_empty() || produced == piece.len() as u64 && is_zip(piece) {
            zip.extend_from_slice(piece);
        }
        Ok(())
    };
    content::unpack(source, entry, data, unpacker, &mut spend)?;
    if zip.is_empty() {
        return Ok(());
    }
    let depth = container.depth + 1;
    let nested = container::nested(zip, place(), depth, budget, &mut Findings::default())?;
    if let Some(nested) = nested
        && let Some(mut source) = nested.source()?
    {
        for located in &nested.entries {
            one(&mut source, &nested, located, unpacker, budget)?;
        }
    }
    Ok(())
}
