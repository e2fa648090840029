public import Model
public import SignedFiles
import Values

/// What lets an installation wipe disks: one machine, its disks by their serials, and until when.
public struct InstallToken: Sendable, Hashable {
    /// The serial number of the machine.
    public var sn: String
    /// The serials of the disks that may be written, each once, in order of their bytes.
    public var disks: [String]
    /// What may be destroyed on them, by the names of libblkid (`ext4`, `LVM2_member`), each once, in order.
    public var wipe: [String]
    /// Names a deliberate reinstall of a machine that is installed already; nil for a first one.
    public var reinstall: String?
    /// Both times are there: a token always ends.
    public var lifetime: Lifetime

    /// - Parameters:
    ///   - created: seconds since 1970; both times are whole.
    ///   - expires: later than that.
    public init(
        sn: String, disks: [String], wipe: [String] = [], reinstall: String? = nil, created: Int64, expires: Int64
    ) {
        self.sn = sn
        (self.disks, self.wipe, self.reinstall) = (Self.inOrder(disks), Self.inOrder(wipe), reinstall)
        lifetime = Lifetime(created: created, expires: expires)
    }

    /// Seconds since 1970; from then on it counts no more.
    public var expires: Int64 { lifetime.expires ?? lifetime.created }

    /// What the signature is of, and what names the token: two signatures of one text are one token.
    public var digest: Digest { Digest(of: bytes) }

    static let format = 1
    /// What it is called in front of people and in the folder where it is signed.
    public static let name = "the token"

    /// The bytes of its first part, a line of JSON: there is no other text of the same token.
    public var bytes: [UInt8] {
        var members: [Datum.Member] = [.init("format", .int(Int64(Self.format))), .init("sn", .string(sn))]
        members.append(.init("disks", .list(disks.map { .string($0) })))
        if !wipe.isEmpty { members.append(.init("wipe", .list(wipe.map { .string($0) }))) }
        if let reinstall { members.append(.init("reinstall", .string(reinstall))) }
        return Array("\(Datum.map(members + lifetime.members).compactJSON)\n".utf8)
    }

    /// The bytes of a file: the line, and its signature.
    public func bytes(signature: [UInt8]) -> [UInt8] { bytes + signature }

    private static func inOrder(_ texts: [String]) -> [String] {
        Set(texts.map { Array($0.utf8) }).sorted { $0.lexicographicallyPrecedes($1) }
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// What may stand in a token, asked when one is made and when one is read.
extension InstallToken {
    /// The most bytes of a serial, a signature's name or an id; the most disks and signatures; the longest life in seconds.
    static let wordLimit = 128, listLimit = 256
    public static let longestLife: Int64 = 30 * 86_400

    /// Why there is no such token, in words; nil for one that can be.
    public var problem: String? {
        if let problem = Self.problem(ofSerial: sn) { return "expected the serial of the machine, found \(problem)" }
        if disks.isEmpty { return "expected the serial of a disk, found none" }
        if disks.count > Self.listLimit || wipe.count > Self.listLimit {
            return "expected at most \(Self.listLimit) disks and signatures, found more"
        }
        for disk in disks {
            if let problem = Self.problem(ofSerial: disk) { return "expected the serial of a disk, found \(problem)" }
        }
        if let word = wipe.first(where: { !Self.isWord($0) }) {
            return "expected the name of a signature such as ext4, found `\(word.printableLine(columns: 40))`"
        }
        if let reinstall, !Self.isWord(reinstall) {
            return
                "expected letters, digits, `.`, `_` and `-` in the id of a reinstall, found `\(reinstall.printableLine(columns: 40))`"
        }
        guard expires > lifetime.created else { return "expected an end after its beginning, found it before" }
        guard expires - lifetime.created <= Self.longestLife else {
            return "expected a life of at most \(Self.longestLife / 86_400) days, found a longer one"
        }
        return nil
    }

    /// Serials are what vendors make of them: any characters that can be printed, with no blanks around them.
    private static func problem(ofSerial text: String) -> String? {
        if text.isEmpty { return "none" }
        if text.utf8.count > wordLimit { return "one of more than \(wordLimit) bytes" }
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F && !$0.isHiddenControl }
        if !isPlain { return "control characters" }
        return text.trimmed.utf8.elementsEqual(text.utf8) ? nil : "blanks around `\(text)`"
    }

    private static func isWord(_ text: String) -> Bool {
        (1...wordLimit).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isASCIIWord || ".-_".utf8.contains($0) }
            && text.utf8.first != UInt8(ascii: "-")
    }
}
