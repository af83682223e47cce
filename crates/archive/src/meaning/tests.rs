use std::collections::BTreeMap;
use std::io::Cursor;
use std::num::NonZeroUsize;

use ferry_core::model::Identity;
use ferry_testkit::fixtures;

use super::*;
use crate::artifact::File;
use crate::diff::compare;
use crate::entry_names::ends;
use crate::limits::Limits;
use crate::walk::{Wanted, walk};

fn of(artifact: &Artifact) -> Meaning {
    meaning(artifact, &Memo::default())
}

fn one(kind: ArtifactKind, text: &str) -> Meaning {
    of(&Artifact {
        id: Identity {
            kind,
            name: "X".to_owned(),
            version: None,
        },
        place: String::new(),
        files: BTreeMap::from([("x".to_owned(), File::kept(text.as_bytes().to_vec()))]),
    })
}

/// Every difference, and that there is one exactly where the fingerprints differ.
fn told(before: &Meaning, after: &Meaning) -> Vec<String> {
    let found = compare(before, after);
    assert_eq!(
        found.is_empty(),
        before.fingerprint() == after.fingerprint()
    );
    found
        .iter()
        .map(|it| {
            let values = [&it.before, &it.after].map(|value| value.as_deref().unwrap_or("-"));
            format!(
                "{:?} {:?} {} [{}]",
                it.section,
                it.change,
                it.path.join(" › "),
                values.join(" -> ")
            )
        })
        .collect()
}

/// All artifacts of the real samples, each with the name of its file.
fn samples(test: &str) -> Vec<(String, Artifact)> {
    let files = [
        "JITSIEVENTS_01.00.0000.iar",
        "SUBSCIRB_PO_DETAILS_SYNC_01.00.0000.iar",
        "LL_ERPPO_BACKEND_B2B_02.00.0000.iar",
        "OIO_LOG_EVENT_01.00.0000.iar",
        "oic.ocw.hol.par",
        "DEMO_FIRST_PROJECT.car",
        "DEMO_FIRST_PROJECT_4.car",
        "HEALTHCARE_ADT_PROJECT.car",
        "HL7ProcessorRoutes.csv",
        "HL7_to_FHIR_Equipment_to_System.csv",
        "HL7_to_FHIR_Gender_Map.csv",
        "HL7_to_FHIR_Telecom_Use.csv",
        "IdentityPropagationEndpoints.dvm",
    ];
    let mut all = Vec::new();
    for file in files {
        let Some(path) = fixtures::sample(test, file) else {
            continue;
        };
        let bytes = std::fs::read(path).unwrap();
        let walked = walk(
            &|| std::io::Result::Ok(Cursor::new(&bytes)),
            &Limits::default(),
            NonZeroUsize::MIN,
            &Wanted::All,
            &|artifact, _| Some(artifact),
        );
        let artifacts = walked.unwrap().results;
        all.extend(
            artifacts
                .into_iter()
                .map(|artifact| (file.to_owned(), artifact)),
        );
    }
    all
}

const NUMBERED: [&str; 9] = [
    "application_",
    "processor_",
    "inbound_",
    "outbound_",
    "resourcegroup_",
    "resource_",
    "messagecontext_",
    "input_",
    "output_",
];

/// A text with each number of a part made another one.
fn renumbered(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, word)) = NUMBERED
        .iter()
        .filter_map(|word| Some((rest.find(word)?, *word)))
        .min()
    {
        let (before, from) = rest.split_at(at + word.len());
        out.push_str(before);
        let end = from
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        match digits.parse::<u32>() {
            Ok(number) => out.push_str(&(number * 3 + 7).to_string()),
            Err(_) => out.push_str(digits),
        }
        rest = after;
    }
    out + rest
}

/// The same integration, cloned by an instance that writes otherwise: other numbers, prefixes, map names, layout.
fn cloned(artifact: &Artifact) -> Artifact {
    let mut files = BTreeMap::new();
    for (path, file) in &artifact.files {
        let mut bytes = file.bytes().unwrap().to_vec();
        let mut path = renumbered(path);
        if let Some((folder, hex)) = path.split_once("/req_") {
            let (hex, rest) = hex.split_at(32);
            path = format!(
                "{folder}/req_{}{rest}",
                hex.chars().rev().collect::<String>()
            );
        }
        if path.ends_with("project.xml") {
            let text = renumbered(std::str::from_utf8(&bytes).unwrap());
            let text = text.replace("<ns2:", "<zz:").replace("</ns2:", "</zz:");
            bytes = text
                .replace("xmlns:ns2=", "xmlns:zz=")
                .replace("><", ">\r\n  <")
                .into_bytes();
        } else if path.ends_with("layout3.json") || path.ends_with("stateinfo.json") {
            bytes = b"{\"other\":1}".to_vec();
        } else if ends(&path, ".xsl") {
            let text = std::str::from_utf8(&bytes).unwrap();
            let text = text
                .replace("nstrgmpr:", "target:")
                .replace("xmlns:nstrgmpr=", "xmlns:target=");
            bytes = text.replace("xml:id=\"id_", "xml:id=\"id_9").into_bytes();
        }
        files.insert(path, File::kept(bytes));
    }
    Artifact {
        id: artifact.id.clone(),
        place: artifact.place.clone(),
        files,
    }
}

#[test]
fn real_integrations_mean_the_same_after_a_clone() {
    let samples = samples("real_integrations_mean_the_same_after_a_clone");
    let flows = samples
        .iter()
        .filter(|(_, it)| it.id.kind == ArtifactKind::Integration);
    for (file, artifact) in flows {
        let meaning = of(artifact);
        assert!(meaning.content.steps.len() > 1, "{file} {}", artifact.id);
        let clone = of(&cloned(artifact));
        assert_eq!(
            told(&meaning, &clone),
            Vec::<String>::new(),
            "{file} {}",
            artifact.id
        );
    }
}

#[test]
fn nothing_in_real_artifacts_is_unknown_to_the_rules_but_what_is_listed() {
    let mut unknown = Vec::new();
    for (file, artifact) in samples("nothing_in_real_artifacts_is_unknown_to_the_rules") {
        let meaning = of(&artifact);
        for part in &meaning.unknown.parts {
            unknown.push(format!("{file} {}: {}", artifact.id, part.key));
        }
        // A number that is an id is shown nowhere.
        let mut told = Vec::new();
        paths(&meaning.content, &mut told);
        let numbered = told.iter().find(|name| {
            NUMBERED.iter().any(|word| {
                let after = name.split(word).nth(1);
                after.is_some_and(|after| after.starts_with(|c: char| c.is_ascii_digit()))
            })
        });
        assert_eq!(numbered, None, "{file} {}", artifact.id);
    }
    assert_eq!(unknown, Vec::<String>::new());
}

fn paths(node: &Node, told: &mut Vec<String>) {
    told.push(node.called());
    for inner in node.parts.iter().chain(&node.steps) {
        paths(inner, told);
    }
}

#[test]
fn a_lookup_means_the_same_as_dvm_and_as_csv() {
    let samples = samples("a_lookup_means_the_same_as_dvm_and_as_csv");
    let lookups = || {
        samples
            .iter()
            .filter(|(_, it)| it.id.kind == ArtifactKind::Lookup)
    };
    let mut pairs = 0;
    for (file, csv) in lookups().filter(|(file, _)| ends(file, ".csv")) {
        for (_, dvm) in lookups().filter(|(other, dvm)| ends(other, ".car") && dvm.id == csv.id) {
            assert_eq!(told(&of(csv), &of(dvm)), Vec::<String>::new(), "{file}");
            pairs += 1;
        }
    }
    assert!(samples.is_empty() || pairs == 4, "{pairs} pairs");
}

#[test]
fn two_exports_of_a_real_project_tell_their_story() {
    let samples = samples("two_exports_of_a_real_project_tell_their_story");
    let find = |car: &str, version: &str| {
        let named = |it: &Artifact| {
            it.id.name == "RETRIEVE_COUNTRY_INFORMATIO" && it.id.version.as_deref() == Some(version)
        };
        samples
            .iter()
            .find(|(file, it)| file == car && named(it))
            .map(|(_, it)| of(it))
    };
    let (Some(first), Some(later)) = (
        find("DEMO_FIRST_PROJECT.car", "01.00.0000"),
        find("DEMO_FIRST_PROJECT_4.car", "01.00.0000"),
    ) else {
        assert!(samples.is_empty());
        return;
    };
    let found = told(&first, &later);
    assert!(!found.is_empty() && found.len() < 20, "{found:#?}");
    assert!(
        found
            .iter()
            .all(|line| !line.contains("processor_") && !line.contains("req_")),
        "{found:#?}"
    );
}

const CONNECTION: &str = "<n:ApplicationInstance xmlns:n='http://xmlns.oracle.com/adapters/cloud'><id>1</id>\
    <instanceCode>C</instanceCode><displayName>Shown</displayName><applicationTypeRef>rest</applicationTypeRef>\
    <connectionProperties><connectionProperty><name>Host</name><value>%%C_Host</value></connectionProperty>\
    <connectionProperty><name>password</name><value>x1</value></connectionProperty>\
    <connectionProperty><name>lastSaved</name><value>1</value></connectionProperty></connectionProperties>\
    <securityPolicy>NONE</securityPolicy><novelty>a</novelty><privateEndpoint>false</privateEndpoint>\
    </n:ApplicationInstance>";

#[test]
fn connections() {
    let base = one(ArtifactKind::Connection, CONNECTION);
    let same = [
        "<id>1</id>|<id>2</id>",
        "<value>1</value>|<value>2</value>",
        "%%C_Host|%%D_Host",
        "<privateEndpoint>false</privateEndpoint>|",
        "n:|m:",
    ];
    for pair in same {
        let (from, to) = pair.split_once('|').unwrap();
        let text = CONNECTION.replace(from, to).replace("xmlns:n=", "xmlns:m=");
        let text = if from == "n:" {
            text
        } else {
            CONNECTION.replace(from, to)
        };
        assert_eq!(
            told(&base, &one(ArtifactKind::Connection, &text)),
            Vec::<String>::new(),
            "{pair}"
        );
    }
    let cases = [
        (
            "%%C_Host",
            "h",
            "Content Changed property Host [(left to the environment) -> h]",
        ),
        (
            "x1",
            "x2",
            "Content Changed property password [(hidden) -> (hidden)]",
        ),
        ("Shown", "Seen", "Content Changed name [Shown -> Seen]"),
        (">a<", ">b<", "Unknown Changed novelty [a -> b]"),
        (
            "<novelty>a</novelty>",
            "",
            "Unknown Removed novelty [a -> -]",
        ),
    ];
    for (from, to, line) in cases {
        let found = told(
            &base,
            &one(ArtifactKind::Connection, &CONNECTION.replace(from, to)),
        );
        assert_eq!(found, [line]);
    }
}

#[test]
fn lookups() {
    let base = "<dvm xmlns='http://xmlns.oracle.com/dvm' name='X'><columns><column name='A'/><column name='B'/></columns>\
        <rows><row><cell>1</cell><cell>x</cell></row><row><cell>2</cell><cell>y</cell></row></rows></dvm>";
    let of = |text: &str| one(ArtifactKind::Lookup, text);
    let shuffled = base
        .replace("<row><cell>1</cell><cell>x</cell></row>", "")
        .replace("</rows>", "<row><cell>1</cell><cell>x</cell></row></rows>");
    assert_eq!(told(&of(base), &of(&shuffled)), Vec::<String>::new());
    let csv = "\u{feff}DVM,X,\nA,B\n2,y\n1,x\n";
    assert_eq!(told(&of(base), &of(csv)), Vec::<String>::new());
    let cases = [
        (
            ">y<",
            ">z<",
            "Content Changed table › row '2' › column B [y -> z]",
        ),
        (
            "<row><cell>2</cell><cell>y</cell></row>",
            "",
            "Content Removed table › row '2' [2 | y -> -]",
        ),
        (
            "<column name='B'/>",
            "<column name='C'/>",
            "Content Renamed table › column C [B -> C]",
        ),
        (
            "<column name='B'/>",
            "",
            "Content Removed table › column B [- -> -]",
        ),
        (
            "<column name='A'/><column name='B'/>",
            "<column name='B'/><column name='A'/>",
            "Content Moved table › columns [A, B -> B, A]",
        ),
    ];
    for (from, to, line) in cases {
        let found = told(&of(base), &of(&base.replace(from, to)));
        assert!(found.contains(&line.to_owned()), "{found:#?}");
    }
    // A row that is there twice is two rows.
    let twice = base.replace("<rows>", "<rows><row><cell>1</cell><cell>x</cell></row>");
    assert_eq!(
        told(&of(base), &of(&twice)),
        ["Content Added table › row '1' [- -> 1 | x]"]
    );
}

#[test]
fn what_cannot_be_read_means_its_bytes() {
    for kind in [
        ArtifactKind::Connection,
        ArtifactKind::Lookup,
        ArtifactKind::Schedule,
        ArtifactKind::Integration,
    ] {
        let found = told(&one(kind, "<a"), &one(kind, "<b"));
        assert_eq!(found, ["Content Changed content [- -> -]"], "{kind:?}");
    }
}
