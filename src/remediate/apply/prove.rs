//! Proves by the rules that a change has worked.

use super::{Apply, ApplyError, Event, Standing, Teller};
use crate::remediate::plan::{Change, Proof};
use deskpair_rules::engine::{Run, Verdict, evaluate};
use std::collections::BTreeSet;
use std::time::Duration;

/// How often a rule is asked again before it counts as not passing: what was changed may be seen a little later (AWS-FACTS §2: branding,
/// about a minute).
const PROOFS: u32 = 8;

impl Apply<'_, '_> {
    /// Proves by its rules what a change fixes, once nothing that is to be made fixes more of them.
    pub(super) fn prove(
        &mut self,
        change: &Change,
        open: &[Change],
        teller: &mut dyn Teller,
    ) -> Result<(), ApplyError> {
        if change.proof == Proof::Replanned {
            return self.proven_by_replanning(change, teller);
        }
        let rules: BTreeSet<&str> = change.fixes.iter().map(|fixed| fixed.rule.as_str()).collect();
        for rule in rules {
            let more = |other: &Change| other.pair == change.pair && other.fixes.iter().any(|fixed| fixed.rule == rule);
            if open.iter().any(more) {
                continue;
            }
            let made =
                |other: &&Change| other.pair == change.pair && self.progress.standing(&other.id) == Standing::Applied;
            // A finding that another change fixes too, which was left out, cannot be gone.
            let unmade: BTreeSet<&str> = self
                .plan
                .changes
                .iter()
                .filter(|other| other.pair == change.pair && self.progress.standing(&other.id) != Standing::Applied)
                .flat_map(|other| other.fixes.iter().map(|fixed| fixed.fingerprint.as_str()))
                .collect();
            let wanted: BTreeSet<String> = self
                .plan
                .changes
                .iter()
                .filter(made)
                .filter(|other| other.proof == Proof::Rules)
                .flat_map(|other| &other.fixes)
                .filter(|fixed| fixed.rule == rule && !unmade.contains(fixed.fingerprint.as_str()))
                .map(|fixed| fixed.fingerprint.clone())
                .filter(|fingerprint| !self.progress.proven.contains(fingerprint))
                .collect();
            if wanted.is_empty() {
                continue;
            }
            let mut pause = self.ground.pause.min(Duration::from_millis(250));
            for attempt in 1..=PROOFS {
                let rules = BTreeSet::from([rule.to_owned()]);
                let (estate, options) = self.ground.collected(&rules, std::slice::from_ref(&change.pair))?;
                let run = evaluate(&estate, options);
                let still = remaining(&run, &wanted);
                if still.is_empty() {
                    teller.says(&format!("{rule} passes"));
                    let fingerprints = wanted.iter().cloned().collect();
                    self.note(Event::Proven { rule: rule.to_owned(), pair: change.pair.clone(), fingerprints })?;
                    break;
                }
                if attempt == PROOFS {
                    let why = format!("it was made, and {rule} does not pass: {}", still.join("; "));
                    return Err(ApplyError::Failed { change: change.id.clone(), why });
                }
                self.sleep(pause);
                pause = (pause * 2).min(self.ground.pause);
            }
        }
        Ok(())
    }

    fn proven_by_replanning(&mut self, change: &Change, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let mut pause = self.first_pause();
        let mut why = String::new();
        for _ in 0..PROOFS {
            match self.now().and_then(|now| Ok(now.of(change)?.is_none())) {
                Ok(true) => {
                    teller.says("it is as it was planned to be");
                    return Ok(());
                }
                Ok(false) => why = "it was made, and reading back does not show it".to_owned(),
                // A server that is silent now may answer the next time.
                Err(ApplyError::Unread(unread)) => why = format!("it was made, and cannot be read back: {unread}"),
                Err(error) => return Err(error),
            }
            self.sleep(pause);
            pause = (pause * 2).min(self.longest_pause());
        }
        Err(ApplyError::Failed { change: change.id.clone(), why })
    }
}

/// What of these findings is still there, or cannot be told.
fn remaining(run: &Run<'_>, wanted: &BTreeSet<String>) -> Vec<String> {
    let mut still = Vec::new();
    for pair in &run.pairs {
        for finding in &pair.findings {
            let unknown = finding.verdict == Verdict::NotEvaluated && run.is_inconclusive(finding);
            if unknown || wanted.contains(&run.fingerprint(pair, finding)) {
                still.push(run.word(pair, finding).wording.message);
            }
        }
    }
    still
}
