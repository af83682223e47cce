//! Who needs whom, which ends are missing, and which are not needed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ferry_core::model::{ArtifactKind, Edge, EdgeKind, Graph, Identity, Node};

use crate::entry_names::shown;
use crate::findings::Findings;
use crate::survey::Record;

/// Project and identity.
pub(crate) type End = (Option<String>, Identity);

/// What one artifact needs.
#[derive(Debug)]
pub(crate) enum Needs {
    Integration {
        of: End,
        connections: BTreeSet<String>,
        lookups: BTreeSet<String>,
        libraries: BTreeSet<(String, String)>,
        children: BTreeSet<(String, String)>,
    },
    Connection {
        of: End,
        certificates: BTreeSet<String>,
        agent_group: Option<String>,
    },
}

/// The connections that come with the product; exports may leave them out.
const PRESEEDED: &str = "PRESEEDED_";

/// Builds the graph; what is named and not there is a warning.
pub(crate) fn build(records: &[Record], needs: Vec<Needs>, findings: &mut Findings) -> Graph {
    let there: BTreeSet<Node> = records
        .iter()
        .filter(|record| is_end(record.id.kind))
        .map(node)
        .collect();
    let places: HashMap<Node, &str> = records
        .iter()
        .filter_map(|record| Some((node(record), record.places.first()?.as_str())))
        .collect();
    let mut nodes = there.clone();
    let mut edges: BTreeSet<(Node, Node, EdgeKind)> = BTreeSet::new();
    let mut missing: BTreeMap<Node, BTreeSet<Node>> = BTreeMap::new();
    for need in needs {
        for (from, wanted, kind) in wanted(need) {
            let found = resolve(&from, &wanted, &there);
            let to = found.unwrap_or(Node {
                id: wanted,
                project: None,
            });
            let left_out =
                to.id.kind == ArtifactKind::AgentGroup || to.id.name.starts_with(PRESEEDED);
            if !there.contains(&to) && !left_out {
                missing.entry(to.clone()).or_default().insert(from.clone());
            }
            nodes.insert(to.clone());
            edges.insert((from, to, kind));
        }
    }
    for (wanted, by) in &missing {
        let by: Vec<&Node> = by.iter().collect();
        let Some(first) = by.first() else { continue };
        let place = places.get(*first).copied().unwrap_or_default();
        let others = match by.len() {
            1 => String::new(),
            more => format!(", as do {} others", more - 1),
        };
        let (wanted, first) = (
            shown(wanted.id.to_string().as_bytes()),
            shown(first.id.to_string().as_bytes()),
        );
        let what = format!("{first} needs {wanted}{others}, which is not there");
        findings.entry_warning(&shown(place.as_bytes()), what);
    }
    let nodes: Vec<Node> = nodes.into_iter().collect();
    let number: HashMap<&Node, usize> = nodes
        .iter()
        .enumerate()
        .map(|(at, node)| (node, at))
        .collect();
    let edges: Vec<Edge> = edges
        .iter()
        .filter_map(|(from, to, kind)| {
            let (from, to) = (*number.get(from)?, *number.get(to)?);
            Some(Edge {
                from,
                to,
                kind: *kind,
            })
        })
        .collect();
    let used: BTreeSet<usize> = edges.iter().map(|edge| edge.to).collect();
    let unused = nodes.iter().enumerate().filter(|(at, node)| {
        let part = !matches!(
            node.id.kind,
            ArtifactKind::Integration | ArtifactKind::AgentGroup
        );
        part && there.contains(*node) && !used.contains(at)
    });
    let unused = unused.map(|(at, _)| at).collect();
    let missing = missing
        .keys()
        .filter_map(|node| number.get(node).copied())
        .collect();
    Graph {
        missing,
        unused,
        edges,
        nodes: nodes.clone(),
    }
}

/// Whether something of this kind can need or be needed.
fn is_end(kind: ArtifactKind) -> bool {
    matches!(
        kind,
        ArtifactKind::Integration
            | ArtifactKind::Connection
            | ArtifactKind::Lookup
            | ArtifactKind::Library
            | ArtifactKind::Certificate
    )
}

fn node(record: &Record) -> Node {
    Node {
        id: record.id.clone(),
        project: record.project.clone(),
    }
}

/// One by one what an artifact needs.
fn wanted(needs: Needs) -> Vec<(Node, Identity, EdgeKind)> {
    let mut all = Vec::new();
    match needs {
        Needs::Integration {
            of: (project, id),
            connections,
            lookups,
            libraries,
            children,
        } => {
            let from = Node { id, project };
            let mut add = |id, kind| all.push((from.clone(), id, kind));
            for code in connections {
                add(
                    Identity::new(ArtifactKind::Connection, code),
                    EdgeKind::Connection,
                );
            }
            for name in lookups {
                add(Identity::new(ArtifactKind::Lookup, name), EdgeKind::Lookup);
            }
            for (code, version) in libraries {
                add(
                    Identity::versioned(ArtifactKind::Library, code, version),
                    EdgeKind::Library,
                );
            }
            for (code, version) in children {
                add(
                    Identity::versioned(ArtifactKind::Integration, code, version),
                    EdgeKind::Child,
                );
            }
        }
        Needs::Connection {
            of: (project, id),
            certificates,
            agent_group,
        } => {
            let from = Node { id, project };
            for alias in certificates {
                all.push((
                    from.clone(),
                    Identity::new(ArtifactKind::Certificate, alias),
                    EdgeKind::Certificate,
                ));
            }
            if let Some(group) = agent_group {
                all.push((
                    from,
                    Identity::new(ArtifactKind::AgentGroup, group),
                    EdgeKind::AgentGroup,
                ));
            }
        }
    }
    all
}

/// What is meant: in the same project, else outside of projects, else in any project.
fn resolve(from: &Node, wanted: &Identity, there: &BTreeSet<Node>) -> Option<Node> {
    let at = |project: Option<String>| {
        let node = Node {
            id: wanted.clone(),
            project,
        };
        there.get(&node).cloned()
    };
    at(from.project.clone()).or_else(|| at(None)).or_else(|| {
        let first = Node {
            id: wanted.clone(),
            project: None,
        };
        there
            .range(first..)
            .next()
            .filter(|node| node.id == *wanted)
            .cloned()
    })
}
