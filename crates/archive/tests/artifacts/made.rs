//! One integration with everything beside it, made here, of which a test changes one thing.

use std::collections::BTreeMap;
use std::io::{self, Cursor};

use ferry_archive::{Archive, Error, Finding, Limits, Severity, Survey};
use ferry_testkit::archives::{Part, Zip};

/// Paths and contents.
#[derive(Debug, Clone)]
pub(crate) struct Files(pub(crate) BTreeMap<String, Vec<u8>>);

pub(crate) const ROOT: &str = "icspackage/project/ORDERS_01.00.0000";

impl Files {
    /// An `.iar` in which every invariant holds and no reference leads nowhere.
    pub(crate) fn iar() -> Self {
        let connection = format!(
            "<?xml version = '1.0' encoding = 'UTF-8'?>\n<ns2:ApplicationInstance xmlns:ns2=\"http://xmlns.oracle.com/adapters/cloud\">\
             <id>b3395ac6</id><instanceCode>REST_IN</instanceCode><displayName>Rest in</displayName>\
             <applicationTypeRef>rest</applicationTypeRef><connectionProperties>\
             <connectionProperty><name>csfkey</name><value>{}</value></connectionProperty>\
             <connectionProperty><name>connectionUrl</name><value>%%REST_IN_connectionUrl</value></connectionProperty>\
             <connectionProperty><name>password</name></connectionProperty>\
             </connectionProperties><securityPolicy>NONE</securityPolicy><attachments><attachment>\
             <propertyName>targetWSDLURL</propertyName><attachmentName>a.wsdl</attachmentName><content>aGVsbG8=</content>\
             <signature>{}</signature></attachment></attachments><integrationRole>SOURCE</integrationRole>\
             </ns2:ApplicationInstance>",
            sha256("REST_IN"),
            sha256("aGVsbG8="),
        );
        let flow = "<?xml version=\"1.0\"?><p:icsproject xmlns:p=\"http://www.oracle.com/2014/03/ics/project\" \
             xmlns=\"http://www.oracle.com/2014/03/ics/project/definition\" xmlns:f=\"http://www.oracle.com/2014/03/ics/flow/definition\">\
             <projectCode>ORDERS</projectCode><projectVersion>01.00.0000</projectVersion><percentComplete>100</percentComplete>\
             <p:icsflow><f:application name=\"application_1\"><f:role>source</f:role><f:adapter><f:type>app-adapter</f:type>\
             <f:code>REST_IN</f:code><f:name>in</f:name></f:adapter><f:mep>push-sync</f:mep><f:outbound><f:resourceGroup>\
             <f:resource name=\"resource_1\" location=\"../resources/application_1/in.wsdl\" type=\"wsdl\"/></f:resourceGroup>\
             </f:outbound></f:application><f:processor name=\"processor_1\"><f:type>callout</f:type>\
             <f:property name=\"apiid\" value=\"MATH:01.00.0000:Math.js:add\"/></f:processor></p:icsflow></p:icsproject>";
        let library = "<api-library><name>Math</name><code>MATH</code><version>01.00.0000</version><sources><source>\
             <fileName>Math.js</fileName><apiDefinitions><api apiid=\"MATH:01.00.0000:Math.js:add\"><name>add</name></api>\
             </apiDefinitions></source></sources></api-library>";
        let jar = Zip::of([Part::stored(
            "Math.js",
            b"function add(a, b) { return a + b }",
        )])
        .bytes();
        let mut files = Self(BTreeMap::new());
        files
            .put(
                &format!("{ROOT}/ics_project_attributes.properties"),
                "#Thu Apr 27 13:13:37 UTC 2023\nproject_code=ORDERS\nproject_version=01.00.0000\nproject_name=Orders\n\
                 project_persisted_state=ACTIVATED\nmep_type=MEP04\nsmartTags=app\\:rest\n",
            )
            .put(&format!("{ROOT}/PROJECT-INF/project.xml"), flow)
            .put(&format!("{ROOT}/resources/application_1/in.wsdl"), "<definitions/>")
            .put(
                &format!("{ROOT}/resources/processor_1/req_1.xsl"),
                "<x a=\"dvm:lookupValue(&quot;Countries&quot;, &quot;Code&quot;)\"/>",
            )
            .put("icspackage/appinstances/REST_IN.xml", &connection)
            .put(
                "icspackage/dvms/Countries.dvm",
                "<dvm xmlns=\"http://xmlns.oracle.com/dvm\" name=\"Countries\"><description/><columns><column name=\"Code\"/>\
                 <column name=\"Name\"/></columns><rows><row><cell>DE</cell><cell>Germany</cell></row></rows></dvm>",
            )
            .put("icspackage/apilibrary/MATH01.00.0000/Math.xml", library)
            .put(
                "icspackage/apilibrary/MATH01.00.0000/Math_properties.properties",
                "code=MATH\nname=Math\nversion=01.00.0000\ntype=PRIVATE\nlibrarytype=API\n",
            );
        files
            .0
            .insert("icspackage/apilibrary/MATH01.00.0000/Math.jar".into(), jar);
        files
    }

    /// A `.car` with the same integration.
    pub(crate) fn car() -> Self {
        let iar = Self::iar();
        let mut car = Self(BTreeMap::new());
        for (path, content) in iar.0 {
            if path.ends_with("ics_project_attributes.properties") {
                continue;
            }
            let path = path
                .replace("icspackage/", "")
                .replace("project/ORDERS", "integrations/ORDERS")
                .replace("appinstances/", "connections/")
                .replace("dvms/", "lookups/")
                .replace("apilibrary/MATH01", "libraries/MATH_01");
            car.0.insert(format!("project/{path}"), content);
        }
        car.put(
            "project/integrations/ORDERS_01.00.0000/info.json",
            "{\"dependencies\":{},\"properties\":{\"code\":\"ORDERS\",\"version\":\"01.00.0000\",\"name\":\"Orders\",\
             \"mepType\":\"MEP04\",\"persistedState\":\"ACTIVATED\",\"smartTags\":\"app:rest\"}}",
        )
        .put(
            "project/project.yaml",
            "---\nid: SHOP\ncode: SHOP\nname: Shop\nstatus: ACTIVE\nassets:\n  integrations:\n  - id: ORDERS|01.00.0000\n\
             \x20 connections:\n  - id: REST_IN\n  lookups:\n  - id: Countries\n  libraries:\n  - id: MATH|01.00.0000\n\
             \x20 labels:\n  - id: LIVE\n",
        )
        .put(
            "project/labels/LIVE.json",
            "{\"name\":\"Live\",\"code\":\"LIVE\",\"revision\":\"1\",\"integrations\":[{\"code\":\"ORDERS\",\"version\":\"01.00.0000\"}]}",
        );
        car
    }

    pub(crate) fn put(&mut self, path: &str, content: &str) -> &mut Self {
        self.0.insert(path.to_owned(), content.as_bytes().to_vec());
        self
    }

    /// Replaces a text that stands in exactly one file.
    #[must_use]
    pub(crate) fn with(mut self, from: &str, to: &str) -> Self {
        let mut changed = 0;
        for content in self.0.values_mut() {
            let Ok(text) = std::str::from_utf8(content) else {
                continue;
            };
            if text.contains(from) {
                changed += 1;
                *content = text.replace(from, to).into_bytes();
            }
        }
        assert_eq!(changed, 1, "{from}");
        self
    }

    #[must_use]
    pub(crate) fn without(mut self, path: &str) -> Self {
        assert!(self.0.remove(path).is_some(), "{path}");
        self
    }

    #[must_use]
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        let moved: Vec<String> = self
            .0
            .keys()
            .filter(|path| path.contains(from))
            .cloned()
            .collect();
        assert!(!moved.is_empty(), "{from}");
        for path in moved {
            let content = self.0.remove(&path).expect("a made archive");
            self.0.insert(path.replace(from, to), content);
        }
        self
    }

    /// Each file in a zip as the service writes them.
    pub(crate) fn zip(&self) -> Vec<u8> {
        Zip::of(
            self.0
                .iter()
                .map(|(path, content)| Part::like_the_service(path, content)),
        )
        .bytes()
    }
}

/// The digest that connections use, by the tool that reads them, of a file of that content.
pub(crate) fn sha256(text: &str) -> String {
    let text = text.as_bytes().to_vec();
    Archive::new(
        move || io::Result::Ok(Cursor::new(text.clone())),
        Limits::default(),
    )
    .raw()
    .expect("a made archive")
}

pub(crate) fn try_survey(bytes: &[u8], limits: &Limits) -> Result<Survey, Error> {
    Archive::new(|| io::Result::Ok(Cursor::new(bytes)), limits.clone()).survey()
}

pub(crate) fn survey(bytes: &[u8]) -> Survey {
    try_survey(bytes, &Limits::default()).expect("a made archive")
}

pub(crate) fn of(survey: &Survey, severity: Severity) -> Vec<&Finding> {
    survey
        .findings
        .iter()
        .filter(|finding| finding.severity == severity)
        .collect()
}
