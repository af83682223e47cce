//! `/integrations/{id}/schedule`: when an integration runs.

use http::StatusCode;
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Place, found, parameters, scheduled, status};
use crate::artifact::schedule::ScheduleFacts;
use crate::body::{Refused, Reply};
use crate::oic::answers::{bad_request, error, not_found, ok, only, precondition};
use crate::oic::input;
use crate::oic::integrations::unlocked;
use crate::oic::model::Integration;
use crate::oic::routes::Asked;
use crate::world::World;

/// What a schedule says, in the form of the one published request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Definition {
    name: String,
    #[serde(default)]
    description: String,
    frequency: Option<Frequency>,
    /// `FREQ=DAILY;BYHOUR=2;`: what artifacts may have in place of a frequency.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    ical_expression: Option<String>,
    #[serde(rename = "scheduleTZ")]
    zone: Option<String>,
    /// `1/20/2021|13:12:00`, month first.
    start_date: Option<String>,
    end_date: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frequency {
    frequency_type: String,
    interval: u64,
}

impl From<ScheduleFacts> for Definition {
    fn from(facts: ScheduleFacts) -> Self {
        Definition {
            name: facts.name,
            description: facts.description,
            frequency: facts.frequency.map(|kind| Frequency {
                frequency_type: kind,
                interval: facts.interval.unwrap_or(1),
            }),
            ical_expression: facts.expression,
            zone: facts.zone,
            ..Definition::default()
        }
    }
}

pub(super) fn answer(
    world: &mut World,
    asked: &Asked<'_>,
    place: Place<'_>,
) -> Result<Reply, Refused> {
    match asked.call.method.as_str() {
        "GET" => {
            let it = found(world, asked, place)?;
            if it.schedule_defined {
                Ok(shown(it))
            } else {
                Err(Refused::new(not_found("Schedule", place.id)))
            }
        }
        "POST" => {
            let it = found(world, asked, place)?;
            if it.schedule_defined {
                return Err(Refused::new(error(
                    StatusCode::CONFLICT,
                    format!("The schedule of {} already exists.", place.id),
                    "it is changed by PUT",
                )));
            }
            set(it, asked, place)
        }
        "PUT" => set(scheduled(world, asked, place)?, asked, place),
        _ => Ok(only(
            "GET, POST, PUT",
            "a schedule is made by POST and changed by PUT",
        )),
    }
}

fn set(it: &mut Integration, asked: &Asked<'_>, place: Place<'_>) -> Result<Reply, Refused> {
    unlocked(it, place.id)?;
    if !it.is_scheduled() {
        return Err(Refused::new(precondition(
            format!("Integration {} takes no schedule.", place.id),
            "it is no scheduled integration",
        )));
    }
    let body = input::object(asked.call)?;
    let definition = read(&body).map_err(|why| Refused::new(bad_request(why)))?;
    let given = parameters::read(&body).map_err(|why| Refused::new(bad_request(why)))?;
    it.schedule_parameters = given.unwrap_or_else(|| std::mem::take(&mut it.schedule_parameters));
    it.schedule = Some(definition);
    it.schedule_defined = true;
    Ok(shown(it))
}

fn shown(it: &Integration) -> Reply {
    let mut value = json!(it.schedule.clone().unwrap_or_default());
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
        let status = status(it).unwrap_or("ICS_SCHEDULE_STOPPED");
        fields.insert("scheduleStatus".to_owned(), json!(status));
        let parameters = parameters::shown(&it.schedule_parameters);
        fields.insert("parameters".to_owned(), parameters);
    }
    ok(&value)
}

fn read(body: &Map<String, Value>) -> Result<Definition, String> {
    let text = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(format!("{name} is no text, or an empty one")),
    };
    // That what is read may be sent back, an expression in place of a frequency, is assumed.
    let expression = text("icalExpression")?;
    let frequency = match (body.get("frequency"), &expression) {
        (None | Some(Value::Null), Some(_)) => None,
        (None | Some(Value::Null), None) => return Err("frequency is missing".to_owned()),
        (Some(frequency), _) => Some(frequency_of(frequency)?),
    };
    let (start, end) = (text("startDate")?, text("endDate")?);
    let begins = start.as_deref().map(date).transpose()?;
    let ends = end.as_deref().map(date).transpose()?;
    if let (Some(begins), Some(ends)) = (begins, ends)
        && ends <= begins
    {
        return Err("endDate is not after startDate".to_owned());
    }
    Ok(Definition {
        name: text("name")?.ok_or("name is missing")?,
        description: body
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        ical_expression: expression.filter(|_| frequency.is_none()),
        frequency,
        zone: text("scheduleTZ")?,
        start_date: start,
        end_date: end,
    })
}

fn frequency_of(value: &Value) -> Result<Frequency, String> {
    let kind = value.get("frequencyType").and_then(Value::as_str);
    // No list of the types is published.
    let kind = kind
        .filter(|kind| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .ok_or("frequency.frequencyType is no word such as MINUTELY")?;
    let interval = match value.get("interval") {
        None => Some(1),
        Some(interval) => interval.as_u64().filter(|interval| *interval > 0),
    };
    Ok(Frequency {
        frequency_type: kind.to_owned(),
        interval: interval.ok_or("frequency.interval is no number from 1 on")?,
    })
}

fn date(text: &str) -> Result<DateTime, String> {
    DateTime::strptime("%m/%d/%Y|%H:%M:%S", text)
        .map_err(|_| "a date is of the form 1/20/2021|13:12:00, month first".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(change: impl FnOnce(&mut Value)) -> Result<Definition, String> {
        let mut body = json!({
            "frequency": {"frequencyType": "MINUTELY", "interval": 65},
            "name": "SCH_ONE_01_00_0000",
            "description": "each hour and a bit",
            "scheduleTZ": "Asia/Calcutta",
            "startDate": "1/20/2021|13:12:00",
            "endDate": "1/30/2021|13:12:00",
        });
        change(&mut body);
        read(body.as_object().unwrap())
    }

    #[test]
    fn the_published_request() {
        let read = of(|_| {}).unwrap();
        assert_eq!(read.frequency.unwrap().interval, 65);
        assert_eq!(read.start_date.as_deref(), Some("1/20/2021|13:12:00"));
        for (field, wrong) in [
            ("name", json!("")),
            ("frequency", json!({"interval": 1})),
            (
                "frequency",
                json!({"frequencyType": "MINUTELY", "interval": 0}),
            ),
            ("startDate", json!("2021-01-20T13:12:00Z")),
            ("startDate", json!("2/30/2021|13:12:00")),
            ("endDate", json!("1/20/2021|13:11:59")),
            ("scheduleTZ", json!(5)),
        ] {
            assert!(
                of(|body| body[field] = wrong.clone()).is_err(),
                "{field}: {wrong}"
            );
        }
    }

    #[test]
    fn an_expression_stands_in_place_of_a_frequency() {
        let expression = json!("FREQ=DAILY;BYHOUR=2;");
        let sent = of(|body| {
            body["frequency"] = Value::Null;
            body["icalExpression"] = expression.clone();
        });
        assert_eq!(
            sent.unwrap().ical_expression.as_deref(),
            expression.as_str()
        );
        let both = of(|body| body["icalExpression"] = expression).unwrap();
        assert!(both.ical_expression.is_none() && both.frequency.is_some());
        assert!(of(|body| body["frequency"] = Value::Null).is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".{0,24}") {
            let _ = date(&text);
            let _ = of(|body| body["frequency"] = json!({"frequencyType": text.clone(), "interval": text}));
        }
    }
}
