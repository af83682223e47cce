//! Objects in the order of their place: first the global ones, then those of each project.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

/// Something that has an identity among its kind in a project.
pub(crate) trait Named {
    /// The identity, as it stands in paths of REST.
    fn id(&self) -> String;
}

/// Every object of one kind in an instance.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Shelf<T> {
    /// By project, then by identity. The empty project holds what is global.
    boards: BTreeMap<String, BTreeMap<String, T>>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            boards: BTreeMap::new(),
        }
    }
}

impl<T: Named> Shelf<T> {
    /// Puts an object in its place, over what was there.
    pub(crate) fn put(&mut self, project: Option<&str>, it: T) {
        let board = self.boards.entry(board(project).to_owned()).or_default();
        board.insert(it.id(), it);
    }

    pub(crate) fn get(&self, project: Option<&str>, id: &str) -> Option<&T> {
        self.boards.get(board(project))?.get(id)
    }

    pub(crate) fn get_mut(&mut self, project: Option<&str>, id: &str) -> Option<&mut T> {
        self.boards.get_mut(board(project))?.get_mut(id)
    }

    pub(crate) fn remove(&mut self, project: Option<&str>, id: &str) -> Option<T> {
        let board = board(project);
        let own = self.boards.get_mut(board)?;
        let removed = own.remove(id);
        if own.is_empty() {
            self.boards.remove(board);
        }
        removed
    }

    /// Removes every object of a project.
    pub(crate) fn clear(&mut self, project: &str) {
        self.boards.remove(project);
    }

    /// The objects of one project, or the global ones.
    pub(crate) fn of(&self, project: Option<&str>) -> impl Iterator<Item = &T> {
        self.boards
            .get(board(project))
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// The objects of one project whose identity begins so.
    pub(crate) fn beginning(&self, project: Option<&str>, with: &str) -> impl Iterator<Item = &T> {
        let from = (Bound::Included(with), Bound::Unbounded);
        self.boards
            .get(board(project))
            .into_iter()
            .flat_map(move |own| own.range::<str, _>(from))
            .take_while(move |(id, _)| id.starts_with(with))
            .map(|(_, it)| it)
    }

    /// Everything, with its project.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Option<&str>, &T)> {
        self.boards.iter().flat_map(|(board, own)| {
            let project = (!board.is_empty()).then_some(board.as_str());
            own.values().map(move |it| (project, it))
        })
    }

    /// Everything, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.boards.values_mut().flat_map(BTreeMap::values_mut)
    }
}

fn board(project: Option<&str>) -> &str {
    project.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Named for &str {
        fn id(&self) -> String {
            (*self).to_owned()
        }
    }

    #[test]
    fn objects_are_found_by_project_and_identity() {
        let mut shelf = Shelf::default();
        for (project, it) in [
            (None, "A|1"),
            (Some("P"), "A|1"),
            (None, "A|2"),
            (None, "AB|1"),
        ] {
            shelf.put(project, it);
        }
        assert_eq!(shelf.of(None).count(), 3);
        assert_eq!(shelf.beginning(None, "A|").count(), 2);
        assert_eq!(shelf.get(Some("P"), "A|1"), Some(&"A|1"));
        assert_eq!(shelf.remove(Some("P"), "A|1"), Some("A|1"));
        assert!(shelf.get(Some("P"), "A|1").is_none());
        assert!(shelf.iter().all(|(project, _)| project.is_none()));
    }
}
