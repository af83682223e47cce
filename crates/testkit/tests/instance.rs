//! What the generator of instances writes holds what the format's page says of real files.

use std::collections::{BTreeMap, BTreeSet};

use ferry_testkit::archives::read_back;
use ferry_testkit::instance::{
    Description, Form, Home, Noise, NoiseKind, car, iar, large, par, sample, whole,
};
use roxmltree::{Document, ParsingOptions};
use sha2::{Digest as _, Sha256};

/// Every file of an archive and of the zips in it, by `outer!inner!path`.
fn opened(bytes: &[u8], place: &str) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for (name, content) in read_back(bytes).expect("it is a zip") {
        let place = format!("{place}!{name}");
        if content.starts_with(b"PK\x03\x04") {
            all.extend(opened(&content, &place));
        } else {
            all.insert(place, content);
        }
    }
    all
}

/// The sample in every container.
fn containers(whole_of: &Description, noise: &Noise) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for it in &whole_of.integrations {
        all.push((it.folder(), iar(whole_of, it, noise)));
    }
    for it in &whole_of.packages {
        all.push((it.name.clone(), par(whole_of, &it.name, noise)));
    }
    for it in &whole_of.projects {
        all.push((it.code.clone(), car(whole_of, it, None, noise)));
        for deployment in &it.deployments {
            let bytes = car(whole_of, it, Some(deployment), noise);
            all.push((deployment.code.clone(), bytes));
        }
    }
    for form in Form::ALL {
        all.push((format!("{form:?}"), whole(whole_of, form, noise)));
    }
    all
}

fn parsed(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).expect("it is XML")
}

/// The text of the first element of this name.
fn text<'a>(document: &'a Document<'_>, name: &str) -> &'a str {
    let found = document.descendants().find(|n| n.tag_name().name() == name);
    found.and_then(|n| n.text()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect()
}

#[test]
fn every_container_holds_the_observed_invariants_in_every_noise() {
    let sample = sample();
    for noise in [Noise::none(), Noise::all(1), Noise::all(2), Noise::all(77)] {
        let mut flows = 0;
        let mut connections = 0;
        for (name, bytes) in containers(&sample, &noise) {
            let files = opened(&bytes, &name);
            for (path, content) in &files {
                if path.ends_with("project.xml") {
                    flow(path, std::str::from_utf8(content).unwrap(), &files);
                    flows += 1;
                } else if path.contains("appinstances/") || path.contains("connections/") {
                    connection(path, std::str::from_utf8(content).unwrap());
                    connections += 1;
                } else if [".wsdl", ".xsd", ".xsl", ".jca", ".dvm", ".xml"]
                    .iter()
                    .any(|end| path.ends_with(end))
                {
                    parsed(std::str::from_utf8(content).unwrap());
                }
            }
        }
        // Alone, in their own container, and in each form of the whole.
        assert_eq!(flows, 9 + 5 + 2 + 3 * 9);
        assert!(connections > 60, "{connections}");
    }
}

fn flow(path: &str, text: &str, files: &BTreeMap<String, Vec<u8>>) {
    let document = parsed(text);
    let root = path
        .strip_suffix("PROJECT-INF/project.xml")
        .expect("it is a flow");
    let mut names = BTreeSet::new();
    for node in document.descendants() {
        if let Some(location) = node.attribute("location") {
            let resource = location.replace("../", root);
            assert!(files.contains_key(&resource), "{path}: {resource}");
        }
        names.extend(node.attribute("name"));
    }
    for reference in document
        .descendants()
        .flat_map(|n| [n.attribute("refUri"), n.attribute("trackingRefUri")])
        .flatten()
    {
        for part in reference.split('/') {
            assert!(names.contains(part), "{path}: {reference}");
        }
    }
    let adapters = document
        .descendants()
        .filter(|n| n.tag_name().name() == "adapter");
    for code in adapters.filter_map(|n| n.children().find(|c| c.tag_name().name() == "code")) {
        let file = format!("/{}.xml", code.text().unwrap_or_default());
        assert!(
            files.keys().any(|path| path.ends_with(&file)),
            "{path}: {file}"
        );
    }
}

fn connection(path: &str, content: &str) {
    let document = parsed(content);
    let code = text(&document, "instanceCode");
    assert!(path.ends_with(&format!("/{code}.xml")), "{path}");
    for property in document
        .descendants()
        .filter(|n| n.tag_name().name() == "connectionProperty")
    {
        let of = |name: &str| {
            let child = property.children().find(|c| c.tag_name().name() == name);
            child.and_then(|c| c.text()).unwrap_or_default()
        };
        let value = of("value");
        if value.starts_with("%%") {
            assert_eq!(value, format!("%%{code}_{}", of("name")));
        }
        if of("name") == "csfkey" {
            assert_eq!(value, hex(code.as_bytes()));
        }
    }
    let signature = text(&document, "signature");
    assert!(signature.is_empty() || signature == hex(text(&document, "content").as_bytes()));
}

#[test]
fn equal_noise_gives_equal_bytes_and_each_kind_shows() {
    let sample = sample();
    let written = |noise: &Noise| whole(&sample, Form::Nested, noise);
    let plain = written(&Noise::none());
    assert_eq!(plain, written(&Noise::none()));
    assert_eq!(written(&Noise::all(5)), written(&Noise::all(5)));
    for kind in NoiseKind::ALL {
        let one = written(&Noise::only(kind, 1));
        assert_ne!(plain, one, "{kind:?}");
        assert_ne!(one, written(&Noise::only(kind, 2)), "{kind:?}");
    }
}

#[test]
fn a_large_instance_has_what_was_asked_for() {
    for count in [1, 10, 25] {
        let all: Vec<Description> = large(count, 1).collect();
        let codes: BTreeSet<_> = all
            .iter()
            .flat_map(|one| &one.integrations)
            .map(|it| it.code.clone())
            .collect();
        assert_eq!(codes.len(), count);
    }
    let ten = large(10, 1).next().unwrap();
    let homes =
        |home: fn(&Home) -> bool| ten.integrations.iter().filter(|it| home(&it.home)).count();
    assert_eq!(homes(|home| matches!(home, Home::Project(_))), 4);
    assert_eq!(homes(|home| matches!(home, Home::Package(_))), 3);
}
