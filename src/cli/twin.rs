//! `deskpair twin`: a local AWS and DNS to rehearse on.

use super::error::{CommandError, Result};
use super::signals::Signals;
use super::{Globals, exit, print, runtime, say, warn};
use crate::store::estate_file;
use crate::twin;
use crate::twin::buckets::Limits;
use crate::twin::fault_file::{FaultFile, FaultFileError};
use crate::twin::faults::FaultRule;
use crate::twin::sample::{self, Drift, SampleOptions};
use crate::twin::stage::{Stage, StageOptions};
use clap::{Args, ValueEnum};
use deskpair_rules::model::Estate;
use std::fmt::Write as _;
use std::fs::File;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Serve an estate on loopback: AWS's protocols and DNS, to rehearse on before touching AWS
#[derive(Debug, Args)]
#[command(after_long_help = "\
Once it is ready it prints shell lines: credentials, DESKPAIR_CONFIG, and AWS_ENDPOINT_URL last. It then serves until a signal.

A fault is written 'REGION|* SERVICE:OPERATION|* KIND [SHARE]'; KIND is one of AccessDenied, Throttle, Latency, Drop, Malformed, Partial,
Down, Internal, HangBefore, HangAfter, and may say which calls it strikes: Drop#3, Drop#3.., Drop#2..4. 'us-east-1 * Down' takes the whole Region away,
Route 53's changes with it. --faults-from FILE has one fault a line and is read again whenever it changes, so that a Region can go and come
back while the twin serves; a file with a wrong line changes nothing, and a warning says which.

With --people the users of each alias ask the twin's resolver for its TXT record and work on the WorkSpace in the directory that it leads to:
DescribeWorkspacesConnectionStatus shows them. When the record leads elsewhere, or their Region goes away, they reconnect within 30 seconds to 3
minutes of the twin's time (see --time-scale). A stopped AUTO_STOP WorkSpace starts when its user comes, and stops when the user has been gone for
its time. --pilot gives the made-up company a pilot alias, drill-desktop.norhaven.example, with a TTL of 5 seconds, whose 12 users' primary
WorkSpaces have the tag deskpair-drill=yes. The resolver's TTLs are seconds of the clock on the wall; --resolver-sticks ignores them.

Examples:
  deskpair twin > twin.env &  sleep 1; . ./twin.env; deskpair scan; aws workspaces describe-workspaces
  deskpair twin --estate deskpair-report/estate.jsonl.zst --fault 'us-west-2 workspaces:* AccessDenied'
  deskpair twin --pilot --people --drift none --faults-from faults.txt > twin.env &
  echo 'us-east-1 * Down' > faults.txt; sleep 10; : > faults.txt
  deskpair twin --desktops 24 --drift IMG-001,IPG-005,DNS-002 > twin.env &
  deskpair twin --desktops 10000 --drift none --no-serve --save clean.jsonl.zst")]
pub(super) struct Twin {
    /// Serve this estate
    #[arg(long, value_name = "FILE", conflicts_with_all = ["desktops", "drift"])]
    estate: Option<PathBuf>,
    /// Serve a made-up company with this many people
    #[arg(long, value_name = "N", default_value_t = 500)]
    desktops: u32,
    /// What the made-up company, page tokens and the shares of faults are drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How its standby has rotted: none, sample, or the rules whose drifts are planted, with commas between them
    #[arg(long, value_name = "none|sample|RULE,…", default_value = "sample")]
    drift: String,
    /// Give the made-up company a pilot alias for drills, and tag its users' desktops deskpair-drill=yes
    #[arg(long, conflicts_with = "estate")]
    pilot: bool,
    /// Where to speak AWS; loopback only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where to answer for the zones; loopback only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    dns: SocketAddr,
    /// Where to resolve, with a cache; loopback only
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    resolver: SocketAddr,
    /// How hard it may be asked
    #[arg(long, value_enum, default_value_t = LimitsFlag::None)]
    limits: LimitsFlag,
    /// How long every answer takes at least
    #[arg(long, value_name = "TIME", value_parser = parse_time, default_value = "0ms")]
    latency: Duration,
    /// How many times faster than AWS things come to pass
    #[arg(long, value_name = "TIMES", default_value_t = 60.0)]
    time_scale: f64,
    /// What goes wrong; may be given several times
    #[arg(long, value_name = "FAULT")]
    fault: Vec<FaultRule>,
    /// More of what goes wrong: a file with one fault a line and # comments, read again whenever it changes
    #[arg(long, value_name = "FILE")]
    faults_from: Option<PathBuf>,
    /// Have people at work, who reconnect where the aliases' TXT records lead them
    #[arg(long)]
    people: bool,
    /// Have the resolver keep its first answers for ever, whatever their TTL
    #[arg(long)]
    resolver_sticks: bool,
    /// Where to write the configuration that fits it; a temporary file unless named
    #[arg(long, value_name = "FILE")]
    write_config: Option<PathBuf>,
    /// Save the estate to a file
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Do not serve: save or write the configuration, and end
    #[arg(long)]
    no_serve: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LimitsFlag {
    /// As AWS limits them
    Aws,
    /// Not at all
    None,
}

impl From<LimitsFlag> for Limits {
    fn from(flag: LimitsFlag) -> Self {
        match flag {
            LimitsFlag::Aws => Self::Aws,
            LimitsFlag::None => Self::None,
        }
    }
}

/// A time as people write it: `20ms`, `2s`, `15m`.
pub(super) fn parse_time(text: &str) -> std::result::Result<Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| format!("{text:?} is no time: write one like 20ms, 2s or 15m"))?;
    Duration::try_from(span).map_err(|_| format!("{text:?} is in the past"))
}

impl Twin {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        if self.no_serve && self.save.is_none() {
            return Err(CommandError::usage("--no-serve without --save does nothing").hint("add `--save FILE`"));
        }
        if !self.time_scale.is_finite() || self.time_scale <= 0.0 {
            return Err(CommandError::usage("--time-scale must be above 0"));
        }
        let estate = self.load()?;
        if let Some(path) = &self.save {
            save(&estate, path)?;
        }
        if self.no_serve {
            return Ok(exit::READY);
        }
        runtime()?.block_on(self.serve(globals, estate))
    }

    fn load(&self) -> Result<Estate> {
        match &self.estate {
            Some(path) => Ok(read_estate(path)?.0),
            None => {
                let drift = self
                    .drift
                    .parse::<Drift>()
                    .map_err(|error| CommandError::usage(format!("--drift {}", self.drift)).because(error))?;
                Ok(sample::estate(&SampleOptions {
                    people: self.desktops,
                    seed: self.seed,
                    drift,
                    taken_at: crate::clock::now(),
                    pilot: self.pilot,
                }))
            }
        }
    }

    async fn serve(&self, globals: &Globals, estate: Estate) -> Result {
        // Before it says that it is ready: whoever has read that may end it at once.
        let mut signals = Signals::listen()?;
        let file = self.faults_from.as_deref().map(|path| Ok((path, faults_of(path)?))).transpose()?;
        let changing = file.iter().flat_map(|(_, file)| file.faults());
        let options = StageOptions {
            listen: self.listen,
            dns: self.dns,
            resolver: self.resolver,
            limits: self.limits.into(),
            latency: self.latency,
            time_scale: self.time_scale,
            faults: self.fault.iter().chain(changing).cloned().collect(),
            seed: self.seed,
            people: self.people,
            resolver_sticks: self.resolver_sticks,
        };
        let stage = Stage::start(&estate, options).await.map_err(|error| {
            CommandError::usage("the twin cannot listen")
                .because(error)
                .hint("name a free loopback address, or leave it out: port 0 takes any free one")
        })?;
        drop(estate);
        let text = stage.config_text();
        let (path, _keep) = self.config_file(&text)?;
        let mut lines = String::new();
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", twin::access_key(&stage.account)),
            ("AWS_SECRET_ACCESS_KEY", twin::secret_key().to_owned()),
            ("AWS_REGION", stage.region.clone()),
            // What boto3 and the first AWS CLI read.
            ("AWS_DEFAULT_REGION", stage.region.clone()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("DESKPAIR_CONFIG", path.display().to_string()),
            ("AWS_ENDPOINT_URL", stage.endpoint()),
        ] {
            let _ = writeln!(lines, "export {name}={}", quoted(&value));
        }
        print(&lines)?;
        say(globals, &format!("twin: AWS at {}, DNS at {}\n", stage.endpoint(), stage.dns_text()));
        let watch = async {
            match file {
                Some((path, file)) => {
                    let tell = |found| told(globals, path, found);
                    file.watch(self.fault.clone(), stage.aws.fault_switch(), tell).await;
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // A signal is how a twin is meant to end.
            _ = signals.received() => {}
            () = watch => {}
        }
        stage.stop().await;
        Ok(exit::READY)
    }

    /// The configuration's path, and what keeps a temporary one.
    fn config_file(&self, text: &str) -> Result<(PathBuf, Option<tempfile::TempPath>)> {
        let failed = |path: &Path, error: std::io::Error| {
            CommandError::internal(format!("cannot write the configuration {}", path.display())).because(error)
        };
        if let Some(path) = &self.write_config {
            std::fs::write(path, text).map_err(|error| failed(path, error))?;
            let path = std::path::absolute(path).map_err(|error| failed(path, error))?;
            return Ok((path, None));
        }
        let folder = std::env::temp_dir();
        let mut file = tempfile::Builder::new()
            .prefix("deskpair-twin-")
            .suffix(".toml")
            .tempfile()
            .map_err(|error| failed(&folder, error))?;
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(|error| failed(&folder, error))?;
        let kept = file.into_temp_path();
        Ok((kept.to_path_buf(), Some(kept)))
    }
}

/// The file with faults.
fn faults_of(path: &Path) -> Result<FaultFile> {
    FaultFile::open(path).map_err(|error| {
        CommandError::usage(format!("--faults-from {}", path.display())).because(error).hint(
            "write one fault a line, as --fault takes them; # begins a comment; an empty file is one without faults",
        )
    })
}

/// Says that the faults are others now, or that the file is wrong: that also where all else is quiet, for whoever wrote it waits for them.
fn told(globals: &Globals, path: &Path, found: std::result::Result<usize, FaultFileError>) {
    let path = path.display();
    match found {
        Ok(count) => {
            let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
            say(globals, &format!("twin: {path} has changed: {faults}\n"));
        }
        Err(error) => warn(&format!("{path}: {error}; the faults stay as they were")),
    }
}

/// A value for a POSIX shell.
fn quoted(value: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@".contains(&byte);
    if value.bytes().all(plain) { value.to_owned() } else { format!("'{}'", value.replace('\'', r"'\''")) }
}

/// Reads an estate file, whole.
pub(super) fn read_estate(path: &Path) -> Result<(Estate, [u8; 32])> {
    let file = File::open(path).map_err(|error| {
        CommandError::usage(format!("cannot open the estate {}", path.display()))
            .because(error)
            .hint("name a file that `deskpair collect` or a scan wrote: estate.jsonl.zst")
    })?;
    let (estate, digest) = estate_file::read_estate(BufReader::with_capacity(1 << 20, file)).map_err(|error| {
        CommandError::usage(format!("cannot read the estate {}", path.display()))
            .because(error)
            .hint("collect it again; a part of an estate is never judged")
    })?;
    Ok((estate, *digest.bytes()))
}

/// Writes an estate file: whole, or not at all.
pub(super) fn save(estate: &Estate, path: &Path) -> Result<()> {
    let failed = |error: Box<dyn std::error::Error + Send + Sync>| {
        CommandError::internal(format!("cannot write the estate {}", path.display()))
            .because(error)
            .hint("name another file, in a folder that is there and has room")
    };
    let mut output = crate::output::Output::open(path).map_err(|error| failed(error.into()))?;
    estate_file::write_estate(estate, &mut output).map_err(|error| failed(error.into()))?;
    output.commit().map_err(|error| failed(error.into()))
}

/// The configuration that a stage writes must be one that deskpair reads.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::known_rules;
    use deskpair_rules::model::Settings;

    #[test]
    fn values_survive_a_shell() {
        assert_eq!(quoted("http://127.0.0.1:80"), "http://127.0.0.1:80");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        assert_eq!(parse_time("20ms"), Ok(Duration::from_millis(20)));
        assert_eq!(parse_time("15m"), Ok(Duration::from_secs(900)));
        assert!(parse_time("soon").is_err());
        assert!(parse_time("-1s").is_err());
    }

    #[tokio::test]
    async fn the_written_configuration_is_read_back() {
        let estate = deskpair_rules::fixture::Fixture::clean().estate;
        let stage = Stage::start(&estate, StageOptions::default()).await.expect("starts");
        let checked = crate::config::check(&stage.config_text(), "twin.toml", &known_rules()).expect("is in order");
        // What the state knows of drills is no configuration.
        assert_eq!(checked.settings, Settings { drills: None, ..stage.settings.clone() });
        stage.stop().await;
    }
}
