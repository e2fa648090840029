import Foundation
import SystemFiles
import LinuxHost
import Testing

/// The state of a unit is the one that `systemctl --root` tells.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/systemctl"), "needs systemctl"))
struct UnitStateTests {
    static let plain = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=m.target\n"
    static let lib = "usr/lib/systemd/system", etc = "etc/systemd/system"
    static let files = [
        "\(lib)/disabled.service": plain, "\(lib)/static.service": "[Service]\nExecStart=/bin/true\n",
        "\(lib)/enabled.service": plain,
        "\(etc)/m.target.wants/enabled.service": "-> /lib/systemd/system/enabled.service",
        "\(etc)/x.target.requires/static.service": "-> /x", "\(lib)/other.service": "-> enabled.service",
        "\(lib)/masked.service": plain, "\(etc)/masked.service": "-> /dev/null",
        "\(lib)/vendor.service": "-> /dev/null",
        "\(etc)/empty.service": "", "run/systemd/system/late.service": "-> /dev/null", "\(lib)/late.service": plain,
        "\(lib)/runtime.service": plain, "run/systemd/system/m.target.wants/runtime.service": "-> /x",
        "opt/linked.service": "[Service]\nExecStart=/bin/true\n", "\(etc)/linked.service": "-> /opt/linked.service",
        "\(lib)/also.service": "[Install]\nAlso=disabled.service\n", "\(lib)/used.service": plain,
        "\(etc)/else.service": "-> /lib/systemd/system/used.service", "run/systemd/generator/made.service": plain,
        "run/systemd/transient/once.service": plain, "\(lib)/t@.service": plain + "DefaultInstance=d\n",
        "\(etc)/m.target.wants/t@d.service": "-> /lib/systemd/system/t@.service",
        "\(lib)/n.target.wants/t@v.service": "-> ../t@.service",
        "\(etc)/gone.service": "-> /lib/systemd/system/nope.service",
        "\(lib)/dropped.service": plain, "\(etc)/dropped.service.d/1.conf": "[Install]\nWantedBy=\n",
    ]
    static let units = [
        "disabled", "static", "enabled", "other", "masked", "vendor", "empty", "late", "runtime", "linked", "also",
        "used",
        "else", "made", "once", "t@", "t@d", "t@v", "t@n", "gone", "dropped", "nowhere", "enabled.socket",
    ]

    @Test func statesAreThoseOfSystemctl() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "units-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let root = folder.path()
        for (path, content) in Self.files {
            let place = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            if content.hasPrefix("-> ") {
                let target = String(content.dropFirst(3))
                try FileManager.default.createSymbolicLink(atPath: place.path(), withDestinationPath: target)
            } else {
                try content.write(to: place, atomically: false, encoding: .utf8)
            }
        }
        try FileManager.default.createSymbolicLink(atPath: root + "/lib", withDestinationPath: "usr/lib")
        let host = try Linux(root: root)
        for unit in Self.units {
            let name = try #require(UnitName.completing(unit))
            let process = Process(), pipe = Pipe()
            process.executableURL = URL(filePath: "/usr/bin/systemctl")
            process.arguments = ["--root=\(root)", "is-enabled", name.text]
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            let state = try? UnitTree(on: host, unit: name).state(of: name)
            #expect(state?.rawValue ?? "" == said.trimmingCharacters(in: .whitespacesAndNewlines), "\(unit)")
        }
    }
}
