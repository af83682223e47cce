//! The flow of an integration: its model and the resources that the model names.

use super::IntegrationPlan;
use super::files::connections;
use super::{CONNECTIONS, files};

/// The files of one integration below its own folder, its model among them.
pub(super) fn flow(rng: &mut fastrand::Rng, plan: &IntegrationPlan) -> Flow {
    let mut flow = Flow::default();
    let mut number = 10;
    let mut applications = Vec::new();
    let mut orchestration = Vec::new();
    if plan.scheduled {
        let start = "            <ns2:scheduleReceive id=\"sc0\" refUri=\"processor_1\"/>\n";
        orchestration.push(start.to_owned());
    }
    for code in connections(plan) {
        let source = code == "REST_TRIGGER";
        applications.push(flow.application(number, code, source, &endpoint(code)));
        let (tag, side) = if source {
            ("receive", "outbound")
        } else {
            ("invoke", "inbound")
        };
        orchestration.push(format!(
            "            <ns2:{tag} id=\"{}{number}\" refUri=\"application_{number}/{side}_{}\"/>\n",
            if source { "r" } else { "i" },
            number + 1,
        ));
        number += 10;
    }
    for id in &plan.calls {
        applications.push(flow.call(number, id));
        orchestration.push(format!(
            "            <ns2:invoke id=\"i{number}\" refUri=\"application_{number}/inbound_{}\"/>\n",
            number + 1
        ));
        number += 10;
    }
    let map = format!(
        "../resources/processor_{number}/resourcegroup_{}/req_{:032x}.xsl",
        number + 1,
        rng.u128(..)
    );
    flow.resource(&map, stylesheet(plan));
    let metadata = "../resources/processor_1/resourcegroup_2/ICSIntegrationMetadata.xsd";
    flow.resource(
        metadata,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         targetNamespace=\"http://www.oracle.com/2014/03/ic/integration/metadata\"/>\n"
            .to_owned(),
    );
    orchestration.push(format!(
        "            <ns2:transformer id=\"m0\" refUri=\"processor_{number}\"/>\n"
    ));
    let parts = Parts {
        applications: applications.concat(),
        orchestration: orchestration.concat(),
        number,
        metadata,
        map: &map,
    };
    let model = model(plan, &parts);
    let analysis = serde_json::json!({
        "id": plan.folder(),
        "icsProject": {
            "version": plan.version,
            "percentageComplete": 100,
            "modelType": "FREEFORM",
            "projectCode": plan.code,
            "processorCount": {"TRANSFORMER": 1},
            "smartTags": files::tags(plan),
        },
    });
    let mut add = |name: &str, text: String| {
        flow.files
            .push((format!("PROJECT-INF/{name}"), text.into_bytes()));
    };
    add("project.xml", model.clone());
    add("analysis.json", analysis.to_string());
    add(
        "layout3.json",
        "{\"savedInSpectra\":true,\"chosenLayout\":\"VerticalLayout\",\"inGlobalTry\":false,\"children\":[]}".to_owned(),
    );
    add(
        "project_messages.json",
        "{\"messages\":{\"@class\":\"java.util.HashMap\",\"\":[\"java.util.ArrayList\",[]]}}"
            .to_owned(),
    );
    flow.model = model;
    flow
}

/// The map of the flow.
fn stylesheet(plan: &IntegrationPlan) -> String {
    let lookup = if plan.lookup {
        format!(
            "dvm:lookupValue(\"{}\", \"CODE\", 'DE', \"NAME\", '')",
            files::LOOKUP
        )
    } else {
        "''".to_owned()
    };
    format!(
        "<?xml version = '1.0' encoding = 'UTF-8'?>\n<xsl:stylesheet version=\"2.0\" \
             xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" xmlns:dvm=\"http://www.oracle.com/XSL/Transform/java/\
             tip.services.dvm.LookupValue\">\n  <xsl:template match=\"/\">\n    <result revision=\"{}\">\
             <xsl:value-of select=\"{}\"/></result>\n  </xsl:template>\n</xsl:stylesheet>\n",
        plan.revision,
        lookup.replace('"', "&quot;")
    )
}

/// What the model is put together from.
struct Parts<'a> {
    applications: String,
    orchestration: String,
    /// The number of the map's processor.
    number: u32,
    /// Locations of the two resources that are no endpoint's.
    metadata: &'a str,
    map: &'a str,
}

/// `project.xml`.
fn model(plan: &IntegrationPlan, parts: &Parts<'_>) -> String {
    let Parts {
        applications,
        orchestration,
        number,
        metadata,
        map,
    } = parts;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<ns3:icsproject name=\"project_1\" \
         version=\"10.1\" cversion=\"{revision}\" modelType=\"freeform\" \
         xmlns=\"http://www.oracle.com/2014/03/ics/project/definition\" \
         xmlns:ns2=\"http://www.oracle.com/2014/03/ics/flow/definition\" \
         xmlns:ns3=\"http://www.oracle.com/2014/03/ics/project\">\n    <projectCode>{code}</projectCode>\n    \
         <projectVersion>{version}</projectVersion>\n    <projectName>{name}</projectName>\n    \
         <projectDescription>{name}, revision {revision}</projectDescription>\n    \
         <percentComplete>100</percentComplete>\n    <projectHasErrors>false</projectHasErrors>\n    \
         <projectHasWarnings>false</projectHasWarnings>\n    <ns3:icsflow name=\"flow_1\">\n{applications}        \
         <ns2:processor name=\"processor_1\">\n            <ns2:type>{first}</ns2:type>\n            \
         <ns2:resourceGroup name=\"resourcegroup_2\">\n                <ns2:resource name=\"resource_3\" \
         location=\"{metadata}\" type=\"xsd\"/>\n            </ns2:resourceGroup>\n        </ns2:processor>\n        \
         <ns2:processor name=\"processor_{number}\">\n            <ns2:type>transformer</ns2:type>\n            \
         <ns2:resourceGroup name=\"resourcegroup_{group}\">\n                <ns2:resource name=\"resource_{res}\" \
         location=\"{map}\" type=\"xslt\"/>\n            </ns2:resourceGroup>\n        </ns2:processor>\n        \
         <ns2:commonNamespaceMaps/>\n        <ns2:orchestration>\n{orchestration}        </ns2:orchestration>\n    \
         </ns3:icsflow>\n</ns3:icsproject>\n",
        revision = plan.revision,
        code = plan.code,
        version = plan.version,
        name = plan.name,
        first = if plan.scheduled {
            "scheduleReceive"
        } else {
            "integrationMetadata"
        },
        group = number + 1,
        res = number + 2,
    )
}

/// What [`flow`] makes.
#[derive(Default)]
pub(super) struct Flow {
    pub(super) model: String,
    pub(super) files: Vec<(String, Vec<u8>)>,
}

impl Flow {
    /// Adds a file under the path by which the model names it.
    fn resource(&mut self, location: &str, text: String) {
        let path = location.trim_start_matches("../").to_owned();
        self.files.push((path, text.into_bytes()));
    }

    fn application(&mut self, number: u32, code: &str, source: bool, endpoint: &str) -> String {
        let adapter = CONNECTIONS
            .iter()
            .find(|c| c.code == code)
            .map_or("rest", |c| c.adapter);
        let jca = format!(
            "<adapter-config name=\"{endpoint}_REQUESTPortType\" adapter=\"{adapter}\" \
             wsdlLocation=\"{endpoint}_REQUEST.wsdl\" \
             xmlns=\"http://platform.integration.oracle/blocks/adapter/fw/metadata\">\n  \
             <connection-factory location=\"cloud/CloudAdapter\"/>\n  \
             <endpoint-interaction portType=\"{endpoint}_REQUESTPortType\" operation=\"execute\">\n    \
             <interaction-spec className=\"oracle.tip.adapter.cloud.CloudInteractionSpec\">\n      \
             <property name=\"targetOperation\" value=\"execute\"/>\n    </interaction-spec>\n  \
             </endpoint-interaction>\n</adapter-config>\n"
        );
        self.endpoint(number, code, source, endpoint, jca)
    }

    /// A call to another integration of the same instance.
    fn call(&mut self, number: u32, id: &str) -> String {
        let (code, version) = id.split_once('|').unwrap_or((id, ""));
        let endpoint = format!("call{}", code.replace('_', ""));
        let jca = format!(
            "<adapter-config name=\"{endpoint}_REQUESTPortType\" adapter=\"collocatedics\" \
             wsdlLocation=\"{endpoint}_REQUEST.wsdl\" \
             xmlns=\"http://platform.integration.oracle/blocks/adapter/fw/metadata\">\n  \
             <endpoint-interaction portType=\"{endpoint}_REQUESTPortType\" operation=\"POST\">\n    \
             <interaction-spec className=\"oracle.tip.adapter.cloud.CloudInteractionSpec\">\n      \
             <property name=\"integration_code\" value=\"{code}\"/>\n      \
             <property name=\"integration_id\" value=\"{id}\"/>\n      \
             <property name=\"integration_version\" value=\"{version}\"/>\n    </interaction-spec>\n  \
             </endpoint-interaction>\n</adapter-config>\n"
        );
        self.endpoint(number, super::containers::LOCAL, false, &endpoint, jca)
    }

    fn endpoint(
        &mut self,
        number: u32,
        code: &str,
        source: bool,
        endpoint: &str,
        jca: String,
    ) -> String {
        let (role, side, mep) = if source {
            ("source", "outbound", "push-sync")
        } else {
            ("target", "inbound", "push-sync")
        };
        let folder = format!(
            "../resources/application_{number}/{side}_{}/resourcegroup_{}",
            number + 1,
            number + 2
        );
        let wsdl = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wsdl:definitions \
             xmlns:wsdl=\"http://schemas.xmlsoap.org/wsdl/\" name=\"{endpoint}_REQUEST\" \
             targetNamespace=\"http://xmlns.oracle.com/cloud/adapter/{endpoint}_REQUEST\"/>\n"
        );
        self.resource(&format!("{folder}/{endpoint}_REQUEST.jca"), jca);
        self.resource(&format!("{folder}/{endpoint}_REQUEST.wsdl"), wsdl);
        format!(
            "        <ns2:application name=\"application_{number}\">\n            <ns2:role>{role}</ns2:role>\n            \
             <ns2:adapter>\n                <ns2:type>app-adapter</ns2:type>\n                \
             <ns2:code>{code}</ns2:code>\n                <ns2:name>{endpoint}</ns2:name>\n            \
             </ns2:adapter>\n            <ns2:mep>{mep}</ns2:mep>\n            <ns2:{side} name=\"{side}_{a}\">\n                \
             <ns2:binding>rest</ns2:binding>\n                <ns2:operation>execute</ns2:operation>\n                \
             <ns2:resourceGroup name=\"resourcegroup_{b}\">\n                    \
             <ns2:resource name=\"resource_{c}\" location=\"{folder}/{endpoint}_REQUEST.jca\" type=\"jca\"/>\n                    \
             <ns2:resource name=\"resource_{d}\" location=\"{folder}/{endpoint}_REQUEST.wsdl\" type=\"wsdl\"/>\n                \
             </ns2:resourceGroup>\n            </ns2:{side}>\n        </ns2:application>\n",
            a = number + 1,
            b = number + 2,
            c = number + 3,
            d = number + 4,
        )
    }
}

/// The name of an endpoint: `ORDERS_API` is called `callOrdersApi`.
fn endpoint(code: &str) -> String {
    let words = code.split('_').map(|word| {
        let (first, rest) = word.split_at_checked(1).unwrap_or((word, ""));
        format!("{first}{}", rest.to_lowercase())
    });
    format!("call{}", words.collect::<String>())
}
