"""How much time a drill adds to DNS and WorkSpaces' own, from the drill.json of `deskpair demo --drill`.

The demo's twin lives 60 times as fast as AWS: a standby WorkSpace starts in 120 s / 60, a change of the record reaches the zone's servers in
60 s / 60 (src/twin/world), and the resolver remembers for the record's TTL, which is real. Whatever is more is the tool's.
"""

import json
import sys

STARTS, SPREADS = 120 / 60, 60 / 60

record = json.load(open(sys.argv[1]))
phases = {phase["name"]: phase for phase in record["recovery"]["phases"]}
to_standby = [
    next(answer["at"] for answer in server["answers"] if answer["sends"] == "standby") for server in record["servers"]
]
back = [server["answers"][-1]["at"] for server in record["servers"]]


def length(name):
    return phases[name]["to"] - phases[name]["from"]


parts = {
    "warm-up": length("warm-up") - STARTS,
    "change": length("dns-change") - SPREADS,
    "seeing that every server turned over": phases["propagation"]["to"] - max(to_standby),
    "seeing that every server turned back": phases["return"]["to"] - max(back),
}
for name, secs in parts.items():
    print(f"    {name}: {secs:.2f} s")
print(f"  = {sum(parts.values()):.2f} s added in all")
