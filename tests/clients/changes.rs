//! The AWS CLI changes the twin.

use super::{Cli, items, text};
use serde_json::Value;

/// A picture that the twin takes: what follows a PNG's first bytes is not looked at.
const PNG: &str = "iVBORw0KGgpwcm9iZQ==";

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

    let web = format!(r#"{{"Logo": "{PNG}", "SupportLink": "https://help.example.com"}}"#);
    let made = call("import-client-branding", &["--resource-id", id, "--device-type-web", &web]);
    assert_eq!(text(&made["DeviceTypeWeb"], "SupportLink"), "https://help.example.com");
    call("delete-client-branding", &["--resource-id", id, "--platforms", "DeviceTypeWeb"]);
    assert!(call("describe-client-branding", &["--resource-id", id]).get("DeviceTypeWeb").is_none());
}
