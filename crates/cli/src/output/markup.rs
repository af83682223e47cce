//! Texts from elsewhere inside Markdown, Mermaid and DOT: each is shown, and none is read as markup.

use super::clean::clean_line;

/// A code span, in which nothing is markup; safe in a cell of a table too.
pub(crate) fn code(text: &str) -> String {
    let text = clean_line(text).replace('|', "\\|");
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// A block of code, in which nothing is markup.
pub(crate) fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{language}\n{text}{end}{fence}\n")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// A label of Mermaid, between the quotes: whatever is no plain letter stands as its number.
pub(crate) fn mermaid(text: &str) -> String {
    let mut label = String::new();
    for c in clean_line(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | ',') {
            label.push(c);
        } else {
            label += &format!("#{};", u32::from(c));
        }
    }
    label
}

/// A string of DOT, quotes included.
pub(crate) fn dot(text: &str) -> String {
    let text = clean_line(text);
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str =
        "a`b``c|d\n<script>alert(1)</script> [x](http://y) \u{202e}\u{1b}[31m\"];x[\"";

    #[test]
    fn nothing_leaves_a_code_span() {
        let span = code(HOSTILE);
        assert!(span.starts_with("```a") && span.ends_with("```"), "{span}");
        assert_eq!(span.matches("```").count(), 2);
        assert!(!span.contains('\n') && !span.contains("c|"), "{span}");
        assert!(!span.contains(['\u{202e}', '\u{1b}']));
        assert_eq!(code("`x`"), "`` `x` ``");
        assert_eq!(code(" \n"), "");
    }

    #[test]
    fn nothing_leaves_a_block() {
        assert_eq!(block("diff", "```\n<b>"), "````diff\n```\n<b>\n````\n");
        assert_eq!(block("", "x\n"), "```\nx\n```\n");
    }

    #[test]
    fn nothing_leaves_a_label() {
        let label = mermaid(HOSTILE);
        assert!(
            !label.contains(['"', '<', '`', '[', '(', '\n', '\u{202e}', '&']),
            "{label}"
        );
        assert_eq!(mermaid("A|1.0"), "A#124;1.0");
        let label = dot(HOSTILE);
        assert_eq!(
            label.matches('"').count() - label.matches("\\\"").count(),
            2,
            "{label}"
        );
        assert_eq!(dot("a\\\"b\nc"), "\"a\\\\\\\"b c\"");
    }
}
