//! SEC-005: the custom security groups of new desktops must let the same traffic through.
//!
//! It compares the two groups' rules as sets of traffic, not their ids. What else guards a desktop (the group that WorkSpaces makes for the
//! directory, groups attached by hand, network ACLs) is not its matter.

use super::compared::{self, Compares};
use super::creation_default;
use super::traffic::{Beyond, Difference, Direction, Ends, NoRule, Peer, Reference, Traffic};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::SecurityGroup;
use crate::model::settings::{MapEntry, MapKind};
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-005 security-group-rules.
pub(super) struct SecurityGroupRules;

/// Positions in the cases.
const LACKS: usize = 0;
const ADMITS: usize = 1;

static META: Meta = Meta {
    id: "SEC-005",
    name: "security-group-rules",
    area: Area::Security,
    summary: "the custom security groups of new WorkSpaces let different traffic through",
    cases: &[
        Case { key: "lacks", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "admits", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::SecurityGroups, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_29],
    remedy: "Give the standby's custom security group the primary group's rules, with the standby Region's own groups and prefix lists in \
             place of the primary's. Changed rules hold at once for the desktops that have the group; a group that is set on the directory \
             applies to WorkSpaces that are made or rebuilt afterwards.",
    options: &[],
    doc: include_str!("security_group_rules.md"),
};

const NOWHERE: &str = "neither directory gives new WorkSpaces a security group of one's own";

/// What is said of a group that a directory names and the Region does not have.
const NO_GROUP: Unknown =
    Unknown::Undetermined("the custom security group that a directory names is not among the Region's groups");

/// What is said of a rule that no document knows.
const NO_RULE: Unknown =
    Unknown::Undetermined("a rule of a custom security group has a protocol, port or range that is none");

/// What is said of references that may be each other's counterparts.
const NO_COUNTERPART: Unknown = Unknown::Undetermined(
    "rules of the custom security groups name other groups or prefix lists, and nothing tells which belong together: name them with a \
     [[pair.map]] of kind \"security-group\"",
);

/// How many kinds of traffic a sentence names.
const NAMED: usize = 4;

/// How many ranges of addresses a line names.
const RANGES: usize = 8;

/// One side's custom group, and what its rules' references stand for.
struct Own<'e> {
    side: &'e Side,
    directory: &'e WorkspaceDirectory,
    /// The pair's map, and which of its names are this side's.
    maps: &'e [MapEntry],
    name: fn(&MapEntry) -> &String,
}

impl<'e> Own<'e> {
    /// The id of the custom group; empty where none is set.
    fn id(&self) -> &'e str {
        self.directory
            .workspace_creation_properties
            .as_ref()
            .map_or("", |defaults| defaults.custom_security_group_id.as_str())
    }

    /// What the group lets through: nothing where none is set.
    fn traffic(&self) -> Result<Traffic, Unknown> {
        let id = self.id();
        if id.is_empty() {
            return Ok(Traffic::default());
        }
        let group = self.side.security_groups.find(|group| group.group_id == id)?.ok_or(NO_GROUP)?;
        Traffic::of(group, &|reference| self.peer(reference)).map_err(|NoRule| NO_RULE)
    }

    fn mapped(&self, id: &str) -> Option<Peer> {
        let of_this = |entry: &MapEntry| entry.kind == MapKind::SecurityGroup && (self.name)(entry) == id;
        self.maps.iter().position(of_this).map(Peer::Mapped)
    }

    /// A group is known by what it is for the directory, by the map, or by its name; a list by the map.
    fn peer(&self, reference: Reference<'_>) -> Peer {
        match reference {
            Reference::Group { id, .. } if id == self.id() => Peer::Itself,
            Reference::Group { id, .. } if id == self.directory.workspace_security_group_id => Peer::OfDirectory,
            Reference::Group { id, name } => self.mapped(id).unwrap_or_else(|| {
                let known =
                    self.side.security_groups.items().iter().find(|group: &&SecurityGroup| group.group_id == id);
                match (name, known) {
                    ("", Some(group)) if !group.group_name.is_empty() => Peer::Named(group.group_name.clone()),
                    ("", _) => Peer::Group(id.to_owned()),
                    (name, _) => Peer::Named(name.to_owned()),
                }
            }),
            Reference::List(id) => self.mapped(id).unwrap_or_else(|| Peer::List(id.to_owned())),
        }
    }

    /// Ends, for a line.
    fn text(&self, ends: &Ends) -> String {
        let peers = ends.peers.iter().map(|peer| match peer {
            Peer::Itself => "the group itself".to_owned(),
            Peer::OfDirectory => "the directory's own group".to_owned(),
            Peer::Mapped(at) => self.maps.get(*at).map_or_else(String::new, |entry| (self.name)(entry).clone()),
            Peer::Named(name) => format!("the group {name}"),
            Peer::Group(id) | Peer::List(id) => id.clone(),
        });
        let addresses = (!ends.addresses.is_empty()).then(|| ends.addresses.brief(RANGES));
        let parts: Vec<String> = addresses.into_iter().chain(peers).collect();
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}

/// Both sides' groups.
fn both<'e>(pair: &PairView<'e>, p: &'e WorkspaceDirectory, s: &'e WorkspaceDirectory) -> (Own<'e>, Own<'e>) {
    let maps = pair.settings.maps.as_slice();
    (
        Own { side: pair.primary, directory: p, maps, name: |entry| &entry.primary },
        Own { side: pair.standby, directory: s, maps, name: |entry| &entry.standby },
    )
}

/// How the ends of one kind of traffic compare: what the standby lacks, and what it admits besides.
fn ways(difference: &Difference) -> (Beyond, Beyond) {
    (difference.primary.beyond(&difference.standby), difference.standby.beyond(&difference.primary))
}

/// The verdicts on one kind of traffic. `why` is said where it cannot be told.
fn compares(difference: &Difference, why: Unknown) -> [Compares; 2] {
    let (lacks, admits) = ways(difference);
    let of = |beyond, case| match beyond {
        Beyond::Nothing => Compares::Same,
        Beyond::Something => Compares::Differs(case),
        Beyond::Untold => Compares::Untold(why),
    };
    [of(lacks, LACKS), of(admits, ADMITS)]
}

impl Rule for SecurityGroupRules {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if creation_default::both(pair, sheet, NOWHERE).is_none() {
            return;
        }
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        let (p, s) = both(pair, p, s);
        if p.id().is_empty() && s.id().is_empty() {
            sheet.not_applicable(NOWHERE);
            return;
        }
        match (p.traffic(), s.traffic()) {
            (Ok(primary), Ok(standby)) => {
                // A group's name may be among those that were not read.
                let gap = p.side.security_groups.gap().or_else(|| s.side.security_groups.gap());
                let why = gap.map_or(NO_COUNTERPART, Unknown::Gap);
                let differences = primary.differences(&standby);
                compared::conclude(&META, sheet, differences.iter().flat_map(|difference| compares(difference, why)));
            }
            (primary, standby) => {
                for why in [primary.err(), standby.err()].into_iter().flatten() {
                    sheet.unknown(Subject::Directories, why);
                }
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let groups = pair.registrations().ok().flatten().map(|(p, s)| both(pair, p, s));
        let read = groups.and_then(|(p, s)| {
            let differences = p.traffic().ok()?.differences(&s.traffic().ok()?);
            Some((p, s, differences))
        });
        let Some((p, s, differences)) = read else {
            return Wording::new(format!("the custom security group in {region} lets other traffic through"));
        };
        let named = |wanted: fn((Beyond, Beyond)) -> Beyond| -> Option<String> {
            let found = differences.iter().filter(|difference| wanted(ways(difference)) == Beyond::Something);
            let texts: Vec<String> = found
                .map(|difference| {
                    let way = match difference.what.direction {
                        Direction::In => "in",
                        Direction::Out => "out",
                    };
                    format!("{way} {}", difference.what.text())
                })
                .collect();
            let more = texts.len().saturating_sub(NAMED);
            let shown = texts.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            match (texts.is_empty(), more) {
                (true, _) => None,
                (false, 0) => Some(shown),
                (false, more) => Some(format!("{shown} and {more} more")),
            }
        };
        let what: Vec<String> = [
            named(|ways| ways.0).map(|traffic| format!("lets through less of {traffic}")),
            named(|ways| ways.1).map(|traffic| format!("lets through more of {traffic}")),
        ]
        .into_iter()
        .flatten()
        .collect();
        let subject = match (p.id(), s.id()) {
            (_, "") => {
                format!("no custom security group is set for WorkSpaces that are made or rebuilt in {region}: that")
            }
            ("", _) => format!(
                "a custom security group is set for WorkSpaces that are made or rebuilt in {region}, and none on the primary side: it"
            ),
            (_, _) => format!("the custom security group of WorkSpaces that are made or rebuilt in {region}"),
        };
        differences.iter().fold(Wording::new(format!("{subject} {}", what.join(", and "))), |wording, difference| {
            let member = match difference.what.direction {
                Direction::In => "IpPermissions",
                Direction::Out => "IpPermissionsEgress",
            };
            wording.with(
                format!("{member} {}", difference.what.text()),
                p.text(&difference.primary),
                s.text(&difference.standby),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::creation_default::UNTOLD;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::network::{IpPermission, PrefixListId, SecurityRange, UserIdGroupPair};
    use crate::registered::NOT_BOTH;

    fn tcp(port: i32, ranges: &[&str]) -> IpPermission {
        let range = |cidr: &&str| SecurityRange { cidr_ip: (*cidr).to_owned(), description: "why".to_owned() };
        IpPermission {
            ip_protocol: "tcp".to_owned(),
            from_port: Some(port),
            to_port: Some(port),
            ip_ranges: ranges.iter().map(range).collect(),
            ..IpPermission::default()
        }
    }

    fn from_group(port: i32, id: &str) -> IpPermission {
        let pair = UserIdGroupPair { group_id: id.to_owned(), ..UserIdGroupPair::default() };
        IpPermission { user_id_group_pairs: vec![pair], ..tcp(port, &[]) }
    }

    fn from_list(port: i32, id: &str) -> IpPermission {
        let list = PrefixListId { prefix_list_id: id.to_owned(), ..PrefixListId::default() };
        IpPermission { prefix_list_ids: vec![list], ..tcp(port, &[]) }
    }

    /// The custom group of a side.
    fn custom(fixture: &mut Fixture, on: On) -> &mut SecurityGroup {
        let defaults = fixture.registration(on).workspace_creation_properties.as_ref().expect("set");
        let id = defaults.custom_security_group_id.clone();
        let groups = fixture.side(on).security_groups.items_mut();
        groups.iter_mut().find(|group| group.group_id == id).expect("the fixture has it")
    }

    /// The clean estate with these rules in place of the inbound ones.
    fn inbound(primary: Vec<IpPermission>, standby: Vec<IpPermission>) -> Fixture {
        let mut fixture = Fixture::clean();
        custom(&mut fixture, On::Primary).ip_permissions = primary;
        custom(&mut fixture, On::Standby).ip_permissions = standby;
        fixture
    }

    fn is(fixture: &Fixture, case: &str, message: &str) {
        assert_eq!(fixture.verdicts(&SecurityGroupRules), (0, vec![format!("{case} corp.example")]));
        assert_eq!(
            fixture.words(&SecurityGroupRules).message,
            format!("the custom security group of WorkSpaces that are made or rebuilt in us-west-2 {message}")
        );
    }

    fn unknowns(fixture: &Fixture) -> Vec<Unknown> {
        let sheet = fixture.judge(&SecurityGroupRules);
        assert_eq!(sheet.passes(), 0);
        sheet.unknowns().iter().map(|(_, why)| *why).collect()
    }

    #[test]
    fn passes_where_both_let_the_same_through_however_it_is_written() {
        assert_eq!(Fixture::clean().verdicts(&SecurityGroupRules), (1, vec![]));
        let split = inbound(
            vec![IpPermission { to_port: Some(445), ..tcp(443, &["10.0.0.0/8"]) }],
            vec![
                tcp(445, &["10.0.0.0/8"]),
                IpPermission {
                    ip_protocol: "6".to_owned(),
                    to_port: Some(444),
                    ..tcp(443, &["10.128.0.0/9", "10.0.0.0/9"])
                },
            ],
        );
        assert_eq!(split.verdicts(&SecurityGroupRules), (1, vec![]));
    }

    #[test]
    fn what_is_lacking_degrades_and_what_is_admitted_besides_exposes() {
        let lacks =
            inbound(vec![tcp(443, &["10.0.0.0/8"]), tcp(445, &["10.0.0.0/8"])], vec![tcp(443, &["10.0.0.0/8"])]);
        is(&lacks, "lacks", "lets through less of in tcp 445");
        assert_eq!(lacks.run(&[&SecurityGroupRules]).pairs[0].readiness.degraded, 3);
        let line = lacks.words(&SecurityGroupRules).drift[0].clone();
        assert_eq!(
            (line.path.as_str(), line.primary.as_str(), line.standby.as_str()),
            ("IpPermissions tcp 445", "10.0.0.0/8", "nothing")
        );

        let admits = inbound(vec![tcp(443, &["10.0.0.0/8"])], vec![tcp(443, &["0.0.0.0/0"])]);
        is(&admits, "admits", "lets through more of in tcp 443");
        assert_eq!(admits.run(&[&SecurityGroupRules]).pairs[0].readiness.ready, 3);

        let both = inbound(vec![tcp(443, &["10.0.0.0/8"])], vec![tcp(3389, &["10.0.0.0/8"])]);
        is(&both, "lacks", "lets through less of in tcp 443, and lets through more of in tcp 3389");
    }

    #[test]
    fn traffic_from_the_desktop_is_compared_too() {
        let mut fixture = Fixture::clean();
        custom(&mut fixture, On::Standby).ip_permissions_egress = vec![tcp(443, &["0.0.0.0/0"])];
        is(&fixture, "lacks", "lets through less of out tcp 0-442, out tcp 444-65535, out all other protocols");
        assert_eq!(fixture.words(&SecurityGroupRules).drift[0].path, "IpPermissionsEgress tcp 0-442");
    }

    #[test]
    fn many_differences_are_counted_in_the_sentence_and_each_has_a_line() {
        let ports = |ports: &[i32]| ports.iter().map(|&port| tcp(port, &["10.0.0.0/8"])).collect::<Vec<_>>();
        let fixture = inbound(ports(&[1, 3, 5, 7, 9, 11]), Vec::new());
        is(&fixture, "lacks", "lets through less of in tcp 1, in tcp 3, in tcp 5, in tcp 7 and 2 more");
        assert_eq!(fixture.words(&SecurityGroupRules).drift.len(), 6);
    }

    #[test]
    fn a_group_on_one_side_alone_is_compared_with_none() {
        for (on, case, start) in [
            (On::Standby, "lacks", "no custom security group is set"),
            (On::Primary, "admits", "a custom security group is set"),
        ] {
            let mut fixture = Fixture::clean();
            let defaults = fixture.registration(on).workspace_creation_properties.as_mut().expect("set");
            defaults.custom_security_group_id.clear();
            assert_eq!(fixture.verdicts(&SecurityGroupRules), (0, vec![format!("{case} corp.example")]));
            let message = fixture.words(&SecurityGroupRules).message;
            assert!(message.starts_with(start), "{message}");
        }
    }

    #[test]
    fn a_group_that_names_itself_or_the_directorys_own_is_the_same_in_both_regions() {
        let (mut p, mut s) = (Vec::new(), Vec::new());
        let mut fixture = Fixture::clean();
        for (on, rules) in [(On::Primary, &mut p), (On::Standby, &mut s)] {
            let own = custom(&mut fixture, on).group_id.clone();
            let of_directory = fixture.registration(on).workspace_security_group_id.clone();
            rules.extend([from_group(445, &own), from_group(3389, &of_directory)]);
        }
        assert_eq!(inbound(p.clone(), s).verdicts(&SecurityGroupRules), (1, vec![]));
        let fixture = inbound(p, Vec::new());
        is(&fixture, "lacks", "lets through less of in tcp 445, in tcp 3389");
        let lines: Vec<String> =
            fixture.words(&SecurityGroupRules).drift.into_iter().map(|line| line.primary).collect();
        assert_eq!(lines, ["the group itself", "the directory's own group"]);
    }

    #[test]
    fn other_groups_and_lists_are_compared_by_the_map() {
        let rules = |group: &str, list: &str| vec![from_group(445, group), from_list(443, list)];
        let mut fixture = inbound(rules("sg-papp00000", "pl-pproxy00"), rules("sg-sapp00000", "pl-sproxy00"));
        assert_eq!(unknowns(&fixture), [NO_COUNTERPART]);
        for (primary, standby) in [("sg-papp00000", "sg-sapp00000"), ("pl-pproxy00", "pl-sproxy00")] {
            let (primary, standby) = (primary.to_owned(), standby.to_owned());
            fixture.pair().maps.push(MapEntry { kind: MapKind::SecurityGroup, primary, standby });
        }
        assert_eq!(fixture.verdicts(&SecurityGroupRules), (1, vec![]));
        custom(&mut fixture, On::Standby).ip_permissions = rules("sg-sother000", "pl-sproxy00");
        is(&fixture, "lacks", "lets through less of in tcp 445, and lets through more of in tcp 445");
        let line = fixture.words(&SecurityGroupRules).drift[0].clone();
        assert_eq!((line.primary.as_str(), line.standby.as_str()), ("sg-papp00000", "sg-sother000"));
    }

    #[test]
    fn other_groups_are_compared_by_name_where_it_is_known() {
        let named = |name: &str, id: &str| {
            let mut rule = from_group(445, id);
            rule.user_id_group_pairs[0].group_name = name.to_owned();
            vec![rule]
        };
        assert_eq!(inbound(named("app", "sg-p1"), named("app", "sg-s1")).verdicts(&SecurityGroupRules), (1, vec![]));
        let other = inbound(named("app", "sg-p1"), named("web", "sg-s1"));
        assert_eq!(other.verdicts(&SecurityGroupRules).1, ["lacks corp.example"]);
        assert_eq!(other.words(&SecurityGroupRules).drift[0].standby, "the group web");
        assert_eq!(unknowns(&inbound(named("app", "sg-p1"), named("", "sg-s1"))), [NO_COUNTERPART]);
    }

    #[test]
    fn a_reference_that_nothing_on_the_other_side_could_be_differs() {
        let fixture = inbound(Vec::new(), vec![from_group(445, "sg-s1"), from_list(443, "pl-s1")]);
        is(&fixture, "admits", "lets through more of in tcp 443, in tcp 445");
        // A list may hold the very addresses that the other side spells out.
        assert_eq!(
            unknowns(&inbound(vec![tcp(443, &["10.0.0.0/8"])], vec![from_list(443, "pl-s1")])),
            [NO_COUNTERPART]
        );
    }

    #[test]
    fn what_is_not_told_is_said_beside_what_only_exposes() {
        let fixture =
            inbound(vec![from_group(445, "sg-p1")], vec![from_group(445, "sg-s1"), tcp(3389, &["0.0.0.0/0"])]);
        let sheet = fixture.judge(&SecurityGroupRules);
        assert_eq!(
            (sheet.fails(), sheet.unknowns()),
            (&[(Subject::Directories, ADMITS)][..], &[(Subject::Directories, NO_COUNTERPART)][..])
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_pass() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).security_groups.items_mut().clear();
        assert_eq!(unknowns(&fixture), [NO_GROUP]);
        let strange = IpPermission { ip_protocol: "carrier pigeon".to_owned(), ..tcp(443, &[]) };
        assert_eq!(unknowns(&inbound(vec![strange], Vec::new())), [NO_RULE]);
        assert_eq!(unknowns(&inbound(vec![tcp(443, &["anywhere"])], Vec::new())), [NO_RULE]);
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).workspace_creation_properties = None;
        assert_eq!(unknowns(&fixture), [Unknown::Undetermined(UNTOLD)]);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            let defaults = fixture.registration(on).workspace_creation_properties.as_mut().expect("set");
            defaults.custom_security_group_id.clear();
        }
        assert_eq!(fixture.judge(&SecurityGroupRules).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&SecurityGroupRules).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&SecurityGroupRules);
        inbound(vec![tcp(443, &["10.0.0.0/8"])], Vec::new()).assert_gaps_are_no_passes(&SecurityGroupRules);
        // Names of groups come from the list.
        let mut fixture = Fixture::clean();
        let mut groups = [from_group(445, ""), from_group(445, "")];
        for (on, rule) in [On::Primary, On::Standby].into_iter().zip(&mut groups) {
            let id = if on == On::Primary { "sg-p1" } else { "sg-s1" };
            rule.user_id_group_pairs[0].group_id = id.to_owned();
            custom(&mut fixture, on).ip_permissions = vec![rule.clone()];
            let other =
                SecurityGroup { group_id: id.to_owned(), group_name: "app".to_owned(), ..SecurityGroup::default() };
            fixture.side(on).security_groups.items_mut().push(other);
        }
        assert_eq!(fixture.verdicts(&SecurityGroupRules), (1, vec![]));
        fixture.assert_gaps_are_no_passes(&SecurityGroupRules);
    }
}
