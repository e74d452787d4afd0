//! What a script says in PowerShell.
//!
//! Names and inputs are in no argument of a program. Before version 7.3, and to this day where the AWS CLI is a batch file (`aws.cmd`),
//! PowerShell passes double quotes in arguments on as they are, which breaks JSON ("about_Parsing": passing arguments that contain quote
//! characters; "about_Preference_Variables": `$PSNativeCommandArgumentPassing`). An input goes by a file, in ASCII: the CLI reads files in
//! the encoding of the system; and what is looked for is picked from the answer here. Whether a program failed is looked at after each:
//! `$PSNativeCommandUseErrorActionPreference` is in versions from 7.4 alone, and may be off.

use super::{Listed, Marked, OPEN, command, failures, kebab, listed, marked};
use crate::remediate::logos::Logo;
use crate::remediate::plan::{Call, Made, MadeKind};
use serde_json::json;
use std::fmt::Write as _;

/// Functions that call the AWS CLI, for `concat!`.
macro_rules! calls {
    () => {
        r#"
# Calls the AWS CLI, and stops where it fails.
function Invoke-Aws {
  $answer = aws @args
  if ($LASTEXITCODE -ne 0) { throw "aws $($args[0]) $($args[1]) failed: it ended with $LASTEXITCODE" }
  $answer
}

# Calls it with an input, which goes by a file: quotes in arguments do not reach every program.
function Invoke-AwsWith([string] $Json) {
  $file = New-TemporaryFile
  try {
    [IO.File]::WriteAllText($file.FullName, $Json)
    Invoke-Aws @args --cli-input-json "file://$($file.FullName)"
  } finally {
    Remove-Item $file.FullName
  }
}
"#
    };
}

/// How a script begins, after its comments.
pub(super) const START: &str = concat!(
    "#Requires -Version 7.3\n$ErrorActionPreference = 'Stop'\n$env:AWS_PAGER = ''\n",
    r#"
# Stops unless there is what was looked for.
function Assert-Found([string] $Name, $Found) {
  if (-not $Found) { throw "$Name is not there" }
  $Found
}
"#,
    calls!()
);

/// Functions that call the AWS CLI.
pub(in crate::remediate) const CALLS: &str = calls!();

/// Whether PowerShell takes a character for a single quote, outside and inside of a string in single quotes (`IsSingleQuote` of its
/// tokenizer, CharTraits.cs): the ASCII one, U+2018, U+2019, U+201A and U+201B.
fn is_single_quote(letter: char) -> bool {
    matches!(letter, '\'' | '\u{2018}'..='\u{201b}')
}

/// Text as one string, in which nothing has a meaning but that quotes are doubled ("about_Quoting_Rules").
pub(in crate::remediate) fn quoted(text: &str) -> String {
    let mut word = String::from("'");
    for letter in text.chars() {
        if is_single_quote(letter) {
            word.push(letter);
        }
        word.push(letter);
    }
    word.push('\'');
    word
}

/// JSON in ASCII.
fn ascii(json: &str) -> String {
    let mut out = String::new();
    for letter in json.chars() {
        if letter.is_ascii() {
            out.push(letter);
        } else {
            letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| {
                let _ = write!(out, "\\u{unit:04x}");
            });
        }
    }
    out
}

/// JSON as one string.
pub(in crate::remediate) fn input(json: &str) -> String {
    quoted(&ascii(json))
}

/// The first one in a list that has this name.
fn first(known: &Listed, name: &str, options: &str) -> String {
    format!(
        "((Invoke-Aws workspaces {}{options} --output json | ConvertFrom-Json).{} | Where-Object {{ $_.{} -ceq {} }} | Select-Object -First 1)",
        known.command,
        known.list,
        known.name,
        quoted(name)
    )
}

/// Finds what an earlier call made, by its name.
pub(super) fn find(out: &mut String, variable: &str, made: &Made, options: &str) {
    let name = quoted(&made.name);
    let found = match (listed(made.kind), made.kind) {
        (Some(known), _) => format!("{}.{}", first(&known, &made.name, options), known.id),
        (None, MadeKind::Workspace) => format!(
            "((Invoke-AwsWith {} workspaces describe-workspaces{options} --output json | ConvertFrom-Json).Workspaces | Select-Object -First 1).WorkspaceId",
            input(&json!({ "DirectoryId": made.within, "UserName": made.name }).to_string())
        ),
        // What is known by its name.
        (None, _) => {
            let _ = writeln!(out, "${variable} = {name}");
            return;
        }
    };
    let _ = writeln!(out, "${variable} = Assert-Found {name} ({found})");
}

/// The command of a call.
fn line(call: &Call, number: usize, pictures: usize, options: &str) -> String {
    let Marked { json, marks, made } = marked(&call.input);
    let word =
        (0..made).fold(input(&json), |word, at| word.replace(&marks.made(at), &format!("' + $made_{number}_{at} + '")));
    let word = (0..pictures).fold(word, |word, at| {
        let picture =
            format!("' + [Convert]::ToBase64String([IO.File]::ReadAllBytes($logo_{number}_{at}.FullName)) + '");
        word.replace(&marks.logo(at), &picture)
    });
    let word = if made + pictures > 0 { format!("({word})") } else { word };
    // Version 1 of the AWS CLI would send the base64 text itself as the picture: it does not know the option, and refuses.
    let format = if pictures > 0 { " --cli-binary-format base64" } else { "" };
    format!("Invoke-AwsWith {word} {} {}{options}{format}", command(&call.service), kebab(&call.operation))
}

/// Makes a call, and stops where its answer lists what was not done.
pub(super) fn call(out: &mut String, number: usize, call: &Call, pictures: usize, options: &str) {
    let line = line(call, number, pictures, options);
    let _ = match failures(&call.operation) {
        None => writeln!(out, "{line}"),
        Some(list) => writeln!(
            out,
            "$failed_{number} = ({line} --output json | ConvertFrom-Json).{list}\n\
             if ($failed_{number}) {{ throw ($failed_{number}.ErrorMessage -join '; ') }}"
        ),
    };
}

/// Fetches a logo, and stops where it is another than the one that was planned with.
pub(super) fn fetch(out: &mut String, (number, at): (usize, usize), logo: &Logo) {
    let _ = writeln!(
        out,
        "$logo_{number}_{at} = New-TemporaryFile\nInvoke-WebRequest -Uri {} -OutFile $logo_{number}_{at}.FullName\n\
         if ((Get-FileHash $logo_{number}_{at}.FullName -Algorithm SHA256).Hash -ne {}) {{ throw 'it is another logo' }}",
        quoted(&logo.url),
        quoted(&logo.sha256)
    );
}

/// Asks for a higher quota where nobody has, and waits until it is granted, as in bash.
pub(super) fn quota(out: &mut String, number: usize, made: &Made, call: &Call, options: &str) {
    let wanted = made.within.as_deref().unwrap_or_default();
    let code = quoted(&made.name);
    let of = format!("--service-code workspaces --quota-code {code}{options} --output json | ConvertFrom-Json");
    let open = OPEN.map(quoted).join(", ");
    let what = format!("{wanted} of the quota {}", made.name);
    let _ = writeln!(
        out,
        "$granted_{number} = {{ (Invoke-Aws service-quotas list-service-quotas {of}).Quotas | Where-Object {{ $_.QuotaCode -ceq {code} -and $_.Value -ge {wanted} }} }}\n\
         $asked_{number} = {{ ((Invoke-Aws service-quotas list-requested-service-quota-change-history-by-quota {of}).RequestedQuotas | Where-Object {{ $_.DesiredValue -ge {wanted} }} | Sort-Object Created | Select-Object -Last 1).Status }}\n\
         if ((& $asked_{number}) -notin {open} -and -not (& $granted_{number})) {{\n  {line}\n}}\n\
         $told_{number} = ''\n\
         while ($true) {{\n  \
           $state_{number} = & $asked_{number}\n  \
           if (& $granted_{number}) {{ break }}\n  \
           if ($state_{number} -notin {open}) {{ throw ({fails} + $state_{number}) }}\n  \
           if ($state_{number} -ne $told_{number}) {{ Write-Host ({waits} + $state_{number}) }}\n  \
           $told_{number} = $state_{number}\n  \
           Start-Sleep 10\n\
         }}",
        line = line(call, number, 0, options),
        fails = quoted(&format!("AWS has not granted {what}: the request is ")),
        waits = quoted(&format!("waiting until AWS grants {what}, which may take days: ")),
    );
}

/// Waits until what was made can be used.
pub(super) fn wait(out: &mut String, number: usize, made: &Made, options: &str) {
    let Some(known) = listed(made.kind) else { return };
    let Some((state, good)) = known.ready else { return };
    let good = good.iter().map(|state| quoted(state)).collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        out,
        "while ($true) {{\n  \
           $state_{number} = {}.{state}\n  \
           if ($state_{number} -in {good}) {{ break }}\n  \
           if ($state_{number} -eq 'ERROR') {{ throw {} }}\n  \
           Start-Sleep 10\n\
         }}",
        first(&known, &made.name, options),
        quoted(&format!("{} could not be made", made.name))
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_powershell_takes_for_a_single_quote_is_doubled() {
        assert_eq!(
            quoted("a'b\u{2018}c\u{2019}d\u{201a}e\u{201b}"),
            "'a''b\u{2018}\u{2018}c\u{2019}\u{2019}d\u{201a}\u{201a}e\u{201b}\u{201b}'"
        );
        assert_eq!(quoted("\"\u{201c}\u{201d}\u{201e} $(x) `n"), "'\"\u{201c}\u{201d}\u{201e} $(x) `n'");
    }

    #[test]
    fn json_is_ascii_and_means_the_same() {
        let json = json!({ "Name": "Zoë ‘😀’" });
        let text = ascii(&json.to_string());
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), json);
    }
}
