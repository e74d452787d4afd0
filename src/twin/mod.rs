//! The twin: a local AWS over one world that changes as it is called.
//!
//! An HTTP server on loopback speaks the protocols of the services that deskpair calls. Region and service come from the credential
//! scope of a request's signature, the account from its access key: `AKIATWIN` and the account's twelve digits, or `ASIATWIN` and the
//! digits with the session token that `sts:AssumeRole` gave. Signatures are taken on trust: whoever reaches loopback may do anything.

mod asked;
mod auth;
pub mod buckets;
mod dependencies;
pub mod dns;
pub mod error;
pub mod fault_file;
pub mod faults;
pub mod log;
pub mod model;
pub mod pages;
mod people;
pub mod sample;
mod server;
mod services;
pub mod stage;
mod wire;
pub mod world;

pub use auth::{access_key, secret_key};
pub use buckets::Limits;
pub use faults::FaultRule;
pub use log::LoggedCall;
pub use server::{FaultSwitch, Twin, TwinOptions};
pub use world::{World, WorldZones};

use std::fmt;

/// A service that the twin speaks for.
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
    /// Resource Groups Tagging API.
    Tagging,
    /// Amazon Route 53.
    Route53,
    /// Amazon EC2.
    Ec2,
    /// AWS STS.
    Sts,
    /// Service Quotas.
    Quotas,
    /// AWS KMS.
    Kms,
    /// AWS Private CA.
    PrivateCa,
    /// AWS IAM.
    Iam,
}

impl Service {
    /// Every service.
    pub const ALL: [Self; 12] = [
        Self::WorkSpaces,
        Self::Directory,
        Self::Fsx,
        Self::DataSync,
        Self::Tagging,
        Self::Route53,
        Self::Ec2,
        Self::Sts,
        Self::Quotas,
        Self::Kms,
        Self::PrivateCa,
        Self::Iam,
    ];

    /// Its name in a credential scope.
    pub const fn signing_name(self) -> &'static str {
        match self {
            Self::WorkSpaces => "workspaces",
            Self::Directory => "ds",
            Self::Fsx => "fsx",
            Self::DataSync => "datasync",
            Self::Tagging => "tagging",
            Self::Route53 => "route53",
            Self::Ec2 => "ec2",
            Self::Sts => "sts",
            Self::Quotas => "servicequotas",
            Self::Kms => "kms",
            Self::PrivateCa => "acm-pca",
            Self::Iam => "iam",
        }
    }

    /// Its name in IAM actions.
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
            | Self::Iam => self.signing_name(),
        }
    }

    /// The service of a credential scope, or of an IAM action.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.signing_name() == name || service.iam_prefix() == name)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.signing_name())
    }
}
