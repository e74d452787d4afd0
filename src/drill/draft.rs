//! From a scan to the plan of a drill: who takes part, how the record is changed, what stands against it.

use super::plan::{Member, Patience, Plan, SCHEMA};
use super::steps::steps;
use crate::dns::change::Switch;
use deskpair_reports::drill::record::{DataAge, Kind, Place, PreCheck};
use deskpair_rules::engine::{Finding, Outcome, PairRun, Run, Verdict, why_text};
use deskpair_rules::files::recovery_points;
use deskpair_rules::model::desktops::Counterpart;
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use deskpair_rules::model::pairing::Located;
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Moment, PairView, Side};
use deskpair_rules::readiness::State;
use std::collections::{BTreeMap, BTreeSet};

/// Who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cohort {
    /// Everybody of the pair.
    Everybody,
    /// Nobody: the record alone.
    Nobody,
    /// These people, by user name.
    Users(BTreeSet<String>),
    /// Those whose primary desktop has this tag.
    Tag(String, String),
    /// This share of the people, in percent: the first by name.
    Share(u8),
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wants {
    /// What it is to be.
    pub kind: Kind,
    /// Whether the pair's own alias is flipped.
    pub production: bool,
    /// Who takes part.
    pub cohort: Cohort,
    /// How long people stay, in seconds.
    pub hold_secs: Option<u64>,
    /// How many have to get there; one, where anybody takes part, unless it is said.
    pub expect: Option<u32>,
    /// Whether somebody approves of the change once everything is warm.
    pub approve_flip: bool,
    /// Whether people may be connected on the primary side.
    pub with_connected: bool,
    /// Why a pre-check that does not pass is gone on with.
    pub overridden: Option<String>,
    /// How many people outside the cohort may be taken along who would be stranded, or of whom it is not known.
    pub strand: Option<u64>,
    /// How long what takes time is waited for.
    pub patience: Patience,
}

/// Why there is no plan, each in a sentence, with the exit code that goes with the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objections {
    /// The exit code: 1 or 3 as the scan's, 2 where another way of asking helps.
    pub code: u8,
    /// The sentences.
    pub why: Vec<String>,
}

/// Makes a plan of a run.
///
/// The record's run and pair are those of the alias whose record is changed: the pilot's, or the run's own. `connected` tells who is connected on the
/// primary side, by desktop.
///
/// # Errors
/// Everything that stands against it.
pub fn draft(
    run: &Run<'_>,
    pair: &PairRun<'_>,
    (record_run, record): (&Run<'_>, &PairRun<'_>),
    connected: &BTreeMap<String, bool>,
    wants: &Wants,
) -> Result<Plan, Objections> {
    let view = &pair.view;
    let mut objections = Vec::new();
    let (primary, standby) = match (place(&record.view, true), place(&record.view, false)) {
        (Ok(primary), Ok(standby)) => (primary, standby),
        (a, b) => {
            let why = [a.err(), b.err()].into_iter().flatten().collect();
            return Err(Objections { code: 3, why });
        }
    };
    let (from, to) = match wants.kind {
        Kind::Drill | Kind::Failover => (&primary.identifier, &standby.identifier),
        Kind::Failback => (&standby.identifier, &primary.identifier),
    };
    for (side, of_record, own) in [
        ("primary", &record.view.primary_directory, &view.primary_directory),
        ("standby", &record.view.standby_directory, &view.standby_directory),
    ] {
        if of_record.id() != own.id() {
            objections.push(format!(
                "the alias {} is associated with another directory on the {side} side than the pair's",
                record.view.settings.alias
            ));
        }
    }
    let record_view = &record.view;
    let ttl_secs = match now(record_view, from) {
        Ok(ttl) => ttl,
        Err(why) => {
            objections.push(why);
            0
        }
    };
    let switch = Switch::find(record_view.estate, record_view, from, to);
    let cohort = cohort(view, connected, wants, &mut objections);
    let mut precheck = precheck(run, pair, &cohort, wants, &mut objections);
    if !wants.production {
        against_record(record_run, record, wants, &mut precheck, &mut objections);
    }
    if wants.kind == Kind::Drill && !wants.with_connected {
        let busy: Vec<&str> =
            cohort.iter().filter(|one| one.connected == Some(true)).map(|one| one.user.as_str()).collect();
        if !busy.is_empty() {
            objections.push(format!(
                "{} of the cohort {} connected on the primary side ({}): ask them to sign out, or say `--with-connected`",
                busy.len(),
                if busy.len() == 1 { "is" } else { "are" },
                some(&busy)
            ));
        }
    }
    let switch = match switch {
        Ok(switch) if objections.is_empty() => switch,
        Ok(_) => return Err(Objections { code: code(run, &precheck), why: objections }),
        Err(why) => {
            objections.insert(0, format!("the record cannot be changed by deskpair: {why}"));
            return Err(Objections { code: code(run, &precheck), why: objections });
        }
    };
    let expect = wants.expect.unwrap_or_else(|| u32::from(!cohort.is_empty()));
    let mut plan = Plan {
        schema: SCHEMA.to_owned(),
        id: String::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        kind: wants.kind,
        pair: view.settings.name.clone(),
        alias: record_view.settings.alias.clone(),
        production: wants.production,
        made_at: run.options.judged_at,
        primary,
        standby,
        switch,
        ttl_secs,
        rto_secs: view.settings.objectives.rto_secs,
        rpo_secs: view.settings.objectives.rpo_secs,
        data: data(view, &cohort),
        cohort,
        expect,
        with_connected: wants.with_connected,
        approve_flip: wants.approve_flip,
        hold_secs: wants.hold_secs,
        patience: wants.patience,
        precheck,
        assumptions: assumptions(wants.kind),
        steps: Vec::new(),
    };
    plan.steps = steps(&plan);
    plan.id = plan.digest();
    Ok(plan)
}

/// The exit code of what stands against it: the scan's, where that does not pass and nobody overrides it.
fn code(run: &Run<'_>, precheck: &PreCheck) -> u8 {
    match run.outcome {
        Outcome::Ready => 2,
        outcome if precheck.overridden.is_none() => outcome.exit_code(),
        _ => 2,
    }
}

fn assumptions(kind: Kind) -> Vec<String> {
    match kind {
        Kind::Failback => vec![
            "work that people have saved on the drives of standby desktops stays there: replication goes from the primary side to the standby \
             side alone; have it copied to a share first"
                .to_owned(),
        ],
        Kind::Drill | Kind::Failover => Vec::new(),
    }
}

/// A few of many names.
fn some(names: &[&str]) -> String {
    let shown = names.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    if names.len() > 5 { format!("{shown} and {} more", names.len() - 5) } else { shown }
}

/// One side, with the identifier that sends people there.
fn place(view: &PairView<'_>, is_primary: bool) -> Result<Place, String> {
    let (side, directory, name) = if is_primary {
        (view.primary, &view.primary_directory, "primary")
    } else {
        (view.standby, &view.standby_directory, "standby")
    };
    let region = &side.place.region;
    let identifier = match view.identifier(side) {
        Ok(Some(identifier)) => identifier.to_owned(),
        Ok(None) => {
            return Err(format!(
                "the alias {} has no live association in {region}, the {name} Region",
                view.settings.alias
            ));
        }
        Err(gap) => {
            let why = view.estate.gap_of(gap);
            return Err(format!("the connection identifier of the {name} side is not known: {why}"));
        }
    };
    let directory = match directory {
        Located::Found { id, .. } => id.clone(),
        Located::Absent | Located::Unknown(_) => String::new(),
    };
    Ok(Place { region: region.clone(), account: account(side), directory, identifier })
}

fn account(side: &Side) -> String {
    side.account.clone().unwrap_or_default()
}

/// The record's TTL, where every server that speaks for the zone gives the value that it is to start from.
fn now(view: &PairView<'_>, from: &str) -> Result<u32, String> {
    let mut longest = None;
    for answer in view.txt.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        match &answer.outcome {
            TxtOutcome::Found { ttl, .. } if answer.outcome.values() == [from.to_owned()] => {
                longest = longest.max(Some(*ttl));
            }
            TxtOutcome::Found { .. } => {
                let values = answer.outcome.values().join(", ");
                return Err(format!(
                    "the record of {} is {values:?} at {}, and not {from:?}: where people are sent now has to be settled first",
                    view.settings.alias, answer.server
                ));
            }
            TxtOutcome::Timeout | TxtOutcome::Unreachable(_) => {}
            other => return Err(format!("{} answers for {}: {other}", answer.server, view.settings.alias)),
        }
    }
    longest.ok_or_else(|| {
        let gap = view.txt.answers.gap().map(|gap| format!(": {}", view.estate.gap_of(gap))).unwrap_or_default();
        format!("no server that speaks for the zone told the record of {}{gap}", view.settings.alias)
    })
}

/// Who would take part, whatever stands against it.
pub fn members(view: &PairView<'_>, wants: &Wants) -> Vec<Member> {
    cohort(view, &BTreeMap::new(), wants, &mut Vec::new())
}

/// Who takes part, in the order of their names.
fn cohort(
    view: &PairView<'_>,
    connected: &BTreeMap<String, bool>,
    wants: &Wants,
    objections: &mut Vec<String>,
) -> Vec<Member> {
    let symbols = &view.estate.symbols;
    let desktops = &view.desktops;
    let people = desktops.people.len();
    let mut chosen = vec![false; people];
    match &wants.cohort {
        Cohort::Everybody => chosen.fill(true),
        Cohort::Nobody => {}
        Cohort::Users(users) => {
            let mut missing: BTreeSet<&str> = users.iter().map(String::as_str).collect();
            for (at, person) in desktops.people.iter().enumerate() {
                let name = symbols.text(person.name);
                if let Some(wanted) = users.iter().find(|user| user.eq_ignore_ascii_case(name)) {
                    chosen[at] = true;
                    missing.remove(wanted.as_str());
                }
            }
            if !missing.is_empty() {
                let missing: Vec<&str> = missing.into_iter().collect();
                objections.push(format!("nobody of the pair {} is called {}", view.settings.name, some(&missing)));
            }
        }
        Cohort::Tag(key, value) => {
            for desktop in &desktops.primary {
                let row = &view.primary.workspaces.items()[desktop.row as usize];
                let mut tags = view.primary_tags(row.id);
                if tags.any(|tag| symbols.text(tag.key) == key && symbols.text(tag.value) == value) {
                    chosen[desktop.person as usize] = true;
                }
            }
            if !chosen.contains(&true) {
                objections
                    .push(format!("no primary desktop of the pair {} has the tag {key}={value}", view.settings.name));
            }
        }
        Cohort::Share(percent) => {
            let count = (people * usize::from(*percent)).div_ceil(100);
            chosen.iter_mut().take(count).for_each(|one| *one = true);
        }
    }
    let mut members: Vec<Member> = desktops
        .primary
        .iter()
        .filter(|desktop| chosen[desktop.person as usize])
        .map(|desktop| {
            let row = &view.primary.workspaces.items()[desktop.row as usize];
            let other = match desktop.counterpart {
                Counterpart::Row(at) => view.standby.workspaces.items().get(at as usize),
                Counterpart::Missing | Counterpart::Ambiguous | Counterpart::Unknown(_) => None,
            };
            let text = |sym| symbols.text(sym).to_owned();
            let primary = text(row.id);
            Member {
                user: text(row.user),
                connected: connected.get(&primary).copied(),
                primary,
                standby: other.map(|other| text(other.id)).unwrap_or_default(),
                state: other.map(|other| text(other.state)).unwrap_or_default(),
                running_mode: other.map(|other| text(other.running_mode)).unwrap_or_default(),
            }
        })
        .collect();
    members.sort_by(|a, b| (&a.user, &a.primary).cmp(&(&b.user, &b.primary)));
    members
}

/// What the scan says of it, and of those whom a change of the production alias takes along.
fn precheck(
    run: &Run<'_>,
    pair: &PairRun<'_>,
    cohort: &[Member],
    wants: &Wants,
    objections: &mut Vec<String>,
) -> PreCheck {
    let mut against = Vec::new();
    if run.outcome != Outcome::Ready {
        let gate = |finding: &&Finding| match finding.verdict {
            Verdict::Fail => run.options.fail_on.holds(run.severity(finding)),
            Verdict::NotEvaluated => run.is_inconclusive(finding),
            Verdict::Waived => false,
        };
        let worded = pair.findings.iter().filter(gate).take(10).map(|finding| {
            let worded = run.word(pair, finding);
            format!("{}: {}", worded.meta.id, worded.wording.message)
        });
        against.extend(worded);
        if wants.overridden.is_none() && wants.kind == Kind::Drill {
            objections.push(format!(
                "the scan does not pass at --fail-on {}: it is {}; mend it, or say why it is gone on with: `--override REASON`",
                run.options.fail_on,
                run.outcome.as_str()
            ));
            objections.extend(against.iter().cloned());
        }
    }
    let symbols = &pair.view.estate.symbols;
    let taking: BTreeSet<&str> = cohort.iter().map(|member| member.user.as_str()).collect();
    let people = pair.view.desktops.people.iter().zip(&pair.readiness.states);
    let outside = people
        .filter(|(person, state)| {
            matches!(state, State::Stranded | State::Unknown) && !taking.contains(symbols.text(person.name))
        })
        .count() as u64;
    let outside_stranded = if wants.production { outside } else { 0 };
    if wants.production && wants.kind == Kind::Drill && outside > 0 && wants.strand != Some(outside) {
        objections.push(format!(
            "{outside} people outside the cohort would be stranded, or of whom it is not known, and the production alias takes everybody \
             along: pair them first, or say that you know it: `--strand {outside}`"
        ));
    }
    if wants.production
        && wants.kind == Kind::Drill
        && let Some(hidden) = pair.readiness.hidden
    {
        objections.push(format!(
            "there may be more people than were read, and the production alias takes everybody along: {}",
            why_text(pair.view.estate, hidden)
        ));
    }
    PreCheck {
        run: Some(run.id.clone()),
        outcome: run.outcome.as_str().to_owned(),
        fail_on: run.options.fail_on.to_string(),
        overridden: wants.overridden.clone().filter(|_| run.outcome != Outcome::Ready),
        outside_stranded,
        objections: against,
    }
}

/// What the pilot alias's own run says against it.
fn against_record(
    run: &Run<'_>,
    record: &PairRun<'_>,
    wants: &Wants,
    precheck: &mut PreCheck,
    objections: &mut Vec<String>,
) {
    let gate =
        |finding: &&Finding| finding.verdict == Verdict::Fail && run.options.fail_on.holds(run.severity(finding));
    let worded: Vec<String> = record
        .findings
        .iter()
        .filter(gate)
        .map(|finding| run.word(record, finding))
        .map(|worded| format!("{} of {}: {}", worded.meta.id, record.view.settings.alias, worded.wording.message))
        .collect();
    if worded.is_empty() {
        return;
    }
    if wants.overridden.is_none() {
        objections.extend(worded.iter().cloned());
    }
    precheck.overridden = precheck.overridden.take().or_else(|| wants.overridden.clone());
    precheck.objections.extend(worded);
}

/// How old the data is that people would find.
pub(super) fn data(view: &PairView<'_>, cohort: &[Member]) -> Vec<DataAge> {
    let objective = u64::from(view.settings.objectives.rpo_secs);
    let age = |at: Moment| u64::try_from(view.judged_at.secs_since(at)).unwrap_or(0);
    let mut ages: Vec<DataAge> = recovery_points(view)
        .into_iter()
        .map(|point| {
            let (age_secs, note) = match point.at {
                Ok(Some(at)) => (Some(age(at)), format!("{}, of {at}", point.by)),
                Ok(None) if point.by.is_empty() => (None, "nothing carries its files over (FSX-003)".to_owned()),
                Ok(None) => (None, format!("{} has not carried its files over yet", point.by)),
                Err(why) => (None, why_text(view.estate, why)),
            };
            DataAge {
                name: point.name,
                kind: "file-system".to_owned(),
                age_secs,
                note,
                within: age_secs.map(|age| age <= objective),
            }
        })
        .collect();
    let symbols = &view.estate.symbols;
    let by_id: BTreeMap<&str, &WorkspaceRow> =
        view.primary.workspaces.items().iter().map(|row| (symbols.text(row.id), row)).collect();
    for member in cohort {
        let snapshot = by_id.get(member.primary.as_str()).and_then(|row| snapshot(view, row, &member.standby));
        let note = match snapshot {
            Some(at) => format!("snapshot of {at}"),
            None => "nothing carries its C: and D: drives over".to_owned(),
        };
        let age_secs = snapshot.map(age);
        ages.push(DataAge {
            name: member.user.clone(),
            kind: "person".to_owned(),
            age_secs,
            note,
            within: age_secs.map(|age| age <= objective),
        });
    }
    ages
}

/// When the newest snapshot was taken that a standby WorkSpace would be restored from (`RecoverySnapshotTime`).
fn snapshot(view: &PairView<'_>, primary: &WorkspaceRow, standby: &str) -> Option<Moment> {
    let properties = view.primary.extras.of(primary)?.standby_workspaces_properties.iter();
    properties
        .filter(|one| one.standby_workspace_id == standby && one.data_replication == "PRIMARY_AS_SOURCE")
        .filter_map(|one| one.recovery_snapshot_time)
        .max()
}

/// How long the warm-up of a cohort takes at least, in seconds: its calls at 2 a second, and a desktop's start (AWS-FACTS §0.2; the WorkSpaces
/// administration guide: typically under 90 seconds).
pub fn warm_budget(members: &[Member]) -> u64 {
    let stopped = members.iter().filter(|one| one.can_be_started() && one.state == "STOPPED").count() as u64;
    if stopped == 0 { 0 } else { stopped.div_ceil(25).div_ceil(2) + 90 }
}
