//! Who vouches for people, and who may do what: private CAs, and what IAM says of the roles that a pair declares.

use super::Moment;
use super::wire::wire;

wire! {
    /// `acm-pca:CertificateAuthority`, without its configuration: whom its own certificate names, and where others are revoked.
    CertificateAuthority as "PascalCase" {
        arn: String,
        owner_account: String,
        created_at: Option<Moment>,
        last_state_change_at: Option<Moment>,
        r#type: String,
        serial: String,
        status: String,
        not_before: Option<Moment>,
        not_after: Option<Moment>,
        failure_reason: String,
        restorable_until: Option<Moment>,
        key_storage_security_standard: String,
        usage_mode: String,
    }

    /// `iam:EvaluationResult`, of one action on one resource: what IAM's policy simulator says of a role.
    Simulated as "PascalCase" {
        eval_action_name: String,
        eval_resource_name: String,
        eval_decision: String,
        missing_context_values: Vec<String>,
        organizations_decision_detail: Option<OrganizationsDecision>,
        permissions_boundary_decision_detail: Option<BoundaryDecision>,
    }

    /// `iam:OrganizationsDecisionDetail`: what service control policies say.
    OrganizationsDecision as "PascalCase" {
        allowed_by_organizations: Option<bool>,
    }

    /// `iam:PermissionsBoundaryDecisionDetail`.
    BoundaryDecision as "PascalCase" {
        allowed_by_permissions_boundary: Option<bool>,
    }
}

/// What a simulation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is allowed, whatever the request's context.
    Allowed,
    /// It is denied, for this reason.
    Denied(&'static str),
    /// It rests on keys of the request's context that nobody knows beforehand.
    Uncertain,
    /// The answer names no decision.
    Untold,
}

impl Simulated {
    /// What it comes to. Service control policies are asked first: a role cannot do what they do not allow. Where keys of the context are
    /// missing, neither an allowance nor a denial is certain.
    pub fn decision(&self) -> Decision {
        let organizations = self.organizations_decision_detail.as_ref().and_then(|told| told.allowed_by_organizations);
        let boundary = self.permissions_boundary_decision_detail.as_ref();
        let boundary = boundary.and_then(|told| told.allowed_by_permissions_boundary);
        match (self.eval_decision.as_str(), organizations, boundary) {
            (_, Some(false), _) => Decision::Denied("the organization's service control policies do not allow it"),
            _ if !self.missing_context_values.is_empty() => Decision::Uncertain,
            ("explicitDeny", ..) => Decision::Denied("a policy denies it"),
            (_, _, Some(false)) => Decision::Denied("the role's permissions boundary does not allow it"),
            ("implicitDeny", ..) => Decision::Denied("no policy allows it"),
            ("allowed", ..) => Decision::Allowed,
            _ => Decision::Untold,
        }
    }
}
