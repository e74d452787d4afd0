//! The company that every sample estate shows: its Regions, offices and kinds of desktop.

/// The account of every sample estate; one of AWS's documentation accounts.
pub const ACCOUNT: &str = "111122223333";
/// The company's zone.
pub(super) const ZONE: &str = "norhaven.example";
/// Its Active Directory domain.
pub(super) const DOMAIN: &str = "corp.norhaven.example";
/// The domain's NetBIOS name.
pub(super) const NETBIOS: &str = "NORHAVEN";
/// Where the domain keeps the computers of WorkSpaces.
pub(super) const OU: &str = "OU=WorkSpaces,OU=Norhaven,DC=corp,DC=norhaven,DC=example";
/// The role that people assume when the identity provider has signed them in.
pub(super) const PEOPLE_ROLE: &str = "arn:aws:iam::111122223333:role/NorhavenDesktopPeople";
/// The role that drills and failovers run as.
pub(super) const FAILOVER_ROLE: &str = "arn:aws:iam::111122223333:role/NorhavenFailover";

/// A Region that the company uses.
#[derive(Debug)]
pub(super) struct Region {
    /// `us-east-1`.
    pub(super) name: &'static str,
    /// The stem of its registration codes: `iad`.
    pub(super) stem: &'static str,
    /// For names of the company's own: `use1`.
    pub(super) short: &'static str,
    /// The second octet of its VPC's range, 10.x.0.0/16.
    pub(super) octet: u8,
    /// Two zones, by the account's names for them.
    pub(super) zones: [&'static str; 2],
    /// The ids of those zones: WorkSpaces makes desktops there (AWS-FACTS §1.11).
    pub(super) zone_ids: [&'static str; 2],
}

/// An IP access control group, the same in both Regions of a pair.
#[derive(Debug)]
pub(super) struct Offices {
    /// The group's name.
    pub(super) name: &'static str,
    /// Its description.
    pub(super) about: &'static str,
    /// Ranges, each with its description.
    pub(super) ranges: &'static [(&'static str, &'static str)],
}

/// One pair of Regions.
#[derive(Debug)]
pub(super) struct Plan {
    /// The pair's name.
    pub(super) name: &'static str,
    /// The connection string.
    pub(super) alias: &'static str,
    /// Where people work.
    pub(super) primary: Region,
    /// Where they would land.
    pub(super) standby: Region,
    /// Who may connect.
    pub(super) offices: &'static [Offices],
    /// Capacity of the file system, in GiB.
    pub(super) files_gib: i32,
    /// Whether the designers' ONTAP file system and the data scientists' OpenZFS one are here too.
    pub(super) has_volumes: bool,
}

/// The headquarters' pair, which every estate has.
pub(super) static CORP: Plan = Plan {
    name: "corp",
    alias: "desktop.norhaven.example",
    primary: Region {
        name: "us-east-1",
        stem: "iad",
        short: "use1",
        octet: 20,
        zones: ["us-east-1a", "us-east-1b"],
        zone_ids: ["use1-az4", "use1-az6"],
    },
    standby: Region {
        name: "us-west-2",
        stem: "pdx",
        short: "usw2",
        octet: 30,
        zones: ["us-west-2a", "us-west-2b"],
        zone_ids: ["usw2-az2", "usw2-az1"],
    },
    offices: &[
        Offices {
            name: "offices-americas",
            about: "Offices in the Americas",
            ranges: &[
                ("198.51.100.0/26", "New York"),
                ("198.51.100.64/27", "Chicago"),
                ("198.51.100.112/28", "Toronto"),
                ("198.51.100.128/27", "Austin"),
                ("198.51.100.176/28", "Denver branch"),
            ],
        },
        Offices {
            name: "remote-access",
            about: "Egress of the VPN",
            ranges: &[("203.0.113.0/28", "VPN east"), ("203.0.113.32/28", "VPN west")],
        },
        Offices {
            name: "contact-centre-partner",
            about: "Outsourced contact centre",
            ranges: &[("203.0.113.128/26", "Partner floor 1 and 2")],
        },
    ],
    files_gib: 4096,
    has_volumes: true,
};

/// The second pair, which the drifted sample alone has.
pub(super) static EMEA: Plan = Plan {
    name: "emea",
    alias: "desktop-emea.norhaven.example",
    primary: Region {
        name: "eu-west-1",
        stem: "dub",
        short: "euw1",
        octet: 40,
        zones: ["eu-west-1a", "eu-west-1b"],
        zone_ids: ["euw1-az3", "euw1-az1"],
    },
    standby: Region {
        name: "eu-central-1",
        stem: "fra",
        short: "euc1",
        octet: 50,
        zones: ["eu-central-1a", "eu-central-1b"],
        zone_ids: ["euc1-az2", "euc1-az3"],
    },
    offices: &[
        Offices {
            name: "offices-emea",
            about: "Offices in Europe, the Middle East and Africa",
            ranges: &[
                ("192.0.2.0/26", "London"),
                ("192.0.2.64/27", "Dublin"),
                ("192.0.2.112/28", "Frankfurt"),
                ("192.0.2.128/28", "Cape Town"),
            ],
        },
        Offices { name: "remote-access", about: "Egress of the VPN", ranges: &[("192.0.2.192/28", "VPN Europe")] },
    ],
    files_gib: 1024,
    has_volumes: false,
};

/// How a desktop's volumes are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encryption {
    /// Not at all.
    None,
    /// With the key that AWS manages for WorkSpaces in the Region.
    AwsManaged,
    /// With the company's multi-Region key.
    Customer,
}

/// How a person's standby desktop came to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// With `CreateWorkspaces`: an ordinary WorkSpace of the same user.
    ByHand,
    /// With `CreateStandbyWorkspaces`.
    AsStandby,
}

/// An image of the company's own.
#[derive(Debug)]
pub(super) struct ImagePlan {
    /// Its name, the same in both Regions.
    pub(super) name: &'static str,
    /// Its description.
    pub(super) about: &'static str,
    /// `WINDOWS` or `LINUX`.
    pub(super) system: &'static str,
    /// How many days ago it was made in the primary Region.
    pub(super) days: i64,
    /// The accounts that it is shared with; each is one of AWS's documentation accounts.
    pub(super) shared: &'static [&'static str],
}

/// The images behind the bundles.
pub(super) static IMAGES: [ImagePlan; 7] = [
    ImagePlan { name: "nh-win2022-standard", about: "Office applications", system: "WINDOWS", days: 24, shared: &[] },
    ImagePlan { name: "nh-win2022-contact", about: "Office and telephony", system: "WINDOWS", days: 31, shared: &[] },
    ImagePlan { name: "nh-win2022-finance", about: "Office and ledger", system: "WINDOWS", days: 19, shared: &[] },
    ImagePlan {
        name: "nh-win2022-engineering",
        about: "Office and build tools",
        system: "WINDOWS",
        days: 12,
        shared: &["444455556666"],
    },
    ImagePlan { name: "nh-win2022-legal", about: "Office and case files", system: "WINDOWS", days: 40, shared: &[] },
    ImagePlan {
        name: "nh-win2022-design",
        about: "Office and drawing tools",
        system: "WINDOWS",
        days: 52,
        shared: &[],
    },
    ImagePlan {
        name: "nh-ubuntu2204-data",
        about: "Notebooks and statistics",
        system: "LINUX",
        days: 9,
        shared: &["444455556666"],
    },
];

/// A kind of desktop, with the people who have it.
#[derive(Debug)]
pub(super) struct Persona {
    /// The bundle's name, the same in both Regions.
    pub(super) bundle: &'static str,
    /// The bundle's description.
    pub(super) about: &'static str,
    /// Position of its image in [`IMAGES`].
    pub(super) image: usize,
    /// `ComputeTypeName`.
    pub(super) compute: &'static str,
    /// Root volume, in GiB.
    pub(super) root: u16,
    /// User volume, in GiB.
    pub(super) user: u16,
    /// `Protocols`.
    pub(super) protocol: &'static str,
    /// `OperatingSystemName`.
    pub(super) system: &'static str,
    /// How its volumes are encrypted.
    pub(super) encryption: Encryption,
    /// How its standby desktops were made.
    pub(super) made: Made,
    /// `RunningMode` on the primary side; standby desktops are `AUTO_STOP`.
    pub(super) running: &'static str,
    /// Departments and their cost centres.
    pub(super) departments: &'static [(&'static str, &'static str)],
    /// Of a thousand people, how many have it.
    pub(super) weight: u32,
}

/// Positions in [`PERSONAS`] that the drifts name.
pub(super) const STANDARD: usize = 0;
/// The persona whose image is stale in the sample drift.
pub(super) const LEGAL: usize = 5;
/// The persona whose bundle is smaller in the sample drift.
pub(super) const DESIGN: usize = 6;
/// The persona whose image and bundle are missing in the sample drift.
pub(super) const DATA: usize = 7;

/// The kinds of desktop.
pub(super) static PERSONAS: [Persona; 8] = [
    Persona {
        bundle: "NH-Standard",
        about: "Office work",
        image: 0,
        compute: "STANDARD",
        root: 80,
        user: 50,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::AwsManaged,
        made: Made::ByHand,
        running: "AUTO_STOP",
        departments: &[("Claims", "CC-2100"), ("Underwriting", "CC-2200"), ("People", "CC-1200"), ("Sales", "CC-3100")],
        weight: 400,
    },
    Persona {
        bundle: "NH-Contact-Centre",
        about: "Contact centre, zero clients",
        image: 1,
        compute: "STANDARD",
        root: 80,
        user: 10,
        protocol: "PCOIP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::None,
        made: Made::ByHand,
        running: "ALWAYS_ON",
        departments: &[("Contact centre", "CC-3300")],
        weight: 200,
    },
    Persona {
        bundle: "NH-Performance",
        about: "Office work with large workbooks",
        image: 0,
        compute: "PERFORMANCE",
        root: 80,
        user: 100,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::AwsManaged,
        made: Made::ByHand,
        running: "ALWAYS_ON",
        departments: &[("Actuarial", "CC-2300"), ("Procurement", "CC-1500")],
        weight: 180,
    },
    Persona {
        bundle: "NH-Finance",
        about: "Finance, replicated",
        image: 2,
        compute: "PERFORMANCE",
        root: 80,
        user: 100,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::Customer,
        made: Made::AsStandby,
        running: "ALWAYS_ON",
        departments: &[("Finance", "CC-1300"), ("Treasury", "CC-1310")],
        weight: 110,
    },
    Persona {
        bundle: "NH-Engineering",
        about: "Software engineering",
        image: 3,
        compute: "POWER",
        root: 175,
        user: 100,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::AwsManaged,
        made: Made::ByHand,
        running: "AUTO_STOP",
        departments: &[("Platform engineering", "CC-4100"), ("Quality", "CC-4200")],
        weight: 70,
    },
    Persona {
        bundle: "NH-Legal",
        about: "Legal, replicated",
        image: 4,
        compute: "POWER",
        root: 175,
        user: 100,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::Customer,
        made: Made::AsStandby,
        running: "AUTO_STOP",
        departments: &[("Legal", "CC-1400")],
        weight: 12,
    },
    Persona {
        bundle: "NH-Design",
        about: "Drawings",
        image: 5,
        compute: "POWERPRO",
        root: 175,
        user: 500,
        protocol: "WSP",
        system: "WINDOWS_SERVER_2022",
        encryption: Encryption::AwsManaged,
        made: Made::ByHand,
        running: "AUTO_STOP",
        departments: &[("Facilities and design", "CC-1600")],
        weight: 10,
    },
    Persona {
        bundle: "NH-Data-Linux",
        about: "Statistics on Linux",
        image: 6,
        compute: "POWER",
        root: 80,
        user: 100,
        protocol: "WSP",
        system: "UBUNTU_22_04",
        encryption: Encryption::Customer,
        made: Made::ByHand,
        running: "AUTO_STOP",
        departments: &[("Data science", "CC-4300")],
        weight: 18,
    },
];
