//! WorkSpaces that are started, stopped and terminated: 25 a call, and what fails is told inside an answer with status 200.

use super::super::Call;
use super::changing::{failures, here, seen};
use crate::twin::error::Trouble;
use crate::twin::world::{DESKTOP_STARTS, DESKTOP_STOPS, DESKTOP_TERMINATES, Event, World};
use deskpair_rules::model::Sym;
use serde_json::{Value, json};
use std::time::Duration;

/// What is asked of a WorkSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Start,
    Stop,
    Terminate,
}

impl Asked {
    const fn requests(self) -> &'static str {
        match self {
            Self::Start => "StartWorkspaceRequests",
            Self::Stop => "StopWorkspaceRequests",
            Self::Terminate => "TerminateWorkspaceRequests",
        }
    }

    /// The state that it is in meanwhile, and for how long.
    const fn meanwhile(self) -> (&'static str, Duration) {
        match self {
            Self::Start => ("STARTING", DESKTOP_STARTS),
            Self::Stop => ("STOPPING", DESKTOP_STOPS),
            Self::Terminate => ("TERMINATING", DESKTOP_TERMINATES),
        }
    }

    /// Why a WorkSpace in this state, with this running mode, cannot do it (the model's words for the three operations).
    fn refuses(self, state: &str, mode: &str) -> Option<(&'static str, String)> {
        let in_state = |good: bool| {
            (!good).then(|| ("InvalidResourceState.WorkSpace", format!("The WorkSpace is in the state {state}.")))
        };
        match self {
            Self::Start | Self::Stop if !matches!(mode, "AUTO_STOP" | "MANUAL") => {
                let words = format!("The operation is not supported for the running mode {mode}.");
                Some(("OperationNotSupported.RunningMode", words))
            }
            Self::Start => in_state(state == "STOPPED"),
            Self::Stop => in_state(matches!(state, "AVAILABLE" | "IMPAIRED" | "UNHEALTHY" | "ERROR")),
            // To terminate what is being terminated is refused: the twin's own strictness.
            Self::Terminate => in_state(!matches!(state, "SUSPENDED" | "TERMINATING" | "TERMINATED")),
        }
    }
}

pub(super) fn change(world: &mut World, call: &Call, asked: Asked) -> Result<Value, Trouble> {
    let requests = call.input[asked.requests()].as_array().map_or(&[][..], Vec::as_slice);
    // Where one of them is hidden, nothing is done.
    for request in requests {
        find(world, call, request["WorkspaceId"].as_str().unwrap_or_default())?;
    }
    let failed = failures(call, requests, |request| {
        let id = request["WorkspaceId"].as_str().unwrap_or_default();
        let known = find(world, call, id)?;
        let Some(known) = known else {
            return Ok(Some(("ResourceNotFound.WorkSpace", "The specified WorkSpace could not be found.".to_owned())));
        };
        let row = world.realm(&call.account, &call.region).and_then(|realm| realm.desktop(known));
        let text = |sym: Option<Sym>| sym.map_or("", |sym| world.symbols.text(sym));
        let (state, mode) = (text(row.map(|row| row.state)), text(row.map(|row| row.running_mode)));
        if let Some(refused) = asked.refuses(state, mode) {
            return Ok(Some(refused));
        }
        let (meanwhile, time) = asked.meanwhile();
        // Nobody stays on a WorkSpace that stops: the call asks no user (the model's words name no condition but the state).
        if asked != Asked::Start {
            world.throw_off(&here(call), known);
        }
        world.desktop_is(&here(call), known, meanwhile);
        world.later(here(call), time, Event::DesktopLeaves(known, meanwhile));
        Ok(None)
    })?;
    let failed = failed.into_iter().map(|(request, code, words)| {
        json!({"WorkspaceId": request["WorkspaceId"], "ErrorCode": code, "ErrorMessage": words})
    });
    Ok(json!({"FailedRequests": failed.collect::<Vec<_>>()}))
}

/// The WorkSpace with this id, `None` where there surely is none.
pub(super) fn find(world: &World, call: &Call, id: &str) -> Result<Option<Sym>, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(None) };
    match world.symbols.find(id).filter(|id| realm.listed(*id).is_some()) {
        Some(known) => Ok(Some(known)),
        None => seen(world, call, &realm.side.workspaces).map(|()| None),
    }
}
