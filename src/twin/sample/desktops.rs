//! WorkSpaces, their tags and connection statuses: rows and symbols, for there may be a million.

use super::company::{ACCOUNT, Encryption, Made, PERSONAS, Persona, STANDARD};
use super::names::Mint;
use super::network;
use super::site::{DAY, HOUR, Site, Sites, before};
use deskpair_rules::model::network::InterfaceRow;
use deskpair_rules::model::workspace::{
    ConnectionRow, DataReplication, Extra, Extras, Flag, Related, StandbyProperties, TagRow, WorkspaceRow,
};
use deskpair_rules::model::{Moment, Side, Slice, Sym, Symbols};
use std::ops::Range;

/// Standby WorkSpaces and tags cost the most memory a desktop: of a giant estate these first people alone have all of them, so that two
/// million desktops stay within a few hundred megabytes.
const RICH_PEOPLE: u64 = 100_000;

/// The key of the tag by which desktops are billed.
pub(super) const COST_CENTRE: &str = "CostCentre";

/// The tag that keeps clean-up away from standby desktops which are ordinary WorkSpaces.
pub(super) const SKIP: (&str, &str) = ("Skip_Convert", "standby of the other Region");

/// What all people's desktops rest on.
pub(super) struct Cast<'a> {
    pub(super) mint: &'a Mint,
    pub(super) seed: u64,
    pub(super) taken_at: Moment,
}

impl Cast<'_> {
    /// The persona of the company's `number`th person. Neighbours differ, and any thousand people hold the personas' weights.
    pub(super) fn persona(&self, number: u64) -> usize {
        /// The golden ratio's fraction: its multiples spread evenly over the circle.
        const GOLDEN: f64 = 0.618_033_988_749_894_9;
        let turn = (mixed(self.seed, u64::MAX) >> 11) as f64 / (1u64 << 53) as f64;
        let place = (number as f64).mul_add(GOLDEN, turn).fract() * 1000.0;
        let mut end = 0.0;
        let found = PERSONAS.iter().position(|persona| {
            end += f64::from(persona.weight);
            place < end
        });
        found.filter(|&at| number < RICH_PEOPLE || PERSONAS[at].made == Made::ByHand).unwrap_or(STANDARD)
    }

    /// Whether the person's primary desktop is running.
    fn runs(&self, number: u64, persona: &Persona) -> bool {
        persona.running == "ALWAYS_ON" || mixed(self.seed, number).is_multiple_of(3)
    }

    /// Whether the person's standby desktop happens to run.
    fn standby_runs(&self, number: u64) -> bool {
        (mixed(self.seed, number) >> 8).is_multiple_of(12)
    }

    /// When the person's standby desktop was last replicated to: every 12 hours (AWS-FACTS §3).
    fn snapshot(&self, number: u64) -> Moment {
        before(self.taken_at, HOUR + (mixed(self.seed, number) >> 16) as i64 % (10 * HOUR))
    }
}

/// A number that rests on the seed and a person (splitmix64).
fn mixed(seed: u64, number: u64) -> u64 {
    let mut value = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (value ^ (value >> 31)) >> 1
}

/// Fills both sides' WorkSpaces, their tags and connection statuses for a range of the company's people.
pub(super) fn fill(
    primary: &mut Side,
    standby: &mut Side,
    sites: &Sites,
    people: &Range<u64>,
    cast: &Cast<'_>,
    symbols: &mut Symbols,
) {
    let room = usize::try_from(people.end - people.start).expect("people fit in memory");
    let mut writer = Writer::new(End::Primary, &sites.primary, &sites.standby, symbols, room);
    for number in people.clone() {
        writer.person(number, cast, symbols, &mut primary.extras);
    }
    writer.done(primary);
    // The other Region lists its desktops in another order.
    let mut writer = Writer::new(End::Standby, &sites.standby, &sites.primary, symbols, room);
    for number in people.clone().rev() {
        writer.person(number, cast, symbols, &mut standby.extras);
    }
    writer.done(standby);
}

/// The subnet, and the address in it, of the desktop of the company's `number`th person. Sizes that nobody owns run over the subnet's end.
fn place(site: &Site, number: u64) -> (usize, u32) {
    let zone = (number % 2) as usize;
    let first = u32::from_be_bytes([10, site.region.octet, network::THIRD[zone], 32]);
    (zone, first + (number / 2) as u32)
}

/// The interfaces of the side's connector, which stands in the desktops' subnets.
fn connectors(site: &Site, symbols: &mut Symbols) -> Vec<InterfaceRow> {
    let groups = symbols.intern(&site.connector_group);
    let description = symbols.intern(&format!("AWS created network interface for directory {}", site.directory));
    let one = |(zone, subnet): (usize, &String)| InterfaceRow {
        subnet: symbols.intern(subnet),
        address: u32::from_be_bytes([10, site.region.octet, network::THIRD[zone], 21]),
        groups,
        description,
    };
    site.subnets.iter().enumerate().map(one).collect()
}

/// Gives a desktop that was copied from another an address of its own in the same subnet, and an interface like the other's.
pub(super) fn connect(side: &mut Side, row: &mut WorkspaceRow) {
    let interfaces = side.network_interfaces.items_mut();
    let like = interfaces.iter().find(|known| known.subnet == row.subnet && known.address == row.address).copied();
    let last = interfaces.iter().filter(|known| known.subnet == row.subnet).map(|known| known.address).max();
    row.address = last.map_or(0, |last| last + 1);
    interfaces.extend(like.map(|like| InterfaceRow { address: row.address, ..like }));
}

/// Which end of a pair is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Primary,
    Standby,
}

impl End {
    /// How desktops of this end run.
    const fn running_mode(self, persona: &Persona) -> &'static str {
        match self {
            Self::Primary => persona.running,
            Self::Standby => "AUTO_STOP",
        }
    }

    /// The number of a person's desktop of this end.
    const fn desktop(self, number: u64) -> u64 {
        match self {
            Self::Primary => number * 2,
            Self::Standby => number * 2 + 1,
        }
    }
}

/// The numbers of the texts that desktops of one persona share.
struct Shared {
    bundle: Sym,
    compute: Sym,
    system: Sym,
    protocols: Sym,
    key: Sym,
    running_mode: Sym,
    auto_stop_minutes: u16,
    departments: Vec<(Sym, Sym)>,
}

/// Writes one side's rows.
struct Writer<'a> {
    end: End,
    site: &'a Site,
    other: &'a Site,
    shared: Vec<Shared>,
    directory: Sym,
    subnets: [Sym; 2],
    available: Sym,
    stopped: Sym,
    connected: Sym,
    disconnected: Sym,
    unknown: Sym,
    department: Sym,
    cost_centre: Sym,
    skip: [Sym; 2],
    text: String,
    rows: Vec<WorkspaceRow>,
    connections: Vec<ConnectionRow>,
    tags: Vec<TagRow>,
    interfaces: Vec<InterfaceRow>,
    groups: Sym,
    created: Sym,
}

impl<'a> Writer<'a> {
    fn new(end: End, site: &'a Site, other: &'a Site, symbols: &mut Symbols, room: usize) -> Self {
        let mut sym = |text: &str| symbols.intern(text);
        let shared = PERSONAS
            .iter()
            .enumerate()
            .map(|(at, persona)| Shared {
                bundle: sym(&site.bundles[at]),
                compute: sym(persona.compute),
                system: sym(persona.system),
                protocols: sym(persona.protocol),
                key: match persona.encryption {
                    Encryption::None => Sym::NONE,
                    Encryption::AwsManaged => sym(&site.managed_key),
                    Encryption::Customer => sym(&site.company_key),
                },
                running_mode: sym(end.running_mode(persona)),
                auto_stop_minutes: if end.running_mode(persona) == "AUTO_STOP" { 60 } else { 0 },
                departments: persona.departments.iter().map(|(name, centre)| (sym(name), sym(centre))).collect(),
            })
            .collect();
        Self {
            end,
            site,
            other,
            shared,
            directory: sym(&site.directory),
            subnets: [sym(&site.subnets[0]), sym(&site.subnets[1])],
            available: sym("AVAILABLE"),
            stopped: sym("STOPPED"),
            connected: sym("CONNECTED"),
            disconnected: sym("DISCONNECTED"),
            unknown: sym("UNKNOWN"),
            department: sym("Department"),
            cost_centre: sym(COST_CENTRE),
            skip: [sym(SKIP.0), sym(SKIP.1)],
            text: String::new(),
            rows: Vec::with_capacity(room),
            connections: Vec::with_capacity(room),
            tags: Vec::new(),
            interfaces: connectors(site, symbols),
            groups: symbols.intern(&network::groups(site)),
            created: symbols.intern(&format!("Created By Amazon Workspaces for AWS Account ID {ACCOUNT}")),
        }
    }

    /// One person's desktop, its tags and its connection status.
    fn person(&mut self, number: u64, cast: &Cast<'_>, symbols: &mut Symbols, extras: &mut Extras) {
        let at = cast.persona(number);
        let persona = &PERSONAS[at];
        let chance = mixed(cast.seed, number);
        let running = match self.end {
            End::Primary => cast.runs(number, persona),
            End::Standby => cast.standby_runs(number),
        };
        cast.mint.workspace(self.end.desktop(number), &mut self.text);
        let id = symbols.intern(&self.text);
        self.tag(at, number < RICH_PEOPLE, chance, symbols);
        cast.mint.user(number, &mut self.text);
        let user = symbols.intern(&self.text);
        let prefix = if persona.system.starts_with("WINDOWS") { "WSAMZN-" } else { "A-" };
        cast.mint.computer(prefix, self.end.desktop(number), &mut self.text);
        let computer = symbols.intern(&self.text);
        let extra = match persona.made {
            Made::ByHand => 0,
            Made::AsStandby => extras.keep(self.relation(number, cast)),
        };
        let encrypted = match persona.encryption {
            Encryption::None => Flag::No,
            Encryption::AwsManaged | Encryption::Customer => Flag::Yes,
        };
        let shared = &self.shared[at];
        let (zone, address) = place(self.site, number);
        let subnet = self.subnets[zone];
        // Whether a stopped desktop keeps its interface is not documented (AWS-FACTS §9): these do.
        self.interfaces.push(InterfaceRow { subnet, address, groups: self.groups, description: self.created });
        self.rows.push(WorkspaceRow {
            id,
            directory: self.directory,
            user,
            name: Sym::NONE,
            bundle: shared.bundle,
            subnet,
            address,
            computer,
            key: shared.key,
            state: if running { self.available } else { self.stopped },
            running_mode: shared.running_mode,
            compute: shared.compute,
            operating_system: shared.system,
            protocols: shared.protocols,
            extra,
            root_gib: persona.root,
            user_gib: persona.user,
            auto_stop_minutes: shared.auto_stop_minutes,
            user_volume_encrypted: encrypted,
            root_volume_encrypted: encrypted,
        });
        self.connections.push(self.connection(id, running, chance, cast.taken_at));
    }

    /// Tags of the desktop whose id is in `text`.
    fn tag(&mut self, at: usize, richly: bool, chance: u64, symbols: &mut Symbols) {
        // Desktops that nobody uses are what cost tooling looks for (AWS-FACTS §4).
        let skip = self.end == End::Standby && PERSONAS[at].made == Made::ByHand;
        if !richly && !skip {
            return;
        }
        let arn = symbols.intern(&self.site.arn(&format!("workspace/{}", self.text)));
        if richly {
            let shared = &self.shared[at];
            let (department, centre) = shared.departments[(chance >> 24) as usize % shared.departments.len()];
            self.tags.push(TagRow { arn, key: self.cost_centre, value: centre });
            self.tags.push(TagRow { arn, key: self.department, value: department });
        }
        if skip {
            self.tags.push(TagRow { arn, key: self.skip[0], value: self.skip[1] });
        }
    }

    /// How the desktop of a person with a standby WorkSpace names the one at the other end.
    fn relation(&mut self, number: u64, cast: &Cast<'_>) -> Extra {
        let persona = &PERSONAS[cast.persona(number)];
        let (other, other_runs, kind) = match self.end {
            End::Primary => (End::Standby, cast.standby_runs(number), "STANDBY"),
            End::Standby => (End::Primary, cast.runs(number, persona), "PRIMARY"),
        };
        let mut id = String::new();
        cast.mint.workspace(other.desktop(number), &mut id);
        let recovery_snapshot_time = Some(cast.snapshot(number));
        let data_replication = "PRIMARY_AS_SOURCE".to_owned();
        let standby_workspaces_properties = match self.end {
            End::Primary => vec![StandbyProperties {
                standby_workspace_id: id.clone(),
                data_replication: data_replication.clone(),
                recovery_snapshot_time,
            }],
            End::Standby => Vec::new(),
        };
        let related_workspaces = vec![Related {
            workspace_id: id,
            region: self.other.region.name.to_owned(),
            state: if other_runs { "AVAILABLE" } else { "STOPPED" }.to_owned(),
            r#type: kind.to_owned(),
        }];
        Extra {
            related_workspaces,
            data_replication_settings: Some(DataReplication { data_replication, recovery_snapshot_time }),
            standby_workspaces_properties,
            ..Extra::default()
        }
    }

    /// The status is unknown where a desktop is stopped. Standby desktops were last used in a drill some weeks ago.
    fn connection(&self, workspace: Sym, running: bool, chance: u64, taken_at: Moment) -> ConnectionRow {
        let busy = self.end == End::Primary && (chance >> 32).is_multiple_of(4);
        let state = match (running, busy) {
            (false, _) => self.unknown,
            (true, false) => self.disconnected,
            (true, true) => self.connected,
        };
        let spread = (chance >> 20) as i64;
        let ago = match self.end {
            End::Primary if running && busy => HOUR / 4 + spread % (3 * HOUR),
            End::Primary => 5 * HOUR + spread % (4 * DAY),
            End::Standby => 12 * DAY + spread % (9 * HOUR),
        };
        let checked = Some(before(taken_at, spread % 300));
        ConnectionRow { workspace, state, checked, last_known: Some(before(taken_at, ago)) }
    }

    fn done(self, side: &mut Side) {
        side.workspaces = Slice::whole_of(self.rows);
        side.desktop_tags = Slice::whole_of(self.tags);
        side.connections = Slice::whole_of(self.connections);
        side.network_interfaces = Slice::whole_of(self.interfaces);
    }
}
