//! Each invariant holds of what is made here, and each way of breaking one is found.

use crate::made::{Files, ROOT, of, sha256, survey};
use ferry_archive::Severity;
use ferry_testkit::archives::{Part, Zip};

#[test]
fn nothing_is_found_in_what_is_whole() {
    for files in [Files::iar(), Files::car()] {
        let survey = survey(&files.zip());
        assert_eq!(survey.findings, [], "{:?}", files.0.keys());
        assert_eq!(survey.inventory.integrations.len(), 1);
        assert_eq!(survey.inventory.connections.len(), 1);
        assert_eq!(survey.inventory.lookups.len(), 1);
        assert_eq!(survey.inventory.libraries.len(), 1);
        assert_eq!(
            (
                survey.graph.missing.len(),
                survey.graph.unused.len(),
                survey.graph.edges.len()
            ),
            (0, 0, 3)
        );
    }
}

fn broken(files: &Files, what: &str) {
    let survey = survey(&files.zip());
    let errors = of(&survey, Severity::Error);
    assert!(
        errors.iter().all(|error| error.what.contains(what)),
        "{what}: {errors:?}"
    );
    assert_eq!(errors.len(), 1, "{what}: {errors:?}");
    assert!(errors.iter().all(|error| error.entry.is_some()), "{what}");
    assert!(!survey.is_whole());
}

#[test]
fn connections() {
    let iar = Files::iar;
    broken(
        &iar().renamed("appinstances/REST_IN", "appinstances/REST_OUT"),
        "name of its code REST_IN",
    );
    broken(
        &iar().with("%%REST_IN_connectionUrl", "%%REST_OUT_connectionUrl"),
        "placeholder of its property connectionUrl",
    );
    broken(
        &iar().with("%%REST_IN_connectionUrl", "%%REST_IN_Host"),
        "placeholder of its property connectionUrl",
    );
    broken(
        &iar().with(&sha256("REST_IN"), &sha256("REST_OUT")),
        "csfkey",
    );
    broken(
        &iar().with("aGVsbG8=", "aGVsbG9v"),
        "signature of its attachment targetWSDLURL",
    );
    broken(
        &iar().with(
            "</ns2:ApplicationInstance>",
            "</ns2:ApplicationInstance><x/>",
        ),
        "XML",
    );
}

#[test]
fn integrations() {
    let iar = Files::iar;
    broken(
        &iar().renamed(ROOT, "icspackage/project/ORDERS_01.00.0001"),
        "folder is not called ORDERS_01.00.0000",
    );
    broken(
        &iar().with("<projectVersion>01.00.0000", "<projectVersion>01.00.0001"),
        "project.xml says ORDERS|01.00.0001",
    );
    broken(
        &iar().with("mep_type=MEP04", "mep_type=MEP00"),
        "pattern MEP00",
    );
    broken(
        &iar().with("mep_type=MEP04", "mep_type=MEP07"),
        "pattern MEP07",
    );
    broken(
        &iar().without(&format!("{ROOT}/resources/application_1/in.wsdl")),
        "resources/application_1/in.wsdl, which is not there",
    );
    let steps = |reference| {
        let step = format!(
            "<f:orchestration><f:pick><f:invoke refUri=\"{reference}\"/></f:pick></f:orchestration>"
        );
        iar().with("</p:icsflow>", &format!("{step}</p:icsflow>"))
    };
    assert_eq!(survey(&steps("application_1").zip()).findings, []);
    broken(
        &steps("application_2"),
        "leads to application_2, which is not there",
    );
    broken(
        &steps("application_1/outbound_9"),
        "leads to application_1/outbound_9",
    );
    broken(&iar().with("</p:icsflow>", ""), "XML");
    broken(&iar().with("<definitions/>", "<definitions>"), "XML");
    broken(
        &iar().without(&format!("{ROOT}/ics_project_attributes.properties")),
        "it has no properties",
    );
    let version = iar()
        .with("project_version=01.00.0000", "project_version=1.0")
        .with("<projectVersion>01.00.0000", "<projectVersion>1.0")
        .renamed("ORDERS_01.00.0000", "ORDERS_1.0");
    broken(&version, "\"1.0\" is not of the form");
}

#[test]
fn libraries_lookups_and_schedules() {
    let iar = Files::iar;
    broken(&iar().with("code=MATH\n", "code=MATHS\n"), "another code");
    broken(
        &iar().with("<name>add</name>", "<name>sum</name>"),
        "\"MATH:01.00.0000:Math.js:add\" does not begin with MATH:01.00.0000:Math.js:sum",
    );
    let arguments = iar().with(
        "<api apiid=\"MATH:01.00.0000:Math.js:add\"",
        "<api apiid=\"MATH:01.00.0000:Math.js:add:a,b\"",
    );
    assert_eq!(survey(&arguments.zip()).findings, []);
    broken(
        &iar().with("version=01.00.0000\ntype", "version=01.00.0001\ntype"),
        "another version",
    );
    broken(
        &iar().without("icspackage/apilibrary/MATH01.00.0000/Math.jar"),
        "names Math.js, which is not there",
    );
    broken(
        &iar().with("<cell>Germany</cell>", "<cell>Germany</cell><cell>x</cell>"),
        "row 1 has 3 cells for 2 columns",
    );
    let mut scheduled = iar();
    scheduled.put(
        "icspackage/schedule/Nightly.xml",
        "<schedule xmlns=\"http://xmlns.oracle.com/scheduler\" name=\"Nightly\"/>",
    );
    broken(&scheduled, "it has a schedule, and its pattern is MEP04");
}

#[test]
fn projects() {
    let car = Files::car;
    broken(
        &car().without("project/lookups/Countries.dvm"),
        "lists the lookup Countries, which is not there",
    );
    broken(
        &car().with("  - id: REST_IN\n", ""),
        "does not list the connection REST_IN",
    );
    broken(
        &car().with("  - id: LIVE\n", "  - id: TEST\n  - id: LIVE\n"),
        "lists the deployment TEST",
    );
    broken(
        &car().with(
            "ORDERS|01.00.0000",
            "ORDERS|01.00.0000\n  - id: OLD|01.00.0000",
        ),
        "lists the integration OLD|01.00.0000",
    );
    broken(&car().with("code: SHOP", "code: &x SHOP"), "anchor");
}

fn warned(files: &Files, what: &str) {
    let survey = survey(&files.zip());
    assert!(survey.is_whole(), "{:?}", survey.findings);
    let found: Vec<_> = survey
        .findings
        .iter()
        .filter(|finding| finding.what.contains(what))
        .collect();
    assert_eq!(found.len(), 1, "{what}: {:?}", survey.findings);
}

#[test]
fn what_is_named_and_not_there_is_a_warning() {
    let iar = Files::iar;
    warned(
        &iar().without("icspackage/appinstances/REST_IN.xml"),
        "needs connection REST_IN",
    );
    warned(
        &iar().without("icspackage/dvms/Countries.dvm"),
        "needs lookup Countries",
    );
    warned(
        &iar().with("value=\"MATH:01.00.0000", "value=\"MATH:02.00.0000"),
        "needs library MATH|02.00.0000",
    );
    let mut local = iar();
    local.put(
        &format!("{ROOT}/resources/application_2/call.jca"),
        "<adapter-config><endpoint-interaction><interaction-spec><property name=\"integration_code\" value=\"CHILD\"/>\
         <property name=\"integration_version\" value=\"01.00.0000\"/></interaction-spec></endpoint-interaction></adapter-config>",
    );
    warned(&local, "needs integration CHILD|01.00.0000");
    let alias = iar().with(
        "<name>password</name>",
        "<name>sslCertificateAlias</name><value>mine</value>",
    );
    warned(&alias, "needs certificate mine");
    warned(
        &Files::car().with(
            "\"code\":\"ORDERS\",\"version\":\"01.00.0000\"}]",
            "\"code\":\"GONE\",\"version\":\"01.00.0000\"}]",
        ),
        "the deployment LIVE names",
    );
    // The product's own connections may be left out, and agent groups are in no export.
    let own = iar().with("<f:code>REST_IN", "<f:code>PRESEEDED_COLLOCATED_CONN_1741");
    assert!(survey(&own.zip()).findings.is_empty());
    let group = iar().with(
        "<integrationRole>",
        "<agentDefinition>AGENTS</agentDefinition><integrationRole>",
    );
    let survey = survey(&group.zip());
    assert!(survey.findings.is_empty());
    assert!(
        survey
            .graph
            .nodes
            .iter()
            .any(|node| node.id.name == "AGENTS")
    );
}

#[test]
fn secrets_are_told_and_never_shown() {
    let iar = Files::iar;
    let key = format!("-----BEGIN {} KEY-----\nTOPSECRET", "PRIVATE");
    let attachment = |content: &[u8]| {
        let text = base64(content);
        iar()
            .with("aGVsbG8=", &text)
            .with(&sha256("aGVsbG8="), &sha256(&text))
    };
    let wallet = Zip::of([Part::stored("cwallet.sso", b"TOPSECRET")]).bytes();
    let mut sample = iar();
    sample.put(
        &format!("{ROOT}/resources/processor_1/nxsdmetadata.properties"),
        &format!("{{\"sample\":\"{key}\"}}"),
    );
    let mut endpoint = iar();
    endpoint.put(
        &format!("{ROOT}/resources/application_1/in.jca"),
        "<adapter-config><property value=\"TOPSECRET\" name=\"bindPassword\"/>\
         <property name=\"tokenUrl\" value=\"https://a.example\"/></adapter-config>",
    );
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJUT1BTRUNSRVQifQ.TOPSECRET0123456789";
    let cases = [
        (
            iar().with(
                "<name>password</name>",
                "<name>password</name><value>TOPSECRET</value>",
            ),
            "its property password has a value (9 bytes)",
        ),
        (
            attachment(key.as_bytes()),
            "targetWSDLURL (a.wsdl, 37 bytes) holds a private key",
        ),
        (attachment(&wallet), "is a database wallet"),
        (sample, "it holds a private key"),
        (endpoint, "its property bindPassword has a value (9 bytes)"),
        (
            iar().with("<cell>Germany</cell>", &format!("<cell>{token}</cell>")),
            "it holds a signed token (JWT)",
        ),
    ];
    for (files, what) in cases {
        warned(&files, what);
        let text = format!("{:?}", survey(&files.zip()));
        assert!(!text.contains("TOPSECRET"), "{what}: {text}");
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
