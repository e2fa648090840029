#!/usr/bin/env bash
# Judges the options of keys by a real sshd: each text stands before a key of an account, somebody logs in, and sshd's log says whether
# it knew the options; `lodestar check` says the same of the same text.
#   key_options-judge.sh LODESTAR TEST-ROOT
set -euo pipefail
lodestar=$(realpath -e "$1") template=$(realpath -e "$2")
if [ "${3:-}" != inside ]; then exec unshare -mn --propagation private "$0" "$lodestar" "$template" inside; fi
cd "$(dirname "$0")"
. ./sshd-root.sh
work=$(mktemp -d)
mount -t tmpfs none "$work"
daemon=
finish() { [ -z "$daemon" ] || kill "$daemon" 2> /dev/null || true; umount -lR "$work"; rmdir "$work"; }
trap finish EXIT
fail() { echo "$*" >&2; exit 1; }
root=$work/root
mkdir -p "$work"/{upper,work,root,site/manifests}
mount -t overlay overlay -o "lowerdir=$template,upperdir=$work/upper,workdir=$work/work" "$root"
mount -t proc proc "$root/proc"; mount --rbind /dev "$root/dev"
ip link set lo up
install_sshd "$root"
chroot "$root" useradd -m -s /bin/sh app
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
# The key as an authority too: it certifies itself.
ssh-keygen -q -s "$work/key" -I app -n a,app "$work/key.pub"
echo "127.0.0.1 $(cut -d' ' -f1,2 "$root/etc/ssh/ssh_host_ed25519_key.pub")" > "$work/known"
chroot "$root" install -d -m 700 -o app -g app /home/app/.ssh
log=$root/var/log/sshd.log; : > "$log"
chroot "$root" /usr/sbin/sshd -D -E /var/log/sshd.log -o LogLevel=DEBUG1 & daemon=$!
for _ in {1..100}; do (echo > /dev/tcp/127.0.0.1/22) 2> /dev/null && break; sleep 0.05; done

# One text a line: what both take, what both refuse, and what only sshd takes, which would be a mistake all the same.
cat > "$work/taken" <<'EOF'
restrict
RESTRICT,Pty
restrict,pty
no-pty
no-pty,pty
pty
agent-forwarding
no-agent-forwarding
port-forwarding
no-port-forwarding
x11-forwarding
no-X11-forwarding
user-rc
no-user-rc
touch-required
no-touch-required
verify-required
no-verify-required
cert-authority
cert-authority,principals="a,b"
principals=""
command="true"
command=""
command="echo \"a b\", c"
COMMAND="true",no-pty
command="a\b"
command="a\\b"
from="*"
from="127.0.0.0/8"
from="127.0.0.1,!127.0.0.2,*.example.org"
from="::1/128"
from="2001:db8::/32"
from="10.0.0.1/32"
from="0.0.0.0/0"
from="host"
expiry-time="20301231"
expiry-time="20301231Z"
expiry-time="203012312359"
expiry-time="20301231235959"
expiry-time="20301231235959Z"
expiry-time="20010101"
expiry-time="20301231",expiry-time="20291231"
environment="A=1"
environment="A_1="
environment="A=b=c d"
environment="A=1",environment="B=2"
permitopen="localhost:80"
permitopen="*:*"
permitopen="[::1]:22"
permitopen="a:1",permitopen="b:65535"
permitopen="a/80"
permitlisten="8080"
permitlisten="localhost:8080"
permitlisten="*:*"
tunnel="0"
tunnel="any"
tunnel="17"
,pty
pty,
pty,,no-pty
EOF
cat > "$work/refused" <<'EOF'
no-ptyy
ptyy
pty=""
nopty
no_pty
no-no-pty
no-restrict
no-cert-authority
restrict;pty
restrictpty
comand="true"
command
command=
command=true
command='true'
command="true"pty
command="true"x,pty
command="a",command="b"
from
from=10.0.0.0/8
from="10.0.0.1/8"
from="10.0.0.0/33"
from=""
from="a,,b"
from="!"
from="a",from="b"
principals="a",principals="b"
principals
expiry-time="tomorrow"
expiry-time="2030123"
expiry-time="20301331"
expiry-time="20301232"
expiry-time="2030123124"
expiry-time="203012312460"
expiry-time=""
expires="20301231"
environment="A"
environment="=1"
environment="A-B=1"
environment="A B=1"
environment=A=1
permitopen="localhost"
permitopen="localhost:0"
permitopen="localhost:70000"
permitopen="localhost:http"
permitopen="localhost:"
permitopen="[::1]80"
permitopen=""
permitlisten="0"
permitlisten="localhost:x"
permit-open="a:1"
tunnel="-1"
tunnel="x"
tunnel=""
tunnel="2147483647"
touch_required
env="A=1"
EOF
cat > "$work/stricter" <<'EOF'
from="web/1"
tunnel="+1"
EOF

sample=$(cut -d' ' -f1,2 "$work/key.pub")
number=0 theirs=() ours=() texts=()
for list in taken refused stricter; do
  while IFS= read -r text; do
    texts+=("$list $text")
    echo "$text $sample" > "$root/home/app/.ssh/authorized_keys"
    before=$(stat -c %s "$log")
    ssh -F none -o BatchMode=yes -o UserKnownHostsFile="$work/known" -i "$work/key" -T app@127.0.0.1 true < /dev/null > /dev/null 2>&1 || true
    said=$(tail -c +"$((before + 1))" "$log")
    [[ $said == *"trying public key file /home/app/.ssh/authorized_keys"* ]] || fail "sshd has not read \`$text\`: $said"
    # A line that has another form has no key.
    if [[ $said != *"/authorized_keys:1"* || $said =~ bad\ key\ options|invalid\ from\ criteria|invalid\ key\ option\ string ]]; then theirs+=(no); else theirs+=(yes); fi
    number=$((number + 1))
    printf 'authorized_key:\n  k: {user: root, key: %s, options: '\''%s'\''}\n' "$sample" "${text//\'/\'\'}" > "$work/site/manifests/a.yaml"
    echo "site: judge" > "$work/site/site.yaml"
    if "$lodestar" check "$work/site" > "$work/said" 2>&1; then ours+=(yes); else ours+=(no); fi
  done < "$work/$list"
done
for position in "${!texts[@]}"; do
  case "${texts[$position]%% *} ${theirs[$position]} ${ours[$position]}" in
    "taken yes yes" | "refused no no" | "stricter yes no") ;;
    *) echo "${texts[$position]}: sshd takes it: ${theirs[$position]}, lodestar: ${ours[$position]}"; wrong=1 ;;
  esac
done
[ -z "${wrong:-}" ] || fail "sshd and lodestar differ"
echo "$number texts: lodestar takes no options that sshd refuses"
