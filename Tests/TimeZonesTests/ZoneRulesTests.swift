import Foundation
import Testing
import TimeZones

@Suite struct ZoneRulesTests {
    static func file(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")))
    }

    static func big(_ value: Int64, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }

    /// A file with the given transitions (time, type) and types (offset in seconds).
    static func tzif(
        version: UInt8, _ transitions: [(Int64, UInt8)], _ offsets: [Int64], footer: String? = nil,
        leaps: [(Int64, Int64)] = []
    ) -> [UInt8] {
        func block(_ width: Int) -> [UInt8] {
            var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
            for count in [0, 0, leaps.count, transitions.count, offsets.count, 4] { bytes += big(Int64(count), 4) }
            for transition in transitions { bytes += big(transition.0, width) }
            bytes += transitions.map(\.1)
            for offset in offsets { bytes += big(offset, 4) + [0, 0] }
            bytes += Array("ABC\0".utf8)
            for leap in leaps { bytes += big(leap.0, width) + big(leap.1, 4) }
            return bytes
        }
        if version == 0 { return block(4) }
        return block(4) + block(8) + Array("\n\(footer ?? "")\n".utf8)
    }

    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Tehran",
        "America/Sao_Paulo", "Antarctica/Troll", "Africa/Casablanca", "Asia/Gaza", "America/Nuuk", "Europe/Dublin",
        "Pacific/Chatham", "Asia/Kathmandu", "America/Caracas", "Africa/Monrovia", "Asia/Pyongyang", "UTC",
    ]) func offsetsAreThoseOfTheSystem(_ name: String) throws {
        let rules = try #require(ZoneRules(tzif: try Self.file(name)), "no zone \(name): install tzdata")
        let extended = rules.extended(through: 2200)
        var generator = SystemRandomNumberGenerator()
        let near = extended.transitions.filter { (-2_000_000_000..<7_250_000_000).contains($0) }.flatMap {
            [$0 - 1, $0]
        }
        let moments = near + (0..<500).map { _ in Int64.random(in: -2_000_000_000..<7_250_000_000, using: &generator) }
        let wanted = try Self.system(name, moments)
        #expect(wanted.count == moments.count)
        for (moment, offset) in zip(moments, wanted) {
            #expect(rules.offset(at: moment) == offset, "\(name) at \(moment)")
            #expect(extended.offset(at: moment) == offset, "\(name) extended at \(moment)")
        }
    }

    /// What date(1) says about a zone, which reads the files by its own code.
    static func system(_ name: String, _ moments: [Int64]) throws -> [Int] {
        let list = NSTemporaryDirectory() + "moments-\(UUID().uuidString)"
        try moments.map { "@\($0)\n" }.joined().write(toFile: list, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: list) }
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/date")
        process.arguments = ["-f", list, "+%::z"]
        process.environment = ["TZ": name]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { line in
            let parts = line.dropFirst().split(separator: ":").compactMap { Int($0) }
            return (parts[0] * 3600 + parts[1] * 60 + parts[2]) * (line.first == "-" ? -1 : 1)
        }
    }

    @Test func theFirstVersionHasNoFooter() throws {
        let rules = try #require(ZoneRules(tzif: Self.tzif(version: 0, [(1000, 1)], [3600, 7200])))
        #expect(rules.offset(at: 999) == 3600)
        #expect(rules.offset(at: 1000) == 7200)
        #expect(rules.offset(at: 4_000_000_000) == 7200)
    }

    @Test func leapSecondsOfRightZonesAreTakenOut() throws {
        let bytes = Self.tzif(version: 0x32, [(1027, 1)], [0, 3600], leaps: [(500, 27)])
        let rules = try #require(ZoneRules(tzif: bytes))
        #expect(rules.transitions == [1000])
    }

    @Test(arguments: [
        ("EST5EDT,M3.2.0,M11.1.0", 1_773_000_000, -14_400), ("EST5EDT,M3.2.0,M11.1.0", 1_767_225_600, -18_000),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 1_782_000_000, -3600), ("XYZ-3:30", 1_782_000_000, 12_600),
        ("EST5EDT,0/0,J365/25", 1_770_000_000, -14_400), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_782_000_000, 3600),
        ("AAA0BBB,J60/2,J300/2", 1_709_000_000, 0),
    ]) func footersAreReadAsPOSIXWritesThem(_ footer: String, _ moment: Int64, _ offset: Int) throws {
        let rules = try #require(ZoneRules(tzif: Self.tzif(version: 0x33, [], [0], footer: footer)))
        #expect(rules.offset(at: moment) == offset)
        #expect(rules.extended().offset(at: moment) == offset)
    }

    @Test func whatTheStandardForbidsIsRefused() throws {
        let good = Self.tzif(version: 0x32, [(1000, 1)], [0, 3600])
        #expect(ZoneRules(tzif: good) != nil)
        #expect(ZoneRules(tzif: []) == nil)
        #expect(ZoneRules(tzif: Array("TZif".utf8)) == nil)
        for length in stride(from: 0, to: good.count, by: 3) { #expect(ZoneRules(tzif: Array(good[..<length])) == nil) }
        #expect(ZoneRules(tzif: Self.tzif(version: 0x32, [(1000, 2)], [0, 3600])) == nil, "no such type")
        #expect(ZoneRules(tzif: Self.tzif(version: 0x32, [(1000, 1), (1000, 0)], [0, 3600])) == nil, "not ascending")
        #expect(ZoneRules(tzif: Self.tzif(version: 0x32, [], [100_000])) == nil, "an offset above 26 hours")
        #expect(ZoneRules(tzif: Self.tzif(version: 0x32, [], [0], footer: "nonsense")) == nil)
        #expect(ZoneRules(tzif: Self.tzif(version: 0x31, [], [0])) == nil, "no such version")
    }
}
