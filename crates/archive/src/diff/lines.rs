//! Two files line by line, in canonical form.

use similar::TextDiff;

use crate::canonical::{plain, xml_text};
use crate::meaning::{Form, form};

/// The unified difference of two files of an artifact; `None` where they are no texts.
pub(crate) fn lines(path: &str, before: &[u8], after: &[u8]) -> Option<String> {
    let (before, after) = (text(path, before)?, text(path, after)?);
    let diff = TextDiff::from_lines(&before, &after);
    Some(
        diff.unified_diff()
            .context_radius(3)
            .header("before", "after")
            .to_string(),
    )
}

fn text(path: &str, bytes: &[u8]) -> Option<String> {
    let mut text = match form(path, bytes) {
        Form::Xml => xml_text(bytes).ok().or_else(|| plain::text(bytes)),
        Form::Json => plain::json(bytes).or_else(|| plain::text(bytes)),
        Form::Text => plain::text(bytes),
        Form::Bytes => None,
    }?;
    if !text.ends_with('\n') {
        text.push('\n');
    }
    Some(text)
}
