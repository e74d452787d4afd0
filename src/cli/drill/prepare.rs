//! From the configuration to a plan: the scan before it, the record's own estate, who is connected.

use super::asked::Wanted;
use crate::cli::error::{CommandError, Result};
use crate::cli::scan::collected;
use crate::cli::{Globals, exit, runtime, say, settings, state};
use crate::collect::access::Access;
use crate::collect::calls::{Patience, Run as CallRun, Silent};
use crate::collect::limits::Limits;
use crate::drill::draft::{Objections, Wants, draft, members};
use crate::drill::people::Desktops;
use crate::drill::plan::Plan;
use crate::store::drills;
use deskpair_rules::engine::{FailOn, Options, PairRun, Run, evaluate, needed};
use deskpair_rules::meta::Area;
use deskpair_rules::model::settings::{PairSettings, Settings};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A plan with what it was made from.
pub(super) struct Prepared {
    pub(super) plan: Plan,
    pub(super) estate: Estate,
}

/// The only pair that is meant.
pub(super) fn the_pair(globals: &Globals, settings: &Settings) -> Result<PairSettings> {
    let pairs: Vec<&PairSettings> = settings.pairs.iter().filter(|pair| !pair.left_out).collect();
    match pairs.as_slice() {
        [pair] => Ok((*pair).clone()),
        several => {
            let names: Vec<&str> = several.iter().map(|pair| pair.name.as_str()).collect();
            let _ = globals;
            Err(CommandError::usage("which pair? a drill is of one")
                .hint(format!("name it with `--pair NAME`: {}", names.join(", "))))
        }
    }
}

/// Makes a plan: collects, judges, and asks who is connected.
pub(super) fn prepared(globals: &Globals, wanted: &Wanted) -> Result<Prepared> {
    let settings = settings::load(globals)?;
    let pair = the_pair(globals, &settings)?;
    let wants = wanted.wants(&pair.alias)?;
    if !wants.production && pair.drill_alias.is_none() {
        return Err(CommandError::usage(format!("the pair {} has no pilot alias", pair.name))
            .hint("make a second connection alias for drills, associate it like the first, and name it: [pair.drill] alias = \"drill-…\"")
            .hint(format!("or flip the alias that everybody works through: `--production {}`", pair.alias)));
    }
    planned(globals, settings, &pair, &wants, wanted.fail_on(), Access::Aws)
}

/// The same with what is wanted already known, of an AWS that may be a twin of this process.
pub(super) fn planned(
    globals: &Globals,
    mut settings: Settings,
    pair: &PairSettings,
    wants: &Wants,
    fail_on: FailOn,
    access: Access,
) -> Result<Prepared> {
    for other in &mut settings.pairs {
        other.left_out = other.name != pair.name;
    }
    settings.state = Some(globals.state.kind()?);
    settings.drills = Some(
        drills::read(globals.state.objects()?)
            .map_err(|error| state::failed("cannot read the drills that the state knows", error))?,
    );
    say(globals, &format!("Scanning the pair {} before anything is changed.\n", pair.name));
    let options = Options { fail_on, pairs: BTreeSet::from([pair.name.clone()]), ..Options::at(crate::clock::now()) };
    // Whether a drill is due is why one is made.
    let options = without_practice(options, &settings);
    let estate = collected(globals, settings.clone(), &needed(&options, &settings.rules), access.clone(), None)?;
    let pilot = if wants.production { None } else { Some(pilot(globals, &settings, pair, access.clone())?) };
    let run = evaluate(&estate, Options { judged_at: estate.taken_at, ..options });
    let of_record = pilot.as_ref().map(|pilot| {
        let areas = BTreeSet::from([Area::Aliases, Area::Dns]);
        evaluate(pilot, Options { fail_on, areas, ..Options::at(pilot.taken_at) })
    });
    let own = of(&run, &pair.name)?;
    let record = match &of_record {
        Some(of_record) => (of_record, of(of_record, &pair.name)?),
        None => (&run, own),
    };
    let ids: Vec<String> = members(&own.view, wants).into_iter().map(|member| member.primary).collect();
    let connected = connected(&settings, pair, own, &ids, &access, wants.with_connected)?;
    let plan = draft(&run, own, record, &connected, wants).map_err(|objections| refused(pair, objections))?;
    Ok(Prepared { plan, estate })
}

/// Every rule but those that ask after drills.
fn without_practice(options: Options, settings: &Settings) -> Options {
    let asks = ["OPS-001", "OPS-002"];
    let wanted = deskpair_rules::registry()
        .iter()
        .map(|rule| rule.meta())
        .filter(|meta| options.wants(meta, &settings.rules) && !asks.contains(&meta.id))
        .map(|meta| meta.id.to_owned())
        .collect();
    Options { rules: wanted, ..options }
}

fn of<'r, 'e>(run: &'r Run<'e>, pair: &str) -> Result<&'r PairRun<'e>> {
    run.pairs
        .iter()
        .find(|one| one.view.settings.name == pair)
        .ok_or_else(|| CommandError::internal(format!("the pair {pair} was not judged")))
}

/// The pair as its pilot alias has it: aliases and DNS alone.
fn pilot(globals: &Globals, settings: &Settings, pair: &PairSettings, access: Access) -> Result<Estate> {
    let mut settings = settings.clone();
    for own in settings.pairs.iter_mut().filter(|own| own.name == pair.name) {
        own.alias = pair.drill_alias.clone().unwrap_or_default();
        own.drill_alias = None;
    }
    let areas = BTreeSet::from([Area::Aliases, Area::Dns]);
    let wanted: BTreeSet<Dataset> = needed(&Options { areas, ..Options::at(crate::clock::now()) }, &settings.rules);
    collected(&Globals { quiet: true, ..globals.clone() }, settings, &wanted, access, None)
}

/// Who of these is connected on the primary side, by desktop. Where that cannot be read, nobody is taken for signed out.
///
/// # Errors
/// Where it cannot be read, unless people may be connected.
fn connected(
    settings: &Settings,
    pair: &PairSettings,
    own: &PairRun<'_>,
    ids: &[String],
    access: &Access,
    may_be: bool,
) -> Result<BTreeMap<String, bool>> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let run = CallRun::new(
        Limits::new(&settings.limits.services),
        Patience::from(&settings.limits),
        None,
        Arc::new(Silent),
        fastrand::u64(..),
    );
    let account = own.view.primary.account.clone().unwrap_or_default();
    let read = async {
        let desktops = Desktops::new(access, &pair.primary, &Arc::new(run), &account).await;
        match desktops {
            Ok(desktops) => desktops.connections(ids).await.map_err(|gap| gap.message),
            Err(error) => Err(error.to_string()),
        }
    };
    let read = match runtime()?.block_on(read) {
        Ok(read) => read,
        Err(_) if may_be => BTreeMap::new(),
        Err(why) => {
            let told = format!("who of the cohort is connected in {} could not be read", pair.primary.region);
            return Err(CommandError::with_code(exit::INCONCLUSIVE, told)
                .because(why)
                .hint("nothing was changed; `--with-connected` says that people may be"));
        }
    };
    Ok(read.into_iter().filter_map(|(id, one)| Some((id, one.connected?))).collect())
}

fn refused(pair: &PairSettings, objections: Objections) -> CommandError {
    let mut error = CommandError::with_code(
        if objections.code == exit::READY { exit::USAGE } else { objections.code },
        format!("the pair {} cannot be drilled like this", pair.name),
    );
    for why in objections.why {
        error = error.detail(why);
    }
    error.hint("nothing was changed")
}
