//! Connection aliases and client branding.

use super::wire::wire;
use std::collections::BTreeMap;

wire! {
    /// `workspaces:ConnectionAlias`.
    ConnectionAlias as "PascalCase" {
        connection_string: String,
        alias_id: String,
        state: String,
        owner_account_id: String,
        associations: Vec<AliasAssociation>,
    }

    /// `workspaces:ConnectionAliasAssociation`. `ConnectionIdentifier` is the TXT value that sends people here.
    AliasAssociation as "PascalCase" {
        association_status: String,
        associated_account_id: String,
        resource_id: String,
        connection_identifier: String,
    }

    /// `workspaces:ConnectionAliasPermission`.
    AliasPermission as "PascalCase" {
        shared_account_id: String,
        allow_association: Option<bool>,
    }

    /// One platform's part of `workspaces:DescribeClientBrandingResult`. The API gives a logo's address, never the logo.
    Branding as "PascalCase" {
        logo_url: String,
        #[serde(rename = "Logo2xUrl")]
        logo_2x_url: String,
        #[serde(rename = "Logo3xUrl")]
        logo_3x_url: String,
        support_email: String,
        support_link: String,
        forgot_password_link: String,
        login_message: BTreeMap<String, String>,
    }
}

wire! {
    /// A logo that a branding's address leads to: the SHA-256 of what was fetched, or why nothing was.
    Logo as "PascalCase" {
        url: String,
        sha256: String,
        bytes: Option<i64>,
        failure: String,
    }
}

/// The platforms that can be branded, by the names of the members of `DescribeClientBrandingResult`.
pub const PLATFORMS: [(&str, &str); 6] = [
    ("DeviceTypeWindows", "Windows"),
    ("DeviceTypeOsx", "macOS"),
    ("DeviceTypeAndroid", "Android"),
    ("DeviceTypeIos", "iOS"),
    ("DeviceTypeLinux", "Linux"),
    ("DeviceTypeWeb", "Web Access"),
];

/// One platform's branding on one directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PlatformBranding {
    /// The member's name: one of [`PLATFORMS`].
    pub device_type: String,
    /// What is set.
    pub branding: Branding,
}
