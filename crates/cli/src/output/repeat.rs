//! Commands that are shown to be typed next must reach the same place as this one.

/// Adds `flags`, such as ` --emulator=./play`, to every command of ferry's own: in backticks (`` `ferry jobs wait …` ``),
/// or at the end of a line behind a colon (`follow it: ferry jobs wait …`).
pub(crate) fn with_flags(text: &str, flags: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let (line, end) = line
            .strip_suffix('\n')
            .map_or((line, ""), |line| (line, "\n"));
        if !line.contains('`') && line.contains(": ferry ") {
            out.extend([line, flags]);
        } else {
            in_backticks(line, flags, &mut out);
        }
        out.push_str(end);
    }
    out
}

fn in_backticks(line: &str, flags: &str, out: &mut String) {
    let mut rest = line;
    while let Some((before, command)) = rest.split_once("`ferry ") {
        let Some((command, after)) = command.split_once('`') else {
            break;
        };
        out.extend([before, "`ferry ", command, flags, "`"]);
        rest = after;
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_gets_the_flags() {
        let text =
            "attach: `ferry jobs wait test job:export:1`, or `ferry runs list`; `curl` is no ferry";
        let expected = "attach: `ferry jobs wait test job:export:1 -x`, or `ferry runs list -x`; `curl` is no ferry";
        assert_eq!(with_flags(text, " -x"), expected);
        assert_eq!(
            with_flags("an open `ferry end", " -x"),
            "an open `ferry end"
        );
        assert_eq!(with_flags(text, ""), text);
        let text = "next: follow it: ferry jobs wait test job:export:1\nnote: the ferry is fine\n";
        let expected =
            "next: follow it: ferry jobs wait test job:export:1 -x\nnote: the ferry is fine\n";
        assert_eq!(with_flags(text, "").as_str(), text);
        let flagged = with_flags(text, " -x");
        assert_eq!(flagged, expected);
    }
}
