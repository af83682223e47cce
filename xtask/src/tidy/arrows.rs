//! Which package may know which, from `cargo metadata`.

use std::collections::BTreeSet;

use super::house::{Dependency, Kind, Metadata, short};

/// What each package of ours may depend on. `ARCHITECTURE.md` draws the same table.
const ALLOWED: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("http", &[]),
    ("archive", &["core"]),
    ("swift", &["core", "http"]),
    ("oic", &["core", "http"]),
    ("flows", &["core", "http", "archive", "swift", "oic"]),
    ("emulator", &["core"]),
    (
        "testkit",
        &[
            "core", "archive", "http", "swift", "oic", "flows", "emulator",
        ],
    ),
    (
        "cli",
        &[
            "core", "http", "archive", "swift", "oic", "flows", "emulator",
        ],
    ),
    // The whole-product tests: not published, and nothing depends on them.
    ("e2e", FOR_TESTS),
    ("xtask", &[]),
];

/// What the tests of any package but xtask may use besides.
const FOR_TESTS: &[&str] = &["core", "emulator", "testkit"];

/// The arrows point down only.
pub(super) fn arrows(metadata: &Metadata) -> Vec<String> {
    // By the whole name: the registry has packages called `http` and `zip`, too.
    let ours: BTreeSet<&str> = metadata.members.iter().map(|m| m.name.as_str()).collect();
    let mut problems = Vec::new();
    for member in &metadata.members {
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == member.short()) else {
            problems.push(format!(
                "{} is in no row of the table of arrows",
                member.name
            ));
            continue;
        };
        for dependency in &member.dependencies {
            if !ours.contains(dependency.name.as_str()) {
                continue;
            }
            let to = short(&dependency.name);
            let for_tests = dependency.kind == Kind::Dev
                && member.short() != "xtask"
                && FOR_TESTS.contains(&to);
            if !allowed.contains(&to) && !for_tests {
                problems.push(format!(
                    "{} must not depend on {to} ({:?} dependency)",
                    member.short(),
                    dependency.kind
                ));
            }
        }
    }
    problems
}

/// What `core` and `archive` must not reach, however far away.
const IMPURE: &[&str] = &["tokio", "hyper", "rustls", "clap"];

/// `core` and `archive` have no I/O, no runtime and no arguments below them.
pub(super) fn pure(metadata: &Metadata) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &metadata.members {
        if !["core", "archive"].contains(&member.short()) {
            continue;
        }
        for name in reached(metadata, &member.id) {
            if IMPURE.contains(&name) {
                problems.push(format!("{} reaches {name}", member.short()));
            }
        }
    }
    problems
}

/// The names of all packages that this one needs, directly or not.
fn reached<'a>(metadata: &'a Metadata, id: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        for next in metadata.edges.get(id).into_iter().flatten() {
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    seen.into_iter()
        .filter_map(|id| metadata.names.get(id).map(String::as_str))
        .collect()
}

/// The HTTP and TLS stack: the client's half in `http`, the server's half in `emulator`. Rustls has no features for its
/// halves; who may trust and who may sign is told by the crates around it.
pub(super) fn hyper(metadata: &Metadata) -> Vec<String> {
    let mut problems = Vec::new();
    for member in &metadata.members {
        for dependency in &member.dependencies {
            problems.extend(misplaced(member.short(), dependency));
        }
    }
    problems
}

fn misplaced(member: &str, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let homes: &[&str] = match name {
        "hyper" | "hyper-util" | "rustls" => &["http", "emulator"],
        "hyper-rustls" | "rustls-native-certs" => &["http"],
        // What answers TLS and signs certificates: the tests of the client stand up a server, too.
        "tokio-rustls" | "rcgen" if dependency.kind == Kind::Dev => &["http", "emulator"],
        "tokio-rustls" | "rcgen" => &["emulator"],
        _ => return None,
    };
    if !homes.contains(&member) {
        return Some(format!("{member} must not name {name}"));
    }
    let (other, half) = if member == "http" {
        ("server", "the client's half")
    } else {
        ("client", "the server's half")
    };
    let wrong = dependency
        .features
        .iter()
        .find(|feature| feature.as_str() == "full" || feature.starts_with(other))?;
    Some(format!(
        "{member} uses {half} of {name}, but asks for its feature `{wrong}`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::house::Member;

    fn member(name: &str, dependencies: &[(&str, Kind, &[&str])]) -> Member {
        Member {
            id: name.to_owned(),
            name: name.to_owned(),
            licence: None,
            dependencies: dependencies
                .iter()
                .map(|(name, kind, features)| Dependency {
                    name: (*name).to_owned(),
                    kind: *kind,
                    features: features.iter().map(|f| (*f).to_owned()).collect(),
                })
                .collect(),
        }
    }

    fn metadata(members: Vec<Member>) -> Metadata {
        let mut metadata = Metadata::default();
        for member in &members {
            metadata
                .names
                .insert(member.id.clone(), member.name.clone());
            let needed = member
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != Kind::Dev)
                .map(|dependency| dependency.name.clone());
            metadata.edges.insert(member.id.clone(), needed.collect());
        }
        metadata.members = members;
        metadata
    }

    #[test]
    fn arrows_point_down() {
        let good = metadata(vec![
            member("oic-ferry-core", &[("serde", Kind::Normal, &[])]),
            member("oic-ferry-http", &[("http", Kind::Normal, &[])]),
            member(
                "oic-ferry-testkit",
                &[("oic-ferry-core", Kind::Normal, &[])],
            ),
            member(
                "oic-ferry-swift",
                &[
                    ("oic-ferry-core", Kind::Normal, &[]),
                    ("oic-ferry-testkit", Kind::Dev, &[]),
                ],
            ),
            member("xtask", &[]),
        ]);
        assert_eq!(arrows(&good), Vec::<String>::new());

        let bad = metadata(vec![
            member("oic-ferry-oic", &[]),
            member("oic-ferry-testkit", &[]),
            member(
                "oic-ferry-swift",
                &[
                    ("oic-ferry-oic", Kind::Normal, &[]),
                    ("oic-ferry-testkit", Kind::Normal, &[]),
                ],
            ),
            member("xtask", &[("oic-ferry-testkit", Kind::Dev, &[])]),
            member("oic-ferry-new", &[]),
        ]);
        assert_eq!(
            arrows(&bad),
            [
                "swift must not depend on oic (Normal dependency)",
                "swift must not depend on testkit (Normal dependency)",
                "xtask must not depend on testkit (Dev dependency)",
                "oic-ferry-new is in no row of the table of arrows",
            ]
        );
    }

    #[test]
    fn impurity_is_found_far_away() {
        let mut house = metadata(vec![
            member("oic-ferry-core", &[("middle", Kind::Normal, &[])]),
            member("oic-ferry-flows", &[("tokio", Kind::Normal, &[])]),
        ]);
        house.edges.insert("middle".into(), vec!["tokio".into()]);
        house.names.insert("middle".into(), "middle".into());
        house.names.insert("tokio".into(), "tokio".into());
        assert_eq!(pure(&house), ["core reaches tokio"]);
        house.edges.remove("middle");
        assert_eq!(pure(&house), Vec::<String>::new());
    }

    #[test]
    fn each_half_of_hyper_has_one_home() {
        let good = metadata(vec![
            member(
                "oic-ferry-http",
                &[("hyper-util", Kind::Normal, &["http1", "client-legacy"])],
            ),
            member(
                "oic-ferry-emulator",
                &[
                    ("hyper", Kind::Normal, &["http1", "server"]),
                    ("rustls", Kind::Normal, &["ring"]),
                    ("tokio-rustls", Kind::Normal, &[]),
                    ("rcgen", Kind::Normal, &[]),
                ],
            ),
            member("oic-ferry-http", &[("rcgen", Kind::Dev, &[])]),
        ]);
        assert_eq!(hyper(&good), Vec::<String>::new());
        let bad = metadata(vec![
            member("oic-ferry-swift", &[("hyper", Kind::Dev, &[])]),
            member("oic-ferry-http", &[("hyper", Kind::Normal, &["server"])]),
            member(
                "oic-ferry-emulator",
                &[("rustls-native-certs", Kind::Normal, &[])],
            ),
            member("oic-ferry-http", &[("rcgen", Kind::Normal, &[])]),
            member("oic-ferry-cli", &[("tokio-rustls", Kind::Dev, &[])]),
        ]);
        assert_eq!(hyper(&bad).len(), 5);
    }
}
