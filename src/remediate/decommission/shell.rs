//! A clean-up as a script: every step asks for words of its own before its first call, and without them nothing of it is done.

use super::{Act, CleanUp, Step, Words};
use crate::remediate::export::{Shell, comment, powershell, quoted};
use deskpair_rules::model::Moment;
use std::fmt::Write as _;

const BASH: &str = r#"set -euo pipefail
export AWS_PAGER=

# Asks for exactly these words.
confirm() {
  local answer=''
  printf '\n%s\nType  %s  to go on; anything else stops here: ' "$1" "$2" >&2
  IFS= read -r answer || true
  if [ "$answer" != "$2" ]; then
    printf '\nStopped: nothing of this step was done.\n' >&2
    exit 1
  fi
}

# Calls; what it is asked is not taken from whoever confirms.
run() { "$@" < /dev/null; }

# Calls something that answers well and lists what it did not do.
whole() {
  local failed
  failed=$("$@" < /dev/null)
  if [ -n "$failed" ] && [ "$failed" != None ]; then
    printf 'Stopped: AWS did not do it for %s\n' "$failed" >&2
    exit 1
  fi
}

# Asks until this is the answer.
until_is() {
  local wanted=$1 answer
  shift
  while true; do
    answer=$("$@" < /dev/null)
    if [ "$answer" = "$wanted" ]; then return; fi
    sleep "${DECOMMISSION_PAUSE:-10}"
  done
}

# Stops while the answer holds the standby Region's connection identifier.
guard() {
  local identifier=$1 answer
  shift
  answer=$("$@" < /dev/null)
  case "$answer" in
    *"$identifier"*)
      if [ "${DECOMMISSION_WHILE_ON_STANDBY:-}" != yes ]; then
        printf '\nStopped: the TXT record names the standby Region, and people may be working there.\n' >&2
        exit 1
      fi
      ;;
  esac
}
"#;

const POWERSHELL: &str = r#"#Requires -Version 7.3
$ErrorActionPreference = 'Stop'
$env:AWS_PAGER = ''

# Asks for exactly these words.
function Confirm-Step([string] $Told, [string] $Wanted) {
  Write-Host "`n$Told"
  if ((Read-Host "Type  $Wanted  to go on; anything else stops here") -cne $Wanted) {
    throw 'Stopped: nothing of this step was done.'
  }
}

# Takes the answer of something that answers well and lists what it did not do.
function Assert-Whole([string[]] $Failed) {
  if ("$Failed" -and "$Failed" -ne 'None') { throw "Stopped: AWS did not do it for $Failed" }
}

# Asks until this is the answer.
function Wait-Until([string] $Wanted, [scriptblock] $Ask) {
  while ("$(& $Ask)".Trim() -ne $Wanted) { Start-Sleep 10 }
}

# Stops while the answer holds the standby Region's connection identifier.
function Assert-NotStandby([string] $Identifier, [string] $Answer) {
  if ($Answer.Contains($Identifier) -and $env:DECOMMISSION_WHILE_ON_STANDBY -cne 'yes') {
    throw 'Stopped: the TXT record names the standby Region, and people may be working there.'
  }
}
"#;

/// The script.
pub fn script(work: &CleanUp, shell: Shell, taken_at: Moment) -> String {
    let mut out = String::new();
    out.push_str(match shell {
        Shell::Bash => "#!/usr/bin/env bash\n",
        Shell::PowerShell => "#!/usr/bin/env pwsh\n",
    });
    comment(
        &mut out,
        &format!(
            "Takes a deployment away, as it was on {taken_at}. It DESTROYS desktops and directories, and nothing brings them back."
        ),
    );
    comment(
        &mut out,
        "deskpair only writes it down. Read it, take out what is to stay, then run it yourself: each step asks for words of its own.",
    );
    comment(
        &mut out,
        "Where it stops in the middle, export it anew: what is gone is not in it any more. Images, bundles, file systems and zones stay.",
    );
    work.notes.iter().for_each(|note| comment(&mut out, note));
    match shell {
        Shell::Bash => out.push_str(BASH),
        Shell::PowerShell => {
            out.push_str(POWERSHELL);
            out.push_str(powershell::CALLS);
        }
    }
    for (number, step) in work.steps.iter().enumerate() {
        out.push('\n');
        self::step(&mut out, number + 1, work.steps.len(), step, shell);
    }
    if work.steps.is_empty() {
        comment(&mut out, "Nothing is there that it could take away.");
    }
    out
}

fn step(out: &mut String, number: usize, of: usize, step: &Step, shell: Shell) {
    comment(out, &format!("Step {number} of {of}. {}", step.title));
    step.notes.iter().for_each(|note| comment(out, &format!("   {note}")));
    let told = deskpair_reports::text::line(&format!("Step {number} of {of}: {}", step.title)).into_owned();
    let (told, typed) = (quoted(shell, &told), quoted(shell, &step.typed));
    // What only looks comes before the question.
    let (guards, rest): (Vec<&Act>, Vec<&Act>) = step.acts.iter().partition(|act| matches!(act, Act::Guard(..)));
    guards.into_iter().for_each(|act| self::act(out, act, shell));
    let _ = match shell {
        Shell::Bash => writeln!(out, "confirm {told} {typed}"),
        Shell::PowerShell => writeln!(out, "Confirm-Step {told} {typed}"),
    };
    rest.into_iter().for_each(|act| self::act(out, act, shell));
}

fn act(out: &mut String, act: &Act, shell: Shell) {
    let _ = match (act, shell) {
        (Act::Told(text), _) => {
            comment(out, &format!("   {text}"));
            Ok(())
        }
        (Act::Shown(words), _) => {
            comment(out, &format!("   $ aws{}", arguments(words, shell)));
            Ok(())
        }
        (Act::Guard(words, identifier), Shell::Bash) => {
            writeln!(out, "guard {} {}", quoted(shell, identifier), command(words, shell))
        }
        (Act::Guard(words, identifier), Shell::PowerShell) => {
            writeln!(out, "Assert-NotStandby {} \"$({})\"", quoted(shell, identifier), command(words, shell))
        }
        (Act::Call(words), Shell::Bash) => writeln!(out, "run {}", command(words, shell)),
        (Act::Call(words), Shell::PowerShell) => writeln!(out, "{}", command(words, shell)),
        (Act::Whole(words), Shell::Bash) => writeln!(out, "whole {}", command(words, shell)),
        (Act::Whole(words), Shell::PowerShell) => writeln!(out, "Assert-Whole ({})", command(words, shell)),
        (Act::Record(words), Shell::Bash) => writeln!(
            out,
            "change=$(run {} --query ChangeInfo.Id --output text)\n\
             until_is INSYNC aws route53 get-change --id \"$change\" --query ChangeInfo.Status --output text{}",
            command(words, shell),
            options(words, shell)
        ),
        (Act::Record(words), Shell::PowerShell) => writeln!(
            out,
            "$change = {} --query ChangeInfo.Id --output text\n\
             Wait-Until 'INSYNC' {{ Invoke-Aws route53 get-change --id $change --query ChangeInfo.Status --output text{} }}",
            command(words, shell),
            options(words, shell)
        ),
        (Act::Until(words, wanted), Shell::Bash) => {
            writeln!(out, "until_is {} {}", quoted(shell, wanted), command(words, shell))
        }
        (Act::Until(words, wanted), Shell::PowerShell) => {
            writeln!(out, "Wait-Until {} {{ {} }}", quoted(shell, wanted), command(words, shell))
        }
    };
}

/// Where and as whom a command is, for another one of the same.
fn options(words: &Words, shell: Shell) -> String {
    let mut options = String::new();
    for pair in words.windows(2).filter(|pair| ["--region", "--profile"].contains(&pair[0].as_str())) {
        let _ = write!(options, " {} {}", pair[0], quoted(shell, &pair[1]));
    }
    options
}

/// A command of the AWS CLI. In PowerShell what is JSON goes by a file, under the name that the API has for it.
fn command(words: &Words, shell: Shell) -> String {
    if shell == Shell::Bash {
        return format!("aws{}", arguments(words, shell));
    }
    let is_json = |pair: &[String]| pair[0].starts_with("--") && pair[1].starts_with(['{', '[']);
    let Some(at) = words.windows(2).position(is_json) else { return format!("Invoke-Aws{}", arguments(words, shell)) };
    let input = format!("{{\"{}\":{}}}", member(&words[at]), words[at + 1]);
    let others: Words = words[..at].iter().chain(&words[at + 2..]).cloned().collect();
    format!("Invoke-AwsWith {}{}", powershell::input(&input), arguments(&others, shell))
}

/// The member of an input that an option is for: `ChangeBatch` for `--change-batch`.
fn member(option: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str()).unwrap_or_default()
    };
    option.trim_start_matches('-').split('-').map(part).collect()
}

/// What stands after the program: names of commands and options stand bare, all else is one word in quotes.
fn arguments(words: &Words, shell: Shell) -> String {
    let is_bare = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !word.starts_with(|first: char| first.is_ascii_digit())
    };
    let mut arguments = String::new();
    for word in words {
        arguments.push(' ');
        arguments.push_str(&if is_bare(word) { word.clone() } else { quoted(shell, word) });
    }
    arguments
}
