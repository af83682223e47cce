//! Headers of the store's answers: dates, counts, what is stored.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;

const X_TIMESTAMP: HeaderName = HeaderName::from_static("x-timestamp");

/// Sets a header whose value may hold anything; one that cannot be sent is left out.
pub(super) fn set(headers: &mut HeaderMap, name: impl TryInto<HeaderName>, value: &str) {
    if let (Ok(name), Ok(value)) = (name.try_into(), HeaderValue::from_bytes(value.as_bytes())) {
        headers.insert(name, value);
    }
}

/// `Last-Modified`: rounded up to the next second, as upstream has it. And `X-Timestamp`, which is exact.
pub(super) fn last_modified(headers: &mut HeaderMap, at: Timestamp) {
    if let Some(text) = http_date(at) {
        set(headers, header::LAST_MODIFIED, &text);
    }
    set(headers, X_TIMESTAMP, &seconds(at));
}

/// The second in which a moment is over, as HTTP writes it.
pub(super) fn http_date(at: Timestamp) -> Option<String> {
    let printer = DateTimePrinter::new();
    printer.timestamp_to_rfc9110_string(&ceiling(at)).ok()
}

/// The next full second.
pub(super) fn ceiling(at: Timestamp) -> Timestamp {
    if at.subsec_nanosecond() == 0 {
        at
    } else {
        Timestamp::from_second(at.as_second() + 1).unwrap_or(at)
    }
}

/// Seconds since 1970 with five decimals.
pub(super) fn seconds(at: Timestamp) -> String {
    let micros = at.as_microsecond();
    format!(
        "{}.{:05}",
        micros.div_euclid(1_000_000),
        micros.rem_euclid(1_000_000) / 10
    )
}

/// A date of a listing: UTC, six decimals, no zone.
pub(super) fn listed(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

/// Whether a value means yes, as upstream reads its settings.
pub(super) fn truth(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["true", "1", "yes", "on", "t", "y"].contains(&text.as_str())
}

/// A header's value as text; bytes that are no UTF-8 are replaced.
pub(super) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = headers.get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}
