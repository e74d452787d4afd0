//! The operations that a plan may name: what is sent is what stands here, whatever a file says.

use crate::collect::calls::{Operation, Service};

/// What an operation does, as far as safety is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It makes or changes something: a change may call it.
    Change,
    /// It takes away what a change made: an inverse alone may call it.
    Undo,
    /// It reads.
    Read,
}

macro_rules! known {
    ($($kind:ident $service:ident $name:literal;)*) => {
        const KNOWN: &[(Kind, Operation)] = &[$((Kind::$kind, Operation::of(Service::$service, $name)),)*];
    };
}

known! {
    Change WorkSpaces "AssociateConnectionAlias";
    Change WorkSpaces "AssociateIpGroups";
    Change WorkSpaces "AuthorizeIpRules";
    Change WorkSpaces "CopyWorkspaceImage";
    Change WorkSpaces "CreateConnectClientAddIn";
    Change WorkSpaces "CreateConnectionAlias";
    Change WorkSpaces "CreateIpGroup";
    Change WorkSpaces "CreateStandbyWorkspaces";
    Change WorkSpaces "CreateTags";
    Change WorkSpaces "CreateWorkspaceBundle";
    Change WorkSpaces "CreateWorkspaces";
    Change WorkSpaces "ImportClientBranding";
    Change WorkSpaces "ModifyCertificateBasedAuthProperties";
    Change WorkSpaces "ModifyClientProperties";
    Change WorkSpaces "ModifyEndpointEncryptionMode";
    Change WorkSpaces "ModifySamlProperties";
    Change WorkSpaces "ModifySelfservicePermissions";
    Change WorkSpaces "ModifyStreamingProperties";
    Change WorkSpaces "ModifyWorkspaceAccessProperties";
    Change WorkSpaces "ModifyWorkspaceCreationProperties";
    Change WorkSpaces "ModifyWorkspaceProperties";
    Change WorkSpaces "RegisterWorkspaceDirectory";
    Change WorkSpaces "RevokeIpRules";
    Change WorkSpaces "UpdateConnectClientAddIn";
    Change WorkSpaces "UpdateConnectionAliasPermission";
    Change WorkSpaces "UpdateWorkspaceBundle";
    Change WorkSpaces "UpdateWorkspaceImagePermission";
    Undo WorkSpaces "DeleteClientBranding";
    Undo WorkSpaces "DeleteConnectClientAddIn";
    Undo WorkSpaces "DeleteConnectionAlias";
    Undo WorkSpaces "DeleteIpGroup";
    Undo WorkSpaces "DeleteTags";
    Undo WorkSpaces "DeleteWorkspaceBundle";
    Undo WorkSpaces "DeleteWorkspaceImage";
    Undo WorkSpaces "DisassociateConnectionAlias";
    Undo WorkSpaces "DisassociateIpGroups";
    Undo WorkSpaces "TerminateWorkspaces";
    Read WorkSpaces "DescribeConnectClientAddIns";
    Read WorkSpaces "DescribeConnectionAliases";
    Read WorkSpaces "DescribeIpGroups";
    Read WorkSpaces "DescribeWorkspaceBundles";
    Read WorkSpaces "DescribeWorkspaceDirectories";
    Read WorkSpaces "DescribeWorkspaceImages";
    Read WorkSpaces "DescribeWorkspaces";
    Read WorkSpaces "DescribeWorkspacesConnectionStatus";
    Change Route53 "ChangeResourceRecordSets";
    Change Route53 "UpdateHostedZoneFeatures";
    Read Route53 "GetChange";
    Change Fsx "CopyBackup";
    Undo Fsx "DeleteBackup";
    Read Fsx "DescribeBackups";
    Change DataSync "UpdateTask";
    Change Quotas "RequestServiceQuotaIncrease";
    Read Quotas "ListRequestedServiceQuotaChangeHistoryByQuota";
    Read Quotas "ListServiceQuotas";
}

/// The operation of this name, where a plan may name it, and what it does.
pub fn find(service: &str, name: &str) -> Option<(Kind, Operation)> {
    KNOWN.iter().find(|(_, known)| known.service.name() == service && known.name == name).copied()
}

/// The service and operation of a dynamic update (RFC 2136): a plan may name it as it does a call to AWS, and it is taken back by another.
pub const DNS_UPDATE: (&str, &str) = ("dns", "Update");

/// Whether a call is a dynamic update, which no service of AWS gets.
pub fn is_dns_update(service: &str, operation: &str) -> bool {
    (service, operation) == DNS_UPDATE
}

/// The list in an input of which AWS takes several at once, and how many, where an operation has one: `workspaces:WorkspaceRequestList`
/// and its like. `CreateStandbyWorkspaces` has no maximum in the model: what `CreateWorkspaces` takes is taken to be enough.
pub fn batch(name: &str) -> Option<(&'static str, usize)> {
    match name {
        "CreateWorkspaces" => Some(("Workspaces", 25)),
        "CreateStandbyWorkspaces" => Some(("StandbyWorkspaces", 25)),
        "TerminateWorkspaces" => Some(("TerminateWorkspaceRequests", 25)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_away_is_no_change() {
        for (kind, operation) in KNOWN {
            let takes = ["Delete", "Terminate", "Disassociate", "Deregister"];
            assert_eq!(takes.iter().any(|word| operation.name.starts_with(word)), *kind == Kind::Undo, "{operation}");
            let reads = ["Describe", "List", "Get"];
            assert_eq!(reads.iter().any(|word| operation.name.starts_with(word)), *kind == Kind::Read, "{operation}");
        }
        assert_eq!(find("workspaces", "DeregisterWorkspaceDirectory"), None);
        assert_eq!(find("workspaces", "RebuildWorkspaces"), None);
        assert!(is_dns_update("dns", "Update") && !is_dns_update("route53", "Update"));
        assert_eq!(find("dns", "Update"), None, "no service of AWS gets it");
    }
}
