public import Model

/// The name of a parameter of the kernel, as sysctl.d(5) reads it: the first separator tells which of `.` and `/` parts the
/// name, and the other one stands for a dot in a part, such as that of the interface `eth0.100`.
public struct KernelKey: Sendable, Hashable, TextValue {
    /// The parts, as the folders below /proc/sys have them.
    public let parts: [String]

    /// What a resource has before its key is decoded.
    public static let none = KernelKey(parts: ["none", "none"])

    private init(parts: [String]) {
        self.parts = parts
    }

    /// - Returns: nil for what is no name of one parameter, such as a pattern.
    public init?(_ text: String) {
        guard let separator = text.first(where: { $0 == "." || $0 == "/" }), text.first != "-", text.utf8.count <= 200
        else { return nil }
        let parts = text.split(separator: separator, omittingEmptySubsequences: false).map { part in
            separator == "." ? String(part.map { $0 == "/" ? "." : $0 }) : String(part)
        }
        let isName = parts.allSatisfy {
            !$0.isEmpty && $0 != "." && $0 != ".." && $0.isASCIIWord(or: "_-.:@+~,")
        }
        guard parts.count > 1, isName else { return nil }
        self.parts = parts
    }

    public static let expectation = "the name of one parameter of the kernel"
    public static let hint: String? =
        "such as net.ipv4.ip_forward, or net/ipv4/conf/eth0.100/forwarding where a part has a dot"

    /// The name as sysctl(8) prints it.
    public var text: String { parts.map { String($0.map { $0 == "." ? "/" : $0 }) }.joined(separator: ".") }
    /// The name as systemd-sysctl(8) and sysctl(8) both read it from a file.
    public var fileText: String { parts.contains { $0.contains(".") } ? parts.joined(separator: "/") : text }
    /// The file of the live value.
    public var path: AbsolutePath { AbsolutePath.root.appending("proc/sys/\(parts.joined(separator: "/"))") }

    public static var shape: Shape { .text(pattern: "^[A-Za-z0-9_:@+~,][A-Za-z0-9_.:@+~,/-]*$") }
}
