//! Maps: XSL, and what the mapper remembers.

use super::super::description::Field;
use super::super::noise::Kind;
use super::super::xml::{Bound, Element, document};
use super::{Flow, PREFIX, element, server};

const XSL: &str = "http://www.w3.org/1999/XSL/Transform";
const MAPPER: &str = "http://www.oracle.com/xsl/mapper/schemas";

impl Flow<'_> {
    /// A map to the request of an endpoint, or to the reply.
    pub(super) fn map(&mut self, to: &str, fields: &[Field]) -> Element {
        let reply = to.is_empty();
        let target = self.ends.get(to).map_or_else(String::new, |end| {
            let reply = end.reply.as_ref().filter(|_| reply);
            reply.map_or_else(|| end.request.clone(), |(context, _)| context.clone())
        });
        let name = self.named("processor");
        let group = self.named("resourcegroup");
        let mut hex = self
            .noise
            .chance(Kind::MapNames, &format!("{}{to}", self.it.id()));
        let map = format!("req_{:016x}{:016x}", hex.u64(..), hex.u64(..));
        let sheet = self.sheet(to, fields);
        let bound = Bound::Fixed(&[("xsl", XSL), ("oracle-xsl-mapper", MAPPER)]);
        let text = document(&sheet, &bound, &format!("{}{to}", self.it.id()), self.noise);
        let folder = format!("{name}/{group}");
        let state = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<oracle-xsl-webmapper:StateInfo \
             xmlns:oracle-xsl-webmapper=\"http://www.oracle.com/xsl/webmapper/state\" version=\"1.1\">\n    \
             <uriAbsoluteLocation>{}</uriAbsoluteLocation>\n</oracle-xsl-webmapper:StateInfo>\n",
            server(self.noise, &self.it.id())
        );
        let path = format!("resources/{folder}/{map}_stateinfo.xml");
        self.files.push((path, state.into_bytes()));
        let resource = self.resource(&folder, &format!("{map}.xsl"), "xslt", text);
        let source = self.source.clone();
        let input = self.port("input", &source, None);
        let output = self.port("output", &target, None);
        let role = if reply {
            "transformer:response-map"
        } else {
            "transformer:request-map"
        };
        let made = element("processor")
            .with("name", name.clone())
            .leaf("type", "transformer")
            .leaf("role", role)
            .child(element("resourceGroup").with("name", group).child(resource))
            .child(input)
            .child(output)
            .child(
                element("property")
                    .with("name", "has-mappings")
                    .with("value", "true"),
            );
        self.processors.push(made);
        element("transformer")
            .with("id", self.id("m"))
            .with("refUri", name)
    }

    fn sheet(&self, to: &str, fields: &[Field]) -> Element {
        let end = self.ends.get(to);
        let from = self.ends.get("");
        let namespace = end.map_or("", |end| end.namespace.as_str());
        let wsdl = |end: Option<&super::End>| {
            end.map_or_else(
                || "../../processor/ICSSchedule_1.xsd".to_owned(),
                |end| format!("../../{}", end.wsdl),
            )
        };
        let root = if to.is_empty() {
            "executeResponse"
        } else {
            "execute"
        };
        let mut ids = self.noise.choice(Kind::Numbers, 1 << 16) + 1;
        let mut id = || {
            ids += 1;
            format!("id_{ids}")
        };
        let shape = |of: &str, wsdl: &str, root: &str, namespace: &str, id: String| {
            Element::new(MAPPER, of)
                .with("type", "WSDL")
                .with("xml:id", id)
                .all([
                    Element::new(MAPPER, "schema").with("location", wsdl),
                    Element::new(MAPPER, "rootElement")
                        .with("name", root)
                        .with("namespace", namespace),
                ])
        };
        let schema = Element::new(MAPPER, "schema").with("xml:id", id()).all([
            Element::new(MAPPER, "mapSources").child(shape(
                "source",
                &wsdl(from),
                "execute",
                &self.source_namespace,
                id(),
            )),
            Element::new(MAPPER, "mapTargets").child(shape(
                "target",
                &wsdl(end),
                root,
                namespace,
                id(),
            )),
        ]);
        let lines = fields.iter().map(|field| {
            Element::new("", &format!("tns:{}", field.target))
                .with("xml:id", id())
                .child(
                    Element::new(XSL, "value-of")
                        .with("select", field.select.clone())
                        .with("xml:id", id()),
                )
        });
        let wrapper = Element::new("", "tns:request-wrapper").all(lines);
        let template = Element::new(XSL, "template")
            .with("match", "/")
            .child(Element::new("", &format!("tns:{root}")).child(wrapper));
        Element::new(XSL, "stylesheet")
            .with("version", "2.0")
            .with(&format!("xmlns:{PREFIX}"), self.source_namespace.clone())
            .with("xmlns:tns", namespace)
            .with(
                "xmlns:dvm",
                "http://www.oracle.com/XSL/Transform/java/oracle.tip.dvm.LookupValue",
            )
            .child(schema)
            .child(template)
    }
}
