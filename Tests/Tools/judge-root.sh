# Sourced by judges that are called with LODESTAR TEST-ROOT: goes into a mount namespace of its own, and sets `lodestar`, `work` (a
# folder in memory that goes with the script), `root` (a disposable root over TEST-ROOT) and the site "$work/site".
set -euo pipefail
lodestar=$(realpath -e "$1") template=$(realpath -e "$2")
if [ "${3:-}" != inside ]; then exec unshare -m "$0" "$lodestar" "$template" inside; fi
work=$(mktemp -d)
mount -t tmpfs none "$work"
trap 'umount -lR "$work"; rmdir "$work"' EXIT
mkdir -p "$work"/{upper,work,root,site/manifests}
root=$work/root
mount -t overlay overlay -o "lowerdir=$template,upperdir=$work/upper,workdir=$work/work" "$root"
echo 'site: judge' > "$work/site/site.yaml"
