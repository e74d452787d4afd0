//! What an operation needs besides the action of its own name.
//!
//! What AWS documents, and what is inferred from it, are told apart: the second is said where a policy rests on it.

use super::{Ground, Limit, Needs, ids};
use crate::cli::permissions::partition;
use crate::remediate::plan::{Call, Change, Plan};
use std::collections::BTreeSet;

/// What an operation needs besides itself.
struct Dependent {
    of: &'static str,
    actions: &'static [&'static str],
    on: On,
}

/// On what, and under which condition, a dependent action is permitted.
enum On {
    /// Reading: on everything, in the change's Region.
    Reading,
    /// On what the action itself is permitted on.
    Same,
    /// On everything, where the call has tags: tagging cannot be narrowed.
    Tags,
    /// On the directory, as Directory Service names it.
    Directory,
    /// On the role by which WorkSpaces acts for the account.
    DefaultRole,
    /// On that role, handed to WorkSpaces alone.
    HandedDefaultRole,
    /// On these kinds of EC2's resources, of which there are no ids yet, while a service calls on behalf of whoever called it.
    Network(&'static [&'static str]),
    /// On the key that a call names, used through this service alone.
    Key(&'static str),
    /// On the key that a call names, for grants that this service makes for what it holds.
    Grant(&'static str),
}

/// Dependent actions.
///
/// - Of images, bundles and IP groups: the service-authorization reference (AWS-FACTS §5).
/// - Of a key for volumes: "How WorkSpaces uses AWS KMS", "Giving WorkSpaces permission to use a KMS key on your behalf" (KMS developer guide,
///   docs.aws.amazon.com/kms/latest/developerguide/services-workspaces.html) has whoever makes encrypted desktops among the key's users, and
///   besides lets them make grants on the key; "Encrypted WorkSpaces" (WorkSpaces administration guide,
///   docs.aws.amazon.com/workspaces/latest/adminguide/encrypt-workspaces.html) has the same actions, and grants under
///   `kms:GrantIsForAWSResource`. What both have for the console alone, `kms:ListAliases` and `kms:ListKeys`, is left out.
///   "AWS KMS condition keys" (docs.aws.amazon.com/kms/latest/developerguide/policy-conditions.html) lists WorkSpaces and FSx for
///   `kms:ViaService`. Of `CreateStandbyWorkspaces` no page says anything: that it needs what `CreateWorkspaces` needs is inferred.
/// - Of a key for backups: what "Amazon FSx key policies for AWS KMS" (FSx for Windows user guide,
///   docs.aws.amazon.com/fsx/latest/WindowsGuide/encryption-at-rest.html) calls required of an encrypted file system's key. That copying a
///   backup needs the same is inferred.
/// - Of `RegisterWorkspaceDirectory` nothing documents a list, and the reference has no dependent action: all of it is inferred. "Identity and
///   access management for WorkSpaces" (docs.aws.amazon.com/workspaces/latest/adminguide/workspaces-access-control.html) has these actions
///   among those for "creating and managing directories"; "Security groups for your WorkSpaces" says that registering makes two security
///   groups. Network interfaces are made by the default role (managed policy `AmazonWorkSpacesServiceAccess`), not by whoever registers.
const DEPENDENT: &[Dependent] = &[
    Dependent { of: "CopyWorkspaceImage", actions: &["workspaces:DescribeWorkspaceImages"], on: On::Reading },
    Dependent { of: "CopyWorkspaceImage", actions: &["workspaces:CreateTags"], on: On::Tags },
    Dependent { of: "CreateWorkspaceBundle", actions: &["workspaces:CreateTags"], on: On::Tags },
    Dependent { of: "AuthorizeIpRules", actions: &["workspaces:UpdateRulesOfIpGroup"], on: On::Same },
    Dependent { of: "CreateWorkspaces", actions: USES_A_KEY, on: On::Key("workspaces") },
    Dependent { of: "CreateWorkspaces", actions: MAKES_GRANTS, on: On::Grant("workspaces") },
    Dependent { of: "CreateStandbyWorkspaces", actions: USES_A_KEY, on: On::Key("workspaces") },
    Dependent { of: "CreateStandbyWorkspaces", actions: MAKES_GRANTS, on: On::Grant("workspaces") },
    Dependent {
        of: "CopyBackup",
        actions: &["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
        on: On::Key("fsx"),
    },
    Dependent { of: "CopyBackup", actions: &["kms:CreateGrant"], on: On::Grant("fsx") },
    Dependent { of: REGISTER, actions: &["iam:PassRole"], on: On::HandedDefaultRole },
    Dependent { of: REGISTER, actions: &["iam:GetRole"], on: On::DefaultRole },
    Dependent { of: REGISTER, actions: &["ds:AuthorizeApplication"], on: On::Directory },
    Dependent {
        of: REGISTER,
        actions: &[
            "ds:DescribeDirectories",
            "ec2:DescribeAvailabilityZones",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        on: On::Reading,
    },
    Dependent { of: REGISTER, actions: &["ec2:CreateSecurityGroup"], on: On::Network(&["security-group", "vpc"]) },
    Dependent {
        of: REGISTER,
        actions: &["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags"],
        on: On::Network(&["security-group"]),
    },
];

const REGISTER: &str = "RegisterWorkspaceDirectory";

/// What the default key policy allows a key's users, by the names of the actions that its wildcards stand for and that a key for volumes has.
const USES_A_KEY: &[&str] = &[
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
];

/// WorkSpaces makes a grant for each desktop, on behalf of whoever has it made. It takes them back itself.
const MAKES_GRANTS: &[&str] = &["kms:CreateGrant", "kms:ListGrants"];

/// The members of inputs that name keys.
const KEYS: [&str; 2] = ["KmsKeyId", "VolumeEncryptionKey"];

/// The role by which WorkSpaces acts for an account (`workspaces:RegisterWorkspaceDirectory`: "you will need to create the
/// workspaces_DefaultRole role before you can register a directory").
const DEFAULT_ROLE: &str = "workspaces_DefaultRole";

/// What is said where a policy is to register a directory.
const OF_REGISTERING: &str = "note: AWS documents no whole list of what RegisterWorkspaceDirectory needs besides itself. The policy has \
    what its guide's example for managing directories suggests, unverified: iam:PassRole and iam:GetRole of workspaces_DefaultRole, \
    ds:AuthorizeApplication, reading the network, and making security groups while a service of AWS does so on the identity's behalf\n";

/// What is said where a policy is to use a key.
const OF_KEYS: &str = "note: an IAM policy allows the use of a KMS key only where the key's own policy lets IAM policies do so, or has the \
    identity among the key's users: look at the key policies of the standby Region's keys\n";

/// What is said where what a policy has of keys is not documented for an operation.
const OF_OTHER_KEYS: &str = "note: AWS documents what CreateWorkspaces needs of a KMS key. That CreateStandbyWorkspaces needs the same, and \
    that fsx:CopyBackup needs what an encrypted file system does, is unverified\n";

/// What there is to say of a plan's policy.
pub(super) fn notes(plan: &Plan) -> Vec<&'static str> {
    let has = |is: &dyn Fn(&Call) -> bool| plan.automatic().any(|change| change.calls().iter().any(is));
    let names_a_key = |call: &Call| keys(call).next().is_some();
    let mut notes = Vec::new();
    if has(&|call| call.operation == REGISTER) {
        notes.push(OF_REGISTERING);
    }
    if has(&names_a_key) {
        notes.push(OF_KEYS);
    }
    if has(&|call| call.operation != "CreateWorkspaces" && names_a_key(call)) {
        notes.push(OF_OTHER_KEYS);
    }
    notes
}

/// The keys that a call names. A service's own key lets everybody of its account use it through that service.
fn keys(call: &Call) -> impl Iterator<Item = String> {
    let mut found = BTreeSet::new();
    KEYS.iter().for_each(|member| ids(&call.input, member, &mut found));
    found.into_iter().filter(|key| !key.contains("alias/aws/"))
}

impl Needs {
    /// Adds what a call needs besides its own action.
    pub(super) fn dependents(&mut self, call: &Call, change: &Change, own: &Ground) {
        for dependent in DEPENDENT.iter().filter(|dependent| dependent.of == call.operation) {
            self.dependent(dependent, call, change, own);
        }
    }

    fn dependent(&mut self, dependent: &Dependent, call: &Call, change: &Change, own: &Ground) {
        let (region, account) = (&change.place.region, &change.place.account);
        let account = if account.is_empty() { "*" } else { account };
        let partition = partition(region);
        let through = |service: &str| format!("{service}.{region}.amazonaws.com");
        let role = format!("arn:{partition}:iam::{account}:role/{DEFAULT_ROLE}");
        let of_key = |key: String| match key.strip_prefix("arn:") {
            Some(_) => key,
            None => format!("arn:{partition}:kms:{region}:{account}:{}", of_kind(&key)),
        };
        let (region, resources, limit) = match dependent.on {
            On::Reading => {
                self.regional.extend(dependent.actions.iter().map(|&action| action.to_owned()));
                self.regions.insert(region.clone());
                self.regions.extend(call.input["SourceRegion"].as_str().map(str::to_owned));
                return;
            }
            On::Same => (own.region.as_str(), own.resources.clone(), own.limit.clone()),
            On::Tags if call.input.get("Tags").is_none() => return,
            On::Tags => (region.as_str(), BTreeSet::from(["*".to_owned()]), Limit::None),
            On::Directory => {
                let id = call.input["DirectoryId"].as_str().unwrap_or("*");
                let directory = format!("arn:{partition}:ds:{region}:{account}:directory/{id}");
                (region.as_str(), BTreeSet::from([directory]), Limit::None)
            }
            On::DefaultRole => ("", BTreeSet::from([role]), Limit::None),
            On::HandedDefaultRole => ("", BTreeSet::from([role]), Limit::PassedToWorkSpaces),
            On::Network(kinds) => {
                let any = kinds.iter().map(|kind| format!("arn:{partition}:ec2:{region}:{account}:{kind}/*"));
                (region.as_str(), any.collect(), Limit::ByService)
            }
            On::Key(service) => ("", keys(call).map(of_key).collect(), Limit::KeyThrough(through(service))),
            On::Grant(service) => ("", keys(call).map(of_key).collect(), Limit::GrantThrough(through(service))),
        };
        if resources.is_empty() {
            return;
        }
        let ground = Ground { region: region.to_owned(), resources, limit };
        let actions = dependent.actions.iter().map(|&action| action.to_owned());
        self.changes.entry(ground).or_default().extend(actions);
    }
}

/// A key's place in its ARN. IAM policies name keys, not aliases ("AWS KMS ARNs" of the KMS developer guide): what an alias stands for is not known here.
fn of_kind(key: &str) -> String {
    if key.starts_with("alias/") || key == "*" { "key/*".to_owned() } else { format!("key/{key}") }
}

#[cfg(test)]
mod tests {
    use super::super::of_plan;
    use super::super::tests::{allowed, change, plan};
    use super::*;
    use crate::remediate::plan::{Action, Inverse, MadeKind};
    use serde_json::{Value, json};

    fn none() -> Inverse {
        Inverse::None { why: String::new() }
    }

    #[test]
    fn what_an_action_needs_besides_itself_is_allowed_too() {
        let copy = json!({ "Name": "x", "SourceImageId": "wsi-1", "SourceRegion": "us-east-1", "Tags": [] });
        let allowed = allowed(vec![
            change("CopyWorkspaceImage", copy, none(), Some(MadeKind::Image)),
            change("CreateWorkspaceBundle", json!({ "ImageId": "wsi-2" }), none(), Some(MadeKind::Bundle)),
            change("AuthorizeIpRules", json!({ "GroupId": "wsipg-1" }), none(), None),
            change("AssociateConnectionAlias", json!({ "AliasId": "wsca-1", "ResourceId": "d-1" }), none(), None),
        ]);
        assert_eq!(
            allowed["workspaces:CopyWorkspaceImage"],
            [
                "arn:aws:workspaces:us-east-1:111122223333:workspaceimage/wsi-1",
                "arn:aws:workspaces:us-west-2:111122223333:workspaceimage/*"
            ]
        );
        assert_eq!(allowed["workspaces:DescribeWorkspaceImages"], ["*"]);
        assert_eq!(allowed["workspaces:CreateTags"], ["*"], "of the copy alone: the bundle has no tags");
        let arn = |rest: &str| format!("arn:aws:workspaces:us-west-2:111122223333:{rest}");
        assert_eq!(allowed["workspaces:UpdateRulesOfIpGroup"], [arn("workspaceipgroup/wsipg-1")]);
        assert_eq!(
            allowed["workspaces:AssociateConnectionAlias"],
            ["arn:aws:workspaces:us-west-2:*:connectionalias/wsca-1".to_owned(), arn("directory/d-1")],
            "the alias may be another account's"
        );
        assert!(!allowed.contains_key("iam:PassRole"));
    }

    /// The policy for one call of WorkSpaces.
    fn policy(operation: &str, input: Value, makes: MadeKind) -> Value {
        let (settings, plan) = plan(vec![change(operation, input, none(), Some(makes))]);
        of_plan(settings, &plan).into_values().next().expect("one").policy()
    }

    /// Whether a policy allows an action on a resource in a request that has this context: as IAM evaluates these operators.
    fn allows(policy: &Value, action: &str, resource: &str, context: &Value) -> bool {
        let listed = |list: &Value, wanted: &str, like: fn(&str, &str) -> bool| match list {
            Value::String(one) => like(one, wanted),
            several => several.as_array().expect("a list").iter().any(|one| like(one.as_str().expect("text"), wanted)),
        };
        let equal: fn(&str, &str) -> bool = |one, wanted| one == wanted;
        let like: fn(&str, &str) -> bool =
            |one, wanted| one.strip_suffix('*').map_or(one == wanted, |start| wanted.starts_with(start));
        let holds = |condition: &Value| {
            condition.as_object().into_iter().flatten().all(|(operator, keys)| {
                assert!(["StringEquals", "Bool"].contains(&operator.as_str()), "{operator}");
                keys.as_object()
                    .expect("keys")
                    .iter()
                    .all(|(key, values)| context[key].as_str().is_some_and(|value| listed(values, value, equal)))
            })
        };
        policy["Statement"].as_array().expect("statements").iter().any(|statement| {
            listed(&statement["Action"], action, equal)
                && listed(&statement["Resource"], resource, like)
                && holds(&statement["Condition"])
        })
    }

    const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/mrk-1";

    /// What AWS documents that somebody who makes encrypted desktops by the API alone has to be allowed on the key.
    const DOCUMENTED: [&str; 7] = [
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ];

    #[test]
    fn a_key_is_used_through_workspaces_alone_and_so_are_grants_made() {
        let desktop =
            json!({ "Workspaces": [{ "DirectoryId": "d-1", "BundleId": "wsb-1", "VolumeEncryptionKey": KEY }] });
        let standby = json!({ "PrimaryRegion": "us-east-1", "StandbyWorkspaces": [
            { "PrimaryWorkspaceId": "ws-1", "DirectoryId": "d-1", "VolumeEncryptionKey": KEY },
        ] });
        for (operation, input) in [("CreateWorkspaces", desktop), ("CreateStandbyWorkspaces", standby)] {
            let policy = policy(operation, input, MadeKind::Workspace);
            let via = |service: &str| json!({ "kms:ViaService": service, "kms:GrantIsForAWSResource": "true" });
            let workspaces = via("workspaces.us-west-2.amazonaws.com");
            for action in DOCUMENTED {
                assert!(allows(&policy, action, KEY, &workspaces), "{action}: {policy}");
                assert!(!allows(&policy, action, KEY, &json!({})), "{action} by itself: {policy}");
                assert!(
                    !allows(&policy, action, KEY, &via("workspaces.us-east-1.amazonaws.com")),
                    "{action}: {policy}"
                );
                assert!(!allows(&policy, action, KEY, &via("ec2.us-west-2.amazonaws.com")), "{action}: {policy}");
                let other = "arn:aws:kms:us-west-2:111122223333:key/mrk-2";
                assert!(!allows(&policy, action, other, &workspaces), "{action} on another key: {policy}");
            }
            let by_hand =
                json!({ "kms:ViaService": "workspaces.us-west-2.amazonaws.com", "kms:GrantIsForAWSResource": "false" });
            assert!(!allows(&policy, "kms:CreateGrant", KEY, &by_hand), "{policy}");
            assert!(!policy.to_string().contains("kms:ListKeys"), "that is for the console: {policy}");
        }
    }

    #[test]
    fn desktops_without_a_key_of_their_own_take_no_permission_for_one() {
        for key in [None, Some("alias/aws/workspaces"), Some("arn:aws:kms:us-west-2:111122223333:alias/aws/workspaces")]
        {
            let mut request = json!({ "DirectoryId": "d-1", "BundleId": "wsb-1" });
            key.iter().for_each(|key| request["VolumeEncryptionKey"] = (*key).into());
            let call = || change("CreateWorkspaces", json!({ "Workspaces": [request.clone()] }), none(), None);
            let allowed = allowed(vec![call()]);
            assert!(!allowed.keys().any(|action| action.starts_with("kms:")), "{allowed:?}");
            assert_eq!(notes(&plan(vec![call()]).1), Vec::<&str>::new());
        }
    }

    #[test]
    fn a_key_without_its_arn_is_looked_for_where_the_call_is_made() {
        let of = |key: &str| {
            let input = json!({ "Workspaces": [{ "VolumeEncryptionKey": key }] });
            allowed(vec![change("CreateWorkspaces", input, none(), None)])["kms:CreateGrant"].clone()
        };
        assert_eq!(of("mrk-1"), [KEY]);
        assert_eq!(of("alias/desktops"), ["arn:aws:kms:us-west-2:111122223333:key/*"]);
    }

    #[test]
    fn a_backup_is_copied_with_its_key_through_fsx_alone() {
        let mut copy = change("x", json!({}), none(), Some(MadeKind::Backup));
        let input = json!({ "SourceBackupId": "backup-1", "SourceRegion": "us-east-1", "KmsKeyId": KEY });
        let call = |input: Value| Call { service: "fsx".to_owned(), operation: "CopyBackup".to_owned(), input };
        copy.action = Action::Calls(vec![call(input)]);
        let (settings, plan) = plan(vec![copy.clone()]);
        let policy = of_plan(settings, &plan).into_values().next().expect("one").policy();
        let fsx = json!({ "kms:ViaService": "fsx.us-west-2.amazonaws.com", "kms:GrantIsForAWSResource": "true" });
        for action in ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"] {
            assert!(allows(&policy, action, KEY, &fsx), "{action}: {policy}");
            assert!(!allows(&policy, action, KEY, &json!({})), "{action}: {policy}");
        }
        assert!(!allows(&policy, "kms:Encrypt", KEY, &fsx), "that is optional: {policy}");
        assert_eq!(notes(&plan), [OF_KEYS, OF_OTHER_KEYS]);
        copy.action = Action::Calls(vec![call(json!({ "SourceBackupId": "backup-1", "SourceRegion": "us-east-1" }))]);
        assert!(!allowed(vec![copy]).keys().any(|action| action.starts_with("kms:")));
    }

    #[test]
    fn a_registration_hands_its_role_to_workspaces_and_makes_security_groups_through_a_service() {
        let register = json!({ "DirectoryId": "d-1" });
        let policy = policy(REGISTER, register.clone(), MadeKind::Registration);
        let role = "arn:aws:iam::111122223333:role/workspaces_DefaultRole";
        let to = |service: &str| json!({ "iam:PassedToService": service });
        assert!(allows(&policy, "iam:PassRole", role, &to("workspaces.amazonaws.com")), "{policy}");
        assert!(!allows(&policy, "iam:PassRole", role, &to("ec2.amazonaws.com")), "{policy}");
        assert!(!allows(&policy, "iam:PassRole", "arn:aws:iam::111122223333:role/x", &to("workspaces.amazonaws.com")));
        assert!(allows(&policy, "iam:GetRole", role, &json!({})), "{policy}");
        let here = |by: &str| json!({ "aws:RequestedRegion": "us-west-2", "aws:ViaAWSService": by });
        let directory = "arn:aws:ds:us-west-2:111122223333:directory/d-1";
        assert!(allows(&policy, "ds:AuthorizeApplication", directory, &here("false")), "{policy}");
        assert!(!allows(&policy, "ds:AuthorizeApplication", &directory.replace("d-1", "d-2"), &here("false")));
        let network = |kind: &str| format!("arn:aws:ec2:us-west-2:111122223333:{kind}");
        for (action, kind) in [
            ("ec2:CreateSecurityGroup", "vpc/vpc-1"),
            ("ec2:CreateSecurityGroup", "security-group/sg-1"),
            ("ec2:AuthorizeSecurityGroupIngress", "security-group/sg-1"),
            ("ec2:AuthorizeSecurityGroupEgress", "security-group/sg-1"),
            ("ec2:CreateTags", "security-group/sg-1"),
        ] {
            assert!(allows(&policy, action, &network(kind), &here("true")), "{action} on {kind}: {policy}");
            assert!(!allows(&policy, action, &network(kind), &here("false")), "{action} by itself: {policy}");
        }
        assert!(!allows(&policy, "ec2:CreateTags", &network("instance/i-1"), &here("true")), "{policy}");
        assert!(allows(&policy, "ec2:DescribeSubnets", "*", &here("false")), "{policy}");
        assert!(!policy.to_string().contains("CreateNetworkInterface"), "the role makes them: {policy}");
        let (_, plan) = plan(vec![change(REGISTER, register, none(), Some(MadeKind::Registration))]);
        assert_eq!(notes(&plan), [OF_REGISTERING]);
    }
}
