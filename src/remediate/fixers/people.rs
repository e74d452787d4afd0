//! Networks, keys, dependencies and the practice: nothing of them is planned, and why.

use super::Way;

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "NET-001",
        Way::People(
            "Which addresses may go, or which larger subnets the directory gets, is the network's owner's to say.",
        ),
    ),
    (
        "NET-002",
        Way::People(
            "Subnets are chosen when a directory is registered, and one that holds WorkSpaces cannot be registered anew.",
        ),
    ),
    ("NET-003", Way::People("Routes are the operator's design: what they lead to has a price and a policy.")),
    ("NET-004", Way::People("A VPC's DHCP options hold for everything in it, not for desktops alone.")),
    (
        "NET-005",
        Way::People(
            "Routes between networks need both ends: a peering, a transit gateway or a VPN is the operator's design.",
        ),
    ),
    (
        "NET-006",
        Way::People(
            "Which groups are right, the directory's or the interface's, a person has to say; a rebuilt desktop gets its directory's.",
        ),
    ),
    ("NET-007", Way::People("A management range is changed by AWS, or what overlaps it is moved.")),
    (
        "KEY-001",
        Way::People("Why a key was disabled or is to be deleted a person has to find out before it is used again."),
    ),
    ("KEY-002", Way::People("The key of a WorkSpace cannot be changed: the desktop would have to be made anew.")),
    ("DEP-001", Way::People("What a desktop needs beside itself is run by others.")),
    ("DEP-002", Way::People("A second copy of what people need is a project, not a call.")),
    ("OPS-001", Way::People("A drill takes people who sign in on the other side.")),
    ("OPS-002", Way::People("What took longest in the drill its record says; what to do about it is for people.")),
    ("OPS-003", Way::People("Whether something is still accepted its owner has to decide.")),
    (
        "OPS-004",
        Way::People("The configuration is yours: a waiver that matches nothing is taken out, or corrected, by hand."),
    ),
    ("OPS-005", Way::People("Whether those people need a failover at all is for their owners to say.")),
    ("OPS-006", Way::People("Where the state is kept is told wherever deskpair runs, outside of what it can change.")),
    ("OPS-007", Way::People("No tool should widen what a role may do, and an organization's policies are its own.")),
];
