//! The descriptor of a JavaScript library.

use std::collections::BTreeSet;

use ferry_core::model::Library;

use crate::canonical::Tree;

/// A library as its descriptor has it.
pub(crate) struct Described {
    pub(crate) library: Library,
    pub(crate) functions: Vec<Function>,
}

/// A function that flows may call.
pub(crate) struct Function {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) name: String,
}

/// What a library is like.
pub(crate) fn read(tree: &Tree) -> Described {
    let root = tree.root();
    let mut functions = Vec::new();
    let mut sources = Vec::new();
    for source in root
        .child("sources")
        .into_iter()
        .flat_map(|s| s.all("source"))
    {
        let file = source.child_text("fileName").to_owned();
        for api in source
            .child("apiDefinitions")
            .into_iter()
            .flat_map(|d| d.all("api"))
        {
            functions.push(Function {
                id: api.attribute("apiid").unwrap_or_default().to_owned(),
                source: file.clone(),
                name: api.child_text("name").to_owned(),
            });
        }
        sources.push(file);
    }
    let names: BTreeSet<&String> = functions.iter().map(|function| &function.name).collect();
    let library = Library {
        code: root.child_text("code").to_owned(),
        version: root.child_text("version").to_owned(),
        name: root.child_text("name").to_owned(),
        description: root.child_text("description").to_owned(),
        sources,
        functions: names.into_iter().cloned().collect(),
        project: None,
        places: Vec::new(),
    };
    Described { library, functions }
}
