import Model
import Testing

@testable import SystemFiles

/// dpkg's status file as dpkg(1) describes it: what is wanted, whether half is there, how far it came.
@Suite struct DpkgStatusTests {
    private static func database(_ paragraphs: String...) -> DpkgStatus {
        DpkgStatus(parsing: Array(paragraphs.map { $0 + "\n" }.joined(separator: "\n").utf8))
    }

    @Test(arguments: [
        // status, installed, on the host, half, held
        ("install ok installed", true, true, false, false), ("hold ok installed", true, true, false, true),
        ("deinstall ok installed", true, true, false, false), ("deinstall ok config-files", false, false, false, false),
        ("purge ok not-installed", false, false, false, false), ("install ok unpacked", false, true, false, false),
        ("install ok half-configured", false, true, false, false),
        ("install reinstreq half-installed", false, true, true, false),
        ("hold reinstreq installed", true, true, true, true),
        ("deinstall reinstreq config-files", false, false, false, false),
        ("install ok triggers-pending", false, true, false, false),
        ("install ok triggers-awaited", false, true, false, false),
    ])
    func aStateSaysWhatIsThere(_ status: String, _ isInstalled: Bool, _ isOnHost: Bool, _ isHalf: Bool, _ isHeld: Bool)
        throws
    {
        let database = Self.database("Package: a\nStatus: \(status)\nVersion: 1:2-3\nArchitecture: amd64")
        let package = try #require(database.package(named: "a"))
        #expect(package.isInstalled == isInstalled && package.isOnHost == isOnHost)
        #expect(package.isHalf == isHalf && package.isHeld == isHeld)
        #expect(package.version == "1:2-3" && package.architecture == "amd64")
        #expect(package.state == status.split(separator: " ").last.map(String.init))
    }

    private static let two = database(
        "Package: lib\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: i386",
        "Package: lib\nStatus: install ok installed\nVersion: 2\nArchitecture: amd64\nMulti-Arch: same",
        "Package: doc\nStatus: install ok installed\nVersion: 3\nArchitecture: all",
        "Package: dpkg\nStatus: install ok installed\nVersion: 4\nArchitecture: amd64")

    @Test(
        arguments: [
            ("lib", "2"), ("lib:amd64", "2"), ("lib:i386", "1"), ("lib:arm64", nil), ("doc", "3"), ("doc:amd64", "3"),
            ("doc:all", "3"), ("doc:native", "3"), ("doc:i386", nil), ("li", nil), ("", nil),
        ] as [(String, String?)])
    func aNameMayTellItsArchitecture(_ name: String, _ version: String?) {
        #expect(Self.two.package(named: name)?.version == version)
    }

    @Test(
        arguments: [
            ("mta", ["exim", "postfix"]), ("mail", ["exim"]), ("smtp", ["exim"]), ("exim", []), ("gone", []),
            ("mt", []),
        ] as [(String, [String])])
    func whoProvidesANameIsInstalled(_ name: String, _ expected: [String]) {
        let database = Self.database(
            "Package: postfix\nStatus: install ok installed\nProvides: mta",
            "Package: exim\nStatus: install ok installed\nProvides: mta, mail (= 4.9),smtp",
            "Package: nullmailer\nStatus: deinstall ok config-files\nProvides: mta, gone")
        #expect(database.providers(of: name).map(\.name) == expected)
    }

    @Test(
        arguments: [
            (
                "a description speaks of others",
                "Package: a\nStatus: install ok installed\nDescription: x\n Package: b\n .\n Status: no", ["a"]
            ),
            ("a paragraph may begin with another field", "Status: install ok installed\nPackage: a", ["a"]),
            (
                "several blank lines",
                "\n\nPackage: a\nStatus: install ok installed\n\n\n\nPackage: b\nStatus: install ok installed",
                ["a", "b"]
            ),
            ("no status, no package", "Package: a\nVersion: 1", []),
            ("a status of two words", "Package: a\nStatus: ok installed", []),
            ("nothing", "", []),
        ] as [(String, String, [String])])
    func paragraphsAreReadAsTheyStand(_ claim: String, _ text: String, _ names: [String]) {
        let database = DpkgStatus(parsing: Array(text.utf8))
        #expect(["a", "b"].filter { database.package(named: $0) != nil } == names, "\(claim)")
        #expect(database.bytes == Array(text.utf8))
    }

    @Test(
        arguments: [
            ([PackageChange(.install, "new", version: "5")], "new", "5 true false"),
            ([PackageChange(.install, "lib", version: "9")], "lib", "9 true false"),
            ([PackageChange(.upgrade, "lib")], "lib", "2 true false"),
            ([PackageChange(.remove, "lib")], "lib", nil),
            ([PackageChange(.remove, "lib"), PackageChange(.install, "lib", version: "1")], "lib", "1 true false"),
            ([PackageChange(.hold, "lib")], "lib", "2 true true"),
            ([PackageChange(.hold, "lib"), PackageChange(.upgrade, "lib", version: "3")], "lib", "3 true true"),
            ([PackageChange(.hold, "lib"), PackageChange(.unhold, "lib")], "lib", "2 true false"),
            ([PackageChange(.hold, "none")], "none", nil),
            ([PackageChange(.install, "lib:i386")], "lib:i386", "1 true false"),
        ] as [([PackageChange], String, String?)])
    func aSimulationChangesWhatItSays(_ changes: [PackageChange], _ name: String, _ expected: String?) {
        var database = Self.two
        for change in changes { database.apply(change) }
        let package = database.package(named: name)
        #expect(package.map { "\($0.version) \($0.isInstalled) \($0.isHeld)" } == expected)
        #expect(database.package(named: "doc")?.version == "3", "others stay")
    }
}
