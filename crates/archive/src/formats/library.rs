//! The descriptor of a JavaScript library.

use std::collections::BTreeSet;

use ferry_core::model::Library;

use crate::canonical::Tree;

/// What a library is like.
pub(crate) fn read(tree: &Tree) -> Library {
    let root = tree.root();
    let mut functions = BTreeSet::new();
    let mut sources = Vec::new();
    for source in root
        .child("sources")
        .into_iter()
        .flat_map(|s| s.all("source"))
    {
        sources.push(source.child_text("fileName").to_owned());
        for api in source
            .child("apiDefinitions")
            .into_iter()
            .flat_map(|d| d.all("api"))
        {
            functions.insert(api.child_text("name").to_owned());
        }
    }
    Library {
        code: root.child_text("code").to_owned(),
        version: root.child_text("version").to_owned(),
        name: root.child_text("name").to_owned(),
        description: root.child_text("description").to_owned(),
        sources,
        functions: functions.into_iter().collect(),
        project: None,
        places: Vec::new(),
    }
}
