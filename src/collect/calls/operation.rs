//! Services and their operations, by the names that configuration, counts, gaps and policies carry.

use std::fmt;

/// An AWS service that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Amazon WorkSpaces.
    WorkSpaces,
    /// AWS Directory Service.
    Directory,
    /// Amazon FSx.
    Fsx,
    /// AWS DataSync.
    DataSync,
    /// Amazon Route 53, which is global.
    Route53,
    /// The Resource Groups Tagging API.
    Tagging,
    /// Amazon EC2.
    Ec2,
    /// AWS Security Token Service.
    Sts,
    /// Service Quotas.
    Quotas,
    /// AWS Key Management Service.
    Kms,
    /// AWS Private CA.
    PrivateCa,
    /// AWS Identity and Access Management, which is global.
    Iam,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::WorkSpaces,
        Self::Directory,
        Self::Fsx,
        Self::DataSync,
        Self::Route53,
        Self::Tagging,
        Self::Ec2,
        Self::Sts,
        Self::Quotas,
        Self::Kms,
        Self::PrivateCa,
        Self::Iam,
    ];

    /// The name requests are signed for, which configuration, counts and gaps carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkSpaces => "workspaces",
            Self::Directory => "ds",
            Self::Fsx => "fsx",
            Self::DataSync => "datasync",
            Self::Route53 => "route53",
            Self::Tagging => "tagging",
            Self::Ec2 => "ec2",
            Self::Sts => "sts",
            Self::Quotas => "servicequotas",
            Self::Kms => "kms",
            Self::PrivateCa => "acm-pca",
            Self::Iam => "iam",
        }
    }

    /// The prefix of its IAM actions.
    pub const fn iam_prefix(self) -> &'static str {
        match self {
            Self::Tagging => "tag",
            Self::WorkSpaces
            | Self::Directory
            | Self::Fsx
            | Self::DataSync
            | Self::Route53
            | Self::Ec2
            | Self::Sts
            | Self::Quotas
            | Self::Kms
            | Self::PrivateCa
            | Self::Iam => self.name(),
        }
    }

    /// Whether it has no Regions.
    pub const fn is_global(self) -> bool {
        matches!(self, Self::Route53 | Self::Iam)
    }
}

/// One operation of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// The service.
    pub service: Service,
    /// Its name in the service's model, `DescribeWorkspaces`.
    pub name: &'static str,
}

impl Operation {
    /// An operation of a service.
    pub const fn of(service: Service, name: &'static str) -> Self {
        Self { service, name }
    }

    /// The IAM action that permits it. Where the action has another name than the operation, it is told here.
    pub fn iam_action(self) -> String {
        format!("{}:{}", self.service.iam_prefix(), self.name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.name(), self.name)
    }
}
