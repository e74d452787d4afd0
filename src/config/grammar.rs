//! What deskpair.toml may hold: every table and key once, for the parser and for the published schema alike.

use super::text::Text;

/// A table's keys.
#[derive(Debug)]
pub(super) struct Table {
    /// Every key it may have.
    pub(super) keys: &'static [Key],
}

impl Table {
    /// The key of this name.
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// One key.
#[derive(Debug)]
pub(super) struct Key {
    /// Its name.
    pub(super) name: &'static str,
    /// What it takes.
    pub(super) kind: Kind,
    /// Whether its table needs it.
    pub(super) need: Need,
    /// What it says, for the schema and for people.
    pub(super) about: &'static str,
}

/// Whether a table needs a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// Always.
    Required,
    /// It may be left out.
    Optional,
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A text of a form.
    Text(Text),
    /// One or more texts of a form.
    Texts(Text),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Flag,
    /// A whole number from 1 to this.
    Count(u32),
    /// A number above zero.
    Positive,
    /// An instant with its zone.
    Instant,
    /// A rate and a burst, or "none".
    Bucket,
    /// A table.
    Table(&'static Table),
    /// An array of tables.
    Tables(&'static Table),
    /// A table a rule, by id.
    Rules,
    /// The id of a rule.
    RuleId,
}

const fn must(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, need: Need::Required, about }
}

const fn may(name: &'static str, kind: Kind, about: &'static str) -> Key {
    Key { name, kind, need: Need::Optional, about }
}

/// The whole file.
pub(super) static FILE: Table = Table {
    keys: &[
        must("pair", Kind::Tables(&PAIR), "A primary and a standby Region behind one connection alias."),
        may("limits", Kind::Table(&LIMITS), "How hard AWS and name servers may be asked."),
        may("rule", Kind::Rules, "What is set for single rules, by id."),
        may("waiver", Kind::Tables(&WAIVER), "A fail that somebody accepts, for a reason and a time."),
        may("attestation", Kind::Tables(&WAIVER), "What somebody vouches for where no API can tell."),
        may(
            "notify",
            Kind::Table(&NOTIFY),
            "Who is told where a run brings something new. It is not part of an estate.",
        ),
    ],
};

static NOTIFY: Table = Table {
    keys: &[
        may(
            "command",
            Kind::Texts(Text::Plain),
            "A program and its arguments: it gets the notice (deskpair.notice/1) on its standard input.",
        ),
        may("webhook", Kind::Text(Text::Webhook), "An https:// address that the notice is posted to."),
    ],
};

static PAIR: Table = Table {
    keys: &[
        must("name", Kind::Text(Text::PairName), "The pair's name, unique in the file."),
        must(
            "alias",
            Kind::Text(Text::Fqdn),
            "The connection string: the domain name that people's clients are registered with.",
        ),
        may(
            "owner_role_arn",
            Kind::Text(Text::RoleArn),
            "A role in the account that owns the connection alias, where that is another account.",
        ),
        may(
            "federation_role_arn",
            Kind::Text(Text::RoleArn),
            "The role that people assume who sign in through an identity provider: whether it may open sessions on the standby directory is \
             checked.",
        ),
        must("primary", Kind::Table(&SIDE), "The Region where people work."),
        must("standby", Kind::Table(&SIDE), "The Region where they would land."),
        may("objectives", Kind::Table(&OBJECTIVES), "What the business asks for."),
        may("drill", Kind::Table(&DRILL), "How drills are run."),
        may("dns", Kind::Table(&DNS), "How the alias's TXT record is asked for, and changed."),
        may("map", Kind::Tables(&MAP), "Names that differ between the sides on purpose."),
        may(
            "step",
            Kind::Tables(&STEP),
            "What people have to do in a failover, for the forecast of the recovery time.",
        ),
        may("dependency", Kind::Tables(&DEPENDENCY), "What people need beside their desktop."),
    ],
};

static SIDE: Table = Table {
    keys: &[
        must("region", Kind::Text(Text::Region), "The Region's code."),
        may("profile", Kind::Text(Text::Plain), "A profile of the AWS configuration files."),
        may("role_arn", Kind::Text(Text::RoleArn), "A role to assume."),
        may("external_id", Kind::Text(Text::ExternalId), "The external id that the role's trust policy asks for."),
        may(
            "directory",
            Kind::Text(Text::Directory),
            "The directory, where the connection alias's association does not say.",
        ),
    ],
};

static OBJECTIVES: Table = Table {
    keys: &[
        may("rto", Kind::Text(Text::Seconds), "Recovery time objective; 15m where it is left out."),
        may("rpo", Kind::Text(Text::Seconds), "Recovery point objective; 24h where it is left out."),
        may(
            "drill_every",
            Kind::Text(Text::Seconds),
            "How old the last successful drill may be; 90d where it is left out.",
        ),
        may(
            "desktop_start",
            Kind::Text(Text::Seconds),
            "How long a stopped standby desktop takes to start, as drills have measured it, for the forecast of the recovery time.",
        ),
    ],
};

static DRILL: Table = Table {
    keys: &[
        may(
            "alias",
            Kind::Text(Text::Fqdn),
            "The pilot connection alias that drills flip, so that nobody outside the drill is moved.",
        ),
        may(
            "role_arn",
            Kind::Text(Text::RoleArn),
            "The role that drills and failovers run as: whether it may do what they do is checked.",
        ),
    ],
};

/// The providers, in the order of `DnsProvider`.
pub(super) const PROVIDERS: &[&str] = &["route53", "rfc2136", "command", "none"];

/// The TSIG algorithms that hickory-proto can sign with (`TsigAlgorithm::supported`).
const ALGORITHMS: &[&str] = &["hmac-sha256", "hmac-sha384", "hmac-sha512"];

static DNS: Table = Table {
    keys: &[
        may("provider", Kind::Choice(PROVIDERS), "Who holds the zone; route53 where it is left out."),
        may("profile", Kind::Text(Text::Plain), "route53: a profile, where it is not the primary side's."),
        may("role_arn", Kind::Text(Text::RoleArn), "route53: a role, where it is not the primary side's."),
        may("external_id", Kind::Text(Text::ExternalId), "route53: the external id of that role."),
        may(
            "resolvers",
            Kind::Texts(Text::Resolver),
            "Who is asked: \"authoritative\", \"system\", an IP address, or an address and port. The first two where it is left out.",
        ),
        may(
            "authoritative",
            Kind::Texts(Text::Address),
            "The authoritative servers' addresses, where they cannot be found from here.",
        ),
        may("parent", Kind::Texts(Text::Address), "The parent zone's servers, where they cannot be found from here."),
        may(
            "trust_anchor",
            Kind::Text(Text::Plain),
            "The trust anchor for DNSSEC: a file of DNSKEY records, beside this one unless its path is absolute. The root's keys as IANA publishes \
             them where it is left out.",
        ),
        may("server", Kind::Text(Text::Server), "rfc2136: the server that takes dynamic updates."),
        may("zone", Kind::Text(Text::Fqdn), "rfc2136: the zone to update."),
        may("key_name", Kind::Text(Text::Plain), "rfc2136: the TSIG key's name."),
        may(
            "key_file",
            Kind::Text(Text::Plain),
            "rfc2136: the file that holds the TSIG key, beside this one unless its path is absolute.",
        ),
        may("algorithm", Kind::Choice(ALGORITHMS), "rfc2136: the TSIG algorithm; hmac-sha256 where it is left out."),
        may(
            "set",
            Kind::Texts(Text::Plain),
            "command: the program and its arguments that set the record; the name, the expected and the new value follow them, or stand where an \
             argument has {name}, {expected} and {value}. Exit code 3 says that the record was not the expected value.",
        ),
        may(
            "read",
            Kind::Texts(Text::Plain),
            "command: the program and its arguments that print the record's value; the name follows them, or stands where an argument has {name}.",
        ),
    ],
};

/// Which provider alone heeds a key of `[pair.dns]`, and whether it needs it.
pub(super) const OF_PROVIDER: &[(&str, &str, Need)] = &[
    ("profile", "route53", Need::Optional),
    ("role_arn", "route53", Need::Optional),
    ("external_id", "route53", Need::Optional),
    ("server", "rfc2136", Need::Required),
    ("zone", "rfc2136", Need::Required),
    ("key_name", "rfc2136", Need::Required),
    ("key_file", "rfc2136", Need::Required),
    ("algorithm", "rfc2136", Need::Optional),
    ("set", "command", Need::Required),
    ("read", "command", Need::Required),
];

/// The kinds of name that may be mapped, in the order of `MapKind`.
pub(super) const MAP_KINDS: &[&str] =
    &["image", "bundle", "ip-group", "directory", "file-system", "security-group", "ou", "user"];

static MAP: Table = Table {
    keys: &[
        must("kind", Kind::Choice(MAP_KINDS), "What kind of thing is mapped."),
        must("primary", Kind::Text(Text::Plain), "Its name or id on the primary side."),
        must("standby", Kind::Text(Text::Plain), "Its name or id on the standby side."),
    ],
};

static STEP: Table = Table {
    keys: &[
        must("name", Kind::Text(Text::Plain), "What they do."),
        must("takes", Kind::Text(Text::Seconds), "How long it takes: 5m."),
    ],
};

static DEPENDENCY: Table = Table {
    keys: &[
        must("name", Kind::Text(Text::Plain), "Its name, for people."),
        may(
            "primary",
            Kind::Text(Text::Endpoint),
            "Where the primary side finds it: a tcp://, tls://, http:// or https:// address.",
        ),
        may("standby", Kind::Text(Text::Endpoint), "Where the standby side finds it."),
        may(
            "ca_file",
            Kind::Text(Text::Plain),
            "tls, https: the authorities that its certificates come from, a file of PEM certificates, beside this one unless its path is absolute. \
             Those that the machine knows where it is left out.",
        ),
        may(
            "expect_status",
            Kind::Count(599),
            "http, https: the only status that is an answer; any below 500 where it is left out.",
        ),
    ],
};

/// The services that have buckets, by the names that requests are signed for.
pub(super) const SERVICES: &[&str] = &[
    "workspaces",
    "ds",
    "fsx",
    "datasync",
    "route53",
    "tagging",
    "ec2",
    "sts",
    "servicequotas",
    "kms",
    "acm-pca",
    "iam",
];

static LIMITS: Table = Table {
    keys: &[
        may("workspaces", Kind::Bucket, "Amazon WorkSpaces, which allows about 2 calls a second, 5 at once."),
        may("ds", Kind::Bucket, "AWS Directory Service."),
        may("fsx", Kind::Bucket, "Amazon FSx."),
        may("datasync", Kind::Bucket, "AWS DataSync."),
        may("route53", Kind::Bucket, "Amazon Route 53."),
        may("tagging", Kind::Bucket, "The Resource Groups Tagging API."),
        may("ec2", Kind::Bucket, "Amazon EC2."),
        may("sts", Kind::Bucket, "AWS Security Token Service."),
        may("servicequotas", Kind::Bucket, "Service Quotas."),
        may("kms", Kind::Bucket, "AWS Key Management Service."),
        may("acm-pca", Kind::Bucket, "AWS Private CA."),
        may("iam", Kind::Bucket, "AWS Identity and Access Management."),
        may("attempts", Kind::Count(100), "How often a read is tried in all; 10 where it is left out."),
        may("attempt_timeout", Kind::Text(Text::Millis), "How long one attempt may take; 20s where it is left out."),
        may(
            "backoff",
            Kind::Text(Text::Millis),
            "The first pause between attempts, which doubles up to 20s; 200ms where it is left out.",
        ),
        may(
            "dns_timeout",
            Kind::Text(Text::Millis),
            "How long one question to a name server may take; 3s where it is left out.",
        ),
        may(
            "probe_timeout",
            Kind::Text(Text::Millis),
            "How long one try to reach a dependency may take; 5s where it is left out.",
        ),
    ],
};

pub(super) static BUCKET: Table = Table {
    keys: &[must("rate", Kind::Positive, "Calls a second."), must("burst", Kind::Count(1_000_000), "Calls at once.")],
};

/// What any rule's table may hold, beside the rule's own options.
pub(super) static RULE: Table = Table {
    keys: &[
        may("enabled", Kind::Flag, "false leaves the rule out."),
        may(
            "severity",
            Kind::Choice(&["critical", "high", "medium", "low"]),
            "Another severity for the gate. Readiness does not heed it.",
        ),
    ],
};

static WAIVER: Table = Table {
    keys: &[
        must("rule", Kind::RuleId, "The rule's id."),
        may("subject", Kind::Text(Text::Plain), "The subject as findings name it; every subject where it is left out."),
        may("pair", Kind::Text(Text::PairName), "The pair; every pair where it is left out."),
        must("owner", Kind::Text(Text::Plain), "Who answers for it."),
        must("reason", Kind::Text(Text::Plain), "Why it is accepted."),
        must("expires", Kind::Instant, "When it ends, with a zone: 2027-01-31T00:00:00Z."),
        may(
            "drift",
            Kind::Text(Text::Drift),
            "The digest of the drift that was accepted: the waiver does not cover another.",
        ),
    ],
};
