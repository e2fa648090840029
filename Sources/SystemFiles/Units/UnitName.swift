import Model

/// The full name of a unit, `PREFIX[@INSTANCE].TYPE` (systemd.unit(5)).
public struct UnitName: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: Sendable {
        case plain, template, instance
    }

    public enum UnitType: String, Sendable, CaseIterable {
        case service, mount, swap, socket, target, device, automount, timer, path, slice, scope

        var mayBeAliased: Bool {
            switch self {
            case .service, .socket, .target, .device, .timer, .path: true
            case .mount, .swap, .automount, .slice, .scope: false
            }
        }

        var mayBeTemplate: Bool { mayBeAliased && self != .device }
    }

    public let text: String
    public let type: UnitType
    public let kind: Kind

    /// - Returns: nil for what is no name of a unit, such as a text without a type.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count < 256, let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0,
            let type = UnitType(rawValue: String(decoding: bytes[(dot + 1)...], as: UTF8.self)),
            bytes[..<dot].allSatisfy(Self.isAllowed)
        else { return nil }
        let at = bytes[..<dot].firstIndex(of: UInt8(ascii: "@"))
        if at == 0 { return nil }
        self.text = String(text)
        self.type = type
        kind = at.map { $0 + 1 == dot ? .template : .instance } ?? .plain
    }

    private init(plain text: String, _ type: UnitType) {
        self.text = "\(text).\(type)"
        self.type = type
        kind = .plain
    }

    /// Stands where no name was given yet.
    public static let none = UnitName(plain: "none", .service)

    /// The unit that a text names: with `.service` where it says no type.
    public static func completing(_ text: String) -> UnitName? { UnitName(text) ?? UnitName(text + ".service") }

    /// Letters, digits and `:-_.\@`.
    static func isAllowed(_ byte: UInt8) -> Bool { byte.isASCIIWord || ":-_.\\@".utf8.contains(byte) }

    public var description: String { text }

    /// Everything before the type.
    public var stem: String { String(text.dropLast(type.rawValue.count + 1)) }

    /// Everything before the first `@`, or before the type.
    public var prefix: String { String(stem.prefix { $0 != "@" }) }

    /// The text between the first `@` and the type: empty for a template; nil for a plain unit.
    public var instance: String? {
        let name = stem
        return name.firstIndex(of: "@").map { String(name[name.index(after: $0)...]) }
    }

    /// `getty@.service` for an instance of it, and for itself; nil for a plain unit.
    public var template: UnitName? {
        kind == .plain ? nil : UnitName("\(prefix)@.\(type.rawValue)")
    }

    /// A template, or another instance of it, with an instance; nil for a plain unit and an instance that no name may have.
    func instantiated(_ instance: String) -> UnitName? {
        guard kind != .plain, !instance.isEmpty else { return nil }
        return UnitName("\(prefix)@\(instance).\(type.rawValue)")
    }
}
