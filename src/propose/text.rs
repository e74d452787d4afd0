//! A proposal as a commented deskpair.toml.

use super::Proposal;
use deskpair_reports::text::line;
use deskpair_rules::model::settings::{DnsProvider, MapKind, SideSettings};
use std::fmt::Write as _;

/// What is to be said beside the pairs.
#[derive(Clone, Debug, Default)]
pub struct Remarks {
    /// What could not be seen.
    pub unseen: Vec<String>,
    /// What was seen and is in no pair.
    pub beside: Vec<String>,
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A comment of one line, whatever the text is.
fn comment(out: &mut String, text: &str) {
    let _ = writeln!(out, "# {}", line(&text.replace(['\r', '\n'], " ")));
}

fn side(out: &mut String, key: &str, side: &SideSettings, remarks: &[String]) {
    remarks.iter().for_each(|remark| comment(out, remark));
    let _ = writeln!(out, "[pair.{key}]\nregion = {}", quoted(&side.region));
    let others = [
        ("profile", &side.profile),
        ("role_arn", &side.role_arn),
        ("external_id", &side.external_id),
        ("directory", &side.directory),
    ];
    for (key, value) in others {
        if let Some(value) = value {
            let _ = writeln!(out, "{key} = {}", quoted(value));
        }
    }
}

/// The file.
pub fn text(proposals: &[Proposal], remarks: &Remarks) -> String {
    let mut out = String::new();
    comment(&mut out, "deskpair.toml, as `deskpair init` proposes it from what it saw. Read it before you trust it:");
    comment(
        &mut out,
        "which pairs there are, which side is the primary one, what belongs together. `deskpair schema config` describes every key.",
    );
    for proposal in proposals {
        let pair = &proposal.pair;
        out.push('\n');
        comment(&mut out, &proposal.order);
        let _ = writeln!(out, "[[pair]]\nname = {}\nalias = {}\n", quoted(&pair.name), quoted(&pair.alias));
        side(&mut out, "primary", &pair.primary, &proposal.primary);
        out.push('\n');
        side(&mut out, "standby", &pair.standby, &proposal.standby);
        out.push_str(
            "\n# What the business asks for: these are the defaults.\n[pair.objectives]\nrto = \"15m\"\nrpo = \"24h\"\ndrill_every = \"90d\"\n\n",
        );
        comment(&mut out, &proposal.zone);
        let provider = if pair.dns.provider == DnsProvider::Route53 { "route53" } else { "none" };
        let _ = writeln!(out, "[pair.dns]\nprovider = \"{provider}\"");
        if !pair.dns.resolvers.is_empty() {
            let all: Vec<String> = pair.dns.resolvers.iter().map(|resolver| quoted(resolver)).collect();
            let _ = writeln!(out, "resolvers = [{}]", all.join(", "));
        }
        for entry in pair.maps.iter().filter(|entry| entry.kind == MapKind::FileSystem) {
            out.push_str("\n# Both have the same Name tag, which no other file system there has.\n");
            let _ = writeln!(
                out,
                "[[pair.map]]\nkind = \"file-system\"\nprimary = {}\nstandby = {}",
                quoted(&entry.primary),
                quoted(&entry.standby)
            );
        }
        for (primary, standby, why) in &proposal.maybe {
            out.push('\n');
            comment(&mut out, &format!("Do these belong together? {why}. Take the marks away where they do."));
            let _ = writeln!(
                out,
                "#[[pair.map]]\n#kind = \"file-system\"\n#primary = {}\n#standby = {}",
                quoted(primary),
                quoted(standby)
            );
        }
    }
    for (title, lines) in
        [("Seen, and in no pair:", &remarks.beside), ("Not seen, so that more may be there:", &remarks.unseen)]
    {
        if !lines.is_empty() {
            out.push('\n');
            comment(&mut out, title);
            lines.iter().for_each(|text| comment(&mut out, &format!("- {text}")));
        }
    }
    out
}
