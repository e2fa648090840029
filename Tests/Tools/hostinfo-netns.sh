#!/usr/bin/env bash
# Builds network layouts on the running kernel, each in a namespace of its own, and compares what hostinfo reads by
# rtnetlink with what `ip -j` prints, and its primary address with the one that is expected.
#   hostinfo-netns.sh HOSTINFO        (HOSTINFO: the program `hostinfo`, or a word list such as "dist/lodestar hostinfo")
# A kind of link that this kernel has not is skipped, with the reason.
# With LAYOUT_FOLDER the answers are only stored there (a guest without python); as third word such a folder is compared.
set -uo pipefail
hostinfo=$1
if [ "${2:-}" = "" ]; then
  [ "$(id -u)" = 0 ] || { echo "network namespaces need root"; exit 1; }
  failed=0
  for name in $(sed -n 's/^layout_\([a-z0-9_]*\)() {.*/\1/p' "$0"); do
    unshare -n -m --propagation private bash "$0" "$hostinfo" "$name" || failed=1
  done
  exit $failed
fi

name=$2
if [ -n "${LAYOUT_FOLDER:-}" ]; then
  work=$LAYOUT_FOLDER.new
  mkdir "$work"
  trap 'rm -rf "$work"' EXIT
elif [ -n "${3:-}" ]; then
  work=$3
else
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
fi
# Makes a link, or skips the layout.
make() {
  if ! ip link add "$@" 2> "$work/error"; then
    echo "skipped $name: this kernel has no \`ip link add $*\`: $(head -1 "$work/error")"
    exit 0
  fi
}
# A card is one end of a veth whose other end is up; hostinfo is told afterwards that it is a card.
card() {
  make "$1" type veth peer name "$1p"
  ip link set "$1p" up
  ip link set "$1" up
}
addr() { ip addr add "$@"; }
cards=() expected=

layout_one_card() {
  card eth0; cards=(eth0)
  addr 10.0.0.5/24 dev eth0
  ip route add default via 10.0.0.1
  expected="10.0.0.5 - eth0 ok"
}
layout_bond_vlan() {
  card eth0; card eth1; cards=(eth0 eth1)
  make bond0 type bond mode active-backup miimon 100
  for e in eth0 eth1; do ip link set $e down; ip link set $e master bond0; ip link set $e up; done
  ip link set bond0 up
  make bond0.10 link bond0 type vlan id 10
  ip link set bond0.10 up
  addr 10.30.0.100/32 dev bond0.10
  addr 10.30.0.21/24 dev bond0.10
  addr 10.30.0.200/24 dev bond0.10
  ip route add default via 10.30.0.1
  expected="10.30.0.21 - bond0.10 ok"
}
layout_team() {
  card eth0; card eth1; cards=(eth0 eth1)
  make team0 type team
  for e in eth0 eth1; do ip link set $e down; ip link set $e master team0; ip link set $e up; done
  ip link set team0 up
  addr 10.31.0.21/24 dev team0
  ip route add default via 10.31.0.1
  expected="10.31.0.21 - team0 ok"
}
layout_bridge() {
  card eth0; cards=(eth0)
  make br0 type bridge
  make docker0 type bridge
  ip link set eth0 master br0
  ip link set br0 up; ip link set docker0 up
  addr 10.40.0.11/23 dev br0
  addr 172.17.0.1/16 dev docker0
  ip route add default via 10.40.0.1
  expected="10.40.0.11 - br0 ok"
}
layout_wireguard() {
  card eth0; cards=(eth0)
  make wg0 type wireguard
  ip link set wg0 up
  addr 10.66.0.2/32 dev wg0
  addr 192.168.1.20/24 dev eth0
  ip route add default via 192.168.1.1 metric 100
  ip route add default dev wg0 metric 1
  expected="192.168.1.20 - eth0 ok"
}
layout_tunnel_halves() {
  card eth0; cards=(eth0)
  make virbr0 type bridge
  ip link set virbr0 up
  addr 10.8.0.2/24 dev virbr0
  addr 10.0.0.5/24 dev eth0
  ip route add 0.0.0.0/1 via 10.8.0.1
  ip route add 128.0.0.0/1 via 10.8.0.1
  ip route add default via 10.0.0.1
  expected="10.0.0.5 - eth0 ok"
}
layout_macvlan() {
  card eth0; cards=(eth0)
  make mac0 link eth0 type macvlan mode bridge
  ip link set mac0 up
  addr 10.0.0.5/24 dev eth0
  addr 10.0.0.6/24 dev mac0
  ip route add default via 10.0.0.1 dev mac0
  ip route add default via 10.0.0.1 dev eth0 metric 50
  expected="10.0.0.5 - eth0 ok"
}
layout_policy() {
  card eth0; card eth1; cards=(eth0 eth1)
  addr 10.50.0.5/24 dev eth0
  addr 10.60.0.5/24 dev eth1
  ip route add default via 10.50.0.1 dev eth0 table 100
  ip route add default via 10.60.0.1 dev eth1 table 200
  ip rule add from 10.60.0.0/24 table 200 priority 1001
  ip rule add from 10.50.0.5 table 100 priority 1000
  ip rule add fwmark 0x7 table 200 priority 900
  expected="10.50.0.5 - eth0 ok"
}
layout_two_metrics() {
  card eth0; card eth1; cards=(eth0 eth1)
  addr 10.20.0.5/24 dev eth0
  addr 10.21.0.5/24 dev eth1
  ip route add default via 10.20.0.1 metric 200
  ip route add default via 10.21.0.1 metric 100
  expected="10.21.0.5 - eth1 ok"
}
layout_next_hops() {
  card eth0; card eth1; cards=(eth0 eth1)
  addr 10.20.0.5/24 dev eth0
  addr 10.21.0.5/24 dev eth1
  ip route add default nexthop via 10.21.0.1 dev eth1 nexthop via 10.20.0.1 dev eth0
  expected="10.20.0.5 - eth0 ok"
}
layout_equal_routes() {
  card eth0; card eth1; cards=(eth0 eth1)
  addr 10.20.0.5/24 dev eth0
  addr 10.21.0.5/24 dev eth1
  ip route append default via 10.21.0.1 dev eth1
  ip route append default via 10.20.0.1 dev eth0
  expected="10.20.0.5 - eth0 ambiguous"
}
layout_no_carrier() {
  card eth0; card eth1; cards=(eth0 eth1)
  addr 10.20.0.5/24 dev eth0
  addr 10.21.0.5/24 dev eth1
  ip route add default via 10.20.0.1 metric 10
  ip route add default via 10.21.0.1 metric 200
  ip link set eth0p down
  expected="10.21.0.5 - eth1 ok"
}
layout_unnumbered() {
  card eth0; cards=(eth0)
  addr 10.1.1.2/32 dev lo
  ip -4 route add default via inet6 fe80::1 dev eth0 src 10.1.1.2
  expected="10.1.1.2 - lo ok"
}
layout_deprecated() {
  card eth0; cards=(eth0)
  ip addr add 10.90.0.4/24 dev eth0 valid_lft 3600 preferred_lft 0
  addr 10.90.0.5/24 dev eth0
  ip route add default via 10.90.0.1
  expected="10.90.0.5 - eth0 ok"
}
layout_ipv6() {
  card eth0; cards=(eth0)
  echo 2 > /proc/sys/net/ipv6/conf/eth0/use_tempaddr
  # With one of these the kernel makes a temporary address by itself.
  ip addr add 2001:db8::10/64 dev eth0 nodad mngtmpaddr valid_lft 3600 preferred_lft 1800
  ip addr add 2001:db8::4/64 dev eth0 nodad valid_lft 3600 preferred_lft 0
  ip addr add 2001:db8::20/64 dev eth0 nodad
  ip addr add 2001:db8::1/128 dev eth0 nodad
  ip addr add fd00::1/64 dev eth0 nodad
  ip -6 route add default via fe80::1 dev eth0
  for _ in $(seq 50); do ip -6 addr show dev eth0 | grep -q temporary && break; sleep 0.1; done
  ip -6 addr show dev eth0 | grep -q temporary || echo "note $name: this kernel made no temporary address"
  expected="- 2001:db8::20 eth0 ok"
}
layout_virtual_kinds() {
  card eth0; cards=(eth0)
  make dummy0 type dummy
  make vxlan0 type vxlan id 7 dstport 4789
  make gre7 type gre remote 10.0.0.9
  ip link set dummy0 up; ip link set vxlan0 up; ip link set gre7 up
  addr 10.0.0.5/24 dev eth0
  addr 10.1.0.1/24 dev dummy0
  addr 10.2.0.1/24 dev vxlan0
  addr 10.3.0.1/24 dev gre7
  ip route add default via 10.0.0.1 metric 100
  ip route add default dev gre7
  expected="10.0.0.5 - eth0 ok"
}
layout_vrf() {
  card eth0; card eth1; cards=(eth0 eth1)
  make vrf0 type vrf table 300
  ip link set vrf0 up
  ip link set eth1 master vrf0
  addr 10.0.0.5/24 dev eth0
  addr 10.2.0.5/24 dev eth1
  ip route add default via 10.0.0.1 dev eth0
  ip route add default via 10.2.0.1 dev eth1 table 300
  expected="10.0.0.5 - eth0 ok"
}
layout_nothing() {
  expected="- - - none"
}

if [ -z "${3:-}" ]; then
# Files below /sys are those of this namespace.
mount -t sysfs sysfs /sys 2> /dev/null || true
ip link set lo up
"layout_$name"
# Until nothing changes in between, such as an address that the kernel has just checked.
for _ in $(seq 20); do
  sleep 0.2
  rm -rf "$work/capture" "$work/ip" "$work/again"
  $hostinfo capture --out "$work/capture" > /dev/null || { echo "FAILED $name: no capture"; exit 1; }
  mkdir "$work/ip"
  ip -d -j link > "$work/ip/link"; ip -j addr > "$work/ip/addr"
  for f in 4 6; do ip -j -$f route show table all > "$work/ip/route$f"; ip -j -$f rule > "$work/ip/rule$f"; done
  $hostinfo capture --out "$work/again" > /dev/null
  sed 's/"\(valid\|preferred\)_life_time": [0-9]*//' "$work/capture/net.json" > "$work/first"
  sed 's/"\(valid\|preferred\)_life_time": [0-9]*//' "$work/again/net.json" | cmp -s - "$work/first" && break
done
echo "${cards[*]:-}" > "$work/cards"
echo "$expected" > "$work/expected"
fi
if [ -n "${LAYOUT_FOLDER:-}" ]; then
  mv "$work" "$LAYOUT_FOLDER"
  exit
fi
expected=$(cat "$work/expected")
python3 - "$work" "$name" "$(cat "$work/cards")" <<'P' || exit 1
import json, sys, os
work, name, cards = sys.argv[1], sys.argv[2], sys.argv[3].split()
own = json.load(open(f"{work}/capture/net.json"))
def load(key):
    try: return json.load(open(f"{work}/ip/{key}"))
    except ValueError: return []
ip = {key: load(key) for key in ("link", "addr", "route4", "route6", "rule4", "rule6")}
ip["hardware"] = own["hardware"]
FLAGS = ("secondary", "temporary", "deprecated", "tentative", "dadfailed", "dynamic")
# A tunnel has an address of IPv4 there, which is none of a card.
def mac(a): return a if a and ":" in a else None
def links(d): return sorted((l["ifindex"], l["ifname"], l.get("linkinfo", {}).get("info_kind"), l.get("master"), l.get("link"), mac(l.get("address")), l.get("operstate"), l.get("mtu"), tuple(sorted(set(l["flags"]) - {"M-DOWN"}))) for l in d["link"] if "ifname" in l)
def addresses(d): return sorted((a["ifname"], i["local"], i["prefixlen"], i["scope"], i.get("address"), tuple(f for f in FLAGS if i.get(f))) for a in d["addr"] for i in a.get("addr_info", []) if "local" in i)
def hop(r): return (r.get("gateway") or r.get("via", {}).get("host"), r.get("dev"), bool({"dead", "linkdown"} & set(r.get("flags", []))))
def routes(d, key): return sorted((r["dst"], r.get("type", "unicast"), str(r.get("table", "main")), r.get("metric", 0), r.get("prefsrc") or "", str([hop(h) for h in r["nexthops"]] if "nexthops" in r else hop(r) if "dev" in r else "")) for r in d[key] if "dst" in r)
def rules(d, key): return sorted((r["priority"], r["src"], r.get("srclen") or 0, str(r.get("table"))) for r in d[key] if "priority" in r)
problems = 0
def compare(what, a, b):
    global problems
    for x in a:
        if x not in b: problems += 1; print(f"FAILED {name}: only hostinfo has the {what} {x}")
    for x in b:
        if x not in a: problems += 1; print(f"FAILED {name}: only ip has the {what} {x}")
compare("link", links(own), links(ip))
compare("address", addresses(own), addresses(ip))
for f in "46":
    compare("route", routes(own, "route" + f), routes(ip, "route" + f))
    compare("rule", rules(own, "rule" + f), rules(ip, "rule" + f))
# Both captures, with the ends of the veths made cards.
for folder, d in (("capture", own), ("iproute", ip)):
    d["hardware"] = cards
    for l in d["link"]:
        if l.get("ifname") in cards: l.pop("linkinfo", None); l.pop("link", None)
    os.makedirs(f"{work}/{folder}", exist_ok=True)
    json.dump(d, open(f"{work}/{folder}/net.json", "w"))
sys.exit(1 if problems else 0)
P
status=0
for from in capture iproute; do
  found=$($hostinfo --from "$work/$from" --format json | python3 -c 'import json,sys
ip = json.load(sys.stdin)["ip"]
print(*[ip[k] or "-" for k in ("primary_ipv4", "primary_ipv6", "device", "status")])')
  if [ "$found" != "$expected" ]; then
    echo "FAILED $name ($from): expected $expected, found $found"
    $hostinfo explain ip --from "$work/$from"
    status=1
  fi
done
[ $status = 0 ] && echo "ok $name: $expected"
exit $status
