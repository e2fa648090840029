#!/usr/bin/env bash
# Judges std/accounts on the running host, in namespaces of its own: somebody leaves who is logged in, has processes that take no
# heed of signals and fork, a crontab, a lingering manager, and files elsewhere. Judges: id, chage, getent, ps, find.
#   accounts-judge.sh LODESTAR
set -euo pipefail
lodestar=$(realpath -e "$1")
if [ "${2:-}" != inside ]; then exec unshare -m -p -f --mount-proc "$0" "$lodestar" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -lR "$work"; rmdir "$work"' EXIT
. "$(dirname "$0")/role-judge.sh"
for place in etc home var/spool var/lib/systemd srv; do
  mkdir -p "$work/$place"/{upper,work}
  mount -t overlay overlay -o "lowerdir=/$place,upperdir=$work/$place/upper,workdir=$work/$place/work" "/$place"
done
mkdir -p /var/lib/lodestar && mount -t tmpfs -o mode=0700 none /var/lib/lodestar
mkdir -p "$work"/site/{manifests,data,inventory} /var/spool/cron/crontabs /var/lib/systemd/linger
printf 'site: judge\nlayers: [data/all.yaml]\n' > "$work/site/site.yaml"
echo 'hosts: {elsewhere: {labels: {env: prod}}}' > "$work/site/inventory/hosts.yaml"
cat > "$work/site/manifests/a.yaml" <<'YAML'
role:
  std/accounts:
    with: {people: "${{ data.people }}", teams: "${{ data.teams }}", former: "${{ data.former }}", keep: 30}
YAML
key=AAAAC3NzaC1lZDI1NTE5AAAAIMmmJbm5a+7HEsnpZiby6a2mIeABVJ2a+BtAC9wVKa1b
people() { # ANA CLEO [FORMER]
  cat > "$work/site/data/all.yaml" <<YAML
teams: {j-ops: {gid: 39000}, j-web: {gid: 39001}}
former: {$3}
people:
  j-ana: {uid: 39100, teams: [j-ops, j-web], keys: ["ssh-ed25519 $key ana@bastion"], comment: Ana Ops$1}
  j-cleo: {uid: 39102, team: j-web, keys: ["ssh-ed25519 $key cleo@bastion"]$2}
YAML
}
# A job of hers that somebody declared; it goes when nobody declares it.
echo 'schedule: {of-cleo: {every: 1h, run: "true", user: j-cleo}}' > "$work/site/manifests/job.yaml"
run() {
  said=$("$lodestar" apply "$work/site" --allow-removals 2>&1) || fail "apply: $said"
  again=$("$lodestar" plan "$work/site" 2>&1) || fail "plan: $again"
  [[ $again == *"nothing to do"* ]] || fail "second plan: $again"
}
processes() { ps -o pid= -u 39102 2> /dev/null | wc -l; }

people ", until: 2037-03-31" "" ""
run
is "$(id j-ana)" "uid=39100(j-ana) gid=39000(j-ops) groups=39000(j-ops),39001(j-web)"
[[ $(LC_ALL=C chage -l j-ana) == *"Account expires"*"Mar 31, 2037"* ]] || fail "$(chage -l j-ana)"
is "$(grep -c "$key" /home/j-ana/.ssh/authorized_keys)" 1

# Cleo works: a shell of a login, something in the background that ignores signals, one that forks all the time.
setpriv --reuid 39102 --regid 39001 --clear-groups sh -c 'trap "" TERM HUP; while :; do sleep 1; done' &
setpriv --reuid 39102 --regid 39001 --clear-groups setsid sh -c 'while :; do /bin/true; done' &
setpriv --reuid 39102 --regid 39001 --clear-groups setsid sh -c 'f() { sleep 0.05; f & }; f; sleep 60' &
# And two that strike back when they are asked to end.
for answer in KILL STOP; do
  setpriv --reuid 39102 --regid 39001 --clear-groups setsid perl -e '$SIG{TERM} = sub { kill $ARGV[0], -1 }; while (1) { sleep 1 }' $answer &
done
echo '* * * * * true' > /var/spool/cron/crontabs/j-cleo
chown 39102:39001 /var/spool/cron/crontabs/j-cleo; chmod 600 /var/spool/cron/crontabs/j-cleo
: > /var/lib/systemd/linger/j-cleo
echo work > /srv/of-cleo; chown 39102 /srv/of-cleo
sleep 1
[ "$(processes)" -gt 3 ] || fail "the processes do not run"
people "" "" ""
said=$("$lodestar" plan "$work/site" 2>&1)
[[ $said == *"expires"*"never"* && $said != *processes* ]] || fail "who stays keeps the processes: $said"

# The day on which she leaves.
people "" ", left: $(date -u +%F)" ""
said=$("$lodestar" plan "$work/site" 2>&1)
[[ $said == *"processes"*"run -> none"* ]] || fail "no word of processes: $said"
# What she made of her keys does not put it off.
mv /home/j-cleo/.ssh /home/j-cleo/k; ln -s k /home/j-cleo/.ssh; chown -h 39102:39001 /home/j-cleo/.ssh
status=0; said=$("$lodestar" apply "$work/site" --allow-removals 2>&1) || status=$?
[[ $status == 0 && $said == *"cannot open /home/j-cleo/.ssh"* ]] || fail "no word of her link: $status $said"
is "$(processes)" 0
[[ $(getent shadow j-cleo) == j-cleo:!*:1: ]] || fail "a link keeps her account open: $(getent shadow j-cleo)"
rm /home/j-cleo/.ssh; mv /home/j-cleo/k /home/j-cleo/.ssh
run
[[ $again == *"schedule:of-cleo: it runs as j-cleo, whose account is locked"* ]] || fail "no word of her job: $again"
rm "$work/site/manifests/job.yaml"
run
[ ! -e /etc/lodestar/schedules.d/of-cleo.json ] || fail "her job is left"
is "$(processes)" 0
[[ $(getent shadow j-cleo) == j-cleo:!* ]] || fail "her password is not locked"
[[ $(LC_ALL=C chage -l j-cleo) == *"Account expires"*"Jan 02, 1970"* ]] || fail "$(LC_ALL=C chage -l j-cleo)"
[ ! -e /var/spool/cron/crontabs/j-cleo ] && [ ! -e /var/lib/systemd/linger/j-cleo ] || fail "her crontab is left"
[ ! -s /home/j-cleo/.ssh/authorized_keys ] || fail "her keys are left"
is "$(stat -c %u /srv/of-cleo)" 39102

# Thirty days later her account goes, her files are told.
people "" ", left: $(date -u -d '-30 days' +%F)" ""
said=$("$lodestar" plan "$work/site" 2>&1)
[[ $said == *"keep the number 39102"* ]] || fail "no word of her files: $said"
run
! getent passwd j-cleo > /dev/null || fail "her account is left"
[ -d /home/j-cleo ] || fail "her home is gone"

# Nobody else gets her number while somebody remembers it.
people "" "" "j-eve: 39102"
said=$("$lodestar" plan "$work/site" 2>&1) && fail "a number was given again: $said"
[[ $said == *"one owner of user number 39102"* ]] || fail "$said"
sed -i '/j-cleo/d' "$work/site/data/all.yaml"
run
# A team that is no longer on the host takes its people along.
sed -i 's/j-ops: {gid: 39000}/j-ops: {gid: 39000, hosts: {env: prod}}/; s/j-web: {gid: 39001}/j-web: {gid: 39001, hosts: {env: [prod, stage]}}/' "$work/site/data/all.yaml"
said=$("$lodestar" apply "$work/site" --allow-removals 2>&1) || true
! getent passwd j-ana > /dev/null || fail "who has no team here is left: $said"
[ -d /home/j-ana ] || fail "the home is gone"
echo "people come, leave and are gone as declared"
