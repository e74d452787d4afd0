//! A dynamic update as `nsupdate` of BIND's tools takes it. The key stays in its file: it is in no argument, and not in the script.

use super::{Marks, Shell, quoted};
use crate::dns::change::rfc2136::{Input, address};
use crate::remediate::look;
use crate::remediate::plan::Call;
use serde_json::Value;
use std::fmt::Write as _;

/// Ends the lines for `nsupdate`: no name and no value can be it.
const END: &str = "END_OF_THE_UPDATE";

/// Writes the update that a call is. What an earlier change makes is in these variables, in the order of the input.
///
/// # Errors
/// Why the call is none.
pub(super) fn script(out: &mut String, shell: Shell, number: usize, call: &Call) -> Result<(), String> {
    let marks = Marks::for_input(&call.input);
    let made = std::cell::Cell::new(0);
    let filled = look::filled(&call.input, &|_| Some(marks.made(made.replace(made.get() + 1))));
    let filled: Value = filled.map_err(|made| format!("{made} is not known"))?;
    let input: Input = serde_json::from_value(filled).map_err(|error| error.to_string())?;
    let (host, port) = address(&input.server)?;
    let lines = lines(&input, &host, port);
    let with_variables = |line: &str, variable: &dyn Fn(usize) -> String| {
        (0..made.get()).fold(line.to_owned(), |line, at| line.replace(&marks.made(at), &variable(at)))
    };
    let file = quoted(shell, &input.key_file);
    let key = format!("{}:{}", input.algorithm, input.key_name);
    match shell {
        Shell::Bash => {
            let _ = writeln!(
                out,
                "if grep -q '{{' {file}; then with_{number}=(-k {file}); key_{number}='; the key is in its file'\n\
                 else with_{number}=(); key_{number}=\"key \"{}\" $(tr -d '[:space:]' < {file})\"; fi\n\
                 nsupdate -v ${{with_{number}[@]+\"${{with_{number}[@]}}\"}} <<{END}\n$key_{number}",
                quoted(shell, &key)
            );
            for line in &lines {
                // A here-document whose end is not in quotes takes backslashes, dollars and backticks for its own.
                let line = line.replace('\\', "\\\\").replace('$', "\\$").replace('`', "\\`");
                let _ = writeln!(out, "{}", with_variables(&line, &|at| format!("$made_{number}_{at}")));
            }
            let _ = writeln!(out, "{END}");
        }
        Shell::PowerShell => {
            let _ = writeln!(
                out,
                "$with_{number} = @(); $key_{number} = '; the key is in its file'\n\
                 if (Select-String -Quiet -SimpleMatch -Pattern '{{' -LiteralPath {file}) {{ $with_{number} = @('-k', {file}) }} else {{ \
                 $key_{number} = 'key ' + {} + ' ' + (Get-Content -Raw -LiteralPath {file}).Trim() }}",
                quoted(shell, &key)
            );
            let words = lines
                .iter()
                .map(|line| with_variables(&quoted(shell, line), &|at| format!("' + $made_{number}_{at} + '")));
            let words: Vec<String> = words.map(|word| format!("({word})")).collect();
            let _ = writeln!(
                out,
                "@($key_{number}, {}) | nsupdate -v @with_{number}\n\
                 if ($LASTEXITCODE -ne 0) {{ throw \"nsupdate failed: it ended with $LASTEXITCODE\" }}",
                words.join(", ")
            );
        }
    }
    Ok(())
}

/// What `nsupdate` is told, a command a line. An empty line would send what came before it.
fn lines(input: &Input, host: &str, port: u16) -> Vec<String> {
    let Input { zone, name, expected, records, ttl, .. } = input;
    let mut lines = vec![format!("server {host} {port}"), format!("zone {zone}.")];
    if expected.is_empty() {
        lines.push(format!("prereq nxrrset {name}. IN TXT"));
        lines.push(format!("prereq nxrrset {name}. IN CNAME"));
    } else {
        lines.extend(expected.iter().map(|record| format!("prereq yxrrset {name}. IN TXT {}", strings(record))));
        lines.push(format!("update delete {name}. IN TXT"));
    }
    lines.extend(records.iter().map(|record| format!("update add {name}. {ttl} IN TXT {}", strings(record))));
    lines.push("send".to_owned());
    lines
}

/// The strings of a record, in quotes: estates have escapes as zone files do, but for the quotes themselves.
fn strings(record: &[String]) -> String {
    record.iter().map(|text| format!("\"{}\"", text.replace('"', "\\\""))).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::plan::MADE;
    use serde_json::json;

    fn call(expected: Value, records: Value) -> Call {
        let input = json!({
            "Server": "ns1.corp.example:54", "Zone": "corp.example", "Name": "desktop.corp.example", "KeyName": "deskpair.",
            "KeyFile": "/etc/it's.key", "Algorithm": "hmac-sha256", "Expected": expected, "Records": records, "TTL": 60,
        });
        Call { service: "dns".to_owned(), operation: "Update".to_owned(), input }
    }

    #[test]
    fn bash_tells_nsupdate_and_keeps_the_key_where_it_is() {
        let made = json!({ "kind": "association", "part": "primary", "name": "desktop.corp.example" });
        let call = call(json!([["$(id) `x` \\\\ \"q\"", "two"]]), json!([[{ MADE: made }]]));
        let mut out = String::new();
        script(&mut out, Shell::Bash, 3, &call).expect("it is one");
        for line in [
            r#"else with_3=(); key_3="key "'hmac-sha256:deskpair.'" $(tr -d '[:space:]' < '/etc/it'\''s.key')"; fi"#,
            "server ns1.corp.example 54",
            r#"prereq yxrrset desktop.corp.example. IN TXT "\$(id) \`x\` \\\\ \\"q\\"" "two""#,
            "update delete desktop.corp.example. IN TXT",
            r#"update add desktop.corp.example. 60 IN TXT "$made_3_0""#,
        ] {
            assert!(out.lines().any(|known| known == line), "{line}\n{out}");
        }
    }

    #[test]
    fn what_is_not_there_must_still_not_be_there() {
        let mut out = String::new();
        script(&mut out, Shell::PowerShell, 1, &call(json!([]), json!([["abc"]]))).expect("it is one");
        assert!(out.contains("('prereq nxrrset desktop.corp.example. IN CNAME')"), "{out}");
        assert!(!out.contains("delete"), "{out}");
        assert!(script(&mut out, Shell::Bash, 1, &call(json!("x"), json!([]))).is_err());
    }
}
