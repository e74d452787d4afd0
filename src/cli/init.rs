//! `deskpair init`: a first configuration from what is there.

use super::error::{CommandError, Result};
use super::scan::collected;
use super::twin::parse_time;
use super::{Globals, exit, print};
use crate::collect::access::Access;
use crate::config::{WORKSPACES_REGIONS, check, known_rules};
use crate::output::Output;
use crate::propose::{Candidate, Proposal, Remarks, Told, candidates, proposals, text};
use clap::Args;
use deskpair_reports::text::{counted, line};
use deskpair_rules::model::dns::TxtOutcome;
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::settings::{DnsProvider, DnsSettings, PairSettings, Settings, SideSettings};
use deskpair_rules::model::{Dataset, Estate, GapCause};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::time::Duration;

/// Look through Regions for connection aliases and write a commented deskpair.toml that `scan` takes as it is
#[derive(Debug, Args)]
#[command(after_help = "\
It reads connection aliases, directories, file systems and hosted zones, and changes nothing. An alias that
is in two Regions is a pair; its TXT record says which of them people work in. The file is written to -c FILE, and never over another.

Examples:
  deskpair init                                             every Region that has WorkSpaces
  deskpair init --region us-east-1,us-west-2 --profile euc  two of them, as somebody
  deskpair -c emea.toml init --region eu-west-1,eu-central-1")]
pub(super) struct Init {
    /// Look only in this Region; may be given several times
    #[arg(long, value_name = "REGION", value_delimiter = ',')]
    region: Vec<String>,
    /// A profile of the AWS configuration files
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// A role to assume
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,
    /// The external id that the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    external_id: Option<String>,
    /// Who is asked for TXT records, and stands in the file: an IP address, with or without a port; may be given several times
    #[arg(long, value_name = "ADDR", value_delimiter = ',')]
    resolver: Vec<String>,
    /// A Region of the partition to look in, where none is named
    #[arg(long, value_name = "REGION", env = "AWS_REGION", hide = true)]
    home: Option<String>,
    /// Write over the file that is there
    #[arg(long)]
    force: bool,
    /// Stop asking AWS after this long
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "5m")]
    deadline: Duration,
}

impl Init {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let path = &globals.config;
        if path.exists() && !self.force {
            return Err(CommandError::usage(format!("{} is there already", path.display()))
                .hint("name another file with `-c FILE`, or write over it with `--force`"));
        }
        let regions = self.regions()?;
        let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
            CommandError::internal(format!("cannot write {}", path.display()))
                .because(error)
                .hint("name another file with `-c FILE`, in a folder that is there and has room")
        };
        let mut output = Output::open(path).map_err(|error| unwritable(error.into()))?;

        let wanted = [Dataset::Aliases, Dataset::Registrations, Dataset::FileSystems];
        let seen = self.ask(globals, self.chained(&regions), &wanted)?;
        let (found, single): (Vec<Candidate>, Vec<Candidate>) =
            candidates(&seen).into_iter().partition(|candidate| candidate.places.len() > 1);
        let mut remarks = Remarks { unseen: unseen(&seen), beside: beside(&seen, &single, &found) };
        if found.is_empty() {
            return Err(nothing(&remarks, &regions));
        }

        let mut proposed = self.told(globals, &seen, &found, &mut remarks)?;
        for proposal in &mut proposed {
            proposal.pair.dns.resolvers.clone_from(&self.resolver);
        }
        let text = text(&proposed, &remarks);
        // What is written is what `scan` takes.
        check(&text, &path.display().to_string(), &known_rules()).map_err(|error| {
            CommandError::internal("the proposed configuration is not in order").because(error.to_string())
        })?;
        output.write_all(text.as_bytes()).map_err(|error| unwritable(error.into()))?;
        output.commit().map_err(|error| unwritable(error.into()))?;
        self.summarise(globals, &proposed, &remarks)?;
        Ok(exit::READY)
    }

    fn summarise(&self, globals: &Globals, proposed: &[Proposal], remarks: &Remarks) -> Result<()> {
        let path = globals.config.display();
        let mut told = format!("{path}: {}\n", counted(proposed.len() as u64, "pair", "pairs"));
        for Proposal { pair, order, .. } in proposed {
            let (primary, standby) = (&pair.primary.region, &pair.standby.region);
            told.push_str(&format!("  {}  {}  {primary} → {standby}\n", pair.name, line(&pair.alias)));
            if order.starts_with("CHECK") {
                told.push_str(&format!("    {}\n", line(order)));
            }
        }
        for (title, lines) in [("Seen, and in no pair:", &remarks.beside), ("Not seen:", &remarks.unseen)] {
            if !lines.is_empty() {
                told.push_str(&format!("{title}\n"));
                lines.iter().for_each(|text| told.push_str(&format!("  {}\n", line(text))));
            }
        }
        let option = if globals.config.as_os_str() == "deskpair.toml" { String::new() } else { format!(" -c {path}") };
        told.push_str(&format!("Read it, then: deskpair{option} scan --plan\n"));
        if globals.quiet { Ok(()) } else { print(&told) }
    }

    /// The Regions to look in: those of the partition that the default Region belongs to.
    fn regions(&self) -> Result<Vec<String>> {
        if !self.region.is_empty() {
            let mut regions = self.region.clone();
            regions.sort();
            regions.dedup();
            if regions.len() < 2 {
                return Err(CommandError::usage("a pair has two Regions")
                    .hint("name two at least: `--region us-east-1,us-west-2`"));
            }
            return Ok(regions);
        }
        let home = self.home.as_deref().unwrap_or_default();
        let partition = |region: &str| match region {
            region if region.starts_with("us-gov-") => 1,
            region if region.starts_with("cn-") => 2,
            _ => 0,
        };
        let regions: Vec<String> = WORKSPACES_REGIONS
            .iter()
            .filter(|region| partition(region) == partition(home))
            .map(|region| (*region).to_owned())
            .collect();
        if regions.len() < 2 {
            return Err(CommandError::usage(format!(
                "there are no two Regions with WorkSpaces in the partition of {home}"
            )));
        }
        Ok(regions)
    }

    fn side(&self, region: &str) -> SideSettings {
        SideSettings {
            region: region.to_owned(),
            profile: self.profile.clone(),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            directory: None,
        }
    }

    /// Settings by which each of these Regions is read once: what is a pair is not known yet.
    fn chained(&self, regions: &[String]) -> Settings {
        let next = regions.iter().cycle().skip(1);
        let pair = |(number, (one, other)): (usize, (&String, &String))| PairSettings {
            name: format!("look-{number}"),
            primary: self.side(one),
            standby: self.side(other),
            dns: DnsSettings { provider: DnsProvider::None, ..DnsSettings::default() },
            ..PairSettings::default()
        };
        Settings { pairs: regions.iter().zip(next).enumerate().map(pair).collect(), ..Settings::default() }
    }

    fn ask(&self, globals: &Globals, settings: Settings, wanted: &[Dataset]) -> Result<Estate> {
        collected(globals, settings, &wanted.iter().copied().collect(), Access::Aws, Some(self.deadline))
    }

    /// The pairs, in the order that their TXT records tell: as Route 53 has them, else as name servers answer.
    fn told(
        &self,
        globals: &Globals,
        seen: &Estate,
        found: &[Candidate],
        remarks: &mut Remarks,
    ) -> Result<Vec<Proposal>> {
        let pair = |candidate: &Candidate, provider: DnsProvider| {
            let mut regions = candidate.places.keys().map(|at| seen.sides[*at].place.region.as_str());
            let (one, other) = (regions.next().unwrap_or_default(), regions.next().unwrap_or_default());
            PairSettings {
                name: candidate.alias.clone(),
                alias: candidate.alias.clone(),
                primary: self.side(one),
                standby: self.side(other),
                dns: DnsSettings { provider, resolvers: self.resolvers(), ..DnsSettings::default() },
                ..PairSettings::default()
            }
        };
        let pairs = found.iter().map(|candidate| pair(candidate, DnsProvider::Route53)).collect();
        let zones = self.ask(globals, Settings { pairs, ..Settings::default() }, &[Dataset::RecordSets])?;
        remarks.unseen.extend(unseen(&zones));
        let mut told: BTreeMap<&str, (Option<Told>, Option<String>)> = BTreeMap::new();
        for candidate in found {
            told.insert(&candidate.alias, held(&zones, &candidate.alias));
        }
        let open: Vec<&Candidate> =
            found.iter().filter(|candidate| told[candidate.alias.as_str()].0.is_none()).collect();
        if !open.is_empty() {
            let pairs = open.iter().map(|candidate| pair(candidate, DnsProvider::None)).collect();
            let answers = self.ask(globals, Settings { pairs, ..Settings::default() }, &[Dataset::Txt])?;
            for candidate in open {
                if let Some((answered, _)) = told.get_mut(candidate.alias.as_str()) {
                    *answered = answer(&answers, &candidate.alias);
                }
            }
        }
        let mut taken = BTreeSet::new();
        let mut proposed = Vec::new();
        for candidate in found {
            let (told, zone) = &told[candidate.alias.as_str()];
            for mut proposal in proposals(seen, candidate, told.as_ref(), &mut taken) {
                match zone {
                    Some(zone) => {
                        proposal.pair.dns.provider = DnsProvider::Route53;
                        proposal.zone = format!("The Route 53 zone {zone} encloses the alias's name.");
                    }
                    None => {
                        proposal.zone = "No Route 53 zone that could be seen encloses the alias's name: name the provider, where \
                                         it is rfc2136, a command, or Route 53 in another account (profile or role_arn)."
                            .to_owned();
                    }
                }
                proposed.push(proposal);
            }
        }
        Ok(proposed)
    }

    fn resolvers(&self) -> Vec<String> {
        if self.resolver.is_empty() {
            vec!["authoritative".to_owned(), "system".to_owned()]
        } else {
            self.resolver.clone()
        }
    }
}

/// What Route 53 has at an alias's name, and the zone that encloses it: the one with the longest name.
fn held(estate: &Estate, alias: &str) -> (Option<Told>, Option<String>) {
    let mut zone: Option<(&str, &str)> = None;
    let mut told = None;
    for book in &estate.zones {
        for known in book.zones.items() {
            let name = known.name.trim_end_matches('.');
            let encloses = alias == name || alias.ends_with(&format!(".{name}"));
            if !encloses || zone.is_some_and(|(longest, _)| longest.len() > name.len()) {
                continue;
            }
            zone = Some((name, &known.id));
            let sets = book.record_sets.get(&known.id).map(|sets| sets.items()).unwrap_or_default();
            let here =
                |set: &&deskpair_rules::model::route53::RecordSet| set.r#type == "TXT" && dns_name(&set.name) == alias;
            // Of a failover pair the primary's.
            let set = sets.iter().filter(here).find(|set| set.failover != "SECONDARY");
            if let Some(value) = set.and_then(|set| set.resource_records.first()) {
                told = Some(Told {
                    value: value.trim_matches('"').to_owned(),
                    by: format!("the zone {name} ({})", known.id),
                });
            }
        }
    }
    (told, zone.map(|(name, id)| format!("{name} ({id})")))
}

/// What a name server answers for an alias.
fn answer(estate: &Estate, alias: &str) -> Option<Told> {
    let view = estate.txt.iter().find(|view| view.name == alias)?;
    view.answers.items().iter().find_map(|answer| match &answer.outcome {
        TxtOutcome::Found { records, .. } => match records.as_slice() {
            [one] => Some(Told { value: one.concat(), by: format!("the name server {}", answer.server) }),
            _ => None,
        },
        _ => None,
    })
}

/// What was seen and is in no pair: aliases of one Region, and directories that no alias of a pair leads to.
fn beside(seen: &Estate, single: &[Candidate], found: &[Candidate]) -> Vec<String> {
    let mut beside: Vec<String> = single
        .iter()
        .filter_map(|candidate| {
            let at = candidate.places.keys().next()?;
            let region = &seen.sides[*at].place.region;
            Some(format!("the connection alias {} is in {region} alone: it has no standby", candidate.alias))
        })
        .collect();
    let covered: BTreeSet<(usize, &str)> = found
        .iter()
        .chain(single)
        .flat_map(|candidate| candidate.places.iter())
        .filter_map(|(at, place)| Some((*at, place.as_ref()?.resource_id.as_str())))
        .collect();
    for (at, side) in seen.sides.iter().enumerate() {
        for known in side.registrations.items() {
            if !covered.contains(&(at, known.directory_id.as_str())) {
                let (id, name, region) = (&known.directory_id, &known.directory_name, &side.place.region);
                beside.push(format!("the directory {id} ({name}) in {region}: no connection alias leads to it"));
            }
        }
    }
    beside
}

/// What could not be read, each kind of trouble once.
fn unseen(estate: &Estate) -> Vec<String> {
    let gaps = estate.gaps.iter().filter(|gap| gap.cause != GapCause::NotCollected);
    let told: BTreeSet<String> = gaps.map(ToString::to_string).collect();
    told.into_iter().collect()
}

fn nothing(remarks: &Remarks, regions: &[String]) -> CommandError {
    let mut error =
        CommandError::usage(format!("no connection alias is in two of these Regions: {}", regions.join(", ")));
    for text in &remarks.beside {
        error = error.detail(format!("seen: {}", line(text)));
    }
    for text in &remarks.unseen {
        error = error.detail(format!("not seen: {}", line(text)));
    }
    error
        .hint("look in the Regions and the account that have them: `--region`, `--profile`, `--role-arn`")
        .hint("README.md has a short configuration to begin with; `deskpair schema config` describes the rest")
}
