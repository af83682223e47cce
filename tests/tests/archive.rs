//! `ferry archive` and `ferry diff`: the built binary on generated archives, and on what it wrote itself.
#![expect(clippy::indexing_slicing, reason = "helpers of tests")]

use ferry_e2e::{envelope, ferry, files, says};
use ferry_testkit::archives::{Part, Zip};
use ferry_testkit::cli::{Ferry, Output};
use ferry_testkit::instance::{Form, Mutation, Noise, NoiseKind, car, sample, whole};
use serde_json::Value;

/// The command's report, and that it ended so.
async fn report(ferry: &Ferry, args: &[&str], exit: i32) -> Value {
    let args: Vec<&str> = args.iter().copied().chain(["-o", "json"]).collect();
    let output = ferry.args(&args).run().await.expect(exit);
    envelope(&output)["report"].clone()
}

async fn text(ferry: &Ferry, args: &[&str], exit: i32) -> Output {
    ferry.args(args).run().await.expect(exit)
}

fn export(ferry: &Ferry, name: &str, seed: u64) {
    ferry.write(name, whole(&sample(), Form::Nested, &Noise::all(seed)));
}

#[tokio::test]
async fn an_archive_is_listed_and_each_artifact_shown() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    let listed = report(&ferry, &["archive", "ls", "a.zip"], 0).await;
    let wanted = sample();
    let inventory = &listed["inventory"];
    assert_eq!(
        inventory["integrations"].as_array().unwrap().len(),
        wanted.integrations.len()
    );
    for lookup in &wanted.lookups {
        let mut all = inventory["lookups"].as_array().unwrap().iter();
        assert!(all.any(|it| it["name"] == lookup.name.as_str()));
    }
    assert!(
        listed["rules"]["semantic"]
            .as_str()
            .unwrap()
            .starts_with("semantic-")
    );
    let table = text(&ferry, &["archive", "ls", "a.zip"], 0).await.stdout;
    for it in &wanted.integrations {
        assert!(table.contains(&it.code), "{} is not in\n{table}", it.code);
    }
    let summary = report(&ferry, &["archive", "show", "a.zip"], 0).await;
    for print in ["raw", "content", "semantic"] {
        assert!(
            summary["fingerprints"][print]
                .as_str()
                .unwrap()
                .contains(':')
        );
    }
    let first = &wanted.integrations[0];
    let what = format!("integration:{}|{}", first.code, first.version);
    let shown = text(&ferry, &["archive", "show", "a.zip", &what], 0)
        .await
        .stdout;
    assert!(shown.contains(&first.name), "{shown}");
    assert!(shown.contains("- "), "no step of the flow in\n{shown}");
    assert!(shown.contains("needs connection"), "{shown}");
    let none = text(&ferry, &["archive", "show", "a.zip", "NOBODY"], 1).await;
    says(&none, &["there is no NOBODY"]);
}

#[tokio::test]
async fn what_is_in_a_project_as_well_is_told_apart_by_it() {
    let ferry = ferry();
    let lookup = |cell: &str| {
        format!(
            "<dvm xmlns='http://xmlns.oracle.com/dvm' name='L'><columns><column name='{cell}'/></columns></dvm>"
        )
    };
    let project =
        |code: &str| format!("code: {code}\nname: {code}\nassets:\n  lookups:\n  - id: L\n");
    let in_projects = [
        Part::deflated("p/project/project.yaml", project("P").as_bytes()),
        Part::deflated("p/project/lookups/L.dvm", lookup("ofp").as_bytes()),
        Part::deflated("q/project/project.yaml", project("Q").as_bytes()),
        Part::deflated("q/project/lookups/L.dvm", lookup("ofq").as_bytes()),
    ];
    let outside = Part::deflated("lookups/L.dvm", lookup("ofnone").as_bytes());
    ferry.write("inside.zip", Zip::of(in_projects.clone()).bytes());
    let all: Vec<Part> = in_projects.into_iter().chain([outside]).collect();
    ferry.write("all.zip", Zip::of(all).bytes());
    for (what, column) in [
        ("L", "ofnone"),
        ("lookup:L", "ofnone"),
        ("P/L", "ofp"),
        ("lookup:Q/L", "ofq"),
    ] {
        let shown = text(&ferry, &["archive", "show", "all.zip", what], 0).await;
        assert!(shown.stdout.contains(column), "{what}: {shown}");
    }
    let unclear = text(&ferry, &["archive", "show", "inside.zip", "L"], 2).await;
    says(&unclear, &["lookup:P/L", "lookup:Q/L"]);
}

#[tokio::test]
async fn what_is_not_whole_is_exit_1_and_what_is_odd_only_when_strict() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    let seen = report(&ferry, &["archive", "verify", "a.zip"], 0).await;
    assert_eq!((&seen["whole"], &seen["errors"]), (&true.into(), &0.into()));
    let quick = report(&ferry, &["archive", "verify", "a.zip", "--quick"], 0).await;
    assert_eq!(quick["quick"], true);

    let mut bytes = whole(&sample(), Form::Nested, &Noise::none());
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xFF;
    ferry.write("broken.zip", bytes);
    let seen = report(&ferry, &["archive", "verify", "broken.zip"], 1).await;
    assert_eq!(seen["whole"], false);

    let odd = Zip::of([
        Part::deflated("notes/a.txt", b"a"),
        Part::stored("b.bin", b"\x00\x01"),
    ]);
    ferry.write("odd.zip", odd.bytes());
    let seen = report(&ferry, &["archive", "verify", "odd.zip"], 0).await;
    assert_eq!((&seen["unknown"], &seen["errors"]), (&2.into(), &0.into()));
    assert!(seen["warnings"].as_u64().unwrap() > 0);
    let said = text(&ferry, &["archive", "verify", "odd.zip"], 0)
        .await
        .stdout;
    assert!(said.contains("2 entries were not recognised"), "{said}");
    report(&ferry, &["archive", "verify", "odd.zip", "--strict"], 1).await;

    ferry.write("page.zip", "<!DOCTYPE html><p>502");
    report(&ferry, &["archive", "verify", "page.zip"], 1).await;
    let none = text(&ferry, &["archive", "verify", "none.zip"], 2).await;
    says(&none, &["cannot read none.zip"]);
    let limited = ["archive", "verify", "a.zip", "--limit", "entries=3"];
    let limited = text(&ferry, &limited, 9).await;
    says(&limited, &["the limit `entries` of 3", "--limit"]);
    let unknown = ["archive", "verify", "a.zip", "--limit", "speed=3"];
    says(&text(&ferry, &unknown, 2).await, &["total_bytes"]);
}

#[tokio::test]
async fn the_graph_is_drawn_in_three_ways() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    let tree = text(&ferry, &["archive", "graph", "a.zip"], 0).await.stdout;
    assert!(tree.contains("\n  connection "), "{tree}");
    let mermaid = ["archive", "graph", "a.zip", "--format", "mermaid"];
    let mermaid = text(&ferry, &mermaid, 0).await.stdout;
    assert!(mermaid.starts_with("flowchart LR\n") && mermaid.contains("-->|connection|"));
    let dot = text(&ferry, &["archive", "graph", "a.zip", "--format", "dot"], 0).await;
    assert!(dot.stdout.starts_with("digraph archive {") && dot.stdout.ends_with("}\n"));
}

#[tokio::test]
async fn two_exports_of_one_instance_do_not_differ_and_a_change_is_told_in_words() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    export(&ferry, "b.zip", 2);
    let equal = report(&ferry, &["diff", "a.zip", "b.zip"], 0).await;
    assert_eq!(equal["equal"], true);

    let mut changed = sample();
    Mutation::Map.apply(&mut changed);
    ferry.write("c.zip", whole(&changed, Form::Flat, &Noise::all(3)));
    let told = report(&ferry, &["diff", "a.zip", "c.zip", "--text"], 1).await;
    let artifacts = told["artifacts"].as_array().unwrap();
    assert_eq!(artifacts.len(), 1, "{told:#}");
    let differences = artifacts[0]["differences"].as_array().unwrap();
    assert_eq!(differences.len(), 1, "{told:#}");
    assert_eq!(differences[0]["section"], "content");
    let lines = differences[0]["files"]["lines"].as_str().unwrap();
    assert!(lines.contains("\n-") && lines.contains("\n+"), "{lines}");
    let words = text(&ferry, &["diff", "a.zip", "c.zip"], 1).await.stdout;
    assert!(
        words.contains("1 artifact changed, 0 new, 0 gone"),
        "{words}"
    );
    let page = text(&ferry, &["diff", "a.zip", "c.zip", "-o", "markdown"], 1).await;
    assert!(page.stdout.contains("| Section | What |"), "{page}");
    text(&ferry, &["diff", "a.zip"], 2).await;
    text(&ferry, &["diff", "a.zip", "none.zip"], 2).await;

    // One part of an instance, against the instance.
    let project = &sample().projects[0];
    ferry.write("p.car", car(&sample(), project, None, &Noise::all(4)));
    let lookup = sample().lookups[0].name.clone();
    let shown = report(&ferry, &["diff", "p.car", "p.car"], 0).await;
    assert_eq!(shown["equal"], true, "{lookup}");
}

/// What two exports of one unchanged instance differ in. Numbers, names of maps, releases and defaults stay as they are.
const BETWEEN_EXPORTS: [NoiseKind; 12] = [
    NoiseKind::Prefixes,
    NoiseKind::Declaration,
    NoiseKind::Whitespace,
    NoiseKind::AttributeOrder,
    NoiseKind::EntryOrder,
    NoiseKind::LineOrder,
    NoiseKind::Audit,
    NoiseKind::Lock,
    NoiseKind::Mod,
    NoiseKind::Validity,
    NoiseKind::ExportTime,
    NoiseKind::Canvas,
];

#[tokio::test]
async fn the_trees_of_two_exports_are_equal_and_mean_what_the_archive_means() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    let kept = ["archive", "extract", "a.zip", "kept", "--with-secrets"];
    let done = report(&ferry, &kept, 0).await;
    assert!(done["files"].as_u64().unwrap() > 10);
    let back = report(&ferry, &["diff", "a.zip", "kept"], 0).await;
    assert_eq!(back["equal"], true);
    report(&ferry, &["archive", "verify", "kept"], 0).await;

    let mut trees = Vec::new();
    for seed in [1, 2] {
        let mut of_seed = Vec::new();
        for kind in BETWEEN_EXPORTS {
            let zip = whole(&sample(), Form::Nested, &Noise::only(kind, seed));
            ferry.write("of-kind.zip", zip);
            let into = ["archive", "extract", "of-kind.zip", "one", "--replace"];
            report(&ferry, &into, 0).await;
            of_seed.push((kind, files(&ferry.work().join("one"))));
        }
        trees.push(of_seed);
    }
    for ((kind, one), (_, two)) in trees[0].iter().zip(&trees[1]) {
        assert_eq!(
            one.keys().collect::<Vec<_>>(),
            two.keys().collect::<Vec<_>>(),
            "{kind:?}"
        );
        for (path, content) in one {
            assert!(two[path] == *content, "{kind:?}: {path} differs");
        }
    }
    let one = &trees[0][0].1;

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| {
            let meta = std::fs::metadata(ferry.work().join("one").join(path)).unwrap();
            meta.permissions().mode() & 0o777
        };
        assert_eq!((mode("connections"), mode(".")), (0o700, 0o700));
        assert_eq!(mode(one.keys().next_back().unwrap()), 0o600);
    }
}

#[tokio::test]
async fn a_tree_replaces_only_a_tree() {
    let ferry = ferry();
    export(&ferry, "a.zip", 1);
    std::fs::create_dir(ferry.work().join("mine")).unwrap();
    ferry.write("mine/notes.txt", "precious");
    let into = ["archive", "extract", "a.zip", "mine", "--replace"];
    says(&text(&ferry, &into, 8).await, &["is not empty"]);
    assert_eq!(files(&ferry.work().join("mine")).len(), 1);

    text(&ferry, &["archive", "extract", "a.zip", "tree"], 0).await;
    ferry.write("tree/README.md", "mine");
    ferry.write("tree/lookups/Old.dvm", "gone afterwards");
    let again = ["archive", "extract", "a.zip", "tree"];
    says(&text(&ferry, &again, 8).await, &["--replace"]);
    let again = ["archive", "extract", "a.zip", "tree", "--replace"];
    text(&ferry, &again, 0).await;
    let there = files(&ferry.work().join("tree"));
    assert!(there.contains_key("README.md") && !there.contains_key("lookups/Old.dvm"));
    let left: Vec<_> = there
        .keys()
        .filter(|path| path.starts_with(".ferry-tree-"))
        .collect();
    assert_eq!(left, Vec::<&String>::new());
}

#[tokio::test]
async fn a_tree_has_the_same_files_in_a_folder_that_was_there() {
    let ferry = ferry();
    let settings =
        |head: &str| format!("{{{head}\"connectionProperties\":[],\"securityProperties\":[]}}");
    let zip = Zip::of([
        Part::deflated("s/1.json", settings("\"id\":\"C\",").as_bytes()),
        Part::deflated(
            "s/2.json",
            settings("\"id\":\"C\",\"project\":\"P\",").as_bytes(),
        ),
        Part::deflated(
            "d/T.json",
            b"{\"name\":\"T\",\"code\":\"T\",\"revision\":1,\"integrations\":[]}",
        ),
        Part::deflated("odd.txt", b"odd"),
    ]);
    ferry.write("a.zip", zip.bytes());
    text(&ferry, &["archive", "extract", "a.zip", "new"], 0).await;
    std::fs::create_dir(ferry.work().join("there")).unwrap();
    text(&ferry, &["archive", "extract", "a.zip", "there"], 0).await;
    let files = |folder: &str| {
        files(&ferry.work().join(folder))
            .into_keys()
            .collect::<Vec<_>>()
    };
    assert_eq!(files("there"), files("new"));
    assert_eq!(files("new").len(), 5, "{:?}", files("new"));
    let back = report(&ferry, &["diff", "a.zip", "there"], 0).await;
    assert_eq!(back["equal"], true);
}

const CONNECTION: &str = "<n:ApplicationInstance xmlns:n='http://xmlns.oracle.com/adapters/cloud'>\
    <instanceCode>ERP</instanceCode><displayName>ERP</displayName><applicationTypeRef>rest</applicationTypeRef>\
    <connectionProperties><connectionProperty><name>Password</name><value>hunter2-hunter2</value></connectionProperty>\
    <connectionProperty><name>url</name><value>https://me:hunter2-hunter2@host.example/a</value></connectionProperty>\
    </connectionProperties><attachments><attachment><propertyName>KeyStore</propertyName><attachmentName>k.jks\
    </attachmentName><content>aHVudGVyMi1odW50ZXIy</content></attachment></attachments></n:ApplicationInstance>";

#[tokio::test]
async fn secrets_are_kept_back_unless_asked_for() {
    let ferry = ferry();
    let other = CONNECTION.replace("hunter2-hunter2", "hunter3-hunter3");
    let zip = |connection: &str| {
        let token = "eyJhbGciOiJ9.eyJzdWIiOiIx.0123456789abcdef0123";
        Zip::of([
            Part::deflated("connections/ERP.xml", connection.as_bytes()),
            Part::deflated("notes.txt", format!("Bearer {token}").as_bytes()),
        ])
    };
    ferry.write("a.zip", zip(CONNECTION).bytes());
    ferry.write("b.zip", zip(&other).bytes());
    for args in [
        &["archive", "ls", "a.zip"] as &[&str],
        &["archive", "show", "a.zip", "connection:ERP"],
        &["archive", "verify", "a.zip"],
        &["archive", "graph", "a.zip"],
    ] {
        for format in ["table", "json", "markdown"] {
            let args: Vec<&str> = args.iter().copied().chain(["-o", format]).collect();
            let output = text(&ferry, &args, 0).await;
            assert!(!output.stdout.contains("hunter2"), "{args:?} {output}");
            assert!(!output.stdout.contains("aHVudGVy"), "{args:?} {output}");
        }
    }
    let told = text(&ferry, &["diff", "a.zip", "b.zip", "--text"], 1).await;
    assert!(told.stdout.contains("property Password"), "{told}");
    assert!(!told.stdout.contains("hunter"), "{told}");

    let done = report(&ferry, &["archive", "extract", "a.zip", "tree"], 0).await;
    assert_eq!(done["secrets-taken-out"], 4);
    let all: Vec<u8> = files(&ferry.work().join("tree"))
        .into_values()
        .flatten()
        .collect();
    let all = String::from_utf8(all).unwrap();
    assert!(
        !all.contains("aHVudGVy") && !all.contains("eyJhbGci"),
        "{all}"
    );
    assert!(!all.contains("hunter2"), "{all}");
    let kept = ["archive", "extract", "a.zip", "kept", "--with-secrets"];
    report(&ferry, &kept, 0).await;
    let all: Vec<u8> = files(&ferry.work().join("kept"))
        .into_values()
        .flatten()
        .collect();
    assert!(String::from_utf8(all).unwrap().contains("aHVudGVy"));
}

#[tokio::test]
async fn names_from_an_archive_steer_nothing_and_lead_nowhere() {
    let ferry = ferry();
    let hostile = "x\u{1b}[31m\u{202e}|<img src=x>`a`\"];n[\"\ny";
    let xml = hostile.replace('<', "&lt;").replace('"', "&quot;");
    let dvm = format!(
        "<dvm xmlns='http://xmlns.oracle.com/dvm' name=\"{}\"/>",
        xml.replace(['\u{1b}', '\n'], "")
    );
    let zip = Zip::of([
        Part::deflated("../../escape.txt", b"no"),
        Part::deflated("/abs.txt", b"no"),
        Part::deflated(hostile, b"no"),
        Part::deflated("a.dvm", dvm.as_bytes()),
    ]);
    ferry.write("a.zip", zip.bytes());
    for args in [
        &["archive", "ls", "a.zip"] as &[&str],
        &["archive", "show", "a.zip"],
        &["archive", "verify", "a.zip"],
        &["archive", "graph", "a.zip", "--format", "mermaid"],
        &["archive", "graph", "a.zip", "--format", "dot"],
    ] {
        for format in ["table", "json", "markdown"] {
            let args: Vec<&str> = args.iter().copied().chain(["-o", format]).collect();
            let output = text(&ferry, &args, 0).await;
            let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!output.stdout.contains(bad), "{args:?} {output}");
        }
    }
    let page = text(&ferry, &["archive", "verify", "a.zip", "-o", "markdown"], 0)
        .await
        .stdout;
    for line in page.lines().filter(|line| line.contains("<img")) {
        // In a code span whose fence is longer than any run inside.
        assert!(line.contains("``x"), "{line}");
    }
    let done = report(&ferry, &["archive", "extract", "a.zip", "tree"], 3).await;
    assert!(done["left-out"].as_array().unwrap().len() >= 3, "{done:#}");
    assert!(!ferry.work().join("escape.txt").exists());
    assert!(!ferry.root().join("escape.txt").exists());
}
