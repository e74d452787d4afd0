//! Properties of WorkSpaces: how they run, how large they are, whether they are replicated (AWS-FACTS §1.8, §2).

use super::super::Call;
use super::changing::{here, refusal};
use super::states::find;
use super::{invalid, not_found};
use crate::twin::error::Trouble;
use crate::twin::world::{Event, MODIFICATION_PROCEEDS, Modified, REPLICATION_SETTLES, World, change_extra};
use deskpair_rules::model::Sym;
use deskpair_rules::model::workspace::{Modification, WorkspaceRow};
use serde_json::{Map, Value, json};

/// Members of the structure that an estate does not keep, and so the twin neither.
const UNKEPT: [&str; 2] = ["GlobalAccelerator", "NestedVirtualizationEnabled"];

/// Hardware between which a WorkSpace cannot be changed.
fn is_graphics(compute: &str) -> bool {
    compute.starts_with("GRAPHICS")
}

/// One property a call: more are refused, as providers of infrastructure as code found AWS to do. The running mode and its timeout are one.
pub(super) fn modify(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("WorkspaceId").unwrap_or_default();
    let known = find(world, call, id)?.ok_or_else(|| not_found("WorkSpace"))?;
    let realm = world.realm(&call.account, &call.region).ok_or_else(|| not_found("WorkSpace"))?;
    let row = *realm.desktop(known).ok_or_else(|| not_found("WorkSpace"))?;
    let extra = realm.side.extras.of(&row);
    let related =
        |kind: &str| extra.is_some_and(|extra| extra.related_workspaces.iter().any(|other| other.r#type == kind));
    if related("PRIMARY") {
        return Err(unsupported("A standby WorkSpace cannot be modified."));
    }
    let state = world.symbols.text(row.state);
    if !matches!(state, "AVAILABLE" | "STOPPED") {
        let words = format!("The WorkSpace is in the state {state}.");
        return Err(refusal("InvalidResourceStateException", words));
    }
    if extra.is_some_and(|extra| !extra.modification_states.is_empty()) {
        return Err(refusal("OperationInProgressException", "The properties of this WorkSpace are being modified."));
    }
    let properties = call.input["WorkspaceProperties"].as_object();
    let properties: Map<String, Value> = properties
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    match (call.text("DataReplication"), properties.is_empty()) {
        (Some(replication), true) => {
            let has_standby = related("STANDBY");
            replicate(world, call, &row, replication, has_standby)?;
        }
        (None, false) => change(world, call, &row, &properties)?,
        (Some(_), false) => return Err(invalid("WorkspaceProperties and DataReplication cannot be combined.")),
        (None, true) => return Err(invalid("WorkspaceProperties or DataReplication must be given.")),
    }
    Ok(json!({}))
}

/// Only a primary WorkSpace has something to replicate to; never from a Simple AD (AWS-FACTS §2).
fn replicate(
    world: &mut World,
    call: &Call,
    row: &WorkspaceRow,
    replication: &str,
    has_standby: bool,
) -> Result<(), Trouble> {
    if !has_standby {
        return Err(unsupported("The WorkSpace has no standby WorkSpace."));
    }
    let directory = world.symbols.text(row.directory);
    let registrations = world.realm(&call.account, &call.region).map(|realm| &realm.side.registrations);
    let simple = registrations.is_some_and(|list| {
        list.items().iter().any(|known| known.directory_id == directory && known.directory_type == "SIMPLE_AD")
    });
    if simple && replication != "NO_REPLICATION" {
        return Err(unsupported("Data replication is not supported for Simple AD."));
    }
    let event = Event::ReplicationSettles(row.id, replication.to_owned());
    world.later(here(call), REPLICATION_SETTLES, event);
    Ok(())
}

fn change(world: &mut World, call: &Call, row: &WorkspaceRow, given: &Map<String, Value>) -> Result<(), Trouble> {
    if let Some(unkept) = UNKEPT.iter().find(|name| given.contains_key(**name)) {
        return Err(unsupported(&format!("This twin does not keep {unkept} of WorkSpaces.")));
    }
    let names: Vec<&str> = given.keys().map(String::as_str).filter(|name| !name.starts_with("RunningMode")).collect();
    let runs = names.len() < given.len();
    match (names.as_slice(), runs) {
        ([], true) => run(world, call, row, given),
        (["RootVolumeSizeGib"], false) => {
            let gib = size(&given["RootVolumeSizeGib"])?;
            grows(row.root_gib, gib)?;
            let user = if row.user_gib == WorkspaceRow::ABSENT { 0 } else { row.user_gib };
            fits(gib, user)?;
            begin(world, call, row.id, Modified::Root(gib));
            Ok(())
        }
        (["UserVolumeSizeGib"], false) => {
            let gib = size(&given["UserVolumeSizeGib"])?;
            grows(if row.user_gib == WorkspaceRow::ABSENT { 0 } else { row.user_gib }, gib)?;
            fits(row.root_gib, gib)?;
            begin(world, call, row.id, Modified::User(gib));
            Ok(())
        }
        (["ComputeTypeName"], false) => {
            let compute = given["ComputeTypeName"].as_str().unwrap_or_default();
            let old = world.symbols.text(row.compute);
            if compute == old {
                return Err(invalid("The WorkSpace has this compute type already."));
            }
            if is_graphics(compute) != is_graphics(old) {
                return Err(unsupported("A WorkSpace cannot be changed from or to graphics hardware."));
            }
            begin(world, call, row.id, Modified::Compute(compute.to_owned()));
            Ok(())
        }
        (["Protocols"], false) => {
            let protocols: Vec<&str> =
                given["Protocols"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let [protocol] = protocols[..] else { return Err(invalid("Exactly one protocol must be given.")) };
            begin(world, call, row.id, Modified::Protocols(protocol.to_owned()));
            Ok(())
        }
        (["OperatingSystemName"], false) => Err(unsupported("The operating system of a WorkSpace cannot be modified.")),
        _ => Err(invalid("Only one property of a WorkSpace can be modified at a time.")),
    }
}

/// The running mode shows at once. "Configured in 60-minute intervals" (the model's words for the timeout).
fn run(world: &mut World, call: &Call, row: &WorkspaceRow, given: &Map<String, Value>) -> Result<(), Trouble> {
    let mode = given.get("RunningMode").and_then(Value::as_str).unwrap_or_else(|| world.symbols.text(row.running_mode));
    let minutes = given.get("RunningModeAutoStopTimeoutInMinutes").and_then(Value::as_i64);
    let minutes = auto_stop(mode, minutes)?;
    if mode == "MANUAL" {
        return Err(unsupported("The account may not use the running mode MANUAL."));
    }
    let mode = mode.to_owned();
    let mode = world.symbols.intern(&mode);
    world.change_desktop(&here(call), row.id, |row, _| {
        row.running_mode = mode;
        row.auto_stop_minutes = minutes;
    });
    Ok(())
}

/// The minutes after which a WorkSpace with this running mode stops by itself: an hour unless told otherwise, 0 where it does not.
pub(super) fn auto_stop(mode: &str, minutes: Option<i64>) -> Result<u16, Trouble> {
    match (mode, minutes) {
        ("AUTO_STOP", None) => Ok(60),
        ("AUTO_STOP", Some(minutes)) => u16::try_from(minutes)
            .ok()
            .filter(|minutes| *minutes > 0 && minutes.is_multiple_of(60))
            .ok_or_else(|| invalid("The AutoStop timeout is configured in 60-minute intervals.")),
        (_, None) => Ok(0),
        (_, Some(_)) => Err(invalid("Only a WorkSpace with the running mode AUTO_STOP has a timeout.")),
    }
}

fn begin(world: &mut World, call: &Call, id: Sym, modified: Modified) {
    let resource = modified.resource().to_owned();
    world.change_desktop(&here(call), id, |row, extras| {
        change_extra(row, extras, |extra| {
            extra.modification_states.push(Modification { resource, state: "UPDATE_INITIATED".to_owned() });
        });
    });
    world.later(here(call), MODIFICATION_PROCEEDS, Event::ModificationProceeds(id));
    world.later(here(call), MODIFICATION_PROCEEDS * 2, Event::ModificationEnds(id, modified));
}

fn size(given: &Value) -> Result<u16, Trouble> {
    let gib = given.as_i64().and_then(|gib| u16::try_from(gib).ok()).filter(|gib| *gib <= 2000);
    gib.ok_or_else(|| invalid("A volume has at most 2000 GiB."))
}

fn grows(old: u16, new: u16) -> Result<(), Trouble> {
    if new > old { Ok(()) } else { Err(invalid("The size of a volume can only be increased.")) }
}

/// The sizes that the admin guide offers: a root volume of 80 GiB with a user volume of 10, 50 or 100, or any two from 175 and 100 up.
pub(super) fn fits(root: u16, user: u16) -> Result<(), Trouble> {
    let offered = match root {
        80 => matches!(user, 0 | 10 | 50 | 100..=2000),
        175..=2000 => (100..=2000).contains(&user),
        _ => false,
    };
    if offered { Ok(()) } else { Err(unsupported(&format!("Volumes of {root} and {user} GiB are not offered."))) }
}

fn unsupported(words: &str) -> Trouble {
    refusal("UnsupportedWorkspaceConfigurationException", words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn volumes_have_the_sizes_that_are_offered() {
        for (root, user) in [(80, 10), (80, 50), (80, 100), (80, 500), (175, 100), (2000, 2000)] {
            assert!(fits(root, user).is_ok(), "{root} {user}");
        }
        for (root, user) in [(80, 20), (100, 100), (175, 50), (60, 100)] {
            assert!(fits(root, user).is_err(), "{root} {user}");
        }
    }

    #[test]
    fn only_auto_stop_has_a_timeout_and_it_counts_hours() {
        assert_eq!((auto_stop("AUTO_STOP", None), auto_stop("AUTO_STOP", Some(120))), (Ok(60), Ok(120)));
        assert_eq!(auto_stop("ALWAYS_ON", None), Ok(0));
        for (mode, minutes) in [("AUTO_STOP", 90), ("AUTO_STOP", 0), ("AUTO_STOP", -60), ("ALWAYS_ON", 60)] {
            assert!(auto_stop(mode, Some(minutes)).is_err(), "{mode} {minutes}");
        }
    }
}
