//! A plan as people read it: the same sections in a table and on a page.

use ferry_core::model::Origin;
use ferry_core::plan::{
    Fate, Lacking, Plan, PlannedIntegration, PlannedSchedule, PlannedValue, Saved, Skip, Touch,
};
use jiff::SignedDuration;

use crate::commands::listing::named;
use crate::output::markup::code;
use crate::output::{Table, clean_line, counted};

/// A part of a plan.
struct Section {
    title: &'static str,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// In columns.
pub(crate) fn text(saved: &Saved) -> String {
    let mut text = String::new();
    for line in head(saved) {
        text += &clean_line(&line);
        text.push('\n');
    }
    for section in sections(&saved.plan) {
        let mut table = Table::new(&section.head);
        for row in &section.rows {
            table.row(row);
        }
        text += &format!("\n{}\n{}", section.title, table.text());
    }
    text + "\n" + &summary(&saved.plan) + "\n"
}

/// For a review: nothing in it acts as markup.
pub(crate) fn page(saved: &Saved) -> String {
    let mut page = String::new();
    for line in head(saved) {
        page += &format!("- {}\n", code(&line));
    }
    for section in sections(&saved.plan) {
        page += &format!(
            "\n### {}\n\n| {} |\n|{}\n",
            section.title,
            section.head.join(" | "),
            " --- |".repeat(section.head.len())
        );
        for row in &section.rows {
            let cells: Vec<String> = row.iter().map(|cell| code(cell)).collect();
            page += &format!("| {} |\n", cells.join(" | "));
        }
    }
    page + "\n" + &summary(&saved.plan) + "\n"
}

fn head(saved: &Saved) -> Vec<String> {
    let source = &saved.plan.source;
    let from = source
        .from
        .as_ref()
        .filter(|from| !source.name.starts_with(&format!("bucket:{from}/")));
    let from = from.map(|from| format!(", of {from}"));
    let mut lines = vec![
        format!(
            "plan of {}{} for {}",
            source.name,
            from.unwrap_or_default(),
            saved.plan.target
        ),
        format!("fingerprint {}", saved.fingerprint),
    ];
    if let Some(sha256) = &source.sha256 {
        lines.push(format!("archive sha256 {sha256}"));
    }
    lines.push(match &saved.earlier_imports {
        Some(earlier) => format!(
            "an import into {} took {} (median of {}; the longest {})",
            saved.plan.target,
            took(earlier.median_seconds),
            earlier.count,
            took(earlier.longest_seconds)
        ),
        None => "how long it takes is unknown: no earlier import into it is known here".to_owned(),
    });
    if source.origin == Origin::Live {
        lines.push(
            "made from REST alone: nothing in the archive can be read, so the instance that it comes from was"
                .to_owned(),
        );
    }
    lines
}

fn sections(plan: &Plan) -> Vec<Section> {
    let origin = plan.source.origin;
    let source = format!("SOURCE ({origin})");
    let mut sections = vec![
        Section {
            title: "Live today",
            head: heads(&["INTEGRATION (live)", "TOUCHED", "USES", "SCHEDULE"]),
            rows: plan
                .live
                .iter()
                .map(|one| {
                    vec![
                        named(one.project.as_deref(), &one.id.to_string()),
                        one.touched.iter().map(touch).collect::<Vec<_>>().join(", "),
                        one.connections.join(", "),
                        one.schedule.clone().unwrap_or_else(|| "-".to_owned()),
                    ]
                })
                .collect(),
        },
        Section {
            title: "Integrations",
            head: vec![
                source.clone(),
                "FATE".to_owned(),
                "THEN".to_owned(),
                "TODAY (live)".to_owned(),
            ],
            rows: plan.integrations.iter().map(integration).collect(),
        },
        Section {
            title: "Turned off",
            head: heads(&["INTEGRATION (live)", "BY"]),
            rows: plan
                .turned_off
                .iter()
                .map(|one| {
                    vec![
                        named(one.project.as_deref(), &one.id.to_string()),
                        format!("activating {}", one.by),
                    ]
                })
                .collect(),
        },
        Section {
            title: "Connections",
            head: vec![
                "CONNECTION".to_owned(),
                "VALUE".to_owned(),
                "TODAY (live)".to_owned(),
                source,
                "AFTER".to_owned(),
                "BY".to_owned(),
            ],
            rows: connections(plan),
        },
        Section {
            title: "Lacking",
            head: heads(&["WHAT", "NEEDED BY"]),
            rows: plan.lacking.iter().map(lacking).collect(),
        },
        Section {
            title: "Schedules",
            head: heads(&["INTEGRATION", "WOULD START"]),
            rows: plan.schedules.iter().map(schedule).collect(),
        },
        Section {
            title: "Not checkable",
            head: heads(&["WHAT", "ACCEPTED"]),
            rows: plan
                .not_checkable
                .iter()
                .map(|one| {
                    let accepted = if one.accepted { "yes" } else { "no" };
                    vec![one.name.clone(), accepted.to_owned()]
                })
                .collect(),
        },
        Section {
            title: "Unknown",
            head: heads(&["WHAT"]),
            rows: plan
                .unknown
                .iter()
                .map(|one| vec![one.to_string()])
                .collect(),
        },
    ];
    sections.retain(|section| !section.rows.is_empty());
    sections
}

fn took(seconds: u64) -> String {
    format!("{:#}", SignedDuration::from_secs(seconds.cast_signed()))
}

fn heads(heads: &[&str]) -> Vec<String> {
    heads.iter().map(|&head| head.to_owned()).collect()
}

fn touch(touch: &Touch) -> String {
    match touch {
        Touch::Itself => "itself".to_owned(),
        Touch::TurnedOff => "turned off".to_owned(),
        Touch::Connection(code) => format!("connection {code}"),
    }
}

fn integration(one: &PlannedIntegration) -> Vec<String> {
    let fate = match &one.fate {
        Fate::New => "new".to_owned(),
        Fate::Replaced => "replaced".to_owned(),
        Fate::Unchanged => "unchanged".to_owned(),
        Fate::Unknown => "unknown: whether it is another one cannot be told".to_owned(),
        Fate::Skipped(Skip::Locked) => "skipped: somebody has it open".to_owned(),
        Fate::Skipped(Skip::Active) => {
            "skipped: it is active; replaced with --live=stop".to_owned()
        }
        Fate::Skipped(Skip::Older { than }) => format!("skipped: {than} is active"),
    };
    let then = if one.activate { "activated" } else { "-" };
    let today = one.there.as_ref().map(|there| {
        let locked = if there.locked { ", locked" } else { "" };
        format!("{}{locked}", there.status)
    });
    vec![
        named(one.project.as_deref(), &one.id.to_string()),
        fate,
        then.to_owned(),
        today.unwrap_or_else(|| "-".to_owned()),
    ]
}

fn connections(plan: &Plan) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
    for one in &plan.connections {
        let label = named(one.project.as_deref(), &one.code);
        let new = if one.there.is_none() { " (new)" } else { "" };
        if one.values.is_empty() {
            let mut row = vec![format!("{label}{new}"), "nothing is given".to_owned()];
            row.resize(6, "-".to_owned());
            rows.push(row);
        }
        for value in &one.values {
            rows.push(vec![
                format!("{label}{new}"),
                value.name.clone(),
                shown(&value.today),
                shown(&value.before),
                after(value, one.there.is_some()),
                shown(&value.entry.as_ref().map(ToString::to_string)),
            ]);
        }
    }
    rows
}

/// What an import makes of a value that is there and is another one nobody documents.
fn after(value: &PlannedValue, is_there: bool) -> String {
    match (&value.after, &value.entry) {
        (Some(after), _) => after.clone(),
        (None, Some(_)) => "kept".to_owned(),
        (None, None) if is_there && value.today != value.before => "unknown".to_owned(),
        (None, None) => value.before.clone().unwrap_or_else(|| "-".to_owned()),
    }
}

fn lacking(one: &Lacking) -> Vec<String> {
    let (what, by) = match one {
        Lacking::AgentGroup { name, needed_by } => {
            (format!("agent group {name}"), needed_by.join(", "))
        }
        Lacking::Certificate { name, needed_by } => {
            (format!("certificate {name}"), needed_by.join(", "))
        }
        Lacking::Credential { name, needed_by } => {
            (format!("credential {name}"), needed_by.clone())
        }
        Lacking::Value { name, needed_by } => (format!("value of {name}"), needed_by.clone()),
    };
    vec![what, by]
}

fn schedule(one: &PlannedSchedule) -> Vec<String> {
    let starts = match one.runs {
        Some(true) => "yes: it runs in the source (live)",
        Some(false) => "no",
        None => "unknown: whether it runs in the source was not read",
    };
    vec![
        named(one.project.as_deref(), &one.id.to_string()),
        starts.to_owned(),
    ]
}

fn summary(plan: &Plan) -> String {
    let of = |fits: fn(&Fate) -> bool| {
        let all = plan.integrations.iter();
        all.filter(|one| fits(&one.fate)).count()
    };
    format!(
        "{}: {} new, {} replaced, {} unchanged, {} skipped, {} unknown; {} live today",
        counted(plan.integrations.len() as u64, "integration"),
        of(|fate| *fate == Fate::New),
        of(|fate| *fate == Fate::Replaced),
        of(|fate| *fate == Fate::Unchanged),
        of(|fate| matches!(fate, Fate::Skipped(_))),
        of(|fate| *fate == Fate::Unknown),
        plan.live.len()
    )
}
