import HostFiles
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
        case present, absent, latest
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
        Field("state", always: \.state, doc: "`latest` is resolved when planning.", examples: ["present"]),
        Field("hold", \.hold, doc: "Whether upgrades leave it alone.", examples: ["true"]),
        Field("manager", \.manager, .parameter, doc: "The package manager; apt by default.", examples: ["apt"]),
    ]
    public static let examples = ["hostname: {}", "base-files: {state: present}"]

    public var objects: [HostObject] { [.package(name.text)] }
    public var problems: [Problem] {
        version != nil && state != .present ? [Problem(at: "version", "`version` needs `state: present`")] : []
    }

    /// What dpkg says; the candidate is asked only where `latest` needs it.
    public struct Observed: Sendable {
        var package: DpkgStatus.Package?
        var providers: [String] = []
        var candidate: String?
    }

    static let status = AbsolutePath.root.appending("var/lib/dpkg/status")

    public func observe(on host: some HostReading) throws -> Observed? {
        guard let database = try host.document(DpkgStatus.self, at: Self.status) else {
            throw Refusal("there is no \(Self.status)", hint: "only hosts with dpkg are managed so far")
        }
        var observed = Observed(package: database.package(named: name.text))
        if observed.package == nil { observed.providers = database.providers(of: name.text).map(\.name) }
        if state == .latest, case .candidate(let version) = try host.answer(to: .packageCandidate(name.text)) {
            observed.candidate = version
        }
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool {
        observed.package?.isInstalled == true || !observed.providers.isEmpty
    }

    public func changes(from observed: Observed?) -> [Change] {
        var changes: [Change] = []
        let package = observed?.package, isInstalled = observed.map { isPresent(in: $0) } ?? false
        if state == .absent {
            return isInstalled && package != nil ? [Change("state", from: .text("present"), to: .text("absent"))] : []
        }
        let wanted = state == .latest ? observed?.candidate : version
        if !isInstalled {
            let old: ShownText? = package.map { .text($0.state) }
            changes.append(Change("state", from: old, to: .text(wanted.map { "present, \($0)" } ?? "present")))
        } else if let wanted, let package, package.version != wanted {
            changes.append(Change("version", from: .text(package.version), to: .text(wanted)))
        }
        if let hold, (package?.isHeld ?? false) != hold {
            changes.append(Change("hold", from: package.map { .text($0.isHeld ? "true" : "false") }, to: hold.shown))
        }
        return changes
    }

    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        var steps: [Step] = []
        let wanted = state == .latest ? observed?.candidate : version
        for change in changes(from: observed) {
            switch change.property {
            case "hold": steps.append(.changePackage(PackageChange(hold == true ? .hold : .unhold, name.text)))
            case "state" where state == .absent: steps.append(.changePackage(PackageChange(.remove, name.text)))
            default:
                if observed?.package?.isHeld == true, hold != false {
                    throw Refusal(
                        "\(name) is held at \(observed?.package?.version ?? "its version")",
                        hint: "declare `hold: false`")
                }
                steps.append(.changePackage(PackageChange(.install, name.text, version: wanted)))
            }
        }
        return steps
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] {
        [.changePackage(PackageChange(.remove, name.text))]
    }
}

/// A package's name by Debian's policy (§5.6.7), with an architecture after a colon.
public struct PackageName: Sendable, Hashable, FieldValue, CustomStringConvertible {
    public let text: String
    static let none = PackageName(text: "none")

    private init(text: String) {
        self.text = text
    }

    public static var shape: Shape { .text(pattern: "^[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?$") }

    public init(decoding node: Node) throws(DecodingFault) {
        guard let text = node.text, Self.isName(text) else {
            throw DecodingFault(
                node, expected: "a package name such as nginx or libc6:i386",
                hint: "lower-case letters, digits, `+`, `-` and `.`")
        }
        self.text = text
    }

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
    public var rendered: Node.Content { .string(text) }
    public var shown: ShownText { .text(text) }
}
