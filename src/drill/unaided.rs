//! The plan of a failover without the primary Region: what it would tell is taken from the last estate, and said to be assumed.

use super::draft::{Cohort, Wants, data, members};
use super::plan::{Member, Patience, Plan, SCHEMA};
use super::steps::steps;
use crate::dns::change::Switch;
use deskpair_reports::drill::record::{Kind, Place, PreCheck};
use deskpair_rules::engine::{Options, evaluate};
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use deskpair_rules::model::pairing::Located;
use deskpair_rules::model::settings::{PairSettings, Settings};
use deskpair_rules::model::{Estate, Moment, PairView};
use std::collections::{BTreeMap, BTreeSet};

/// What a failover is planned from.
#[derive(Clone, Copy, Debug)]
pub struct Unaided<'a> {
    /// The standby side, Route 53 and name servers now: collected by [`without_primary`].
    pub live: &'a Estate,
    /// The last estate with both sides.
    pub known: Option<&'a Estate>,
    /// The pair.
    pub pair: &'a PairSettings,
    /// How long people are watched, in seconds.
    pub hold_secs: u64,
}

/// The configuration to collect by where the primary Region must not be asked: its place is the standby side's, and Route 53 is read as whom
/// it always is.
pub fn without_primary(mut settings: Settings, pair: &str) -> Settings {
    for own in &mut settings.pairs {
        own.left_out = own.name != pair;
        if own.name == pair {
            let dns = &mut own.dns;
            if dns.profile.is_none() && dns.role_arn.is_none() {
                dns.profile.clone_from(&own.primary.profile);
                dns.role_arn.clone_from(&own.primary.role_arn);
                dns.external_id.clone_from(&own.primary.external_id);
            }
            own.primary = own.standby.clone();
        }
    }
    // Whatever does not answer is tried a few times, not for minutes.
    settings.limits.attempts = settings.limits.attempts.min(3);
    settings
}

fn view<'e>(estate: &'e Estate, pair: &str, at: Moment) -> Option<PairView<'e>> {
    let index = estate.settings.pairs.iter().position(|own| own.name == pair && !own.left_out)?;
    Some(PairView::new(estate, index, at))
}

/// Makes the plan.
///
/// # Errors
/// What has to be known and is not, each in a sentence.
pub fn failover(from: &Unaided<'_>) -> Result<Plan, Vec<String>> {
    let Unaided { live, known, pair, hold_secs } = *from;
    let mut assumed = Vec::new();
    let mut missing = Vec::new();
    let now = view(live, &pair.name, live.taken_at).ok_or_else(|| vec!["the pair was not read".to_owned()])?;
    let before = known.and_then(|known| view(known, &pair.name, known.taken_at));
    let of = |view: &PairView<'_>| view.estate.taken_at;

    let standby = match now.identifier(now.standby) {
        Ok(Some(identifier)) => identifier.to_owned(),
        told => {
            let why = match told {
                Err(gap) => live.gap_of(gap).to_string(),
                Ok(_) => format!("{} has no live association in {}", pair.alias, pair.standby.region),
            };
            match before.as_ref().and_then(|view| Some((view.identifier(view.standby).ok()??.to_owned(), of(view)))) {
                Some((identifier, at)) if told.is_err() => {
                    assumed.push(format!("the standby side's identifier is {identifier}, as of {at}: {why}"));
                    identifier
                }
                _ => {
                    missing.push(format!("the standby side's connection identifier is not known: {why}"));
                    String::new()
                }
            }
        }
    };
    let record = recorded(&now);
    let primary =
        match before.as_ref().and_then(|view| Some((view.identifier(view.primary).ok()??.to_owned(), of(view)))) {
            Some((identifier, at)) => {
                assumed.push(format!("the primary side's identifier is {identifier}, as of {at}"));
                identifier
            }
            None => match &record {
                Ok((value, _)) if *value != standby => {
                    assumed.push(format!("the primary side's identifier is {value}: it is what the record gives now"));
                    value.clone()
                }
                _ => {
                    missing.push(
                        "the primary side's connection identifier is not known: name an estate, `--estate FILE`"
                            .to_owned(),
                    );
                    String::new()
                }
            },
        };
    let ttl_secs = match &record {
        Ok((value, _)) if *value == standby => {
            missing.push(format!("the record of {} names the standby side already", pair.alias));
            0
        }
        Ok((value, _)) if *value != primary => {
            missing.push(format!("the record of {} is {value:?}, and not {primary:?}: whose is it?", pair.alias));
            0
        }
        Ok((_, ttl)) => *ttl,
        Err(why) => {
            assumed.push(format!("the record still names the primary side: {why}"));
            60
        }
    };
    if !missing.is_empty() {
        return Err(missing);
    }
    let switch = match Switch::find(live, &now, &primary, &standby) {
        Ok(switch) => switch,
        Err(why) => {
            let old = before.as_ref().and_then(|view| Switch::find(view.estate, view, &primary, &standby).ok());
            match (old, &before) {
                (Some(switch), Some(view)) => {
                    assumed.push(format!("the record is changed as of {}: {why}", of(view)));
                    switch
                }
                _ => return Err(vec![format!("the record cannot be changed by deskpair: {why}")]),
            }
        }
    };
    let cohort = cohort(&now, before.as_ref(), hold_secs, &mut assumed);
    let mut objections = Vec::new();
    if let Some(view) = &before {
        let run =
            evaluate(view.estate, Options { pairs: BTreeSet::from([pair.name.clone()]), ..Options::at(of(view)) });
        for one in run.pairs.iter().filter(|one| one.view.settings.name == pair.name) {
            let readiness = &one.readiness;
            objections.push(format!(
                "as of {}, {} of {} people were ready, {} degraded, {} stranded, {} unknown",
                of(view),
                readiness.ready,
                readiness.users,
                readiness.degraded,
                readiness.stranded,
                readiness.unknown
            ));
        }
    }
    let directory = |located: &Located| match located {
        Located::Found { id, .. } => id.clone(),
        Located::Absent | Located::Unknown(_) => String::new(),
    };
    let place = |region: &str, account: String, directory: String, identifier: String| Place {
        region: region.to_owned(),
        account,
        directory,
        identifier,
    };
    let mut plan = Plan {
        schema: SCHEMA.to_owned(),
        id: String::new(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        kind: Kind::Failover,
        pair: pair.name.clone(),
        alias: pair.alias.clone(),
        production: true,
        made_at: live.taken_at,
        primary: place(
            &pair.primary.region,
            before.as_ref().and_then(|view| view.primary.account.clone().ok()).unwrap_or_default(),
            before.as_ref().map(|view| directory(&view.primary_directory)).unwrap_or_default(),
            primary,
        ),
        standby: place(
            &pair.standby.region,
            now.standby.account.clone().unwrap_or_default(),
            directory(&now.standby_directory),
            standby,
        ),
        switch,
        ttl_secs,
        rto_secs: pair.objectives.rto_secs,
        rpo_secs: pair.objectives.rpo_secs,
        data: before.as_ref().map(|view| data(view, &cohort)).unwrap_or_default(),
        cohort,
        expect: 0,
        with_connected: true,
        approve_flip: false,
        hold_secs: Some(hold_secs),
        patience: Patience::default(),
        precheck: PreCheck {
            run: None,
            outcome: "not made: the primary Region is not asked".to_owned(),
            fail_on: "never".to_owned(),
            overridden: None,
            outside_stranded: 0,
            objections,
        },
        assumptions: assumed,
        steps: Vec::new(),
    };
    plan.steps = steps(&plan);
    plan.id = plan.digest();
    Ok(plan)
}

/// The value that every server that speaks for the zone gives now, and its TTL.
fn recorded(view: &PairView<'_>) -> Result<(String, u32), String> {
    let mut agreed: Option<(String, u32)> = None;
    for answer in view.txt.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        let TxtOutcome::Found { ttl, .. } = answer.outcome else { continue };
        let value = answer.outcome.values().join(", ");
        match &mut agreed {
            Some((known, _)) if *known != value => return Err("its name servers do not agree on it".to_owned()),
            Some((_, longest)) => *longest = (*longest).max(ttl),
            None => agreed = Some((value, ttl)),
        }
    }
    agreed.ok_or_else(|| "no name server told it".to_owned())
}

/// Everybody with a desktop: as the last estate pairs them, with the standby desktops as they are now.
fn cohort(now: &PairView<'_>, before: Option<&PairView<'_>>, hold_secs: u64, assumed: &mut Vec<String>) -> Vec<Member> {
    let symbols = &now.estate.symbols;
    let rows: BTreeMap<&str, _> =
        now.standby.workspaces.items().iter().map(|row| (symbols.text(row.id), row)).collect();
    let text = |sym| symbols.text(sym).to_owned();
    if let Some(before) = before {
        let wants = Wants {
            kind: Kind::Failover,
            production: true,
            cohort: Cohort::Everybody,
            hold_secs: Some(hold_secs),
            expect: Some(0),
            approve_flip: false,
            with_connected: true,
            overridden: None,
            strand: None,
            patience: Patience::default(),
        };
        let mut all = members(before, &wants);
        assumed.push(format!("who has which desktops is as of {}", before.estate.taken_at));
        for member in &mut all {
            match rows.get(member.standby.as_str()) {
                Some(row) => {
                    member.state = text(row.state);
                    member.running_mode = text(row.running_mode);
                }
                // Gone since then; where the list was not read whole, nobody knows.
                None if now.standby.workspaces.gap().is_none() => member.standby.clear(),
                None => {}
            }
        }
        return all;
    }
    let Located::Found { id, .. } = &now.standby_directory else { return Vec::new() };
    let mut all: Vec<Member> = rows
        .values()
        .filter(|row| symbols.text(row.directory) == id)
        .map(|row| Member {
            user: text(row.user),
            primary: String::new(),
            standby: text(row.id),
            state: text(row.state),
            running_mode: text(row.running_mode),
            connected: None,
        })
        .collect();
    all.sort_by(|a, b| (&a.user, &a.standby).cmp(&(&b.user, &b.standby)));
    all
}
