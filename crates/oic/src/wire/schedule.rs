//! Answers about schedules, and the body of a definition.

use serde::Serialize;
use serde_json::Value;

use crate::model::schedule::{Frequency, Schedule};
use crate::wire::fields::Fields;

/// One schedule. `None` where the answer says nothing of one.
pub(crate) fn schedule(value: &Value) -> Option<Schedule> {
    let fields = Fields::of(value)?;
    let frequency = fields.object(&["frequency"]).and_then(|frequency| {
        Some(Frequency {
            kind: frequency.text(&["frequencytype", "type"])?,
            interval: frequency.number(&["interval"]).unwrap_or(1),
        })
    });
    let expression = fields.text(&["icalexpression"]);
    let status = fields.text(&["schedulestatus", "status"]);
    let name = fields.text(&["name"]);
    if frequency.is_none() && expression.is_none() && status.is_none() && name.is_none() {
        return None;
    }
    Some(Schedule {
        name: name.unwrap_or_default(),
        description: fields.text(&["description"]).unwrap_or_default(),
        status,
        frequency,
        expression,
        zone: fields.text(&["scheduletz", "timezone"]),
        start: fields.text(&["startdate"]),
        end: fields.text(&["enddate"]),
        parameters: parameters(fields.list(&["parameters"])),
    })
}

fn parameters(values: &[Value]) -> Vec<(String, Value)> {
    let pair = |value: &Value| {
        let fields = Fields::of(value)?;
        let value = fields.value(&["value"]).cloned().unwrap_or_default();
        Some((fields.text(&["name"])?, value))
    };
    values.iter().filter_map(pair).collect()
}

/// A definition as it was published.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduleBody<'a> {
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency: Option<FrequencyBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ical_expression: Option<&'a str>,
    #[serde(rename = "scheduleTZ", skip_serializing_if = "Option::is_none")]
    zone: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parameters: Vec<ParameterBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FrequencyBody<'a> {
    frequency_type: &'a str,
    interval: u64,
}

#[derive(Serialize)]
struct ParameterBody<'a> {
    name: &'a str,
    value: &'a Value,
}

impl<'a> ScheduleBody<'a> {
    pub(crate) fn of(schedule: &'a Schedule) -> Self {
        let frequency = schedule.frequency.as_ref();
        let parameters = schedule.parameters.iter();
        Self {
            name: &schedule.name,
            description: &schedule.description,
            frequency: frequency.map(|frequency| FrequencyBody {
                frequency_type: &frequency.kind,
                interval: frequency.interval,
            }),
            ical_expression: schedule.expression.as_deref(),
            zone: schedule.zone.as_deref(),
            start_date: schedule.start.as_deref(),
            end_date: schedule.end.as_deref(),
            parameters: parameters
                .map(|(name, value)| ParameterBody { name, value })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_published_definition_there_and_back() {
        let published = json!({"frequency":{"frequencyType":"MINUTELY","interval":65},"name":"SCH_ONE_01_00_0000",
            "description":"...","scheduleTZ":"Asia/Calcutta","startDate":"1/20/2021|13:12:00","endDate":"1/30/2021|13:12:00"});
        let read = schedule(&published).unwrap();
        assert_eq!(read.frequency.as_ref().unwrap().interval, 65);
        assert_eq!(
            serde_json::to_value(ScheduleBody::of(&read)).unwrap(),
            published
        );
    }

    #[test]
    fn states_and_parameters() {
        let value = json!({"name": "S", "icalExpression": "FREQ=DAILY;", "scheduleStatus": "ICS_SCHEDULE_ACTIVE",
            "parameters": [{"name": "lastRun", "value": "x"}, {"name": "page", "value": 3}, {"value": 1}]});
        let read = schedule(&value).unwrap();
        assert_eq!(read.status.as_deref(), Some("ICS_SCHEDULE_ACTIVE"));
        assert_eq!(
            read.parameters,
            [
                ("lastRun".to_owned(), json!("x")),
                ("page".to_owned(), json!(3))
            ]
        );
        assert!(schedule(&json!({})).is_none() && schedule(&json!([])).is_none());
    }
}
