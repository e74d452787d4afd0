//! The AWS CLI changes the twin.

use super::{Cli, items, text};
use serde_json::Value;

/// Groups of addresses, settings and branding of a directory.
pub(super) fn directories(cli: &Cli<'_>) {
    let call = |operation, arguments: &[&str]| cli.call("workspaces", operation, arguments);
    let read = || items(&call("describe-workspace-directories", &[]), "Directories").remove(0);
    let before = read();
    let id = text(&before, "DirectoryId");
    let made = call("create-ip-group", &["--group-name", "cli-probe", "--user-rules", "ipRule=192.0.2.0/24"]);
    let group = text(&made, "GroupId");
    call("authorize-ip-rules", &["--group-id", group, "--user-rules", "ipRule=198.51.100.0/24"]);
    call("revoke-ip-rules", &["--group-id", group, "--user-rules", "198.51.100.0/24"]);
    call("update-rules-of-ip-group", &["--group-id", group, "--user-rules", "ipRule=203.0.113.0/24"]);
    call("associate-ip-groups", &["--directory-id", id, "--group-ids", group]);
    assert_eq!(read()["ipGroupIds"].as_array().unwrap().last(), Some(&Value::from(group)));
    let rules = &items(&call("describe-ip-groups", &["--group-ids", group]), "Result")[0]["userRules"];
    assert_eq!(rules[0]["ipRule"], "203.0.113.0/24");
    call("disassociate-ip-groups", &["--directory-id", id, "--group-ids", group]);
    call("delete-ip-group", &["--group-id", group]);
    assert_eq!(read(), before);

    let of = |operation, structure, members: &str| call(operation, &["--resource-id", id, structure, members]);
    of("modify-workspace-creation-properties", "--workspace-creation-properties", "EnableMaintenanceMode=false");
    of("modify-workspace-access-properties", "--workspace-access-properties", "DeviceTypeLinux=DENY");
    of("modify-selfservice-permissions", "--selfservice-permissions", "RebuildWorkspace=ENABLED");
    of("modify-client-properties", "--client-properties", "LogUploadEnabled=ENABLED");
    of("modify-saml-properties", "--saml-properties", "RelayStateParameterName=Relay");
    of("modify-certificate-based-auth-properties", "--certificate-based-auth-properties", "Status=DISABLED");
    of("modify-streaming-properties", "--streaming-properties", "StreamingExperiencePreferredProtocol=TCP");
    call("modify-endpoint-encryption-mode", &["--directory-id", id, "--endpoint-encryption-mode", "FIPS_VALIDATED"]);
    let after = read();
    for (at, value) in [
        ("/WorkspaceCreationProperties/EnableMaintenanceMode", Value::from(false)),
        ("/WorkspaceAccessProperties/DeviceTypeLinux", Value::from("DENY")),
        ("/SelfservicePermissions/RebuildWorkspace", Value::from("ENABLED")),
        ("/SamlProperties/RelayStateParameterName", Value::from("Relay")),
        ("/CertificateBasedAuthProperties/Status", Value::from("DISABLED")),
        ("/StreamingProperties/StreamingExperiencePreferredProtocol", Value::from("TCP")),
        ("/EndpointEncryptionMode", Value::from("FIPS_VALIDATED")),
    ] {
        assert_eq!(after.pointer(at), Some(&value), "{at}");
    }

    // This CLI takes a picture from no argument: boto3 and the SDK import them.
    let web = r#"{"SupportLink": "https://help.example.com"}"#;
    let made = call("import-client-branding", &["--resource-id", id, "--device-type-web", web]);
    assert_eq!(text(&made["DeviceTypeWeb"], "SupportLink"), "https://help.example.com");
    call("delete-client-branding", &["--resource-id", id, "--platforms", "DeviceTypeWeb"]);
    assert!(call("describe-client-branding", &["--resource-id", id]).get("DeviceTypeWeb").is_none());
}

/// Images, bundles and connection aliases.
pub(super) fn images(cli: &Cli<'_>) {
    let call = |operation, arguments: &[&str]| {
        cli.call("workspaces", operation, &[arguments, &["--region", "us-west-2"]].concat())
    };
    let sources = items(&cli.call("workspaces", "describe-workspace-images", &[]), "Images");
    let source = text(&sources[0], "ImageId");
    let copy = ["--name", "cli-probe", "--source-region", "us-east-1", "--source-image-id", source];
    let made = call("copy-workspace-image", &copy);
    let image = text(&made, "ImageId");
    until(|| items(&call("describe-workspace-images", &["--image-ids", image]), "Images")[0]["State"] == "AVAILABLE");
    let account = ["--image-id", image, "--shared-account-id", "444455556666"];
    call("update-workspace-image-permission", &[&account[..], &["--allow-copy-image"]].concat());
    call("update-workspace-image-permission", &[&account[..], &["--no-allow-copy-image"]].concat());
    let bundle = ["--bundle-name", "cli-probe", "--bundle-description", "A probe", "--compute-type", "Name=POWER"];
    let bundle = [&bundle[..], &["--user-storage", "Capacity=100", "--image-id", image]].concat();
    let made = call("create-workspace-bundle", &bundle);
    let bundle = text(&made["WorkspaceBundle"], "BundleId");
    let read = || items(&call("describe-workspace-bundles", &["--bundle-ids", bundle]), "Bundles").remove(0);
    until(|| read()["State"] == "AVAILABLE");
    let own = items(&call("describe-workspace-images", &[]), "Images");
    let other = text(&own[0], "ImageId");
    call("update-workspace-bundle", &["--bundle-id", bundle, "--image-id", other]);
    assert_eq!(read()["ImageId"], other);
    call("delete-workspace-bundle", &["--bundle-id", bundle]);
    call("delete-workspace-image", &["--image-id", image]);

    let aliases = || items(&call("describe-connection-aliases", &[]), "ConnectionAliases").remove(0);
    let known = aliases();
    let id = text(&known, "AliasId");
    let directory = text(&known["Associations"][0], "ResourceId");
    let is = |status: &str| until(|| aliases()["Associations"][0]["AssociationStatus"] == status);
    call("disassociate-connection-alias", &["--alias-id", id]);
    is("NOT_ASSOCIATED");
    let permission = |allow: &str| {
        let permission = format!("SharedAccountId=444455556666,AllowAssociation={allow}");
        call("update-connection-alias-permission", &["--alias-id", id, "--connection-alias-permission", &permission])
    };
    permission("true");
    permission("false");
    let made = call("associate-connection-alias", &["--alias-id", id, "--resource-id", directory]);
    is("ASSOCIATED_WITH_OWNER_ACCOUNT");
    assert_eq!(aliases()["Associations"][0]["ConnectionIdentifier"], made["ConnectionIdentifier"]);
}

/// WorkSpaces, their tags, registrations and add-ins.
pub(super) fn desktops(cli: &Cli<'_>) {
    let call = |operation, arguments: &[&str]| cli.call("workspaces", operation, arguments);
    let desktops = items(&call("describe-workspaces", &[]), "Workspaces");
    let read = |id: &str| items(&call("describe-workspaces", &["--workspace-ids", id]), "Workspaces");
    let like = |mode: &str, state: &str| {
        let found =
            desktops.iter().find(|one| one["State"] == state && one["WorkspaceProperties"]["RunningMode"] == mode);
        text(found.expect("a desktop like this"), "WorkspaceId")
    };
    let (stopped, always) = (like("AUTO_STOP", "STOPPED"), like("ALWAYS_ON", "AVAILABLE"));
    let failed = |answer: &Value| items(answer, "FailedRequests").len();
    // Only a structure whose one member is required may be written as its value: those of these two are not.
    let named = |id: &str| format!("WorkspaceId={id}");
    let answer = call("start-workspaces", &["--start-workspace-requests", &named(stopped), &named(always)]);
    assert_eq!(failed(&answer), 1, "{answer}");
    until(|| read(stopped)[0]["State"] == "AVAILABLE");
    assert_eq!(failed(&call("stop-workspaces", &["--stop-workspace-requests", &named(stopped)])), 0);
    until(|| read(stopped)[0]["State"] == "STOPPED");
    let larger = "ComputeTypeName=POWERPRO";
    call("modify-workspace-properties", &["--workspace-id", always, "--workspace-properties", larger]);
    until(|| read(always)[0]["WorkspaceProperties"]["ComputeTypeName"] == "POWERPRO");
    call("create-tags", &["--resource-id", always, "--tags", "Key=probe,Value=1"]);
    call("delete-tags", &["--resource-id", always, "--tag-keys", "probe"]);

    let directory = text(&desktops[0], "DirectoryId");
    let bundle = text(&desktops[0], "BundleId");
    let request = format!("DirectoryId={directory},UserName=cli-probe,BundleId={bundle}");
    let made = call("create-workspaces", &["--workspaces", &request]);
    let made = text(&items(&made, "PendingRequests")[0], "WorkspaceId").to_owned();
    until(|| read(&made)[0]["State"] == "AVAILABLE");
    call("terminate-workspaces", &["--terminate-workspace-requests", &made]);
    until(|| read(&made).is_empty());
    let other = "us-west-2";
    let there = items(&call("describe-workspace-directories", &["--region", other]), "Directories");
    let there = text(&there[0], "DirectoryId");
    // A desktop that has a standby WorkSpace gets no second one.
    let replicated = desktops.iter().find(|one| one.get("RelatedWorkspaces").is_some()).expect("a standby");
    let request = format!("PrimaryWorkspaceId={},DirectoryId={there}", text(replicated, "WorkspaceId"));
    let arguments = ["--primary-region", "us-east-1", "--standby-workspaces", &request, "--region", other];
    assert_eq!(items(&call("create-standby-workspaces", &arguments), "FailedStandbyRequests").len(), 1);

    let add_ins = items(&call("describe-connect-client-add-ins", &["--resource-id", directory]), "AddIns");
    let of = ["--resource-id", directory, "--add-in-id", text(&add_ins[0], "AddInId")];
    call("update-connect-client-add-in", &[&of[..], &["--name", "cli-probe"]].concat());
    call("delete-connect-client-add-in", &of);
    // As an argument of its own, this CLI would fetch what an address leads to.
    let input = format!(r#"{{"ResourceId": "{directory}", "Name": "x", "URL": "https://a.example"}}"#);
    call("create-connect-client-add-in", &["--cli-input-json", &input]);

    let registered = || items(&call("describe-workspace-directories", &[]), "Directories");
    for twenty_five in desktops.chunks(25) {
        let mut arguments = vec!["--terminate-workspace-requests"];
        arguments.extend(twenty_five.iter().map(|one| text(one, "WorkspaceId")));
        assert_eq!(failed(&call("terminate-workspaces", &arguments)), 0);
    }
    until(|| items(&call("describe-workspaces", &[]), "Workspaces").is_empty());
    call("deregister-workspace-directory", &["--directory-id", directory]);
    until(|| registered().is_empty());
    call("register-workspace-directory", &["--directory-id", directory, "--enable-self-service"]);
    until(|| registered().first().is_some_and(|one| one["State"] == "REGISTERED"));
    call("deregister-workspace-directory", &["--directory-id", directory]);
    until(|| registered().is_empty());
    cli.call("ds", "delete-directory", &["--directory-id", directory]);
    let known = || items(&cli.call("ds", "describe-directories", &[]), "DirectoryDescriptions");
    until(|| !known().iter().any(|one| text(one, "DirectoryId") == directory));
}

/// Asks until it is so: the twin's time runs fast.
#[track_caller]
fn until(is_so: impl Fn() -> bool) {
    assert!((0..100).any(|_| is_so()), "it never is");
}
