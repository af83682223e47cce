//! What the documentation prints is what happens.
//!
//! In README.md and docs/, in blocks fenced as `console`, `sh` or `bash`:
//! - a line that runs `ferry` (or `cargo run … --`) with `--emulator` or `--emulator=DIR` is run as it stands, in one
//!   folder for each document and in order, and must exit with 0, or with N where the line ends in `# exit N`;
//! - any other line that runs `ferry` must be one that `ferry` understands; it is not carried out.
//!
//! The tutorial is read as a person reads it: its files are written, and its lines given to a shell, in one fresh folder.
//!
//! Blocks fenced as `toml` must be what `ferry config show --config FILE` reads, `toml emulator` what `ferry emulator
//! --load FILE` does, `toml overrides` what `ferry overrides check` does, and `json rules` what `--rule @FILE` takes.

use std::path::{Path, PathBuf};

use ferry_e2e::ferry;
use ferry_emulator::Rule;
use ferry_testkit::cli::Ferry;
use ferry_testkit::fixtures::root;
use tokio::task::JoinSet;

/// The document that is read from its beginning to its end.
const TUTORIAL: &str = "docs/tutorial.md";

/// A fenced block.
struct Block {
    /// The document, as it is named in messages.
    document: String,
    /// The line of its fence, from 1.
    line: usize,
    language: String,
    text: String,
    /// The file that it is, where the paragraph before it ends by naming one.
    file: Option<String>,
}

/// One line of a block that runs `ferry`.
struct Command {
    /// `document:line`.
    place: String,
    /// The arguments.
    args: Vec<String>,
    /// The exit code that the document tells.
    exit: i32,
}

fn documents() -> Vec<PathBuf> {
    let mut found = vec![root().join("README.md")];
    collect(&root().join("docs"), &mut found);
    found.sort();
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of documents") {
        let path = entry.expect("its files").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|end| end == "md") {
            found.push(path);
        }
    }
}

fn blocks(path: &Path) -> Vec<Block> {
    let text = std::fs::read_to_string(path).expect("a document");
    let document = path
        .strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string();
    let mut found: Vec<Block> = Vec::new();
    let mut open = false;
    let mut before = "";
    for (nth, line) in text.lines().enumerate() {
        match (line.trim_start().strip_prefix("```"), open) {
            (Some(_), true) => open = false,
            (Some(language), false) => {
                open = true;
                found.push(Block {
                    document: document.clone(),
                    line: nth + 1,
                    language: language.trim().to_owned(),
                    text: String::new(),
                    file: named_file(before),
                });
            }
            (None, true) => {
                let block = found.last_mut().expect("an open block");
                block.text += line;
                block.text.push('\n');
            }
            (None, false) if line.is_empty() => {}
            (None, false) => before = line,
        }
    }
    found
}

/// `NAME` in a line that ends in "`NAME`:".
fn named_file(line: &str) -> Option<String> {
    let name = line.strip_suffix("`:")?.rsplit('`').next()?;
    name.contains('.').then(|| name.to_owned())
}

/// The lines of a block that run `ferry`. In `console` blocks commands stand behind a `$`.
fn commands(block: &Block) -> Vec<Command> {
    if !matches!(block.language.as_str(), "console" | "sh" | "bash") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (nth, line) in block.text.lines().enumerate() {
        let place = format!("{}:{}", block.document, block.line + 1 + nth);
        let line = match (line.strip_prefix("$ "), block.language.as_str()) {
            (Some(line), _) => line,
            (None, "console") => continue,
            (None, _) => line,
        };
        let (line, comment) = line.split_once(" #").unwrap_or((line, ""));
        let exit = comment.trim().strip_prefix("exit ").map_or(0, |code| {
            code.trim()
                .parse()
                .unwrap_or_else(|_| panic!("{place}: {code} is no exit code"))
        });
        let mut words = words(line.trim().trim_end_matches('&'));
        // What reads the output is not of ferry's.
        if let Some(pipe) = words.iter().position(|word| word == "|") {
            words.truncate(pipe);
        }
        let args = match words.split_first() {
            Some((first, args)) if first == "ferry" => args.to_vec(),
            Some((first, rest))
                if first == "cargo" && rest.first().is_some_and(|it| it == "run") =>
            {
                let mut after = rest.split(|word| word == "--");
                after.nth(1).unwrap_or_default().to_vec()
            }
            _ => continue,
        };
        found.push(Command { place, args, exit });
    }
    found
}

/// Words as a shell makes them: quotes keep blanks together. Variables stay as they are.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut begun = false;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => (quote, begun) = (Some(c), true),
            (None, c) if c.is_whitespace() => {
                if begun {
                    words.push(std::mem::take(&mut word));
                    begun = false;
                }
            }
            (_, c) => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

impl Command {
    /// Whether all that it needs is an emulator of its own.
    fn is_runnable(&self) -> bool {
        let own = |arg: &String| {
            arg.strip_prefix("--emulator").is_some_and(|rest| {
                rest.is_empty() || (rest.starts_with('=') && !rest.contains("://"))
            })
        };
        self.args.iter().any(own)
    }

    fn shown(&self) -> String {
        format!("{}: ferry {}", self.place, self.args.join(" "))
    }

    /// Runs it as it stands; what came instead of the exit code that the document tells.
    async fn fails(&self, ferry: &Ferry) -> Option<String> {
        let output = ferry.args(&self.args).run().await;
        let text = format!("{}: not exit {}, but {output}", self.shown(), self.exit);
        (output.exit != self.exit).then_some(text)
    }

    /// Lets the parser look at it, without a workspace file and without an emulator.
    async fn is_not_understood(&self) -> Option<String> {
        if self
            .args
            .first()
            .is_some_and(|command| command == "emulator")
        {
            return self.wrong_emulator(&self.shown()).await;
        }
        let call = ferry().args(&self.args).env("FERRY_EMULATOR", "");
        let output = call.run().await;
        let unread = output.stderr.contains("For more information, try '--help'");
        unread.then(|| format!("{}: ferry does not understand it: {output}", self.shown()))
    }

    /// An emulator would serve for ever; one that is given a switch that does not exist says so last.
    async fn wrong_emulator(&self, shown: &str) -> Option<String> {
        let args = self.args.iter().map(String::as_str);
        let args = args.chain(["--switch", "documentation.only=1"]);
        let output = ferry().args(args).run().await;
        let told = output.exit == 2 && output.stderr.contains("--switch documentation.only=1");
        (!told).then(|| format!("{shown}: ferry does not understand it: {output}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_printed_command_works() {
    let (mut wrong, mut run, mut reading) = (Vec::new(), 0, JoinSet::new());
    for document in documents() {
        // The reader's folder, document by document.
        let ferry = ferry();
        let is_read_whole = document.ends_with(TUTORIAL);
        for command in blocks(&document).iter().flat_map(commands) {
            if command.is_runnable() {
                if !is_read_whole {
                    run += 1;
                    wrong.extend(command.fails(&ferry).await);
                }
            } else {
                reading.spawn(async move { command.is_not_understood().await });
            }
        }
    }
    let read = reading.len();
    wrong.extend(reading.join_all().await.into_iter().flatten());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    // A change of the fences must not empty this test.
    assert!(run >= 5, "only {run} commands were run");
    assert!(read >= 10, "only {read} commands were read");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tutorial_is_carried_out_by_a_shell_in_a_fresh_folder() {
    let mut script = "set -eu\n".to_owned();
    let mut lines = 0;
    for block in blocks(&root().join(TUTORIAL)) {
        if let Some(file) = &block.file {
            script += &format!("cat > {file} <<'END OF FILE'\n{}END OF FILE\n", block.text);
        }
        // Others begin an emulator that stays, or go to a real service.
        let text = &block.text;
        let is_offline = text.contains(" --emulator=./") || text.ends_with(" --emulator\n");
        if block.language != "sh" || !is_offline {
            continue;
        }
        for line in block.text.lines() {
            lines += 1;
            let (line, exit) = line.split_once(" # exit ").unwrap_or((line, "0"));
            script += &format!("echo '--- {}'\n", line.replace('\'', ""));
            script += &match exit {
                "0" => format!("{line}\n"),
                exit => format!("code=0; {line} || code=$?\n[ $code = {exit} ]\n"),
            };
        }
    }
    assert!(lines >= 12, "only {lines} lines: {script}");
    // Nothing but the program is at hand.
    let sh = Ferry::new("/bin/sh");
    let bin = ferry_e2e::binary();
    let folder = bin.parent().expect("the folder of the program").display();
    let call = sh.args(["-c", script.as_str()]);
    let output = call
        .env("PATH", format!("{folder}:/usr/bin:/bin"))
        .run()
        .await;
    assert_eq!(output.exit, 0, "{output}\n--- script\n{script}");
    let left = ferry_e2e::files(&sh.work());
    for name in [
        "prod.overrides.toml",
        "ferry.toml",
        "plan.json",
        "junit.xml",
        "run.tar",
    ] {
        assert!(left.contains_key(name), "no {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_printed_workspace_file_can_be_read() {
    let (mut wrong, mut read) = (Vec::new(), 0);
    for block in documents().iter().flat_map(|document| blocks(document)) {
        if block.language != "toml" {
            continue;
        }
        read += 1;
        let ferry = ferry();
        ferry.write("printed.toml", &block.text);
        let call = ferry.args(["config", "show", "--origin", "--config", "printed.toml"]);
        let output = call.run().await;
        if output.exit != 0 {
            wrong.push(format!("{}:{}: {output}", block.document, block.line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(read >= 3, "only {read} files were read");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_printed_file_of_overrides_can_be_read() {
    let (mut wrong, mut read) = (Vec::new(), 0);
    for block in documents().iter().flat_map(|document| blocks(document)) {
        if block.language != "toml overrides" || block.document == TUTORIAL {
            continue;
        }
        read += 1;
        let ferry = ferry();
        ferry.write("prod.overrides.toml", &block.text);
        let call = ferry.args(["overrides", "check", "prod", "test", "--emulator"]);
        // The demonstration has other connections: that is a finding, and no mistake in the file.
        let output = call.run().await;
        if output.exit != 1 {
            wrong.push(format!("{}:{}: {output}", block.document, block.line));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(read >= 2, "only {read} files were read");
}

#[test]
fn every_printed_load_and_rule_can_be_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut loads, mut rules) = (0, 0);
    for block in documents().iter().flat_map(|document| blocks(document)) {
        let place = format!("{}:{}", block.document, block.line);
        match block.language.as_str() {
            "toml emulator" => {
                loads += 1;
                let file = folder.path().join("lab.toml");
                std::fs::write(&file, &block.text).expect("a file");
                let mut options = ferry_e2e::options();
                options
                    .describe(&file)
                    .unwrap_or_else(|error| panic!("{place}: {error:?}"));
            }
            "json rules" => {
                let read: Vec<Rule> = serde_json::from_str(&block.text)
                    .unwrap_or_else(|error| panic!("{place}: {error}"));
                for rule in &read {
                    rule.check().unwrap_or_else(|why| panic!("{place}: {why}"));
                }
                rules += read.len();
            }
            _ => {}
        }
    }
    assert!(loads >= 1 && rules >= 5, "{loads} loads, {rules} rules");
}

#[test]
fn the_first_command_of_the_readme_is_run() {
    let readme = blocks(&root().join("README.md"));
    let first = readme.iter().flat_map(commands).next().expect("a command");
    assert!(first.is_runnable(), "{}", first.place);
    assert_eq!(
        first.args,
        ["promote", "test", "prod", "--live=stop", "--emulator"]
    );
}

#[test]
fn lines_are_taken_apart_as_a_shell_does() {
    let block = |language: &str, text: &str| Block {
        document: "a.md".to_owned(),
        line: 7,
        language: language.to_owned(),
        text: text.to_owned(),
        file: None,
    };
    let of = |language: &str, text: &str| commands(&block(language, text));
    let found = of(
        "console",
        "$ ferry export 'a b' --emulator # exit 2\nferry says this\n",
    );
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].args, ["export", "a b", "--emulator"]);
    assert_eq!((found[0].exit, found[0].place.as_str()), (2, "a.md:8"));
    assert!(found[0].is_runnable());
    let found = of(
        "sh",
        "set -e\nferry emulator --port 0 &\ncargo run --release -- doctor x\n",
    );
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].args, ["emulator", "--port", "0"]);
    assert_eq!(found[1].args, ["doctor", "x"]);
    assert!(!found[1].is_runnable());
    assert!(!of("sh", "ferry doctor x --emulator=http://127.0.0.1:1\n")[0].is_runnable());
    assert!(of("toml", "ferry = 1\n").is_empty());
}
