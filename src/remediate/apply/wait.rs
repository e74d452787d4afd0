//! Waits for what takes its time: images, desktops, zones, and AWS's decision on a request.

use super::{Apply, ApplyError, Standing, Teller};
use crate::remediate::look::Ready;
use crate::remediate::plan::{Change, Made, MadeKind};
use crate::remediate::send::Sender;
use std::time::{Duration, Instant};

/// How long an image may take to be copied, or a desktop to be made: AWS documents no duration (AWS-FACTS §2).
const LONGEST_WAIT: Duration = Duration::from_secs(4 * 3600);

/// How long AWS may take to decide on a request while somebody waits: what is not granted at once is a case that people there look at.
const LONGEST_DECISION: Duration = Duration::from_secs(15 * 60);

/// How long a change of a zone may take to reach all name servers: generally 60 seconds (`route53:ChangeResourceRecordSets`).
const LONGEST_CHANGE: Duration = Duration::from_secs(15 * 60);

impl Apply<'_, '_> {
    /// Whether a higher quota is asked for already: by this journal before it was cut off, or by somebody else. AWS takes one open request a
    /// quota. One that was turned down is not asked for again by the journal that asked for it.
    pub(super) fn is_asked_for(&mut self, change: &Change, teller: &mut dyn Teller) -> Result<bool, ApplyError> {
        let Some(made) = change.makes.as_ref().filter(|made| made.kind == MadeKind::Quota) else { return Ok(false) };
        let Some(found) = self.found(&change.pair, made)? else { return Ok(false) };
        let is_ours = self.progress.standing(&change.id) == Standing::Begun;
        if found.ready == Ready::Never && !is_ours {
            return Ok(false);
        }
        teller.says(&format!("{made} is asked for already: {}", found.state));
        Ok(true)
    }

    /// Waits until all of Route 53's name servers have taken a change over.
    pub(super) fn in_sync(&self, sender: &Sender, id: &str, teller: &mut dyn Teller) -> Result<(), String> {
        let began = Instant::now();
        let mut pause = self.first_pause();
        teller.says("waiting until all of Route 53's name servers have it");
        loop {
            let read = self.block(sender.read("route53", "GetChange", &serde_json::json!({ "Id": id })));
            match read {
                Ok(answer) if answer["ChangeInfo"]["Status"] == "INSYNC" => return Ok(()),
                Ok(_) if began.elapsed() > LONGEST_CHANGE => {
                    return Err(format!(
                        "the change {id} is not everywhere after {} min",
                        LONGEST_CHANGE.as_secs() / 60
                    ));
                }
                Ok(_) => {}
                Err(error) => return Err(format!("it was made, and whether it is everywhere cannot be told: {error}")),
            }
            self.sleep(pause);
            pause = (pause * 2).min(self.longest_pause());
        }
    }

    /// Waits until something can be used; its id.
    pub(super) fn awaited(
        &mut self,
        change: &Change,
        made: &Made,
        teller: &mut dyn Teller,
    ) -> Result<String, ApplyError> {
        let failed = |why: String| ApplyError::Failed { change: change.id.clone(), why };
        let began = Instant::now();
        let mut pause = self.ground.pause.min(Duration::from_millis(500));
        let mut last = String::new();
        loop {
            match self.found(&change.pair, made)? {
                Some(found) if found.ready == Ready::Yes => return Ok(found.id),
                Some(found) if found.ready == Ready::Never => {
                    return Err(failed(format!("{made} is {}", found.state)));
                }
                Some(found) => {
                    if found.state != last {
                        teller.waits(made, &found.state);
                        last = found.state;
                    }
                }
                // Ids are not always describable at once (AWS-FACTS §2).
                None => teller.waits(made, "not there yet"),
            }
            if made.kind == MadeKind::Quota && began.elapsed() > LONGEST_DECISION {
                return Err(failed(format!(
                    "AWS has not granted it after {} min ({last}): apply again once it has",
                    LONGEST_DECISION.as_secs() / 60
                )));
            }
            if began.elapsed() > LONGEST_WAIT {
                return Err(failed(format!(
                    "{made} is not there after {} h: apply again later",
                    LONGEST_WAIT.as_secs() / 3600
                )));
            }
            if let Some(code) = teller.interrupted() {
                return Err(ApplyError::Interrupted(code));
            }
            self.sleep(pause);
            pause = (pause * 2).min(self.ground.pause);
        }
    }
}
