//! Instants as AWS gives them: whole milliseconds since the Unix epoch.

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// An instant in UTC, in milliseconds since the Unix epoch.
///
/// It is written as AWS's JSON protocols write timestamps: a number of seconds, with a fraction only where there is one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// The instant this many milliseconds after the Unix epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The instant this many seconds after the Unix epoch.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs * 1000)
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Whole seconds from `earlier` to this instant; negative where `earlier` is in fact later.
    pub const fn secs_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(1000)
    }
}

/// A stretch of time for a sentence, in its two largest units: `1 d 3 h`, `15 min`, `40 s`.
pub fn span(secs: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")];
    let largest = UNITS.iter().position(|(unit, _)| secs >= *unit).unwrap_or(3);
    let (unit, name) = UNITS[largest];
    let whole = format!("{} {name}", secs / unit);
    match UNITS.get(largest + 1) {
        Some((smaller, name)) if secs % unit >= *smaller => format!("{whole} {} {name}", secs % unit / smaller),
        _ => whole,
    }
}

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at.as_millisecond())
    }
}

/// RFC 3339 in UTC.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_millisecond(self.0) {
            Ok(at) => at.fmt(f),
            Err(_) => write!(f, "{} ms after the Unix epoch", self.0),
        }
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            serializer.serialize_i64(self.0 / 1000)
        } else {
            serializer.serialize_f64(self.0 as f64 / 1000.0)
        }
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds;
        impl Visitor<'_> for Seconds {
            type Value = Moment;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds since the Unix epoch")
            }
            fn visit_i64<E: Error>(self, secs: i64) -> Result<Moment, E> {
                secs.checked_mul(1000).map(Moment).ok_or_else(|| E::invalid_value(Unexpected::Signed(secs), &self))
            }
            fn visit_u64<E: Error>(self, secs: u64) -> Result<Moment, E> {
                i64::try_from(secs)
                    .ok()
                    .and_then(|secs| secs.checked_mul(1000))
                    .map(Moment)
                    .ok_or_else(|| E::invalid_value(Unexpected::Unsigned(secs), &self))
            }
            fn visit_f64<E: Error>(self, secs: f64) -> Result<Moment, E> {
                let millis = (secs * 1000.0).round();
                if millis.is_finite() && millis.abs() < 9.0e15 {
                    Ok(Moment(millis as i64))
                } else {
                    Err(E::invalid_value(Unexpected::Float(secs), &self))
                }
            }
        }
        deserializer.deserialize_any(Seconds)
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Moment".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number", "description": "Seconds since the Unix epoch, UTC." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_two_largest_units() {
        let texts = [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min 1 s"),
            (86_400, "1 d"),
            (97_260, "1 d 3 h"),
            (86_460, "1 d"),
        ];
        for (secs, text) in texts {
            assert_eq!(span(secs), text);
        }
    }

    #[test]
    fn survives_json_with_and_without_a_fraction() {
        for millis in [0, 1_700_000_000_000, 1_700_000_000_123, -5_000] {
            let written = serde_json::to_string(&Moment::from_millis(millis)).expect("writes");
            assert_eq!(
                serde_json::from_str::<Moment>(&written).expect("reads"),
                Moment::from_millis(millis),
                "{written}"
            );
        }
        assert!(serde_json::from_str::<Moment>("1e300").is_err());
        assert!(serde_json::from_str::<Moment>("\"now\"").is_err());
    }
}
