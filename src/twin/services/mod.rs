//! What each service answers, one file each.

mod acmpca;
mod datasync;
mod directory;
mod ec2;
mod fsx;
mod iam;
mod kms;
mod paging;
mod quotas;
mod route53;
mod sts;
mod tagging;
mod workspaces;

use super::Service;
use super::error::{ApiError, Trouble};
use super::model::facts;
use super::pages::{List, Pages};
use super::world::{Caller, World};
use serde::Serialize;
use serde_json::Value;

/// One call, decoded and checked against the service model.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The service.
    pub(crate) service: Service,
    /// The operation.
    pub(crate) operation: &'static str,
    /// The caller's account.
    pub(crate) account: String,
    /// The Region of the signature.
    pub(crate) region: String,
    /// Who calls.
    pub(crate) caller: Caller,
    /// The input, by the model's member names.
    pub(crate) input: Value,
    /// Whether part of the answer is to be left out.
    pub(crate) partial: bool,
    /// The id of the request.
    pub(crate) request_id: String,
}

impl Call {
    /// A text of the input.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.input.get(name).and_then(Value::as_str)
    }

    /// A number of the input.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.input.get(name).and_then(Value::as_i64)
    }

    /// The texts of a list of the input; absent where the list is.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        self.input.get(name).and_then(Value::as_array).map(|items| items.iter().filter_map(Value::as_str).collect())
    }

    /// The list that this call reads a page of.
    pub(crate) fn list(&self) -> List<'_> {
        List {
            place: (&self.account, &self.region),
            service: self.service,
            operation: self.operation,
            input: &self.input,
        }
    }

    /// The refusal of a caller who may not do this.
    pub(crate) fn denied(&self) -> ApiError {
        ApiError::denied(self.service, self.operation, &self.caller.arn, &self.resource())
    }

    /// The ARN of a key that is named by its id, an alias or its ARN.
    pub(crate) fn arn_of_key(&self, named: &str) -> String {
        let kind = if named.starts_with("alias/") { "" } else { "key/" };
        if named.starts_with("arn:") {
            named.to_owned()
        } else {
            format!("arn:aws:kms:{}:{}:{kind}{named}", self.region, self.account)
        }
    }

    /// What IAM's refusals name as the resource: the kind that the operation reads, as the service-authorization reference lists it, and
    /// as seen in the wild for `DescribeWorkspaceDirectories`.
    fn resource(&self) -> String {
        let kind = match self.operation {
            "DescribeWorkspaceDirectories" => "directory/*",
            "DescribeClientBranding"
            | "DescribeConnectClientAddIns"
            | "CreateConnectClientAddIn"
            | "DeleteClientBranding"
            | "DeleteConnectClientAddIn"
            | "ImportClientBranding"
            | "ModifyCertificateBasedAuthProperties"
            | "ModifyClientProperties"
            | "ModifySamlProperties"
            | "ModifySelfservicePermissions"
            | "ModifyStreamingProperties"
            | "ModifyWorkspaceAccessProperties"
            | "ModifyWorkspaceCreationProperties"
            | "UpdateConnectClientAddIn" => &format!("directory/{}", self.text("ResourceId").unwrap_or("*")),
            "AssociateIpGroups"
            | "DeregisterWorkspaceDirectory"
            | "DeleteDirectory"
            | "DescribeClientAuthenticationSettings"
            | "DescribeLDAPSSettings"
            | "DescribeRegions"
            | "DescribeDomainControllers"
            | "DisassociateIpGroups"
            | "ListCertificates"
            | "ModifyEndpointEncryptionMode"
            | "RegisterWorkspaceDirectory" => &format!("directory/{}", self.text("DirectoryId").unwrap_or("*")),
            "DeleteWorkspaceImage"
            | "DescribeImageAssociations"
            | "DescribeWorkspaceImagePermissions"
            | "UpdateWorkspaceImagePermission" => &format!("workspaceimage/{}", self.text("ImageId").unwrap_or("*")),
            "CopyWorkspaceImage" => &format!("workspaceimage/{}", self.text("SourceImageId").unwrap_or("*")),
            "CreateWorkspaceBundle"
            | "DeleteWorkspaceBundle"
            | "DescribeBundleAssociations"
            | "UpdateWorkspaceBundle" => &format!("workspacebundle/{}", self.text("BundleId").unwrap_or("*")),
            "CreateStandbyWorkspaces"
            | "CreateWorkspaces"
            | "DescribeWorkspaces"
            | "DescribeWorkspacesConnectionStatus"
            | "ModifyWorkspaceProperties"
            | "StartWorkspaces"
            | "StopWorkspaces"
            | "TerminateWorkspaces" => &format!("workspaceid/{}", self.text("WorkspaceId").unwrap_or("*")),
            "DescribeIpGroups" | "CreateIpGroup" => "workspaceipgroup/*",
            "AuthorizeIpRules" | "DeleteIpGroup" | "RevokeIpRules" | "UpdateRulesOfIpGroup" => {
                &format!("workspaceipgroup/{}", self.text("GroupId").unwrap_or("*"))
            }
            "AssociateConnectionAlias"
            | "DeleteConnectionAlias"
            | "DescribeConnectionAliasPermissions"
            | "DisassociateConnectionAlias"
            | "UpdateConnectionAliasPermission" => &format!("connectionalias/{}", self.text("AliasId").unwrap_or("*")),
            "AssumeRole" => return self.text("RoleArn").unwrap_or("*").to_owned(),
            "DescribeKey" => return self.arn_of_key(self.text("KeyId").unwrap_or("*")),
            "SimulatePrincipalPolicy" => return self.text("PolicySourceArn").unwrap_or("*").to_owned(),
            "DescribeCertificateAuthority" => return self.text("CertificateAuthorityArn").unwrap_or("*").to_owned(),
            "ListRequestedServiceQuotaChangeHistoryByQuota" | "RequestServiceQuotaIncrease" => {
                let of = |member: &str| self.text(member).unwrap_or("*");
                &format!("{}/{}", of("ServiceCode"), of("QuotaCode"))
            }
            "GetHostedZone" => return format!("arn:aws:route53:::hostedzone/{}", self.text("Id").unwrap_or("*")),
            "ChangeResourceRecordSets"
            | "ListResourceRecordSetProtections"
            | "ListResourceRecordSets"
            | "UpdateHostedZoneFeatures" => {
                return format!("arn:aws:route53:::hostedzone/{}", self.text("HostedZoneId").unwrap_or("*"));
            }
            _ => return "*".to_owned(),
        };
        format!("arn:aws:{}:{}:{}:{kind}", self.service.signing_name(), self.region, self.account)
    }
}

/// Answers a call.
pub(crate) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<String, Trouble> {
    world.settle();
    let json = match call.service {
        Service::WorkSpaces => workspaces::answer(world, pages, call)?,
        Service::Directory => directory::answer(world, pages, call)?,
        Service::Fsx => fsx::answer(world, pages, call)?,
        Service::DataSync => datasync::answer(world, pages, call)?,
        Service::Tagging => tagging::answer(world, pages, call)?,
        Service::Quotas => quotas::answer(world, pages, call)?,
        Service::Kms => kms::answer(world, call)?,
        Service::Route53 => return route53::answer(world, pages, call),
        Service::Ec2 => return ec2::answer(world, pages, call),
        Service::Sts => return sts::answer(world, call),
        Service::PrivateCa => acmpca::answer(world, call)?,
        Service::Iam => return iam::answer(world, pages, call),
    };
    Ok(json.to_string())
}

/// A resource as it travels: the estate's structs have AWS's member names.
fn wire<T: Serialize>(resource: &T) -> Value {
    serde_json::to_value(resource).expect("structs of texts, numbers and lists are written")
}

/// A resource of a list as it travels.
fn wires<'a, T: Serialize + 'a>(resources: impl IntoIterator<Item = &'a T>) -> Vec<Value> {
    resources.into_iter().map(wire).collect()
}

/// Of what a call names, all; of a partial answer, the first half, rounded down.
fn kept<T>(mut named: Vec<T>, call: &Call) -> Vec<T> {
    if call.partial {
        named.truncate(named.len() / 2);
    }
    named
}

/// The model has an operation that no service file answers: a test walks them all.
fn unserved(call: &Call, operation: &str) -> Trouble {
    let facts = facts(call.service);
    ApiError::unknown_operation(facts.protocol, operation, &facts.version).into()
}
