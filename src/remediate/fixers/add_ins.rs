//! Connect client add-ins: which of a directory's is right a person has to say where names or addresses differ; the commands are given.

use super::{Way, by_hand, word};
use crate::remediate::draft::Draft;

pub(super) const WAYS: &[(&str, Way)] = &[(
    "SEC-015",
    Way::ByHand(
        "Add-ins have no names by which those of two directories are surely the same: the commands that level them are given.",
    ),
)];

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("SEC-015") {
        let view = draft.view();
        let Ok(Some((p, s))) = view.registrations() else { continue };
        let (Ok(primary), Ok(standby)) =
            (view.primary.add_ins_of(&p.directory_id), view.standby.add_ins_of(&s.directory_id))
        else {
            continue;
        };
        let on = format!("--region {} --resource-id {}", view.settings.standby.region, s.directory_id);
        let mut commands = Vec::new();
        for add_in in primary {
            let (name, url) = (word(&add_in.name), word(&add_in.url));
            match standby.iter().find(|known| known.name == add_in.name) {
                None => {
                    commands
                        .push(format!("aws workspaces create-connect-client-add-in {on} --name {name} --url {url}"));
                }
                Some(known) if known.url != add_in.url => commands.push(format!(
                    "aws workspaces update-connect-client-add-in {on} --add-in-id {} --url {url}",
                    known.add_in_id
                )),
                Some(_) => {}
            }
        }
        for besides in standby.iter().filter(|known| !primary.iter().any(|add_in| add_in.name == known.name)) {
            commands
                .push(format!("aws workspaces delete-connect-client-add-in {on} --add-in-id {}", besides.add_in_id));
        }
        by_hand(
            draft,
            &wanted,
            &["directory", "add-ins"],
            "give the standby directory's clients the primary's Connect add-ins".to_owned(),
            &[
                "See whether the primary's addresses are the right ones for people in the standby Region, then run the commands.",
            ],
            commands,
        );
    }
}
