//! Applications: the trigger, the invokes, and the calls to other integrations.

use super::super::container::LOCAL;
use super::super::description::{Action, Endpoint, Property, Schema};
use super::super::steps::adapter;
use super::super::xml::{Bound, Element, document};
use super::{End, Flow, element, port_named, schema};

const JCA: &str = "http://platform.integration.oracle/blocks/adapter/fw/metadata";

impl Flow<'_> {
    pub(super) fn declare(&mut self, action: &Action) {
        match action {
            Action::Invoke(end) => self.target(end),
            Action::Call {
                name,
                code,
                version,
            } => {
                let of = |name: &str, value: &str| Property {
                    name: name.to_owned(),
                    value: value.to_owned(),
                };
                let called = self.whole.integrations.iter().find(|it| it.code == *code);
                let end = Endpoint {
                    name: name.clone(),
                    connection: LOCAL.to_owned(),
                    configuration: vec![
                        of("HttpVerb", "POST"),
                        of("integrationContext", "GLOBAL"),
                        of("integration_code", code),
                        of("integration_id", &format!("{code}|{version}")),
                        of("integration_name", called.map_or(code, |it| &it.name)),
                        of("integration_operation", "POST"),
                        of("integration_version", version),
                    ],
                    schema: Schema { seed: 4, types: 2 },
                };
                self.target(&end);
            }
            _ => {}
        }
    }

    pub(super) fn source_endpoint(&mut self, end: &Endpoint, mep: &str, answers: bool) {
        let made = self.application(end, "source", "outbound", mep, answers);
        self.source.clone_from(&made.request);
        self.source_namespace.clone_from(&made.namespace);
        self.ends.insert(String::new(), made);
    }

    fn target(&mut self, end: &Endpoint) {
        let made = self.application(end, "target", "inbound", "push-sync", true);
        self.ends.insert(end.name.clone(), made);
    }

    fn application(
        &mut self,
        end: &Endpoint,
        role: &str,
        side: &str,
        mep: &str,
        answers: bool,
    ) -> End {
        let application = self.named("application");
        let bound = self.named(side);
        let group = self.named("resourcegroup");
        let folder = format!("{application}/{bound}/{group}");
        let adapter = if end.connection == LOCAL {
            "collocatedics"
        } else {
            adapter(self.whole, &end.connection)
        };
        let file = format!("{}_REQUEST", end.name);
        let jca = self.jca(end, adapter, role == "source");
        let wsdl_text = schema::wsdl(end.schema, self.noise);
        let mut resources = vec![
            self.resource(&folder, &format!("{file}.jca"), "jca", jca),
            self.resource(&folder, &format!("{file}.wsdl"), "wsdl", wsdl_text),
        ];
        let wsdl_resource = self.last_resource();
        if role == "target" {
            let fault = "<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
                 targetNamespace=\"http://www.oracle.com/2014/03/ics/fault\"/>\n";
            resources.push(self.resource(&folder, "ICSFault.xsd", "xsd", fault.to_owned()));
        }
        if adapter == "atpdatabase" {
            let text = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n\
                 <!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n\
                 <properties>\n<entry key=\"ReturnSingleResultSet\">true</entry>\n</properties>\n";
            let name = format!("{file}-properties.xml");
            resources.push(self.resource(&folder, &name, "xml", text.to_owned()));
        }
        let namespace = schema::namespace(end.schema);
        let uri = format!("{folder}/{wsdl_resource}");
        let request = self.context("execute", Some((&uri, &namespace)));
        let reply = self.context("executeResponse", Some((&uri, &namespace)));
        // What is a request to the system that is asked is an output of the one that asks.
        let (there, back) = if role == "source" {
            ("output", "input")
        } else {
            ("input", "output")
        };
        let port = self.named(there);
        let answer = self.named(back);
        let mut ports = vec![port_named(there, &port, &request, Some("request"))];
        if answers {
            ports.push(port_named(back, &answer, &reply, Some("response")));
        }
        let made = element("application")
            .with("name", application.clone())
            .leaf("role", role)
            .child(
                element("adapter")
                    .leaf("type", "app-adapter")
                    .leaf("code", &end.connection)
                    .leaf("name", &end.name)
                    .child(
                        element("property")
                            .with("name", "hasAttachment")
                            .with("value", "false"),
                    ),
            )
            .leaf("mep", mep)
            .child(
                element(side)
                    .with("name", bound.clone())
                    .leaf("binding", adapter)
                    .leaf("operation", "execute")
                    .child(element("resourceGroup").with("name", group).all(resources))
                    .all(ports),
            )
            .child(
                element("property")
                    .with("name", "staticNamespace")
                    .with("value", "false"),
            );
        self.applications.push(made);
        End {
            port: format!("{application}/{bound}/{port}"),
            reply: Some((reply, format!("{application}/{bound}/{answer}"))),
            wsdl: format!("{folder}/{file}.wsdl"),
            application,
            request,
            namespace,
        }
    }

    /// The name of the resource that was written last.
    fn last_resource(&self) -> String {
        format!("resource_{}", self.next)
    }

    fn jca(&self, end: &Endpoint, adapter: &str, source: bool) -> String {
        let of = |name: &str| Element::new(JCA, name);
        let port = format!("{}_REQUESTPortType", end.name);
        let property =
            |name: &str, value: &str| of("property").with("name", name).with("value", value);
        let release = self.noise.release();
        let (kind, spec) = if source {
            ("endpoint-activation", "activation-spec")
        } else {
            ("endpoint-interaction", "interaction-spec")
        };
        let properties = end
            .configuration
            .iter()
            .map(|p| property(&p.name, &p.value));
        let root = of("adapter-config")
            .with("name", port.clone())
            .with("adapter", adapter)
            .with("wsdlLocation", format!("{}_REQUEST.wsdl", end.name))
            .child(
                of("connection-factory")
                    .with("location", "cloud/CloudAdapter")
                    .child(
                        of("non-managed-connection")
                            .with(
                                "managedConnectionFactoryClassName",
                                "oracle.tip.adapter.cloud.CloudConnectionFactory",
                            )
                            .child(property("applicationVersion", "1.0"))
                            .child(property("cloud.adapter.plugin.version", &release))
                            .child(property("cloud.adapter.sdk.version", &release)),
                    ),
            )
            .child(
                of(kind)
                    .with("portType", port)
                    .with("operation", "execute")
                    .child(
                        of(spec)
                            .with("className", "oracle.tip.adapter.cloud.CloudInteractionSpec")
                            .child(property("targetOperation", "execute"))
                            .all(properties),
                    ),
            );
        let place = format!("{}{}", self.it.id(), end.name);
        document(&root, &Bound::Free(&[JCA]), &place, self.noise)
    }
}
