//! Instants, as pages show them.

use serde::Serialize;

/// An instant, for machines and for people.
#[derive(Clone, Serialize)]
pub(crate) struct Instant {
    /// RFC 3339, in UTC.
    pub(crate) exact: String,
    /// To the minute: `1 June 2026, 12:00 UTC`.
    pub(crate) told: String,
}

impl Instant {
    /// An instant by how RFC 3339 has it.
    pub(crate) fn of(exact: String) -> Self {
        Self { told: told(&exact).unwrap_or_else(|| exact.clone()), exact }
    }
}

/// An instant of RFC 3339 in UTC, to the minute.
fn told(exact: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (date, time) = exact.split_once('T')?;
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    Some(format!("{} {month} {year}, {} UTC", day.trim_start_matches('0'), time.get(..5)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_told_to_the_minute() {
        assert_eq!(told("2026-06-01T09:05:59.123Z").as_deref(), Some("1 June 2026, 09:05 UTC"));
        assert_eq!(Instant::of("99 ms after the Unix epoch".to_owned()).told, "99 ms after the Unix epoch");
    }
}
