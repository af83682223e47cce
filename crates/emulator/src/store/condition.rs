//! Conditions of reading: by ETag and by date.

use http::StatusCode;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::reply::ceiling;
use crate::world::Call;

/// The status of the condition that is not met. Tags match with and without quotes.
pub(super) fn unmet(call: &Call, etag: &str, modified: Timestamp) -> Option<StatusCode> {
    let bare = etag.trim_matches('"');
    let names = |header: &str| {
        header
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == "*" || tag.eq_ignore_ascii_case(bare))
    };
    let since = |name: &str| -> Option<Timestamp> {
        DateTimeParser::new()
            .parse_timestamp(call.header(name)?)
            .ok()
    };
    // What the header shows is the second in which it is over.
    let modified = ceiling(modified);
    if call.header("if-none-match").is_some_and(names) {
        return Some(StatusCode::NOT_MODIFIED);
    }
    if call.header("if-match").is_some_and(|tags| !names(tags)) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    if since("if-modified-since").is_some_and(|limit| modified <= limit) {
        return Some(StatusCode::NOT_MODIFIED);
    }
    if since("if-unmodified-since").is_some_and(|limit| modified > limit) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    None
}
