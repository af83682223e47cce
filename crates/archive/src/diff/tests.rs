use std::collections::BTreeMap;

use ferry_core::model::{ArtifactKind, Identity};

use super::sets::Pair;
use super::*;

fn step(key: &'static str, name: &str) -> Node {
    let mut node = Node::new(key);
    node.name = Some(name.to_owned()).filter(|name| !name.is_empty());
    node
}

fn flow(steps: Vec<Node>) -> Meaning {
    let mut meaning = Meaning::default();
    meaning.content.steps = steps;
    meaning.sealed()
}

fn with(mut node: Node, part: &str) -> Node {
    node.say("expression", part);
    node
}

fn within(mut node: Node, steps: Vec<Node>) -> Node {
    node.steps = steps;
    node
}

fn told(before: Vec<Node>, after: Vec<Node>) -> Vec<String> {
    let found = compare(&flow(before), &flow(after));
    found
        .iter()
        .map(|it| format!("{:?} {}", it.change, it.path.join(" › ")))
        .collect()
}

#[test]
fn steps_are_told_apart() {
    let a = || with(step("logger", "A"), "1");
    let b = || with(step("logger", "B"), "2");
    let c = || with(step("logger", "C"), "3");
    let cases = [
        (vec![a(), b(), c()], vec![a(), b(), c()], vec![]),
        (
            vec![a(), b()],
            vec![a(), c(), b()],
            vec!["Added logger 'C'"],
        ),
        (
            vec![a(), b(), c()],
            vec![a(), c()],
            vec!["Removed logger 'B'"],
        ),
        (
            vec![a(), b(), c()],
            vec![c(), a(), b()],
            vec!["Moved logger 'C'"],
        ),
        (
            vec![a(), b(), c()],
            vec![b(), c(), a()],
            vec!["Moved logger 'A'"],
        ),
        (
            vec![a()],
            vec![with(step("logger", "A"), "9")],
            vec!["Changed logger 'A' › expression"],
        ),
        (
            vec![a(), b()],
            vec![with(step("logger", "Z"), "1"), b()],
            vec!["Renamed logger 'Z'"],
        ),
        (
            vec![a(), b(), c()],
            vec![c(), with(step("logger", "A"), "9"), b()],
            vec!["Changed logger 'A' › expression", "Moved logger 'C'"],
        ),
        // One that came from elsewhere.
        (
            vec![a(), within(step("scope", "S"), vec![b()])],
            vec![a(), b(), within(step("scope", "S"), vec![])],
            vec!["Moved logger 'B'"],
        ),
        // Equal ones are many.
        (
            vec![step("stop", ""), a(), step("stop", "")],
            vec![step("stop", ""), step("stop", ""), a(), step("stop", "")],
            vec!["Added stop"],
        ),
        // A change inside a change.
        (
            vec![within(step("scope", "S"), vec![a(), b()])],
            vec![within(step("scope", "S"), vec![b(), c()])],
            vec![
                "Removed scope 'S' › logger 'A'",
                "Added scope 'S' › logger 'C'",
            ],
        ),
    ];
    for (before, after, expected) in cases {
        let mut found = told(before, after);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected);
    }
}

#[test]
fn steps_without_a_name_are_known_by_what_they_are_for() {
    let map = |label: &str, part: &str| {
        let mut map = with(Node::new("map"), part);
        map.label = Some(label.to_owned());
        map
    };
    let before = vec![map("to A", "1"), map("to B", "2")];
    let found = told(before, vec![map("to B", "3")]);
    assert_eq!(
        found,
        ["Changed map 'to B' › expression", "Removed map 'to A'"]
    );
}

#[test]
fn lines_of_the_canonical_text() {
    let a = b"<?xml version='1.0'?><a><b x='1'/><c/></a>";
    let b = b"<a><b x='2'/>\n<c/></a>";
    let text = lines("x.xml", a, b).unwrap();
    assert!(
        text.contains("-  <b x=\"1\"/>\n+  <b x=\"2\"/>\n"),
        "{text}"
    );
    assert_eq!(lines("x.jar", b"\0", b"\x01\0"), None);
    assert_eq!(lines("x.js", b"a\r\n", b"a"), Some(String::new()));
}

fn key(project: &str, kind: ArtifactKind, name: &str, version: &str) -> Key {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (
        some(project),
        Identity {
            kind,
            name: name.to_owned(),
            version: some(version),
        },
    )
}

fn set(keys: &[(Key, &str)]) -> BTreeMap<Key, String> {
    keys.iter()
        .map(|(key, print)| (key.clone(), (*print).to_owned()))
        .collect()
}

#[test]
fn artifacts_are_found_again() {
    use ArtifactKind::{Connection, Integration, Unknown};
    let flow = |project, version| key(project, Integration, "F", version);
    let found = |before: &[(Key, &str)], after: &[(Key, &str)], projects| -> Vec<String> {
        let shown = |key: &Option<Key>| {
            key.as_ref()
                .map_or("-".to_owned(), |(_, id)| id.to_string())
        };
        pairs(&set(before), &set(after), projects)
            .iter()
            .map(|pair| format!("{} => {}", shown(&pair.before), shown(&pair.after)))
            .collect()
    };
    let names = |before: &[(Key, &str)], after: &[(Key, &str)]| found(before, after, true);
    let c = key("", Connection, "C", "");
    assert!(names(&[(c.clone(), "1")], &[(c.clone(), "1")]).is_empty());
    assert_eq!(names(&[(c.clone(), "1")], &[(c.clone(), "2")]).len(), 1);
    // An integration alone and in a project is the same one.
    let (alone, member) = ([(flow("", "1"), "a")], [(flow("P", "1"), "a")]);
    assert!(found(&alone, &member, false).is_empty());
    // Where both sides know of projects, it went into one, out of one, or to another one.
    for (before, after) in [
        (&alone, &member),
        (&member, &alone),
        (&member, &[(flow("Q", "1"), "a")]),
    ] {
        assert_eq!(names(before, after).len(), 1);
    }
    // Another version of it, where only one of two is new.
    let found = names(
        &[(flow("", "1"), "a"), (flow("", "2"), "b")],
        &[(flow("", "1"), "a"), (flow("", "3"), "c")],
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains('2') && found[0].contains('3'),
        "{found:?}"
    );
    // Two versions of which one went.
    let found = names(
        &[(flow("", "1"), "a"), (flow("", "2"), "b")],
        &[(flow("", "2"), "b")],
    );
    assert!(found.len() == 1 && found[0].ends_with("=> -"), "{found:?}");
    // What nobody knows is known by its content, then by its file's name.
    let part = |path: &str| key("", Unknown, path, "");
    assert!(names(&[(part("a/x.bin"), "1")], &[(part("b/c/x.bin"), "1")]).is_empty());
    assert_eq!(
        names(&[(part("a/x.bin"), "1")], &[(part("b/c/x.bin"), "2")]).len(),
        1
    );
}

#[test]
fn lists_of_members_do_not_repeat_what_is_told() {
    let flow = |version: &str| key("P", ArtifactKind::Integration, "F", version);
    let project = key("P", ArtifactKind::Project, "P", "");
    let member = |change, before: Option<&str>, after: Option<&str>| Difference {
        section: Section::Content,
        path: vec!["member integration F".to_owned()],
        change,
        before: before.map(str::to_owned),
        after: after.map(str::to_owned),
        files: None,
    };
    let pair = |before: Option<Key>, after: Option<Key>| Pair {
        before,
        after,
        moved: false,
    };
    let both = pair(Some(project.clone()), Some(project));
    let version = pair(Some(flow("1")), Some(flow("2")));
    let own = member(Change::Changed, Some("1"), Some("2"));
    let found = told_of(vec![
        (both.clone(), vec![own.clone()]),
        (version, vec![own.clone()]),
    ]);
    assert_eq!(found, ["integration F|2"]);
    let added = member(Change::Added, None, Some("2"));
    let found = told_of(vec![
        (both.clone(), vec![added]),
        (pair(None, Some(flow("2"))), vec![]),
    ]);
    assert_eq!(found, ["integration F|2"]);
    // It went from one project to another.
    let moved = |kind| Pair {
        before: Some(key("", kind, "F", "1")),
        after: Some(key("P", kind, "F", "1")),
        moved: true,
    };
    let joined = member(Change::Added, None, Some("1"));
    let found = told_of(vec![
        (both.clone(), vec![joined]),
        (moved(ArtifactKind::Integration), vec![]),
        (moved(ArtifactKind::Schedule), vec![]),
    ]);
    assert_eq!(found, ["integration F|1"]);
    // Nothing else explains it: it is told.
    assert_eq!(told_of(vec![(both, vec![own])]), ["project P"]);
}

fn told_of(compared: Vec<(Pair, Vec<Difference>)>) -> Vec<String> {
    super::told(compared)
        .iter()
        .map(|it| it.artifact.to_string())
        .collect()
}
