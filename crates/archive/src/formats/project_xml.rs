//! The model of a flow: its parts by their names, and the tree of what is done.

use std::collections::HashMap;

use crate::canonical::{Element, Tree};

/// Where it lies in an integration.
pub(crate) const FLOW: &str = "PROJECT-INF/project.xml";

/// A view of a `project.xml` that was read into a tree. Names are local ones: the two serialisers differ in prefixes
/// only, and no two namespaces of the model share a name.
#[derive(Debug)]
pub(crate) struct Flow<'t> {
    /// The whole document.
    pub(crate) root: Element<'t>,
    /// Applications and processors by their names, in the order of the document.
    pub(crate) parts: Vec<Element<'t>>,
    by_name: HashMap<&'t str, Element<'t>>,
    contexts: HashMap<&'t str, Element<'t>>,
    /// What is done, in order; a flow of the old templates has none.
    pub(crate) orchestration: Option<Element<'t>>,
    /// The prefixes that expressions may use without declaring them.
    pub(crate) namespaces: HashMap<&'t str, &'t str>,
    /// What stands in the flow beside all that.
    pub(crate) unknown: Vec<Element<'t>>,
}

impl<'t> Flow<'t> {
    /// Finds the parts. What is no flow has none.
    pub(crate) fn of(tree: &'t Tree) -> Self {
        let root = tree.root();
        let mut flow = Self {
            root,
            parts: Vec::new(),
            by_name: HashMap::new(),
            contexts: HashMap::new(),
            orchestration: None,
            namespaces: HashMap::new(),
            unknown: Vec::new(),
        };
        for part in root
            .child("icsflow")
            .into_iter()
            .flat_map(|it| it.children())
        {
            let name = part.attribute("name").unwrap_or_default();
            match part.name() {
                "application" | "processor" => {
                    flow.parts.push(part);
                    flow.by_name.insert(name, part);
                }
                "messageContext" => drop(flow.contexts.insert(name, part)),
                "orchestration" => flow.orchestration = Some(part),
                "commonNamespaceMaps" => {
                    for map in part.children() {
                        let get = |name| map.attribute(name).unwrap_or_default();
                        flow.namespaces.insert(get("prefix"), get("namespace"));
                    }
                }
                _ => flow.unknown.push(part),
            }
        }
        flow
    }

    /// What a reference leads to: `processor_70/output_72` to the processor of that name, and the rest of the way.
    pub(crate) fn target(&self, reference: &'t str) -> Option<(Element<'t>, Option<&'t str>)> {
        let (name, rest) = match reference.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (reference, None),
        };
        self.by_name.get(name).map(|part| (*part, rest))
    }

    /// The root element of the message that a port passes on, as `{namespace}name`, if the port itself declares its
    /// shape; and the name of the application or processor that declares it otherwise.
    pub(crate) fn shape(&self, port: Element<'t>) -> Option<Shape<'t>> {
        let reference = port.child("messageContextRef")?.attribute("refUri")?;
        let context = self.contexts.get(reference)?;
        if let Some(owner) = context
            .child("resourceRef")
            .and_then(|it| it.attribute("refUri"))
        {
            return self.target(owner).map(|(owner, _)| Shape::Of(owner));
        }
        let root = context.child("rootElement")?;
        let get = |name| root.attribute(name).unwrap_or_default();
        Some(Shape::Type(format!(
            "{{{}}}{}",
            get("namespace"),
            get("elementName")
        )))
    }
}

/// What a message looks like.
#[derive(Debug)]
pub(crate) enum Shape<'t> {
    /// As this part of the flow declares it.
    Of(Element<'t>),
    /// A simple type, or a root element that is declared nowhere in the flow.
    Type(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_whatever_the_prefixes_are() {
        let plain = "<icsproject xmlns='http://www.oracle.com/2014/03/ics/project'><icsflow>\
            <f:application xmlns:f='http://www.oracle.com/2014/03/ics/flow/definition' name='application_1'/>\
            <f:processor xmlns:f='http://www.oracle.com/2014/03/ics/flow/definition' name='processor_2'><f:output>\
            <f:messageContextRef refUri='messagecontext_3'/></f:output></f:processor>\
            <f:messageContext xmlns:f='http://www.oracle.com/2014/03/ics/flow/definition' name='messagecontext_3'>\
            <f:resourceRef refUri='application_1/x/y'/></f:messageContext></icsflow></icsproject>";
        for text in [
            plain.to_owned(),
            plain.replace("f:", "ns2:").replace(":f=", ":ns2="),
        ] {
            let tree = Tree::read(text.as_bytes()).unwrap();
            let flow = Flow::of(&tree);
            assert_eq!(flow.parts.len(), 2);
            let (processor, rest) = flow.target("processor_2/output_4").unwrap();
            assert_eq!((processor.name(), rest), ("processor", Some("output_4")));
            let shape = flow.shape(processor.child("output").unwrap());
            assert!(matches!(shape, Some(Shape::Of(it)) if it.name() == "application"));
        }
    }
}
