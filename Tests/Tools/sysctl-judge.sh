#!/usr/bin/env bash
# Judges `sysctl` by sysctl(8) and systemd-sysctl(8): in three network namespaces, ours sets the live values and writes the
# files, the other two read the files; afterwards all three kernels must say the same.
#   sysctl-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -n -m "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -l "$work"; rmdir "$work"' EXIT

# key, value (network only: these are the namespace's own), and what else the value may look like
cat > "$work/table" <<'TABLE'
net.ipv4.ip_forward|1
net.ipv4.ip_local_port_range|1024 65000
net/ipv4/ip_local_reserved_ports|8080,9000,9001,9002-9004
net.ipv4.ip_unprivileged_port_start|0x50
net.ipv4.ip_default_ttl|0101
net.ipv4.ping_group_range|0  2147483647
net.ipv4.tcp_rmem|4096 87380 6291456
net.ipv4.tcp_wmem|4096	65536	4194304
net.ipv4.tcp_congestion_control|reno
net.ipv4.tcp_syncookies|2
net.ipv4.tcp_fin_timeout|15
net.ipv4.tcp_keepalive_time|600
net.ipv4.tcp_keepalive_intvl|20
net.ipv4.tcp_keepalive_probes|4
net.ipv4.tcp_max_syn_backlog|4096
net.ipv4.tcp_tw_reuse|1
net.ipv4.tcp_timestamps|0
net.ipv4.tcp_sack|0
net.ipv4.tcp_mtu_probing|1
net.ipv4.tcp_fastopen|3
net.ipv4.tcp_slow_start_after_idle|0
net.ipv4.icmp_echo_ignore_broadcasts|0
net.ipv4.igmp_max_memberships|50
net.ipv4.conf.all.rp_filter|2
net.ipv4.conf.default.accept_redirects|0
net.ipv4.conf.default.send_redirects|0
net.ipv4.conf.all.log_martians|1
net.ipv4.conf.br-lan.proxy_arp|1
net/ipv4/conf/eth0.100/rp_filter|1
net.ipv4.conf.eth0/100.arp_ignore|2
net.ipv4.neigh.br-lan.gc_stale_time|120
net.ipv6.conf.all.accept_ra|0
net.ipv6.conf.default.autoconf|0
net/ipv6/conf/eth0.100/hop_limit|33
net.ipv6.bindv6only|1
net.core.somaxconn|1024
TABLE
grep -c . "$work/table" > "$work/count"

make_links() { ip link add br-lan type bridge; ip link add eth0.100 type bridge; }
values() { (cd /proc/sys && find net -type f -readable | sort | while read -r f; do printf '%s = ' "$f"; tr -s '\n\t ' ' ' < "$f" 2> /dev/null; echo; done) \
  | grep -v -e /route/ -e fib_ -e _rtt -e fastopen_key -e stable_secret -e xfrm || true; }
export -f make_links values

make_links
values > "$work/before"
mkdir -p "$work"/{upper,work,state,site/manifests,list}
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$work/upper,workdir=$work/work" /etc
mkdir -p /var/lib/lodestar && mount -t tmpfs -o mode=0700 none /var/lib/lodestar
echo 'site: judge' > "$work/site/site.yaml"
{ echo 'sysctl:'; while IFS='|' read -r key value; do printf '  %s: {value: "%s"}\n' "$key" "$(sed 's/\t/\\t/g' <<< "$value")"; done < "$work/table"; } > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" 2>&1) || { echo "apply: $said"; exit 1; }
[[ $said == *"$(cat "$work/count") changed"* ]] || { echo "apply: $said"; exit 1; }
said=$("$lodestar" plan "$work/site" 2>&1) || { echo "plan: $said"; exit 1; }
[[ $said == *"nothing to do"* ]] || { echo "second plan: $said"; exit 1; }
# What another program sets is seen, and set back.
echo 0 > /proc/sys/net/ipv4/ip_forward
said=$("$lodestar" apply "$work/site" 2>&1)
[[ $said == *"1 changed"* && $(cat /proc/sys/net/ipv4/ip_forward) == 1 ]] || { echo "drift: $said"; exit 1; }
values > "$work/ours"
! diff -q "$work/before" "$work/ours" > /dev/null || { echo "nothing has changed"; exit 1; }

unshare -n bash -euc 'make_links; for f in /etc/sysctl.d/99-zz-lodestar-*.conf; do sysctl -q -p "$f"; done; values' > "$work/procps"
unshare -n bash -euc 'make_links; /lib/systemd/systemd-sysctl /etc/sysctl.d/99-zz-lodestar-*.conf; values' > "$work/systemd"
diff "$work/ours" "$work/procps" || { echo "sysctl(8) makes something else of the files"; exit 1; }
diff "$work/ours" "$work/systemd" || { echo "systemd-sysctl(8) makes something else of the files"; exit 1; }
last=$(/lib/systemd/systemd-sysctl --cat-config | sed -n 's/^# \(\/.*\.conf\)$/\1/p' | tail -1)
[[ $last == /etc/sysctl.d/99-zz-lodestar-* ]] || { echo "the last file is $last"; exit 1; }

# A value that the kernel does not take fails, and is not written for the next boot.
echo 'sysctl: {net.ipv4.tcp_congestion_control: {value: no-such}, net.ipv4.ip_default_ttl: {value: 300}}' > "$work/site/manifests/a.yaml"
said=$("$lodestar" apply "$work/site" --allow-removals 2>&1) && { echo "taken: $said"; exit 1; }
[[ $said == *EINVAL* || $said == *ENOENT* ]] || { echo "no reason: $said"; exit 1; }
! grep -rqs -e no-such -e 300 /etc/sysctl.d/99-zz-lodestar-* || { echo "a refused value is in a file"; exit 1; }
echo "$(cat "$work/count") parameters: ours, sysctl(8) and systemd-sysctl(8) agree"
