//! `deskpair failover` and `deskpair failback`: the real day.

use super::asked::Steering;
use super::evidence;
use super::going::{attached, freed, pair_of};
use super::plan::shown;
use super::prepare::{Prepared, planned, the_pair};
use super::run::{again, aliased, begin, finished, whole};
use super::status::chosen;
use crate::cli::error::{CommandError, Result};
use crate::cli::remediate::confirmed;
use crate::cli::scan::collected;
use crate::cli::state::{failed, find, parse_state, ready_to_keep};
use crate::cli::twin::{parse_time, read_estate};
use crate::cli::{Globals, columns, exit, print, runtime, say, settings};
use crate::collect::access::Access;
use crate::drill::draft::{Cohort, Wants};
use crate::drill::executor::Ground;
use crate::drill::machine::{Ending, Event, State};
use crate::drill::plan::Patience;
use crate::drill::unaided::{self, Unaided, without_primary};
use crate::store::Objects;
use crate::store::evidence::ESTATE;
use crate::store::objects::Created;
use clap::Args;
use deskpair_reports::drill::record::Kind;
use deskpair_rules::engine::FailOn;
use deskpair_rules::model::settings::{PairSettings, Settings};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Where the journal is kept where the state does not answer: in the folder where the command is run.
const LOCAL: &str = ".deskpair-failover";

/// Send everybody to the standby Region: for the real day. It asks the primary Region nothing, and does not come back by itself
#[derive(Debug, Args)]
#[command(after_help = "\
What the primary Region would tell is taken from the last estate that the state knows, or from --estate, and the plan says what is assumed.
Standby desktops are started, the record is changed, and people are watched until everybody is there or the time is over.

Examples:
  deskpair failover --dry-run                     what it would do, and what it has to assume
  deskpair failover --yes
  deskpair failover --estate estate.jsonl.zst
  deskpair failover --resume                      go on after a crash")]
pub(in crate::cli) struct Failover {
    /// What is known of the primary Region; the last estate of the state unless it is named
    #[arg(long, value_name = "FILE")]
    estate: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

/// Send everybody back to the primary Region after a failover, by a plan of its own
#[derive(Debug, Args)]
#[command(after_help = "\
Both Regions are scanned first. Work that people have saved on the drives of standby desktops is not carried back.

Examples:
  deskpair failback --dry-run
  deskpair failback")]
pub(in crate::cli) struct Failback {
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Show the plan, and end
    #[arg(long)]
    dry_run: bool,
    /// Go on with one whose process is gone, or that did not come to its end: by its id, or the last one
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "", conflicts_with = "dry_run")]
    resume: Option<String>,
    /// How long people are watched
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "30m", conflicts_with = "resume")]
    hold: Duration,
    #[command(flatten)]
    steering: Steering,
}

impl Failover {
    pub(in crate::cli) fn run(&self, globals: &Globals) -> Result {
        let globals = &reachable(globals)?;
        if let Some(id) = &self.common.resume {
            return self.common.go_on(globals, id, Kind::Failover);
        }
        let folder = self.common.folder()?;
        let settings = settings::load(globals)?;
        let pair = the_pair(globals, &settings)?;
        let known = self.known(globals, &pair)?;
        say(
            globals,
            &format!(
                "Reading the standby Region {}, Route 53 and name servers; the primary Region is not asked.\n",
                pair.standby.region
            ),
        );
        let live = live(globals, settings.clone(), &pair)?;
        let unaided =
            Unaided { live: &live, known: known.as_ref(), pair: &pair, hold_secs: self.common.hold.as_secs() };
        let plan = unaided::failover(&unaided).map_err(|why| {
            let mut error =
                CommandError::with_code(exit::INCONCLUSIVE, format!("there is no plan of a failover of {}", pair.name));
            for why in why {
                error = error.detail(why);
            }
            error.hint("nothing was changed; the record can be changed by hand: `deskpair explain DNS-003` tells how")
        })?;
        let estate = known.unwrap_or(live);
        self.common.does(globals, &settings, pair, Prepared { plan, estate }, folder)
    }

    /// What is known of the primary Region: a file, or the last run of the state.
    fn known(&self, globals: &Globals, pair: &PairSettings) -> Result<Option<Estate>> {
        if let Some(path) = &self.estate {
            return read_estate(path).map(|(estate, _)| Some(estate));
        }
        let Ok(folder) = find(globals, "last") else {
            say(
                globals,
                "note: the state has no estate of the primary Region; what it would tell is assumed, or not known\n",
            );
            return Ok(None);
        };
        let (estate, _) = read_estate(&folder.join(ESTATE))?;
        let has = estate.settings.pairs.iter().any(|own| own.name == pair.name && !own.left_out);
        if !has {
            say(globals, &format!("note: the state's last estate is without the pair {}\n", pair.name));
        }
        Ok(has.then_some(estate))
    }
}

impl Failback {
    pub(in crate::cli) fn run(&self, globals: &Globals) -> Result {
        adopt(globals)?;
        if let Some(id) = &self.common.resume {
            return self.common.go_on(globals, id, Kind::Failback);
        }
        let folder = self.common.folder()?;
        let settings = settings::load(globals)?;
        let pair = the_pair(globals, &settings)?;
        let wants = Wants {
            kind: Kind::Failback,
            production: true,
            cohort: Cohort::Everybody,
            hold_secs: Some(self.common.hold.as_secs()),
            expect: Some(0),
            approve_flip: false,
            with_connected: true,
            overridden: Some("it is a failback".to_owned()),
            strand: None,
            patience: Patience::default(),
        };
        let prepared = planned(globals, settings.clone(), &pair, &wants, FailOn::Never, Access::Aws)?;
        self.common.does(globals, &settings, pair, prepared, folder)
    }
}

impl Common {
    fn folder(&self) -> Result<Option<evidence::Folder>> {
        if self.dry_run { Ok(None) } else { evidence::Folder::open(&self.steering.output).map(Some) }
    }

    fn does(
        &self,
        globals: &Globals,
        settings: &Settings,
        pair: PairSettings,
        prepared: Prepared,
        folder: Option<evidence::Folder>,
    ) -> Result {
        print(&shown(&prepared.plan, columns::of_stdout()))?;
        let Some(folder) = folder else { return Ok(exit::READY) };
        let _state = ready_to_keep(globals)?;
        let question =
            format!("Send everybody to {} now, by the record of {}?", prepared.plan.destination(), prepared.plan.alias);
        if !confirmed(&question, self.steering.yes)? {
            say(globals, "Declined: nothing was changed.\n");
            return Ok(exit::DECLINED);
        }
        begin(globals, settings, pair, &prepared, &self.steering, folder)
    }

    fn go_on(&self, globals: &Globals, id: &str, kind: Kind) -> Result {
        let objects = globals.state.objects()?;
        let settings = settings::load(globals)?;
        let (id, plan, live) = chosen(objects, Some(id).filter(|id| !id.is_empty()))?;
        if plan.kind != kind {
            return Err(CommandError::usage(format!("{id} is a {}, and no {}", plan.kind.as_str(), kind.as_str())));
        }
        if live.situation.state == State::Ended(Ending::Done) {
            freed(objects, &plan)?;
            say(globals, &format!("{id} came to its end.\n"));
            return Ok(exit::READY);
        }
        let folder = evidence::Folder::open(&self.steering.output)?;
        print(&super::status::shown(&id, &plan, &live))?;
        if !confirmed(&format!("Go on with the {}?", kind.as_str()), self.steering.yes)? {
            say(globals, "Declined: nothing was changed.\n");
            return Ok(exit::DECLINED);
        }
        let pair = pair_of(&settings, &plan)?;
        let runtime = runtime()?;
        let (given, _) = again(objects, &runtime, &self.steering, globals.state.shared()?, &id)?;
        let estate = attached(&given.journal);
        let ground = Ground { runtime: &runtime, settings: &settings, pair: aliased(pair, &plan), access: Access::Aws };
        let ended = whole(globals, &ground, given, [Event::Resumed])?;
        finished(globals, objects, &plan, &ended, estate.as_ref(), folder)
    }
}

/// What a failover reads before its plan.
pub(in crate::cli) fn unaided_reads() -> BTreeSet<Dataset> {
    BTreeSet::from([
        Dataset::Directories,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::Workspaces,
        Dataset::Txt,
        Dataset::Zones,
        Dataset::ZoneDetails,
        Dataset::RecordSets,
        Dataset::HealthChecks,
    ])
}

/// The standby side, Route 53 and name servers as they are now. The primary Region is not asked.
fn live(globals: &Globals, settings: Settings, pair: &PairSettings) -> Result<Estate> {
    // Whoever does not answer is not waited for as long as a scan would.
    collected(
        globals,
        without_primary(settings, &pair.name),
        &unaided_reads(),
        Access::Aws,
        Some(Duration::from_secs(180)),
    )
}

/// How long the state may take to answer, before the journal is kept here.
const STORE: Duration = Duration::from_secs(10);

/// The state, or a folder here where it does not answer: a failover waits for no store.
fn reachable(globals: &Globals) -> Result<Globals> {
    if globals.state.folder().is_some() {
        globals.state.objects()?;
        adopt(globals)?;
        return Ok(globals.clone());
    }
    let (say_so, answered) = std::sync::mpsc::channel();
    let state = globals.state.clone();
    // One that hangs is left to itself.
    std::thread::spawn(move || {
        let ready = state
            .shared()
            .and_then(|objects| objects.ready().map(drop).map_err(|error| failed("the state does not answer", error)));
        let _ = say_so.send(ready.map_err(|error| error.to_string()));
    });
    let why = match answered.recv_timeout(STORE) {
        Ok(Ok(())) => {
            adopt(globals)?;
            return Ok(globals.clone());
        }
        Ok(Err(why)) => why,
        Err(_) => format!("it gave no answer in {} s", STORE.as_secs()),
    };
    say(
        globals,
        &format!(
            "note: the state {} cannot be used: {why}\nnote: the journal is kept in {LOCAL} here; it is put in the state when that answers again\n",
            globals.state
        ),
    );
    let state = parse_state(LOCAL.into()).map_err(CommandError::internal)?;
    Ok(Globals { state, ..globals.clone() })
}

/// Puts what was kept here in the state.
pub(super) fn adopt(globals: &Globals) -> Result<()> {
    let local = Path::new(LOCAL);
    if globals.state.folder() == Some(local) || !local.is_dir() {
        return Ok(());
    }
    let from = parse_state(LOCAL.into()).map_err(CommandError::internal)?;
    let (from, to) = (from.objects()?, globals.state.objects()?);
    let taken =
        moved(from, to).map_err(|error| failed(format!("cannot put what {LOCAL} has in {}", globals.state), error))?;
    if taken {
        say(globals, &format!("note: what {LOCAL} had is in {} now; the folder can go\n", globals.state));
    }
    Ok(())
}

/// Copies journals and locks; whether any was new.
fn moved(from: &dyn Objects, to: &dyn Objects) -> std::result::Result<bool, crate::store::StoreError> {
    let mut any = false;
    for folder in ["drill-journals", "drills", "failovers"] {
        let known: BTreeSet<String> = to.list(folder)?.into_iter().collect();
        for key in from.list(folder)?.into_iter().filter(|key| !known.contains(key)) {
            if let Some(bytes) = from.get(&key)? {
                any |= to.create(&key, &bytes)? == Created::Made;
            }
        }
    }
    Ok(any)
}
