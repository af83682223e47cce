//! Java properties, and the JSON that projects have in their place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use super::Description;
use super::description::{Home, Integration, Trigger};
use super::noise::{Kind, Noise};
use super::schedule;
use super::steps::{Needs, adapter};

/// A properties file: the time of the export, then the lines.
pub(super) fn text(mut lines: Vec<(&str, String)>, place: &str, noise: &Noise) -> String {
    noise.shuffle(Kind::LineOrder, place, &mut lines);
    let mut out = comment(noise);
    for (key, value) in lines {
        out.push_str(&format!("{key}={}\n", escaped(&value)));
    }
    out
}

fn comment(noise: &Noise) -> String {
    let moment = Timestamp::from_second(noise.exported()).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.strftime("#%a %b %d %H:%M:%S UTC %Y\n").to_string()
}

/// A value as Java writes it: ISO-8859-1, and what is not ASCII by its number.
fn escaped(value: &str) -> String {
    let mut out = String::new();
    for (at, unit) in value.encode_utf16().enumerate() {
        match char::from_u32(u32::from(unit)) {
            Some(c @ ('\\' | ':' | '=' | '#' | '!')) => {
                out.push('\\');
                out.push(c);
            }
            Some(' ') if at == 0 => out.push_str("\\ "),
            Some(c @ ' '..='~') => out.push(c),
            _ => out.push_str(&format!("\\u{unit:04X}")),
        }
    }
    out
}

/// Sixteen bytes that nobody can tell the rule of.
pub(super) fn modified(place: &str, noise: &Noise) -> String {
    let bytes = noise.chance(Kind::Mod, place).u128(..).to_be_bytes();
    STANDARD.encode(bytes)
}

pub(super) fn mep(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Request(_) => "MEP04",
        Trigger::OneWay(_) => "MEP00",
        Trigger::Schedule => "MEP07",
        Trigger::Event(_) => "MEP08",
    }
}

/// What an integration is, key by key, as the properties of an `.iar` call it.
fn facts(
    whole: &Description,
    it: &Integration,
    needs: &Needs,
    noise: &Noise,
) -> Vec<(&'static str, String)> {
    let mut tags: Vec<String> = needs
        .connections
        .iter()
        .map(|code| format!("app:{}", adapter(whole, code)))
        .collect();
    tags.dedup();
    noise.shuffle(Kind::LineOrder, &it.id(), &mut tags);
    let style = match it.trigger {
        Trigger::Schedule => "style:scheduled orchestration",
        Trigger::Event(_) => "style:subscribed orchestration",
        _ => "style:app driven orchestration",
    };
    tags.push(style.to_owned());
    let state = if it.active { "ACTIVATED" } else { "CONFIGURED" };
    let lock = ["", "NEW", "LOCKED"]
        .into_iter()
        .cycle()
        .nth(usize::try_from(noise.choice(Kind::Lock, 3)).unwrap_or(0));
    let release = format!("{}-EC", noise.release());
    let tracked = it.tracking.first().map_or("", |t| t.name.as_str());
    let validity = noise
        .chance(Kind::Validity, "")
        .u64(1_700_000_000_000..1_900_000_000_000);
    let mut facts = vec![
        ("code", it.code.clone()),
        ("version", it.version.clone()),
        ("name", it.name.clone()),
        ("persistedState", state.to_owned()),
        ("transientState", lock.unwrap_or("").to_owned()),
        ("type", "DEVELOPED".to_owned()),
        ("mepType", mep(&it.trigger).to_owned()),
        ("trackingInstanceName", tracked.to_owned()),
        ("smartTags", tags.join(", ")),
        ("originalICSVersion", release.clone()),
        ("lastUpdatedICSVersion", release),
        ("mod", modified(&it.id(), noise)),
        ("CAV", "4".to_owned()),
        ("validity", validity.to_string()),
    ];
    if let Home::Package(name) = &it.home {
        facts.push(("package", name.clone()));
    }
    facts
}

/// `ics_project_attributes.properties`.
pub(super) fn attributes(
    whole: &Description,
    it: &Integration,
    needs: &Needs,
    noise: &Noise,
) -> String {
    let mut lines: Vec<(&str, String)> = facts(whole, it, needs, noise)
        .into_iter()
        .map(|(key, value)| (key_in_iar(key), value))
        .collect();
    lines.push(("modelType", "FREEFORM".to_owned()));
    lines.push(("version", noise.release()));
    text(lines, &it.id(), noise)
}

fn key_in_iar(key: &'static str) -> &'static str {
    match key {
        "code" => "project_code",
        "version" => "project_version",
        "name" => "project_name",
        "persistedState" => "project_persisted_state",
        "transientState" => "project_transient_state",
        "type" => "project_type",
        "mepType" => "mep_type",
        "trackingInstanceName" => "tracking_instance_name",
        "package" => "package_name",
        key => key,
    }
}

/// `info.json`.
pub(super) fn info(whole: &Description, it: &Integration, needs: &Needs, noise: &Noise) -> String {
    let mut facts = facts(whole, it, needs, noise);
    facts.push(("scope", "Private".to_owned()));
    noise.shuffle(Kind::LineOrder, &it.id(), &mut facts);
    let pairs: Vec<String> = facts
        .iter()
        .map(|(key, value)| format!("{}:{}", json(key), json(value)))
        .collect();
    let list = |name: &str, ids: Vec<String>| {
        let ids: Vec<String> = ids.iter().map(|id| json(id)).collect();
        (!ids.is_empty()).then(|| format!("{}:[{}]", json(name), ids.join(",")))
    };
    let mut connections: Vec<String> = needs.connections.iter().cloned().collect();
    if needs.calls {
        connections.push(super::container::LOCAL.to_owned());
    }
    let libraries = needs.libraries.iter().map(|(c, v)| format!("{c}|{v}"));
    let lists: Vec<String> = [
        list("connections", connections),
        list("lookups", needs.lookups.iter().cloned().collect()),
        list("schedules", it.schedule.iter().map(|_| it.id()).collect()),
        list("libraries", libraries.collect()),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "{{\"dependencies\":{{{}}},\"properties\":{{{}}}}}",
        lists.join(","),
        pairs.join(",")
    )
}

pub(super) fn json(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '/' => out.push_str("\\/"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The name of the schedule's file in a project.
pub(super) fn schedule_file(it: &Integration) -> String {
    format!("Schedule_{}.xml", it.folder())
}

/// The name of the schedule's file in an `.iar`.
pub(super) fn schedule_file_in_iar(it: &Integration) -> String {
    format!("{}.xml", schedule::name(it))
}
