//! Conditions of reading: by `ETag` and by date.

use http::{HeaderName, StatusCode, header};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822::DateTimeParser;
use jiff::tz::TimeZone;

use super::reply::ceiling;
use crate::world::Call;

/// A date in one of the three forms that HTTP knows (RFC 9110, 5.6.7).
fn date(text: &str) -> Option<Timestamp> {
    let of = |form: &str| {
        let civil = DateTime::strptime(form, text.trim()).ok()?;
        TimeZone::UTC.to_timestamp(civil).ok()
    };
    let modern = DateTimeParser::new().parse_timestamp(text).ok();
    modern
        .or_else(|| of("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| of("%a %b %e %H:%M:%S %Y"))
}

/// The status of the condition that is not met. Tags match with and without quotes.
pub(super) fn unmet(call: &Call, etag: &str, modified: Timestamp) -> Option<StatusCode> {
    let bare = etag.trim_matches('"');
    let names = |header: &str| {
        header
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
            .any(|tag| tag == "*" || tag.eq_ignore_ascii_case(bare))
    };
    let since = |name: HeaderName| -> Option<Timestamp> { date(call.header(name)?) };
    // What the header shows is the second in which it is over.
    let modified = ceiling(modified);
    if call.header(header::IF_NONE_MATCH).is_some_and(names) {
        return Some(StatusCode::NOT_MODIFIED);
    }
    if call
        .header(header::IF_MATCH)
        .is_some_and(|tags| !names(tags))
    {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    if since(header::IF_MODIFIED_SINCE).is_some_and(|limit| modified <= limit) {
        return Some(StatusCode::NOT_MODIFIED);
    }
    if since(header::IF_UNMODIFIED_SINCE).is_some_and(|limit| modified > limit) {
        return Some(StatusCode::PRECONDITION_FAILED);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_forms_of_a_date() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(
                date(text).map(Timestamp::as_second),
                Some(784_111_777),
                "{text}"
            );
        }
        assert_eq!(date("yesterday"), None);
    }
}
