import CShim
import Glibc

/// An error number of the kernel (errno(3)).
public struct ErrorNumber: Error, Sendable, Hashable {
    public let number: Int32

    public init(_ number: Int32) {
        self.number = number
    }

    /// The number that the last failed call of this thread left.
    public static var last: ErrorNumber { ErrorNumber(errno) }

    /// A text such as `EROFS (read-only file system)`.
    public var text: String { Self.text(number) }

    /// Whether there is no file, or a directory on its path is none.
    public var isAbsence: Bool { number == ENOENT || number == ENOTDIR }

    /// A text such as `EROFS (read-only file system)`.
    public static func text(_ number: Int32) -> String {
        let name = lodestar_error_name(number).map { String(cString: $0) } ?? "errno \(number)"
        guard let described = lodestar_error_text(number).map({ String(cString: $0) }) else { return name }
        return "\(name) (\(described.prefix(1).lowercased())\(described.dropFirst()))"
    }
}
