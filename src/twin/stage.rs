//! The twin as a whole: AWS and DNS over one world, dependencies beside it, and the configuration that finds them.

use super::buckets::Limits;
use super::dependencies::Endpoints;
use super::dns::{DnsOptions, DnsTwin, Fault, Server, ZoneSource};
use super::faults::FaultRule;
use super::people::{Around, People};
use super::world::World;
use super::{Service, Twin, TwinOptions};
use crate::collect::access::Access;
use crate::config;
use aws_credential_types::Credentials;
use deskpair_rules::model::dns::{DelegationOutcome, ServerKind, TxtAnswer, TxtOutcome, TxtView};
use deskpair_rules::model::settings::{Limits as CallLimits, Settings, SideSettings};
use deskpair_rules::model::{Estate, PairPlaces};
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempPath;

/// The account of an estate whose account could not be told.
const UNTOLD_ACCOUNT: &str = "000000000000";

/// How a stage is set.
#[derive(Clone, Debug)]
pub struct StageOptions {
    /// Where AWS is spoken.
    pub listen: SocketAddr,
    /// Where the zones are answered for.
    pub dns: SocketAddr,
    /// Where names are resolved.
    pub resolver: SocketAddr,
    /// How hard AWS may be asked; the configuration mirrors it.
    pub limits: Limits,
    /// How long every answer takes at least.
    pub latency: Duration,
    /// How many times faster than AWS things come to pass.
    pub time_scale: f64,
    /// What goes wrong.
    pub faults: Vec<FaultRule>,
    /// What is drawn at random is drawn from this.
    pub seed: u64,
    /// Whether people are at work.
    pub people: bool,
    /// Whether the resolver keeps its first answers for ever.
    pub resolver_sticks: bool,
}

impl Default for StageOptions {
    fn default() -> Self {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            listen: any,
            dns: any,
            resolver: any,
            limits: Limits::None,
            latency: Duration::ZERO,
            time_scale: 60.0,
            faults: Vec::new(),
            seed: 1,
            people: false,
            resolver_sticks: false,
        }
    }
}

/// A running twin of an estate.
pub struct Stage {
    /// AWS.
    pub aws: Twin,
    /// DNS.
    pub dns: DnsTwin,
    /// The configuration that finds both.
    pub settings: Settings,
    /// The account whose credentials are handed out.
    pub account: String,
    /// The first pair's primary Region.
    pub region: String,
    /// The file with the DNS servers' trust anchor, which the configuration names.
    anchor: TempPath,
    /// The endpoints of dependencies, for as long as the stage stands.
    _endpoints: Endpoints,
    /// Whoever is at work.
    people: Option<People>,
}

impl Stage {
    /// Starts a twin of an estate.
    ///
    /// # Errors
    /// An address that is not loopback's, or cannot be bound.
    pub async fn start(estate: &Estate, options: StageOptions) -> io::Result<Self> {
        let account = account_of(estate, estate.pairs.first());
        let mut settings = settings_for(estate, &account, options.limits);
        let endpoints = Endpoints::start(estate, &mut settings).await?;
        let mut world = World::from_estate(estate);
        world.clock = world.clock.scaled(options.time_scale);
        let aws = Twin::start(
            world,
            TwinOptions {
                listen: options.listen,
                limits: options.limits,
                latency: options.latency,
                faults: options.faults,
                seed: options.seed,
            },
        )
        .await?;
        let mut dns_options =
            DnsOptions { resolver: options.resolver, sticks: options.resolver_sticks, ..DnsOptions::default() };
        dns_options.authoritative = authoritative(estate, options.dns);
        let source = aws.zones();
        let dns = DnsTwin::start(Arc::clone(&source), dns_options).await?;
        repeat_answers(estate, &dns, source.as_ref());
        let people = options.people.then(|| {
            let around = Around {
                world: aws.world(),
                faults: aws.fault_switch(),
                resolver: dns.resolver,
                seed: options.seed,
                time_scale: options.time_scale,
            };
            People::start(estate, &settings, &around)
        });
        let region = settings.pairs.first().map(|pair| pair.primary.region.clone()).unwrap_or_default();
        let mut anchor = tempfile::Builder::new().prefix("deskpair-twin-").suffix(".key").tempfile()?;
        anchor.write_all(dns.trust_anchor().as_bytes())?;
        let mut stage = Self {
            aws,
            dns,
            settings,
            account,
            region,
            anchor: anchor.into_temp_path(),
            _endpoints: endpoints,
            people,
        };
        for pair in &mut stage.settings.pairs {
            pair.dns.trust_anchor = Some(stage.anchor.display().to_string());
            pair.dns.authoritative = stage.dns.authoritative.iter().map(ToString::to_string).collect();
            pair.dns.parent = vec![stage.dns.parent.to_string()];
            pair.dns.resolvers = vec!["authoritative".to_owned(), stage.dns.resolver.to_string()];
        }
        Ok(stage)
    }

    /// AWS's URL.
    pub fn endpoint(&self) -> String {
        self.aws.endpoint()
    }

    /// The name servers, for people.
    pub fn dns_text(&self) -> String {
        let servers: Vec<String> = self.dns.authoritative.iter().map(ToString::to_string).collect();
        format!("{} (a resolver at {})", servers.join(" and "), self.dns.resolver)
    }

    /// How the twin is reached from this process, without a setting of the user's.
    pub fn access(&self) -> Access {
        let key = super::access_key(&self.account);
        let credentials = Credentials::new(key, super::secret_key(), None, None, "deskpair-twin");
        Access::Local { endpoint: self.endpoint(), credentials }
    }

    /// The configuration as a file.
    pub fn config_text(&self) -> String {
        config::write(&self.settings)
    }

    /// Stops serving.
    pub async fn stop(self) {
        if let Some(people) = self.people {
            people.stop().await;
        }
        self.dns.stop().await;
        self.aws.stop().await;
    }
}

/// The most authoritative servers of a stage.
const MOST_SERVERS: usize = 8;

/// The addresses of the authoritative servers: as many as an estate has answers of such servers for one name, two at least. The loopback
/// addresses between are the parent's and that of the server that holds no zone.
fn authoritative(estate: &Estate, first: SocketAddr) -> Vec<SocketAddr> {
    let answers = estate.txt.iter().map(|view| authorities(view).count());
    let count = answers.max().unwrap_or_default().clamp(2, MOST_SERVERS);
    let others = [2_u8, 5, 6, 7, 8, 9, 10].map(|last| SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0)));
    std::iter::once(first).chain(others).take(count).collect()
}

fn authorities(view: &TxtView) -> impl Iterator<Item = &TxtAnswer> {
    view.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative)
}

/// Has the servers say what those of the estate said where it is not what the zones hold, and fail as those did.
fn repeat_answers(estate: &Estate, dns: &DnsTwin, source: &dyn ZoneSource) {
    for at in 0..dns.authoritative.len() {
        dns.set_fault(Server::Authoritative(at), recorded_fault(estate, at));
    }
    let lame = estate.txt.iter().flat_map(|view| view.delegation.items()).find_map(|answer| match answer.outcome {
        DelegationOutcome::ServFail => Some(Fault::ServFail),
        DelegationOutcome::Timeout => Some(Fault::Silent),
        DelegationOutcome::Unreachable(_) if !answer.server.is_empty() => Some(Fault::Silent),
        _ => None,
    });
    dns.set_fault(Server::Lame, lame);
    for view in &estate.txt {
        for (at, answer) in authorities(view).enumerate().take(dns.authoritative.len()) {
            dns.repeat(source, Server::Authoritative(at), &view.name, answer);
        }
        // One that gave an older record may have remembered it rightly; one that still gave it when it was asked again had not.
        let mut resolvers = view.answers.items().iter().filter(|answer| answer.kind != ServerKind::Authoritative);
        let lasting = |answer: &&TxtAnswer| {
            !matches!(answer.outcome, TxtOutcome::Found { .. })
                || answer.authoritative
                || answer.asked_again_after.is_some()
        };
        if let Some(answer) = resolvers.next().filter(lasting) {
            dns.repeat(source, Server::Resolver, &view.name, answer);
        }
    }
}

/// How an authoritative server misbehaved when the estate was taken: what the answers of the server in this place had in common, over all
/// names that were asked for. One that failed for some of the names alone answers from its zones, as it did for the others.
fn recorded_fault(estate: &Estate, at: usize) -> Option<Fault> {
    let mut faults =
        estate.txt.iter().filter_map(|view| authorities(view).nth(at).map(|answer| fault_of(&answer.outcome)));
    let first = faults.next()?;
    if faults.all(|fault| fault == first) { first } else { None }
}

fn fault_of(outcome: &TxtOutcome) -> Option<Fault> {
    match outcome {
        TxtOutcome::Refused => Some(Fault::Refused),
        TxtOutcome::ServFail => Some(Fault::ServFail),
        TxtOutcome::Timeout | TxtOutcome::Unreachable(_) => Some(Fault::Silent),
        TxtOutcome::Found { .. }
        | TxtOutcome::NxDomain { .. }
        | TxtOutcome::NoData { .. }
        | TxtOutcome::Cname { .. }
        | TxtOutcome::Referral { .. }
        | TxtOutcome::Wrong(_) => None,
    }
}

fn account_of(estate: &Estate, places: Option<&PairPlaces>) -> String {
    places
        .and_then(|places| estate.sides.get(places.primary as usize))
        .and_then(|side| side.account.clone().ok())
        .unwrap_or_else(|| UNTOLD_ACCOUNT.to_owned())
}

/// The estate's configuration, with the twin's accounts in place of the user's profiles and roles, and its limits mirrored.
fn settings_for(estate: &Estate, account: &str, limits: Limits) -> Settings {
    let mut settings = estate.settings.clone();
    let role = |wanted: &Result<String, _>| match wanted {
        Ok(wanted) if wanted != account => Some(format!("arn:aws:iam::{wanted}:role/deskpair-scan")),
        Ok(_) | Err(_) => None,
    };
    for (pair, places) in settings.pairs.iter_mut().zip(&estate.pairs) {
        for (side, at) in [(&mut pair.primary, places.primary), (&mut pair.standby, places.standby)] {
            let account = &estate.sides[at as usize].account;
            *side = SideSettings { profile: None, external_id: None, role_arn: role(account), ..side.clone() };
        }
        pair.dns.profile = None;
        pair.dns.external_id = None;
        pair.dns.role_arn = role(&estate.zones[places.zones as usize].account);
    }
    settings.limits = match limits {
        Limits::Aws => CallLimits::default(),
        Limits::None => CallLimits {
            services: Service::ALL.map(|service| (service.signing_name().to_owned(), None)).into(),
            ..CallLimits::default()
        },
    };
    settings
}
