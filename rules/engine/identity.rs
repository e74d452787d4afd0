//! What makes a run this run, and a finding the same one next time.

use super::{Finding, Options, PairRun, Run};
use crate::model::{Estate, Unknown};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

/// What of a reason stays the same from scan to scan: a gap's words change with the weather, its operation does not.
pub(super) fn lasting(estate: &Estate, why: Option<Unknown>) -> Cow<'static, str> {
    match why {
        None => Cow::Borrowed(""),
        Some(Unknown::Gap(gap)) => {
            let gap = estate.gap_of(gap);
            Cow::Owned(format!("{}:{} {} {}", gap.service, gap.operation, gap.region, gap.about))
        }
        Some(Unknown::Undetermined(text) | Unknown::Unsupported(text)) => Cow::Borrowed(text),
    }
}

impl<'e> Run<'e> {
    /// What stays the same while ids change: the rule, the pair, and the subject's natural name; of a gap, its operation.
    pub fn fingerprint(&self, pair: &PairRun<'e>, finding: &Finding) -> String {
        let names = finding.subject.names(&pair.view);
        let mut digest = Sha256::new();
        // A gap is itself whether it hides one subject today or many tomorrow.
        let (kind, name) = match finding.unknown {
            None => (names.kind, names.name.as_ref()),
            Some(_) => ("gap", ""),
        };
        for part in ["deskpair.finding/1", self.meta(finding).id, &pair.view.settings.name, kind, name] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
        digest.update(lasting(self.estate, finding.unknown).as_bytes());
        if finding.namesakes > 0 {
            digest.update(format!("\0{}", finding.namesakes).as_bytes());
        }
        hex(&digest.finalize()[..8])
    }
}

/// The id of the run that judges an estate under these options: the same inputs have the same one.
pub fn run_id(estate: &Estate, options: &Options) -> String {
    let mut digest = Sha256::new();
    digest.update(b"deskpair.run/1\0");
    // Another version's rules may judge the same estate differently.
    digest.update(concat!(env!("CARGO_PKG_VERSION"), "\0"));
    digest.update(options.estate_digest);
    // The estate's digest covers the configuration that it carries; what was asked for on the command line comes on top.
    digest.update(estate.tool_version.as_bytes());
    digest.update(
        format!(
            "\0{}\0{}\0{}\0{:?}\0{:?}\0{:?}\0{:?}",
            options.judged_at.millis(),
            options.fail_on,
            options.strict,
            options.rules,
            options.areas,
            options.pairs,
            options.allow_incomplete
        )
        .as_bytes(),
    );
    if let Some(tag) = &options.group_by {
        digest.update(format!("\0group-by {tag}").as_bytes());
    }
    // What a run is merely compared with is no part of what it is; a gate that heeds it is.
    if options.new_only {
        let baseline = options.baseline.as_ref().map_or("", |baseline| baseline.run.as_str());
        digest.update(format!("\0new-only {baseline}").as_bytes());
    }
    hex(&digest.finalize()[..16])
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
