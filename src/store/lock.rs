//! One at a time for a pair: numbered objects, each made by whoever takes or gives up the lock. The last one tells who has it.

use super::objects::{Created, Objects, StoreError};
use deskpair_rules::model::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where the locks are.
const FOLDER: &str = "locks";

/// Who has a lock, or has given it up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    /// A text that nobody else has.
    pub nonce: String,
    /// Who: a user, a machine, a process.
    pub owner: String,
    /// What for.
    pub purpose: String,
    /// Since when.
    pub since: Moment,
    /// Whether it is given up.
    pub released: bool,
}

/// Why a lock was not got, or is not held any more.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The state does not do what it should.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody has it.
    #[error("the pair {pair} is locked by {}, to {}, since {}", holder.owner, holder.purpose, holder.since)]
    Held {
        /// The pair.
        pair: String,
        /// Who.
        holder: Box<Holder>,
    },
    /// Somebody took it over.
    #[error("the lock of the pair {pair} was taken over by {}: nothing more is done here", holder.owner)]
    Lost {
        /// The pair.
        pair: String,
        /// Who.
        holder: Box<Holder>,
    },
}

/// A held lock.
#[derive(Debug)]
pub struct Lock<'o> {
    objects: &'o dyn Objects,
    pair: String,
    epoch: u32,
    holder: Holder,
}

fn key(pair: &str, epoch: u32) -> String {
    format!("{FOLDER}/{pair}/{epoch:08}.json")
}

/// The last entry of a pair's lock and its number; 0 where there is none.
///
/// # Errors
/// Where it cannot be read.
pub fn last(objects: &dyn Objects, pair: &str) -> Result<(u32, Option<Holder>), StoreError> {
    let folder = format!("{FOLDER}/{pair}");
    let last = objects.list(&folder)?.pop();
    let Some(key) = last else { return Ok((0, None)) };
    let number = key.rsplit('/').next().and_then(|name| name.strip_suffix(".json")).and_then(|name| name.parse().ok());
    let Some(number) = number else { return Err(StoreError::wrong(objects.shown(&key), "it is no entry of a lock")) };
    let Some(bytes) = objects.get(&key)? else { return Ok((number, None)) };
    let holder = serde_json::from_slice(&bytes).map_err(|error| {
        StoreError::wrong(objects.shown(&key), format!("it does not tell who has the lock: {error}"))
    })?;
    Ok((number, Some(holder)))
}

/// Takes the lock of a pair that nobody has; with `over`, one that somebody has.
///
/// # Errors
/// Where somebody has it, or was quicker.
pub fn take<'o>(
    objects: &'o dyn Objects,
    pair: &str,
    nonce: &str,
    purpose: &str,
    over: bool,
) -> Result<Lock<'o>, LockError> {
    let (epoch, known) = last(objects, pair)?;
    if let Some(holder) = known.filter(|holder| !holder.released && holder.nonce != nonce && !over) {
        return Err(LockError::Held { pair: pair.to_owned(), holder: Box::new(holder) });
    }
    let holder = Holder {
        nonce: nonce.to_owned(),
        owner: owner(),
        purpose: purpose.to_owned(),
        since: crate::clock::now(),
        released: false,
    };
    let bytes = serde_json::to_vec(&holder).expect("a struct of texts is written");
    match objects.create(&key(pair, epoch + 1), &bytes)? {
        Created::Made => Ok(Lock { objects, pair: pair.to_owned(), epoch: epoch + 1, holder }),
        Created::Taken => {
            let (_, holder) = last(objects, pair)?;
            let holder = holder.unwrap_or(Holder { owner: "somebody".to_owned(), ..Holder::nobody() });
            Err(LockError::Held { pair: pair.to_owned(), holder: Box::new(holder) })
        }
    }
}

/// Who this is, for people.
#[expect(clippy::disallowed_methods, reason = "who has a lock is shown to people, and nothing is decided by it")]
fn owner() -> String {
    let name = |names: &[&str]| names.iter().find_map(|name| std::env::var(name).ok().filter(|name| !name.is_empty()));
    let user = name(&["USER", "LOGNAME", "USERNAME"]).unwrap_or_else(|| "somebody".to_owned());
    let machine = name(&["HOSTNAME", "COMPUTERNAME"])
        .or_else(|| std::fs::read_to_string("/etc/hostname").ok().map(|name| name.trim().to_owned()))
        .unwrap_or_else(|| "a machine".to_owned());
    format!("{user} on {machine} (process {})", std::process::id())
}

impl Holder {
    fn nobody() -> Self {
        Self {
            nonce: String::new(),
            owner: String::new(),
            purpose: String::new(),
            since: crate::clock::now(),
            released: true,
        }
    }
}

impl Lock<'_> {
    /// The pair.
    pub fn pair(&self) -> &str {
        &self.pair
    }

    /// Makes sure that nobody has taken it over.
    ///
    /// # Errors
    /// Where somebody has, or it cannot be told.
    pub fn check(&self) -> Result<(), LockError> {
        match last(self.objects, &self.pair)? {
            (epoch, _) if epoch == self.epoch => Ok(()),
            (_, holder) => {
                let holder = Box::new(holder.unwrap_or_else(Holder::nobody));
                Err(LockError::Lost { pair: self.pair.clone(), holder })
            }
        }
    }

    /// Gives it up.
    ///
    /// # Errors
    /// Where that cannot be written down; one that was taken over is given up already.
    pub fn release(self) -> Result<(), StoreError> {
        let holder = Holder { released: true, since: crate::clock::now(), ..self.holder };
        let bytes = serde_json::to_vec(&holder).expect("a struct of texts is written");
        self.objects.create(&key(&self.pair, self.epoch + 1), &bytes).map(drop)
    }
}
