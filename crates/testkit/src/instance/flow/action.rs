//! The orchestration, and a processor for each action.

use super::super::description::{Action, Branch, Handler, Variable};
use super::super::xml::Element;
use super::{Expression, Flow, element, port_named, processor};

const FAULT: &str = "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
     targetNamespace=\"http://www.oracle.com/2014/03/ics/fault\"/>\n";

impl Flow<'_> {
    pub(super) fn actions(&mut self, actions: &[Action]) -> Vec<Element> {
        actions.iter().map(|action| self.action(action)).collect()
    }

    fn action(&mut self, action: &Action) -> Element {
        match action {
            Action::Map { to, fields } => self.map(to, fields),
            Action::Invoke(end) => self.invoke(&end.name),
            Action::Call { name, .. } => self.invoke(name),
            Action::Assign { name, variables } => self.assign(name, variables),
            Action::Route(branches) => self.route(branches),
            Action::Each {
                name,
                over,
                actions,
            } => self.repeat("for", "f", name, over, actions),
            Action::While {
                name,
                condition,
                actions,
            } => self.repeat("while", "w", name, condition, actions),
            Action::Scope {
                name,
                actions,
                handlers,
            } => {
                let inner = self.actions(actions);
                let handled: Vec<Element> = handlers.iter().map(|h| self.handler(h)).collect();
                element("try")
                    .with("id", self.id("t"))
                    .with("name", name)
                    .all(inner)
                    .all(handled)
            }
            Action::Parallel { name, branches } => self.parallel(name, branches),
            Action::Notify { name, body } => self.notify(name, body),
            Action::Script {
                name,
                library,
                version,
                function,
            } => self.script(name, library, version, function),
            Action::Log { name, message } => {
                let expression = Expression {
                    variable: name,
                    ..Expression::of(message)
                };
                let processor = self.simple("activityStreamLogger", name, &[expression], |made| {
                    made.child(
                        element("property")
                            .with("name", "traceOnly")
                            .with("value", "false"),
                    )
                });
                element("activityStreamLogger")
                    .with("id", self.id("lg"))
                    .with("refUri", processor)
            }
            Action::Throw { name, code } => {
                let expression = Expression {
                    role: "CODE",
                    ..Expression::of(code)
                };
                let processor = self.simple("throw", name, &[expression], |made| made);
                element("throw")
                    .with("id", self.id("th"))
                    .with("refUri", processor)
            }
            Action::Reply => {
                let end = self.ends.get("").and_then(|end| end.reply.clone());
                let port = end.map_or_else(String::new, |(_, port)| port);
                element("reply")
                    .with("id", self.id("y"))
                    .with("refUri", port)
            }
            Action::Stop => element("stop").with("id", self.id("st")),
        }
    }

    fn invoke(&mut self, name: &str) -> Element {
        let end = self.ends.get(name);
        let application = end.map_or_else(String::new, |end| end.application.clone());
        element("invoke")
            .with("id", self.id("i"))
            .with("refUri", application)
            .with("name", name)
    }

    /// A processor with expressions and a name.
    fn simple(
        &mut self,
        kind: &str,
        name: &str,
        expressions: &[Expression<'_>],
        more: impl FnOnce(Element) -> Element,
    ) -> String {
        let own = self.named("processor");
        let group = self.expressions(&own, expressions);
        let made = processor(&own, kind).child(group).child(self.primary());
        let made = more(made).leaf("processorName", name);
        self.processors.push(made);
        own
    }

    fn assign(&mut self, name: &str, variables: &[Variable]) -> Element {
        let mut label = element("label").with("id", self.id("l")).with("name", name);
        for variable in variables {
            let own = self.named("processor");
            let group = self.expressions(
                &own,
                &[Expression {
                    variable: &variable.name,
                    ..Expression::of(&variable.expression)
                }],
            );
            let context = self.context("string", None);
            let output = self.output(&context, None);
            let made = processor(&own, "assignment")
                .child(group)
                .child(self.primary())
                .child(output);
            self.processors.push(made);
            label = label.child(
                element("assignment")
                    .with("id", self.id("a"))
                    .with("refUri", own),
            );
        }
        label
    }

    fn route(&mut self, branches: &[Branch]) -> Element {
        let own = self.named("processor");
        let source = self.source.clone();
        let mut made = element("processor")
            .with("name", own.clone())
            .leaf("type", "contentBasedRouter")
            .leaf("role", "router:request-post-es")
            .child(self.port("input", &source, None));
        let mut router = element("router")
            .with("id", self.id("s"))
            .with("refUri", own.clone());
        for branch in branches {
            let output = self.named("output");
            let mut port = port_named("output", &output, &source, None);
            if let Some(condition) = &branch.condition {
                let folder = format!("{own}/{output}");
                port = port.child(self.expressions(
                    &folder,
                    &[Expression {
                        name: &branch.name,
                        ..Expression::of(condition)
                    }],
                ));
            }
            made = made.child(port);
            let inner = self.actions(&branch.actions);
            router = router.child(
                element("route")
                    .with("id", self.id("sc"))
                    .with("refUri", format!("{own}/{output}"))
                    .all(inner),
            );
        }
        self.processors.push(made);
        router
    }

    fn repeat(
        &mut self,
        kind: &'static str,
        prefix: &'static str,
        name: &str,
        expression: &str,
        actions: &[Action],
    ) -> Element {
        let own = self.simple(kind, name, &[Expression::of(expression)], |made| made);
        let inner = self.actions(actions);
        element(kind)
            .with("id", self.id(prefix))
            .with("refUri", own)
            .all(inner)
    }

    fn handler(&mut self, handler: &Handler) -> Element {
        let (kind, prefix) = if handler.fault.is_some() {
            ("catch", "c")
        } else {
            ("catchAll", "ta")
        };
        let own = self.named("processor");
        let group = self.named("resourcegroup");
        let resource = self.resource(
            &format!("{own}/{group}"),
            "ICSFault.xsd",
            "xsd",
            FAULT.to_owned(),
        );
        let context = self.context("fault", None);
        let mut made = processor(&own, kind)
            .child(element("resourceGroup").with("name", group).child(resource))
            .child(self.output(&context, None));
        if let Some(fault) = &handler.fault {
            made = made.child(
                element("property")
                    .with("name", "faultName")
                    .with("value", fault),
            );
        }
        self.processors.push(made);
        let inner = self.actions(&handler.actions);
        element(kind)
            .with("id", self.id(prefix))
            .with("refUri", own)
            .all(inner)
    }

    fn parallel(&mut self, name: &str, branches: &[(String, Vec<Action>)]) -> Element {
        let own = self.named("processor");
        self.processors
            .push(processor(&own, "parallel").leaf("processorName", name));
        let mut made = element("parallel")
            .with("id", self.id("pa"))
            .with("refUri", own);
        for (name, actions) in branches {
            let own = self.named("processor");
            self.processors
                .push(processor(&own, "parallelBranch").leaf("processorName", name));
            let inner = self.actions(actions);
            made = made.child(
                element("parallelBranch")
                    .with("id", self.id("pab"))
                    .with("refUri", own)
                    .all(inner),
            );
        }
        made
    }

    fn notify(&mut self, name: &str, body: &str) -> Element {
        let own = self.named("processor");
        let group = self.named("resourcegroup");
        let folder = format!("{own}/{group}");
        let mut data = element("resourceGroup")
            .with("name", group)
            .leaf("role", "NotificationData");
        for (part, text) in [
            ("from", "{FROM_PARAM_1}"),
            ("to", "{TO_PARAM_1}"),
            ("subject", "{SUBJECT_PARAM_1}"),
            ("body", body),
        ] {
            let file = format!("notification_{part}.data");
            data = data.child(self.resource(&folder, &file, "undefined", text.to_owned()));
        }
        let of = |role, xpath| Expression {
            role,
            ..Expression::of(xpath)
        };
        let group = self.expressions(
            &own,
            &[
                of("FROM_PARAM_1", "'no-reply@example.com'"),
                of("TO_PARAM_1", "'orders@example.com'"),
                of("SUBJECT_PARAM_1", "'An order'"),
            ],
        );
        let made = processor(&own, "notification")
            .child(data)
            .child(group)
            .child(self.primary())
            .leaf("processorName", name);
        self.processors.push(made);
        element("notification")
            .with("id", self.id("no"))
            .with("refUri", own)
    }

    fn script(&mut self, name: &str, library: &str, version: &str, function: &str) -> Element {
        let own = self.named("processor");
        let group = self.named("resourcegroup");
        let text = format!(
            "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
             targetNamespace=\"http://www.oracle.com/2014/03/ics/callout\">\
             <xsd:element name=\"output_{name}_result\" type=\"xsd:double\"/></xsd:schema>\n"
        );
        let resource = self.resource(
            &format!("{own}/{group}"),
            "ICSCallout_Output.xsd",
            "xsd",
            text,
        );
        let context = self.context("result", None);
        let property =
            |name: &str, value: String| element("property").with("name", name).with("value", value);
        let operation = format!("{library}/{version}/{}", function.replace(':', "/"));
        let made = processor(&own, "callout")
            .child(element("resourceGroup").with("name", group).child(resource))
            .child(self.primary())
            .child(self.output(&context, None))
            .child(property("operation", operation))
            .child(property("apiid", format!("{library}:{version}:{function}")))
            .leaf("processorName", name);
        self.processors.push(made);
        element("callout")
            .with("id", self.id("co"))
            .with("refUri", own)
    }
}
