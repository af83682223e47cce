//! Libraries: a descriptor, a properties file, and the `.jar` with the sources.

use super::container::Files;
use super::description::Library;
use super::noise::{Kind, Noise};
use super::properties;
use super::xml::{Bound, Element, document};
use crate::archives::{Part, Zip};

/// The files, in the library's own folder.
pub(super) fn files(it: &Library, noise: &Noise) -> Files {
    let jar = Zip::of(
        it.scripts
            .iter()
            .map(|script| Part::stored(&script.file, script.source.as_bytes())),
    );
    let name = &it.name;
    vec![
        (format!("{name}.xml"), descriptor(it, noise).into_bytes()),
        (
            format!("{name}_properties.properties"),
            properties::text(
                vec![
                    ("code", it.code.clone()),
                    ("librarytype", "API".to_owned()),
                    ("name", name.clone()),
                    ("type", "PRIVATE".to_owned()),
                    ("version", it.version.clone()),
                ],
                &it.code,
                noise,
            )
            .into_bytes(),
        ),
        (format!("{name}.jar"), jar.bytes()),
    ]
}

fn descriptor(it: &Library, noise: &Noise) -> String {
    let of = |name: &str| Element::new("", name);
    let sources = it.scripts.iter().map(|script| {
        let functions = script.functions.iter().map(|function| {
            of("api")
                .with(
                    "apiid",
                    format!("{}:{}:{}:{function}", it.code, it.version, script.file),
                )
                .leaf("classification", "ORCHESTRATION")
                .leaf("duplicateFnFlag", "false")
                .leaf("name", function)
                .child(of("inputParameters"))
                .child(
                    of("outputParameters")
                        .child(of("output").leaf("name", "result").leaf("type", "double")),
                )
                .leaf("unsupportedSyntax", "false")
        });
        of("source")
            .leaf("fileName", &script.file)
            .child(of("apiDefinitions").all(functions))
            .leaf("libraryCode", &it.code)
    });
    let mut root = of("api-library")
        .leaf("name", &it.name)
        .leaf("code", &it.code)
        .leaf("version", &it.version);
    if noise.choice(Kind::Defaults, 2) == 0 {
        root = root.child(of("description"));
    }
    let root = root
        .leaf("implementationType", "JAVASCRIPT")
        .child(of("sources").all(sources));
    document(&root, &Bound::Fixed(&[]), &it.code, noise)
}
