//! The WorkSpaces themselves, as rows, and their connection status.

use super::{PAGE, PAGE_SIZE, WorkSpaces};
use crate::collect::AT_A_TIME;
use crate::collect::convert::{list, moment, text, word};
use crate::collect::datasets::{DESCRIBE_WORKSPACES, DESCRIBE_WORKSPACES_CONNECTION_STATUS};
use crate::collect::fault::{Effect, Fault, Retry};
use crate::collect::paging::{Listing, Page, each_page, pages, token};
use aws_sdk_workspaces::types;
use deskpair_rules::model::workspace::{
    ConnectionRow, DataReplication, Extra, Extras, Modification, Related, StandbyProperties, WorkspaceRecord,
    WorkspaceRow,
};
use deskpair_rules::model::{Gap, GapCause, Symbols};
use futures_util::StreamExt;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// One side's WorkSpaces, with a table of texts of their own: sides are read at the same time, and an estate's numbers must not depend
/// on which answer came first.
#[derive(Debug, Default)]
pub(in crate::collect) struct Desktops {
    /// The texts of all rows.
    pub(in crate::collect) symbols: Symbols,
    /// The WorkSpaces, in the order of the pages.
    pub(in crate::collect) rows: Vec<WorkspaceRow>,
    /// What few of them have.
    pub(in crate::collect) extras: Extras,
    /// What hides the rest.
    pub(in crate::collect) gap: Option<Gap>,
}

impl WorkSpaces {
    /// All WorkSpaces.
    pub(in crate::collect) async fn desktops(&self) -> Desktops {
        let Self { client, caller } = self;
        let mut desktops = Desktops::default();
        let Desktops { symbols, rows, extras, .. } = &mut desktops;
        let ask = |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_WORKSPACES, "", || {
                    client.describe_workspaces().limit(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            // An account without a WorkSpace has an empty list. An answer without any list says nothing of people.
            let items = answer.workspaces.ok_or_else(|| {
                let message = "the answer has no list of WorkSpaces".to_owned();
                caller.gap(
                    DESCRIBE_WORKSPACES,
                    "",
                    Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None),
                )
            })?;
            Ok(Page { items, next: token(answer.next_token) })
        };
        let gap = each_page(caller, DESCRIBE_WORKSPACES, "", ask, |page| {
            rows.extend(page.into_iter().map(|workspace| WorkspaceRow::of(record(workspace), symbols, extras)));
        })
        .await;
        desktops.gap = gap;
        desktops
    }

    /// The connection status of the WorkSpaces in these directories, 25 a call.
    pub(in crate::collect) async fn connections(
        &self,
        desktops: &mut Desktops,
        directories: &BTreeSet<String>,
    ) -> Listing<ConnectionRow> {
        let ids: Vec<String> = {
            let symbols = &desktops.symbols;
            let inside = desktops.rows.iter().filter(|row| directories.contains(symbols.text(row.directory)));
            inside.map(|row| symbols.text(row.id).to_owned()).collect()
        };
        let batches: Vec<Vec<String>> = ids.chunks(PAGE).map(<[String]>::to_vec).collect();
        self.caller.announce(batches.len() as u64);
        let mut listing = Listing::default();
        let mut answers = futures_util::stream::iter(batches)
            .map(|batch| async move { self.connection_batch(&batch).await })
            .buffered(AT_A_TIME);
        while let Some(answer) = answers.next().await {
            listing.items.extend(answer.items.into_iter().map(|status| ConnectionRow {
                workspace: desktops.symbols.intern(&text(status.workspace_id)),
                state: desktops.symbols.intern(&word(status.connection_state)),
                checked: moment(status.connection_state_check_timestamp),
                last_known: moment(status.last_known_user_connection_timestamp),
            }));
            if let Some(gap) = answer.gap {
                listing.cut(gap);
            }
        }
        // Of WorkSpaces that are not known, neither is the connection.
        if let Some(gap) = &desktops.gap {
            listing.cut(gap.clone());
        }
        listing
    }

    async fn connection_batch(&self, batch: &[String]) -> Listing<types::WorkspaceConnectionStatus> {
        let Self { client, caller } = self;
        let operation = DESCRIBE_WORKSPACES_CONNECTION_STATUS;
        let mut listing = pages(caller, operation, "", |next: Option<String>| async move {
            let answer = caller
                .read(operation, "", || {
                    let request = client.describe_workspaces_connection_status();
                    request.set_workspace_ids(Some(batch.to_vec())).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: answer.workspaces_connection_status.unwrap_or_default(), next: token(answer.next_token) })
        })
        .await;
        let answered: BTreeSet<&str> = listing.items.iter().filter_map(|status| status.workspace_id()).collect();
        let silent = batch.iter().filter(|id| !answered.contains(id.as_str())).count();
        if silent > 0 {
            let message = "the answer left out WorkSpaces that were asked for".to_owned();
            listing.cut(caller.gap(operation, "", Fault::new(GapCause::Partial, message, Retry::Never, Effect::None)));
        }
        listing
    }
}

fn record(workspace: types::Workspace) -> WorkspaceRecord<'static> {
    let owned = |member: Option<String>| Cow::Owned(text(member));
    let properties = workspace.workspace_properties;
    let properties = properties.unwrap_or_else(|| types::WorkspaceProperties::builder().build());
    let size = |gib: Option<i32>| gib.and_then(|gib| u16::try_from(gib).ok());
    let protocols: Vec<&str> = properties.protocols().iter().map(types::Protocol::as_str).collect();
    WorkspaceRecord {
        protocols: Cow::Owned(protocols.join(",")),
        workspace_id: owned(workspace.workspace_id),
        directory_id: owned(workspace.directory_id),
        user_name: owned(workspace.user_name),
        workspace_name: owned(workspace.workspace_name),
        state: Cow::Owned(word(workspace.state)),
        bundle_id: owned(workspace.bundle_id),
        subnet_id: owned(workspace.subnet_id),
        ip_address: workspace.ip_address.and_then(|address| address.parse().ok()),
        computer_name: owned(workspace.computer_name),
        volume_encryption_key: owned(workspace.volume_encryption_key),
        user_volume_encryption_enabled: workspace.user_volume_encryption_enabled,
        root_volume_encryption_enabled: workspace.root_volume_encryption_enabled,
        running_mode: Cow::Owned(word(properties.running_mode)),
        running_mode_auto_stop_timeout_in_minutes: size(properties.running_mode_auto_stop_timeout_in_minutes),
        root_volume_size_gib: size(properties.root_volume_size_gib),
        user_volume_size_gib: size(properties.user_volume_size_gib),
        compute_type_name: Cow::Owned(word(properties.compute_type_name)),
        operating_system_name: Cow::Owned(word(properties.operating_system_name)),
        extra: Some(Box::new(Extra {
            error_code: text(workspace.error_code),
            error_message: text(workspace.error_message),
            related_workspaces: list(workspace.related_workspaces, |related| Related {
                workspace_id: text(related.workspace_id),
                region: text(related.region),
                state: word(related.state),
                r#type: word(related.r#type),
            }),
            modification_states: list(workspace.modification_states, |modification| Modification {
                resource: word(modification.resource),
                state: word(modification.state),
            }),
            data_replication_settings: workspace.data_replication_settings.map(|settings| DataReplication {
                data_replication: word(settings.data_replication),
                recovery_snapshot_time: moment(settings.recovery_snapshot_time),
            }),
            standby_workspaces_properties: list(workspace.standby_workspaces_properties, |standby| StandbyProperties {
                standby_workspace_id: text(standby.standby_workspace_id),
                data_replication: word(standby.data_replication),
                recovery_snapshot_time: moment(standby.recovery_snapshot_time),
            }),
        })),
    }
}
