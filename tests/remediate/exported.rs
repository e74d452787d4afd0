//! A plan's script, run by the real AWS CLI, does what the plan does: over every fixer.

use super::Scene;
use super::ills::{self, Ill};
use super::scene::{APPLY, calls};
use crate::support::{peers, python};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

/// Runs the script of an ill's plan with the AWS CLI of a folder; asserts that nothing is left to be done, and that nothing was done but the plan's calls, in its order.
async fn exported(ill: &Ill, aws: impl FnOnce(&Scene) -> PathBuf) {
    let scene = Scene::of(ill, |_| {}).await;
    let aws = aws(&scene);
    let planned = scene.plan();
    let script = scene.run(&["remediate", "export"]).expect(0).out;
    scene.sandbox.write("fix.sh", &script);
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", aws.display());
    let bash = scene.sandbox.program("bash", ["fix.sh"]);
    let ran = scene.as_user(bash).env("PATH", &path).run();
    assert_eq!(ran.code, 0, "{}: {script}\n{ran}", ill.rules);
    assert_eq!(scene.carried_out(0), calls(&planned, "action"), "{}: {script}\n{ran}", ill.rules);
    scene.is_well();
    // The plan's own journal knows nothing of it: what is there is not made again.
    let made = scene.carried_out(0).len();
    let refused = scene.run(&APPLY);
    assert_eq!(refused.code, 0, "{}: {refused}", ill.rules);
    assert_eq!(scene.carried_out(0).len(), made, "{}: {refused}", ill.rules);
    scene.stage.stop().await;
}

/// Version 2 of the AWS CLI, which PyPI does not have.
fn version_2() -> Option<PathBuf> {
    let path = PathBuf::from("/usr/bin/aws");
    let told = Command::new(&path).arg("--version").output().ok();
    if told.is_some_and(|told| told.stdout.starts_with(b"aws-cli/2.")) {
        return Some(path);
    }
    peers::missing("version 2 of the AWS CLI is not installed (Debian package awscli)");
    None
}

/// Pictures go out as version 2 of the AWS CLI takes them. Debian's is older than the variable that names an endpoint, and curl does not know
/// where a made-up company's pictures are: both are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn branding() {
    let (Some(aws), Some(curl)) = (version_2(), peers::program("curl", "curl")) else { return };
    exported(&ills::BRANDING, |scene| {
        let (aws, curl, at) = (aws.display(), curl.display(), scene.stage.endpoint());
        for (name, script) in [
            ("aws", format!("exec {aws} --endpoint-url {at} \"$@\"")),
            ("curl", format!("exec {curl} \"${{@:1:$#-1}}\" --get --data-urlencode \"url=${{!#}}\" {at}/_twin/logo")),
        ] {
            std::fs::create_dir_all(scene.sandbox.path("bin")).expect("a folder");
            let path = scene.sandbox.write(format!("bin/{name}"), format!("#!/usr/bin/env bash\n{script}\n"));
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it may be run");
        }
        scene.sandbox.path("bin")
    })
    .await;
}

macro_rules! exported {
    ($($name:ident $ill:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let Some(aws) = python::program("aws") else { return };
                exported(&ills::$ill, |_| aws.parent().expect("a folder").to_owned()).await;
            }
        )*
    };
}

exported! {
    ip_groups IP_GROUPS;
    security SECURITY;
    missing_image MISSING_IMAGE;
    old_image OLD_IMAGE;
    shared_image SHARED_IMAGE;
    files FILES;
    old_files OLD_FILES;
    desktops DESKTOPS;
    desktops_of_each_kind DESKTOPS_OF_EACH_KIND;
    alias ALIAS;
    no_alias NO_ALIAS;
    record RECORD;
    two_identifiers TWO_IDENTIFIERS;
    no_record NO_RECORD;
    directory DIRECTORY;
}
