//! What a failover would do to one person, step by step, for the help desk.

use crate::text;
use deskpair_rules::engine::{PairRun, Run};
use deskpair_rules::model::Subject;
use deskpair_rules::model::desktops::Counterpart;
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::readiness::State;
use std::fmt::Write as _;

/// The people of a run whose name is the wanted one, whatever its case and its domain: positions of pairs and of people in them.
pub fn find(run: &Run<'_>, wanted: &str) -> Vec<(usize, u32)> {
    let wanted = plain(wanted);
    let of_pair = |(at, pair): (usize, &PairRun<'_>)| {
        let people = pair.view.desktops.people.iter().enumerate();
        let symbols = &pair.view.estate.symbols;
        let found = people.filter(|(_, person)| plain(symbols.text(person.name)) == wanted);
        found.map(|(person, _)| (at, person as u32)).collect::<Vec<_>>()
    };
    run.pairs.iter().enumerate().flat_map(of_pair).collect()
}

/// The names that begin as the wanted one does, or hold it: at most so many, sorted.
pub fn near(run: &Run<'_>, wanted: &str, most: usize) -> Vec<String> {
    let wanted = plain(wanted);
    let start: String = wanted.chars().take(3).collect();
    let mut names: Vec<String> = run
        .pairs
        .iter()
        .flat_map(|pair| pair.view.desktops.people.iter().map(|person| pair.view.estate.symbols.text(person.name)))
        .filter(|name| {
            let name = plain(name);
            name.contains(&wanted) || (!start.is_empty() && name.starts_with(&start))
        })
        .map(ToOwned::to_owned)
        .collect();
    names.sort();
    names.dedup();
    names.truncate(most);
    names
}

/// A user name without its domain, in small letters.
fn plain(name: &str) -> String {
    let bare = name.rsplit_once('\\').map_or(name, |(_, bare)| bare);
    let bare = bare.split_once('@').map_or(bare, |(bare, _)| if bare.is_empty() { name } else { bare });
    bare.to_lowercase()
}

/// What a failover would do to somebody, in text for a terminal. `person` is a position as [`find`] gives it.
///
/// # Panics
/// Where the run has no such pair or person.
pub fn told(run: &Run<'_>, pair: usize, person: u32) -> String {
    let pair = &run.pairs[pair];
    let (view, state) = (&pair.view, pair.readiness.states[person as usize]);
    let symbols = &view.estate.symbols;
    let name = text::line(symbols.text(view.desktops.people[person as usize].name)).into_owned();
    let (primary, standby) = (&view.settings.primary.region, &view.settings.standby.region);
    let mut out = String::new();
    let answer = match state {
        State::Ready => format!("is configured to land on a working desktop in {standby}"),
        State::Degraded => format!("would land on a desktop in {standby}, and work worse than before"),
        State::Unknown => "may or may not land on a working desktop: it cannot be told".to_owned(),
        State::Stranded => format!("would not reach a working desktop in {standby}"),
    };
    let _ =
        writeln!(out, "{name} {answer} ({}, {}).", text::line(&view.settings.name), text::line(&view.settings.alias));
    let _ = writeln!(out, "\nIf {primary} went away now:");
    let _ = writeln!(
        out,
        "  1. Somebody sets the TXT record of {} to the standby Region's identifier.",
        text::line(&view.settings.alias)
    );
    let _ = writeln!(out, "  2. {name} signs in to the client again: it resolves the record, and goes to {standby}.");
    for (number, desktop) in view.desktops.primary.iter().filter(|desktop| desktop.person == person).enumerate() {
        let row = &view.primary.workspaces.items()[desktop.row as usize];
        let _ = writeln!(out, "  {}. In place of {}:", number + 3, row_told(pair, row));
        let place = match desktop.counterpart {
            Counterpart::Row(at) => {
                format!("{} waits in {standby}", row_told(pair, &view.standby.workspaces.items()[at as usize]))
            }
            Counterpart::Missing => format!("there is no desktop in {standby}"),
            Counterpart::Ambiguous => {
                let ids: Vec<&str> = view
                    .desktops
                    .candidates_of(desktop.row)
                    .iter()
                    .map(|&at| symbols.text(view.standby.workspaces.items()[at as usize].id))
                    .collect();
                format!("it cannot be told which of {} it would be", ids.join(", "))
            }
            Counterpart::Unknown(why) => {
                format!(
                    "what there is could not be read: {}",
                    text::line(&deskpair_rules::engine::why_text(view.estate, why))
                )
            }
        };
        let _ = writeln!(out, "     {place}.");
    }
    let causes: Vec<u32> = pair.readiness.causes_of(person as usize).collect();
    if causes.is_empty() {
        let _ = writeln!(
            out,
            "\nNothing that was looked at stands in the way. AWS reserves no capacity, and only a drill proves it."
        );
    } else {
        let _ = writeln!(out, "\nWhat stands in the way:");
        for cause in causes {
            let finding = &pair.findings[cause as usize];
            let words = run.word(pair, finding);
            let of_all =
                if matches!(finding.subject, Subject::Desktop { .. }) { "" } else { " (not of this desktop alone)" };
            let _ = writeln!(
                out,
                "  {} {}{of_all}: {}",
                words.meta.id,
                words.meta.name,
                text::line(&words.wording.message)
            );
            let remedy = words.wording.remedy.unwrap_or_else(|| words.meta.remedy.to_owned());
            let _ = writeln!(out, "     fix: {}", text::line(&remedy));
        }
    }
    if !pair.readiness.uncounted.is_empty() {
        let _ = writeln!(out, "\nSomething strands people and nothing tells whom; {name} may be one of them:");
        for &at in &pair.readiness.uncounted {
            let words = run.word(pair, &pair.findings[at as usize]);
            let _ = writeln!(out, "  {} {}: {}", words.meta.id, words.meta.name, text::line(&words.wording.message));
        }
    }
    out
}

/// A desktop in words: id, bundle, state and running mode.
fn row_told(pair: &PairRun<'_>, row: &WorkspaceRow) -> String {
    let symbols = &pair.view.estate.symbols;
    let bundle = symbols.text(row.bundle);
    let sides = [pair.view.primary, pair.view.standby];
    let named = sides.iter().flat_map(|side| side.bundles.items()).find(|known| known.bundle_id == bundle);
    let bundle = named.map_or(bundle, |known| known.name.as_str());
    let mode = symbols.text(row.running_mode);
    let mode = if mode.is_empty() { String::new() } else { format!(", {mode}") };
    text::line(&format!("{} ({bundle}{mode}, {})", symbols.text(row.id), symbols.text(row.state))).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::engine::{Options, evaluate};
    use deskpair_rules::fixture::{Fixture, On, TAKEN_AT};

    #[test]
    fn somebody_is_found_whatever_the_case_and_the_domain() {
        let fixture = Fixture::clean();
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        for wanted in ["anna", "ANNA", "corp\\Anna", "anna@corp.example"] {
            assert_eq!(find(&run, wanted).len(), 1, "{wanted}");
        }
        assert!(find(&run, "ann").is_empty() && find(&run, "").is_empty());
        assert_eq!(near(&run, "ann", 5), ["anna"]);
    }

    #[test]
    fn who_is_ready_and_who_is_not_is_told_with_the_way_out() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
        let of = |name: &str| {
            let found = find(&run, name);
            told(&run, found[0].0, found[0].1)
        };
        let anna = of("anna");
        assert!(anna.contains("is configured to land on a working desktop in us-west-2"), "{anna}");
        assert!(anna.contains("Nothing that was looked at stands in the way"), "{anna}");
        let bert = of("bert");
        assert!(
            bert.contains("would not reach a working desktop") && bert.contains("there is no desktop in us-west-2"),
            "{bert}"
        );
        assert!(bert.contains("WSP-001 user-without-standby") && bert.contains("fix: "), "{bert}");
    }
}
