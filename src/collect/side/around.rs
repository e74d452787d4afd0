//! What stands around the desktops of a side: its directories and aliases, and what is asked of each of the pairs' own.

use super::{Reader, Roles, each, items};
use crate::collect::logos;
use crate::collect::paging::Listing;
use crate::collect::workspaces::WorkSpaces;
use crate::collect::{slice, slices};
use deskpair_rules::model::alias::{AliasPermission, ConnectionAlias, Logo, PlatformBranding};
use deskpair_rules::model::directory::{AccountSettings, ClientAddIn, ClientPropertiesOf, WorkspaceDirectory};
use deskpair_rules::model::{Dataset, Estate, Gap};
use std::collections::{BTreeMap, BTreeSet};

/// The registered directories and the aliases: which of them are the pairs' decides what else is asked.
#[derive(Debug)]
pub(super) struct Frame {
    registrations: Option<Listing<WorkspaceDirectory>>,
    aliases: Option<Listing<ConnectionAlias>>,
}

impl Frame {
    pub(super) async fn read(reader: &Reader, workspaces: &WorkSpaces) -> Self {
        let (registrations, aliases) = tokio::join!(
            reader.when(Dataset::Registrations, || workspaces.registrations()),
            reader.when(Dataset::Aliases, || workspaces.aliases()),
        );
        Self { registrations, aliases }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].registrations = slice(estate, self.registrations);
        estate.sides[at].aliases = slice(estate, self.aliases);
    }

    /// The standby directories of the pairs.
    pub(super) fn standby_directories(&self, roles: &Roles) -> BTreeSet<String> {
        roles.directories(true, items(&self.aliases), items(&self.registrations))
    }

    /// The gap because of which a standby directory may be missing among [`standby_directories`](Self::standby_directories).
    pub(super) fn hides_standby(&self, roles: &Roles) -> Option<&Gap> {
        if roles.knows_standby(items(&self.aliases)) { None } else { self.hidden() }
    }

    /// The gap because of which registrations may be missing.
    pub(super) fn hidden(&self) -> Option<&Gap> {
        self.registrations.as_ref().and_then(|listing| listing.gap.as_ref())
    }

    /// The pairs' directories, as they are registered.
    pub(super) fn registered<'a>(&'a self, roles: &Roles) -> impl Iterator<Item = &'a WorkspaceDirectory> {
        let directories = roles.directories(false, items(&self.aliases), items(&self.registrations));
        items(&self.registrations).iter().filter(move |known| directories.contains(&known.directory_id))
    }

    /// The pairs' directories, whether or not they are registered.
    pub(super) fn located(&self, roles: &Roles) -> BTreeSet<String> {
        roles.directories(false, items(&self.aliases), items(&self.registrations))
    }

    /// The pairs' directories that may be asked about. One that is surely not registered has nothing to tell, and asking for it is an
    /// error.
    fn directories(&self, roles: &Roles) -> BTreeSet<String> {
        let mut directories = roles.directories(false, items(&self.aliases), items(&self.registrations));
        if let Some(Listing { items: registered, gap: None }) = &self.registrations {
            directories.retain(|directory| registered.iter().any(|known| known.directory_id == *directory));
        }
        directories
    }
}

/// What is asked of the account, the directories and the aliases.
#[derive(Debug)]
pub(super) struct Around {
    account_settings: Option<Listing<AccountSettings>>,
    client_properties: Option<Listing<ClientPropertiesOf>>,
    add_ins: BTreeMap<String, Listing<ClientAddIn>>,
    branding: BTreeMap<String, Listing<PlatformBranding>>,
    logos: Option<Listing<Logo>>,
    alias_permissions: BTreeMap<String, Listing<AliasPermission>>,
}

impl Around {
    pub(super) async fn read(reader: &Reader, workspaces: &WorkSpaces, frame: &Frame) -> Self {
        let directories = frame.directories(&reader.roles);
        let aliases = reader.roles.aliases(items(&frame.aliases));
        let (account_settings, mut client_properties, add_ins, branding, alias_permissions) = tokio::join!(
            reader.when(Dataset::Account, || workspaces.account_settings()),
            reader.when(Dataset::ClientProperties, || workspaces.client_properties(items(&frame.registrations))),
            each(reader.about(Dataset::AddIns, &directories), |directory| async move {
                workspaces.add_ins(&directory).await
            }),
            each(reader.about(Dataset::Branding, &directories), |directory| async move {
                workspaces.branding(&directory).await
            }),
            each(reader.about(Dataset::AliasPermissions, &aliases), |alias| async move {
                workspaces.alias_permissions(&alias).await
            }),
        );
        if let (Some(properties), Some(gap)) = (&mut client_properties, frame.hidden()) {
            // Of directories that are not known, neither are the properties.
            properties.cut(gap.clone());
        }
        let logos = reader.when(Dataset::Logos, || logos::logos(&reader.config, &branding)).await;
        Self { account_settings, client_properties, add_ins, branding, logos, alias_permissions }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].account_settings = slice(estate, self.account_settings);
        estate.sides[at].client_properties = slice(estate, self.client_properties);
        estate.sides[at].add_ins = slices(estate, self.add_ins);
        estate.sides[at].branding = slices(estate, self.branding);
        estate.sides[at].logos = slice(estate, self.logos);
        estate.sides[at].alias_permissions = slices(estate, self.alias_permissions);
    }
}
