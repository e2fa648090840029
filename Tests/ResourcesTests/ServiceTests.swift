import Engine
import Foundation
import LinuxHost
import Model
import Resources
import State
import Testing

/// What is particular about services, beside the laws; that links are systemctl's is judged by Tests/Tools/units.py.
@Suite struct ServiceTests {
    static let etc = "/etc/systemd/system", lib = "/usr/lib/systemd/system"
    static let plain = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"

    /// A host with these files: a content that begins with `-> ` is a link.
    private func bench(_ files: [String: String]) throws -> LawBench {
        let bench = try LawBench.simulated()
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            var folder = "", steps: [Step] = []
            for component in path.split(separator: "/").dropLast() {
                folder += "/\(component)"
                steps.append(.makeDirectory(DirectoryCreation(try folder.asPath, attributes: Attributes())))
            }
            steps.append(
                content.hasPrefix("-> ")
                    ? .makeLink(
                        LinkCreation(try path.asPath, target: String(content.dropFirst(3)), replaced: .nothing))
                    : .writeFile(FileWrite(try path.asPath, content: Content(content), replaced: .nothing)))
            for step in steps { for result in bench.host.perform([step]) { _ = try result.get() } }
        }
        return bench
    }

    private func plan(_ services: String, _ bench: LawBench) throws -> Plan {
        try bench.plan(try LawBench.catalog("service:\n  \(services)\n"))
    }

    private func links(_ bench: LawBench, in folder: String) throws -> [String] {
        try bench.host.entries(of: try "\(Self.etc)/\(folder)".asPath) ?? []
    }

    @Test func aNewInstallTakesTheLinksOfTheOldOneAway() throws {
        let bench = try bench([
            "\(Self.lib)/x.service": Self.plain,
            "\(Self.etc)/multi-user.target.wants/x.service": "-> \(Self.lib)/x.service",
        ])
        for target in ["a", "b"] {
            let unit = "unit: \"[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=\(target).target\\n\""
            let report = try bench.apply(try plan("x: {\(unit), enabled: true}", bench))
            #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
            #expect(!(try plan("x: {\(unit), enabled: true}", bench)).hasChanges)
        }
        #expect(try links(bench, in: "multi-user.target.wants") == [])
        #expect(try links(bench, in: "a.target.wants") == [])
        #expect(try links(bench, in: "b.target.wants") == ["x.service"])
    }

    @Test(arguments: [
        ("a: {enabled: true}", "there is no unit a.service"),
        ("s: {enabled: true}", "s.service cannot be enabled: its unit has no [Install] section"),
        ("own: {masked: true}", "own.service cannot be masked: an administrator's own unit is at \(etc)/own.service"),
        ("m: {enabled: true}", "m.service cannot be enabled: \(etc)/m.service masks it"),
        ("m: {running: true}", "m.service cannot run: \(etc)/m.service masks it"),
        ("al: {masked: true}", "al.service cannot be masked: \(etc)/al.service is a link"),
        ("script: {enabled: false}", "script.service has no unit, only the script /etc/init.d/script"),
        ("t@: {enabled: true}", "t@.service cannot be enabled: it is a template without `DefaultInstance=`"),
        ("h: {enabled: true}", "h.service cannot be enabled: nothing tells the specifier %a"),
    ])
    func aRefusalSaysWhy(_ service: String, _ reason: String) throws {
        let bench = try bench([
            "\(Self.lib)/s.service": "[Service]\nExecStart=/bin/true\n", "\(Self.etc)/own.service": Self.plain,
            "\(Self.lib)/m.service": Self.plain, "\(Self.etc)/m.service": "-> /dev/null",
            "\(Self.etc)/al.service": "-> \(Self.lib)/s.service", "/etc/init.d/script": "#!/bin/sh\n",
            "/etc/rc5.d/S01script": "-> ../init.d/script", "\(Self.lib)/t@.service": Self.plain,
            "\(Self.lib)/h.service": "[Install]\nWantedBy=%a.target\n",
        ])
        let planned = try #require(try plan(service, bench).resources.first)
        #expect(planned.action == .refuse)
        #expect(planned.reason?.text.hasPrefix(reason) == true, "\(planned.reason?.text ?? "")")
    }

    @Test func aDropInOfTheSameSiteCounts() throws {
        let bench = try bench(["\(Self.lib)/x.service": "[Service]\nExecStart=/bin/true\n"])
        let site = """
            service:
              x: {enabled: true}
            directory:
              /etc/systemd/system/x.service.d: {}
            file:
              /etc/systemd/system/x.service.d/1.conf: {content: "[Install]\\nWantedBy=late.target\\n"}
            """
        let catalog = try LawBench.catalog(site)
        let plan = try bench.plan(catalog)
        #expect(plan.count(.refuse) == 0, "\(plan.resources.compactMap(\.reason))")
        #expect(try bench.apply(plan).count(.failed) == 0)
        #expect(try links(bench, in: "late.target.wants") == ["x.service"])
        #expect(!(try bench.plan(catalog)).hasChanges)
    }

    @Test func aScriptAloneIsTakenAsItIs() throws {
        let bench = try bench([
            "/run/systemd/generator.late/on.service": "[Service]\nExecStart=/etc/init.d/on start\n",
            "/etc/init.d/on": "#!/bin/sh\n", "/etc/rc5.d/S01on": "-> ../init.d/on", "/etc/init.d/off": "#!/bin/sh\n",
        ])
        let plan = try plan("on: {enabled: true}\n  off: {enabled: false}", bench)
        #expect(!plan.hasChanges && plan.count(.refuse) == 0)
    }

    @Test func aUnitTakesThePlaceOfAMask() throws {
        let bench = try bench(["\(Self.etc)/x.service": "-> /dev/null"])
        let service = "x: {unit: \"[Service]\\nExecStart=/bin/true\\n\", masked: false}"
        #expect(try bench.apply(try plan(service, bench)).count(.failed) == 0)
        #expect(try bench.host.status(of: try "\(Self.etc)/x.service".asPath)?.kind == .file)
        #expect(!(try plan(service, bench)).hasChanges)
    }

    @Test(
        arguments: [
            ("x: {masked: false}", "\(lib)/x.service masks it all the same"),
            ("v: {enabled: false}", "\(lib)/m.target.wants/v.service starts it all the same"),
            ("v: {enabled: false, masked: true}", nil), ("w: {enabled: false}", nil),
        ] as [(String, String?)])
    func whatAPackageBringsIsToldOf(_ service: String, _ remark: String?) throws {
        let bench = try bench([
            "\(Self.lib)/x.service": "-> /dev/null", "\(Self.lib)/v.service": Self.plain,
            "\(Self.lib)/w.service": Self.plain,
            "\(Self.lib)/m.target.wants/v.service": "-> ../v.service",
            "\(Self.lib)/m.target.wants/w.service": "-> ../w.service",
            "\(Self.etc)/m.target.wants/w.service": "-> /dev/null",
        ])
        let plan = try plan(service, bench)
        #expect(plan.count(.refuse) == 0)
        #expect(plan.remarks.count == (remark == nil ? 0 : 1))
        if let remark { #expect(plan.remarks.first?.text.hasPrefix(remark) == true) }
    }

    /// Units with `Also=` of each other come to rest, whoever declares what.
    @Test func whatIsDeclaredOfEachUnitHolds() throws {
        let bench = try bench([
            "\(Self.lib)/a.service": Self.plain + "Also=a.socket\n",
            "\(Self.lib)/a.socket": "[Socket]\n[Install]\nWantedBy=sockets.target\n",
        ])
        let services = "a: {enabled: true}\n  a.socket: {enabled: false}"
        for _ in 0..<2 { #expect(try bench.apply(try plan(services, bench)).count(.failed) == 0) }
        #expect(!(try plan(services, bench)).hasChanges)
        #expect(try links(bench, in: "sockets.target.wants") == [])
        #expect(try links(bench, in: "multi-user.target.wants") == ["a.service"])
    }

    /// A folder that one empties while another needs it.
    @Test(.enabled(if: LawBench.realHostProblem == nil, "\(LawBench.realHostProblem ?? "")"))
    func servicesShareAFolderInOneApply() throws {
        let real = try LawBench.real()
        defer { real.remove() }
        let root = try #require(real.root)
        for name in ["a", "b", "c"] {
            let unit = Self.plain.replacing("multi-user", with: "shared")
            try unit.write(toFile: "\(root)\(Self.lib)/\(name).service", atomically: true, encoding: .utf8)
        }
        func folder() -> [String]? {
            try? FileManager.default.contentsOfDirectory(atPath: "\(root)\(Self.etc)/shared.target.wants").sorted()
        }
        for (services, expected) in [
            ("a: {enabled: true}\n  b: {enabled: true}", ["a.service", "b.service"]),
            ("a: {enabled: false}\n  b: {enabled: false}\n  c: {enabled: true}", ["c.service"]),
            ("a: {enabled: true}\n  c: {enabled: false}", ["a.service"]),
            ("a: {enabled: false}\n  b: {enabled: false}\n  c: {enabled: false}", nil),
        ] as [(String, [String]?)] {
            let report = try real.apply(try plan(services, real))
            #expect(report.count(.failed) == 0, "\(report.outcomes.compactMap(\.reason))")
            #expect(folder() == expected, "\(services)")
            #expect(!(try plan(services, real)).hasChanges)
        }
    }
}
