# Sourced by judges that need an sshd in a disposable root: `install_sshd ROOT` puts Debian's there, with the libraries that the root
# has not, its account and new host keys.
install_sshd() {
  local root=$1 sshd server library
  sshd=$("$(dirname "${BASH_SOURCE[0]}")/loopback-sshd.sh") server=${sshd%/usr/sbin/sshd}
  [ -e "$server/usr/share/openssh/sshd_config" ] || { echo "no files of openssh-server in $server"; return 1; }
  (cd "$server" && tar -c .) | tar -x --keep-directory-symlink -C "$root"
  for library in $(LD_LIBRARY_PATH=$server/usr/lib/x86_64-linux-gnu ldd "$sshd" | sed -n 's/.* => \(\/[^ ]*\) .*/\1/p'); do
    [ -e "$root/usr/lib/x86_64-linux-gnu/${library##*/}" ] || cp -L "$library" "$root/usr/lib/x86_64-linux-gnu/"
  done
  cp "$root/usr/share/openssh/sshd_config" "$root/etc/ssh/"
  mkdir -p "$root"/{run/sshd,etc/ssh/sshd_config.d}
  printf '%s\n' 'Package: openssh-server' 'Status: install ok installed' 'Maintainer: nobody' "Architecture: $(dpkg --print-architecture)" \
    'Version: 1:9.2' 'Description: sshd' '' >> "$root/var/lib/dpkg/status"
  chroot "$root" useradd -r -d /run/sshd -s /usr/sbin/nologin sshd
  chroot "$root" ssh-keygen -A > /dev/null
}
