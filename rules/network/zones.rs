//! The availability zones in which WorkSpaces makes desktops.

/// A Region and the ids of the zones in which WorkSpaces is offered there, as far as AWS-FACTS §1.11 tells ([AG22]: the administration guide
/// of 2022, so a zone may have come since). Zone *names* are shuffled per account and say nothing.
static OFFERED: [(&str, &[&str]); 4] = [
    ("eu-central-1", &["euc1-az2", "euc1-az3"]),
    ("eu-west-1", &["euw1-az1", "euw1-az2", "euw1-az3"]),
    ("us-east-1", &["use1-az2", "use1-az4", "use1-az6"]),
    ("us-west-2", &["usw2-az1", "usw2-az2", "usw2-az3"]),
];

/// The ids of a Region's zones in which WorkSpaces is offered; `None` where nothing is known of the Region.
pub(super) fn offered(region: &str) -> Option<&'static [&'static str]> {
    OFFERED.iter().find(|(known, _)| *known == region).map(|(_, zones)| *zones)
}
