//! How long a failover would take: an estimate, and what it is made of.

use super::shown;
use crate::json::v1;
use crate::text;
use deskpair_rules::model::moment::span;
use serde::Serialize;

/// The estimate of one pair.
#[derive(Serialize)]
pub(super) struct ForecastView {
    told: String,
    /// `within`, `exceeds` or `unknown`.
    standing: &'static str,
    rows: Vec<Row>,
    sum: String,
    objective: String,
    caveat: String,
}

/// A part of it.
#[derive(Serialize)]
struct Row {
    what: String,
    time: String,
    source: String,
    /// Why the time is not known.
    unknown: Option<String>,
}

impl ForecastView {
    pub(super) fn of(forecast: v1::Forecast<'_>) -> Self {
        let least = if forecast.complete { "" } else { "at least " };
        let rows = forecast.parts.iter().map(|part| Row {
            what: text::sentence(&shown(&part.what)),
            time: part.seconds.map_or_else(|| "not known".to_owned(), span),
            source: text::sentence(&shown(&part.source)),
            unknown: part.unknown.as_ref().map(|why| text::sentence(&shown(why))),
        });
        Self {
            told: shown(&forecast.message),
            standing: match forecast.standing {
                v1::ForecastStanding::Within => "within",
                v1::ForecastStanding::Exceeds => "exceeds",
                v1::ForecastStanding::Unknown => "unknown",
            },
            rows: rows.collect(),
            sum: format!("{least}{}", span(forecast.seconds)),
            objective: span(forecast.objective),
            caveat: forecast.caveat.into_owned(),
        }
    }
}
