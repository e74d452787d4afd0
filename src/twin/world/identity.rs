//! Who may call.

use super::World;
use super::clock::After;
use deskpair_rules::model::Moment;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// A caller, as `sts:GetCallerIdentity` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Its ARN.
    pub arn: String,
    /// Its unique id.
    pub user_id: String,
}

/// What `sts:AssumeRole` gave.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    account: String,
    pub(crate) caller: Caller,
    pub(crate) token: String,
    pub(crate) expires: Moment,
}

impl World {
    /// The caller with an account's key, and the session's token where the key is a temporary one. Absent where nobody gave out that key,
    /// or the session has ended.
    pub(crate) fn caller(&self, account: &str, temporary: bool, token: Option<&str>) -> Option<Caller> {
        if !self.knows(account) {
            return None;
        }
        if !temporary {
            let arn = format!("arn:aws:iam::{account}:user/twin");
            return Some(Caller { arn, user_id: format!("AIDATWIN{account}A") });
        }
        let session = self.sessions.get(token?)?;
        (session.account == account && self.clock.now() < session.expires).then(|| session.caller.clone())
    }

    /// Opens a session of a role.
    pub(crate) fn open_session(
        &mut self,
        partition: &str,
        account: &str,
        role: &str,
        name: &str,
        lifetime_secs: i64,
    ) -> Session {
        let number = self.fresh();
        let token = Sha256::digest(format!("session {number} of {role} in {account}"))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>();
        let lifetime = Duration::from_secs(u64::try_from(lifetime_secs).unwrap_or(3600));
        let session = Session {
            account: account.to_owned(),
            caller: Caller {
                arn: format!("arn:{partition}:sts::{account}:assumed-role/{role}/{name}"),
                user_id: format!("AROATWIN{account}A:{name}"),
            },
            expires: self.clock.now().after(lifetime),
            token: token.clone(),
        };
        self.sessions.insert(token, session.clone());
        session
    }
}
