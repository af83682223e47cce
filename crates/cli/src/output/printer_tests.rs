use std::sync::{Arc, Mutex};

use super::*;

/// A stream that a test can read.
#[derive(Clone, Default)]
struct Tape(Arc<Mutex<Vec<u8>>>);

impl Write for Tape {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Tape {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap().clone();
        anstream::adapter::strip_str(&String::from_utf8(bytes).unwrap()).to_string()
    }
}

/// A stream that is full, or closed.
struct Broken(io::ErrorKind);

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn settings(format: Format) -> Settings {
    let clock: Clock = Arc::new(|| "2026-05-14T21:28:31.5Z".parse().unwrap());
    Settings {
        format,
        quiet: false,
        verbose: false,
        no_color: true,
        emulator: false,
        repeat: String::new(),
        clock,
    }
}

fn printer(settings: Settings) -> (Printer, Tape, Tape) {
    let (out, err) = (Tape::default(), Tape::default());
    (
        Printer::over(
            settings,
            Box::new(out.clone()),
            Box::new(err.clone()),
            false,
        ),
        out,
        err,
    )
}

fn failure() -> Failure {
    Failure::new(Exit::Refused, "the bucket refused the user")
        .cause("401 Unauthorized")
        .evidence("GET https://example.com/v1/acme/b: 401")
        .hint("an auth token is wanted, not the console password")
}

#[test]
fn the_envelope_has_its_fixed_shape() {
    let (printer, out, err) = printer(Settings {
        emulator: true,
        ..settings(Format::Json)
    });
    printer.result(
        "export",
        Exit::Done,
        Some(&Report::new(&json!({"archive": "a.zip"}), "unused")),
        None,
    );
    let envelope: Value = serde_json::from_str(&out.text()).unwrap();
    let expected = json!({
        "schema": "ferry/1", "command": "export", "emulator": true, "exit": 0,
        "report": {"archive": "a.zip"}, "error": null,
    });
    assert_eq!(envelope, expected);
    assert_eq!(err.text(), "");
}

#[test]
fn a_failure_is_in_the_envelope_too() {
    let (printer, out, _) = printer(settings(Format::Json));
    let failure = failure();
    printer.result("import", Exit::Refused, None, Some(&failure));
    let envelope: Value = serde_json::from_str(&out.text()).unwrap();
    assert_eq!(envelope["exit"], 4);
    assert_eq!(envelope["report"], Value::Null);
    assert_eq!(envelope["error"]["kind"], "refused");
    assert_eq!(envelope["error"]["causes"][0], "401 Unauthorized");
}

#[test]
fn a_failure_is_a_page_too_and_nothing_in_it_is_markup() {
    let (printer, out, err) = printer(Settings {
        emulator: true,
        ..settings(Format::Markdown)
    });
    let failure = failure().evidence("<b>*bold*</b>");
    printer.result("promote", Exit::Refused, None, Some(&failure));
    let expected = "EMULATOR\n\n## `promote` ended with 4: `refused`\n\n`the bucket refused the user`\n\n\
                    - cause: `401 Unauthorized`\n- evidence: `GET https://example.com/v1/acme/b: 401`\n\
                    - evidence: `<b>*bold*</b>`\n\n### Next\n\n\
                    - `an auth token is wanted, not the console password`\n";
    assert_eq!(out.text(), expected);
    assert_eq!(err.text(), "");
    // What was done all the same stands below.
    let (printer, out, _) = self::printer(settings(Format::Markdown));
    let report = Report::new(&(), "unused").with_markdown("## Done\n");
    printer.result("promote", Exit::Disk, Some(&report), Some(&self::failure()));
    let told = out.text();
    assert!(told.starts_with("## `promote` ended with 4"), "{told}");
    assert!(told.ends_with("\n\n## Done\n"), "{told}");
}

#[test]
fn a_failure_leads_from_message_to_next_step() {
    let (printer, _, err) = printer(Settings {
        quiet: true,
        ..settings(Format::Table)
    });
    printer.failure(&failure());
    let expected = "error: the bucket refused the user\n  cause: 401 Unauthorized\n  evidence: GET \
                    https://example.com/v1/acme/b: 401\nhint: an auth token is wanted, not the console password\n";
    assert_eq!(err.text(), expected);
}

#[test]
fn an_emulator_is_named_on_both_streams_once() {
    let (printer, out, err) = printer(Settings {
        emulator: true,
        ..settings(Format::Table)
    });
    printer.talk("one");
    printer.talk("two");
    printer.result(
        "export",
        Exit::Done,
        Some(&Report::new(&(), "a table")),
        None,
    );
    assert_eq!(out.text(), "EMULATOR\na table\n");
    let expected = "EMULATOR: no real service is touched\n2026-05-14T21:28:31Z one\n2026-05-14T21:28:31Z two\n";
    assert_eq!(err.text(), expected);
}

#[test]
fn quiet_keeps_data_and_warnings() {
    let (printer, out, err) = printer(Settings {
        quiet: true,
        ..settings(Format::Table)
    });
    printer.talk("progress");
    printer.warning("others may read the file");
    printer.result("x", Exit::Done, Some(&Report::new(&(), "data\n")), None);
    assert_eq!(
        (out.text().as_str(), err.text().as_str()),
        ("data\n", "warning: others may read the file\n")
    );
}

#[test]
fn foreign_text_cannot_steer_the_terminal() {
    let (printer, out, err) = printer(settings(Format::Table));
    printer.result(
        "x",
        Exit::Done,
        Some(&Report::new(&(), "a\u{1b}[2Jb\u{202e}c")),
        None,
    );
    printer.warning("x\u{1b}]0;title\u{7}");
    printer.talk("one\nline");
    let shown = out.text() + &err.text();
    assert!(
        !shown.contains(['\u{1b}', '\u{202e}', '\u{7}']),
        "{shown:?}"
    );
    assert!(shown.ends_with("one line\n"));
}

#[test]
fn a_full_disk_is_told_and_a_closed_pipe_is_not() {
    for (kind, whole) in [
        (io::ErrorKind::StorageFull, false),
        (io::ErrorKind::BrokenPipe, true),
    ] {
        let printer = Printer::over(
            settings(Format::Table),
            Box::new(Broken(kind)),
            Box::new(Tape::default()),
            false,
        );
        printer.result("x", Exit::Done, Some(&Report::new(&(), "data")), None);
        assert_eq!(printer.finish(), whole, "{kind}");
    }
}

#[test]
fn a_secret_that_was_read_is_masked_everywhere() {
    for format in [Format::Table, Format::Json] {
        let (printer, out, err) = printer(settings(format));
        printer.hide("s3cr\"et-value");
        printer.hide("abc");
        let told = "the service says s3cr\"et-value, abc";
        printer.result("x", Exit::Done, Some(&Report::new(&told, told)), None);
        printer.warning(told);
        printer.talk(told);
        for text in [out.text(), err.text()] {
            assert!(!text.contains("et-value"), "{text}");
            assert!(text.contains("***, abc"), "{text}");
        }
    }
}

#[test]
fn rows_on_a_page_are_no_markup() {
    let (printer, out, _) = printer(Settings {
        emulator: true,
        ..settings(Format::Markdown)
    });
    printer.rows("things", std::iter::empty(), "ACTIVE  a*b*|1\n<b>``\n");
    printer.rows("things", std::iter::empty(), "");
    let total = Report::new(&json!({}), "2 things");
    printer.result("things list", Exit::Done, Some(&total), None);
    let page = "EMULATOR\n\n- `ACTIVE  a*b*\\|1`\n- ``` <b>`` ```\n\n```\n2 things\n```\n";
    assert_eq!(out.text(), page);
}
