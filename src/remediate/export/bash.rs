//! What a script says in bash.
//!
//! Lists are read as JSON: with `--output text` the AWS CLI would ask `--query` of each page by itself.

use super::{Listed, Marked, Marks, OPEN, command, failures, kebab, listed, marked};
use crate::remediate::logos::Logo;
use crate::remediate::plan::{Call, Made, MadeKind};
use std::fmt::Write as _;

/// Text as one word.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Text as a literal of JMESPath: JSON between backticks.
fn literal(text: &str) -> String {
    format!("`{}`", serde_json::Value::from(text).to_string().replace('`', "\\u0060"))
}

/// Looks in a list for what has this name: the member of the first one there, or `null`.
fn look(known: &Listed, name: &str, member: &str, options: &str) -> String {
    let query = format!("{}[?{}=={}].{member} | [0]", known.list, known.name, literal(name));
    format!("aws workspaces {}{options} --output json --query {} | tr -d '\"'", known.command, quoted(&query))
}

/// Finds what an earlier call made, by its name.
pub(super) fn find(out: &mut String, variable: &str, made: &Made, options: &str) {
    let looked = match (listed(made.kind), made.kind) {
        (Some(known), _) => look(&known, &made.name, known.id, options),
        (None, MadeKind::Workspace) => format!(
            "aws workspaces describe-workspaces --directory-id {} --user-name {}{options} --output json --query 'Workspaces[0].WorkspaceId' | tr -d '\"'",
            quoted(made.within.as_deref().unwrap_or_default()),
            quoted(&made.name)
        ),
        // What is known by its name.
        (None, _) => {
            let _ = writeln!(out, "{variable}={}", quoted(&made.name));
            return;
        }
    };
    let gone = quoted(&format!("{} is not there", made.name));
    let _ = writeln!(
        out,
        "{variable}=$({looked})\nif [ \"${variable}\" = null ]; then printf '%s\\n' {gone} >&2; exit 1; fi"
    );
}

/// The command of a call.
fn line(call: &Call, input: &str, options: &str) -> String {
    format!("aws {} {}{options} --cli-input-json {input}", command(&call.service), kebab(&call.operation))
}

/// The input as one word, with variables in place of what earlier calls made; and the marks of its pictures.
fn word(call: &Call, number: usize) -> (String, Marks) {
    let Marked { json, marks, made } = marked(&call.input);
    let word =
        (0..made).fold(quoted(&json), |word, at| word.replace(&marks.made(at), &format!("'\"$made_{number}_{at}\"'")));
    (word, marks)
}

/// Makes a call, and stops where its answer lists what was not done.
pub(super) fn call(out: &mut String, number: usize, call: &Call, pictures: usize, options: &str) {
    let (mut input, marks) = word(call, number);
    if pictures > 0 {
        input = in_a_file(out, number, &input, &marks, pictures);
        // Version 1 of the AWS CLI would send the base64 text itself as the picture: it does not know the option, and refuses.
        input.push_str(" --cli-binary-format base64");
    }
    let line = line(call, &input, options);
    let _ = match failures(&call.operation) {
        None => writeln!(out, "{line}"),
        Some(list) => writeln!(
            out,
            "failed_{number}=$({line} --output text --query {})\n\
             [ -z \"$failed_{number}\" ] || [ \"$failed_{number}\" = None ] || {{ printf '%s\\n' \"$failed_{number}\" >&2; exit 1; }}",
            quoted(&format!("{list}[].ErrorMessage"))
        ),
    };
}

/// Fetches a logo, and stops where it is another than the one that was planned with.
pub(super) fn fetch(out: &mut String, (number, at): (usize, usize), logo: &Logo) {
    let (url, sha256) = (quoted(&logo.url), quoted(&logo.sha256));
    let _ = writeln!(
        out,
        "logo_{number}_{at}=$(mktemp)\ncurl --fail --silent --show-error --output \"$logo_{number}_{at}\" {url}\n\
         [ \"$( (sha256sum \"$logo_{number}_{at}\" 2> /dev/null || shasum -a 256 \"$logo_{number}_{at}\") | cut -d ' ' -f 1)\" = {sha256} ]"
    );
}

/// Writes an input into a file, with its logos in their places: it is too large for a word.
fn in_a_file(out: &mut String, number: usize, input: &str, marks: &Marks, logos: usize) -> String {
    let parts = (0..logos).fold(input.to_owned(), |parts, at| {
        let picture = format!("'; base64 < \"$logo_{number}_{at}\" | tr -d '\\n'; printf %s '");
        parts.replace(&marks.logo(at), &picture)
    });
    let _ = writeln!(out, "input_{number}=$(mktemp)\n{{ printf %s {parts}; }} > \"$input_{number}\"");
    format!("\"file://$input_{number}\"")
}

/// Asks for a higher quota where nobody has, and waits until it is granted; stops where it is not going to be. As `apply` does, it goes by
/// what is applied: a request that is closed says nothing of what became of it.
pub(super) fn quota(out: &mut String, number: usize, made: &Made, call: &Call, options: &str) {
    let wanted = made.within.as_deref().unwrap_or_default();
    let code = quoted(&made.name);
    let of = format!("--service-code workspaces --quota-code {code}{options} --output json --query");
    let granted = quoted(&format!("length(Quotas[?QuotaCode=={} && Value>=`{wanted}`]) > `0`", literal(&made.name)));
    let asked = quoted(&format!("sort_by(RequestedQuotas[?DesiredValue>=`{wanted}`], &Created)[-1].Status || 'NONE'"));
    let (open, line) = (OPEN.join(" | "), line(call, &word(call, number).0, options));
    let what = format!("{wanted} of the quota {}", made.name);
    let (waits, fails) = (
        quoted(&format!("waiting until AWS grants {what}, which may take days: ")),
        quoted(&format!("AWS has not granted {what}: the request is ")),
    );
    // A command's failure ends the script only where no test is made of it. The quota is looked at after the request: what is closed is
    // applied by then.
    let _ = writeln!(
        out,
        "granted_{number}() {{ aws service-quotas list-service-quotas {of} {granted}; }}\n\
         asked_{number}() {{ aws service-quotas list-requested-service-quota-change-history-by-quota {of} {asked} | tr -d '\"'; }}\n\
         asked=$(asked_{number})\n\
         granted=$(granted_{number})\n\
         case \"$granted $asked\" in\n  \
           true\\ * | {among}) ;;\n  \
           *) {line} ;;\n\
         esac\n\
         told=''\n\
         while true; do\n  \
           asked=$(asked_{number})\n  \
           granted=$(granted_{number})\n  \
           if [ \"$granted\" = true ]; then break; fi\n  \
           case \"$asked\" in\n    \
             {open}) ;;\n    \
             *) printf '%s%s\\n' {fails} \"$asked\" >&2; exit 1 ;;\n  \
           esac\n  \
           if [ \"$asked\" != \"$told\" ]; then printf '%s%s\\n' {waits} \"$asked\" >&2; told=$asked; fi\n  \
           sleep 10\n\
         done",
        among = OPEN.map(|status| format!("*\\ {status}")).join(" | "),
    );
}

/// Waits until what was made can be used.
pub(super) fn wait(out: &mut String, number: usize, made: &Made, options: &str) {
    let Some(known) = listed(made.kind) else { return };
    let Some((state, good)) = known.ready else { return };
    let look = look(&known, &made.name, state, options);
    let failed = quoted(&format!("{} could not be made", made.name));
    let _ = writeln!(
        out,
        "while true; do\n  \
           state_{number}=$({look})\n  \
           case \"$state_{number}\" in\n    \
             {}) break ;;\n    \
             ERROR) printf '%s\\n' {failed} >&2; exit 1 ;;\n  \
           esac\n  \
           sleep 10\n\
         done",
        good.join(" | ")
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_literal_whatever_it_has() {
        assert_eq!(literal("it's `x` \\ \"q\""), r#"`"it's \u0060x\u0060 \\ \"q\""`"#);
    }
}
