import Model

/// What keeps sshd and sudo from their work, or lets others decide over it, whatever their files say.
extension AccessReader {
    mutating func addProgramRemarks() {
        let root = AbsolutePath.root
        if sshd != nil { addRemarksOnKeys() }
        if sudo != nil, let status = program("usr/bin/sudo"), status.owner != 0 || status.permissions.bits & 0o4000 == 0
        {
            access.remarks.append("/usr/bin/sudo has not root's setuid bit: nobody becomes root by it")
        }
        for path in [sshd == nil ? nil : "etc/ssh", sudo == nil ? nil : "etc/sudoers.d"].compactMap(\.self) {
            let folder = root.appending(path)
            guard let place = try? host.target(of: folder), let status = (try? host.status(of: place)) ?? nil,
                status.kind == .directory
            else { continue }
            let bits = status.permissions.bits
            if status.owner != 0 || bits & 0o002 != 0 || (bits & 0o020 != 0 && status.group != 0) {
                access.remarks.append("others than root may write \(folder), and so decide who gets in")
            }
        }
    }

    private func program(_ path: String) -> FileStatus? {
        guard let place = try? host.target(of: AbsolutePath.root.appending(path)) else { return nil }
        return (try? host.status(of: place)) ?? nil
    }

    /// sshd starts with one host key at least, and uses none that others may read (sshkey_perm_ok() of OpenSSH's authfile.c).
    private mutating func addRemarksOnKeys() {
        guard program("usr/sbin/sshd") != nil, let sshd else { return }
        let named = sshd.all.filter { $0.words[0] == "hostkey" }.compactMap { $0.words.dropFirst().first }
        if sshd.all.contains(where: { $0.words[0] == "hostkeyagent" }) { return }
        let usual = ["rsa", "ecdsa", "ed25519"].map { "/etc/ssh/ssh_host_\($0)_key" }
        var isUsable = false
        for key in named.isEmpty ? usual : named {
            guard let path = AbsolutePath(key), let place = try? host.target(of: path),
                let status = (try? host.status(of: place)) ?? nil, status.kind == .file
            else { continue }
            if status.owner == 0, status.permissions.bits & 0o077 != 0 {
                access.remarks.append("sshd does not use \(key): others than root may read it")
            } else {
                isUsable = true
            }
        }
        if !isUsable { access.remarks.append("sshd has no host key that it uses, and does not start") }
    }
}
