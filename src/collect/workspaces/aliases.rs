//! Connection aliases, who may associate them, and client branding.

use super::{PAGE_SIZE, WorkSpaces};
use crate::collect::convert::{list, text, word};
use crate::collect::datasets::{
    DESCRIBE_CLIENT_BRANDING, DESCRIBE_CONNECTION_ALIAS_PERMISSIONS, DESCRIBE_CONNECTION_ALIASES,
};
use crate::collect::paging::{Listing, Page, pages, token};
use aws_sdk_workspaces::operation::describe_client_branding::DescribeClientBrandingOutput;
use aws_sdk_workspaces::types;
use deskpair_rules::model::alias::{
    AliasAssociation, AliasPermission, Branding, ConnectionAlias, PLATFORMS, PlatformBranding,
};

impl WorkSpaces {
    /// All connection aliases, those that another account shares with this one too.
    pub(in crate::collect) async fn aliases(&self) -> Listing<ConnectionAlias> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_CONNECTION_ALIASES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_CONNECTION_ALIASES, "", || {
                    client.describe_connection_aliases().limit(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.connection_aliases, alias), next: token(answer.next_token) })
        })
        .await
    }

    /// Which accounts may associate an alias.
    pub(in crate::collect) async fn alias_permissions(&self, alias: &str) -> Listing<AliasPermission> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_CONNECTION_ALIAS_PERMISSIONS, alias, |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_CONNECTION_ALIAS_PERMISSIONS, alias, || {
                    let request = client.describe_connection_alias_permissions().alias_id(alias);
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            let items = list(answer.connection_alias_permissions, |permission| AliasPermission {
                shared_account_id: permission.shared_account_id,
                allow_association: Some(permission.allow_association),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// The branded platforms of a directory.
    pub(in crate::collect) async fn branding(&self, directory: &str) -> Listing<PlatformBranding> {
        let ask = || self.client.describe_client_branding().resource_id(directory).send();
        Listing::from_result(self.caller.read(DESCRIBE_CLIENT_BRANDING, directory, ask).await.map(platforms))
    }
}

fn alias(alias: types::ConnectionAlias) -> ConnectionAlias {
    ConnectionAlias {
        connection_string: text(alias.connection_string),
        alias_id: text(alias.alias_id),
        state: word(alias.state),
        owner_account_id: text(alias.owner_account_id),
        associations: list(alias.associations, |association| AliasAssociation {
            association_status: word(association.association_status),
            associated_account_id: text(association.associated_account_id),
            resource_id: text(association.resource_id),
            connection_identifier: text(association.connection_identifier),
        }),
    }
}

/// The platforms in the order of [`PLATFORMS`].
fn platforms(answer: DescribeClientBrandingOutput) -> Vec<PlatformBranding> {
    let brandings = [
        answer.device_type_windows.map(default_branding),
        answer.device_type_osx.map(default_branding),
        answer.device_type_android.map(default_branding),
        answer.device_type_ios.map(ios_branding),
        answer.device_type_linux.map(default_branding),
        answer.device_type_web.map(default_branding),
    ];
    let named = PLATFORMS.into_iter().zip(brandings);
    named
        .filter_map(|((device_type, _), branding)| {
            branding.map(|branding| PlatformBranding { device_type: device_type.to_owned(), branding })
        })
        .collect()
}

fn default_branding(attributes: types::DefaultClientBrandingAttributes) -> Branding {
    Branding {
        logo_url: text(attributes.logo_url),
        logo_2x_url: String::new(),
        logo_3x_url: String::new(),
        support_email: text(attributes.support_email),
        support_link: text(attributes.support_link),
        forgot_password_link: text(attributes.forgot_password_link),
        login_message: attributes.login_message.unwrap_or_default().into_iter().collect(),
    }
}

fn ios_branding(attributes: types::IosClientBrandingAttributes) -> Branding {
    Branding {
        logo_url: text(attributes.logo_url),
        logo_2x_url: text(attributes.logo2x_url),
        logo_3x_url: text(attributes.logo3x_url),
        support_email: text(attributes.support_email),
        support_link: text(attributes.support_link),
        forgot_password_link: text(attributes.forgot_password_link),
        login_message: attributes.login_message.unwrap_or_default().into_iter().collect(),
    }
}
