//! `?part-number=N`: one segment of a static manifest.

use http::StatusCode;

use super::super::Object;
use super::super::problem::Problem;
use super::super::range::Span;
use super::join::span as span_of;
use super::{Manifest, Segment};
use crate::world::Call;

/// A segment of those that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Part {
    pub(in crate::store) span: Span,
    /// How many segments there are.
    pub(in crate::store) count: usize,
    /// Whether there is one of this number.
    pub(in crate::store) there: bool,
}

/// The segment that a request asks for; none where it asks for none, or of no static manifest.
pub(in crate::store) fn number(call: &Call, object: &Object) -> Result<Option<Part>, Problem> {
    let (Some(text), Some(Manifest::Static(manifest))) =
        (call.query("part-number"), &object.manifest)
    else {
        return Ok(None);
    };
    let wrong = |text: &str| Problem::says(StatusCode::BAD_REQUEST, text);
    let number = text.parse::<usize>().ok().filter(|number| *number > 0);
    let number = number.ok_or_else(|| wrong("Part number must be an integer greater than 0"))?;
    if call.headers.contains_key("range") {
        return Err(wrong(
            "Range requests are not supported with part number queries",
        ));
    }
    let mut span: Span = (0, 0);
    for segment in manifest.segments.iter().take(number) {
        span = (span.1, span.1.saturating_add(segment.joins()));
    }
    let count = manifest.segments.len();
    Ok(Some(Part {
        span,
        count,
        there: number <= count,
    }))
}

impl Segment {
    /// How many bytes it joins.
    pub(super) fn joins(&self) -> u64 {
        match self {
            // Four letters of Base64 stand for three bytes.
            Self::Data { data } => {
                let letters = data.trim_end_matches('=').len() as u64;
                letters * 3 / 4
            }
            Self::Object { bytes, range, .. } => {
                let span = range.as_deref().and_then(span_of);
                span.map_or(*bytes, |(first, end)| end.saturating_sub(first))
            }
        }
    }
}
