public import SystemFiles
public import Model

/// A parameter of the kernel.
public struct Sysctl: Resource, Removable {
    public var name = KernelKey.none
    public var value: String?
    public var atBoot = true

    public init() {}

    public static let typeName = "sysctl"
    public static let doc = """
        A parameter of the kernel: its live value on a running host, and a file of its own in /etc/sysctl.d for each boot, \
        late in their order; where other files make the same of it, there is none. Removal takes the file away and leaves the live value until the next boot.
        """
    public static let fields: [Field<Sysctl>] = [
        Field(
            "name", always: \.name, .key,
            doc: "The parameter as sysctl.d(5) names it: with slashes, or with dots and a slash for a dot in a part.",
            examples: ["net.ipv4.ip_forward", "net/ipv4/conf/eth0.100/forwarding"]),
        Field(
            "value", \.value, isRequired: true,
            doc:
                "The value, on one line. As with the kernel, blanks and tabs are the same, and so are `0x10` and `16`.",
            examples: ["1", "1024 65000"]),
        Field(
            "at_boot", always: \.atBoot,
            doc:
                "Whether its file sets it at each boot, true by default; `false` sets only the live value of a running host.",
            examples: ["false"]),
    ]
    public static let examples = [
        "net.ipv4.ip_forward: {value: 1}", "net/ipv4/ip_local_port_range: {value: 1024 65000}",
    ]

    static let folder = AbsolutePath.root.appending("etc/sysctl.d")
    /// Behind `99-sysctl.conf`, and one for each parameter.
    var file: AbsolutePath {
        let parts = name.parts.map { String($0.map { $0 == "." ? ":" : $0 }) }
        return Self.folder.appending("99-zz-lodestar-\(parts.joined(separator: ".")).conf")
    }
    private var content: Content { Content("\(name.fileText) = \(value ?? "")\n") }

    public var objects: [HostObject] { [.path(file)] }
    public var problems: [Problem] {
        guard let value else { return [] }
        if value.hasControl {
            return [Problem("value", "expected one line without control characters")]
        }
        if value.first?.isWhitespace != false || value.last?.isWhitespace != false {
            return [Problem("value", "expected a value without blanks at its ends")]
        }
        return value.utf8.count < 4096 ? [] : [Problem("value", "expected at most 4,095 bytes")]
    }

    public struct Observed: Sendable {
        var file: KernelSettings?
        /// What other files make of it at boot, where there is none of its own.
        var elsewhere: String?
        /// nil where the kernel has no such parameter, and below another root.
        var live: String?
        var isReadOnly = false
        var isRunning: Bool
        var hasFolder: Bool
    }

    public func observe(on host: some HostReading) throws -> Observed? {
        if let status = try host.status(of: file) { try status.mustBe(.file, at: file) }
        var observed = Observed(
            file: try host.document(KernelSettings.self, at: file), isRunning: host.isRunning,
            hasFolder: try host.status(of: Self.folder) != nil)
        if observed.file == nil { observed.elsewhere = try KernelSettings.value(of: name, on: host) }
        guard host.isRunning, let status = try host.status(of: name.path) else { return observed }
        guard status.kind == .file else { throw Refusal("\(name.text) is a folder of parameters") }
        guard status.permissions.bits & 0o400 != 0 else {
            throw Refusal("\(name.text) can only be written: it has no state", hint: "a command may write to it")
        }
        let found = String(decoding: try host.contents(of: name.path, limit: 1 << 16), as: UTF8.self)
        observed.live = KernelSetting.plain(found)
        observed.isReadOnly = status.permissions.bits & 0o200 == 0
        return observed
    }

    public func isPresent(in observed: Observed) -> Bool { observed.file != nil }

    public func changes(from observed: Observed?) -> [Change] {
        guard let value, let observed else { return [] }
        var changes: [Change] = []
        let isFileRight = observed.file.map { isWritten($0) } ?? (isSet(observed.elsewhere) ? true : nil)
        let isAtBoot = observed.file != nil || (atBoot && isSet(observed.elsewhere))
        if observed.isRunning, !isLive(observed) {
            changes.append(Change("value", from: observed.live.map { .text($0) }, to: .text(value)))
        } else if atBoot, isFileRight == false || (isFileRight == nil && !observed.isRunning) {
            changes.append(Change("value", from: observed.file?.value(of: name).map { .text($0) }, to: .text(value)))
        }
        if isAtBoot != atBoot { changes.append(Change("at_boot", from: isAtBoot.shown, to: atBoot.shown)) }
        return changes
    }

    private func isLive(_ observed: Observed) -> Bool {
        guard let value, let live = observed.live else { return false }
        return KernelSetting.isSame(value, live)
    }

    private func isWritten(_ file: KernelSettings) -> Bool { isSet(file.value(of: name)) }

    private func isSet(_ found: String?) -> Bool {
        guard let value, let found else { return false }
        return KernelSetting.isSame(value, found)
    }

    /// First the live value: what the kernel does not take is not written for the next boot.
    public func steps(from observed: Observed?) throws(Refusal) -> [Step] {
        guard let value, let observed else { return [] }
        var steps: [Step] = []
        if observed.isRunning, !isLive(observed) {
            guard observed.live != nil else {
                throw Refusal(
                    "the kernel has no \(name.text)", hint: "a module or an interface may bring it", isMissing: true)
            }
            if observed.isReadOnly { throw Refusal("the kernel lets nobody set \(name.text)") }
            steps.append(.setKernelValue(KernelSetting(name.path, value: value)))
        }
        if !atBoot {
            return steps + (observed.file == nil ? [] : [.remove(Removal(file, kind: .file))])
        }
        if isSet(observed.elsewhere) { return steps }
        if !observed.hasFolder {
            steps.append(.makeDirectory(DirectoryCreation(Self.folder, attributes: Attributes())))
        }
        if let present = observed.file {
            if isWritten(present) { return steps }
            return steps + [.writeFile(FileWrite(file, content: content, replaced: .file(Digest(of: present.bytes))))]
        }
        return steps + [.writeFile(FileWrite(file, content: content, replaced: .nothing))]
    }

    public func removal(of observed: Observed) throws(Refusal) -> [Step] { [.remove(Removal(file, kind: .file))] }

    /// Remarks on other files that have the last word at boot.
    public func remarks(on observed: Observed?, of host: some HostReading, before changes: [Change]) throws -> [String]
    {
        guard atBoot, let value else { return [] }
        return try KernelSettings.files(after: file.name, on: host).compactMap { path in
            guard let found = try? host.document(KernelSettings.self, at: path)?.value(of: name),
                !KernelSetting.isSame(value, found)
            else { return nil }
            return "\(path) makes it \(found) at boot all the same"
        }
    }
}

extension Sysctl: Restorable {
    public static let filesComeLast = true

    public func former(_ observed: Observed?) -> Sysctl? {
        guard let observed, let live = observed.live else { return nil }
        var former = self
        former.value = live
        former.atBoot = observed.file != nil
        return former
    }
}
