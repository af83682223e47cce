//! `ferry archive graph`.

use std::collections::BTreeSet;
use std::path::Path;

use ferry_archive::Limits;
use ferry_core::exit::Exit;
use ferry_core::model::{ArtifactKind, EdgeKind, Graph, Node};
use serde_json::json;

use super::opened;
use crate::app::App;
use crate::args::Drawing;
use crate::failure::Failure;
use crate::output::markup::{block, dot, mermaid};
use crate::output::{Outcome, Report, clean_line};

pub(super) async fn run(
    app: &App,
    path: &Path,
    format: Drawing,
    limits: Limits,
) -> Result<Outcome, Failure> {
    let opened = opened(app, path, limits).await?;
    opened.warn_of_damage(app);
    let graph = &opened.survey.graph;
    let text = match format {
        Drawing::Text => tree(graph),
        Drawing::Mermaid => flowchart(graph),
        Drawing::Dot => digraph(graph),
    };
    let page = match format {
        Drawing::Dot => block("dot", &text),
        Drawing::Text | Drawing::Mermaid => block("mermaid", &flowchart(graph)),
    };
    let report = Report::new(&json!({"file": opened.name, "graph": graph}), text);
    Ok(Outcome::new(Exit::Done, report.with_markdown(page)))
}

/// Whoever nobody calls, and below each what it needs; then what is missing and unused.
fn tree(graph: &Graph) -> String {
    let mut text = String::new();
    let called: BTreeSet<usize> = graph.edges.iter().map(|edge| edge.to).collect();
    let mut shown = BTreeSet::new();
    let tops = (0..graph.nodes.len()).filter(|at| {
        let calls = graph.edges.iter().any(|edge| edge.from == *at);
        let is_integration = graph
            .nodes
            .get(*at)
            .is_some_and(|node| node.id.kind == ArtifactKind::Integration);
        !called.contains(at) && (calls || is_integration)
    });
    for top in tops {
        branch(graph, top, 0, &mut shown, &mut text);
    }
    // Integrations that call each other in a ring have no top.
    for at in 0..graph.nodes.len() {
        let is_integration = graph
            .nodes
            .get(at)
            .is_some_and(|node| node.id.kind == ArtifactKind::Integration);
        if is_integration && !shown.contains(&at) && !graph.missing.contains(&at) {
            branch(graph, at, 0, &mut shown, &mut text);
        }
    }
    for (word, list) in [("missing", &graph.missing), ("unused", &graph.unused)] {
        for node in list.iter().filter_map(|at| graph.nodes.get(*at)) {
            text += &format!("{word}: {}\n", label(node));
        }
    }
    if text.is_empty() {
        text.push_str("nothing in it needs anything\n");
    }
    text
}

fn branch(graph: &Graph, at: usize, depth: usize, shown: &mut BTreeSet<usize>, text: &mut String) {
    let Some(node) = graph.nodes.get(at) else {
        return;
    };
    let first = shown.insert(at);
    let below: Vec<usize> = graph
        .edges
        .iter()
        .filter(|edge| edge.from == at)
        .map(|edge| edge.to)
        .collect();
    let mut end = String::new();
    if graph.missing.contains(&at) {
        end.push_str("  (missing)");
    }
    if !first && !below.is_empty() {
        end.push_str("  (see above)");
    }
    text.extend(std::iter::repeat_n("  ", depth));
    *text += &format!("{}{end}\n", label(node));
    if first {
        for to in below {
            branch(graph, to, depth + 1, shown, text);
        }
    }
}

fn label(node: &Node) -> String {
    clean_line(&match &node.project {
        Some(project) => format!("{} of project {project}", node.id),
        None => node.id.to_string(),
    })
}

fn flowchart(graph: &Graph) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (at, node) in graph.nodes.iter().enumerate() {
        let (open, close) = shape(node.id.kind);
        text += &format!("  n{at}{open}\"{}\"{close}\n", mermaid(&label(node)));
    }
    for edge in &graph.edges {
        let arrow = if graph.missing.contains(&edge.to) {
            "-.->"
        } else {
            "-->"
        };
        text += &format!(
            "  n{} {arrow}|{}| n{}\n",
            edge.from,
            word(edge.kind),
            edge.to
        );
    }
    text
}

fn shape(kind: ArtifactKind) -> (&'static str, &'static str) {
    match kind {
        ArtifactKind::Integration => ("[", "]"),
        ArtifactKind::Lookup => ("[(", ")]"),
        _ => ("(", ")"),
    }
}

fn digraph(graph: &Graph) -> String {
    let mut text = "digraph archive {\n  rankdir=LR;\n".to_owned();
    for (at, node) in graph.nodes.iter().enumerate() {
        let shape = match node.id.kind {
            ArtifactKind::Integration => "box",
            ArtifactKind::Lookup => "cylinder",
            _ => "ellipse",
        };
        let style = if graph.missing.contains(&at) {
            ", style=dashed"
        } else {
            ""
        };
        text += &format!(
            "  n{at} [label={}, shape={shape}{style}];\n",
            dot(&label(node))
        );
    }
    for edge in &graph.edges {
        text += &format!(
            "  n{} -> n{} [label={}];\n",
            edge.from,
            edge.to,
            dot(word(edge.kind))
        );
    }
    text + "}\n"
}

fn word(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Connection => "connection",
        EdgeKind::Lookup => "lookup",
        EdgeKind::Library => "library",
        EdgeKind::Child => "calls",
        EdgeKind::Certificate => "certificate",
        EdgeKind::AgentGroup => "agent group",
    }
}
