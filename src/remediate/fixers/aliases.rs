//! Connection aliases: made where they lack, associated with the directory, and kept from strangers; the TXT record follows (see `dns`).

use super::Way;
use crate::config::distance;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, Made, MadeKind, Manual, Part, Risk};
use deskpair_rules::model::Side;
use deskpair_rules::model::pairing::{Located, association, dns_name};
use deskpair_rules::model::settings::SideSettings;
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "ALS-001",
        Way::Planned(
            "The alias is made; its connection string is reserved to the account for ever, so that is asked for apart.",
        ),
    ),
    ("ALS-002", Way::People("It comes to an end by itself, or with AWS Support.")),
    ("ALS-003", Way::Planned("The alias is associated with the pair's directory.")),
    (
        "ALS-004",
        Way::People("People use the directory that it is associated with: which one is right a person has to say."),
    ),
    ("ALS-005", Way::People("The account that has the directory alone can take the association away.")),
    ("ALS-006", Way::Planned("The permission of the account that the configuration does not name is taken away.")),
];

/// Names this near to each other are taken for slips of one another.
const NEAR: usize = 2;

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for wanted in draft.fails("ALS-001") {
        for part in [Part::Primary, Part::Standby] {
            if matches!(draft.view().alias(side(draft, part)), Ok(None)) {
                create(draft, &wanted, part);
            }
        }
    }
    for rule in ["ALS-001", "ALS-003"] {
        for wanted in draft.fails(rule) {
            for part in [Part::Primary, Part::Standby] {
                associate(draft, &wanted, part);
            }
        }
    }
    for wanted in draft.fails("ALS-006") {
        for part in [Part::Primary, Part::Standby] {
            unshare(draft, &wanted, part);
        }
    }
}

fn side<'d>(draft: &Draft<'d, '_>, part: Part) -> &'d Side {
    let view = draft.view();
    if part == Part::Primary { view.primary } else { view.standby }
}

fn settings<'d>(draft: &Draft<'d, '_>, part: Part) -> &'d SideSettings {
    let view = draft.view();
    if part == Part::Primary { &view.settings.primary } else { &view.settings.standby }
}

/// The change that associates the alias on a part.
pub(super) fn association_id(draft: &Draft<'_, '_>, part: Part) -> String {
    draft.id(part, &["alias", &draft.view().settings.alias, "association"])
}

/// Makes the alias on a part.
fn create(draft: &mut Draft<'_, '_>, wanted: &Wanted, part: Part) {
    let view = draft.view();
    let alias = view.settings.alias.clone();
    let region = settings(draft, part).region.clone();
    // A slip would be reserved for ever.
    let near = [view.primary, view.standby].into_iter().flat_map(|side| side.aliases.items()).find(|known| {
        let name = dns_name(&known.connection_string);
        name != alias && distance(&name, &alias) <= NEAR
    });
    if let Some(near) = near {
        let near = near.connection_string.clone();
        return draft.leave(
            wanted,
            format!("{alias} is nearly {near}, which is there: a connection string is reserved for ever, so that a person has to say which is meant"),
        );
    }
    let other = if part == Part::Primary { view.standby } else { view.primary };
    let owner =
        view.alias(other).ok().flatten().map(|known| known.owner_account_id.clone()).filter(|owner| !owner.is_empty());
    let account = side(draft, part).account.as_ref().ok().cloned();
    if let (Some(owner), Some(account)) = (&owner, &account)
        && owner != account
    {
        let manual = Manual {
            steps: vec![
                format!(
                    "The connection string {alias} belongs to account {owner} for ever: with its credentials, make the alias in {region}."
                ),
                format!(
                    "Share it with account {account}, then associate it with the directory with that account's credentials."
                ),
            ],
            commands: vec![
                format!("aws workspaces create-connection-alias --region {region} --connection-string {alias}"),
                format!(
                    "aws workspaces update-connection-alias-permission --region {region} --alias-id ALIAS \
                     --connection-alias-permission SharedAccountId={account},AllowAssociation=true"
                ),
            ],
        };
        let change = draft
            .change(
                part,
                &["alias", &alias],
                format!("make the connection alias {alias} in {region} with its owner's credentials"),
            )
            .fixing(wanted)
            .by_hand(manual);
        draft.add(change);
        return;
    }
    let change = draft
        .change(part, &["alias", &alias], format!("make the connection alias {alias} in {region}"))
        .fixing(wanted)
        .risk(Risk::Review)
        .field("ConnectionString", None, Some(alias.clone()))
        .by(Call::workspaces("CreateConnectionAlias", json!({ "ConnectionString": alias })))
        .making(MadeKind::Alias, &alias)
        .undone(Inverse::None {
            why: "a connection string is reserved to the account for ever, even after its alias is deleted (AWS-FACTS §2)".to_owned(),
        });
    draft.add(change);
}

/// Associates the alias on a part with the pair's directory there.
fn associate(draft: &mut Draft<'_, '_>, wanted: &Wanted, part: Part) {
    let view = draft.view();
    let alias = view.settings.alias.clone();
    let made = draft.id(part, &["alias", &alias]);
    let id: Value = match view.alias(side(draft, part)) {
        Ok(Some(known)) if association(known).is_some() => return,
        Ok(Some(known)) if known.state == "CREATED" => known.alias_id.clone().into(),
        Ok(None) if draft.has(&made) => {
            Made { kind: MadeKind::Alias, part, name: alias.clone(), within: None }.placeholder()
        }
        Ok(_) | Err(_) => return,
    };
    let located = if part == Part::Primary { &view.primary_directory } else { &view.standby_directory };
    let Located::Found { id: directory, .. } = located else {
        return draft.leave(
            wanted,
            "the directory that the alias should lead to is not known for sure: declare it (`directory`)",
        );
    };
    let directory = directory.clone();
    let region = settings(draft, part).region.clone();
    let mut change = draft
        .change(part, &["alias", &alias, "association"], format!("associate {alias} with {directory} in {region}"))
        .fixing(wanted)
        .risk(Risk::Review)
        .field("Associations.ResourceId", None, Some(directory.clone()))
        .by(Call::workspaces("AssociateConnectionAlias", json!({ "AliasId": id, "ResourceId": directory })))
        .making(MadeKind::Association, &alias)
        .undone(Inverse::Partial {
            calls: vec![Call::workspaces("DisassociateConnectionAlias", json!({ "AliasId": id }))],
            loses: "another association has another connection identifier: a TXT record that names this one leads nowhere then".to_owned(),
        })
        .note("The association gets a connection identifier of its own, which the TXT record names to send people here.");
    if draft.has(&made) {
        change = change.after(made);
    }
    draft.add(change);
}

/// Takes away the permissions of accounts that nobody named.
fn unshare(draft: &mut Draft<'_, '_>, wanted: &Wanted, part: Part) {
    let view = draft.view();
    let Ok(Some(alias)) = view.alias(side(draft, part)) else { return };
    let alias = alias.clone();
    let Some(drift) = wanted.drift.first() else { return };
    let worded = if part == Part::Primary { &drift.primary } else { &drift.standby };
    let is_account = |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let strangers: Vec<String> = worded.split(", ").filter(is_account).map(str::to_owned).collect();
    for account in strangers {
        let call = |allow: bool| {
            let permission = json!({ "SharedAccountId": account, "AllowAssociation": allow });
            let input = json!({ "AliasId": alias.alias_id, "ConnectionAliasPermission": permission });
            Call::workspaces("UpdateConnectionAliasPermission", input)
        };
        let change = draft
            .change(
                part,
                &["alias", &alias.connection_string, "permission", &account],
                format!("stop sharing {} with account {account}", alias.connection_string),
            )
            .fixing(wanted)
            .risk(Risk::Review)
            .field("ConnectionAliasPermissions", Some(account.clone()), None)
            .by(call(false))
            .undone(Inverse::Exact(vec![call(true)]));
        draft.add(change);
    }
}
