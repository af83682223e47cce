use super::*;
use crate::generate::{self, IntegrationPlan};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new(files: &[(&str, Vec<u8>)]) -> Folder {
        let folder = tempfile::tempdir().unwrap();
        for (path, bytes) in files {
            let path = folder.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, bytes).unwrap();
        }
        Folder(folder)
    }

    fn load(&self) -> Result<Oic, StartError> {
        let mut blobs = Blobs::temporary().unwrap();
        let mut rng = fastrand::Rng::with_seed(1);
        let load = Load::Folder(self.0.path().to_owned());
        super::load(
            &load,
            &mut blobs,
            &mut Store::default(),
            &mut rng,
            Timestamp::UNIX_EPOCH,
        )
        .map(|(oic, _)| oic)
    }

    fn mistake(&self) -> String {
        let error = self.load().unwrap_err();
        let mut text = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }
}

fn iar(seed: u64, revision: u32) -> Vec<u8> {
    let mut plan = IntegrationPlan::new(
        "ORDER_STATUS",
        "01.00.0000",
        "Order Status",
        &["STATUS_API"],
    );
    plan.revision = revision;
    generate::integration(&mut fastrand::Rng::with_seed(seed), &plan).unwrap()
}

#[test]
fn kinds_go_by_content_then_folder() {
    let folder = Folder::new(&[
        ("dev/anything.bin", iar(1, 1)),
        ("dev/sub/table.txt", generate::lookup_csv()),
        ("dev/process/app", vec![1, 2, 3]),
        ("dev/Approvals.expx", vec![4, 5]),
        ("dev/certificates/ca.pem", vec![6]),
        ("dev/security/roles.json", vec![7]),
        ("dev/note.txt", vec![8]),
        ("README.md", b"about this load".to_vec()),
    ]);
    let oic = folder.load().unwrap();
    let instance = &oic.instances[0];
    let mut paths: Vec<&str> = instance.artifacts.keys().map(String::as_str).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "certificates/ca.pem",
            "integrations/anything.bin",
            "lookups/table.txt",
            "other/note.txt",
            "process/Approvals.expx",
            "process/app",
            "security/roles.json",
        ]
    );
    assert_eq!(instance.generation, Generation::Gen3);
    let value = instance.connection(None, "STATUS_API").unwrap();
    let url = value
        .properties
        .iter()
        .find(|p| p.name == "connectionUrl")
        .unwrap();
    assert_eq!(
        url.value.as_deref(),
        Some("https://status-api.dev.example.com")
    );
}

#[test]
fn settings_are_taken_and_unknown_ones_refused() {
    let toml = "generation = \"gen2\"\nprotected = true\nagent-groups = [\"ONPREM\"]\n\
                [connections.STATUS_API]\nproperties = { connectionUrl = \"https://here.example.com\" }\n";
    let folder = Folder::new(&[("dev/a.iar", iar(1, 1)), ("dev/instance.toml", toml.into())]);
    let oic = folder.load().unwrap();
    let instance = &oic.instances[0];
    assert_eq!(instance.generation, Generation::Gen2);
    assert!(instance.protected && instance.agent_groups.contains("ONPREM"));
    let connection = instance.connection(None, "STATUS_API").unwrap();
    let mut values = connection
        .properties
        .iter()
        .filter_map(|p| p.value.as_deref());
    assert!(values.any(|v| v == "https://here.example.com"));

    for (text, expected) in [
        ("colour = \"red\"", "colour"),
        ("[connections.STATUS_API]\nvalues = {}", "values"),
        ("[connections.NOBODY]\nproperties = {}", "NOBODY"),
        (
            "[connections.STATUS_API]\nproperties = { nothing = \"x\" }",
            "nothing",
        ),
    ] {
        let folder = Folder::new(&[("dev/a.iar", iar(1, 1)), ("dev/instance.toml", text.into())]);
        let mistake = folder.mistake();
        assert!(mistake.contains(expected), "{mistake}");
        assert!(mistake.contains("dev/instance.toml"), "{mistake}");
    }
}

#[test]
fn one_identity_with_two_contents_is_an_error_that_names_both() {
    let same = Folder::new(&[("dev/a.iar", iar(1, 1)), ("dev/b.iar", iar(2, 1))]);
    // Other connection ids, another order of entries: the flow's map has another name, so the content differs.
    let mistake = same.mistake();
    assert!(
        mistake.contains("dev/a.iar") && mistake.contains("dev/b.iar"),
        "{mistake}"
    );

    let copies = Folder::new(&[("dev/a.iar", iar(1, 1)), ("dev/b.iar", iar(1, 1))]);
    let oic = copies.load().unwrap();
    assert_eq!(oic.instances[0].artifacts.len(), 1);
    assert_eq!(oic.instances[0].notes.len(), 1);

    let project = |revision| {
        let mut plan = IntegrationPlan::new("A", "01.00.0000", "A", &["STATUS_API"]);
        plan.revision = revision;
        generate::project(&mut fastrand::Rng::with_seed(1), "P", "P", &[plan]).unwrap()
    };
    let projects = Folder::new(&[("dev/a.car", project(1)), ("dev/b.car", project(2))]);
    let mistake = projects.mistake();
    assert!(
        mistake.contains("dev/a.car") && mistake.contains("project P"),
        "{mistake}"
    );
}

#[test]
fn an_empty_folder_is_a_gen3_instance_and_no_folder_is_a_mistake() {
    let folder = Folder::new(&[("dev/instance.toml", Vec::new())]);
    assert_eq!(
        folder.load().unwrap().instances[0].generation,
        Generation::Gen3
    );
    assert!(Folder::new(&[]).mistake().contains("no instance"));
    assert!(
        Folder::new(&[("a.iar", iar(1, 1))])
            .mistake()
            .contains("a.iar")
    );
    assert!(
        Folder::new(&[("bad name/x", vec![1])])
            .mistake()
            .contains("bad name")
    );
}

#[test]
fn gen2_takes_no_project() {
    let plan = IntegrationPlan::new("A", "01.00.0000", "A", &["STATUS_API"]);
    let car = generate::project(&mut fastrand::Rng::with_seed(1), "P", "P", &[plan]).unwrap();
    let folder = Folder::new(&[
        ("dev/p.car", car),
        ("dev/instance.toml", b"generation = \"gen2\"".to_vec()),
    ]);
    assert!(folder.mistake().contains("dev/p.car"));
}

#[test]
fn the_demonstration_depends_on_the_seed_alone() {
    let demo = |seed| {
        let mut blobs = Blobs::temporary().unwrap();
        let mut rng = fastrand::Rng::with_seed(seed);
        let now = Timestamp::UNIX_EPOCH;
        let (oic, identity) = load(
            &Load::Demo,
            &mut blobs,
            &mut Store::default(),
            &mut rng,
            now,
        )
        .unwrap();
        (
            serde_json::to_string(&oic).unwrap(),
            serde_json::to_string(&identity).unwrap(),
        )
    };
    assert_eq!(demo(5), demo(5));
    assert_ne!(demo(5), demo(6));
}

#[test]
fn prod_offers_overrides_for_every_connection_of_test() {
    let mut blobs = Blobs::temporary().unwrap();
    let mut rng = fastrand::Rng::with_seed(1);
    let now = Timestamp::UNIX_EPOCH;
    let (oic, _) = load(
        &Load::Demo,
        &mut blobs,
        &mut Store::default(),
        &mut rng,
        now,
    )
    .unwrap();
    let of = |name: &str| oic.instances.iter().find(|i| i.name == name).unwrap();
    let (test, prod) = (of("test"), of("prod"));
    assert_eq!(test.integrations.iter().count(), 12);
    assert_eq!((test.projects.len(), test.packages.len()), (2, 1));
    for (_, connection) in test.connections.iter() {
        assert!(connection.is_configured());
        for property in connection.properties.iter().filter(|p| p.required) {
            let offered = &prod.overrides[&connection.id][&property.name];
            assert!(!offered.contains("test.example.com"), "{offered}");
            if property.name != "Port" {
                assert!(
                    property
                        .value
                        .as_ref()
                        .unwrap()
                        .contains(".test.example.com")
                );
                assert!(offered.contains(".prod.example.com"), "{offered}");
            }
        }
    }
    assert!(of("live").protected && of("live").jobs.len() == 1);
}
