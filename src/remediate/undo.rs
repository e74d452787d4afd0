//! Takes back what a journal says was made, last first: each change only where the estate still is as the change made it.
//!
//! It terminates only a desktop that this journal made, that nobody has ever connected to, while the TXT record names the primary Region.

use super::apply::{Apply, ApplyError, TRIES, Teller, moved};
use super::journal::{Event, Outcome, Standing};
use super::operations::Kind;
use super::plan::{Call, Change, Inverse, MadeKind};
use super::send::SendError;
use crate::collect::fault::Effect;
use serde_json::json;
use std::time::Instant;

/// How often a change that was taken back is read before it counts as not taken back.
const READS: u32 = 8;

/// What came of a call that takes something back.
enum Called {
    /// It was made, as far as anybody knows.
    Made,
    /// What is read shows it as it was.
    Back,
    /// It was refused.
    Refused(String),
}

impl Apply<'_, '_> {
    /// Takes back every change that was made. Whether all of them are: what stays is named in the journal.
    ///
    /// # Errors
    /// What keeps it from going on; what was taken back until then is.
    pub fn undo(&mut self, teller: &mut dyn Teller) -> Result<bool, ApplyError> {
        // What had begun is either made, or there is nothing to take back.
        let now = self.reading(&self.begun(), Instant::now(), teller)?;
        self.settle(&now, teller)?;
        let mut made: Vec<Change> = Vec::new();
        for id in self.progress().order.iter().rev() {
            // What stayed the last time may go now: who refused it then may not any more.
            let open = matches!(self.progress().standing(id), Standing::Applied | Standing::Kept);
            if let Some(change) = self.plan().change(id).filter(|_| open)
                && !made.iter().any(|known: &Change| known.id == change.id)
            {
                made.push(change.clone());
            }
        }
        let of = made.len();
        // While what a change rested on is still there, no plan has the change again: those are read back last.
        let mut unread: Vec<(&Change, Option<String>)> = Vec::new();
        for (number, change) in made.iter().enumerate() {
            if let Some(code) = teller.interrupted() {
                return Err(ApplyError::Interrupted(code));
            }
            teller.begins(change, number + 1, of);
            let rests = change.after.iter().any(|id| made[number + 1..].iter().any(|other| other.id == *id));
            if let Some(refused) = self.take_back(change, rests, teller)? {
                unread.push((change, refused));
            }
        }
        for (change, refused) in unread {
            match refused {
                Some(why) if self.now()?.change(&change.id).is_none() => self.keep(change, &why, teller)?,
                _ => self.read_back(change, teller)?,
            }
        }
        for change in self.begun() {
            let id = change.id;
            teller.says(&format!(
                "{id} was begun, and nothing of it is to be seen: should it show, the next undo takes it back"
            ));
        }
        self.note(Event::UndoFinished)?;
        let all =
            self.progress().changes.values().all(|standing| !matches!(standing, Standing::Kept | Standing::Applied));
        Ok(all)
    }

    /// Takes a change back. What rests on others that are taken back after it may be left to be read later: that it is, and why the calls
    /// were refused, where they were.
    fn take_back(
        &mut self,
        change: &Change,
        rests: bool,
        teller: &mut dyn Teller,
    ) -> Result<Option<Option<String>>, ApplyError> {
        if let Inverse::None { why } = &change.inverse {
            return self.keep(change, why, teller).map(|()| None);
        }
        let now = self.now()?;
        if let Some(fresh) = now.change(&change.id) {
            if moved(change, Some(fresh)).is_none() {
                return self.taken_back(change).map(|()| None);
            }
            let fields: Vec<String> = fresh
                .fields
                .iter()
                .map(|field| format!("{} is {}", field.path, field.before.as_deref().unwrap_or("absent")))
                .collect();
            // Another change of the plan that was taken back already may have made it look so.
            if !change.fields.is_empty() && fresh.fields != change.fields {
                let why = format!("somebody has changed it since: {}", fields.join(", "));
                return self.keep(change, &why, teller).map(|()| None);
            }
        }
        if let Some(why) = self.guarded(change)? {
            return self.keep(change, &why, teller).map(|()| None);
        }
        let later = rests && change.makes.is_none();
        for (number, call) in change.inverse.calls().iter().enumerate() {
            match self.called_back(change, number, call, later, teller)? {
                Called::Made => {}
                Called::Back => return self.taken_back(change).map(|()| None),
                Called::Refused(why) if later => return Ok(Some(Some(why))),
                Called::Refused(why) => return self.keep(change, &why, teller).map(|()| None),
            }
        }
        if later {
            return Ok(Some(None));
        }
        self.read_back(change, teller).map(|()| None)
    }

    /// Makes a call that takes something back, again where nobody knows what became of it and reading does not show it: all that is called here
    /// sets a value, or is refused where it was done before.
    fn called_back(
        &mut self,
        change: &Change,
        number: usize,
        call: &Call,
        later: bool,
        teller: &mut dyn Teller,
    ) -> Result<Called, ApplyError> {
        let mut unclear = false;
        for attempt in 1..=TRIES {
            let request = match self.request(change, call) {
                Ok(request) => request,
                // What it made is gone already.
                Err(_) if change.makes.is_some() => return Ok(Called::Back),
                Err(why) => return Ok(Called::Refused(why)),
            };
            let why = match self.sent_back(change, number, request)? {
                Outcome::Done => return Ok(Called::Made),
                // It may have been done before: reading back tells.
                Outcome::Refused(_) if unclear => return Ok(Called::Made),
                Outcome::Refused(why) => return Ok(Called::Refused(why)),
                Outcome::Unclear(why) => why,
            };
            unclear = true;
            teller.says(&format!("the answer was unclear ({why}): reading back"));
            if !later && self.is_back(change)? {
                return Ok(Called::Back);
            }
            if attempt < TRIES {
                self.sleep(self.first_pause() * 2_u32.pow(attempt));
            }
        }
        Ok(Called::Made)
    }

    /// Why what a change made may not be taken away.
    fn guarded(&mut self, change: &Change) -> Result<Option<String>, ApplyError> {
        let Some(made) = &change.makes else { return Ok(None) };
        let Some(found) = self.found(&change.pair, made)? else { return Ok(None) };
        if self.progress().made.get(&change.id).is_some_and(|known| *known != found.id) {
            return Ok(Some(format!("{made} is another now ({}): this journal did not make it", found.id)));
        }
        if made.kind != MadeKind::Workspace {
            return Ok(None);
        }
        let sender = self.sender(&change.pair, made.part)?;
        let input = json!({ "WorkspaceIds": [found.id] });
        let read = self.block(sender.read("workspaces", "DescribeWorkspacesConnectionStatus", &input));
        let answer = match read {
            Ok(answer) => answer,
            Err(error) => return Ok(Some(format!("it cannot be told whether anybody has connected to it: {error}"))),
        };
        let status = &answer["WorkspacesConnectionStatus"][0];
        if status["WorkspaceId"].as_str() != Some(&found.id) {
            return Ok(Some("it cannot be told whether anybody has connected to it".to_owned()));
        }
        if !status["LastKnownUserConnectionTimestamp"].is_null() || status["ConnectionState"] == "CONNECTED" {
            return Ok(Some(
                "somebody has connected to it: whether their work may go is for a person to say".to_owned(),
            ));
        }
        Ok(None)
    }

    /// Sends a call that takes something back: what became of it.
    fn sent_back(&mut self, change: &Change, call: usize, request: Call) -> Result<Outcome, ApplyError> {
        self.check_locks()?;
        let whole = match self.with_logos(change, &request) {
            Ok(whole) => whole,
            Err(why) => return Ok(Outcome::Refused(why)),
        };
        let sender = self.sender(&change.pair, change.place.part)?;
        let changes = vec![change.id.clone()];
        self.note(Event::Intent { changes: changes.clone(), call, request: request.clone(), undo: true })?;
        let mut sent = self.block(sender.change(&whole, &[Kind::Change, Kind::Undo]));
        for attempt in 1..TRIES {
            if !sent.as_ref().err().is_some_and(SendError::is_for_later) {
                break;
            }
            self.sleep(self.first_pause() * 2_u32.pow(attempt));
            sent = self.block(sender.change(&whole, &[Kind::Change, Kind::Undo]));
        }
        let outcome = match sent {
            Ok(answer) => super::apply::refused(&answer).map_or(Outcome::Done, Outcome::Refused),
            Err(SendError::Fault { operation, fault }) if fault.effect == Effect::Unknown => {
                Outcome::Unclear(format!("{operation}: {}", fault.message))
            }
            Err(error) => Outcome::Refused(error.to_string()),
        };
        self.note(Event::Result { changes, call, outcome: outcome.clone(), undo: true })?;
        Ok(outcome)
    }

    /// Whether what is read shows it as it was.
    fn is_back(&mut self, change: &Change) -> Result<bool, ApplyError> {
        Ok(match &change.makes {
            Some(made) if made.kind != MadeKind::Association => self.found(&change.pair, made)?.is_none(),
            _ => self.now()?.change(&change.id).is_some(),
        })
    }

    /// Says that a change is taken back only when that was read.
    fn read_back(&mut self, change: &Change, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let mut pause = self.first_pause();
        for _ in 0..READS {
            if self.is_back(change)? {
                return self.taken_back(change);
            }
            self.sleep(pause);
            pause = (pause * 2).min(self.longest_pause());
        }
        self.keep(change, "its calls were made, and reading back does not show it as it was", teller)
    }

    fn taken_back(&mut self, change: &Change) -> Result<(), ApplyError> {
        let loses = match &change.inverse {
            Inverse::Partial { loses, .. } => Some(loses.clone()),
            Inverse::Exact(_) | Inverse::None { .. } => None,
        };
        self.note(Event::Undone { change: change.id.clone(), loses })
    }

    fn keep(&mut self, change: &Change, why: &str, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        teller.says(&format!("{} stays: {why}", change.id));
        self.note(Event::Kept { change: change.id.clone(), why: why.to_owned() })
    }
}
