//! Times as Swift writes them: one form in headers, another in listings.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// `Thu, 14 May 2020 21:56:03 GMT`.
pub(crate) fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new()
        .parse_timestamp(text.trim())
        .ok()
}

/// `2020-05-14T21:56:02.716000`: without a zone it is UTC (seen); a zone, where there is one, counts.
pub(crate) fn listing_date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Some(exact);
    }
    let civil = text.parse::<DateTime>().ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let exact: Timestamp = "2020-05-14T21:56:02.716Z".parse().unwrap();
        for text in [
            "2020-05-14T21:56:02.716000",
            "2020-05-14T21:56:02.716000Z",
            "2020-05-14T23:56:02.716+02:00",
            "2020-05-14T21:56:02.716+0000",
        ] {
            assert_eq!(listing_date(text), Some(exact), "{text}");
        }
        assert_eq!(listing_date("yesterday"), None);
        let header = http_date("Thu, 14 May 2020 21:56:03 GMT");
        assert_eq!(header, "2020-05-14T21:56:03Z".parse().ok());
        assert_eq!(http_date("soon"), None);
    }
}
