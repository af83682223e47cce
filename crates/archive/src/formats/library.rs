//! The descriptor of a JavaScript library.

use std::collections::BTreeSet;

use ferry_core::model::Library;

use crate::xml;

/// What a library is like.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Library, String> {
    let root = xml::tree(bytes)?;
    let mut functions = BTreeSet::new();
    let mut sources = Vec::new();
    for source in root.child("sources").into_iter().flat_map(|s| s.all("source")) {
        sources.push(source.told("fileName"));
        for api in source.child("apiDefinitions").into_iter().flat_map(|d| d.all("api")) {
            functions.insert(api.told("name"));
        }
    }
    Ok(Library {
        code: root.told("code"),
        version: root.told("version"),
        name: root.told("name"),
        description: root.told("description"),
        sources,
        functions: functions.into_iter().collect(),
        project: None,
        places: Vec::new(),
    })
}
