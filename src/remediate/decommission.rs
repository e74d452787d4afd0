//! The clean-up of a deployment (SEED.txt, its last section) as a script for a person to read and run: it destroys, and deskpair never runs it.
//!
//! In the seed's order: the TXT record, the WorkSpaces, the registrations, the AD Connectors, the managed AD. The alias is taken off its
//! directories after the record, since a directory takes its association with it. [`steps`] lists what there is, [`shell`] writes it down.

pub mod shell;

use deskpair_rules::model::alias::ConnectionAlias;
use deskpair_rules::model::directory::Directory;
use deskpair_rules::model::pairing::{Located, association, dns_name};
use deskpair_rules::model::route53::{HostedZone, RecordSet};
use deskpair_rules::model::settings::{DnsProvider, SideSettings};
use deskpair_rules::model::{Dataset, Estate, GapId, PairView, Side, Slice, Unknown};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What it reads: no more than what it lists.
pub const NEEDS: &[Dataset] = &[
    Dataset::Aliases,
    Dataset::AliasPermissions,
    Dataset::Directories,
    Dataset::Registrations,
    Dataset::Workspaces,
    Dataset::Zones,
    Dataset::RecordSets,
];

/// The most WorkSpaces of one call (`workspaces:TerminateWorkspaceRequests`).
const AT_ONCE: usize = 25;

/// How much of a deployment goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The redirection, and the standby side.
    Standby,
    /// The primary side and the managed AD too: everything that the seed made.
    Everything,
}

/// What could not be read, so that nobody can say what has to go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} of the pair {pair} could not be read whole: {why}")]
pub struct Unsure {
    /// The pair.
    pub pair: String,
    /// The list.
    pub what: &'static str,
    /// Why.
    pub why: String,
}

/// A step that is confirmed by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does.
    pub title: String,
    /// What one has to know before.
    pub notes: Vec<String>,
    /// What has to be typed.
    pub typed: String,
    /// What is done, in order.
    pub acts: Vec<Act>,
}

/// The words of a command after `aws`.
pub type Words = Vec<String>;

/// A part of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Is told.
    Told(String),
    /// Stops where the answer holds this text.
    Guard(Words, String),
    /// Is called.
    Call(Words),
    /// Is called; its answer lists what was not done, and then it stops.
    Whole(Words),
    /// Changes a zone; its change is waited for.
    Record(Words),
    /// Is asked until this is the answer.
    Until(Words, String),
    /// Is shown, and called by nobody.
    Shown(Words),
}

/// The steps of a clean-up, and what to say before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanUp {
    /// Sentences for whoever reads it.
    pub notes: Vec<String>,
    /// The steps.
    pub steps: Vec<Step>,
}

/// The steps that take the estate's pairs away.
///
/// # Errors
/// What could not be read: what is not listed would stay, or keep a later step from going on.
pub fn steps(estate: &Estate, scope: Scope) -> Result<CleanUp, Unsure> {
    let chosen = (0..estate.settings.pairs.len()).filter(|&at| !estate.settings.pairs[at].left_out);
    let views: Vec<PairView<'_>> = chosen.map(|at| PairView::new(estate, at, estate.taken_at)).collect();
    let mut work = CleanUp::default();
    let mut seen = Seen::default();
    for view in &views {
        people(view, &mut work);
    }
    for view in &views {
        record(view, &mut seen, &mut work)?;
    }
    for view in &views {
        for on in [On::Primary, On::Standby] {
            alias(view, on, &mut seen, &mut work)?;
        }
    }
    let sides: &[On] = if scope == Scope::Everything { &[On::Standby, On::Primary] } else { &[On::Standby] };
    for act in [desktops, registration, connector] {
        for view in &views {
            for &on in sides {
                act(view, on, &mut seen, &mut work)?;
            }
        }
    }
    if scope == Scope::Everything {
        for view in &views {
            managed(view, &mut seen, &mut work)?;
        }
    }
    Ok(work)
}

/// A side of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Primary,
    Standby,
}

impl On {
    fn side<'e>(self, view: &PairView<'e>) -> &'e Side {
        if self == Self::Primary { view.primary } else { view.standby }
    }

    fn settings<'e>(self, view: &PairView<'e>) -> &'e SideSettings {
        if self == Self::Primary { &view.settings.primary } else { &view.settings.standby }
    }

    fn located<'v>(self, view: &'v PairView<'_>) -> &'v Located {
        if self == Self::Primary { &view.primary_directory } else { &view.standby_directory }
    }
}

/// What is listed already: pairs may share a zone, an alias, a directory.
#[derive(Default)]
struct Seen(BTreeSet<(&'static str, String, String)>);

impl Seen {
    fn first(&mut self, kind: &'static str, region: &str, id: &str) -> bool {
        self.0.insert((kind, region.to_owned(), id.to_owned()))
    }
}

fn words<const N: usize>(words: [&str; N]) -> Words {
    words.into_iter().map(str::to_owned).collect()
}

fn with(mut words: Words, more: &Words) -> Words {
    words.extend(more.iter().cloned());
    words
}

/// Where, and as whom.
fn place(side: &SideSettings) -> Words {
    let mut options = Words::new();
    if !side.region.is_empty() {
        options.extend(words(["--region", &side.region]));
    }
    if let Some(profile) = &side.profile {
        options.extend(words(["--profile", profile]));
    }
    options
}

fn as_whom(side: &SideSettings, notes: &mut Vec<String>) {
    notes.extend(side.role_arn.as_ref().map(|role| format!("Run it as the role {role}.")));
}

fn unsure(view: &PairView<'_>, what: &'static str, gap: GapId) -> Unsure {
    let gap = view.estate.gap_of(gap);
    let why =
        if gap.operation.is_empty() { gap.message.clone() } else { format!("{}: {}", gap.operation, gap.message) };
    Unsure { pair: view.settings.name.clone(), what, why }
}

fn whole<'e, T>(view: &PairView<'_>, list: &'e Slice<T>, what: &'static str) -> Result<&'e [T], Unsure> {
    list.whole().map_err(|gap| unsure(view, what, gap))
}

/// The pair's directory on a side, where it has one.
fn directory<'v>(view: &'v PairView<'_>, on: On) -> Result<Option<&'v str>, Unsure> {
    match on.located(view) {
        Located::Found { id, .. } => Ok(Some(id)),
        Located::Absent => Ok(None),
        Located::Unknown(Unknown::Gap(gap)) => Err(unsure(view, "the directories", *gap)),
        Located::Unknown(Unknown::Undetermined(why) | Unknown::Unsupported(why)) => Err(Unsure {
            pair: view.settings.name.clone(),
            what: "which directory is that",
            why: format!("{why}: declare it (`directory`)"),
        }),
    }
}

/// What people do from then on.
fn people(view: &PairView<'_>, work: &mut CleanUp) {
    let alias = &view.settings.alias;
    let code = view.primary_registration().ok().flatten().map(|known| known.registration_code.as_str());
    let instead = match code.filter(|code| !code.is_empty()) {
        Some(code) => format!("the registration code {code}"),
        None => "their Region's registration code".to_owned(),
    };
    work.notes.push(format!(
        "Pair {}: {alias} leads nobody anywhere once its record is gone. Before that, have people register their clients with {instead}.",
        view.settings.name
    ));
}

/// Deletes the TXT record: exactly the set that was read, so that somebody else's edit makes it fail.
fn record(view: &PairView<'_>, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let alias = &view.settings.alias;
    let typed = format!("delete {alias}");
    let mut step =
        Step { title: format!("Delete the TXT record of {alias}"), notes: Vec::new(), typed, acts: Vec::new() };
    if view.settings.dns.provider != DnsProvider::Route53 {
        if seen.first("record", "", &dns_name(alias)) {
            step.notes.push(format!(
                "No API of AWS has it. See first that it does not name the standby Region ({}), then delete it where it is kept.",
                identifier(view).unwrap_or_else(|| "whose identifier is not known".to_owned())
            ));
            step.typed = "the record is gone".to_owned();
            work.steps.push(step);
        }
        return Ok(());
    }
    let zones = whole(view, &view.zones.zones, "the hosted zones")?;
    let encloses = |zone: &&HostedZone| {
        let (name, zone) = (dns_name(alias), dns_name(&zone.name));
        name == zone || name.ends_with(&format!(".{zone}"))
    };
    // Route 53 has no Regions.
    let book = SideSettings { region: String::new(), ..view.settings.zones_place() };
    let options = place(&book);
    as_whom(&book, &mut step.notes);
    for zone in zones.iter().filter(encloses) {
        let Some(list) = view.zones.record_sets.get(&zone.id) else { continue };
        let sets = whole(view, list, "the records")?.iter();
        let sets: Vec<&RecordSet> =
            sets.filter(|set| set.r#type == "TXT" && dns_name(&set.name) == dns_name(alias)).collect();
        if !sets.is_empty() && seen.first("record", &zone.id, &dns_name(alias)) {
            sets_of(view, zone, &sets, &options, &mut step);
        }
    }
    if step.acts.is_empty() {
        work.notes.push(format!("Pair {}: no zone that was read has a TXT record of {alias}.", view.settings.name));
        return Ok(());
    }
    let ttl = view.zones.record_sets.values().flat_map(|list| list.items());
    let ttl = ttl.filter(|set| dns_name(&set.name) == dns_name(alias)).filter_map(|set| set.ttl).max();
    step.notes.extend(ttl.map(|ttl| format!("Resolvers answer it for up to {ttl} s more.")));
    work.steps.push(step);
    Ok(())
}

fn identifier(view: &PairView<'_>) -> Option<String> {
    view.identifier(view.standby).ok().flatten().map(str::to_owned)
}

fn sets_of(view: &PairView<'_>, zone: &HostedZone, sets: &[&RecordSet], options: &Words, step: &mut Step) {
    let name = sets[0].name.as_str();
    if let Some(identifier) = identifier(view) {
        let query = format!(
            "ResourceRecordSets[?Name=='{}' && Type=='TXT'].ResourceRecords[].Value",
            name.replace('\\', "\\\\").replace('\'', "\\'")
        );
        let ask = words([
            "route53",
            "list-resource-record-sets",
            "--hosted-zone-id",
            &zone.id,
            "--start-record-name",
            name,
            "--start-record-type",
            "TXT",
            "--max-items",
            "100",
            "--output",
            "json",
            "--query",
            &query,
        ]);
        step.notes.push(
            "It stops while the record names the standby Region: people work there. DECOMMISSION_WHILE_ON_STANDBY=yes in the environment says that this is meant.".to_owned(),
        );
        step.acts.push(Act::Guard(with(ask, options), identifier));
    }
    let odd = |set: &&&RecordSet| {
        let texts = [
            &set.region,
            &set.traffic_policy_instance_id,
            &set.cidr_collection_id,
            &set.cidr_location_name,
            &set.geo_proximity_region,
        ];
        set.alias_target.is_some() || set.geo_location.is_some() || texts.iter().any(|text| !text.is_empty())
    };
    if sets.iter().any(|set| odd(&set)) {
        step.acts.push(Act::Told(format!(
            "In the zone {} ({}) it is routed in a way that is not repeated here, or a traffic policy made it: delete it by hand, now.",
            zone.name, zone.id
        )));
        return;
    }
    let changes: Vec<Value> =
        sets.iter().map(|set| json!({ "Action": "DELETE", "ResourceRecordSet": exactly(set) })).collect();
    let batch = json!({ "Comment": "deskpair remediate export --decommission", "Changes": changes }).to_string();
    let call =
        words(["route53", "change-resource-record-sets", "--hosted-zone-id", &zone.id, "--change-batch", &batch]);
    step.acts.push(Act::Record(with(call, options)));
}

/// A record set with every member that it was read with: Route 53 deletes no other.
fn exactly(set: &RecordSet) -> Value {
    let values: Vec<Value> = set.resource_records.iter().map(|value| json!({ "Value": value })).collect();
    let mut exact = json!({ "Name": set.name, "Type": set.r#type, "ResourceRecords": values });
    let texts =
        [("SetIdentifier", &set.set_identifier), ("Failover", &set.failover), ("HealthCheckId", &set.health_check_id)];
    for (member, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        exact[member] = text.as_str().into();
    }
    for (member, number) in [("TTL", set.ttl), ("Weight", set.weight)] {
        if let Some(number) = number {
            exact[member] = number.into();
        }
    }
    if let Some(several) = set.multi_value_answer {
        exact["MultiValueAnswer"] = several.into();
    }
    exact
}

/// Takes the alias off its directory on a side; how it is deleted is shown.
fn alias(view: &PairView<'_>, on: On, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let (side, settings) = (on.side(view), on.settings(view));
    let known = view.alias(side).map_err(|gap| unsure(view, "the connection aliases", gap))?;
    let Some(known) = known.filter(|known| seen.first("alias", &settings.region, &known.alias_id)) else {
        return Ok(());
    };
    let ConnectionAlias { alias_id, connection_string, .. } = known;
    if association(known).is_none() {
        work.notes.push(format!(
            "The connection alias {connection_string} ({alias_id}) in {} leads to no directory. It may stay: its string is reserved to the account {} for ever.",
            settings.region, known.owner_account_id
        ));
        return Ok(());
    }
    let mut notes = vec![format!(
        "Its connection string stays reserved to the account {} for ever, even where the alias is deleted. While anybody's client may still be registered with it, keep the alias and the domain: whoever gets them could lead people elsewhere (AWS: security considerations if you stop using cross-Region redirection).",
        known.owner_account_id
    )];
    as_whom(settings, &mut notes);
    let options = place(settings);
    let query = "length(ConnectionAliases[0].Associations[?AssociationStatus!='NOT_ASSOCIATED'])";
    let ask = words([
        "workspaces",
        "describe-connection-aliases",
        "--alias-ids",
        alias_id,
        "--output",
        "json",
        "--query",
        query,
    ]);
    let mut acts = vec![
        Act::Call(with(words(["workspaces", "disassociate-connection-alias", "--alias-id", alias_id]), &options)),
        Act::Until(with(ask, &options), "0".to_owned()),
    ];
    for permission in side.alias_permissions.get(alias_id).map(Slice::items).unwrap_or_default() {
        let text = format!("SharedAccountId={},AllowAssociation=false", permission.shared_account_id);
        let call = words([
            "workspaces",
            "update-connection-alias-permission",
            "--alias-id",
            alias_id,
            "--connection-alias-permission",
            &text,
        ]);
        acts.push(Act::Told(format!(
            "It is shared with account {}: before it can be deleted, that ends.",
            permission.shared_account_id
        )));
        acts.push(Act::Shown(with(call, &options)));
    }
    acts.push(Act::Told("Where it may go, its owner deletes it:".to_owned()));
    acts.push(Act::Shown(with(words(["workspaces", "delete-connection-alias", "--alias-id", alias_id]), &options)));
    work.steps.push(Step {
        title: format!("Take the connection alias {connection_string} off its directory in {}", settings.region),
        notes,
        typed: format!("disassociate {alias_id}"),
        acts,
    });
    Ok(())
}

/// Terminates what is in the pair's directory on a side.
fn desktops(view: &PairView<'_>, on: On, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let (side, settings) = (on.side(view), on.settings(view));
    let Some(id) = directory(view, on)?.filter(|id| seen.first("desktops", &settings.region, id)) else {
        return Ok(());
    };
    let text = |sym| view.estate.symbols.text(sym);
    let rows = whole(view, &side.workspaces, "the WorkSpaces")?;
    let inside: Vec<_> = rows.iter().filter(|row| text(row.directory) == id).collect();
    if inside.is_empty() {
        return Ok(());
    }
    let options = place(settings);
    let mut notes = vec!["Terminating destroys their data for good; nothing takes it back.".to_owned()];
    as_whom(settings, &mut notes);
    let mut acts = Vec::new();
    for some in inside.chunks(AT_ONCE) {
        acts.extend(
            some.iter().map(|row| Act::Told(format!("{}  {}  {}", text(row.id), text(row.user), text(row.state)))),
        );
        // As JSON every version of the CLI takes it, whatever it makes of a structure of one member.
        let requests: Vec<Value> = some.iter().map(|row| json!({ "WorkspaceId": text(row.id) })).collect();
        let requests = Value::Array(requests).to_string();
        let call = words([
            "workspaces",
            "terminate-workspaces",
            "--output",
            "text",
            "--query",
            "FailedRequests[].[WorkspaceId,ErrorMessage]",
            "--terminate-workspace-requests",
            &requests,
        ]);
        acts.push(Act::Whole(with(call, &options)));
    }
    let ask = words([
        "workspaces",
        "describe-workspaces",
        "--directory-id",
        id,
        "--output",
        "json",
        "--query",
        "length(Workspaces)",
    ]);
    acts.push(Act::Until(with(ask, &options), "0".to_owned()));
    let count = inside.len();
    work.steps.push(Step {
        title: format!("Terminate the {count} WorkSpaces of {id} in {}", settings.region),
        notes,
        typed: format!("terminate {count} in {}", settings.region),
        acts,
    });
    Ok(())
}

/// Deregisters the pair's directory on a side.
fn registration(view: &PairView<'_>, on: On, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let (side, settings) = (on.side(view), on.settings(view));
    let Some(id) = directory(view, on)? else { return Ok(()) };
    let known = whole(view, &side.registrations, "the registered directories")?;
    let Some(known) = known.iter().find(|known| known.directory_id == id) else { return Ok(()) };
    if !seen.first("registration", &settings.region, id) {
        return Ok(());
    }
    let options = place(settings);
    let mut notes =
        vec!["Its settings, its client branding and its IP access control groups' association go with it.".to_owned()];
    as_whom(settings, &mut notes);
    let gone = format!("length(Directories[?DirectoryId=='{id}'])");
    let ask = words(["workspaces", "describe-workspace-directories", "--output", "json", "--query", &gone]);
    let mut acts = vec![
        Act::Call(with(words(["workspaces", "deregister-workspace-directory", "--directory-id", id]), &options)),
        Act::Until(with(ask, &options), "0".to_owned()),
    ];
    if !known.ip_group_ids.is_empty() {
        acts.push(Act::Told("Its IP access control groups stay; where nobody else uses them:".to_owned()));
    }
    for group in &known.ip_group_ids {
        acts.push(Act::Shown(with(words(["workspaces", "delete-ip-group", "--group-id", group]), &options)));
    }
    work.steps.push(Step {
        title: format!("Deregister {id} ({}) in {}", known.directory_name, settings.region),
        notes,
        typed: format!("deregister {id}"),
        acts,
    });
    Ok(())
}

fn delete(settings: &SideSettings, known: &Directory, what: &str, notes: Vec<String>) -> Step {
    let id = known.directory_id.as_str();
    let options = place(settings);
    let gone = format!("length(DirectoryDescriptions[?DirectoryId=='{id}'])");
    let ask = words(["ds", "describe-directories", "--output", "json", "--query", &gone]);
    Step {
        title: format!("Delete the {what} {id} ({}) in {}", known.name, settings.region),
        notes,
        typed: format!("delete {id}"),
        acts: vec![
            Act::Call(with(words(["ds", "delete-directory", "--directory-id", id]), &options)),
            Act::Until(with(ask, &options), "0".to_owned()),
        ],
    }
}

/// Deletes the pair's AD Connector on a side.
fn connector(view: &PairView<'_>, on: On, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let (side, settings) = (on.side(view), on.settings(view));
    let Some(id) = directory(view, on)? else { return Ok(()) };
    let known = whole(view, &side.directories, "the directories")?;
    let Some(known) = known.iter().find(|known| known.directory_id == id) else { return Ok(()) };
    if !seen.first("directory", &settings.region, id) {
        return Ok(());
    }
    let mut notes = Vec::new();
    as_whom(settings, &mut notes);
    match known.r#type.as_str() {
        "ADConnector" => {
            notes.push("Its service account stays in the domain: disable it there.".to_owned());
            work.steps.push(delete(settings, known, "AD Connector", notes));
        }
        // A managed AD has a step of its own, the last.
        "MicrosoftAD" => {}
        other => work.notes.push(format!("{id} in {} is a directory of type {other}: it stays.", settings.region)),
    }
    Ok(())
}

/// Deletes the managed AD that the pair's directories are of, in its primary Region.
fn managed(view: &PairView<'_>, seen: &mut Seen, work: &mut CleanUp) -> Result<(), Unsure> {
    let mut domains: BTreeMap<String, ()> = BTreeMap::new();
    for on in [On::Primary, On::Standby] {
        let id = directory(view, on)?;
        let known = whole(view, &on.side(view).directories, "the directories")?;
        let own = known.iter().filter(|known| Some(known.directory_id.as_str()) == id);
        domains.extend(own.map(|known| (dns_name(&known.name), ())));
    }
    for on in [On::Primary, On::Standby] {
        let settings = on.settings(view);
        for known in whole(view, &on.side(view).directories, "the directories")? {
            let is_ours = known.r#type == "MicrosoftAD" && domains.contains_key(&dns_name(&known.name));
            let regions = known.regions_info.as_ref();
            let is_here = regions
                .is_none_or(|regions| regions.primary_region.is_empty() || regions.primary_region == settings.region);
            if !is_ours || !is_here || !seen.first("managed", "", &known.directory_id) {
                continue;
            }
            let mut notes = vec![format!(
                "It holds every account of {}: whoever else signs in with it, and whatever else trusts it, loses it for good.",
                known.name
            )];
            as_whom(settings, &mut notes);
            let more = regions.map(|regions| regions.additional_regions.as_slice()).unwrap_or_default();
            if !more.is_empty() {
                notes.push(format!(
                    "It is replicated to {}. Where AWS refuses to delete it for that, `aws ds remove-region` in each of these Regions comes first.",
                    more.join(", ")
                ));
            }
            work.steps.push(delete(settings, known, "managed AD", notes));
        }
    }
    Ok(())
}
