import SystemFiles
public import Model

/// A package of the host's package manager.
public struct Package: Resource, Removable {
    public var name = PackageName.none
    public var version: String?
    public var state = State.present
    public var hold: Bool?
    public var manager: Manager?

    public init() {}

    public enum State: String, FieldValue, CaseIterable {
        case present, absent, purged, latest

        var isRemoval: Bool { self == .absent || self == .purged }
    }

    /// The managers that are tested; others come when they can be.
    public enum Manager: String, FieldValue, CaseIterable {
        case apt
    }

    public static let typeName = "package"
    public static let doc = "A package of apt. Configuration files that an administrator changed are kept."
    public static let bearsData = true
    public static let fields: [Field<Package>] = [
        Field(
            "name", always: \.name, .key, doc: "The package, with `:ARCHITECTURE` where it matters.",
            examples: ["nginx", "libc6:i386"]),
        Field("version", \.version, doc: "Exactly this version, with its epoch.", examples: ["\"1.22.1-9+deb12u1\""]),
        Field(
            "state", always: \.state,
            doc: "`latest` is resolved when planning; `purged` is absent without configuration files.",
            examples: ["present"]),
        Field("hold", \.hold, doc: "Whether upgrades leave it alone.", examples: ["true"]),
        Field("manager", \.manager, .parameter, doc: "The package manager; apt by default.", examples: ["apt"]),
    ]
    public static let examples = ["hostname: {}", "base-files: {state: present}"]

    public var objects: [HostObject] { [.package(name.text)] }
    public var probes: [Probe] { [.packageChange(change)] }
    public var problems: [Problem] {
        var problems: [Problem] = []
        if version != nil, state != .present {
            problems.append(Problem(at: "version", "`version` needs `state: present`"))
        }
        if hold == true, state.isRemoval { problems.append(Problem("hold", "what is absent cannot be held")) }
        return problems
    }

    /// The change that the package manager would be asked for.
    var change: PackageChange {
        switch state {
        case .present: PackageChange(.install, name.text, version: version)
        case .latest: PackageChange(.upgrade, name.text)
        case .absent: PackageChange(.remove, name.text)
        case .purged: PackageChange(.purge, name.text)
        }
    }
}

/// A package's name by Debian's policy (§5.6.7), with an architecture after a colon.
public struct PackageName: Sendable, Hashable, TextValue, CustomStringConvertible {
    public let text: String
    static let none = PackageName(unchecked: "none")

    private init(unchecked text: String) {
        self.text = text
    }

    public init?(_ text: String) {
        guard Self.isName(text) else { return nil }
        self.text = text
    }

    public static var shape: Shape { .text(pattern: "^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$") }

    public static let expectation = "a package name such as nginx or libc6:i386"
    public static let hint: String? = "lower-case letters, digits, `+`, `-` and `.`"

    private static func isName(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        func isWord(_ word: Substring, _ others: String) -> Bool {
            guard let first = word.unicodeScalars.first, word.utf8.count >= 2 else { return false }
            return !others.unicodeScalars.contains(first)
                && word.unicodeScalars.allSatisfy {
                    ("a"..."z").contains($0) || ("0"..."9").contains($0) || others.unicodeScalars.contains($0)
                }
        }
        guard let name = parts.first, isWord(name, "+-.") else { return false }
        return parts.count == 1 || isWord(parts[1], "-")
    }

    public var description: String { text }
}
