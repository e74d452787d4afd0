//! Connect client add-ins: a directory has one at most (`workspaces:CreateConnectClientAddIn`: "You can create only one Connect Customer client
//! add-in within a directory"), so that the standby's is made, or gets the primary's name and address. One that the primary lacks is for
//! people to delete.

use super::{Way, by_hand, word};
use crate::remediate::draft::{Builder, Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Part, Risk};
use deskpair_rules::model::directory::ClientAddIn;
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[(
    "SEC-015",
    Way::Planned(
        "The standby directory's add-in is made, or gets the primary's name and address. One that the primary lacks is for people to delete.",
    ),
)];

const LOOK: &str = "People in the standby Region are led to the primary's address: see that it works while the primary Region is away.";

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("SEC-015") {
        level(draft, &wanted);
    }
}

fn level(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let Ok(Some((p, s))) = view.registrations() else { return };
    let (Ok(primary), Ok(standby)) =
        (view.primary.add_ins_of(&p.directory_id), view.standby.add_ins_of(&s.directory_id))
    else {
        return;
    };
    let directory = s.directory_id.as_str();
    match (primary, standby) {
        ([ours], []) => make(draft, wanted, directory, ours),
        ([ours], [theirs]) => change(draft, wanted, directory, ours, theirs),
        ([], [theirs]) => besides(draft, wanted, directory, theirs),
        _ => draft.leave(wanted, "a directory has several add-ins: which of them is meant a person has to say"),
    }
}

fn begun(draft: &Draft<'_, '_>, wanted: &Wanted, title: String) -> Builder {
    draft.change(Part::Standby, &["directory", "add-in"], title).fixing(wanted).risk(Risk::Review).note(LOOK)
}

fn make(draft: &mut Draft<'_, '_>, wanted: &Wanted, directory: &str, ours: &ClientAddIn) {
    let made = Made {
        kind: MadeKind::AddIn,
        part: Part::Standby,
        name: ours.name.clone(),
        within: Some(directory.to_owned()),
    };
    let undo = json!({ "AddInId": made.placeholder(), "ResourceId": directory });
    let change = begun(draft, wanted, format!("give the standby directory's clients the Connect add-in {}", ours.name))
        .field("AddIns.Name", None, Some(ours.name.clone()))
        .field("AddIns.URL", None, Some(ours.url.clone()))
        .by(Call::workspaces(
            "CreateConnectClientAddIn",
            json!({ "ResourceId": directory, "Name": ours.name, "URL": ours.url }),
        ))
        .making(MadeKind::AddIn, &ours.name)
        .within(directory)
        .undone(Inverse::Exact(vec![Call::workspaces("DeleteConnectClientAddIn", undo)]));
    draft.add(change);
}

fn change(draft: &mut Draft<'_, '_>, wanted: &Wanted, directory: &str, ours: &ClientAddIn, theirs: &ClientAddIn) {
    let call = |to: &ClientAddIn| -> Call {
        let mut input = json!({ "AddInId": theirs.add_in_id, "ResourceId": directory });
        for (member, differs, value) in
            [("Name", ours.name != theirs.name, &to.name), ("URL", ours.url != theirs.url, &to.url)]
        {
            if differs {
                input[member] = Value::from(value.as_str());
            }
        }
        Call::workspaces("UpdateConnectClientAddIn", input)
    };
    let mut change = begun(draft, wanted, format!("level the standby directory's Connect add-in {}", theirs.name));
    for (path, before, after) in [("AddIns.Name", &theirs.name, &ours.name), ("AddIns.URL", &theirs.url, &ours.url)] {
        if before != after {
            change = change.field(path, Some(before.clone()), Some(after.clone()));
        }
    }
    draft.add(change.by(call(ours)).undone(Inverse::Exact(vec![call(theirs)])));
}

/// Nothing is taken away that this plan did not make.
fn besides(draft: &mut Draft<'_, '_>, wanted: &Wanted, directory: &str, theirs: &ClientAddIn) {
    let region = draft.view().settings.standby.region.clone();
    let command = format!(
        "aws workspaces delete-connect-client-add-in --region {region} --resource-id {directory} --add-in-id {}",
        word(&theirs.add_in_id)
    );
    by_hand(
        draft,
        wanted,
        &["directory", "add-in"],
        format!("say whether the standby directory is to keep its Connect add-in {}", theirs.name),
        &["The primary directory has none: delete the standby's where nobody needs it, or give the primary the same."],
        vec![command],
    );
}
