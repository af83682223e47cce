//! Schedule files (archive-format.md section 6).

use roxmltree::Document;

/// What a schedule file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ScheduleFacts {
    pub name: String,
    pub description: String,
    pub zone: Option<String>,
    /// `MINUTELY`, `DAILY` and so on.
    pub frequency: Option<String>,
    pub interval: Option<u64>,
    /// `FREQ=DAILY;BYHOUR=2;`, in place of the two above.
    pub expression: Option<String>,
}

/// Reads a schedule file. None: it is none, or no XML; its integration has a schedule all the same.
pub(crate) fn read(bytes: &[u8]) -> Option<ScheduleFacts> {
    let document = Document::parse(std::str::from_utf8(bytes).ok()?).ok()?;
    let root = document.root_element();
    if root.tag_name().name() != "schedule" {
        return None;
    }
    let text = |tag: &str| {
        root.descendants()
            .find(|node| node.tag_name().name() == tag)
            .and_then(|node| node.text())
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    Some(ScheduleFacts {
        name: root.attribute("name").unwrap_or_default().to_owned(),
        description: text("description").unwrap_or_default(),
        zone: text("time-zone"),
        frequency: text("frequency"),
        interval: text("interval").and_then(|interval| interval.parse().ok()),
        expression: text("ical-expression"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_say_how_often() {
        let head =
            "<schedule xmlns=\"http://xmlns.oracle.com/scheduler\" name=\"S\"><description/>";
        let of = |inner: &str| {
            let xml = format!(
                "{head}<time-zone>UTC</time-zone><recurrence>{inner}</recurrence></schedule>"
            );
            read(xml.as_bytes()).unwrap()
        };
        let plain = of("<frequency>HOURLY</frequency><interval>2</interval>");
        assert_eq!(
            (plain.frequency.as_deref(), plain.interval),
            (Some("HOURLY"), Some(2))
        );
        assert_eq!(
            (plain.name.as_str(), plain.zone.as_deref()),
            ("S", Some("UTC"))
        );
        let ical = of("<ical-expression> FREQ=DAILY;BYHOUR=2; </ical-expression>");
        assert_eq!(ical.expression.as_deref(), Some("FREQ=DAILY;BYHOUR=2;"));
        assert!(read(b"<other/>").is_none() && read(b"\xff").is_none());
    }
}
