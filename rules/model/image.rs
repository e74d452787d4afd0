//! Images, bundles and IP access control groups.

use super::Moment;
use super::wire::wire;

wire! {
    /// `workspaces:WorkspaceImage`. It has no member for its source: lineage cannot be read (AWS-FACTS §1.3).
    Image as "PascalCase" {
        image_id: String,
        name: String,
        description: String,
        operating_system: Option<OperatingSystem>,
        state: String,
        required_tenancy: String,
        error_code: String,
        error_message: String,
        created: Option<Moment>,
        owner_account_id: String,
        updates: Option<ImageUpdates>,
        error_details: Vec<ImageErrorDetails>,
    }

    /// `workspaces:OperatingSystem`.
    OperatingSystem as "PascalCase" {
        r#type: String,
    }

    /// `workspaces:UpdateResult`.
    ImageUpdates as "PascalCase" {
        update_available: Option<bool>,
        description: String,
    }

    /// `workspaces:ErrorDetails`.
    ImageErrorDetails as "PascalCase" {
        error_code: String,
        error_message: String,
    }

    /// `workspaces:WorkspaceBundle`.
    Bundle as "PascalCase" {
        bundle_id: String,
        name: String,
        owner: String,
        description: String,
        image_id: String,
        root_storage: Option<Storage>,
        user_storage: Option<Storage>,
        compute_type: Option<ComputeType>,
        last_updated_time: Option<Moment>,
        creation_time: Option<Moment>,
        state: String,
        bundle_type: String,
    }

    /// `workspaces:RootStorage` and `workspaces:UserStorage`: GiB, as text.
    Storage as "PascalCase" {
        capacity: String,
    }

    /// `workspaces:ComputeType`.
    ComputeType as "PascalCase" {
        name: String,
    }

    /// `workspaces:ImagePermission`.
    ImagePermission as "PascalCase" {
        shared_account_id: String,
    }

    /// `workspaces:BundleResourceAssociation` and `workspaces:ImageResourceAssociation`: an application that a bundle or an image brings.
    ApplicationAssociation as "PascalCase" {
        associated_resource_id: String,
        associated_resource_type: String,
        state: String,
        state_reason: Option<AssociationStateReason>,
    }

    /// `workspaces:AssociationStateReason`.
    AssociationStateReason as "PascalCase" {
        error_code: String,
        error_message: String,
    }

    /// `workspaces:WorkSpaceApplication`. Its id is of one Region; its name pairs it.
    Application as "PascalCase" {
        application_id: String,
        name: String,
        owner: String,
        state: String,
    }

    /// `workspaces:WorkspacesIpGroup`, whose members AWS writes in lower camel case.
    IpGroup as "camelCase" {
        group_id: String,
        group_name: String,
        group_desc: String,
        user_rules: Vec<IpRule>,
    }

    /// `workspaces:IpRuleItem`: a range of client addresses that may connect.
    IpRule as "camelCase" {
        ip_rule: String,
        rule_desc: String,
    }
}
