//! A schedule.

use ferry_core::model::Schedule;

use crate::canonical::{Element, Tree};

/// What a schedule is like.
pub(crate) fn read(tree: &Tree) -> Schedule {
    let root = tree.root();
    let name = root.attribute("name").unwrap_or_default().to_owned();
    let zone = root.child_text("time-zone").to_owned();
    Schedule {
        integration: owner(&name),
        zone: Some(zone).filter(|zone| !zone.is_empty()),
        rule: rule(root),
        name,
        project: None,
        places: Vec::new(),
    }
}

/// Code and version, where a name has the usual form and was not cut: `Schedule_<CODE>_01_00_0000`.
pub(crate) fn owner(name: &str) -> Option<(String, String)> {
    let rest = name.strip_prefix("Schedule_")?;
    let version_at = rest.len().checked_sub("01.00.0000".len())?;
    let (code, version) = rest.split_at_checked(version_at)?;
    let version = version.replace('_', ".");
    let code = code.strip_suffix('_')?;
    (!code.is_empty() && crate::invariants::version_form::holds(&version))
        .then(|| (code.to_owned(), version))
}

fn rule(root: Element<'_>) -> String {
    if let Some(recurrence) = root.child("recurrence") {
        let expression = recurrence.child_text("ical-expression").to_owned();
        if !expression.is_empty() {
            return expression;
        }
        let parts = ["frequency", "interval", "count", "start"]
            .map(|name| (name, recurrence.child_text(name)));
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        return told.join(", ");
    }
    let expression = root.child_text("ical-expression").to_owned();
    if !expression.is_empty() {
        return expression;
    }
    root.child("include-date").map_or_else(String::new, |date| {
        let part = |name: &'static str| date.child_text(name);
        format!(
            "on {}-{}-{} at {}",
            part("year"),
            part("month"),
            part("day"),
            part("time")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_integration_stands_in_the_name() {
        let told = owner("Schedule_CREATE_PENDING_WORKERS_01_00_0002");
        assert_eq!(
            told,
            Some(("CREATE_PENDING_WORKERS".into(), "01.00.0002".into()))
        );
        assert_eq!(
            owner("Schedule_A_01.00.0000"),
            Some(("A".into(), "01.00.0000".into()))
        );
        assert_eq!(owner("Schedule_A_VERY_LONG_CODE_01_00"), None);
        assert_eq!(owner("Run_Nightly"), None);
    }

    #[test]
    fn rules_in_the_words_of_the_file() {
        let of = |inner: &str| {
            let file = format!("<schedule name='x'>{inner}</schedule>");
            read(&Tree::read(file.as_bytes()).unwrap()).rule
        };
        assert_eq!(
            of("<recurrence><frequency>HOURLY</frequency><interval>2</interval></recurrence>"),
            "frequency HOURLY, interval 2"
        );
        assert_eq!(
            of("<recurrence><ical-expression>FREQ=DAILY;</ical-expression></recurrence>"),
            "FREQ=DAILY;"
        );
        assert_eq!(
            of(
                "<include-date><year>2020</year><month>7</month><day>4</day><time>1:0:0</time></include-date>"
            ),
            "on 2020-7-4 at 1:0:0"
        );
        assert_eq!(of(""), "");
    }
}
