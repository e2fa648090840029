import Hostinfo
import Testing
import Values

@Suite struct MachineTests {
    private func machine(_ vendor: String, _ product: String, _ files: [String: String] = [:]) -> Machine {
        let tree = MemoryTree()
        for (path, text) in files { tree.files[path] = Array(text.utf8) }
        var firmware = Firmware(origin: "smbios")
        firmware.system = Firmware.System(vendor: vendor, product: product)
        return Machine(firmware: firmware, in: tree)
    }

    @Test(arguments: [
        ("QEMU", "Standard PC (Q35 + ICH9, 2009)", "qemu"), ("VMware, Inc.", "VMware7,1", "vmware"),
        ("innotek GmbH", "VirtualBox", "virtualbox"), ("Microsoft Corporation", "Virtual Machine", "hyperv"),
        ("Microsoft Corporation", "Surface Laptop", "none"), ("Xen", "HVM domU", "xen"),
        ("Amazon EC2", "m5.large", "kvm"), ("Amazon EC2", "m5.metal", "none"), ("Nutanix", "AHV", "kvm"),
        ("Nutanix", "NX-3060-G5", "none"), ("Google", "Google Compute Engine", "kvm"), ("Red Hat", "KVM", "kvm"),
        ("Dell Inc.", "PowerEdge R640", "none"), ("Supermicro", "SYS-5019", "none"), ("Hetzner", "vServer", "kvm"),
    ])
    func vendorAndProductTellTheHypervisor(_ vendor: String, _ product: String, _ name: String) {
        #expect(machine(vendor, product).name == name)
    }

    @Test(arguments: [
        (["proc/cpuinfo": "flags\t\t: fpu hypervisor lm\n"], "other"), (["proc/cpuinfo": "flags : fpu lm\n"], "none"),
        (["sys/hypervisor/type": "xen\n"], "xen"),
        (["sys/hypervisor/type": "xen\n", "proc/xen/capabilities": "control_d\n"], "none"),
        (["sys/devices/system/clocksource/clocksource0/available_clocksource": "kvm-clock tsc\n"], "kvm"),
        (["proc/sysinfo": "VM00 Name: LINUX1\nVM00 Control Program: z/VM 6.4.0\n"], "zvm"),
        (["run/systemd/container": "systemd-nspawn\n"], "systemd-nspawn"),
        ([".dockerenv": "", "proc/self/mounts": "overlay / overlay rw 0 0\n"], "docker"),
        ([".dockerenv": "", "proc/self/mounts": "/dev/vda / ext4 rw 0 0\n"], "none"),
        (["proc/1/environ": "A=b\0container=lxc\0"], "lxc"),
    ])
    func kernelTellsTheHypervisorAndTheContainer(_ files: [String: String], _ name: String) {
        #expect(machine("Acme", "R100", files).name == name)
    }
}

@Suite struct FactTests {
    private func fact(_ name: String, _ files: [String: String], links: [String: String] = [:]) -> String {
        let tree = MemoryTree()
        for (path, text) in files { tree.files[path] = Array(text.utf8) }
        tree.links = links
        return FactCollector(tree).fact(name)?.json.split(separator: "\n").map { $0.trimmingPrefix { $0 == " " } }
            .joined(separator: " ") ?? "-"
    }

    @Test func processorsAreCountedBySocketCoreAndThread() {
        let cpu = { (n: Int, socket: Int, core: Int) in
            "processor\t: \(n)\nvendor_id\t: AuthenticAMD\nmodel name\t: EPYC\nphysical id\t: \(socket)\ncore id\t\t: \(core)\nflags\t\t: a b\n\n"
        }
        let text = cpu(0, 0, 0) + cpu(1, 0, 0) + cpu(2, 0, 1) + cpu(3, 0, 1) + cpu(4, 1, 0) + cpu(5, 1, 0)
        let found = fact("cpu", ["proc/cpuinfo": text, "sys/devices/system/cpu/online": "0-5\n"])
        #expect(
            found
                == #"{ "count": 6, "model": "EPYC", "vendor": "AuthenticAMD", "sockets": 2, "cores": 3, "threads": 6, "flags": [ "a", "b" ] }"#
        )
    }

    @Test func diskIsKnownByUdevAndSysfs() {
        let found = fact(
            "disks",
            [
                "sys/block/sda/size": "2048\n", "sys/block/sda/dev": "8:0\n", "sys/block/sda/queue/rotational": "1\n",
                "sys/block/sda/device/model": "ST4000NM0035   \n", "sys/block/loop0/size": "100\n",
                "sys/block/sdb/size": "0\n",
                "run/udev/data/b8:0":
                    "S:disk/by-id/wwn-0x5000c500a1b2c3d4\nE:ID_SERIAL_SHORT=ZC11ABCD\nE:ID_WWN=0x5000c500a1b2c3d4\n",
            ],
            links: ["sys/block/sda": "../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda"])
        #expect(
            found
                == #"[ { "name": "sda", "by_id": [ "wwn-0x5000c500a1b2c3d4" ], "model": "ST4000NM0035", "vendor": null, "serial": "ZC11ABCD", "wwn": "0x5000c500a1b2c3d4", "size_bytes": 1048576, "rotational": true, "transport": "sata", "holders": [] } ]"#
        )
    }

    /// A SCSI disk says its serial in a page of its own; udev has the WWN in its place, and a mini OS no udev.
    @Test(arguments: [
        (0x80, 20, "        WD-WX1 2345    ", "WD-WX1 2345"), (0x80, 4, "Z1Z9junk", "Z1Z9"),
        (0x83, 4, "Z1Z9", "5000c500a1b2c3d4"),
        (0x80, 4, "", "5000c500a1b2c3d4"), (0x80, 3, "   ", "5000c500a1b2c3d4"),
    ]) func serialOfASCSIDisk(_ code: UInt8, _ length: UInt8, _ text: String, _ serial: String) {
        let page = [0, code, 0, length] + Array(text.utf8)
        let tree = MemoryTree()
        tree.files = [
            "sys/block/sda/size": Array("2048\n".utf8), "sys/block/sda/dev": Array("8:0\n".utf8),
            "sys/block/sda/device/vpd_pg80": page,
            "run/udev/data/b8:0": Array("E:ID_SERIAL_SHORT=5000c500a1b2c3d4\n".utf8),
        ]
        guard case .list(let disks)? = FactCollector(tree).fact("disks") else {
            Issue.record("no disks")
            return
        }
        #expect(disks.first?["serial"] == .string(serial))
    }

    @Test func mountsHaveTheirBlanksBack() {
        let line = #"36 35 98:0 / /mnt/a\040b rw,noatime shared:1 - ext3 /dev/root\134x rw,errors=continue"#
        #expect(
            fact("mounts", ["proc/self/mountinfo": "\(line)\n36 35\n"])
                == #"[ { "path": "/mnt/a b", "device": "/dev/root\\x", "type": "ext3", "options": [ "rw", "noatime" ] } ]"#
        )
    }

    @Test(arguments: [
        ("timezone", ["etc/timezone": "Asia/Tokyo\n"], [:], #""Asia/Tokyo""#),
        (
            "timezone", ["etc/timezone": "Asia/Tokyo\n"], ["etc/localtime": "/usr/share/zoneinfo/Europe/Berlin"],
            #""Europe/Berlin""#
        ),
        ("timezone", [:], [:], #""UTC""#),
        ("users", ["etc/passwd": "root:x:0:0\nana:x:1:1\n\n"], [:], #"{ "count": 2 }"#),
        ("packages", ["usr/bin/dnf": ""], [:], #"{ "manager": "dnf" }"#),
        ("packages", [:], [:], #"{ "manager": null }"#),
        ("init", ["run/systemd/system/x": ""], [:], #""systemd""#),
        ("hostname", ["proc/sys/kernel/hostname": "WEB-7\n"], [:], #""web-7""#),
        (
            "fqdn", ["etc/hostname": "web-7\n", "etc/hosts": "# c\n10.0.0.5 web-7.example.net web-7\n"], [:],
            #""web-7.example.net""#
        ),
        (
            "firmware",
            ["sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c": "\u{6}\0\0\0\u{1}"], [:],
            #"{ "type": "uefi", "secure_boot": true, "vendor": null, "version": null, "date": null }"#
        ),
        (
            "boot", ["proc/stat": "cpu 1\nbtime 1700000000\n"], [:],
            #"{ "id": null, "time": "2023-11-14T22:13:20Z", "command_line": "" }"#
        ),
        ("nothing", [:], [:], "-"),
    ])
    func factIsReadFromItsFile(_ name: String, _ files: [String: String], _ links: [String: String], _ json: String) {
        #expect(fact(name, files, links: links) == json)
    }

    /// The digest of these tests is the key itself: base64 without padding.
    private func secureShell(_ tree: MemoryTree) -> Datum? { FactCollector(tree, digest: { $0 }).fact("ssh") }

    private static let blob = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0mQTs4dd2tH8FVJw4MzTWAQGZFC1nTmVYKKnCZ1Qs6"

    @Test(arguments: [
        ("ssh-ed25519 \(blob) root@web\nssh-rsa x\n", true), ("ssh-ed25519 \(blob)", true),
        ("ssh-ed25519 \(blob)\r\n", true), ("ssh-rsa \(blob)\n", false), ("ssh-ed25519\n\(blob)\n", false),
        ("ssh-ed25519 QUJD root@web\n", false), ("", false), ("ssh-ed25519 ////\n", false),
    ])
    func hostKeyIsOneLine(_ text: String, _ isKey: Bool) {
        let tree = MemoryTree()
        tree.files["etc/ssh/ssh_host_ed25519_key.pub"] = Array(text.utf8)
        let keys = secureShell(tree)?["host_keys"]?.list
        #expect(keys?.count == (isKey ? 1 : 0))
        #expect(keys?.first?["key"]?.string == (isKey ? "ssh-ed25519 \(Self.blob)" : nil))
        #expect(keys?.first?["fingerprint"]?.string == (isKey ? "SHA256:\(Self.blob)" : nil))
    }

    /// A certificate is told where there is one, and nothing else that is in its place.
    @Test func certificatesOfTrustsAreTold() {
        let tree = MemoryTree(), type = "ssh-ed25519-cert-v01@openssh.com"
        let blob = Base64.text(of: [0, 0, 0, UInt8(type.utf8.count)] + Array(type.utf8) + [0, 0, 0, 1, 7])
        tree.files["etc/passwd"] = Array("ana:x:1:1::/home/ana:/bin/sh\n".utf8)
        tree.files["etc/ssh/ssh_config.d/60-lodestar-trust-a.conf"] = Array(
            "Match localuser ana user app host web\n    IdentityFile %d/.ssh/id_a\n".utf8)
        tree.files["home/ana/.ssh/id_a.pub"] = Array("ssh-ed25519 \(Self.blob) x".utf8)
        tree.files["etc/ssh/ssh_host_ed25519_key.pub"] = Array("ssh-ed25519 \(Self.blob)".utf8)
        for (text, told) in [
            ("\(type) \(blob) c\n", "\(type) \(blob)"), ("ssh-ed25519 \(Self.blob)", nil), ("\(type) AAAA", nil),
            ("", nil),
        ] {
            for name in ["a-cert.pub", "ssh_host_ed25519_key-cert.pub"] {
                tree.files["etc/ssh/lodestar-trust/\(name)"] = Array(text.utf8)
            }
            let known = secureShell(tree)
            #expect(known?["user_keys"]?["a"]?["certificate"]?.string == told)
            #expect(known?["host_keys"]?.list?.first?["certificate"]?.string == told)
        }
    }

    /// The account's own file is found by the client's configuration; a link in the home is nobody's key.
    @Test(arguments: [
        ("Match localuser ana user app host web\n    IdentityFile %d/.ssh/id_a\n", true),
        ("Match localuser bob user app host web\n    IdentityFile %d/.ssh/id_a\n", false),
        ("Match localuser ana user app\n    IdentityFile %d/../root/.ssh/id_a\n", false),
        ("Match localuser ana user app\n    IdentityFile /home/ana/.ssh/id_a\n", false), ("Host *\n", false),
    ])
    func userKeyIsThatOfTheTrust(_ configuration: String, _ isKnown: Bool) {
        let tree = MemoryTree()
        tree.files["etc/passwd"] = Array("root:x:0:0::/root:/bin/sh\nana:x:1:1::/home/ana:/bin/sh\n".utf8)
        tree.files["etc/ssh/ssh_config.d/60-lodestar-trust-a.conf"] = Array(configuration.utf8)
        tree.files["etc/ssh/ssh_config.d/60-lodestar-trust-.conf"] = Array(configuration.utf8)
        for home in ["home/ana", "root"] {
            tree.files["\(home)/.ssh/id_a.pub"] = Array("ssh-ed25519 \(Self.blob) x".utf8)
        }
        let known = secureShell(tree)?["user_keys"]
        #expect(known?["a"]?["user"]?.string == (isKnown ? "ana" : nil) && known?[""] == nil)
        #expect(known?["a"]?["key"]?.string == (isKnown ? "ssh-ed25519 \(Self.blob)" : nil))
        #expect(known?["a"]?["fingerprint"]?.string == (isKnown ? "SHA256:\(Self.blob)" : nil))
        tree.links["home/ana/.ssh/id_a.pub"] = "/root/.ssh/id_a.pub"
        #expect(secureShell(tree)?["user_keys"] == .map([]))
    }
}
