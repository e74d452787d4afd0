//! What calls change of directories: the groups of addresses in front of them, their settings, their branding.

use super::{config, fault, sample, serve, twin};
use aws_sdk_workspaces::Client;
use aws_sdk_workspaces::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_workspaces::primitives::Blob;
use aws_sdk_workspaces::types::{
    AccessPropertyValue, CertificateBasedAuthProperties, CertificateBasedAuthStatusEnum, ClientDeviceType,
    ClientProperties, DefaultImportClientBrandingAttributes, DeletableCertificateBasedAuthProperty,
    DeletableSamlProperty, EndpointEncryptionMode, IosImportClientBrandingAttributes, IpRuleItem, ReconnectEnum,
    SamlProperties, SelfservicePermissions, StreamingExperiencePreferredProtocolEnum, StreamingProperties, Tag,
    WorkspaceAccessProperties, WorkspaceCreationProperties, WorkspaceDirectory,
};
use deskpair::twin::log::Outcome;
use deskpair::twin::{Twin, TwinOptions, World};
use std::fmt::Debug;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(super) const P: &str = "us-east-1";
pub(super) const S: &str = "us-west-2";

/// The code of a refusal.
#[track_caller]
pub(super) fn code<T: Debug, E: ProvideErrorMetadata + Debug, R: Debug>(answer: Result<T, SdkError<E, R>>) -> String {
    let error = answer.expect_err("it is refused");
    error.code().unwrap_or_else(|| panic!("no code: {error:?}")).to_owned()
}

pub(super) fn client(twin: &Twin, region: &str) -> Client {
    Client::new(&config(twin, region))
}

pub(super) async fn directory(client: &Client) -> WorkspaceDirectory {
    let listed = client.describe_workspace_directories().send().await.unwrap();
    listed.directories()[0].clone()
}

fn rule(range: &str) -> IpRuleItem {
    IpRuleItem::builder().ip_rule(range).rule_desc("probe").build()
}

/// The ranges of a group; `None` where there is none.
async fn ranges(client: &Client, group: &str) -> Option<Vec<String>> {
    let listed = client.describe_ip_groups().group_ids(group).send().await.unwrap();
    let rules = listed.result().first()?.user_rules();
    Some(rules.iter().map(|rule| rule.ip_rule().unwrap().to_owned()).collect())
}

#[tokio::test]
async fn a_group_of_addresses_is_made_filled_and_put_in_front_of_a_directory() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let of_directory = directory(&client).await;
    let directory_id = of_directory.directory_id().unwrap();
    let tag = Tag::builder().key("Owner").value("euc").build().unwrap();
    let create =
        |name: &str| client.create_ip_group().group_name(name).user_rules(rule("192.0.2.0/24")).tags(tag.clone());
    let made = create("probe").send().await.unwrap();
    let id = made.group_id().unwrap();
    assert_eq!(ranges(&client, id).await.unwrap(), ["192.0.2.0/24"]);
    let tags = client.describe_tags().resource_id(id).send().await.unwrap();
    assert_eq!((tags.tag_list()[0].key(), tags.tag_list()[0].value()), ("Owner", Some("euc")));
    assert_eq!(code(create("probe").send().await), "ResourceAlreadyExistsException");
    assert_eq!(code(create("").send().await), "InvalidParameterValuesException");
    let bare = client.create_ip_group().group_name("bare").user_rules(rule("192.0.2.1"));
    assert_eq!(code(bare.send().await), "InvalidParameterValuesException");

    let authorize = |ranges: &[&str]| {
        let rules = ranges.iter().map(|range| rule(range)).collect();
        client.authorize_ip_rules().group_id(id).set_user_rules(Some(rules))
    };
    authorize(&["198.51.100.0/25"]).send().await.unwrap();
    assert_eq!(code(authorize(&["192.0.2.0/24"]).send().await), "InvalidParameterValuesException");
    let many: Vec<_> = (0..9).map(|at| format!("203.0.113.{at}/32")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    assert_eq!(code(authorize(&many).send().await), "ResourceLimitExceededException");
    assert_eq!(ranges(&client, id).await.unwrap(), ["192.0.2.0/24", "198.51.100.0/25"]);
    let revoke = |range: &str| client.revoke_ip_rules().group_id(id).user_rules(range);
    revoke("192.0.2.0/24").send().await.unwrap();
    assert_eq!(code(revoke("192.0.2.0/24").send().await), "InvalidParameterValuesException");
    client.update_rules_of_ip_group().group_id(id).user_rules(rule("203.0.113.0/24")).send().await.unwrap();
    assert_eq!(ranges(&client, id).await.unwrap(), ["203.0.113.0/24"]);

    let associate = || client.associate_ip_groups().directory_id(directory_id).group_ids(id);
    associate().send().await.unwrap();
    let before = of_directory.ip_group_ids().to_vec();
    assert_eq!(directory(&client).await.ip_group_ids(), [&before[..], &[id.to_owned()]].concat());
    assert_eq!(code(associate().send().await), "InvalidParameterValuesException");
    let delete = || client.delete_ip_group().group_id(id);
    assert_eq!(code(delete().send().await), "ResourceAssociatedException");
    client.disassociate_ip_groups().directory_id(directory_id).group_ids(id).send().await.unwrap();
    assert_eq!(directory(&client).await.ip_group_ids(), before);
    delete().send().await.unwrap();
    assert_eq!(ranges(&client, id).await, None);
    assert_eq!(code(delete().send().await), "ResourceNotFoundException");
    assert_eq!(code(client.describe_tags().resource_id(id).send().await), "ResourceNotFoundException");

    let calls = twin.calls();
    let of = |name: &str| {
        let call = calls.iter().find(|call| call.operation == name).expect("it was called");
        (call.mutating, call.outcome.clone())
    };
    assert_eq!(of("AssociateIpGroups"), (true, Outcome::Answered));
    let refused = Outcome::Refused("ResourceAssociatedException".to_owned());
    assert_eq!(of("DeleteIpGroup"), (true, refused));
}

#[tokio::test]
async fn groups_have_the_quotas_of_aws_and_are_of_one_region() {
    let twin = twin(5).await;
    let client = client(&twin, S);
    let known = client.describe_ip_groups().send().await.unwrap().result().len();
    let mut ids = Vec::new();
    for number in known..100 {
        let made = client.create_ip_group().group_name(format!("group {number}")).send().await.unwrap();
        ids.push(made.group_id().unwrap().to_owned());
    }
    assert_eq!(code(client.create_ip_group().group_name("one more").send().await), "ResourceLimitExceededException");
    let of_directory = directory(&client).await;
    let associate = |ids: &[String]| {
        client
            .associate_ip_groups()
            .directory_id(of_directory.directory_id().unwrap())
            .set_group_ids(Some(ids.to_vec()))
    };
    let room = 25 - of_directory.ip_group_ids().len();
    assert_eq!(code(associate(&ids[..=room]).send().await), "ResourceLimitExceededException");
    associate(&ids[..room]).send().await.unwrap();
    let elsewhere = self::client(&twin, P).delete_ip_group().group_id(&ids[room]).send().await;
    assert_eq!(code(elsewhere), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_caller_who_may_not_change_is_refused_and_nothing_changes() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let id = directory(&client).await.directory_id().unwrap().to_owned();
    twin.set_faults(vec![fault("* workspaces:ModifySelfservicePermissions AccessDenied")]);
    let before = directory(&client).await;
    let permissions = SelfservicePermissions::builder().rebuild_workspace(ReconnectEnum::Enabled).build();
    let call = client.modify_selfservice_permissions().resource_id(&id).selfservice_permissions(permissions);
    let refused = call.send().await.expect_err("denied");
    assert_eq!(refused.code(), Some("AccessDeniedException"));
    assert!(refused.message().unwrap().contains(&format!(":directory/{id} ")), "{refused:?}");
    assert_eq!(directory(&client).await, before);
}

#[tokio::test]
async fn a_partial_structure_changes_the_members_that_it_names_and_no_other() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let before = directory(&client).await;
    let id = before.directory_id().unwrap();
    let creation = WorkspaceCreationProperties::builder().user_enabled_as_local_administrator(true).build();
    let set = client.modify_workspace_creation_properties().resource_id(id).workspace_creation_properties(creation);
    set.send().await.unwrap();
    let access = WorkspaceAccessProperties::builder().device_type_web(AccessPropertyValue::Allow).build();
    let set = client.modify_workspace_access_properties().resource_id(id).workspace_access_properties(access);
    set.send().await.unwrap();
    let permissions = SelfservicePermissions::builder().rebuild_workspace(ReconnectEnum::Enabled).build();
    client.modify_selfservice_permissions().resource_id(id).selfservice_permissions(permissions).send().await.unwrap();
    let preferred = StreamingExperiencePreferredProtocolEnum::Tcp;
    let streaming = StreamingProperties::builder().streaming_experience_preferred_protocol(preferred.clone()).build();
    client.modify_streaming_properties().resource_id(id).streaming_properties(streaming).send().await.unwrap();
    let fips = EndpointEncryptionMode::FipsValidated;
    client
        .modify_endpoint_encryption_mode()
        .directory_id(id)
        .endpoint_encryption_mode(fips.clone())
        .send()
        .await
        .unwrap();

    let after = directory(&client).await;
    let mut expected = before.clone();
    expected.workspace_creation_properties.as_mut().unwrap().user_enabled_as_local_administrator = Some(true);
    expected.workspace_access_properties.as_mut().unwrap().device_type_web = Some(AccessPropertyValue::Allow);
    expected.selfservice_permissions.as_mut().unwrap().rebuild_workspace = Some(ReconnectEnum::Enabled);
    expected.streaming_properties.as_mut().unwrap().streaming_experience_preferred_protocol = Some(preferred);
    expected.endpoint_encryption_mode = Some(fips);
    assert_eq!(after, expected);
    assert_ne!(after, before);

    let nothing = client.modify_streaming_properties().resource_id(id).send().await;
    assert_eq!(code(nothing), "InvalidParameterValuesException");
    let nobody = client.modify_endpoint_encryption_mode().directory_id("d-0000000000");
    let nobody = nobody.endpoint_encryption_mode(EndpointEncryptionMode::StandardTls).send().await;
    assert_eq!(code(nobody), "ResourceNotFoundException");
    twin.with_world(|world| {
        let side = &mut world.realm_mut(super::ACCOUNT, P).unwrap().side;
        "DEREGISTERING".clone_into(&mut side.registrations.items_mut()[0].state);
    });
    let creation = WorkspaceCreationProperties::builder().default_ou("OU=x,DC=a,DC=b").build();
    let late = client.modify_workspace_creation_properties().resource_id(id).workspace_creation_properties(creation);
    assert_eq!(code(late.send().await), "OperationNotSupportedException");
}

#[tokio::test]
async fn client_properties_are_changed_one_by_one() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let id = directory(&client).await.directory_id().unwrap().to_owned();
    let read = async || {
        let listed = client.describe_client_properties().resource_ids(&id).send().await.unwrap();
        listed.client_properties_list()[0].client_properties().unwrap().clone()
    };
    let modify = |properties: ClientProperties| {
        client.modify_client_properties().resource_id(&id).client_properties(properties).send()
    };
    let mut expected = read().await;
    expected.client_experience_policy = Some("FORCE_CLASSIC".into());
    modify(ClientProperties::builder().client_experience_policy("FORCE_CLASSIC").build()).await.unwrap();
    assert_eq!(read().await, expected);
    let odd = ClientProperties::builder().client_experience_policy("FORCE_ODD").build();
    assert_eq!(code(modify(odd).await), "InvalidParameterValuesException");
    assert_eq!(read().await, expected);
}

#[tokio::test]
async fn what_is_enabled_keeps_what_it_needs_and_the_rest_can_be_deleted() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let id = directory(&client).await.directory_id().unwrap().to_owned();
    let saml = || client.modify_saml_properties().resource_id(&id);
    let relay = DeletableSamlProperty::SamlPropertiesRelayStateParameterName;
    let url = DeletableSamlProperty::SamlPropertiesUserAccessUrl;
    saml().properties_to_delete(relay.clone()).send().await.unwrap();
    let now = directory(&client).await.saml_properties().unwrap().clone();
    assert_eq!((now.relay_state_parameter_name(), now.user_access_url().is_some()), (None, true));
    assert_eq!(code(saml().properties_to_delete(url.clone()).send().await), "InvalidParameterValuesException");
    let again = SamlProperties::builder().relay_state_parameter_name("RelayState").build();
    let both = saml().saml_properties(again.clone()).properties_to_delete(relay).send().await;
    assert_eq!(code(both), "InvalidParameterValuesException");
    assert_eq!(code(saml().send().await), "InvalidParameterValuesException");
    saml().saml_properties(again).send().await.unwrap();
    let off = SamlProperties::builder().status("DISABLED".into()).build();
    saml().saml_properties(off).properties_to_delete(url).send().await.unwrap();
    let now = directory(&client).await.saml_properties().unwrap().clone();
    assert_eq!((now.relay_state_parameter_name(), now.user_access_url()), (Some("RelayState"), None));

    let certificates = || client.modify_certificate_based_auth_properties().resource_id(&id);
    let authority = DeletableCertificateBasedAuthProperty::CertificateBasedAuthPropertiesCertificateAuthorityArn;
    let without = certificates().properties_to_delete(authority.clone()).send().await;
    assert_eq!(code(without), "InvalidParameterValuesException");
    let off = CertificateBasedAuthProperties::builder().status(CertificateBasedAuthStatusEnum::Disabled).build();
    let off = certificates().certificate_based_auth_properties(off).properties_to_delete(authority);
    off.send().await.unwrap();
    let now = directory(&client).await.certificate_based_auth_properties().unwrap().clone();
    assert_eq!(
        (now.status(), now.certificate_authority_arn()),
        (Some(&CertificateBasedAuthStatusEnum::Disabled), None)
    );
}

/// A picture that the twin takes: what follows a PNG's first bytes is not looked at.
fn png(of: &str) -> Blob {
    Blob::new([b"\x89PNG\r\n\x1a\n", of.as_bytes()].concat())
}

/// What the twin answers where the picture behind an address is asked for.
async fn logo(twin: &Twin, url: &str) -> Vec<u8> {
    let address = url.replace(':', "%3A").replace('/', "%2F");
    let mut stream = TcpStream::connect(twin.addr()).await.unwrap();
    let request = format!("GET /_twin/logo?url={address} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_platform_that_is_imported_is_replaced_whole_and_its_logo_can_be_read_back() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let id = directory(&client).await.directory_id().unwrap().to_owned();
    let read = async || client.describe_client_branding().resource_id(&id).send().await.unwrap();
    let before = read().await;
    let import = || client.import_client_branding().resource_id(&id);
    let windows = DefaultImportClientBrandingAttributes::builder().logo(png("new")).support_email("help@example.com");
    import().device_type_windows(windows.clone().build()).send().await.unwrap();
    let after = read().await;
    let now = after.device_type_windows().unwrap();
    assert_eq!(
        (now.support_email(), now.support_link(), now.forgot_password_link()),
        (Some("help@example.com"), None, None)
    );
    assert!(now.login_message().is_none());
    assert_eq!(
        (after.device_type_osx(), after.device_type_ios()),
        (before.device_type_osx(), before.device_type_ios())
    );
    let url = now.logo_url().unwrap();
    assert_ne!(Some(url), before.device_type_windows().unwrap().logo_url());
    let answer = logo(&twin, url).await;
    assert!(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(png("new").as_ref()));

    let without = DefaultImportClientBrandingAttributes::builder().support_link("https://help.example.com").build();
    import().device_type_windows(without).send().await.unwrap();
    assert_eq!(read().await.device_type_windows().unwrap().logo_url(), None);
    let ios = IosImportClientBrandingAttributes::builder().logo(png("1")).logo2x(png("2")).logo3x(png("3")).build();
    import().device_type_ios(ios).send().await.unwrap();
    let now = read().await;
    let now = now.device_type_ios().unwrap();
    let urls = [now.logo_url().unwrap(), now.logo2x_url().unwrap(), now.logo3x_url().unwrap()];
    assert!(urls[0] != urls[1] && urls[1] != urls[2]);
    client.delete_client_branding().resource_id(&id).platforms(ClientDeviceType::DeviceTypeIos).send().await.unwrap();
    assert_eq!(read().await.device_type_ios(), None);
    let again = client.delete_client_branding().resource_id(&id).platforms(ClientDeviceType::DeviceTypeIos).send();
    assert_eq!(code(again.await), "ResourceNotFoundException");
}

#[tokio::test]
async fn branding_that_aws_would_not_take_changes_nothing() {
    let twin = twin(5).await;
    let client = client(&twin, P);
    let id = directory(&client).await.directory_id().unwrap().to_owned();
    let read = async || {
        let all = client.describe_client_branding().resource_id(&id).send().await.unwrap();
        let four = [&all.device_type_windows, &all.device_type_osx, &all.device_type_android, &all.device_type_linux];
        (four.map(Clone::clone), all.device_type_web.clone(), all.device_type_ios.clone())
    };
    let before = read().await;
    let import = || client.import_client_branding().resource_id(&id);
    let with = DefaultImportClientBrandingAttributes::builder;
    assert_eq!(code(import().send().await), "InvalidParameterValuesException");
    for (wrong, why) in [
        (with().logo(Blob::new(b"GIF89a")), "InvalidParameterValuesException"),
        (with().support_email("a@example.com").support_link("https://a.example"), "InvalidParameterValuesException"),
        (with().login_message("de_DE", "Nur Personal"), "InvalidParameterValuesException"),
        (with().login_message("english", "Staff only"), "ValidationException"),
        (with().logo(png(&"x".repeat(1_500_000))), "ValidationException"),
        (with().support_email("nobody"), "ValidationException"),
    ] {
        assert_eq!(code(import().device_type_web(wrong.build()).send().await), why);
    }
    let large = || with().logo(png(&"x".repeat(1_400_000))).build();
    let ios = IosImportClientBrandingAttributes::builder().logo2x(png(&"y".repeat(1_700_000))).build();
    let all =
        import().device_type_web(large()).device_type_osx(large()).device_type_linux(large()).device_type_ios(ios);
    // Equal pictures of different platforms count each for itself.
    assert_eq!(code(all.device_type_android(large()).send().await), "ResourceLimitExceededException");
    assert_eq!(read().await, before);
}

#[tokio::test]
async fn what_an_estate_could_not_see_is_not_changed() {
    let mut estate = sample(5);
    let gap = deskpair_rules::model::GapId(estate.gaps.len() as u32);
    estate.gaps.push(deskpair_rules::model::Gap {
        service: "workspaces".to_owned(),
        operation: "DescribeIpGroups".to_owned(),
        region: P.to_owned(),
        about: String::new(),
        cause: deskpair_rules::model::GapCause::Denied,
        iam_action: "workspaces:DescribeIpGroups".to_owned(),
        message: String::new(),
    });
    let side = &mut estate.sides[estate.pairs[0].primary as usize];
    side.ip_groups = deskpair_rules::model::Slice::cut(Vec::new(), gap);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = client(&twin, P);
    assert_eq!(code(client.create_ip_group().group_name("x").send().await), "AccessDeniedException");
    assert_eq!(code(client.delete_ip_group().group_id("wsipg-000000000").send().await), "AccessDeniedException");
}
