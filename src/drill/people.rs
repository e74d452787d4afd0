//! The cohort's desktops: their states and connections, and starting and stopping them, 25 a call.

use crate::collect::access::{Access, AccessError};
use crate::collect::calls::{Caller, Operation, Run, Service};
use crate::collect::fault::Effect;
use aws_sdk_workspaces::Client;
use aws_sdk_workspaces::types::{ConnectionState, StartRequest, StopRequest};
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::{Gap, Moment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many desktops a call takes: `workspaces:StartWorkspaceRequests`, `StopWorkspaceRequests`, `WorkspaceIdList`.
const AT_ONCE: usize = 25;

const DESCRIBE: Operation = Operation::of(Service::WorkSpaces, "DescribeWorkspaces");
const CONNECTIONS: Operation = Operation::of(Service::WorkSpaces, "DescribeWorkspacesConnectionStatus");
const START: Operation = Operation::of(Service::WorkSpaces, "StartWorkspaces");
const STOP: Operation = Operation::of(Service::WorkSpaces, "StopWorkspaces");

/// One side's desktops.
#[derive(Clone, Debug)]
pub struct Desktops {
    client: Client,
    caller: Caller,
}

/// A desktop as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// `State`.
    pub state: String,
    /// `WorkspaceProperties.RunningMode`.
    pub running_mode: String,
}

/// Whether somebody is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Whether somebody is; none where AWS does not know: a desktop that is stopped (`ConnectionState` `UNKNOWN`).
    pub connected: Option<bool>,
    /// When AWS looked last.
    pub checked: Option<Moment>,
}

/// What became of starting or stopping desktops.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Those that were refused, and why.
    pub refused: Vec<(String, String)>,
    /// Why nobody knows what became of them.
    pub unclear: Option<String>,
}

impl Desktops {
    /// The desktops of one side.
    ///
    /// # Errors
    /// Where no client can be made.
    pub async fn new(access: &Access, side: &SideSettings, run: &Arc<Run>, account: &str) -> Result<Self, AccessError> {
        let config = access.configure(side).await?;
        let caller = Caller::new(Arc::clone(run), &side.region);
        if !account.is_empty() {
            caller.set_account(account);
        }
        Ok(Self { client: Client::new(&config), caller })
    }

    /// The states of desktops; one that is not there is left out.
    ///
    /// # Errors
    /// What is not known for want of an answer.
    pub async fn states(&self, ids: &[String]) -> Result<BTreeMap<String, State>, Gap> {
        let mut states = BTreeMap::new();
        for batch in ids.chunks(AT_ONCE) {
            let ask = || self.client.describe_workspaces().set_workspace_ids(Some(batch.to_vec())).send();
            let answer = self.caller.read(DESCRIBE, "", ask).await?;
            for desktop in answer.workspaces() {
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                let properties = desktop.workspace_properties();
                let state = State {
                    state: text(desktop.state().map(|state| state.as_str())),
                    running_mode: text(properties.and_then(|one| one.running_mode()).map(|mode| mode.as_str())),
                };
                states.insert(text(desktop.workspace_id()), state);
            }
        }
        Ok(states)
    }

    /// The connections of desktops; one that AWS tells nothing of is left out.
    ///
    /// # Errors
    /// What is not known for want of an answer.
    pub async fn connections(&self, ids: &[String]) -> Result<BTreeMap<String, Connection>, Gap> {
        let mut connections = BTreeMap::new();
        for batch in ids.chunks(AT_ONCE) {
            let ask =
                || self.client.describe_workspaces_connection_status().set_workspace_ids(Some(batch.to_vec())).send();
            let answer = self.caller.read(CONNECTIONS, "", ask).await?;
            for status in answer.workspaces_connection_status() {
                let connected = match status.connection_state() {
                    Some(ConnectionState::Connected) => Some(true),
                    Some(ConnectionState::Disconnected) => Some(false),
                    _ => None,
                };
                let checked = status.connection_state_check_timestamp();
                let checked = checked.and_then(|at| at.to_millis().ok()).map(Moment::from_millis);
                connections
                    .insert(status.workspace_id().unwrap_or_default().to_owned(), Connection { connected, checked });
            }
        }
        Ok(connections)
    }

    /// Starts desktops, as many as one call takes at most.
    pub async fn start(&self, ids: &[String]) -> Outcome {
        let requests = ids.iter().map(|id| StartRequest::builder().workspace_id(id).build()).collect();
        let call = self.client.start_workspaces().set_start_workspace_requests(Some(requests)).send();
        match self.caller.once(START, call).await {
            Ok(answer) => Outcome { refused: answer.failed_requests().iter().map(refused).collect(), unclear: None },
            Err(fault) if fault.effect == Effect::None => Outcome::all(ids, &fault.message),
            Err(fault) => Outcome { refused: Vec::new(), unclear: Some(fault.message) },
        }
    }

    /// Stops desktops, as many as one call takes at most.
    pub async fn stop(&self, ids: &[String]) -> Outcome {
        let requests = ids.iter().map(|id| StopRequest::builder().workspace_id(id).build()).collect();
        let call = self.client.stop_workspaces().set_stop_workspace_requests(Some(requests)).send();
        match self.caller.once(STOP, call).await {
            Ok(answer) => Outcome { refused: answer.failed_requests().iter().map(refused).collect(), unclear: None },
            Err(fault) if fault.effect == Effect::None => Outcome::all(ids, &fault.message),
            Err(fault) => Outcome { refused: Vec::new(), unclear: Some(fault.message) },
        }
    }

    /// How many ids one call takes.
    pub const fn at_once() -> usize {
        AT_ONCE
    }
}

impl Outcome {
    fn all(ids: &[String], why: &str) -> Self {
        Self { refused: ids.iter().map(|id| (id.clone(), why.to_owned())).collect(), unclear: None }
    }
}

fn refused(failed: &aws_sdk_workspaces::types::FailedWorkspaceChangeRequest) -> (String, String) {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let (code, words) = (text(failed.error_code()), text(failed.error_message()));
    (text(failed.workspace_id()), if words.is_empty() { code } else { format!("{code}: {words}") })
}
