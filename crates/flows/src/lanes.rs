//! Several requests at once: so many, and no more.

use futures_util::stream::{FuturesUnordered, StreamExt as _};

use crate::Failure;

/// Requests of one command to one instance that are under way at once.
pub(crate) const LANES: usize = 8;

/// Works on each item, [`LANES`] at once, and hands over what came of each when it comes.
///
/// After a failure nothing new is begun, and what is under way is waited for: what was asked is not left unheard.
pub(crate) async fn each<T, O, F>(
    items: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> F,
    mut done: impl FnMut(O) -> Result<(), Failure>,
) -> Result<(), Failure>
where
    F: Future<Output = Result<O, Failure>>,
{
    let mut items = items.into_iter();
    let mut running = FuturesUnordered::new();
    let mut ended = Ok(());
    loop {
        while ended.is_ok() && running.len() < LANES {
            match items.next() {
                Some(item) => running.push(work(item)),
                None => break,
            }
        }
        match running.next().await {
            None => return ended,
            Some(came) => {
                let came = came.and_then(&mut done);
                ended = ended.and(came);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use ferry_core::exit::Exit;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn so_many_at_once_and_none_begun_after_a_failure() {
        let (running, most, begun) = (Cell::new(0), Cell::new(0), Cell::new(0));
        let work = async |item: u64| {
            begun.set(begun.get() + 1);
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            tokio::time::sleep(std::time::Duration::from_millis(item)).await;
            running.set(running.get() - 1);
            match item {
                20 => Err(Failure::new(Exit::No, "twenty")),
                item => Ok(item),
            }
        };
        let mut came = Vec::new();
        let done = |item| {
            came.push(item);
            Ok(())
        };
        let failure = each(1..=100, work, done).await.unwrap_err();
        assert_eq!(failure.exit(), Exit::No);
        assert_eq!(most.get(), LANES);
        assert!(begun.get() < 100, "{}", begun.get());
        assert_eq!(came.len(), begun.get() - 1, "what was begun was heard");
    }
}
