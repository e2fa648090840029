import Values

/// What the kernel's command line says to the mini OS: its words that begin with `lodestar.`.
public struct MiniSettings: Sendable, Hashable {
    public enum Stage: String, CaseIterable, Sendable {
        /// Compares the machine with its entry.
        case inspect
        /// Compares the machine with its entry, installs it by its profile, and brings the new root to what the site declares.
        case install
        /// Only a shell.
        case shell
    }

    /// What follows a success; after a failure the machine stays as it is.
    public enum Successor: String, CaseIterable, Sendable {
        case hold, poweroff, reboot
    }

    public enum EventFormat: String, CaseIterable, Sendable {
        case text, json
    }

    public var stage = Stage.inspect
    public var then = Successor.hold
    public var events = EventFormat.text
    /// A bundle of the site, at a URL of plain HTTP or a path; nil: the site that is in the image.
    public var source: String?
    /// What the installed host follows; nil: the bundle.
    public var follow: String?
    /// The fingerprints of the keys whose signatures count.
    public var keys: [String] = []
    /// The token that permits to wipe disks, at a URL of plain HTTP or a path.
    public var token: String?
    /// Where images are, for those that a profile names without a path.
    public var images: String?

    /// What cannot be used, for a person; nothing is guessed.
    public private(set) var faults: [String] = []

    public init(_ arguments: KernelArguments) {
        for word in arguments.words where word.hasPrefix("lodestar.") {
            let parts = word.dropFirst("lodestar.".count).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]), value = parts.count == 2 ? String(parts[1]) : ""
            switch name {
            case "stage": Self.read(value, name, into: &stage, &faults)
            case "then": Self.read(value, name, into: &then, &faults)
            case "events": Self.read(value, name, into: &events, &faults)
            case "source": Self.read(value, name, into: &source, &faults)
            case "follow": Self.read(value, name, into: &follow, &faults)
            case "token": Self.read(value, name, into: &token, &faults)
            case "images": Self.read(value, name, into: &images, &faults)
            case "key":
                var key: String?
                Self.read(value, name, into: &key, &faults)
                keys += key.map { [$0] } ?? []
            default:
                let nearest = Spelling.nearest(to: "lodestar.\(name)", among: Self.names).map { "; \($0)" } ?? ""
                faults.append("unknown word lodestar.\(name) in the kernel's command line\(nearest)")
            }
        }
    }

    private static let names = [
        "events", "follow", "images", "key", "source", "stage", "then", "token",
    ].map { "lodestar.\($0)" }

    private static func read(_ text: String, _ name: String, into value: inout String?, _ faults: inout [String]) {
        if text.isEmpty { faults.append("lodestar.\(name): expected a value, found none") }
        value = text
    }

    private static func read<Value: RawRepresentable & CaseIterable>(
        _ text: String, _ name: String, into value: inout Value, _ faults: inout [String]
    ) where Value.RawValue == String {
        if let known = Value(rawValue: text) {
            value = known
        } else {
            let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
            faults.append("lodestar.\(name): expected one of \(choices), found `\(text)`")
        }
    }
}
