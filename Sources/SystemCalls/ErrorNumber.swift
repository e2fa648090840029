import CShim

/// The names of error numbers.
public enum ErrorNumber {
    /// Such as `EROFS (read-only file system)`.
    public static func text(_ number: Int32) -> String {
        let name = lodestar_error_name(number).map { String(cString: $0) } ?? "errno \(number)"
        guard let described = lodestar_error_text(number).map({ String(cString: $0) }) else { return name }
        return "\(name) (\(described.prefix(1).lowercased())\(described.dropFirst()))"
    }
}
