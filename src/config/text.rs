//! The forms that texts take in deskpair.toml. Where a form has a pattern, the check and the published schema share it.

use crate::collect::access::is_loopback;
use crate::probe::Endpoint;
use jiff::{Span, SpanRelativeTo};
use regex_lite::Regex;
use std::net::{IpAddr, SocketAddr};

/// The form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text {
    /// Anything that is not blank.
    Plain,
    /// A pair's name: it becomes part of file names and fingerprints.
    PairName,
    /// A fully qualified domain name that WorkSpaces takes as a connection string.
    Fqdn,
    /// A Region's code.
    Region,
    /// A directory's id.
    Directory,
    /// An IAM role's ARN.
    RoleArn,
    /// The external id of a role's trust policy.
    ExternalId,
    /// A time of whole seconds, at least one.
    Seconds,
    /// A time of whole milliseconds, at least one.
    Millis,
    /// Who is asked for a TXT record.
    Resolver,
    /// An IP address, with or without a port.
    Address,
    /// A name or an address, with or without a port.
    Server,
    /// Where a dependency is found.
    Endpoint,
    /// The digest of a drift.
    Drift,
    /// Where a notice is posted to.
    Webhook,
}

/// Why a text does not have its form, and what would.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) what: String,
    pub(super) help: String,
}

fn complaint(what: impl Into<String>, help: impl Into<String>) -> Complaint {
    Complaint { what: what.into(), help: help.into() }
}

impl Text {
    /// The pattern that the form follows, where one says it all or nearly all.
    pub(super) const fn pattern(self) -> Option<&'static str> {
        match self {
            Self::PairName => Some("^[a-z0-9][a-z0-9-]{0,63}$"),
            // workspaces:ConnectionString is ^[.0-9a-zA-Z\-]{1,255}$; what is more here is RFC 1123's form of labels.
            Self::Fqdn => Some(
                r"^([0-9a-zA-Z]([0-9a-zA-Z-]{0,61}[0-9a-zA-Z])?\.)+[0-9a-zA-Z]([0-9a-zA-Z-]{0,61}[0-9a-zA-Z])?\.?$",
            ),
            Self::Region => Some("^[a-z]{2}(-[a-z]+)+-[0-9]$"),
            // workspaces:DirectoryId.
            Self::Directory => Some("^(d-[0-9a-f]{8,63}|wsd-[0-9a-z]{8,63})$"),
            Self::RoleArn => Some("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[0-9a-zA-Z_+=,.@/-]{1,576}$"),
            // sts:externalIdType.
            Self::ExternalId => Some("^[0-9a-zA-Z_+=,.@:/-]{2,1224}$"),
            Self::Drift => Some("^sha256:[0-9a-f]{64}$"),
            Self::Plain
            | Self::Seconds
            | Self::Millis
            | Self::Resolver
            | Self::Address
            | Self::Server
            | Self::Endpoint
            | Self::Webhook => None,
        }
    }

    /// A text of this form.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Plain => "text",
            Self::PairName => "corp",
            Self::Fqdn => "desktop.example.com",
            Self::Region => "us-east-1",
            Self::Directory => "d-906712ab34",
            Self::RoleArn => "arn:aws:iam::123456789012:role/deskpair",
            Self::ExternalId => "deskpair-2f9c",
            Self::Seconds => "15m",
            Self::Millis => "20s",
            Self::Resolver => "9.9.9.9",
            Self::Address => "192.0.2.53:53",
            Self::Server => "ns1.example.com",
            Self::Endpoint => "tcp://erp.example.com:1433",
            Self::Drift => "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
            Self::Webhook => "https://hooks.example.com/deskpair",
        }
    }

    /// Whether the text has this form.
    pub(super) fn check(self, text: &str) -> Result<(), Complaint> {
        if text.trim().is_empty() {
            return Err(complaint("is empty", format!("for example \"{}\"", self.example())));
        }
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(complaint(format!("holds the control character {}", c.escape_unicode()), "write it without"));
        }
        if let Some(pattern) = self.pattern() {
            let fits = Regex::new(pattern).expect("the forms' patterns are regular expressions").is_match(text);
            if !fits {
                return Err(self.misfit(text));
            }
        }
        match self {
            Self::Fqdn => fqdn(text).map(drop),
            Self::Seconds => seconds(text).map(drop),
            Self::Millis => millis(text).map(drop),
            Self::Resolver if matches!(text, "authoritative" | "system") => Ok(()),
            Self::Resolver | Self::Address => address(self, text),
            Self::Server => server(text),
            Self::Endpoint => endpoint(text),
            Self::Webhook => webhook(text),
            Self::Plain
            | Self::PairName
            | Self::Region
            | Self::Directory
            | Self::RoleArn
            | Self::ExternalId
            | Self::Drift => Ok(()),
        }
    }

    fn misfit(self, text: &str) -> Complaint {
        match self {
            Self::PairName => complaint(
                "is not a name of lower-case letters, digits and hyphens",
                format!("for example \"{}\"; it names files and fingerprints", suggested_name(text)),
            ),
            Self::Fqdn if !text.contains('.') => complaint(
                "is not a fully qualified domain name",
                "write the whole name that people's clients are registered with, \"desktop.example.com\"",
            ),
            Self::Fqdn => complaint(
                "is not a domain name that WorkSpaces takes",
                "letters, digits and hyphens between single dots, at most 63 to a label: \"desktop.example.com\"",
            ),
            Self::Region => match nearest(&text.to_ascii_lowercase(), WORKSPACES_REGIONS.iter().copied()) {
                Some(near) => complaint("is not a Region's code", format!("did you mean \"{near}\"?")),
                None => complaint("is not a Region's code", "for example \"us-east-1\""),
            },
            Self::Directory => complaint(
                "is not a directory's id",
                "a directory's id is \"d-\" and at least eight hexadecimal digits: \"d-906712ab34\"",
            ),
            Self::RoleArn => complaint(
                "is not the ARN of an IAM role",
                "for example \"arn:aws:iam::123456789012:role/deskpair\"; its account has twelve digits",
            ),
            Self::ExternalId => {
                complaint("is not an external id", "STS takes 2 to 1,224 letters, digits and any of _+=,.@:/-")
            }
            Self::Drift => complaint(
                "is not the digest of a drift",
                "copy the finding's from report.json: \"sha256:\" and 64 hexadecimal digits",
            ),
            Self::Plain
            | Self::Seconds
            | Self::Millis
            | Self::Resolver
            | Self::Address
            | Self::Server
            | Self::Endpoint
            | Self::Webhook => complaint("has the wrong form", format!("for example \"{}\"", self.example())),
        }
    }
}

/// The Regions that offer WorkSpaces, as far as this version knows (AWS-FACTS §0.6: botocore's endpoints.json). The list ages.
pub const WORKSPACES_REGIONS: [&str; 20] = [
    "af-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-5",
    "ca-central-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-2",
];

/// A domain name as the estate keeps it: lower case, without a trailing dot.
pub(super) fn fqdn(text: &str) -> Result<String, Complaint> {
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    if name.parse::<IpAddr>().is_ok() {
        return Err(complaint("is an IP address", "write the domain name that people's clients are registered with"));
    }
    // 255 octets on the wire (RFC 1035 §2.3.4) are 253 characters: less than the 255 that the API would take.
    if name.len() > 253 {
        return Err(complaint(format!("has {} characters", name.len()), "a name in the DNS has at most 253"));
    }
    Ok(name)
}

fn milliseconds_of(text: &str) -> Result<i128, Complaint> {
    let form = "write numbers with units, as in \"90s\", \"15m\", \"1h30m\" or \"90d\"";
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(complaint("has no unit", form));
    }
    let span: Span = text.parse().map_err(|_| complaint("is not a length of time", form))?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return Err(complaint("uses months or years, which differ in length", "write days, as in \"90d\""));
    }
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| complaint("is not a length of time", form))?;
    if duration.is_negative() || duration.is_zero() {
        return Err(complaint("is not longer than zero", form));
    }
    Ok(duration.as_millis())
}

/// A time in whole seconds.
pub(super) fn seconds(text: &str) -> Result<u32, Complaint> {
    let millis = milliseconds_of(text)?;
    if millis % 1000 != 0 || millis == 0 {
        return Err(complaint("is no whole number of seconds", "the finest step here is \"1s\""));
    }
    u32::try_from(millis / 1000).map_err(|_| complaint("is longer than a century", "write a shorter time"))
}

/// A time in whole milliseconds, an hour at most: it bounds a single call.
pub(super) fn millis(text: &str) -> Result<u64, Complaint> {
    let millis = milliseconds_of(text)?;
    if millis == 0 {
        return Err(complaint("is shorter than a millisecond", "the finest step here is \"1ms\""));
    }
    u64::try_from(millis)
        .ok()
        .filter(|&millis| millis <= 3_600_000)
        .ok_or_else(|| complaint("is longer than an hour", "it is meant for a single call, as in \"20s\""))
}

fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok() || text.parse::<SocketAddr>().is_ok_and(|address| address.port() != 0)
}

fn address(form: Text, text: &str) -> Result<(), Complaint> {
    if is_address(text) {
        return Ok(());
    }
    let port = "an IPv6 address with a port stands in brackets, \"[2001:db8::53]:53\"";
    if form == Text::Resolver {
        if let Some(near) = nearest(text, ["authoritative", "system"].into_iter()) {
            return Err(complaint("is not a resolver", format!("did you mean \"{near}\"?")));
        }
        return Err(complaint(
            "is not a resolver",
            format!("write \"authoritative\", \"system\", an IP address, or an IP address and port; {port}"),
        ));
    }
    Err(complaint("is not an IP address", format!("write \"192.0.2.53\" or \"192.0.2.53:53\"; {port}")))
}

/// Splits a host and an optional port; brackets stay with an IPv6 address.
fn host_and_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (inside, after) = rest.split_once(']')?;
        inside.parse::<std::net::Ipv6Addr>().ok()?;
        return match after {
            "" => Some((inside, None)),
            _ => Some((inside, Some(after.strip_prefix(':')?.parse().ok().filter(|&port| port != 0)?))),
        };
    }
    match text.rsplit_once(':') {
        None => Some((text, None)),
        Some((host, port)) => {
            let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
            Some((host, Some(port.parse().ok().filter(|&port: &u16| digits && port != 0)?)))
        }
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let name = host.strip_suffix('.').unwrap_or(host);
    host.parse::<IpAddr>().is_ok() || (name.len() <= 253 && name.split('.').all(label))
}

fn server(text: &str) -> Result<(), Complaint> {
    if is_address(text) || host_and_port(text).is_some_and(|(host, _)| is_host(host)) {
        Ok(())
    } else {
        Err(complaint("is not a server", "write a name or an address, with or without a port: \"ns1.example.com:53\""))
    }
}

fn endpoint(text: &str) -> Result<(), Complaint> {
    let form = "write \"tcp://host:port\", \"tls://host:port\", \"http://host/path\" or \"https://host/path\"";
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(complaint("is not an address with a scheme", form));
    };
    let port_needed = match scheme {
        "tcp" | "tls" => true,
        "http" | "https" => false,
        other => return Err(complaint(format!("has the scheme \"{other}\", which cannot be probed"), form)),
    };
    let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    if authority.contains('@') {
        return Err(complaint(
            "holds a user name or password",
            "leave it out: the configuration is copied into estates and reports",
        ));
    }
    if port_needed && !path.is_empty() {
        return Err(complaint(format!("has a path, which {scheme}:// does not use"), form));
    }
    if path.contains(char::is_whitespace) {
        return Err(complaint("holds a blank", form));
    }
    match host_and_port(authority) {
        Some((host, _)) if host.is_empty() || !is_host(host) => Err(complaint("names no host", form)),
        Some((_, None)) if port_needed => Err(complaint("has no port", form)),
        Some(_) if Endpoint::parse(text).is_none() => Err(complaint(
            "has a path that cannot be asked for",
            "write what is neither letter nor digit as %xx: \"/a%60b\"",
        )),
        Some(_) => Ok(()),
        None => Err(complaint("names no host, or a port that is none", form)),
    }
}

/// A notice says who could not work: it goes over the network encrypted, or not at all.
fn webhook(text: &str) -> Result<(), Complaint> {
    let form = "write \"https://host/path\"; \"http://127.0.0.1:port/path\" is for a server on this machine";
    if !text.starts_with("https://") && !is_loopback(text) {
        return Err(complaint("is neither an https address nor one of this machine", form));
    }
    endpoint(text).map_err(|complaint| Complaint { help: form.to_owned(), ..complaint })
}

fn suggested_name(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().take(64) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'A'..='Z' => name.push(c.to_ascii_lowercase()),
            _ if !name.is_empty() && !name.ends_with('-') => name.push('-'),
            _ => {}
        }
    }
    let name = name.trim_end_matches('-');
    if name.is_empty() { Text::PairName.example().to_owned() } else { name.to_owned() }
}

/// The candidate that somebody may have meant: few changes away, for its length. Among equals the first.
pub(super) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let length = typed.chars().count();
    if length > 64 {
        return None;
    }
    let folded = typed.to_lowercase().replace('_', "-");
    candidates
        .map(|candidate| (distance(&folded, &candidate.to_lowercase().replace('_', "-")), candidate))
        .filter(|&(distance, candidate)| distance <= (length.max(candidate.len()) / 3).clamp(1, 3))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, taken out, exchanged or swapped with their neighbour.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut table = vec![0; (a.len() + 1) * width];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            table[i * width + j] = if i == 0 || j == 0 {
                i + j
            } else {
                let changed = usize::from(a[i - 1] != b[j - 1]);
                let mut least = (table[(i - 1) * width + j] + 1)
                    .min(table[i * width + j - 1] + 1)
                    .min(table[(i - 1) * width + j - 1] + changed);
                if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                    least = least.min(table[(i - 2) * width + j - 2] + 1);
                }
                least
            };
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_takes_its_own_example_and_refuses_blanks_and_controls() {
        for form in [
            Text::Plain,
            Text::PairName,
            Text::Fqdn,
            Text::Region,
            Text::Directory,
            Text::RoleArn,
            Text::ExternalId,
            Text::Seconds,
            Text::Millis,
            Text::Resolver,
            Text::Address,
            Text::Server,
            Text::Endpoint,
            Text::Drift,
            Text::Webhook,
        ] {
            assert_eq!(form.check(form.example()), Ok(()), "{form:?}");
            for bad in ["", "  ", "a\u{1b}[31mb", "a\nb"] {
                assert!(form.check(bad).is_err(), "{form:?} takes {bad:?}");
            }
        }
    }

    #[test]
    fn forms_know_right_from_wrong() {
        let right = [
            (Text::Fqdn, "Desktop.Example.COM."),
            (Text::Region, "us-gov-west-1"),
            (Text::Directory, "wsd-0a1b2c3d4"),
            (Text::RoleArn, "arn:aws-us-gov:iam::123456789012:role/path/of/deskpair"),
            (Text::Seconds, "1h30m"),
            (Text::Seconds, "90d"),
            (Text::Seconds, "2w"),
            (Text::Millis, "250ms"),
            (Text::Resolver, "2001:db8::1"),
            (Text::Resolver, "[2001:db8::1]:5353"),
            (Text::Resolver, "system"),
            (Text::Server, "192.0.2.1:53"),
            (Text::Server, "ns1:5353"),
            (Text::Endpoint, "https://erp.example.com/health?x=1"),
            (Text::Endpoint, "tls://[2001:db8::1]:443"),
            (Text::Webhook, "https://hooks.example.com/services/T0/B0?x=1"),
            (Text::Webhook, "http://127.0.0.1:8080/notice"),
        ];
        for (form, text) in right {
            assert_eq!(form.check(text), Ok(()), "{form:?} {text}");
        }
        let long = format!("{}example.com", "a.".repeat(125));
        let wrong = [
            (Text::Fqdn, "desktop"),
            (Text::Fqdn, "desk top.example.com"),
            (Text::Fqdn, "-desktop.example.com"),
            (Text::Fqdn, "desktop..example.com"),
            (Text::Fqdn, "192.0.2.1"),
            (Text::Fqdn, "désktop.example.com"),
            (Text::Fqdn, long.as_str()),
            (Text::PairName, "Corp Desktops"),
            (Text::Region, "us-east"),
            (Text::Region, "US-EAST-1"),
            (Text::Directory, "d-XYZ"),
            (Text::RoleArn, "arn:aws:iam::12345:role/x"),
            (Text::RoleArn, "arn:aws:iam::123456789012:user/x"),
            (Text::ExternalId, "x"),
            (Text::Seconds, "15"),
            (Text::Seconds, "-15m"),
            (Text::Seconds, "0s"),
            (Text::Seconds, "1500ms"),
            (Text::Seconds, "3mo"),
            (Text::Seconds, "1y"),
            (Text::Seconds, "999999999h"),
            (Text::Millis, "2h"),
            (Text::Millis, "10us"),
            (Text::Resolver, "9.9.9.9:0"),
            (Text::Resolver, "dns.example.com"),
            (Text::Address, "authoritative"),
            (Text::Server, "ns1.example.com:99999"),
            (Text::Server, "a b"),
            (Text::Endpoint, "erp.example.com:1433"),
            (Text::Endpoint, "tcp://erp.example.com"),
            (Text::Endpoint, "ftp://erp.example.com"),
            (Text::Endpoint, "https://user:secret@erp.example.com"),
            (Text::Endpoint, "https://"),
            (Text::Endpoint, "https://erp.example.com/a`b\"c"),
            (Text::Drift, "sha256:xyz"),
            (Text::Webhook, "http://hooks.example.com/notice"),
            (Text::Webhook, "hooks.example.com"),
            (Text::Webhook, "https://user:secret@hooks.example.com"),
            (Text::Webhook, "http://127.0.0.1.example.com/"),
        ];
        for (form, text) in wrong {
            assert!(form.check(text).is_err(), "{form:?} takes {text}");
        }
        assert_eq!(fqdn("Desktop.Example.COM.").as_deref(), Ok("desktop.example.com"));
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(millis("20s"), Ok(20_000));
    }

    #[test]
    fn slips_of_the_finger_are_understood_and_strangers_are_not() {
        let keys = ["alias", "objectives", "dependency"];
        assert_eq!(nearest("aliass", keys.into_iter()), Some("alias"));
        assert_eq!(nearest("ailas", keys.into_iter()), Some("alias"));
        assert_eq!(nearest("objective", keys.into_iter()), Some("objectives"));
        assert_eq!(nearest("dns-005", ["DNS-005", "DNS-006"].into_iter()), Some("DNS-005"));
        assert_eq!(nearest("colour", keys.into_iter()), None);
    }
}
