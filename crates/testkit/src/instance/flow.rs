//! `project.xml` and the files below `resources/`.

mod action;
mod endpoint;
mod map;

use std::collections::BTreeMap;

use super::container::Files;
use super::description::{Description, Integration, Trigger};
use super::noise::{Kind, Noise};
use super::steps::{every, trigger};
use super::xml::{Bound, Element, document};
use super::{Action, schema};

pub(super) const DEFINITION: &str = "http://www.oracle.com/2014/03/ics/project/definition";
pub(super) const FLOW: &str = "http://www.oracle.com/2014/03/ics/flow/definition";
const PROJECT: &str = "http://www.oracle.com/2014/03/ics/project";

/// The namespace of the trigger's message has this prefix in every expression.
const PREFIX: &str = "ns12";

pub(super) fn element(name: &str) -> Element {
    Element::new(FLOW, name)
}

/// Where an endpoint's message is known.
#[derive(Debug, Clone)]
struct End {
    application: String,
    /// The message context of the request.
    request: String,
    /// Where the request arrives or leaves, as the orchestration names it.
    port: String,
    /// The context and the port of the answer to the trigger.
    reply: Option<(String, String)>,
    /// The WSDL, relative to `resources/`.
    wsdl: String,
    namespace: String,
}

/// The writing of one flow.
struct Flow<'a> {
    whole: &'a Description,
    it: &'a Integration,
    noise: &'a Noise,
    gaps: fastrand::Rng,
    next: u32,
    ids: BTreeMap<&'static str, u64>,
    files: Files,
    applications: Vec<Element>,
    processors: Vec<Element>,
    contexts: Vec<Element>,
    /// By the endpoint's name; the trigger's is empty.
    ends: BTreeMap<String, End>,
    /// The context that expressions read first.
    source: String,
    source_namespace: String,
}

/// The flow's files, relative to the integration's own folder.
pub(super) fn files(whole: &Description, it: &Integration, noise: &Noise) -> Files {
    let mut flow = Flow {
        whole,
        it,
        noise,
        gaps: noise.chance(Kind::Numbers, &it.id()),
        next: 1,
        ids: BTreeMap::new(),
        files: Vec::new(),
        applications: Vec::new(),
        processors: Vec::new(),
        contexts: Vec::new(),
        ends: BTreeMap::new(),
        source: String::new(),
        source_namespace: String::new(),
    };
    let model = flow.model();
    let place = it.id();
    let namespaces = [DEFINITION, FLOW, PROJECT];
    let text = document(&model, &Bound::Free(&namespaces), &place, noise);
    let mut files = flow.files;
    files.push(("PROJECT-INF/project.xml".to_owned(), text.into_bytes()));
    files.extend(derived(it, noise));
    files
}

impl Flow<'_> {
    fn model(&mut self) -> Element {
        let metadata = self.metadata();
        let start = self.start();
        let mut ends = Vec::new();
        every(&self.it.flow, &mut |action| match action {
            Action::Invoke(_) | Action::Call { .. } => ends.push(action),
            _ => {}
        });
        for action in ends {
            self.declare(action);
        }
        let mut order = vec![
            element("integrationMetadata")
                .with("id", self.id("im"))
                .with("refUri", metadata),
        ];
        let flow = &self.it.flow;
        order.push(start);
        order.extend(self.actions(flow));
        let it = self.it;
        let of = |name: &str, text: &str| Element::new(DEFINITION, name).text(text);
        let mut root = Element::new(PROJECT, "icsproject")
            .with("name", "project_1")
            .with("version", "10.1")
            .with("cversion", "5")
            .with("modelType", "freeform")
            .child(of("projectCode", &it.code))
            .child(of("projectVersion", &it.version))
            .child(of("projectName", &it.name));
        if !it.description.is_empty() || self.noise.choice(Kind::Defaults, 2) == 0 {
            root = root.child(of("projectDescription", &it.description));
        }
        let flow = Element::new(PROJECT, "icsflow")
            .with("name", "flow_1")
            .all(std::mem::take(&mut self.applications))
            .all(std::mem::take(&mut self.processors))
            .all(std::mem::take(&mut self.contexts))
            .child(
                element("commonNamespaceMaps").child(
                    element("commonNamespaceMap")
                        .with("prefix", PREFIX)
                        .with("namespace", self.source_namespace.clone()),
                ),
            )
            .child(element("orchestration").all(order));
        root.child(of("percentComplete", "100"))
            .child(of("projectHasErrors", "false"))
            .child(of("projectHasWarnings", "false"))
            .child(flow)
    }

    fn metadata(&mut self) -> String {
        let name = self.named("processor");
        let text = "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
             targetNamespace=\"http://www.oracle.com/2014/03/ic/integration/metadata\"/>\n";
        let group = self.named("resourcegroup");
        let folder = format!("{name}/{group}");
        let resource = self.resource(
            &folder,
            "ICSIntegrationMetadata.xsd",
            "xsd",
            text.to_owned(),
        );
        let context = self.context("metadata", None);
        let output = self.output(&context, None);
        let made = processor(&name, "integrationMetadata")
            .child(element("resourceGroup").with("name", group).child(resource))
            .child(output);
        self.processors.push(made);
        name
    }

    /// The trigger, and the action that receives from it.
    fn start(&mut self) -> Element {
        let kind = match self.it.trigger {
            Trigger::Event(_) => ("subscribe", "sub"),
            _ => ("receive", "r"),
        };
        let Some(end) = trigger(&self.it.trigger) else {
            return self.scheduled();
        };
        let answers = matches!(self.it.trigger, Trigger::Request(_));
        let mep = if answers {
            "push-sync"
        } else {
            "fire-and-forget"
        };
        self.source_endpoint(end, mep, answers);
        let port = self
            .ends
            .get("")
            .map_or_else(String::new, |e| e.port.clone());
        let tracker = self.tracker();
        element(kind.0)
            .with("trackingRefUri", tracker)
            .with("id", self.id(kind.1))
            .with("refUri", port)
    }

    fn scheduled(&mut self) -> Element {
        let name = self.named("processor");
        let group = self.named("resourcegroup");
        let text = "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
             targetNamespace=\"http://www.oracle.com/2014/03/ics/schedule\"/>\n";
        let folder = format!("{name}/{group}");
        let resource = self.resource(&folder, "ICSSchedule_1.xsd", "xsd", text.to_owned());
        self.source = self.context("schedule", None);
        "http://www.oracle.com/2014/03/ics/schedule".clone_into(&mut self.source_namespace);
        let source = self.source.clone();
        let output = self.output(&source, None);
        let made = processor(&name, "scheduleReceive")
            .child(element("resourceGroup").with("name", group).child(resource))
            .child(output);
        self.processors.push(made);
        let tracker = self.tracker();
        element("scheduleReceive")
            .with("trackingRefUri", tracker)
            .with("id", self.id("sr"))
            .with("refUri", name)
    }

    fn tracker(&mut self) -> String {
        let name = self.named("processor");
        let source = self.source.clone();
        let mut group = element("trackingVariableGroup");
        for (at, variable) in self.it.tracking.iter().enumerate() {
            let context = self.context("string", None);
            let output = self.output(&context, None);
            group = group.child(
                element("trackingVariable")
                    .leaf("role", &format!("tracking_var_{}", at + 1))
                    .leaf("primary", if at == 0 { "true" } else { "false" })
                    .leaf("name", &variable.name)
                    .leaf("xpath", &variable.xpath)
                    .child(element("messageContextRef").with("refUri", source.clone()))
                    .child(output),
            );
        }
        let made = element("processor")
            .with("name", name.clone())
            .leaf("type", "messageTracker")
            .leaf("role", "messageTracker:global")
            .child(group);
        self.processors.push(made);
        name
    }

    /// The next name of its kind, `processor_7`: all kinds share one counter, as in real flows.
    fn named(&mut self, kind: &str) -> String {
        self.next += 1;
        if self.noise.choice(Kind::Numbers, 1 << 16) > 0 {
            self.next += self.gaps.u32(..9);
        }
        format!("{kind}_{}", self.next)
    }

    /// The next id of an action, `m0`.
    fn id(&mut self, prefix: &'static str) -> String {
        let first = self.noise.choice(Kind::Numbers, 1 << 16);
        let next = self.ids.entry(prefix).or_insert(first);
        *next += 1;
        format!("{prefix}{}", *next - 1)
    }

    /// Writes a file and makes the element that names it.
    fn resource(&mut self, folder: &str, name: &str, kind: &str, text: String) -> Element {
        let path = format!("resources/{folder}/{name}");
        let resource = self.named("resource");
        let made = element("resource")
            .with("name", resource)
            .with("location", format!("../{path}"))
            .with("type", kind);
        self.files.push((path, text.into_bytes()));
        made
    }

    /// A message context.
    fn context(&mut self, root: &str, of: Option<(&str, &str)>) -> String {
        let name = self.named("messagecontext");
        let mut made = element("messageContext").with("name", name.clone());
        let namespace = of.map_or("http://www.w3.org/2001/XMLSchema", |(_, ns)| ns);
        if let Some((resource, _)) = of {
            made = made.child(element("resourceRef").with("refUri", resource));
        }
        made = made.child(
            element("rootElement")
                .with("elementName", root)
                .with("namespace", namespace),
        );
        self.contexts.push(made);
        name
    }

    fn output(&mut self, context: &str, role: Option<&str>) -> Element {
        self.port("output", context, role)
    }

    fn port(&mut self, kind: &str, context: &str, role: Option<&str>) -> Element {
        let name = self.named(kind);
        port_named(kind, &name, context, role)
    }

    /// Writes an expression and what the editor remembers of it; gives the group that names it.
    fn expressions(&mut self, folder: &str, of: &[Expression<'_>]) -> Element {
        let group = self.named("resourcegroup");
        let mut made = element("resourceGroup")
            .with("name", group.clone())
            .leaf("role", "exprBuilderProperties");
        let folder = format!("{folder}/{group}");
        for one in of {
            let xpath = one.xpath;
            let text = xpath
                .replace(&format!("/{PREFIX}:execute/{PREFIX}:request-wrapper/"), "")
                .replace(&format!("{PREFIX}:"), "");
            let content = format!(
                "TextExpression : {text}\nXpathExpression : {xpath}\nNamespaceList : {PREFIX}={}\nNumberOfWarnings : 0\n\
                 NumberOfErrors : 0\nExpressionName : {}\nVariableName : {}\nVariableDescription : \nVariableType : {}\n\
                 VariableTypeNamespace : \n",
                self.source_namespace,
                one.name,
                one.variable,
                if one.variable.is_empty() {
                    ""
                } else {
                    "string"
                },
            );
            let name = format!("{}expr.properties", one.role);
            let mut resource = self.resource(&folder, &name, "properties", content);
            if !one.role.is_empty() {
                resource = resource.leaf("role", one.role);
            }
            made = made.child(resource);
            let state = format!(
                "{{\"referencedFunctionsWithTrackFlag\":[],\"version\":2.0,\"warningMsgs\":[],\"errorMsgs\":[],\
                 \"variablesReferenced\":[{{\"wsdlURI\":\"{}\",\"variableName\":\"/\"}}],\
                 \"referencedLookupData\":[],\"warningCount\":0,\"errorCount\":0}}",
                server(self.noise, &self.it.id())
            );
            let path = format!("resources/{folder}/{}stateinfo.json", one.role);
            self.files.push((path, state.into_bytes()));
        }
        made
    }

    fn primary(&self) -> Element {
        element("resourceRef")
            .with("refUri", self.source.clone())
            .leaf("role", "primary-source")
    }
}

/// An expression.
struct Expression<'a> {
    xpath: &'a str,
    /// What it is to the action, where there are several.
    role: &'a str,
    /// The name of a route.
    name: &'a str,
    /// The variable that gets the value.
    variable: &'a str,
}

impl<'a> Expression<'a> {
    fn of(xpath: &'a str) -> Self {
        Self {
            xpath,
            role: "",
            name: "",
            variable: "",
        }
    }
}

fn port_named(kind: &str, name: &str, context: &str, role: Option<&str>) -> Element {
    let mut made = element(kind).with("name", name);
    if let Some(role) = role {
        made = made.leaf("role", role);
    }
    made.child(element("messageContextRef").with("refUri", context))
}

fn processor(name: &str, kind: &str) -> Element {
    element("processor")
        .with("name", name)
        .leaf("type", kind)
        .leaf("role", "undefined")
}

/// A folder of the server that saved the flow.
fn server(noise: &Noise, place: &str) -> String {
    let folder = noise.chance(Kind::ServerPaths, place).u64(..);
    format!("file:/u01/data/domains/stage/itg_{folder}/resources/x.wsdl")
}

/// The files of the canvas, and those that are computed from the flow.
fn derived(it: &Integration, noise: &Noise) -> Files {
    let left = noise.chance(Kind::Canvas, &it.id()).u32(..5_000);
    let layout = format!(
        "{{\"savedInSpectra\":true,\"chosenLayout\":\"VerticalLayout\",\"children\":[{{\"id\":\"r0\",\"left\":{left}}}]}}"
    );
    let analysis = format!(
        "{{\"id\":\"{}\",\"icsProject\":{{\"version\":\"{}\",\"percentageComplete\":100,\"projectCode\":\"{}\",\
         \"processorCount\":{{\"SOURCE\":{left}}}}}}}",
        it.folder(),
        it.version,
        it.code
    );
    let mut files = vec![
        ("PROJECT-INF/layout3.json".to_owned(), layout.clone()),
        ("PROJECT-INF/analysis.json".to_owned(), analysis),
    ];
    match noise.choice(Kind::Canvas, 3) {
        0 => {}
        1 => files.push(("PROJECT-INF/layout.json".to_owned(), layout)),
        _ => files.push((
            "PROJECT-INF/project_messages.json".to_owned(),
            "{\"messages\":{\"@class\":\"java.util.HashMap\"}}".to_owned(),
        )),
    }
    files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect()
}
