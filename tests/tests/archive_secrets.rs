//! Secrets in every place that an archive has for them: in no output and in no tree.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ferry_e2e::{ferry, files};
use ferry_testkit::archives::{Part, Zip};
use ferry_testkit::cli::Ferry;
use ferry_testkit::instance::{Noise, iar, sample};

/// Every secret has this in it, or is a text in Base64 that is searched for as a whole.
const MARK: &str = "hunter";

/// An archive with secrets, and the texts that may be in nothing that is told of it.
struct Secrets {
    bytes: Vec<u8>,
    texts: Vec<String>,
    count: u32,
    end: &'static str,
}

impl Secrets {
    fn new(end: &'static str) -> Self {
        Self {
            bytes: Vec::new(),
            texts: vec![MARK.to_owned()],
            count: 0,
            end,
        }
    }

    fn next(&mut self) -> String {
        self.count += 1;
        format!("{MARK}{}{}", self.count, self.end)
    }

    /// A private key, whose lines are in Base64.
    fn key(&mut self, kind: &str) -> String {
        let body = STANDARD.encode(self.next().repeat(3));
        self.texts.push(body.clone());
        let kind = format!("{kind} KEY");
        format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n")
    }

    fn attached(&mut self, content: &[u8]) -> String {
        let text = STANDARD.encode(content);
        self.texts.push(text.chars().skip(8).take(40).collect());
        text
    }
}

fn connection(code: &str, properties: &str, attachments: &str) -> String {
    format!(
        "<n:ApplicationInstance xmlns:n='http://xmlns.oracle.com/adapters/cloud'><instanceCode>{code}</instanceCode>\
         <applicationTypeRef>rest</applicationTypeRef><connectionProperties>{properties}</connectionProperties>\
         <attachments>{attachments}</attachments></n:ApplicationInstance>"
    )
}

type Files = Vec<(&'static str, Vec<u8>)>;

/// Every place.
fn archive(end: &'static str) -> Secrets {
    let mut all = Secrets::new(end);
    let mut files = Files::new();
    connections(&mut all, &mut files);
    stores(&mut all, &mut files);
    texts(&mut all, &mut files);
    files.push(("integrations/one.iar", integration(&mut all)));
    let parts = files
        .iter()
        .map(|(name, content)| Part::deflated(name, content));
    all.bytes = Zip::of(parts).bytes();
    all
}

/// Properties, attachments, and the settings beside them.
fn connections(all: &mut Secrets, files: &mut Files) {
    let property = |name: &str, value: &str| {
        format!(
            "<connectionProperty><name>{name}</name><value>{value}</value></connectionProperty>"
        )
    };
    let (password, user, token) = (all.next(), all.next(), all.next());
    let url = format!("https://me:{user}@host.example/a?b=1&amp;access_token={token}");
    let properties = property("password", &password)
        + &property("connectionUrl", &url)
        + &format!(
            "<connectionProperty><name>more</name><mapValue><mapValues><entry><key>apiKey</key><value>{}</value>\
             </entry></mapValues></mapValue></connectionProperty>",
            all.next()
        );
    files.push(("connections/A.xml", connection("A", &properties, "").into()));
    let wallet = Zip::of([Part::stored("cwallet.sso", all.next().as_bytes())]).bytes();
    let key = format!(
        "-----BEGIN {0} KEY-----\n{1}\n-----END {0} KEY-----\n",
        "PRIVATE",
        all.next()
    );
    let mut attachments = String::new();
    for (name, content) in [("WALLET", &wallet[..]), ("PrivateKeyFile", key.as_bytes())] {
        let content = all.attached(content);
        write!(
            attachments,
            "<attachment><propertyName>{name}</propertyName><attachmentName>f</attachmentName><content>{content}</content></attachment>"
        )
        .unwrap();
    }
    files.push((
        "connections/B.xml",
        connection("B", "", &attachments).into(),
    ));

    let settings = format!(
        "{{\"id\":\"A\",\"connectionProperties\":[{{\"propertyName\":\"apiToken\",\"propertyValue\":\"{}\"}}],\
         \"securityProperties\":[{{\"propertyName\":\"username\",\"propertyValue\":\"{}\"}},\
         {{\"encryptedValue\":\"{}\",\"propertyName\":\"password\"}}],\
         \"smtpPassword\":\"{}\",\"mail\":{{\"password\":\"{}\"}}}}",
        all.next(),
        all.next(),
        all.next(),
        all.next(),
        all.next()
    );
    files.push(("settings/A.json", settings.into()));
}

/// Keys and stores of them.
fn stores(all: &mut Secrets, files: &mut Files) {
    // A wallet that lies there unpacked: its store begins so.
    let store = [b"\xA1\xF8\x4E6".as_slice(), all.next().as_bytes()].concat();
    files.push((
        "wallet.zip",
        Zip::of([Part::stored("cwallet.sso", &store)]).bytes(),
    ));
    let store = [
        b"\xFE\xED\xFE\xED\0\0\0\x02".as_slice(),
        all.next().as_bytes(),
    ]
    .concat();
    files.push(("certificates/store.jks", store));
    let body = all.next();
    let length = u16::try_from(3 + body.len()).unwrap();
    let sequence = [
        &[0x30, 0x82],
        &length.to_be_bytes()[..],
        &[2, 1, 0],
        body.as_bytes(),
    ]
    .concat();
    files.push(("certificates/key.der", sequence));
    files.push(("certificates/key.pem", all.key("RSA PRIVATE").into()));
    files.push((
        "other/pgp.asc",
        all.key("PGP PRIVATE")
            .replace(" KEY-", " KEY BLOCK-")
            .into(),
    ));
}

/// What nobody knows.
fn texts(all: &mut Secrets, files: &mut Files) {
    files.push((
        "other/db.properties",
        format!("user=me\ndb.password={}\n", all.next()).into(),
    ));
    let json = format!("{{\"a\":[{{\"client_secret\":\"{}\"}}]}}", all.next());
    files.push(("other/db.json", json.into()));
    let xml = format!(
        "<a><password>{}</password><b apiKey=\"{}\"/></a>",
        all.next(),
        all.next()
    );
    files.push(("other/db.xml", xml.into()));
    let token = format!(
        "eyJhbGciOiJ9.eyJzdWIiOiJ{}.0123456789abcdef0123",
        all.next()
    );
    files.push(("other/log.txt", format!("Bearer {token}").into()));
}

/// What an endpoint is told, and fields that nobody knows.
fn integration(all: &mut Secrets) -> Vec<u8> {
    let instance = sample();
    let one = instance.integrations.first().unwrap();
    let packed = iar(&instance, one, &Noise::none());
    let inside = ferry_testkit::archives::read_back(&packed).unwrap();
    let inside = inside.into_iter().map(|(name, content)| {
        let mut content = content;
        if Path::new(&name).extension().is_some_and(|it| it == "jca") {
            let text = String::from_utf8(content).unwrap();
            let more = format!("<property name=\"bindPassword\" value=\"{}\"/>", all.next());
            content = text
                .replacen("<property ", &(more + "<property "), 1)
                .into_bytes();
        } else if name.ends_with("ics_project_attributes.properties") {
            content.extend(format!("\nadmin_password={}\n", all.next()).as_bytes());
        } else if name.ends_with("project.xml") {
            let text = String::from_utf8(content).unwrap();
            let (text, end) = text.rsplit_once("</").unwrap();
            let more = format!("<adminPassword>{}</adminPassword>", all.next());
            content = format!("{text}{more}</{end}").into_bytes();
        }
        Part::deflated(&name, &content)
    });
    Zip::of(inside.collect::<Vec<_>>()).bytes()
}

/// All that a command says, whatever became of it.
async fn told(ferry: &Ferry, args: &[&str]) -> String {
    let output = ferry.args(args).run().await;
    assert!([0, 1, 3].contains(&output.exit), "{output}");
    output.stdout.clone() + &output.stderr
}

#[track_caller]
fn hides(text: &str, secrets: &[String], what: &str) {
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(secret.as_str()));
        assert_eq!(line, None, "{what}");
    }
}

#[tokio::test]
async fn secrets_of_every_place_are_in_no_output_and_in_no_tree() {
    let ferry = ferry();
    let (old, new) = (archive("x"), archive("y"));
    ferry.write("a.zip", &old.bytes);
    ferry.write("b.zip", &new.bytes);
    let texts = [&old.texts[..], &new.texts].concat();
    assert!(texts.len() > 8 && old.count > 20, "{texts:?}");

    let listed = told(&ferry, &["archive", "ls", "a.zip", "-o", "json"]).await;
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let artifacts = listed["report"]["artifacts"].as_array().unwrap();
    let names: Vec<String> = artifacts
        .iter()
        .map(|it| {
            format!(
                "{}:{}",
                it["kind"].as_str().unwrap(),
                it["name"].as_str().unwrap()
            )
        })
        .collect();
    assert!(names.len() > 12, "{names:?}");
    let mut commands: Vec<Vec<&str>> = vec![
        vec!["archive", "ls", "a.zip"],
        vec!["archive", "show", "a.zip"],
        vec!["archive", "verify", "a.zip"],
        vec!["archive", "graph", "a.zip"],
        vec!["diff", "a.zip", "b.zip"],
        vec!["diff", "a.zip", "b.zip", "--text"],
    ];
    commands.extend(
        names
            .iter()
            .map(|name| vec!["archive", "show", "a.zip", name]),
    );
    for command in &commands {
        for format in ["table", "json", "markdown"] {
            let args = [&command[..], &["-o", format]].concat();
            hides(&told(&ferry, &args).await, &texts, &args.join(" "));
        }
    }

    told(&ferry, &["archive", "extract", "a.zip", "tree"]).await;
    let tree = files(&ferry.work().join("tree"));
    assert!(tree.len() > 20, "{} files", tree.len());
    for (path, content) in &tree {
        hides(&String::from_utf8_lossy(content), &texts, path);
    }
    // Asked for, they are all there.
    told(
        &ferry,
        &["archive", "extract", "a.zip", "kept", "--with-secrets"],
    )
    .await;
    let kept = files(&ferry.work().join("kept"));
    let kept: Vec<u8> = kept.into_values().flatten().collect();
    let kept = String::from_utf8_lossy(&kept);
    let missing: Vec<&String> = old
        .texts
        .iter()
        .filter(|it| !kept.contains(it.as_str()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
