import Images
import Model

/// What an unpacked root has beside its image, so that its first boot is one: no id of a machine, and keys of its own for sshd.
enum FirstBootFiles {
    /// Debian's sshd makes no host keys by itself (its postinst does), and its own `ExecStartPre` fails without them; so the keys come
    /// by a unit before it, and not by a drop-in. A first boot enables ssh.socket too (presets), and sockets come before what services
    /// depend on by default: so this one does not.
    private static let unit = """
        # Written by lodestar image unpack: an image brings no host keys, so each machine makes its own.
        [Unit]
        Description=Host keys of OpenSSH
        DefaultDependencies=no
        After=local-fs.target systemd-remount-fs.service
        Before=ssh.service sshd.service ssh.socket sshd.socket shutdown.target
        Conflicts=shutdown.target
        ConditionPathExistsGlob=!/etc/ssh/ssh_host_*_key

        [Service]
        Type=oneshot
        ExecStart=/usr/bin/ssh-keygen -A
        RemainAfterExit=yes

        [Install]
        WantedBy=multi-user.target

        """

    private static let unitName = "lodestar-host-keys.service"

    static func write(to folder: UnpackFolder) throws(HostFault) {
        if !folder.hasFile(.init(known: "etc/machine-id")) {
            try put(OwnEntries.machineID, "etc/machine-id", mode: 0o444, folder)
        }
        guard folder.hasFile(.init(known: "usr/bin/ssh-keygen")), folder.hasFile(.init(known: "usr/sbin/sshd")) else {
            return
        }
        let units = "etc/systemd/system"
        try put(Array(unit.utf8), "\(units)/\(unitName)", mode: 0o644, folder)
        let link = ImageEntry(
            own: "\(units)/multi-user.target.wants/\(unitName)", .link(ImageEntry.text("../\(unitName)")))
        try folder.makeLink(link, to: ImageEntry.text("../\(unitName)"))
    }

    private static func put(_ bytes: [UInt8], _ path: String, mode: Int, _ folder: UnpackFolder) throws(HostFault) {
        let entry = ImageEntry(own: path, .file, mode: mode)
        try folder.writeFile(entry, byteCount: bytes.count) { (write) throws(HostFault) in try write(0, bytes) }
    }
}
