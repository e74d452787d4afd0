//! `deskpair waive FINGERPRINT`: a finding is accepted, by somebody, for a reason, until a day.

use super::error::{CommandError, Result};
use super::evidence::{self, Loaded};
use super::{Globals, exit, print, say, state};
use crate::config::{self, Paint, StanzaKind, known_rules, stanza};
use crate::output::Output;
use clap::Args;
use deskpair_rules::engine::{Finding, PairRun, Run, Verdict, evaluate};
use deskpair_rules::model::settings::Waiver;
use deskpair_rules::model::{Moment, Subject, Unknown};
use deskpair_rules::waivers::drift_digest;
use std::fs;
use std::io::Write as _;

/// Accept a finding of an earlier run until a day: writes the stanza into the configuration
#[derive(Debug, Args)]
#[command(after_help = "\
What no API tells becomes an attestation: somebody looked, and vouches for it. A waiver keeps a fail from the gate; who would be
stranded is counted all the same.

Examples:
  deskpair waive 3f2a91c04b7d6e55 --owner euc-team@example.com --expires 2027-01-31T00:00:00Z \\
      --reason 'web access is closed in the standby Region'
  deskpair waive 3f2a91c0 --owner me --reason '…' --expires 2027-01-31T00:00:00Z --print")]
pub(super) struct Waive {
    /// The finding: its fingerprint in the report, or the beginning of it
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,
    /// The run that found it: the beginning of its id, a folder that a scan wrote, or `last`
    #[arg(long, value_name = "RUN", default_value = "last")]
    run: String,
    /// Who answers for it
    #[arg(long, value_name = "WHO", value_parser = parse_words)]
    owner: String,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT", value_parser = parse_words)]
    reason: String,
    /// When it ends, with a zone: 2027-01-31T00:00:00Z
    #[arg(long, value_name = "INSTANT", value_parser = parse_instant)]
    expires: Moment,
    /// Accept the subject however it drifts from now on, and not only as it is
    #[arg(long)]
    any_drift: bool,
    /// Print the stanza, and leave the configuration as it is
    #[arg(long)]
    print: bool,
}

fn parse_words(text: &str) -> std::result::Result<String, String> {
    if text.trim().is_empty() { Err("say it in words".to_owned()) } else { Ok(text.to_owned()) }
}

fn parse_instant(text: &str) -> std::result::Result<Moment, String> {
    let at: jiff::Timestamp =
        text.parse().map_err(|_| "write an instant with its zone: 2027-01-31T00:00:00Z".to_owned())?;
    Ok(at.into())
}

impl Waive {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let folder = state::find(globals, &self.run)?;
        let Loaded { estate, options, .. } = evidence::load(&folder)?;
        if self.expires <= crate::clock::now() {
            return Err(CommandError::usage(format!("--expires {} has passed", self.expires))
                .hint("name a day to come: a waiver that has ended covers nothing"));
        }
        let run = evaluate(&estate, options);
        let (pair, finding) = self.find(&run)?;
        let (kind, waiver) = self.waiver(&run, pair, finding)?;
        let stanza = stanza(kind, &waiver);
        if self.print {
            print(&stanza)?;
            return Ok(exit::READY);
        }
        append(globals, &stanza)?;
        say(globals, &format!("Added to {}:\n\n{stanza}", globals.config.display()));
        Ok(exit::READY)
    }

    /// The one finding that is meant.
    fn find<'r, 'e>(&self, run: &'r Run<'e>) -> Result<(&'r PairRun<'e>, &'r Finding)> {
        let wanted = self.fingerprint.to_ascii_lowercase();
        if wanted.is_empty() {
            return Err(
                CommandError::usage("the fingerprint is empty").hint("it stands beside the finding in every report")
            );
        }
        let all = run.pairs.iter().flat_map(|pair| pair.findings.iter().map(move |finding| (pair, finding)));
        let found: Vec<(&PairRun<'e>, &Finding)> =
            all.filter(|(pair, finding)| run.fingerprint(pair, finding).starts_with(&wanted)).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(CommandError::usage(format!("run {} has no finding {:?}", &run.id[..8], self.fingerprint))
                .hint("fingerprints stand beside the findings in every report; --run names another run")),
            several => {
                let mut error = CommandError::usage(format!("{:?} begins several fingerprints", self.fingerprint));
                for (pair, finding) in several.iter().take(10) {
                    let words = run.word(pair, finding);
                    error = error.detail(format!("{} {} {}", words.fingerprint, words.meta.id, words.names.name));
                }
                Err(error.hint("type more of it"))
            }
        }
    }

    fn waiver(&self, run: &Run<'_>, pair: &PairRun<'_>, finding: &Finding) -> Result<(StanzaKind, Waiver)> {
        let words = run.word(pair, finding);
        let kind = match (finding.verdict, finding.unknown) {
            (Verdict::Fail, _) => StanzaKind::Waiver,
            (Verdict::NotEvaluated, Some(Unknown::Unsupported(_))) => StanzaKind::Attestation,
            (Verdict::NotEvaluated, _) => {
                return Err(CommandError::usage(format!(
                    "{} could not be looked at: {}",
                    words.meta.id, words.wording.message
                ))
                .hint(words.wording.remedy.unwrap_or_default())
                .hint("unknown is not accepted by a waiver; `--allow-incomplete` lets a scan pass without it"));
            }
            (Verdict::Waived, _) => {
                return Err(CommandError::usage(format!(
                    "{} on {} is waived already",
                    words.meta.id, words.names.name
                ))
                .hint("move its end in the configuration"));
            }
        };
        let drift = (kind == StanzaKind::Waiver && !self.any_drift && !words.wording.drift.is_empty())
            .then(|| drift_digest(&words.wording.drift));
        // A finding of what no API tells may stand for several subjects: it is attested for all of them.
        let several = finding.subjects > 1 && finding.subject == Subject::Pair;
        Ok((
            kind,
            Waiver {
                rule: words.meta.id.to_owned(),
                subject: (!several).then(|| words.names.name.into_owned()),
                pair: Some(pair.view.settings.name.clone()),
                owner: self.owner.clone(),
                reason: self.reason.clone(),
                expires: self.expires,
                drift,
            },
        ))
    }
}

/// Adds a stanza to the end of the configuration, which must be in order before and after.
fn append(globals: &Globals, stanza: &str) -> Result<()> {
    let path = &globals.config;
    let rendered = |error: config::ConfigError| CommandError::rendered(error.render(Paint::Colour));
    config::load(path, &known_rules()).map_err(rendered)?;
    let unwritable = |error: &dyn std::fmt::Display| {
        CommandError::internal(format!("cannot write to {}: {error}", path.display()))
            .hint("the configuration is as it was; --print prints the stanza to paste")
    };
    let mut text = fs::read_to_string(path).map_err(|error| unwritable(&error))?;
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push('\n');
    text.push_str(stanza);
    config::check(&text, &path.display().to_string(), &known_rules()).map_err(rendered)?;
    let mut output = Output::open(path).map_err(|error| unwritable(&error))?;
    output.write_all(text.as_bytes()).map_err(|error| unwritable(&error))?;
    output.commit().map_err(|error| unwritable(&error))
}
