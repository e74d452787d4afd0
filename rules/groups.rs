//! Readiness by the values of a tag: which department or site could work. It counts what [`readiness`](crate::readiness) reckoned, and
//! judges nothing.

use crate::model::{GapId, PairView, Sym};
use crate::readiness::{Readiness, State};
use hashbrown::HashMap;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What the people of one group have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKey {
    /// A desktop of theirs has the tag with this value.
    Value(Sym),
    /// Their desktops surely do not have the tag.
    Untagged,
    /// Their desktops' tags were not all read: this gap hides them.
    Unread(GapId),
}

/// The people of one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they have in common.
    pub key: GroupKey,
    /// How many there are.
    pub users: u32,
    /// Those configured to work.
    pub ready: u32,
    /// Those who would work worse.
    pub degraded: u32,
    /// Those who would not.
    pub stranded: u32,
    /// Those of whom it cannot be told.
    pub unknown: u32,
}

impl Group {
    const fn empty(key: GroupKey) -> Self {
        Self { key, users: 0, ready: 0, degraded: 0, stranded: 0, unknown: 0 }
    }

    fn add(&mut self, state: State) {
        self.users += 1;
        *match state {
            State::Ready => &mut self.ready,
            State::Degraded => &mut self.degraded,
            State::Stranded => &mut self.stranded,
            State::Unknown => &mut self.unknown,
        } += 1;
    }
}

/// A pair's people by the value that a tag has on their primary desktops, the group with the most people who are not ready first.
///
/// Somebody whose desktops have several values counts in each of those groups.
pub(crate) fn by_tag(view: &PairView<'_>, readiness: &Readiness, tag: &str) -> Vec<Group> {
    let symbols = &view.estate.symbols;
    let tags = &view.primary.desktop_tags;
    let mut values: HashMap<Sym, Sym> = HashMap::new();
    if let Some(key) = symbols.find(tag) {
        for row in tags.items().iter().filter(|row| row.key == key) {
            if let Some(id) = symbols.text(row.arn).rsplit('/').next().and_then(|id| symbols.find(id)) {
                values.insert(id, row.value);
            }
        }
    }
    let absent = tags.gap().map_or(GroupKey::Untagged, GroupKey::Unread);
    let mut members: Vec<(GroupKey, u32)> = view
        .desktops
        .primary
        .iter()
        .map(|desktop| {
            let id = view.primary.workspaces.items()[desktop.row as usize].id;
            (values.get(&id).map_or(absent, |&value| GroupKey::Value(value)), desktop.person)
        })
        .collect();
    members.sort_unstable();
    members.dedup();
    let mut groups: BTreeMap<GroupKey, Group> = BTreeMap::new();
    for (key, person) in members {
        groups.entry(key).or_insert(Group::empty(key)).add(readiness.states[person as usize]);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    // By words, not by numbers, which depend on the order of the lists.
    let words = |key: GroupKey| match key {
        GroupKey::Value(value) => (0, symbols.text(value)),
        GroupKey::Untagged => (1, ""),
        GroupKey::Unread(_) => (2, ""),
    };
    groups.sort_by_key(|group| (Reverse(group.users - group.ready), Reverse(group.users), words(group.key)));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, evaluate};
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::workspace::TagRow;
    use crate::model::{Dataset, Slice};

    fn tagged(fixture: &mut Fixture, tags: &[(&str, &str)]) {
        let rows = tags
            .iter()
            .map(|(user, value)| TagRow {
                arn: fixture.sym(&format!("arn:aws:workspaces:us-east-1:111122223333:workspace/ws-p{user}")),
                key: fixture.sym("Department"),
                value: fixture.sym(value),
            })
            .collect();
        fixture.side(On::Primary).desktop_tags = Slice::whole_of(rows);
    }

    /// `value users/ready`, in the order of the groups.
    fn groups(fixture: &Fixture, tag: &str) -> Vec<String> {
        let run = evaluate(&fixture.estate, Options { group_by: Some(tag.to_owned()), ..Options::at(TAKEN_AT) });
        let told = |group: &Group| {
            let key = match group.key {
                GroupKey::Value(value) => fixture.estate.symbols.text(value),
                GroupKey::Untagged => "(untagged)",
                GroupKey::Unread(_) => "(unread)",
            };
            assert_eq!(group.users, group.ready + group.degraded + group.stranded + group.unknown);
            format!("{key} {}/{}", group.users, group.ready)
        };
        run.pairs[0].groups.iter().map(told).collect()
    }

    #[test]
    fn people_are_counted_by_the_tags_value_and_the_worst_group_comes_first() {
        let mut fixture = Fixture::clean();
        tagged(&mut fixture, &[("anna", "Sales"), ("bert", "Legal")]);
        assert_eq!(groups(&fixture, "Department"), ["Legal 1/1", "Sales 1/1", "(untagged) 1/1"]);
        fixture.remove_desktop(On::Standby, "anna");
        assert_eq!(groups(&fixture, "Department"), ["Sales 1/0", "Legal 1/1", "(untagged) 1/1"]);
        assert_eq!(groups(&fixture, "department"), ["(untagged) 3/2"], "a tag's key is compared to the letter");
    }

    #[test]
    fn tags_that_were_not_read_are_not_taken_for_absent() {
        let mut fixture = Fixture::clean();
        tagged(&mut fixture, &[("anna", "Sales"), ("bert", "Legal")]);
        fixture.cut(On::Primary, Dataset::PrimaryDesktopTags, crate::fixture::Kept::Half);
        assert_eq!(groups(&fixture, "Department"), ["(unread) 2/2", "Sales 1/1"]);
    }

    #[test]
    fn somebody_with_two_values_counts_in_both_groups_and_once_in_each() {
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Primary, "anna", "standard");
        let second = fixture.sym("ws-second");
        fixture.side(On::Primary).workspaces.items_mut().last_mut().expect("a desktop").id = second;
        tagged(&mut fixture, &[("anna", "Sales"), ("bert", "Sales")]);
        let arn = fixture.sym("arn:aws:workspaces:us-east-1:111122223333:workspace/ws-second");
        let (key, value) = (fixture.sym("Department"), fixture.sym("Legal"));
        fixture.side(On::Primary).desktop_tags.items_mut().push(TagRow { arn, key, value });
        let told: Vec<String> = groups(&fixture, "Department").iter().map(|told| told.replace('/', " ")).collect();
        let users: Vec<&str> = told.iter().map(|told| &told[..told.len() - 2]).collect();
        assert_eq!(users.len(), 3);
        assert!(
            users.contains(&"Sales 2") && users.contains(&"Legal 1") && users.contains(&"(untagged) 1"),
            "{users:?}"
        );
    }
}
