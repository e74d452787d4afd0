//! What a plan of now would be, and what nobody can tell of it.

use super::{ApplyError, Ground, ON_STANDBY, proving_rules};
use crate::remediate::draft;
use crate::remediate::plan::{Change, Plan};
use deskpair_rules::engine::{Finding, Verdict, evaluate};

/// A plan of now.
pub(in crate::remediate) struct Now {
    plan: Plan,
    /// What could not be judged.
    unread: Vec<Unread>,
}

struct Unread {
    pair: String,
    rule: &'static str,
    why: String,
}

impl Now {
    /// The change of an id, where one would be planned now.
    pub(in crate::remediate) fn change(&self, id: &str) -> Option<&Change> {
        self.plan.change(id)
    }

    /// A change as it would be planned now, or nothing where it is not needed any more. That no change is planned shows that only where what
    /// it fixes could be judged.
    ///
    /// # Errors
    /// Where nobody can tell.
    pub(super) fn of(&self, change: &Change) -> Result<Option<&Change>, ApplyError> {
        let fresh = self.change(&change.id);
        let hides =
            |unread: &&Unread| unread.pair == change.pair && change.fixes.iter().any(|fixed| fixed.rule == unread.rule);
        match self.unread.iter().find(hides) {
            Some(unread) if fresh.is_none() => Err(ApplyError::Unread(unread.why.clone())),
            Some(_) | None => Ok(fresh),
        }
    }
}

impl Ground<'_> {
    /// The plan of now, as far as a plan's own rules go.
    pub(super) fn replanned(&self, plan: &Plan) -> Result<Now, ApplyError> {
        let (estate, options) = self.collected(&proving_rules(plan), &plan.from.pairs)?;
        let run = evaluate(&estate, options);
        let mut unread = Vec::new();
        for pair in &run.pairs {
            let name = &pair.view.settings.name;
            let on_standby = |finding: &&Finding| run.meta(finding).id == ON_STANDBY;
            if let Some(finding) = pair.findings.iter().find(on_standby) {
                return Err(match finding.verdict {
                    Verdict::NotEvaluated => ApplyError::Unread(run.word(pair, finding).wording.message),
                    Verdict::Fail | Verdict::Waived => ApplyError::OnStandby(name.clone()),
                });
            }
            let hidden = |finding: &&Finding| finding.verdict == Verdict::NotEvaluated && run.is_inconclusive(finding);
            unread.extend(pair.findings.iter().filter(hidden).map(|finding| Unread {
                pair: name.clone(),
                rule: run.meta(finding).id,
                why: run.word(pair, finding).wording.message,
            }));
        }
        let plan = draft::plan(&run).map_err(|cycle| ApplyError::Unread(cycle.to_string()))?;
        Ok(Now { plan, unread })
    }
}
