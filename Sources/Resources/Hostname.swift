public import Model

/// The name of the host: /etc/hostname, and the running kernel's.
public struct Hostname: Resource {
    public var host = ThisHost.this
    public var name = ""

    public init() {}

    public static let typeName = "hostname"
    public static let doc = """
        The name of the host: /etc/hostname (hostname(5)) with its comments kept, and on a running host the kernel's. \
        What /etc/hosts says of the name is left to `host_entry`. It cannot be absent.
        """
    public static let fields: [Field<Hostname>] = [
        Field("host", always: \.host, .key, doc: "Always `this`.", examples: ["this"]),
        Field(
            "name", always: \.name, isRequired: true,
            doc: "At most 64 characters, labels of letters, digits and hyphens parted by dots.",
            examples: ["web1", "web1.example.org"]),
    ]
    public static let examples = ["this: {name: web1.example.org}"]

    private static let file = AbsolutePath.root.appending("etc/hostname")
    private static let live = AbsolutePath.root.appending("proc/sys/kernel/hostname")

    public var objects: [HostObject] { [.path(Self.file)] }
    public var problems: [Problem] {
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        // What hostname(7) and systemd's hostname_is_valid agree on.
        let isName = labels.allSatisfy {
            !$0.isEmpty && $0.isASCIIWord(or: "-") && $0.first != "-" && $0.last != "-" && $0.utf8.count < 64
        }
        return isName && name.utf8.count <= 64
            ? [] : [Problem("name", "expected a name such as web1 or web1.example.org, found \(Node.quoted(name))")]
    }

    public struct Observed: Sendable {
        var file: WordFile
        /// nil below another root, and where /proc is not mounted.
        var live: String?
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        var observed = Observed(file: try WordFile(Self.file, on: host))
        guard host.isRunning, try host.status(of: Self.live) != nil else { return observed }
        observed.live = String(decoding: try host.contents(of: Self.live, limit: 4096), as: UTF8.self).trimmed
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.file.word != nil }

    public func changes(from observed: Observed?) -> [Change] {
        let names: [String?] = [observed?.file.word, observed?.live ?? name]
        guard let found = names.first(where: { $0 != name }) else { return [] }
        return [Change("name", from: found.map { .text($0) }, to: .text(name))]
    }

    /// First the kernel's: what it does not take is not written for the next boot.
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let observed else { return [] }
        let file = try observed.file.steps(name)
        return (observed.live ?? name) == name ? file : [.setKernelValue(KernelSetting(Self.live, value: name))] + file
    }
}

extension Hostname: Restorable {
    public static let filesComeLast = true

    public func former(_ observed: Observed?) -> Hostname? {
        var former = self
        former.name = observed?.live ?? observed?.file.word ?? name
        return former
    }
}
