//! The record in the hands of a program of the operator's.

use super::changing::{P, S, run};
use deskpair::collect::access::Access;
use deskpair::dns::change::{Changer, Standing, Swapped, Switch};
use deskpair_rules::fixture::Fixture;
use deskpair_rules::model::settings::DnsProvider;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// A script that keeps the value in a file, and a way to change it by that.
struct Lab {
    folder: TempDir,
}

impl Lab {
    fn new(script: &str) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("lab-dns"), script).unwrap();
        std::fs::write(folder.path().join("value"), P).unwrap();
        Self { folder }
    }

    fn value(&self) -> PathBuf {
        self.folder.path().join("value")
    }

    async fn changer(&self, set: &[&str], read: &[&str], limit: Duration) -> Changer {
        let script = self.folder.path().join("lab-dns").display().to_string();
        let with = |words: &[&str]| {
            ["sh", &script].into_iter().chain(words.iter().copied()).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut fixture = Fixture::clean();
        let dns = &mut fixture.pair().dns;
        dns.provider = DnsProvider::Command;
        (dns.set_command, dns.read_command) = (with(set), with(read));
        let switch = Switch::find(&fixture.estate, &fixture.view(), P, S).expect("it is told by what");
        let credentials = aws_credential_types::Credentials::from_keys("none", "none", None);
        let access = Access::Local { endpoint: "http://127.0.0.1:9".to_owned(), credentials };
        Changer::open(&switch, fixture.pair(), &access, &run(limit)).await.expect("it opens")
    }
}

const PATIENT: Duration = Duration::from_secs(20);

/// `set-txt NAME EXPECTED VALUE`, `get-txt NAME`.
const LAB_DNS: &str = r#"
file=$(dirname "$0")/value
test "$2" = desktop.corp.example -a "$DESKPAIR_NAME" = "$2" || exit 9
case $1 in
  set-txt)
    test "$DESKPAIR_EXPECTED $DESKPAIR_VALUE" = "$3 $4" || exit 9
    test "$(cat "$file")" = "$3" || exit 3
    printf %s "$4" > "$file" ;;
  get-txt) printf '"%s"\n' "$(cat "$file")" ;;
esac
"#;

fn is(value: &str) -> Result<Standing, String> {
    Ok(Standing::Is(value.to_owned()))
}

#[tokio::test]
async fn a_program_sets_and_reads_it() {
    let lab = Lab::new(LAB_DNS);
    let changer = lab.changer(&["set-txt"], &["get-txt"], PATIENT).await;
    assert_eq!(changer.read().await, is(P));
    assert_eq!(changer.swap(P, S).await, Swapped::Done { change: None });
    assert_eq!(changer.read().await, is(S));
    let Swapped::Refused(why) = changer.swap(P, S).await else { panic!("it was not expected") };
    assert!(why.contains("exit code 3"), "{why}");
    std::fs::write(lab.value(), "theirs").unwrap();
    assert!(matches!(changer.swap(S, P).await, Swapped::Refused(_)));
    assert_eq!(std::fs::read_to_string(lab.value()).unwrap(), "theirs");

    let named = lab.changer(&["set-txt", "{name}", "{expected}", "{value}"], &["get-txt", "{name}"], PATIENT).await;
    assert_eq!(named.swap("theirs", P).await, Swapped::Done { change: None });
    assert_eq!(named.read().await, is(P));
}

#[tokio::test]
async fn no_shell_is_between() {
    let lab = Lab::new("printf '%s\\n' \"$#\" \"$@\" > \"$(dirname \"$0\")/value\"");
    let changer = lab.changer(&["$(touch here)", "a b", "{value};*"], &["x"], PATIENT).await;
    assert_eq!(changer.swap(P, S).await, Swapped::Done { change: None });
    assert_eq!(std::fs::read_to_string(lab.value()).unwrap(), format!("3\n$(touch here)\na b\n{S};*\n"));
}

#[tokio::test]
async fn failures_are_unclear_and_a_program_that_hangs_is_ended() {
    let lab = Lab::new("exit 1");
    let changer = lab.changer(&["set"], &["get"], PATIENT).await;
    assert!(matches!(changer.swap(P, S).await, Swapped::Unclear(_)));
    assert!(changer.read().await.is_err());
    let lab = Lab::new("kill -9 $$");
    assert!(matches!(lab.changer(&["set"], &["get"], PATIENT).await.swap(P, S).await, Swapped::Unclear(_)));

    let lab = Lab::new("echo $$ > \"$(dirname \"$0\")/value\"; exec sleep 600");
    let changer = lab.changer(&["set"], &["get"], Duration::from_millis(500)).await;
    let Swapped::Unclear(why) = changer.swap(P, S).await else { panic!("nobody knows") };
    assert!(why.contains("had not ended after 0.5 s, and was ended"), "{why}");
    let process = std::fs::read_to_string(lab.value()).unwrap();
    assert!(!PathBuf::from(format!("/proc/{}", process.trim())).exists() || process == P);
    assert!(changer.read().await.is_err());

    // It ends, and leaves one behind that holds its output.
    let lab = Lab::new("echo left; sleep 5 &");
    let changer = lab.changer(&["set"], &["get"], PATIENT).await;
    assert_eq!(changer.swap(P, S).await, Swapped::Done { change: None });
    assert!(changer.read().await.unwrap_err().contains("left behind"));
}

#[tokio::test]
async fn a_program_that_is_not_there_has_changed_nothing() {
    let mut fixture = Fixture::clean();
    let dns = &mut fixture.pair().dns;
    dns.provider = DnsProvider::Command;
    (dns.set_command, dns.read_command) = (vec!["/nowhere/dns".to_owned()], vec!["/nowhere/dns".to_owned()]);
    let switch = Switch::find(&fixture.estate, &fixture.view(), P, S).expect("it is told by what");
    let credentials = aws_credential_types::Credentials::from_keys("none", "none", None);
    let access = Access::Local { endpoint: "http://127.0.0.1:9".to_owned(), credentials };
    let changer = Changer::open(&switch, fixture.pair(), &access, &run(PATIENT)).await.expect("it opens");
    assert!(matches!(changer.swap(P, S).await, Swapped::Refused(why) if why.contains("/nowhere/dns")));
    assert!(changer.read().await.unwrap_err().contains("/nowhere/dns"));
}
