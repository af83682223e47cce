//! The two forms in which the service writes times.

use jiff::Timestamp;

/// `2026-09-17T19:23:49.887+0000`: design-time objects.
pub(super) fn design(time: Timestamp) -> String {
    format!(
        "{}.{:03}+0000",
        time.strftime("%Y-%m-%dT%H:%M:%S"),
        time.as_millisecond().rem_euclid(1000)
    )
}

/// `Thu May 14 21:28:31 UTC 2020`: jobs.
pub(super) fn job(time: Timestamp) -> String {
    time.strftime("%a %b %d %H:%M:%S UTC %Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let time: Timestamp = "2020-05-14T21:28:31.007Z".parse().unwrap();
        assert_eq!(design(time), "2020-05-14T21:28:31.007+0000");
        assert_eq!(job(time), "Thu May 14 21:28:31 UTC 2020");
    }
}
