//! People by what a failover would do to them.

use deskpair_rules::engine::PairRun;
use deskpair_rules::readiness::State;

/// The name of somebody, by position.
pub(crate) fn name<'a>(pair: &'a PairRun<'_>, person: u32) -> &'a str {
    pair.view.estate.symbols.text(pair.view.desktops.people[person as usize].name)
}

/// Positions of everybody in one of the wanted states, by name.
pub(crate) fn by_name(pair: &PairRun<'_>, wanted: impl Fn(State) -> bool) -> Vec<u32> {
    let mut people = all(pair, wanted);
    people.sort_by(|&a, &b| name(pair, a).cmp(name(pair, b)));
    people
}

/// Positions of the first `most` people in a state, by name: without sorting those who are not shown.
pub(crate) fn first(pair: &PairRun<'_>, state: State, most: usize) -> Vec<u32> {
    let mut people = all(pair, |other| other == state);
    // Equal names keep the estate's order, as in the whole list.
    let order = |a: &u32, b: &u32| (name(pair, *a), *a).cmp(&(name(pair, *b), *b));
    if people.len() > most {
        people.select_nth_unstable_by(most, order);
        people.truncate(most);
    }
    people.sort_unstable_by(order);
    people
}

fn all(pair: &PairRun<'_>, wanted: impl Fn(State) -> bool) -> Vec<u32> {
    let states = pair.readiness.states.iter().enumerate();
    states.filter(|&(_, &state)| wanted(state)).map(|(person, _)| person as u32).collect()
}
